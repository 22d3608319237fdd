//! A summary: what remains of lanes when their rows are gone.
//!
//! Summaries are a commutative monoid: the result of [`Summary::merge`] depends on the lanes alone, whatever the
//! order, the grouping or the number of machines. It has integers only. Several summaries may have one lane only as
//! parts that begin and end with no span open, as the recorder rotates its files. Timings and profiles, which have no
//! time, simply add up. Its size depends on the number of lanes, tasks and functions, never on the number of rows.
//! Times are in ns since the Unix epoch.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

pub(crate) use super::bins::{Bin, CpuBin, add_up, add_up_cpu};
pub(crate) use super::key_summary::{KeySummary, PointSummary};
use super::time::union;
use super::{
    Clock, Counters, Durations, KeyId, Keys, LaneIdentity, ProcessIdentity, Profile, ProfileIdentity, Spans,
    Thinned, Timed,
};

/// Most bins that a lane has.
pub(crate) const BINS: i64 = 2048;

/// Most of a lane's longest spans that are kept.
pub(crate) const LONGEST: usize = 32;

/// The level of the bins for `extent_ns`: the least level at which it touches at most [`BINS`] bins. A bin covers `1
/// << level` ns and is aligned to the epoch.
pub(crate) fn level(extent_ns: (i64, i64)) -> u32 {
    level_within(extent_ns, BINS)
}

/// As [`level`], for at most `most` bins. `most` must be 4 or more: 4 bins of the greatest width cover all of time.
pub(crate) fn level_within(extent_ns: (i64, i64), most: i64) -> u32 {
    (0..62).find(|level| (extent_ns.1 >> level) - (extent_ns.0 >> level) < most).unwrap_or(62)
}

/// Summary of lanes and counters, of timings and profiles.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// The keys of their spans.
    pub(super) keys: Arc<Keys>,
    /// By their identities. What summaries say of a process is settled here, once for all of its lanes and counters.
    pub(super) processes: BTreeMap<String, ProcessIdentity>,
    /// By the identities of process and lane.
    pub(super) lanes: BTreeMap<(String, String), (LaneIdentity, LaneSummary)>,
    /// By index of the key; may be shorter than the keys.
    pub(super) durations: Vec<Durations>,
    /// By the identity of the process, group and name.
    pub(super) counters: BTreeMap<(String, String, String), Thinned>,
    /// Durations without moments, of some of the keys. They are among `durations`.
    pub(super) timings: BTreeMap<KeyId, Timed>,
    pub(super) profiles: BTreeMap<ProfileIdentity, Profile>,
    /// The earliest start, and its seconds east of UTC if its stamp names an offset.
    pub(super) earliest: Option<(i64, Option<i32>)>,
    pub(super) earliest_sample: Option<(i64, Option<i32>)>,
    /// What its times count from; `None` without times.
    pub(super) clock: Option<Clock>,
    /// Number of spans without an offset from UTC, for which one was assumed.
    pub assumed: u64,
    /// Number of counter samples without an offset from UTC.
    pub assumed_samples: u64,
}

/// Summary of one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LaneSummary {
    /// First start, and last end or start, of the spans; of the point events if there are no spans.
    pub extent_ns: (i64, i64),
    /// Time that finished spans ran after the earliest start of an unfinished span, in ns.
    pub busy_after_ns: i64,
    /// Whether spans cross. If so, self times do not tell which span called which.
    pub crossing: bool,
    /// Greatest number of spans that contain one another; 1 when no span contains another.
    pub depth: u32,
    /// Greatest number of finished spans that ran at one time; instants never run. 0 if an older summary lacks it.
    pub open_at_once: u32,
    /// The level of its bins if they are wider than its extent needs, as of a pruned run; else 0.
    pub coarse_level: u32,
    /// One for each key of the lane's spans, sorted by key. Empty if the lane has point events only.
    pub keys: Vec<KeySummary>,
    /// One for each key of the lane's point events, sorted by key. No other figure includes these.
    pub points: Vec<PointSummary>,
    /// Sorted by place, then by key.
    pub bins: Vec<Bin>,
    /// CPU time in these bins, where any is known. Sorted by place, then by key.
    pub cpu: Vec<CpuBin>,
    /// The longest finished spans, at most [`LONGEST`], the longest first. Ties are sorted by start, then by name, then
    /// by CPU time and attributes. Point events come after all spans.
    pub longest: Vec<LongSpan>,
}

