//! Clocks: which clock each input had, how it came onto the one axis, and what was assumed.
//!
//! Takes what is known of each file's clock. Gives sentences for the page and the statistics, and rows for JSON. Names
//! the option that moves a file where nothing in it says where it belongs.

use std::collections::BTreeMap;

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

/// The sentences, if there is more to say than that all times are the wall clock's.
pub(super) fn notes(reading: &Reading, loaded: &Loaded) -> Vec<String> {
    let clocks = &loaded.clocks;
    let mut notes: Vec<String> =
        placed(clocks).into_iter().filter_map(|(how, files)| sentence(how, &files)).collect();
    if let (false, Some(wall)) = (notes.is_empty(), by_wall(clocks)) {
        notes.insert(0, wall);
    }
    notes.extend(moved(reading, clocks));
    notes.extend(hint(reading, clocks));
    notes.extend(of_summaries(&loaded.summary));
    let facts: Vec<String> = clocks
        .iter()
        .flat_map(|clock| clock.facts.iter().map(move |fact| format!("{}: {fact}.", name(clock))))
        .collect();
    let more = facts.len().saturating_sub(FACTS);
    notes.extend(facts.into_iter().take(FACTS));
    if more > 0 {
        notes.push(format!(
            "{} about single files: stats --format json lists all.",
            units::counted(more as u64, "more note")
        ));
    }
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

/// The files whose times are not simply the wall clock's, by how they were placed.
fn placed(clocks: &[FileClock]) -> BTreeMap<Placed, Vec<&FileClock>> {
    let mut placed: BTreeMap<Placed, Vec<&FileClock>> = BTreeMap::new();
    for clock in clocks.iter().filter(|clock| clock.placed != Placed::Wall) {
        placed.entry(clock.placed).or_default().push(clock);
    }
    placed
}

fn sentence(how: Placed, files: &[&FileClock]) -> Option<String> {
    let names = named(files);
    let (has, does, is) = if files.len() == 1 { ("has", "does", "is") } else { ("have", "do", "are") };
    let example = option_for(files.first()?);
    match how {
        Placed::Wall => None,
        Placed::Anchored => Some(format!(
            "{names} {has} a clock with an origin of its own, and says when that was: {is} drawn at wall-clock time."
        )),
        Placed::Own if files.len() == 1 => Some(format!(
            "{names} has a clock of its own and does not say when it began: times are since the start."
        )),
        Placed::Own => Some(format!(
            "{names} have clocks of their own and do not say when they began: read as of one clock. Use --align start to let \
             each input begin at one moment, or --offset {example} to move one."
        )),
        Placed::AtStart => Some(format!(
            "{names} {has} a clock of its own and {does} not say when it began: drawn from the start of the others. Use \
             --offset {example} to move it."
        )),
        Placed::Aligned => {
            Some(format!("{names} {is} moved, so that all inputs begin at the same moment (--align start)."))
        }
        Placed::Timeless => Some(format!(
            "{names} {has} no moments: weights or durations only, which are in tables and not in the chart."
        )),
    }
}

/// Which files are by the wall clock.
fn by_wall(clocks: &[FileClock]) -> Option<String> {
    let files: Vec<&FileClock> = clocks.iter().filter(|clock| clock.placed == Placed::Wall).collect();
    let has = if files.len() == 1 { "has" } else { "have" };
    (!files.is_empty()).then(|| format!("{} {has} wall-clock times.", named(&files)))
}

/// The files that the user moved, and offsets that fit no file.
fn moved(reading: &Reading, clocks: &[FileClock]) -> Vec<String> {
    let moved = reading.axis.offsets.iter().map(|offset| {
        let file = plain(&offset.file.to_string_lossy());
        let count = clocks.iter().filter(|clock| offset.is_of(&clock.name)).count();
        let way = if offset.ns < 0 { "earlier" } else { "later" };
        let by = units::duration(offset.ns.unsigned_abs().into());
        match count {
            0 => format!("--offset {file}: no file with times has this name."),
            1 => format!("{file} is drawn {by} {way} (--offset)."),
            _ => {
                format!("{} of {file} are drawn {by} {way} (--offset).", units::counted(count as u64, "file"))
            }
        }
    });
    moved.collect()
}

/// Two files of local times without an offset that ran at one moment if their offsets differ by whole hours.
fn hint(reading: &Reading, clocks: &[FileClock]) -> Option<String> {
    if !reading.axis.is_default() {
        return None;
    }
    let mut files: Vec<(&FileClock, (i64, i64))> = (clocks.iter())
        .filter(|clock| clock.is_local)
        .filter_map(|clock| Some((clock, clock.extent_ns?)))
        .filter(|(_, (first_ns, last_ns))| last_ns - first_ns <= LONGEST_HINTED_NS)
        .collect();
    files.sort_by_key(|&(clock, extent_ns)| (extent_ns, &clock.name));
    let (early, late, hours) = files.iter().zip(files.iter().skip(1)).find_map(|(&early, &late)| {
        let apart_ns = late.1.0 - early.1.0;
        let hours = (apart_ns + HOUR_NS / 2) / HOUR_NS;
        let shift_ns = hours * HOUR_NS;
        let (first_ns, last_ns) = (late.1.0 - shift_ns - NEAR_NS, late.1.1 - shift_ns + NEAR_NS);
        let overlap = first_ns <= early.1.1 && early.1.0 <= last_ns;
        ((1..=MOST_HOURS).contains(&hours) && overlap).then_some((early.0, late.0, hours))
    })?;
    Some(format!(
        "{} begins almost exactly {} after {}. If they were recorded at one time, their UTC offsets differ: use --offset \
         {}=-{hours}h.",
        name(late),
        units::counted(hours as u64, "hour"),
        name(early),
        plain(&late.name.to_string_lossy()),
    ))
}

fn of_summaries(summary: &Summary) -> Option<String> {
    (summary.clock() == Some(Clock::Mixed)).then(|| {
        "The summaries have different clocks: some count from 1970, others from a moment of their own. Give --offset to \
         `waterfall summarize` to bring them onto one axis."
            .into()
    })
}

/// `a.csv (record)`, `a.json and b.json (Chrome trace)`, `a, b, c and 12 other files`.
fn named(files: &[&FileClock]) -> String {
    let formats: std::collections::BTreeSet<&str> = files.iter().map(|clock| clock.format).collect();
    let mut names: Vec<String> = files.iter().take(NAMED).map(|clock| name(clock)).collect();
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

fn name(clock: &FileClock) -> String {
    shortened(&plain(&clock.name.to_string_lossy()), 80)
}

/// What to give to `--offset`: `c.json=DURATION`.
fn option_for(clock: &FileClock) -> String {
    let file = clock.name.file_name().unwrap_or(clock.name.as_os_str());
    format!("{}=DURATION", plain(&file.to_string_lossy()))
}
