//! Summaries of lanes: what a report needs from a lane once its rows are gone.
//!
//! Takes the spans of one lane. Gives a [`Summary`] of it and the tracks of its spans. Pure: the same spans give
//! the same summary, and the merged summaries of two rotated parts equal the summary of the whole lane.

use std::cmp::Reverse;
use std::sync::Arc;

use super::cpu::{self, Stretch};
use super::innermost::innermost;
use super::nesting::{Tracks, nest};
use crate::model::summary::{self, Bin, CpuBin, KeySummary, LONGEST, LaneSummary, LongSpan, PointSummary};
use crate::model::{Durations, Key, KeyId, Keys, LaneIdentity, ProcessIdentity, Spans, Summary, union};

/// How many candidates for the longest spans are gathered before the shorter ones are dropped.
const CANDIDATES: usize = 4 * LONGEST;

/// Summarises a lane. `spans` are in ns since the Unix epoch and in the model's order, with keys from `keys`.
/// `offset_s` is the UTC offset of the first span, if it was written. Without spans the summary is empty. O(n log
/// n) time; uses about 30 bytes of memory for each span while it runs.
pub(crate) fn summarise(
    identity: (ProcessIdentity, LaneIdentity),
    keys: &Arc<Keys>,
    spans: &Spans,
    offset_s: Option<i32>,
) -> (Summary, Tracks) {
    let Some(drawn_extent_ns) = spans.extent_ns() else { return (Summary::new(), Tracks::default()) };
    let is_point: Vec<bool> = keys.all().iter().map(Key::is_point).collect();
    let nesting = nest(spans, |key| is_point[key.index()]);
    let (by_key, points) = by_key(keys, spans);
    let extent_ns = by_key.iter().map(|key| key.extent_ns).reduce(union).unwrap_or(drawn_extent_ns);
    let unfinished_ns = spans.iter().find(|span| span.end.is_none()).map(|span| span.start.ns());
    let mut binning = Binning::new(extent_ns, keys.all().len());
    let mut busy_after_ns = 0;
    innermost(
        spans,
        |_| true,
        |index, from_ns, to_ns| {
            binning.add(spans.at(index).key, (from_ns, to_ns), |from_ns, to_ns| to_ns - from_ns);
            busy_after_ns += unfinished_ns.map_or(0, |since_ns| (to_ns - from_ns.max(since_ns)).max(0));
        },
    );
    let mut cpu = Binning::new(extent_ns, if spans.has_cpu() { keys.all().len() } else { 0 });
    cpu::share(spans, keys, |Stretch { index, from_ns, to_ns }, cpu_ns| {
        // Spread evenly. Up to a time it is rounded down, so the parts sum to the whole, whatever the bins.
        let until = |at_ns: i64| match at_ns {
            _ if at_ns == from_ns => 0,
            _ if at_ns == to_ns => cpu_ns,
            _ => (i128::from(cpu_ns) * i128::from(at_ns - from_ns) / i128::from(to_ns - from_ns)) as i64,
        };
        cpu.add(spans.at(index).key, (from_ns, to_ns), |from_ns, to_ns| {
            (to_ns - from_ns, until(to_ns) - until(from_ns))
        });
    });
    let mut longest = Longest { spans: Vec::new(), last: None, keys };
    for (index, span) in spans.iter().enumerate() {
        if let Some(duration_ns) = span.duration_ns() {
            longest.add((duration_ns, is_point[span.key.index()], span.start.ns()), || LongSpan {
                start_ns: span.start.ns(),
                duration_ns,
                key: span.key,
                cpu_ns: spans.cpu_ns(index),
                attributes: attributes(spans, index),
            });
        }
    }
    let of = LaneSummary {
        extent_ns,
        busy_after_ns,
        crossing: nesting.crossing,
        depth: nesting.depth,
        open_at_once: nesting.open_at_once,
        coarse_level: 0,
        keys: by_key,
        points,
        bins: binning.finish(),
        cpu: cpu.finish(),
        longest: longest.finish(),
    };
    let durations = durations(keys, spans, &of.keys);
    let earliest = (drawn_extent_ns.0, offset_s);
    let summary = Summary::of_lane(identity, Arc::clone(keys), of, durations, earliest);
    (summary, nesting.tracks)
}

/// The sums of each key that a span has, and of each that a point event has.
fn by_key(keys: &Keys, spans: &Spans) -> (Vec<KeySummary>, Vec<PointSummary>) {
    let mut of_keys: Vec<KeySummary> = keys.ids().map(KeySummary::new).collect();
    spans.iter().for_each(|span| of_keys[span.key.index()].add(&span));
    of_keys.retain(|key| key.count + key.unfinished > 0);
    let (points, of_keys): (Vec<_>, Vec<_>) = of_keys.into_iter().partition(|of| keys.key(of.key).is_point());
    let point = |of: KeySummary| PointSummary {
        key: of.key,
        extent_ns: of.extent_ns,
        count: of.count + of.unfinished,
    };
    (of_keys, points.into_iter().map(point).collect())
}

