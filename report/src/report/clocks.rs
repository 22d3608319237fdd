//! Clocks: which clock each input had, how it came onto the one axis, and what was assumed.
//!
//! Takes what is known of each file's clock. Gives sentences for the page and the statistics, and rows for JSON. Names
//! the option that moves a file where nothing in it says where it belongs.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;

use crate::model::{Clock, Summary};
use crate::outputs::Input;
use crate::reading::{Loaded, Reading};
use crate::sources::{FileClock, Placed};
use crate::text::{shortened, terminal::plain, units};

/// The most files that a sentence names.
const NAMED: usize = 3;
/// The most facts about single files.
const FACTS: usize = 12;
const HOUR_NS: i64 = 3_600_000_000_000;
/// Files that are longer are not taken for ones of one moment: some shift by hours always lets them overlap.
const LONGEST_HINTED_NS: i64 = HOUR_NS / 6;
/// Files of one run lie no further apart.
const NEAR_NS: i64 = 10_000_000_000;
/// The greatest difference between two offsets from UTC, in hours.
const MOST_HOURS: i64 = 26;

/// The sentences, if there is more to say than that all times are the wall clock's. What was assumed comes first.
pub(super) fn notes(reading: &Reading, loaded: &Loaded) -> Vec<String> {
    let names = Names::of(&loaded.clocks);
    let placed = placed(&loaded.clocks);
    let is_plain = placed.keys().all(|how| *how == Placed::Wall);
    let placed = placed.iter().filter(|_| !is_plain);
    let mut notes: Vec<String> = placed.map(|(how, files)| names.sentence(*how, files)).collect();
    notes.extend(moved(reading, &loaded.clocks));
    notes.extend(names.hint(reading));
    notes.extend(of_summaries(&loaded.summary));
    notes.extend(names.facts());
    notes
}

/// The inputs as JSON lists them: files alike are one.
pub(super) fn inputs(clocks: &[FileClock]) -> Vec<Input> {
    let mut inputs: Vec<Input> = Vec::new();
    let mut alike: BTreeMap<&str, usize> = BTreeMap::new();
    for clock in clocks {
        let is_plain = clock.placed == Placed::Wall && clock.shift_ns == 0 && clock.facts.is_empty();
        if let Some(&index) = alike.get(clock.format).filter(|_| is_plain) {
            inputs[index].add(clock.extent_ns);
            continue;
        }
        if is_plain {
            alike.insert(clock.format, inputs.len());
        }
        inputs.push(Input {
            file: clock.name.to_string_lossy().into_owned(),
            files: 1,
            format: clock.format,
            placed: match clock.placed {
                Placed::Wall => "wall clock",
                Placed::Anchored => "origin in the file",
                Placed::Own => "own clock",
                Placed::AtStart => "at the start of the others",
                Placed::Aligned => "aligned with the others",
                Placed::Timeless => "no times",
            },
            extent_ns: clock.extent_ns,
            shift_ns: clock.shift_ns,
            facts: clock.facts.clone(),
        });
    }
    inputs
}

/// The files by how they were placed.
fn placed(clocks: &[FileClock]) -> BTreeMap<Placed, Vec<&FileClock>> {
    let mut placed: BTreeMap<Placed, Vec<&FileClock>> = BTreeMap::new();
    for clock in clocks {
        placed.entry(clock.placed).or_default().push(clock);
    }
    placed
}

/// The files that the user moved.
fn moved(reading: &Reading, clocks: &[FileClock]) -> Vec<String> {
    let moved = reading.axis.offsets.iter().filter_map(|offset| {
        let file = plain(&offset.file.to_string_lossy());
        let count = clocks.iter().filter(|clock| offset.is_of(&clock.name)).count();
        let way = if offset.ns < 0 { "earlier" } else { "later" };
        let by = units::duration(offset.ns.unsigned_abs().into());
        match count {
            0 => None, // which is a problem
            1 => Some(format!("{file} is drawn {by} {way} (--offset).")),
            _ => Some(format!(
                "{} of {file} are drawn {by} {way} (--offset).",
                units::counted(count as u64, "file")
            )),
        }
    });
    moved.collect()
}

fn of_summaries(summary: &Summary) -> Option<String> {
    (summary.clock() == Some(Clock::Mixed)).then(|| {
        "The summaries have different clocks: some count from 1970, others from a moment of their own. Give --offset to \
         `waterfall summarize` to bring them onto one axis."
            .into()
    })
}

/// What sentences call the files: by the last part of their paths where that tells them apart.
struct Names<'a> {
    clocks: &'a [FileClock],
    counts: BTreeMap<&'a OsStr, usize>,
}