/// One of a lane's longest spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LongSpan {
    /// When it started.
    pub start_ns: i64,
    /// End less start.
    pub duration_ns: i64,
    /// The key of the span.
    pub key: KeyId,
    /// Its CPU time, if that is known.
    pub cpu_ns: Option<i64>,
    /// The names and values of its attributes, sorted by name.
    pub attributes: Vec<(Arc<str>, Arc<str>)>,
}

impl Summary {
    /// The summary of no lane.
    pub fn new() -> Summary {
        Summary::default()
    }

    /// The summary of one lane. `durations` are those of each key, by its index. `earliest` is the first start and
    /// its seconds east of UTC.
    pub(crate) fn of_lane(
        (process, lane): (ProcessIdentity, LaneIdentity),
        keys: Arc<Keys>,
        of: LaneSummary,
        durations: Vec<Durations>,
        earliest: (i64, Option<i32>),
    ) -> Summary {
        let mut summary = Summary { keys, durations, earliest: Some(earliest), ..Summary::default() };
        summary.add_lane(process, lane, of);
        summary
    }

    /// The summary of counters. `earliest` is their first sample and its seconds east of UTC.
    pub(crate) fn of_counters(counters: &Counters, earliest: Option<(i64, Option<i32>)>) -> Summary {
        let mut summary = Summary { earliest_sample: earliest, ..Summary::default() };
        for (identity, samples) in counters {
            summary.add_counter(identity.clone(), samples.unix().collect());
        }
        summary
    }

    /// The summary of no lane yet, but for lanes that use `keys`, with the durations of each key by its index.
    pub(crate) fn of_keys(keys: Keys, durations: Vec<Durations>) -> Summary {
        Summary { keys: Arc::new(keys), durations, ..Summary::default() }
    }

    /// Adds a lane, or a part of one, that uses the summary's keys.
    pub(crate) fn add_lane(&mut self, process: ProcessIdentity, lane: LaneIdentity, of: LaneSummary) {
        let identity = (process.identity.clone(), lane.identity.clone());
        self.add_process(process);
        self.add_part(identity, lane, of);
    }

    fn add_part(&mut self, identity: (String, String), lane: LaneIdentity, of: LaneSummary) {
        match self.lanes.entry(identity) {
            Entry::Vacant(entry) => drop(entry.insert((lane, of))),
            Entry::Occupied(mut entry) => {
                let (own, part) = entry.get_mut();
                own.merge(&lane);
                part.merge(of, &self.keys);
            }
        }
    }

    /// Adds a counter, given by process, group and name.
    pub(crate) fn add_counter(
        &mut self,
        (process, group, name): (ProcessIdentity, String, String),
        counter: Thinned,
    ) {
        let identity = process.identity.clone();
        self.add_process(process);
        self.counters.entry((identity, group, name)).or_default().merge(counter);
    }

    fn add_process(&mut self, process: ProcessIdentity) {
        match self.processes.get_mut(&process.identity) {
            Some(own) => own.merge(&process),
            None => drop(self.processes.insert(process.identity.clone(), process)),
        }
    }

    /// Notes a first start, or a first sample, and its seconds east of UTC. The earlier one stays.
    pub(crate) fn note_earliest(&mut self, earliest: (i64, Option<i32>), is_sample: bool) {
        let own = if is_sample { &mut self.earliest_sample } else { &mut self.earliest };
        *own = first(*own, Some(earliest));
    }