/// The attributes of a span, as a summary keeps them.
fn attributes(spans: &Spans, index: usize) -> Vec<(Arc<str>, Arc<str>)> {
    (spans.attributes().columns().iter())
        .filter_map(|column| Some((Arc::clone(column.shared_name()), column.of(index)?.into())))
        .collect()
}

/// The durations of each key, by its index. `by_key` has those of spans.
fn durations(keys: &Keys, spans: &Spans, by_key: &[KeySummary]) -> Vec<Durations> {
    let mut all: Vec<Vec<i64>> = vec![Vec::new(); keys.all().len()];
    by_key.iter().for_each(|key| all[key.key.index()].reserve_exact(key.count as usize));
    let is_point: Vec<bool> = keys.all().iter().map(Key::is_point).collect();
    for span in spans.iter().filter(|span| !is_point[span.key.index()]) {
        all[span.key.index()].extend(span.duration_ns());
    }
    all.into_iter().map(Durations::from_iter).collect()
}

/// What a bin has of a key.
trait Amount: Copy {
    type Bin;

    fn add(&mut self, more: Self);

    fn bin(self, place: u32, key: KeyId) -> Self::Bin;
}

/// Innermost time, in ns.
impl Amount for i64 {
    type Bin = Bin;

    fn add(&mut self, more: i64) {
        *self += more;
    }

    fn bin(self, place: u32, key: KeyId) -> Bin {
        Bin { place, key, busy_ns: self }
    }
}

/// Innermost time of which the CPU time is known, and that, in ns.
impl Amount for (i64, i64) {
    type Bin = CpuBin;

    fn add(&mut self, more: (i64, i64)) {
        *self = (self.0 + more.0, self.1 + more.1);
    }

    fn bin(self, place: u32, key: KeyId) -> CpuBin {
        let (known_ns, cpu_ns) = self;
        CpuBin { place, key, known_ns, cpu_ns }
    }
}

/// Adds amounts to the bins of a lane, in order of time.
struct Binning<A: Amount> {
    level: u32,
    /// The number of the lane's first bin.
    first: i64,
    /// The index of the bin that `current` describes.
    place: u32,
    current: Vec<(KeyId, A)>,
    /// For each key, its index in `current`. Stale unless the entry there has that key.
    slots: Vec<u32>,
    bins: Vec<A::Bin>,
}

impl<A: Amount> Binning<A> {
    fn new(extent_ns: (i64, i64), key_count: usize) -> Binning<A> {
        let level = summary::level(extent_ns);
        let first = extent_ns.0 >> level;
        Binning { level, first, place: 0, current: Vec::new(), slots: vec![0; key_count], bins: Vec::new() }
    }

    /// Adds what `amount` gives for the part of a stretch in each bin.
    fn add(&mut self, key: KeyId, (from_ns, to_ns): (i64, i64), amount: impl Fn(i64, i64) -> A) {
        let (first, last) = (from_ns >> self.level, (to_ns - 1) >> self.level);
        for bin in first..=last {
            let place = (bin - self.first) as u32;
            if place != self.place {
                self.flush();
                self.place = place;
            }
            let from_ns = if bin == first { from_ns } else { bin << self.level };
            let to_ns = if bin == last { to_ns } else { (bin + 1) << self.level };
            let more = amount(from_ns, to_ns);
            let slot = self.slots[key.index()] as usize;
            match self.current.get_mut(slot) {
                Some((own, sum)) if *own == key => sum.add(more),
                _ => {
                    self.slots[key.index()] = self.current.len() as u32;
                    self.current.push((key, more));
                }
            }
        }
    }

    fn flush(&mut self) {
        self.current.sort_unstable_by_key(|(key, _)| *key);
        let place = self.place;
        self.bins.extend(self.current.drain(..).map(|(key, sum)| sum.bin(place, key)));
    }

    fn finish(mut self) -> Vec<A::Bin> {
        self.flush();
        self.bins
    }
}

/// Gathers the longest spans.
struct Longest<'a> {
    spans: Vec<LongSpan>,
    /// The rank of the last kept span, once there were too many.
    last: Option<Rank>,
    keys: &'a Keys,
}

/// As [`summary::keep_longest`] sorts: the longest first, spans before point events, by start.
type Rank = (Reverse<i64>, bool, i64);

impl Longest<'_> {
    /// Adds a span, given by its duration, whether it is a point event, and its start, if it may be one of the longest.
    fn add(&mut self, (duration_ns, is_point, start_ns): (i64, bool, i64), span: impl FnOnce() -> LongSpan) {
        if self.last.is_some_and(|last| (Reverse(duration_ns), is_point, start_ns) > last) {
            return;
        }
        self.spans.push(span());
        if self.spans.len() == CANDIDATES {
            summary::keep_longest(&mut self.spans, self.keys);
            self.last = self
                .spans
                .last()
                .map(|span| (Reverse(span.duration_ns), self.keys.key(span.key).is_point(), span.start_ns));
        }
    }

    fn finish(mut self) -> Vec<LongSpan> {
        summary::keep_longest(&mut self.spans, self.keys);
        self.spans
    }
}
