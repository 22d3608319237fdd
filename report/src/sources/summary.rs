//! Summaries as text, version 1: what `waterfall summarize` writes.
//!
//! `outputs::summary` defines how a line is written, this module the lines. `key` means the fields group, task and
//! colour, which is `wait` for a declared wait and `point` for point events. Several lines about one thing add up, as
//! [`Summary::merge`] does. Takes a file's lines, gives their summary: the same for summaries one after another as for
//! each read alone and merged. Reports an invalid line as a problem, and reads the others.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use csv::ByteRecord;

use super::cpu;
use super::format::{About, Format};
use super::lines::{Fault, LineEnd};
use super::part::{Found, Stopped};
use super::source::Source;
use super::summary_fields::{Fields, Refusal, not_a, pair};
use crate::model::summary::{self, Bin, CpuBin, KeySummary, LaneSummary, LongSpan, PointSummary};
use crate::model::{
    Clock, Color, Durations, FIRST_NS, KeyId, Keys, Kind, LAST_NS, LaneIdentity, ProcessIdentity, Profile,
    ProfileIdentity, Summary, Thinned, Timed, Unit, Weights, union,
};
use crate::text::{Problem, Problems};

const MAGIC: &str = "waterfall-summary";

pub(super) struct Summaries;

impl Format for Summaries {
    fn name(&self) -> &'static str {
        "summary"
    }

    fn about(&self) -> About {
        About {
            what: "Summaries of `waterfall summarize` and `waterfall merge`",
            told_by: "its first line, `waterfall-summary`",
            reads: "everything: lanes, tasks, counters, the longest spans",
            leaves: "single spans, which a summary does not have",
            clock: "as the records that it was made from",
        }
    }

    /// That of a kept run without its rows. A user's own summary may lie beside the records that it was made from, so
    /// it is read only when given as an input.
    fn endings(&self) -> &'static [&'static str] {
        &["records.waterfall-summary.gz"]
    }

    fn begins(&self, beginning: &[u8]) -> bool {
        beginning.strip_prefix(MAGIC.as_bytes()).is_some_and(|rest| rest.starts_with(b"\t"))
    }

    fn read(&self, source: &mut Source<'_>, _: &ByteRecord) -> Result<Found, Stopped> {
        match read(source) {
            Ok(summary) => Ok(Found::Summary(Box::new(summary))),
            Err(error) => Err(Stopped { kept: None, error }),
        }
    }
}

/// Reads a summary and its problems.
///
/// | first field | the others |
/// |---|---|
/// | `waterfall-summary` | version; in the first line, and wherever another summary begins |
/// | `earliest`, `earliest-sample` | ns, seconds east of UTC |
/// | `clock` | `wall`, `own` or `mixed`: what the times since the last first line count from (absent in older summaries: `wall`) |
/// | `assumed`, `assumed-samples` | count |
/// | `coarse` | nothing: it was made smaller than a summary of its rows is (absent if not) |
/// | `process` | process, place (smaller ones are further up), name if it has one (absent if its source names and places none) |
/// | `place` | process, lane, place in the process (absent if 0) |
/// | `lane` | process, lane, host, pid, thread, first and last ns, busy ns after the first unfinished start, 1 if spans cross, depth, most spans open at once (absent in older summaries) |
/// | `key` | process, lane, key, first and last ns, unfinished, first start of these, count, total, self (the sum of the bins), squares, least and longest ns, level, bins as `number:ns` (each number less the one before it) |
/// | `points` | process, lane, key, first and last ns, count: point events, whose colour is `point`; they are in no `key` line |
/// | `cpu` | process, lane, key, level, bins as `number:known:cpu`, numbered as those of `key` (absent if no CPU time is known) |
/// | `long` | process, lane, key, start, duration, name and value of each attribute (absent in older summaries); a known CPU time is the attribute `cpu`, as in records |
/// | `durations`, `buckets` | key, all of them, or `bucket:count` |
/// | `counter` | process, group, name, host, pid, count, level, samples as `ns:value` |
/// | `timing` | key, count, total, squares, least and longest ns of durations without moments, which are among `durations` (absent in older summaries, as the next two) |
/// | `profile` | source, name, unit (`seconds`, `bytes` or `none`), number of stacks, weight of all stacks in billionths of the unit |
/// | `function` | source, name, unit, name of the function, self and total in billionths of the unit |
/// | `problems`, `problem` | how many are not listed; path, line, message |
fn read(source: &mut Source<'_>) -> io::Result<Summary> {
    let mut parts = Parts::default();
    while let Some(line) = source.lines.next()? {
        let number = line.number;
        let taken = match line.text.map(std::str::from_utf8) {
            Err(Fault::Torn) => Err("it contains NUL bytes".into()),
            _ if line.end == LineEnd::None => Err("it is incomplete".into()),
            Ok(Ok(text)) => parts.take(&mut Fields::of(text)),
            Ok(Err(_)) => Err("it is not UTF-8".into()),
            Err(Fault::TooLong) => Err("it is longer than 1 MiB".into()),
        };
        if let Err(message) = taken {
            source.refuse(number, "summary line", message);
        }
    }
    let (path, problems) = (source.path, &mut source.problems);
    problems.merge(Problems::of_first(parts.unlisted, std::mem::take(&mut parts.problems)));
    if let Some(message) = cpu::problem(parts.impossible) {
        problems.add(path, None, message);
    }
    Ok(parts.finish(|message| problems.add(path, None, message)))
}