    /// Keeps the keys and the groups of counters for which the functions return true. Removes lanes without a key.
    /// Keeps all profiles, whose functions are no tasks. The remaining lanes keep their first start and last end.
    pub(crate) fn retain(
        &mut self,
        is_wanted: impl Fn(&Keys, KeyId) -> bool,
        is_group: impl Fn(&str) -> bool,
    ) {
        let wanted: Vec<bool> = self.keys.ids().map(|id| is_wanted(&self.keys, id)).collect();
        for (_, lane) in self.lanes.values_mut() {
            lane.keys.retain(|key| wanted[key.key.index()]);
            lane.points.retain(|points| wanted[points.key.index()]);
            lane.bins.retain(|bin| wanted[bin.key.index()]);
            lane.cpu.retain(|bin| wanted[bin.key.index()]);
            lane.longest.retain(|span| wanted[span.key.index()]);
            if lane.unfinished_ns().is_none() {
                lane.busy_after_ns = 0;
            }
        }
        self.lanes.retain(|_, (_, lane)| !lane.keys.is_empty() || !lane.points.is_empty());
        self.timings.retain(|key, _| wanted[key.index()]);
        self.counters.retain(|(_, group, _), _| is_group(group));
        let of_lanes = self.lanes.keys().map(|(process, _)| process);
        let used: HashSet<&String> =
            of_lanes.chain(self.counters.keys().map(|(process, ..)| process)).collect();
        self.processes.retain(|process, _| used.contains(process));
    }

    /// Makes declared waits of the tasks that `is_wait` accepts, given by group and task. Gives the summary of the
    /// same spans with these waits in their records, but for CPU time: where none was known of such a span, but of one
    /// around it, each keeps the part that it had.
    pub(crate) fn declare_waits(&mut self, is_wait: impl Fn(&str, &str) -> bool) {
        let Some((keys, renamed)) = self.keys.with_waits(is_wait) else { return };
        let mut durations = vec![Durations::default(); keys.all().len()];
        for (own, id) in std::mem::take(&mut self.durations).into_iter().zip(&renamed) {
            durations[id.index()].merge(own);
        }
        for (_, lane) in self.lanes.values_mut() {
            lane.rename(&renamed);
            lane.keys.dedup_by(|next, kept| {
                let is_same = next.key == kept.key;
                if is_same {
                    kept.merge(next);
                }
                is_same
            });
            add_up(&mut lane.bins);
            add_up_cpu(&mut lane.cpu);
            keep_longest(&mut lane.longest, &keys);
        }
        for (key, timed) in std::mem::take(&mut self.timings) {
            self.timings.entry(renamed[key.index()]).or_default().merge(&timed);
        }
        (self.keys, self.durations) = (Arc::new(keys), durations);
    }

    /// Cuts lanes that were busy for longer than there was time. Gives their identities.
    pub(crate) fn cut_doubled(&mut self) -> Vec<LaneIdentity> {
        let lanes = self.lanes.iter_mut();
        lanes.filter_map(|(_, (lane, of))| of.cut().then(|| lane.clone())).collect()
    }

    /// Widens the bins of lanes and counters so that each has at most `bins`, keeps `longest` of the longest spans of each
    /// lane, and counts durations in buckets. All sums and extremes stay as they are.
    pub(crate) fn coarsen(&mut self, bins: i64, longest: usize) {
        self.lanes.values_mut().for_each(|(_, lane)| lane.coarsen(bins, longest));
        self.durations.iter_mut().for_each(Durations::count);
        self.counters.values_mut().for_each(|counter| counter.thin(bins.unsigned_abs() as usize));
    }

    /// Whether bins of any lane are wider than it needs.
    pub(crate) fn is_coarse(&self) -> bool {
        self.lanes.values().any(|(_, lane)| lane.is_coarse())
    }

    /// Adds the lanes and counters of `other`. Costs O(size of `other`), and for each lane that both have, O(its size
    /// here).
    pub fn merge(&mut self, other: Summary) {
        let Summary {
            keys,
            processes,
            lanes,
            durations,
            counters,
            timings,
            profiles,
            earliest,
            earliest_sample,
            clock,
            ..
        } = other;
        self.earliest = first(self.earliest, earliest);
        self.earliest_sample = first(self.earliest_sample, earliest_sample);
        clock.into_iter().for_each(|clock| self.note_clock(clock));
        self.assumed = self.assumed.saturating_add(other.assumed);
        self.assumed_samples = self.assumed_samples.saturating_add(other.assumed_samples);
        processes.into_values().for_each(|process| self.add_process(process));
        for (identity, counter) in counters {
            self.counters.entry(identity).or_default().merge(counter);
        }
        let own = Arc::make_mut(&mut self.keys);
        let copied: Vec<KeyId> = keys.ids().map(|id| own.copy(&keys, id)).collect();
        self.durations.resize_with(own.all().len(), Durations::default);
        for (more, id) in durations.into_iter().zip(&copied) {
            self.durations[id.index()].merge(more);
        }
        for (key, timed) in timings {
            self.timings.entry(copied[key.index()]).or_default().merge(&timed);
        }
        for (identity, profile) in profiles {
            self.profiles.entry(identity).or_default().merge(profile);
        }
        for (identity, (lane, mut of)) in lanes {
            of.rename(&copied);
            self.add_part(identity, lane, of);
        }
    }

