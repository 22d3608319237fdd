//! A summary: what remains of lanes when their rows are gone.
//!
//! Summaries are a commutative monoid: the result of [`Summary::merge`] depends on the lanes alone, whatever the
//! order, the grouping or the number of machines. It has integers only. Several summaries may have one lane only as
//! parts that begin and end with no span open, as the recorder rotates its files. Timings and profiles, which have no
//! time, simply add up. Its size depends on the number of lanes, tasks and functions, never on the number of rows.
//! Times are in ns since the Unix epoch.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

pub(crate) use super::bins::{Bin, CpuBin, add_up, add_up_cpu, level, level_within};
pub(crate) use super::key_summary::{KeySummary, PointSummary};
pub(crate) use super::lane_summary::{LONGEST, LaneSummary, LongSpan, keep_longest};
use super::time::union;
use super::{
    Clock, Counters, Durations, KeyId, Keys, LaneIdentity, ProcessIdentity, Profile, ProfileIdentity,
    Thinned, Timed,
};

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
    /// Whether it was made smaller than a summary of its rows is.
    pub(super) is_coarse: bool,
    /// Number of spans without an offset from UTC, for which one was assumed.
    pub assumed: u64,
    /// Number of counter samples without an offset from UTC.
    pub assumed_samples: u64,
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
        self.is_coarse = true;
    }

    /// Keeps at most `most` of each: the tasks of greatest total, the lanes that were busiest with these, the first
    /// counters by name, and of each profile the functions of greatest weight. Gives the numbers of tasks, lanes,
    /// counters and functions that it left out.
    pub(crate) fn keep(&mut self, most: usize) -> [usize; 4] {
        let of_lanes =
            self.lanes.values().flat_map(|(_, lane)| &lane.keys).map(|key| (key.key, key.total_ns));
        let of_points = self.lanes.values().flat_map(|(_, lane)| &lane.points).map(|points| (points.key, 0));
        let of_timings = self.timings.iter().map(|(key, timed)| (*key, timed.total_ns));
        let mut totals: BTreeMap<KeyId, i128> = BTreeMap::new();
        for (key, total_ns) in of_lanes.chain(of_points).chain(of_timings) {
            *totals.entry(key).or_default() += total_ns;
        }
        let name = |id: &KeyId| {
            let key = self.keys.key(*id);
            (self.keys.name(key.group), self.keys.name(key.task), key.kind)
        };
        let mut ranked: Vec<(KeyId, i128)> = totals.into_iter().collect();
        ranked.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| name(&one.0).cmp(&name(&other.0))));
        let lanes = self.lanes.len();
        let tasks = ranked.len().saturating_sub(most);
        if tasks > 0 {
            let kept: HashSet<KeyId> = ranked.iter().take(most).map(|(key, _)| *key).collect();
            self.retain(|_, key| kept.contains(&key), |_| true);
            for (index, key) in self.keys.ids().enumerate() {
                if let Some(durations) = self.durations.get_mut(index).filter(|_| !kept.contains(&key)) {
                    *durations = Durations::default();
                }
            }
        }
        let mut busy: Vec<(i128, &(String, String))> =
            self.lanes.iter().map(|(identity, (_, lane))| (-lane.busy_ns(), identity)).collect();
        busy.sort();
        let idle: HashSet<(String, String)> =
            busy.into_iter().skip(most).map(|(_, identity)| identity.clone()).collect();
        self.lanes.retain(|identity, _| !idle.contains(identity));
        let counters = self.counters.len();
        let mut count = 0..;
        self.counters.retain(|_, _| count.next().is_some_and(|index: usize| index < most));
        let of_profiles = self.profiles.values_mut().map(|profile| profile.keep(most));
        let functions = of_profiles.sum();
        self.retain(|_, _| true, |_| true);
        self.is_coarse = true;
        [tasks, lanes - self.lanes.len(), counters - self.counters.len(), functions]
    }

    /// Whether it was made smaller than a summary of its rows is.
    pub(crate) fn is_coarse(&self) -> bool {
        self.is_coarse
    }

    /// Notes that it was.
    pub(crate) fn note_coarse(&mut self) {
        self.is_coarse = true;
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
        self.is_coarse |= other.is_coarse;
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

/// The earlier of the two. At equal times the lesser offset wins; no offset is the least.
fn first(one: Option<(i64, Option<i32>)>, other: Option<(i64, Option<i32>)>) -> Option<(i64, Option<i32>)> {
    [one, other].into_iter().flatten().min()
}