#[derive(Default)]
struct Parts {
    keys: Keys,
    summary: Summary,
    /// By the identities of process and lane.
    lanes: BTreeMap<(String, String), LanePart>,
    /// What lines say of processes, by their identities.
    processes: BTreeMap<String, ProcessIdentity>,
    /// By the identity of the process, group and name.
    counters: Vec<((String, String, String), Thinned)>,
    durations: Vec<Durations>,
    timings: BTreeMap<KeyId, Timed>,
    profiles: BTreeMap<ProfileIdentity, Profile>,
    unlisted: u64,
    problems: Vec<Problem>,
    /// Number of CPU times of single spans that these cannot have had.
    impossible: u64,
    /// Whether the lines have an unknown version, up to the next first line.
    is_foreign: bool,
    /// Whether there was a lane or a counter, and no `clock`, since the last first line.
    has_times: bool,
    has_clock: bool,
}

#[derive(Default)]
struct LanePart {
    /// Thread and place in the process.
    said: LaneIdentity,
    /// `None` until a `lane` line is read.
    extent_ns: Option<(i64, i64)>,
    busy_after_ns: i64,
    crossing: bool,
    depth: u32,
    open_at_once: u32,
    keys: BTreeMap<KeyId, KeySummary>,
    points: BTreeMap<KeyId, PointSummary>,
    /// Level, number since the epoch, key, ns.
    bins: Vec<(u32, i64, KeyId, i64)>,
    /// Level, number since the epoch, key, known ns, CPU ns.
    cpu: Vec<(u32, i64, KeyId, i64, i64)>,
    longest: Vec<LongSpan>,
}

impl Parts {
    fn take(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let kind = fields.text()?;
        match kind.as_str() {
            MAGIC => {
                self.settle_clock();
                let version = fields.text()?;
                self.is_foreign = version != "1";
                let message = || {
                    format!(
                        "unknown version {version:?}, expected 1; all lines up to the next summary are skipped, too"
                    )
                };
                if self.is_foreign { Err(message()) } else { Ok(()) }
            }
            _ if self.is_foreign => Ok(()),
            "clock" => {
                let known = [Clock::Wall, Clock::Own, Clock::Mixed];
                let name = fields.text()?;
                fields.end()?;
                let clock = known.into_iter().find(|clock| clock.to_string() == name);
                self.summary.note_clock(clock.ok_or_else(|| not_a("clock", &name))?);
                self.has_clock = true;
                Ok(())
            }
            "earliest" | "earliest-sample" => {
                let earliest = (fields.moment()?, fields.optional()?);
                fields.end()?;
                if earliest.1.is_some_and(|offset_s: i32| offset_s.abs() >= 86_400) {
                    return Err("its UTC offset is a day or more".into());
                }
                self.summary.note_earliest(earliest, kind == "earliest-sample");
                Ok(())
            }
            "assumed" => add(&mut self.summary.assumed, fields),
            "assumed-samples" => add(&mut self.summary.assumed_samples, fields),
            "coarse" => {
                fields.end()?;
                self.summary.note_coarse();
                Ok(())
            }
            "process" => self.process(fields),
            "place" => {
                let whose = (fields.text()?, fields.text()?);
                let said = LaneIdentity { order: fields.last()?, ..Default::default() };
                self.lanes.entry(whose).or_default().said.merge(&said);
                Ok(())
            }
            "lane" => self.lane(fields),
            "key" => self.key(fields),
            "points" => self.points(fields),
            "cpu" => self.cpu(fields),
            "long" => self.long(fields),
            "durations" | "buckets" => self.durations(fields, kind == "buckets"),
            "counter" => self.counter(fields),
            "timing" => self.timing(fields),
            "profile" | "function" => self.profile(fields, kind == "function"),
            "problems" => add(&mut self.unlisted, fields),
            "problem" => {
                let (path, line, message) = (fields.text()?, fields.optional()?, fields.text()?);
                fields.end()?;
                self.problems.push(Problem { path: path.into(), line, message });
                Ok(())
            }
            _ => Err("its first field is unknown".into()),
        }
    }