    /// The keys of its spans.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Its lanes, sorted by identity.
    pub(crate) fn lanes(
        &self,
    ) -> impl ExactSizeIterator<Item = (&ProcessIdentity, &LaneIdentity, &LaneSummary)> {
        self.lanes.iter().map(|((process, _), (lane, of))| (&self.processes[process], lane, of))
    }

    /// One of its lanes.
    pub(crate) fn lane(&self, process: &ProcessIdentity, lane: &LaneIdentity) -> Option<&LaneSummary> {
        self.lanes.get(&(process.identity.clone(), lane.identity.clone())).map(|(_, of)| of)
    }

    /// Durations of the finished spans of each key, by index of the key.
    pub(crate) fn durations(&self) -> &[Durations] {
        &self.durations
    }

    /// Its counters, sorted by process, group and name.
    pub(crate) fn counters(&self) -> impl ExactSizeIterator<Item = (&ProcessIdentity, &str, &str, &Thinned)> {
        (self.counters.iter())
            .map(|((process, group, name), of)| (&self.processes[process], group.as_str(), name.as_str(), of))
    }

    /// One of its counters.
    pub(crate) fn counter(&self, process: &ProcessIdentity, group: &str, name: &str) -> Option<&Thinned> {
        self.counters.get(&(process.identity.clone(), group.to_owned(), name.to_owned()))
    }

    /// The earliest start of a span, and its seconds east of UTC if its stamp names an offset.
    pub(crate) fn earliest(&self) -> Option<(i64, Option<i32>)> {
        self.earliest
    }

    /// The earliest sample of a counter, and its seconds east of UTC if its stamp names an offset.
    pub(crate) fn earliest_sample(&self) -> Option<(i64, Option<i32>)> {
        self.earliest_sample
    }

    /// What its times count from; `None` if it is not known, as without times.
    pub fn clock(&self) -> Option<Clock> {
        self.clock
    }

    /// Notes that some times are by this clock.
    pub(crate) fn note_clock(&mut self, clock: Clock) {
        self.clock = Some(self.clock.map_or(clock, |own| own.and(clock)));
    }

    /// Whether it has neither a lane, a counter, a timing nor a profile.
    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
            && self.counters.is_empty()
            && self.timings.is_empty()
            && self.profiles.is_empty()
    }

    /// Whether both have the same lanes, counters, timings and profiles with the same figures, and at least one.
    pub(crate) fn equals(&self, other: &Summary) -> bool {
        let mut processes = self.processes.values().zip(other.processes.values());
        let mut lanes = self.lanes.values().zip(other.lanes.values());
        !self.is_empty()
            && self.processes == other.processes
            && processes.all(|(own, other)| own.is_same(other))
            && self.lanes == other.lanes
            && lanes.all(|((own, _), (other, _))| own.is_same(other))
            && self.counters == other.counters
            && self.timings == other.timings
            && self.profiles == other.profiles
            && self.keys == other.keys
    }

    /// Number of spans, including unfinished ones.
    pub fn span_count(&self) -> u64 {
        self.lanes.values().fold(0, |sum, (_, lane)| lane.span_count().saturating_add(sum))
    }

    /// Number of point events.
    pub fn point_count(&self) -> u64 {
        self.lanes.values().fold(0, |sum, (_, lane)| lane.point_count().saturating_add(sum))
    }

    /// Whether the CPU time of any span is known.
    pub(crate) fn has_cpu(&self) -> bool {
        self.lanes.values().any(|(_, lane)| !lane.cpu.is_empty())
    }

    /// Number of counter samples.
    pub fn sample_count(&self) -> u64 {
        self.counters.values().fold(0, |sum, counter| counter.count().saturating_add(sum))
    }

    /// From the first start or point event to the last end, start or point event of all lanes; `None` without lanes.
    pub(crate) fn lanes_extent_ns(&self) -> Option<(i64, i64)> {
        self.lanes.values().map(|(_, lane)| lane.drawn_extent_ns()).reduce(union)
    }

    /// From the first start or point event to the last end, start or point event of all lanes. Without lanes, from the first sample to the last.
    pub fn extent_ns(&self) -> Option<(i64, i64)> {
        self.lanes_extent_ns().or_else(|| self.counters.values().filter_map(Thinned::extent_ns).reduce(union))
    }
}

