//! Concurrency: how many lanes are busy over time.
//!
//! Takes the bins of lanes. Gives the busy time of lanes in at most 2,048 bins, and the longest stretches in which few
//! lanes are busy, to the width of a bin. The width is a power of two, and bins are aligned to the Unix
//! epoch, so that bins of several traces can be added. The peak is the greatest mean of a bin.

use std::ops::Range;

use super::division::Division;
use super::wall::Wall;
use crate::model::Keys;
use crate::model::summary::{self, LaneSummary};

/// Busy time of all lanes together, in bins of equal width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concurrency {
    /// The start of the first bin, in ns since the trace's origin: zero or negative.
    pub first_ns: i64,
    /// The width of a bin in ns, a power of two.
    pub width_ns: i64,
    /// Busy lanes x ns in each bin. Empty when the trace has no length.
    pub busy_ns: Vec<i128>,
    /// What they did, in the same bins.
    pub divisions: Vec<Division>,
}

impl Concurrency {
    /// Busy lanes x ns in each bin, without declared waits.
    pub(super) fn working_ns(&self) -> Vec<i128> {
        self.divisions.iter().map(|division| division.busy_ns() - division.wait_ns).collect()
    }

    /// The greatest mean number of busy lanes in a bin. `None` without bins.
    pub fn peak(&self) -> Option<f64> {
        let busiest_ns = self.busy_ns.iter().max()?;
        Some(*busiest_ns as f64 / self.width_ns as f64)
    }
}

/// The position of a trace's bins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bins {
    pub(super) level: u32,
    /// The number of the first bin, counted from the epoch.
    first: i64,
    pub(super) count: usize,
    wall: Wall,
}

impl Bins {
    pub(super) fn new(wall: Wall) -> Bins {
        let level = summary::level(wall.unix_ns);
        let first = wall.unix_ns.0 >> level;
        let count = if wall.length_ns() == 0 { 0 } else { ((wall.unix_ns.1 >> level) - first + 1) as usize };
        Bins { level, first, count, wall }
    }

    /// The index here of the bin with that number, counted from the epoch.
    pub(super) fn place(&self, number: i64) -> usize {
        (number - self.first) as usize
    }

    /// The start of the first bin, in ns since the trace's origin: zero or negative.
    pub(super) fn first_ns(&self) -> i64 {
        (self.first << self.level) - self.wall.unix_ns.0
    }

    pub(super) fn width_ns(&self) -> i64 {
        1 << self.level
    }

    /// The stretch that bins cover, clipped to the trace, in ns since its origin.
    pub(super) fn stretch(&self, bins: Range<usize>) -> (i64, i64) {
        let edge = |bin: usize| self.first_ns() + ((bin as i64) << self.level);
        (edge(bins.start).max(0), edge(bins.end).min(self.wall.length_ns()))
    }

    /// How many ns of `stretch` are in a bin.
    fn inside_ns(&self, bin: usize, stretch: (i64, i64)) -> i64 {
        let (from_ns, to_ns) = self.stretch(bin..bin + 1);
        (to_ns.min(stretch.1) - from_ns.max(stretch.0)).max(0)
    }
}

/// Adds up the bins of lanes, which use `keys`. O(their bins).
pub(super) fn concurrency(lanes: &[&LaneSummary], keys: &Keys, bins: Bins) -> Concurrency {
    let mut divisions = vec![Division::default(); bins.count];
    for (number, _, piece) in lanes.iter().flat_map(|lane| Division::pieces(lane, bins.level, keys)) {
        divisions[bins.place(number)] += piece;
    }
    let busy_ns = divisions.iter().map(Division::busy_ns).collect();
    Concurrency { first_ns: bins.first_ns(), width_ns: bins.width_ns(), busy_ns, divisions }
}