    fn process(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let (identity, order) = (fields.text()?, fields.number()?);
        let name = fields.text_if_any()?;
        fields.end()?;
        self.add_process(ProcessIdentity { identity, name, order, ..Default::default() });
        Ok(())
    }

    /// Adds what a line says of a process.
    fn add_process(&mut self, said: ProcessIdentity) {
        self.processes.entry(said.identity.clone()).or_insert_with(|| said.clone()).merge(&said);
    }

    fn lane(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let (process, lane) = (fields.text()?, fields.text()?);
        let (host, pid) = (fields.text()?, fields.optional()?);
        let thread = fields.text()?;
        let extent_ns = fields.stretch()?;
        let busy_after_ns: i64 = fields.number()?;
        let crossing = fields.number::<u8>()? == 1;
        let depth: u32 = fields.number()?;
        let open_at_once: u32 = fields.last_or(0)?;
        let host = Some(host).filter(|host| !host.is_empty());
        self.add_process(ProcessIdentity { identity: process.clone(), host, pid, ..Default::default() });
        self.has_times = true;
        let part = self.lanes.entry((process, lane)).or_default();
        part.said.merge(&LaneIdentity { thread, ..Default::default() });
        part.extent_ns = Some(union(part.extent_ns.unwrap_or(extent_ns), extent_ns));
        part.busy_after_ns = part.busy_after_ns.saturating_add(busy_after_ns.max(0));
        part.crossing |= crossing;
        part.depth = part.depth.max(depth);
        part.open_at_once = part.open_at_once.max(open_at_once);
        Ok(())
    }

    fn key(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let whose = (fields.text()?, fields.text()?);
        let mut of = KeySummary::new(self.key_of(fields)?);
        if self.keys.key(of.key).is_point() {
            return Err("point events are no spans".into());
        }
        of.extent_ns = fields.stretch()?;
        of.unfinished = fields.number()?;
        of.unfinished_ns = fields.optional()?;
        of.count = fields.number()?;
        of.total_ns = fields.number()?;
        let self_ns: i128 = fields.number()?;
        of.squares = fields.number()?;
        of.range_ns = (fields.number()?, fields.number()?);
        let level: u32 = fields.number()?;
        let mut number = 0_i64;
        let mut bins = Vec::new();
        for item in fields.list()? {
            let (step, busy_ns): (i64, i64) = pair(item)?;
            number = number.checked_add(step).ok_or_else(|| not_a("bin", item))?;
            if level >= 63 || busy_ns <= 0 {
                return Err(not_a("bin", item));
            }
            bins.push((number, busy_ns));
        }
        fields.end()?;
        // Where spans cross, the two differ in older summaries. The bins are what counts.
        check(&of, [self_ns, bins.iter().map(|&(_, busy_ns)| i128::from(busy_ns)).sum()])?;
        let part = self.lanes.entry(whose).or_default();
        part.bins.extend(bins.into_iter().map(|(number, busy_ns)| (level, number, of.key, busy_ns)));
        part.keys.entry(of.key).or_insert(KeySummary::new(of.key)).merge(&of);
        Ok(())
    }