impl LaneSummary {
    /// Number of spans, including unfinished ones.
    pub(crate) fn span_count(&self) -> u64 {
        self.keys.iter().fold(0, |sum, key| key.count.saturating_add(key.unfinished).saturating_add(sum))
    }

    /// Number of point events.
    pub(crate) fn point_count(&self) -> u64 {
        self.points.iter().fold(0, |sum, points| points.count.saturating_add(sum))
    }

    /// Number of rows: spans and point events.
    pub(crate) fn row_count(&self) -> u64 {
        self.span_count().saturating_add(self.point_count())
    }

    /// Whether it has any span. Figures count only such lanes.
    pub(crate) fn has_spans(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Its extent with its point events.
    pub(crate) fn drawn_extent_ns(&self) -> (i64, i64) {
        self.points.iter().map(|points| points.extent_ns).fold(self.extent_ns, union)
    }

    /// Time during which a finished span ran, in ns.
    pub(crate) fn busy_ns(&self) -> i128 {
        self.bins.iter().map(|bin| i128::from(bin.busy_ns)).sum()
    }

    /// The most spans that were open at once, if spans cross. `None` if they nest, or an older summary lacks it.
    pub(crate) fn most_open(&self) -> Option<u32> {
        Some(self.open_at_once).filter(|&open| self.crossing && open > 0)
    }

    /// The level of its bins.
    pub(crate) fn level(&self) -> u32 {
        level(self.extent_ns).max(self.coarse_level)
    }

    /// Whether its bins are wider than its extent needs.
    pub(crate) fn is_coarse(&self) -> bool {
        self.coarse_level > level(self.extent_ns)
    }

    /// Widens its bins so that it has at most `bins`, and keeps `longest` of its longest spans. No sum changes.
    fn coarsen(&mut self, bins: i64, longest: usize) {
        let level = level_within(self.extent_ns, bins);
        if level > self.level() {
            (self.bins, self.cpu) = rebinned(&[self], self.extent_ns, level);
            self.coarse_level = level;
        }
        self.longest.truncate(longest);
    }

    /// Earliest start of an unfinished span.
    pub(crate) fn unfinished_ns(&self) -> Option<i64> {
        self.keys.iter().filter_map(|key| key.unfinished_ns).min()
    }

    /// Cuts its busy time to the time that there was, bin by bin. Whether there was too much: this happens when the
    /// lane was read twice, or in parts that overlap.
    fn cut(&mut self) -> bool {
        let (level, first, extent_ns) = (self.level(), self.first_bin(), self.extent_ns);
        let mut is_cut = false;
        for bin in self.bins.chunk_by_mut(|one, next| one.place == next.place) {
            let start_ns = i128::from(first + i64::from(bin[0].place)) << level;
            let end_ns = (start_ns + (1 << level)).min(extent_ns.1.into());
            let mut left_ns = (end_ns - start_ns.max(extent_ns.0.into())) as i64;
            for own in bin {
                is_cut |= own.busy_ns > left_ns;
                own.busy_ns = own.busy_ns.min(left_ns);
                left_ns -= own.busy_ns;
            }
        }
        self.bins.retain(|bin| bin.busy_ns > 0);
        self.cpu.retain_mut(|cpu| {
            let busy = self.bins.binary_search_by_key(&(cpu.place, cpu.key), |bin| (bin.place, bin.key));
            let known_ns = busy.map_or(0, |place| cpu.known_ns.min(self.bins[place].busy_ns));
            cpu.cpu_ns = (i128::from(cpu.cpu_ns) * i128::from(known_ns) / i128::from(cpu.known_ns)) as i64;
            cpu.known_ns = known_ns;
            known_ns > 0
        });
        is_cut
    }

    /// Its bins at another `level`, in the order of time: number of the bin since the epoch, key and busy time. A bin may
    /// contain a key several times. At a finer level the time of a coarse bin is spread evenly over its parts.
    pub(crate) fn bins_at(&self, level: u32) -> impl Iterator<Item = (i64, KeyId, i64)> + '_ {
        let at = move |bin: &Bin| {
            let (key, busy_ns) = (bin.key, bin.busy_ns);
            self.parts_at(level, bin.place).map(move |(number, part)| (number, key, part.of(busy_ns)))
        };
        self.bins.iter().flat_map(at).filter(|&(.., busy_ns)| busy_ns > 0)
    }