impl<'a> Names<'a> {
    fn of(clocks: &'a [FileClock]) -> Names<'a> {
        let mut counts = BTreeMap::new();
        clocks
            .iter()
            .filter_map(|clock| clock.name.file_name())
            .for_each(|name| *counts.entry(name).or_default() += 1);
        Names { clocks, counts }
    }

    fn name(&self, clock: &FileClock) -> String {
        let last = clock.name.file_name().filter(|name| self.counts.get(name) == Some(&1));
        plain(&last.unwrap_or(clock.name.as_os_str()).to_string_lossy())
    }

    /// `a.csv (record)`, `a.json and b.json (Chrome trace)`, `a, b, c and 12 other files (record)`.
    fn list(&self, files: &[&FileClock]) -> String {
        let formats: BTreeSet<&str> = files.iter().map(|clock| clock.format).collect();
        let mut names: Vec<String> =
            files.iter().take(NAMED).map(|clock| shortened(&self.name(clock), 80)).collect();
        match files.len().saturating_sub(NAMED) {
            0 => {}
            more => names.push(units::counted(more as u64, "other file")),
        }
        let names = match names.as_slice() {
            [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            names => names.concat(),
        };
        format!("{names} ({})", formats.into_iter().collect::<Vec<_>>().join(", "))
    }

    fn sentence(&self, how: Placed, files: &[&FileClock]) -> String {
        let list = self.list(files);
        let is_one = files.len() == 1;
        let (has, does, is, say) =
            if is_one { ("has", "does", "is", "says") } else { ("have", "do", "are", "say") };
        let (own, it) = if is_one { ("a clock of its own", "it") } else { ("clocks of their own", "they") };
        let option =
            files.first().map_or(String::new(), |clock| format!("--offset {}=DURATION", self.name(clock)));
        match how {
            Placed::AtStart => format!(
                "{list} {has} {own} and {does} not say when {it} began: drawn from the start of the others. Use \
                 {option} to move it."
            ),
            Placed::Own if files.len() == 1 => {
                format!(
                    "{list} has a clock of its own and does not say when it began: times are since the start."
                )
            }
            Placed::Own => format!(
                "{list} have clocks of their own and do not say when they began: read as of one clock. Use --align start to \
                 let each input begin at one moment, or {option} to move one."
            ),
            Placed::Aligned => {
                format!("{list} {is} moved so that all inputs begin at the same moment (--align start).")
            }
            Placed::Anchored => {
                format!("{list} {has} {own} and {say} when {it} began: drawn at wall-clock time.")
            }
            Placed::Wall => format!("{list} {has} wall-clock times."),
            Placed::Timeless => {
                format!("{list} {has} no moments: only weights or durations, which are in tables.")
            }
        }
    }

    /// Two files of local times without an offset that ran at one moment if their offsets differ by whole hours.
    fn hint(&self, reading: &Reading) -> Option<String> {
        if !reading.axis.is_default() {
            return None;
        }
        let mut files: Vec<(&FileClock, (i64, i64))> = (self.clocks.iter())
            .filter(|clock| clock.is_local)
            .filter_map(|clock| Some((clock, clock.extent_ns?)))
            .filter(|(_, (first_ns, last_ns))| last_ns - first_ns <= LONGEST_HINTED_NS)
            .collect();
        files.sort_by_key(|&(clock, extent_ns)| (extent_ns, &clock.name));
        let (early, late, hours) = files.iter().zip(files.iter().skip(1)).find_map(|(&early, &late)| {
            let hours = (late.1.0 - early.1.0 + HOUR_NS / 2) / HOUR_NS;
            let shift_ns = hours * HOUR_NS;
            let (first_ns, last_ns) = (late.1.0 - shift_ns - NEAR_NS, late.1.1 - shift_ns + NEAR_NS);
            let is_near = first_ns <= early.1.1 && early.1.0 <= last_ns;
            ((1..=MOST_HOURS).contains(&hours) && is_near).then_some((early.0, late.0, hours))
        })?;
        Some(format!(
            "{late} begins almost exactly {} after {}. If they were recorded at one time, their UTC offsets differ: use \
             --offset {late}=-{hours}h.",
            units::counted(hours as u64, "hour"),
            self.name(early),
            late = self.name(late),
        ))
    }

    /// What readers say of the files.
    fn facts(&self) -> Vec<String> {
        let of = |clock: &'a FileClock| clock.facts.iter().map(move |fact| (clock, fact));
        let all = self.clocks.iter().flat_map(of);
        let more = all.clone().count().saturating_sub(FACTS);
        let mut facts: Vec<String> =
            all.take(FACTS).map(|(clock, fact)| format!("{}: {fact}.", self.name(clock))).collect();
        if more > 0 {
            facts.push(format!(
                "{}: stats --format json lists all.",
                units::counted(more as u64, "more note")
            ));
        }
        facts
    }
}