    fn points(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let whose = (fields.text()?, fields.text()?);
        let key = self.key_of(fields)?;
        let (extent_ns, count) = (fields.stretch()?, fields.last()?);
        if !self.keys.key(key).is_point() || count == 0 {
            return Err("it has no point events".into());
        }
        let of = PointSummary { key, extent_ns, count };
        let points = &mut self.lanes.entry(whose).or_default().points;
        points.entry(key).and_modify(|own| own.merge(&of)).or_insert(of);
        Ok(())
    }

    fn cpu(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let whose = (fields.text()?, fields.text()?);
        let key = self.key_of(fields)?;
        let level: u32 = fields.number()?;
        let mut number = 0_i64;
        let mut bins = Vec::new();
        for item in fields.list()? {
            let (step, times) = item.split_once(':').ok_or_else(|| not_a("bin", item))?;
            let (known_ns, cpu_ns): (i64, i64) = pair(times)?;
            let step: i64 = step.parse().map_err(|_| not_a("bin", item))?;
            number = number.checked_add(step).ok_or_else(|| not_a("bin", item))?;
            if level >= 63 || known_ns <= 0 || !(0..=known_ns).contains(&cpu_ns) {
                return Err(not_a("bin", item));
            }
            bins.push((level, number, key, known_ns, cpu_ns));
        }
        fields.end()?;
        self.lanes.entry(whose).or_default().cpu.extend(bins);
        Ok(())
    }

    fn long(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let whose = (fields.text()?, fields.text()?);
        let key = self.key_of(fields)?;
        let (start_ns, duration_ns): (i64, i64) = (fields.moment()?, fields.number()?);
        let most_ns = if self.keys.key(key).is_point() { 0 } else { LAST_NS - start_ns };
        if !(0..=most_ns).contains(&duration_ns) {
            return Err("its duration is out of range".into());
        }
        let mut attributes: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
        let mut cpu_ns = None;
        while let Some(name) = fields.text_if_any()? {
            let value = fields.text()?;
            match cpu::read_of(&name, &value) {
                Some(ns) => cpu_ns = Some(ns),
                None => drop(attributes.insert(name.into(), value.into())),
            }
        }
        if cpu_ns.take_if(|ns| cpu::mended(Some(duration_ns), *ns).is_none()).is_some() {
            self.impossible += 1;
        }
        let attributes = attributes.into_iter().collect();
        let span = LongSpan { start_ns, duration_ns, key, cpu_ns, attributes };
        self.lanes.entry(whose).or_default().longest.push(span);
        Ok(())
    }

    fn durations(&mut self, fields: &mut Fields<'_>, are_buckets: bool) -> Result<(), Refusal> {
        let key = self.key_of(fields)?;
        let items = fields.list()?;
        fields.end()?;
        let durations = if are_buckets {
            let buckets = items.map(pair).collect::<Result<Vec<(u32, u64)>, _>>()?;
            Durations::of_buckets(&buckets).ok_or("its buckets are invalid")?
        } else {
            let all = items.map(|item| {
                item.parse().ok().filter(|ns: &i64| *ns >= 0).ok_or_else(|| not_a("duration", item))
            });
            all.collect::<Result<Vec<i64>, _>>()?.into_iter().collect()
        };
        self.durations[key.index()].merge(durations);
        Ok(())
    }

    fn counter(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let (process, group, name) = (fields.text()?, fields.text()?, fields.text()?);
        let host = Some(fields.text()?).filter(|host| !host.is_empty());
        let pid = fields.optional()?;
        let (count, level) = (fields.number()?, fields.number()?);
        let samples = (fields.list()?).map(pair).collect::<Result<Vec<(i64, f64)>, _>>()?;
        fields.end()?;
        let is_sample =
            |(unix_ns, value): &(i64, f64)| (FIRST_NS..=LAST_NS).contains(unix_ns) && value.is_finite();
        if samples.is_empty() || !samples.iter().all(is_sample) {
            return Err("it needs samples, all of them finite and from 1969 to 2260".into());
        }
        self.add_process(ProcessIdentity { identity: process.clone(), host, pid, ..Default::default() });
        self.has_times = true;
        self.counters.push(((process, group, name), Thinned::of_kept(count, level, samples)));
        Ok(())
    }

