//! A summary: what stays of lanes when their rows are gone.
//!
//! A commutative monoid. [`Summary::merge`] adds another one, and what comes of it is a function of the lanes alone:
//! the same whatever the order, the grouping or the number of machines. Integers only. A lane may be in several of
//! them only as parts that begin and end with no span open, as the recorder rotates its files. Its size depends on how
//! many lanes and tasks there are, never on how many rows. Times are in ns since the Unix epoch.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Counters, Durations, KeyId, Keys, LaneIdentity, ProcessIdentity, Span, Spans, Thinned, Time};

/// A lane has fewer bins than this, or as many.
pub const BINS: i64 = 2048;

/// As many of a lane's longest spans are kept.
pub const LONGEST: usize = 32;

/// The level of the bins of `extent_ns`: the least at which it touches at most [`BINS`] bins. A bin is a stretch of
/// `1 << level` ns, aligned to the epoch.
pub fn level(extent_ns: (i64, i64)) -> u32 {
    level_within(extent_ns, BINS)
}

/// The same for at most `most` bins, which must be 4 or more: as many of the greatest width are all of time.
pub fn level_within(extent_ns: (i64, i64), most: i64) -> u32 {
    (0..62).find(|level| (extent_ns.1 >> level) - (extent_ns.0 >> level) < most).unwrap_or(62)
}

/// What is known of lanes and counters.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// What their spans can be.
    pub(super) keys: Arc<Keys>,
    pub(super) lanes: BTreeMap<(ProcessIdentity, LaneIdentity), LaneSummary>,
    /// By the index of the key, at most as many as there are keys.
    pub(super) durations: Vec<Durations>,
    /// By process, group and name.
    pub(super) counters: BTreeMap<(ProcessIdentity, String, String), Thinned>,
    /// The earliest start, and the seconds east of UTC that it was written with, where it said so.
    pub(super) earliest: Option<(i64, Option<i32>)>,
    pub(super) earliest_sample: Option<(i64, Option<i32>)>,
    /// How many spans carried no offset from UTC, so that it had to be assumed.
    pub assumed: u64,
    /// How many samples of counters did not.
    pub assumed_samples: u64,
}

/// What is known of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneSummary {
    /// The first start, and the last end or start.
    pub extent_ns: (i64, i64),
    /// How long finished spans ran after the earliest start of an unfinished one.
    pub busy_after_ns: i64,
    /// Whether spans cross: then self times are not exact.
    pub crossing: bool,
    /// How many spans contain one another at most: 1 where none does.
    pub depth: u32,
    /// One for each key that its spans have, by key.
    pub keys: Vec<KeySummary>,
    /// By place, then by key.
    pub bins: Vec<Bin>,
    /// The longest finished spans, at most [`LONGEST`], the longest first; of equal ones the earliest, then by name.
    pub longest: Vec<LongSpan>,
}

/// What is known of the spans of one key in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySummary {
    /// Which.
    pub key: KeyId,
    /// The first start, and the last end or start.
    pub extent_ns: (i64, i64),
    /// The earliest start of one that never ended.
    pub unfinished_ns: Option<i64>,
    /// How many never ended: they are in nothing below.
    pub unfinished: u64,
    /// How many ended, instants among them.
    pub count: u64,
    /// Sum of their durations.
    pub total_ns: i128,
    /// Sum of their durations less what their children cover.
    pub self_ns: i128,
    /// Sum of the squares of their durations, in ns²; stays at the greatest `u128`.
    pub squares: u128,
    /// The shortest and the longest; `(i64::MAX, 0)` where there is none.
    pub range_ns: (i64, i64),
}

/// How long spans of a key were the innermost ones that ran, in a bin of the lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bin {
    /// Counted from the bin in which the lane begins.
    pub place: u32,
    /// Which key.
    pub key: KeyId,
    /// At most the bin's width.
    pub busy_ns: i64,
}

/// One of a lane's longest spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongSpan {
    /// When it began.
    pub start_ns: i64,
    /// End less start.
    pub duration_ns: i64,
    /// Which key.
    pub key: KeyId,
}

impl Summary {
    /// Of no lane.
    pub fn new() -> Summary {
        Summary::default()
    }