    /// The bins of `level` in which a bin lies, or those that lie in it, each with its part of the time inside the extent.
    fn parts_at(&self, level: u32, place: u32) -> impl Iterator<Item = (i64, TimePart)> + use<> {
        let (own, number) = (self.level(), self.first_bin() + i64::from(place));
        let finer = own.saturating_sub(level);
        let numbers = if finer == 0 {
            let number = number >> (level - own);
            number..=number
        } else {
            let first = (number << finer).max(self.extent_ns.0 >> level);
            first..=(((number + 1) << finer) - 1).min(self.extent_ns.1 >> level).max(first)
        };
        let (from, to) = (i128::from(self.extent_ns.0), i128::from(self.extent_ns.1));
        let edge = move |number: i64| (i128::from(number) << level).clamp(from, to.max(from));
        let (start, end) = (edge(*numbers.start()), edge(*numbers.end() + 1));
        numbers.map(move |number| {
            // All of it where there is one part.
            let part = match finer {
                0 => TimePart { from: 0, to: 1, whole: 1 },
                _ => TimePart {
                    from: edge(number) - start,
                    to: edge(number + 1) - start,
                    whole: (end - start).max(1),
                },
            };
            (number, part)
        })
    }

    /// The CPU time in its bins at another `level`, as [`bins_at`](Self::bins_at): number of the bin since the epoch,
    /// key, known time and CPU time.
    pub(crate) fn cpu_at(&self, level: u32) -> impl Iterator<Item = (i64, KeyId, i64, i64)> + '_ {
        let at = move |cpu: &CpuBin| {
            let (key, known_ns, cpu_ns) = (cpu.key, cpu.known_ns, cpu.cpu_ns);
            (self.parts_at(level, cpu.place))
                .map(move |(number, part)| (number, key, part.of(known_ns), part.of(cpu_ns)))
        };
        self.cpu.iter().flat_map(at).filter(|&(_, _, known_ns, _)| known_ns > 0)
    }

    /// Number, since the epoch, of the bin in which the lane begins.
    fn first_bin(&self) -> i64 {
        self.extent_ns.0 >> self.level()
    }

    /// Its longest spans, and the first unfinished span of each key, in the model's order and in ns since the Unix
    /// epoch.
    pub(super) fn longest_spans(&self) -> Spans {
        let mut spans = Spans::default();
        for span in &self.longest {
            spans.push(span.start_ns, Some(span.start_ns + span.duration_ns), span.key);
            if let Some(cpu_ns) = span.cpu_ns {
                spans.set_cpu(spans.len() - 1, cpu_ns);
            }
            for (name, value) in &span.attributes {
                spans.attach(spans.len() - 1, name, value);
            }
        }
        for key in &self.keys {
            if let Some(start_ns) = key.unfinished_ns {
                spans.push(start_ns, None, key.key);
            }
        }
        spans.sort();
        spans
    }

    fn rename(&mut self, renamed: &[KeyId]) {
        for key in &mut self.keys {
            key.key = renamed[key.key.index()];
        }
        for points in &mut self.points {
            points.key = renamed[points.key.index()];
        }
        for bin in &mut self.bins {
            bin.key = renamed[bin.key.index()];
        }
        for cpu in &mut self.cpu {
            cpu.key = renamed[cpu.key.index()];
        }
        for span in &mut self.longest {
            span.key = renamed[span.key.index()];
        }
        self.keys.sort_unstable_by_key(|key| key.key);
        self.points.sort_unstable_by_key(|points| points.key);
        self.bins.sort_unstable();
        self.cpu.sort_unstable();
    }

    /// Adds another part of the lane, which uses the same `keys`.
    fn merge(&mut self, other: LaneSummary, keys: &Keys) {
        let extent_ns = match (self.has_spans(), other.has_spans()) {
            (true, false) => self.extent_ns,
            (false, true) => other.extent_ns,
            _ => union(self.extent_ns, other.extent_ns),
        };
        let natural = level(extent_ns);
        let level = natural.max(self.coarse_level).max(other.coarse_level);
        (self.bins, self.cpu) = rebinned(&[self, &other], extent_ns, level);
        self.coarse_level = if level > natural { level } else { 0 };
        self.extent_ns = extent_ns;
        self.busy_after_ns = self.busy_after_ns.saturating_add(other.busy_after_ns);
        self.crossing |= other.crossing;
        self.depth = self.depth.max(other.depth);
        self.open_at_once = self.open_at_once.max(other.open_at_once);
        self.longest.extend(other.longest);
        keep_longest(&mut self.longest, keys);
        for key in other.keys {
            match self.keys.binary_search_by_key(&key.key, |own| own.key) {
                Ok(place) => self.keys[place].merge(&key),
                Err(place) => self.keys.insert(place, key),
            }
        }
        other.points.into_iter().for_each(|points| self.add_points(points));
    }

    /// Adds point events of a key.
    pub(crate) fn add_points(&mut self, more: PointSummary) {
        match self.points.binary_search_by_key(&more.key, |own| own.key) {
            Ok(place) => self.points[place].merge(&more),
            Err(place) => self.points.insert(place, more),
        }
    }
}