    fn timing(&mut self, fields: &mut Fields<'_>) -> Result<(), Refusal> {
        let key = self.key_of(fields)?;
        let (count, total_ns, squares) = (fields.number()?, fields.number()?, fields.number()?);
        let range_ns: (i64, i64) = (fields.number()?, fields.number()?);
        fields.end()?;
        let (least_ns, most_ns) = (i128::from(range_ns.0), i128::from(range_ns.1));
        let all = i128::from(count);
        let is_possible = count > 0 && 0 <= least_ns && least_ns <= most_ns;
        if !is_possible || !(least_ns * all..=most_ns * all).contains(&total_ns) {
            return Err("its sums fit no durations".into());
        }
        let timed = Timed { count, total_ns, squares, range_ns };
        self.timings.entry(key).or_default().merge(&timed);
        Ok(())
    }

    fn profile(&mut self, fields: &mut Fields<'_>, is_function: bool) -> Result<(), Refusal> {
        let (source, name, unit) = (fields.text()?, fields.text()?, fields.text()?);
        let unit: Unit = unit.parse().map_err(|()| not_a("unit", &unit))?;
        let mut profile = Profile::default();
        if is_function {
            let function = fields.text()?;
            let weights = Weights { own: fields.number()?, total: fields.number()? };
            if !(0..=weights.total).contains(&weights.own) {
                return Err("its self weight is no part of its total".into());
            }
            profile.functions.insert(function.into(), weights);
        } else {
            (profile.stacks, profile.total) = (fields.number()?, fields.number()?);
            if profile.total < 0 {
                return Err("its weight is negative".into());
            }
        }
        fields.end()?;
        self.profiles.entry(ProfileIdentity { source, name, unit }).or_default().merge(profile);
        Ok(())
    }

    fn key_of(&mut self, fields: &mut Fields<'_>) -> Result<KeyId, Refusal> {
        let (group, task) = (fields.text()?, fields.text()?);
        let color = |field: &str| field.strip_prefix('#').and_then(Color::from_hex);
        let kind = match fields.next()? {
            "" => Kind::Work(None),
            "wait" => Kind::Wait,
            "point" => Kind::Point,
            field => Kind::Work(Some(color(field).ok_or_else(|| not_a("colour", field))?)),
        };
        let key = self.keys.intern(&group, &task, kind);
        self.durations.resize_with(self.keys.all().len(), Durations::default);
        Ok(key)
    }

    /// Times without a `clock` since the last first line are by the wall clock, as in older summaries.
    fn settle_clock(&mut self) {
        let has_clock = std::mem::take(&mut self.has_clock);
        if std::mem::take(&mut self.has_times) && !has_clock {
            self.summary.note_clock(Clock::Wall);
        }
    }

    fn finish(mut self, mut problem: impl FnMut(String)) -> Summary {
        self.settle_clock();
        let Parts { keys, mut summary, lanes, processes, counters, durations, timings, profiles, .. } = self;
        for ((process, group, name), counter) in counters {
            summary.add_counter((processes[&process].clone(), group, name), counter);
        }
        let mut whole = Vec::new();
        for ((process, lane), part) in lanes {
            let identity = LaneIdentity { identity: lane.clone(), ..part.said.clone() };
            match part.whole(&keys) {
                Ok(of) => whole.push((processes[&process].clone(), identity, of)),
                Err(message) => problem(format!("lane {lane} of process {process} skipped: {message}")),
            }
        }
        let mut read = Summary::of_keys(keys, durations);
        whole.into_iter().for_each(|(process, lane, of)| read.add_lane(process, lane, of));
        read.set_timeless(timings, profiles);
        summary.merge(read);
        summary
    }
}