    /// Of one lane. `durations` are those of each key, by its index; `earliest` is the first start and the offset that
    /// it was written with.
    pub fn of_lane(
        (process, lane): (ProcessIdentity, LaneIdentity),
        keys: Arc<Keys>,
        of: LaneSummary,
        durations: Vec<Durations>,
        earliest: (i64, Option<i32>),
    ) -> Summary {
        let lanes = BTreeMap::from([((process, lane), of)]);
        Summary { keys, lanes, durations, earliest: Some(earliest), ..Summary::default() }
    }

    /// Of counters. `earliest` is their first sample and the offset that it was written with.
    pub fn of_counters(counters: &Counters, earliest: Option<(i64, Option<i32>)>) -> Summary {
        let counters =
            counters.iter().map(|(identity, samples)| (identity.clone(), samples.unix().collect()));
        Summary { counters: counters.collect(), earliest_sample: earliest, ..Summary::default() }
    }

    /// Of lanes whose keys are of `keys`, with the durations of each key by its index.
    pub fn of_lanes(
        keys: Keys,
        lanes: BTreeMap<(ProcessIdentity, LaneIdentity), LaneSummary>,
        durations: Vec<Durations>,
    ) -> Summary {
        Summary { keys: Arc::new(keys), lanes, durations, ..Summary::default() }
    }

    /// Adds a counter, given by process, group and name.
    pub fn add_counter(&mut self, identity: (ProcessIdentity, String, String), counter: Thinned) {
        self.counters.entry(identity).or_default().merge(counter);
    }

    /// Adds the first start of spans, or the first sample, and the offset that it was written with.
    pub fn note_earliest(&mut self, earliest: (i64, Option<i32>), is_sample: bool) {
        let own = if is_sample { &mut self.earliest_sample } else { &mut self.earliest };
        *own = first(*own, Some(earliest));
    }

    /// Keeps the keys and the groups of counters for which the functions say so. Lanes without a key are gone; those
    /// that are left keep their first start and last end.
    pub fn retain(&mut self, is_wanted: impl Fn(&Keys, KeyId) -> bool, is_group: impl Fn(&str) -> bool) {
        let wanted: Vec<bool> = self.keys.ids().map(|id| is_wanted(&self.keys, id)).collect();
        for lane in self.lanes.values_mut() {
            lane.keys.retain(|key| wanted[key.key.index()]);
            lane.bins.retain(|bin| wanted[bin.key.index()]);
            lane.longest.retain(|span| wanted[span.key.index()]);
            if lane.unfinished_ns().is_none() {
                lane.busy_after_ns = 0;
            }
        }
        self.lanes.retain(|_, lane| !lane.keys.is_empty());
        self.counters.retain(|(_, group, _), _| is_group(group));
    }