/// Occupied lanes x ns in each bin. A lane is occupied while it runs a finished span, and from the start of an
/// unfinished one on: so a run that was killed does not seem to end idly. In a declared wait it is not. `working_ns` is
/// that of the finished spans alone. O(bins) for each lane with an unfinished span.
pub(super) fn occupied(lanes: &[&LaneSummary], keys: &Keys, bins: Bins, working_ns: &[i128]) -> Vec<i128> {
    let mut occupied_ns = working_ns.to_vec();
    let whole_ns = bins.wall.length_ns();
    for lane in lanes {
        let Some(unfinished_ns) = lane.unfinished_ns() else { continue };
        let since = (unfinished_ns - bins.wall.unix_ns.0, whole_ns);
        let mut own_ns = vec![0; bins.count];
        for (number, key, ns) in lane.bins_at(bins.level) {
            own_ns[bins.place(number)] += if keys.key(key).is_wait() { 0 } else { ns };
        }
        for (bin, own_ns) in own_ns.into_iter().enumerate() {
            let most_ns = bins.inside_ns(bin, (0, whole_ns));
            let open_ns = bins.inside_ns(bin, since);
            occupied_ns[bin] += i128::from((own_ns + open_ns).min(most_ns) - own_ns.min(most_ns));
        }
    }
    occupied_ns
}

/// Lanes that have begun and not ended, x ns in each bin. A lane with an unfinished span does not end. `extents` are
/// from the first start to the last end of each lane, in ns since the Unix epoch. O(lanes + bins).
pub(super) fn begun(lanes: &[&LaneSummary], extents: &[(i64, i64)], bins: Bins) -> Vec<i128> {
    let mut begun_ns = vec![0; bins.count];
    if bins.count == 0 {
        return begun_ns;
    }
    let (origin_ns, last_ns) = bins.wall.unix_ns;
    let mut more = vec![0i128; bins.count + 1]; // lanes that cover this bin, but not the one before, as a whole
    for (lane, extent_ns) in lanes.iter().zip(extents) {
        let end_ns = if lane.unfinished_ns().is_some() { last_ns } else { extent_ns.1.min(last_ns) };
        let stretch = (extent_ns.0 - origin_ns, end_ns - origin_ns);
        let (first, last) = (bins.place(extent_ns.0 >> bins.level), bins.place(end_ns >> bins.level));
        begun_ns[first] += i128::from(bins.inside_ns(first, stretch));
        if first < last {
            begun_ns[last] += i128::from(bins.inside_ns(last, stretch));
            more[first + 1] += 1;
            more[last] -= 1;
        }
    }
    let mut covering = 0;
    for (bin, begun_ns) in begun_ns.iter_mut().enumerate() {
        covering += more[bin];
        *begun_ns += covering * i128::from(bins.inside_ns(bin, (0, bins.wall.length_ns())));
    }
    begun_ns
}

/// The longest run of bins before `until_ns` for which `is_few` is true, given a bin and its length, the first if
/// several are equally long. The run does not begin or end with a bin in which the occupied lanes only begin or cease
/// to be occupied.
pub(super) fn longest_few(
    occupied_ns: &[i128],
    bins: Bins,
    until_ns: i64,
    is_few: impl Fn(usize, i128) -> bool,
) -> Option<Range<usize>> {
    let whole_ns = bins.wall.length_ns();
    let width_ns = |bin: usize| i128::from(bins.inside_ns(bin, (0, whole_ns)));
    let is_before = |bin: usize| bins.stretch(bin..bin + 1).1 <= until_ns;
    let mut run = longest(bins, (0..bins.count).map(|bin| is_before(bin) && is_few(bin, width_ns(bin))))?;
    let is_on_the_way = |bin: usize, inner: usize| {
        occupied_ns[bin] > occupied_ns[inner]
            && occupied_ns[bin] % width_ns(bin) != 0
            && width_ns(bin) == width_ns(inner)
    };
    if run.len() > 1 && is_on_the_way(run.start, run.start + 1) {
        run.start += 1;
    }
    if run.len() > 1 && is_on_the_way(run.end - 1, run.end - 2) {
        run.end -= 1;
    }
    Some(run)
}