impl LanePart {
    /// The lane, if its lines are consistent.
    fn whole(mut self, keys: &Keys) -> Result<LaneSummary, Refusal> {
        let extent_ns = self.extent_ns.ok_or("it has no `lane` line")?;
        let of_keys = self.keys.values().map(|key| key.extent_ns).reduce(union);
        let of_points = self.points.values().map(|points| points.extent_ns).reduce(union);
        // Point events may lie outside the spans, and are all of a lane without any.
        if of_keys.or(of_points).is_none_or(|of| of.0 < extent_ns.0 || of.1 > extent_ns.1) {
            return Err("its tasks have no spans, or spans outside the lane".into());
        }
        let drawn_ns = of_points.map_or(extent_ns, |of| union(of, extent_ns));
        let is_inside = |span: &LongSpan| {
            let own_ns = if keys.key(span.key).is_point() { drawn_ns } else { extent_ns };
            own_ns.0 <= span.start_ns && span.start_ns + span.duration_ns <= own_ns.1
        };
        if !self.longest.iter().all(is_inside) || (extent_ns.0 == extent_ns.1 && !self.bins.is_empty()) {
            return Err("its spans do not fit between its start and its end".into());
        }
        let natural = summary::level(extent_ns);
        // Wider bins than needed are those of a pruned run.
        let of_bins = self.bins.iter().map(|bin| bin.0).chain(self.cpu.iter().map(|cpu| cpu.0));
        let level = of_bins.max().map_or(natural, |own| own.max(natural));
        let (first, last) = (extent_ns.0 >> level, extent_ns.1 >> level);
        let mut bins: Vec<Bin> = Vec::with_capacity(self.bins.len());
        let place = |own: u32, number: i64| {
            let number = number >> (level - own);
            let is_inside = (first..=last).contains(&number);
            is_inside.then(|| (number - first) as u32).ok_or("its bins lie outside the lane")
        };
        for (own, number, key, busy_ns) in self.bins {
            bins.push(Bin { place: place(own, number)?, key, busy_ns });
        }
        summary::add_up(&mut bins);
        let mut cpu: Vec<CpuBin> = Vec::with_capacity(self.cpu.len());
        for (own, number, key, known_ns, cpu_ns) in self.cpu {
            cpu.push(CpuBin { place: place(own, number)?, key, known_ns, cpu_ns });
        }
        summary::add_up_cpu(&mut cpu);
        let is_busy = |cpu: &CpuBin| {
            let bin = bins.binary_search_by_key(&(cpu.place, cpu.key), |bin| (bin.place, bin.key));
            bin.is_ok_and(|bin| cpu.known_ns <= bins[bin].busy_ns)
        };
        if !cpu.iter().all(is_busy) {
            return Err("its CPU times exceed its busy time".into());
        }
        summary::keep_longest(&mut self.longest, keys);
        let is_own = |key: &KeyId| self.keys.contains_key(key) || self.points.contains_key(key);
        if !self.longest.iter().all(|span| is_own(&span.key)) {
            return Err("one of its longest spans belongs to a task that it does not have".into());
        }
        Ok(LaneSummary {
            extent_ns,
            busy_after_ns: self.busy_after_ns,
            crossing: self.crossing,
            depth: self.depth,
            open_at_once: self.open_at_once,
            coarse_level: if level > natural { level } else { 0 },
            keys: self.keys.into_values().collect(),
            points: self.points.into_values().collect(),
            bins,
            cpu,
            longest: self.longest,
        })
    }
}

/// Refuses sums that no spans can have. `self_ns` are two statements of the time in which the spans were innermost.
fn check(of: &KeySummary, self_ns: [i128; 2]) -> Result<(), Refusal> {
    let (least_ns, longest_ns) = of.range_ns;
    let fits = if of.count == 0 {
        (of.total_ns, self_ns) == (0, [0, 0]) && of.range_ns == KeySummary::new(of.key).range_ns
    } else {
        let times = |ns: i64| i128::from(ns).saturating_mul(i128::from(of.count));
        (0..=longest_ns).contains(&least_ns)
            && longest_ns <= of.extent_ns.1 - of.extent_ns.0
            && (times(least_ns)..=times(longest_ns)).contains(&of.total_ns)
            && self_ns.iter().all(|ns| (0..=of.total_ns).contains(ns))
    };
    let is_inside = |ns: i64| (of.extent_ns.0..=of.extent_ns.1).contains(&ns);
    let has_open = of.unfinished_ns.map_or(of.unfinished == 0, |ns| of.unfinished > 0 && is_inside(ns));
    if fits && has_open && of.count.checked_add(of.unfinished).is_some_and(|count| count > 0) {
        Ok(())
    } else {
        Err("its sums do not fit the number of its spans".into())
    }
}

/// Adds a count, which must be the last field.
fn add(sum: &mut u64, fields: &mut Fields<'_>) -> Result<(), Refusal> {
    *sum = sum.saturating_add(fields.last()?);
    Ok(())
}