/// The bins of parts of a lane, added up at a level.
fn rebinned(parts: &[&LaneSummary], extent_ns: (i64, i64), level: u32) -> (Vec<Bin>, Vec<CpuBin>) {
    let first = extent_ns.0 >> level;
    let place = |number: i64| (number - first) as u32;
    let mut bins: Vec<Bin> = (parts.iter().flat_map(|part| part.bins_at(level)))
        .map(|(number, key, busy_ns)| Bin { place: place(number), key, busy_ns })
        .collect();
    let mut cpu: Vec<CpuBin> = (parts.iter().flat_map(|part| part.cpu_at(level)))
        .map(|(number, key, known_ns, cpu_ns)| CpuBin { place: place(number), key, known_ns, cpu_ns })
        .collect();
    add_up(&mut bins);
    add_up_cpu(&mut cpu);
    (bins, cpu)
}

/// A part of a bin's time, from and to, of the whole.
#[derive(Debug, Clone, Copy)]
struct TimePart {
    from: i128,
    to: i128,
    whole: i128,
}

impl TimePart {
    /// Its share of `ns`. The shares of all parts sum to `ns`.
    fn of(self, ns: i64) -> i64 {
        let up_to = |part: i128| i128::from(ns) * part / self.whole;
        (up_to(self.to) - up_to(self.from)) as i64
    }
}

/// Sorts `spans` as [`LaneSummary::longest`] requires, and keeps the first [`LONGEST`].
pub(crate) fn keep_longest(spans: &mut Vec<LongSpan>, keys: &Keys) {
    let name = |span: &LongSpan| {
        let key = keys.key(span.key);
        (keys.name(key.group), keys.name(key.task), key.kind)
    };
    spans.sort_unstable_by(|a, b| {
        let rank =
            |span: &LongSpan| (Reverse(span.duration_ns), keys.key(span.key).is_point(), span.start_ns);
        (rank(a).cmp(&rank(b)))
            .then_with(|| name(a).cmp(&name(b)))
            .then_with(|| (a.cpu_ns, &a.attributes).cmp(&(b.cpu_ns, &b.attributes)))
    });
    spans.truncate(LONGEST);
}

/// The earlier of the two. At equal times the lesser offset wins; no offset is the least.
fn first(one: Option<(i64, Option<i32>)>, other: Option<(i64, Option<i32>)>) -> Option<(i64, Option<i32>)> {
    [one, other].into_iter().flatten().min()
}