    /// Adds the lanes and counters of `other`. O(its size), and O(the size here) of a lane that both have.
    pub fn merge(&mut self, other: Summary) {
        let Summary { keys, lanes, durations, counters, earliest, earliest_sample, .. } = other;
        self.earliest = first(self.earliest, earliest);
        self.earliest_sample = first(self.earliest_sample, earliest_sample);
        self.assumed = self.assumed.saturating_add(other.assumed);
        self.assumed_samples = self.assumed_samples.saturating_add(other.assumed_samples);
        counters.into_iter().for_each(|(identity, counter)| self.add_counter(identity, counter));
        let own = Arc::make_mut(&mut self.keys);
        let copied: Vec<KeyId> = keys.ids().map(|id| own.copy(&keys, id)).collect();
        self.durations.resize_with(own.all().len(), Durations::default);
        for (more, id) in durations.into_iter().zip(&copied) {
            self.durations[id.index()].merge(more);
        }
        for (identity, mut lane) in lanes {
            lane.rename(&copied);
            match self.lanes.entry(identity) {
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(lane);
                }
                std::collections::btree_map::Entry::Occupied(mut entry) => entry.get_mut().merge(lane, own),
            }
        }
    }

    /// What its spans can be.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Its lanes, by identity.
    pub fn lanes(&self) -> impl ExactSizeIterator<Item = (&ProcessIdentity, &LaneIdentity, &LaneSummary)> {
        self.lanes.iter().map(|((process, lane), of)| (process, lane, of))
    }

    /// A lane of it.
    pub fn lane(&self, process: &ProcessIdentity, lane: &LaneIdentity) -> Option<&LaneSummary> {
        self.lanes.get(&(process.clone(), lane.clone()))
    }

    /// How long the finished spans of a key were; by the index of the key.
    pub fn durations(&self) -> &[Durations] {
        &self.durations
    }

    /// Its counters, by process, group and name.
    pub fn counters(&self) -> impl ExactSizeIterator<Item = (&ProcessIdentity, &str, &str, &Thinned)> {
        self.counters.iter().map(|((process, group, name), of)| (process, group.as_str(), name.as_str(), of))
    }

    /// A counter of it.
    pub fn counter(&self, process: &ProcessIdentity, group: &str, name: &str) -> Option<&Thinned> {
        self.counters.get(&(process.clone(), group.to_owned(), name.to_owned()))
    }

    /// The earliest start of a span, and the seconds east of UTC that it was written with, where it said so.
    pub fn earliest(&self) -> Option<(i64, Option<i32>)> {
        self.earliest
    }

    /// The same of the earliest sample of a counter.
    pub fn earliest_sample(&self) -> Option<(i64, Option<i32>)> {
        self.earliest_sample
    }

    /// How many spans it is of, unfinished ones among them.
    pub fn span_count(&self) -> u64 {
        self.lanes.values().fold(0, |sum, lane| lane.span_count().saturating_add(sum))
    }

    /// How many samples of counters it is of.
    pub fn sample_count(&self) -> u64 {
        self.counters.values().fold(0, |sum, counter| counter.count().saturating_add(sum))
    }

    /// From the first start to the last end or start of all lanes.
    pub fn lanes_extent_ns(&self) -> Option<(i64, i64)> {
        self.lanes.values().map(|lane| lane.extent_ns).reduce(union)
    }

    /// From the first start to the last end or start of all lanes; where there is none from the first sample to the
    /// last.
    pub fn extent_ns(&self) -> Option<(i64, i64)> {
        self.lanes_extent_ns().or_else(|| self.counters.values().filter_map(Thinned::extent_ns).reduce(union))
    }
}

impl LaneSummary {
    /// How many spans, unfinished ones among them.
    pub fn span_count(&self) -> u64 {
        self.keys.iter().fold(0, |sum, key| key.count.saturating_add(key.unfinished).saturating_add(sum))
    }

    /// How long a finished span ran.
    pub fn busy_ns(&self) -> i128 {
        self.bins.iter().map(|bin| i128::from(bin.busy_ns)).sum()
    }

    /// The level of its bins.
    pub fn level(&self) -> u32 {
        level(self.extent_ns)
    }

    /// The earliest start of an unfinished span.
    pub fn unfinished_ns(&self) -> Option<i64> {
        self.keys.iter().filter_map(|key| key.unfinished_ns).min()
    }

    /// Whether it was busy for longer than there was time: when it came twice, or in parts that overlap.
    pub fn is_doubled(&self) -> bool {
        let width_ns = 1_i64 << self.level();
        self.bins
            .chunk_by(|one, next| one.place == next.place)
            .any(|bin| bin.iter().fold(0, |sum: i64, of| sum.saturating_add(of.busy_ns)) > width_ns)
    }

    /// Its bins as bins of a coarser `level`: the number of the bin since the epoch, key and busy time. A bin may come
    /// several times for a key; they come in the order of time.
    pub fn bins_at(&self, level: u32) -> impl Iterator<Item = (i64, KeyId, i64)> + '_ {
        let (first, shift) = (self.first_bin(), level.saturating_sub(self.level()));
        self.bins.iter().map(move |bin| ((first + i64::from(bin.place)) >> shift, bin.key, bin.busy_ns))
    }

    /// The number, since the epoch, of the bin in which it begins.
    fn first_bin(&self) -> i64 {
        self.extent_ns.0 >> self.level()
    }

    /// Its longest spans, and of each key the unfinished one that began first, in the model's order and in ns since the
    /// Unix epoch.
    pub(super) fn longest_spans(&self) -> Spans {
        let mut spans = Spans::default();
        for span in &self.longest {
            spans.push(span.start_ns, Some(span.start_ns + span.duration_ns), span.key);
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
        for bin in &mut self.bins {
            bin.key = renamed[bin.key.index()];
        }
        for span in &mut self.longest {
            span.key = renamed[span.key.index()];
        }
        self.keys.sort_unstable_by_key(|key| key.key);
        self.bins.sort_unstable();
    }

    /// Adds another part of the lane, whose keys are of `keys` too.
    fn merge(&mut self, other: LaneSummary, keys: &Keys) {
        let extent_ns = union(self.extent_ns, other.extent_ns);
        let level = level(extent_ns);
        let first = extent_ns.0 >> level;
        let mut bins: Vec<Bin> = (self.bins_at(level).chain(other.bins_at(level)))
            .map(|(number, key, busy_ns)| Bin { place: (number - first) as u32, key, busy_ns })
            .collect();
        add_up(&mut bins);
        self.bins = bins;
        self.extent_ns = extent_ns;
        self.busy_after_ns = self.busy_after_ns.saturating_add(other.busy_after_ns);
        self.crossing |= other.crossing;
        self.depth = self.depth.max(other.depth);
        self.longest.extend(other.longest);
        keep_longest(&mut self.longest, keys);
        for key in other.keys {
            match self.keys.binary_search_by_key(&key.key, |own| own.key) {
                Ok(place) => self.keys[place].merge(&key),
                Err(place) => self.keys.insert(place, key),
            }
        }
    }
}

