//! The summary of one lane: the sums of its keys, its bins, and its longest spans.
//!
//! Parts of a lane add up, as summaries do. Bins are as wide as its extent needs, and those of a pruned run may be wider:
//! then no sum changes, and at a finer level the time of a bin is spread evenly. Times are in ns since the Unix epoch.

use std::cmp::Reverse;
use std::sync::Arc;

use super::bins::{Bin, CpuBin, add_up, add_up_cpu, level, level_within};
use super::key_summary::{KeySummary, PointSummary};
use super::time::union;
use super::{KeyId, Keys, Spans};

/// Most of a lane's longest spans that are kept.
pub(crate) const LONGEST: usize = 32;

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

    /// Widens its bins so that it has at most `bins`, and keeps `longest` of its longest spans. No sum changes.
    pub(super) fn coarsen(&mut self, bins: i64, longest: usize) {
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
    pub(super) fn cut(&mut self) -> bool {
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
        let (first, shift) = (self.first_bin(), level.saturating_sub(self.level()));
        let (coarser, finer) = self.either(level, &self.bins);
        let spread = finer.iter().flat_map(move |bin| {
            let (key, busy_ns) = (bin.key, bin.busy_ns);
            self.parts(level, bin.place).map(move |(number, part)| (number, key, part.of(busy_ns)))
        });
        (coarser.iter())
            .map(move |bin| ((first + i64::from(bin.place)) >> shift, bin.key, bin.busy_ns))
            .chain(spread.filter(|&(.., busy_ns)| busy_ns > 0))
    }

    /// The CPU time in its bins at another `level`, as [`bins_at`](Self::bins_at): number of the bin since the epoch,
    /// key, known time and CPU time.
    pub(crate) fn cpu_at(&self, level: u32) -> impl Iterator<Item = (i64, KeyId, i64, i64)> + '_ {
        let (first, shift) = (self.first_bin(), level.saturating_sub(self.level()));
        let (coarser, finer) = self.either(level, &self.cpu);
        let spread = finer.iter().flat_map(move |cpu| {
            let (key, known_ns, cpu_ns) = (cpu.key, cpu.known_ns, cpu.cpu_ns);
            (self.parts(level, cpu.place))
                .map(move |(number, part)| (number, key, part.of(known_ns), part.of(cpu_ns)))
        });
        (coarser.iter())
            .map(move |cpu| ((first + i64::from(cpu.place)) >> shift, cpu.key, cpu.known_ns, cpu.cpu_ns))
            .chain(spread.filter(|&(_, _, known_ns, _)| known_ns > 0))
    }

    /// `bins` as those that a level puts together, or as those that it divides.
    fn either<'a, T>(&self, level: u32, bins: &'a [T]) -> (&'a [T], &'a [T]) {
        if level < self.level() { (&[], bins) } else { (bins, &[]) }
    }

    /// The bins of a finer `level` in which a bin lies, each with its part of the time inside the extent.
    fn parts(&self, level: u32, place: u32) -> impl Iterator<Item = (i64, TimePart)> + use<> {
        let (number, finer) = (self.first_bin() + i64::from(place), self.level() - level);
        let (from_ns, to_ns) = self.extent_ns;
        let first = (number << finer).max(from_ns >> level);
        let last = (((number + 1) << finer) - 1).min(to_ns >> level).max(first);
        let edge = move |number: i64| {
            (i128::from(number) << level).clamp(from_ns.into(), i128::from(to_ns.max(from_ns)))
        };
        let (start, whole) = (edge(first), (edge(last + 1) - edge(first)).max(1));
        (first..=last).map(move |number| {
            (number, TimePart { from: edge(number) - start, to: edge(number + 1) - start, whole })
        })
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

    pub(super) fn rename(&mut self, renamed: &[KeyId]) {
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
    pub(super) fn merge(&mut self, other: LaneSummary, keys: &Keys) {
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