/// The longest run of bins in which no lane is busy, between the first and the last busy bin.
pub(super) fn longest_pause(busy: &Concurrency, bins: Bins) -> Option<Range<usize>> {
    let first = busy.busy_ns.iter().position(|&ns| ns > 0)?;
    let last = busy.busy_ns.iter().rposition(|&ns| ns > 0)?;
    longest(bins, busy.busy_ns.iter().enumerate().map(|(bin, &ns)| ns == 0 && first < bin && bin < last))
}

/// The longest run of bins for which `holds` is true.
fn longest(bins: Bins, holds: impl Iterator<Item = bool>) -> Option<Range<usize>> {
    let length_ns = |run: &Range<usize>| {
        let (from_ns, to_ns) = bins.stretch(run.clone());
        to_ns - from_ns
    };
    let mut longest = 0..0;
    let mut run = 0..0;
    for (bin, holds) in holds.enumerate() {
        run = if !holds { bin + 1..bin + 1 } else { run.start..bin + 1 };
        if !run.is_empty() && (longest.is_empty() || length_ns(&run) > length_ns(&longest)) {
            longest = run.clone();
        }
    }
    (!longest.is_empty() && length_ns(&longest) > 0).then_some(longest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::{Analysis, drawn, of_trace};
    use crate::model::{Summary, Time};

    /// The longest stretch in which fewer than half of the lanes that have begun and not ended are occupied.
    fn below_half(summary: &Summary) -> Option<(i64, i64)> {
        let lanes: Vec<&LaneSummary> = summary.lanes().map(|(_, _, lane)| lane).collect();
        let extents: Vec<_> = lanes.iter().map(|lane| lane.extent_ns).collect();
        let bins = Bins::new(Wall::of(summary));
        let busy = concurrency(&lanes, summary.keys(), bins);
        let occupied_ns = occupied(&lanes, summary.keys(), bins, &busy.working_ns());
        let begun_ns = begun(&lanes, &extents, bins);
        longest_few(&occupied_ns, bins, i64::MAX, |bin, _| 2 * occupied_ns[bin] < begun_ns[bin])
            .map(|run| bins.stretch(run))
    }

    fn analysis(lanes: &[Vec<(i64, i64)>]) -> Analysis {
        let lanes: Vec<Vec<_>> = (lanes.iter())
            .map(|lane| lane.iter().map(|&(start, end)| (start, Some(end), 0)).collect())
            .collect();
        of_trace(&drawn::numbers(&lanes))
    }

    #[test]
    fn short_traces_have_bins_of_one_nanosecond() {
        let concurrency = analysis(&[vec![(10, 13)], vec![(11, 12), (11, 12)]]).concurrency;
        assert_eq!((concurrency.first_ns, concurrency.width_ns), (0, 1));
        assert_eq!(concurrency.busy_ns, [1, 2, 1, 0]);
        assert_eq!(concurrency.peak(), Some(2.0));
    }

    #[test]
    fn a_pause_is_one_of_all_lanes() {
        let pause = |lanes: &[Vec<(i64, i64)>]| analysis(lanes).longest_pause;
        assert_eq!(pause(&[vec![(0, 5), (30, 40)], vec![(3, 12), (15, 16)]]), Some((16, 30)));
        assert_eq!(pause(&[vec![(0, 5), (5, 9)], vec![(2, 20)]]), None);
        assert_eq!(pause(&[vec![]]), None);
    }

    #[test]
    fn bins_are_aligned_to_the_epoch() {
        let concurrency = analysis(&[vec![(4095, 8191)]]).concurrency;
        assert_eq!((concurrency.first_ns, concurrency.width_ns), (-3, 4));
        assert_eq!((concurrency.busy_ns[0], concurrency.busy_ns[1]), (1, 4));
    }

    #[test]
    fn a_trace_as_long_as_time_itself_overflows_nothing() {
        let whole = analysis(&[vec![(i64::MIN, i64::MAX)]]);
        assert_eq!(whole.busy_ns, i128::from(Time::LATEST.ns()));
        assert_eq!(whole.concurrency.busy_ns.iter().sum::<i128>(), whole.busy_ns);
        assert!(whole.concurrency.busy_ns.len() <= 2048);
    }

    /// The longest stretch in which fewer than half of the lanes that have begun and not ended run or have an
    /// unfinished span, found by counting nanoseconds. For a trace with bins of 1 ns.
    fn longest_by_counting(lanes: &[Vec<(i64, Option<i64>, u8)>]) -> Option<(i64, i64)> {
        let first = lanes.iter().flatten().map(|span| span.0).min()?;
        let last = lanes.iter().flatten().map(|span| span.1.unwrap_or(span.0)).max()?;
        let is_below = |ns: i64| {
            let has_begun = |lane: &&Vec<(i64, Option<i64>, u8)>| {
                lane.iter().any(|span| span.0 <= ns)
                    && lane.iter().any(|span| span.1.is_none_or(|end| end > ns) || span.0 > ns)
            };
            let is_occupied = |lane: &&Vec<(i64, Option<i64>, u8)>| {
                lane.iter().any(|span| span.0 <= ns && span.1.is_none_or(|end| end > ns))
            };
            2 * lanes.iter().filter(is_occupied).count() < lanes.iter().filter(has_begun).count()
        };
        let (mut longest, mut since) = (None, first);
        for ns in first..last {
            since = if is_below(ns) { since } else { ns + 1 };
            if ns + 1 - since > longest.map_or(0, |(from, to)| to - from) {
                longest = Some((since, ns + 1));
            }
        }
        longest.map(|(from, to)| (from - first, to - first))
    }

    proptest! {
        #[test]
        fn the_longest_stretch_is_what_counting_the_nanoseconds_gives(
            lanes in prop::collection::vec(prop::collection::vec((0i64..30, -1i64..9), 1..8), 1..5),
        ) {
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length)| (start, (length >= 0).then_some(start + length), 0)).collect())
                .collect();
            let summary = crate::analysis::summary_of(&drawn::numbers(&lanes));
            let found = below_half(&summary);
            prop_assert_eq!(found, longest_by_counting(&lanes));
        }

        #[test]
        fn lanes_that_have_begun_are_those_of_each_bin(
            lanes in prop::collection::vec(prop::collection::vec((0i64..20_000, -1i64..9_000), 1..5), 1..6),
            since in 0i64..1 << 61,
        ) {
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length)| (since + start, (length >= 0).then_some(since + start + length), 0)).collect())
                .collect();
            let summary = crate::analysis::summary_of(&drawn::numbers(&lanes));
            let lanes: Vec<&LaneSummary> = summary.lanes().map(|(_, _, lane)| lane).collect();
            let extents: Vec<_> = lanes.iter().map(|lane| lane.extent_ns).collect();
            let bins = Bins::new(Wall::of(&summary));
            let (origin_ns, whole_ns) = (bins.wall.unix_ns.0, bins.wall.length_ns());
            let one_by_one = |bin: usize| -> i128 {
                lanes.iter().zip(&extents)
                    .map(|(lane, extent_ns)| {
                        let end_ns = if lane.unfinished_ns().is_some() { whole_ns } else { extent_ns.1 - origin_ns };
                        i128::from(bins.inside_ns(bin, (extent_ns.0 - origin_ns, end_ns)))
                    })
                    .sum()
            };
            let expected: Vec<i128> = (0..bins.count).map(one_by_one).collect();
            prop_assert_eq!(begun(&lanes, &extents, bins), expected);
        }

        #[test]
        fn no_busy_time_is_lost_or_made(
            lanes in prop::collection::vec(prop::collection::vec((0i64..1_000_000, 0i64..100_000), 1..20), 1..5),
            since in 0i64..1 << 61,
        ) {
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length)| (since + start, since + start + length)).collect())
                .collect();
            let analysis = analysis(&lanes);
            prop_assert_eq!(analysis.concurrency.busy_ns.iter().sum::<i128>(), analysis.busy_ns);
            prop_assert!(analysis.concurrency.busy_ns.len() <= 2048);
            prop_assert!(analysis.concurrency.peak().unwrap_or(0.0) <= lanes.len() as f64);
        }
    }
}