impl KeySummary {
    /// Of no span yet.
    pub fn new(key: KeyId) -> KeySummary {
        KeySummary {
            key,
            extent_ns: (i64::MAX, i64::MIN),
            unfinished_ns: None,
            unfinished: 0,
            count: 0,
            total_ns: 0,
            self_ns: 0,
            squares: 0,
            range_ns: (i64::MAX, 0),
        }
    }

    /// Adds a span of the key; `self_ns` is 0 for one that never ended.
    pub fn add(&mut self, span: &Span, self_ns: i64) {
        let start_ns = span.start.ns();
        self.extent_ns = union(self.extent_ns, (start_ns, span.end.map_or(start_ns, Time::ns)));
        let Some(duration_ns) = span.duration_ns() else {
            self.unfinished += 1;
            self.unfinished_ns = [self.unfinished_ns, Some(start_ns)].into_iter().flatten().min();
            return;
        };
        self.count += 1;
        self.total_ns += i128::from(duration_ns);
        self.self_ns += i128::from(self_ns);
        let square = u128::from(duration_ns.unsigned_abs()) * u128::from(duration_ns.unsigned_abs());
        self.squares = self.squares.saturating_add(square);
        self.range_ns = union(self.range_ns, (duration_ns, duration_ns));
    }

    /// Adds the spans of `other`.
    pub fn merge(&mut self, other: &KeySummary) {
        self.extent_ns = union(self.extent_ns, other.extent_ns);
        // What was read back may be anything.
        self.unfinished = self.unfinished.saturating_add(other.unfinished);
        self.unfinished_ns = [self.unfinished_ns, other.unfinished_ns].into_iter().flatten().min();
        self.count = self.count.saturating_add(other.count);
        self.total_ns = self.total_ns.saturating_add(other.total_ns);
        self.self_ns = self.self_ns.saturating_add(other.self_ns);
        self.squares = self.squares.saturating_add(other.squares);
        self.range_ns = union(self.range_ns, other.range_ns);
    }
}

/// Orders `bins`, and makes those of one place and key one.
pub fn add_up(bins: &mut Vec<Bin>) {
    bins.sort_unstable();
    bins.dedup_by(|next, kept| {
        let is_same = (next.place, next.key) == (kept.place, kept.key);
        kept.busy_ns = kept.busy_ns.saturating_add(if is_same { next.busy_ns } else { 0 });
        is_same
    });
}

/// Orders `spans` as [`LaneSummary::longest`] says, and drops those that are too many.
pub fn keep_longest(spans: &mut Vec<LongSpan>, keys: &Keys) {
    let name = |span: &LongSpan| {
        let key = keys.key(span.key);
        (keys.name(key.group), keys.name(key.task), key.color)
    };
    spans.sort_unstable_by(|a, b| {
        let rank = |span: &LongSpan| (Reverse(span.duration_ns), span.start_ns);
        rank(a).cmp(&rank(b)).then_with(|| name(a).cmp(&name(b)))
    });
    spans.truncate(LONGEST);
}

/// The earlier of two; of those of one moment the one with the lesser offset, none before any.
fn first(one: Option<(i64, Option<i32>)>, other: Option<(i64, Option<i32>)>) -> Option<(i64, Option<i32>)> {
    [one, other].into_iter().flatten().min()
}

/// From the start of the first to the end of the last.
pub fn union(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.min(other.0), one.1.max(other.1))
}
