//! Concurrency: how many lanes are busy at an instant.
//!
//! Takes each lane's busy stretches, gives busy time in at most 2,048 bins of a power-of-two width, aligned
//! to the Unix epoch so that bins of several traces can be added. The peak is the greatest bin mean. Gives also
//! the longest stretches in which few lanes are busy, exact.

use crate::model::Trace;

/// There are fewer bins than this, or as many.
const MAX_BINS: i64 = 2048;

/// Busy time of all lanes together in bins of equal width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concurrency {
    /// Where the first bin begins, in ns since the trace's origin: zero or negative.
    pub first_ns: i64,
    /// The bins' width in ns, a power of two.
    pub width_ns: i64,
    /// Busy lanes x ns in each bin; no bin where the trace has no length.
    pub busy_ns: Vec<i128>,
}

impl Concurrency {
    /// The greatest mean of a bin.
    pub fn peak(&self) -> Option<f64> {
        let busiest_ns = self.busy_ns.iter().max()?;
        Some(*busiest_ns as f64 / self.width_ns as f64)
    }
}

/// When lanes become busy, and when they cease to be.
pub(super) struct Levels {
    /// Ascending; as many as `ends_ns`.
    starts_ns: Vec<i64>,
    /// Ascending.
    ends_ns: Vec<i64>,
}

impl Levels {
    /// Of each lane's stretches. O(n log lanes): the sort takes each lane's as the ascending run that it is.
    pub(super) fn of(lanes: &[Vec<(i64, i64)>]) -> Levels {
        let mut starts_ns: Vec<i64> = lanes.iter().flatten().map(|stretch| stretch.0).collect();
        let mut ends_ns: Vec<i64> = lanes.iter().flatten().map(|stretch| stretch.1).collect();
        rayon::join(|| starts_ns.sort(), || ends_ns.sort());
        Levels { starts_ns, ends_ns }
    }

    /// The longest stretch between the first and the last busy moment in which no lane is busy, in ns since
    /// the trace's origin; `None` where there is none.
    pub(super) fn longest_pause(&self) -> Option<(i64, i64)> {
        self.longest_below(1, (*self.starts_ns.first()?, *self.ends_ns.last()?))
    }

    /// The longest stretch of `within` in which fewer than `limit` lanes are busy, the first of equal ones;
    /// `None` where there is none. O(n).
    pub(super) fn longest_below(&self, limit: usize, within: (i64, i64)) -> Option<(i64, i64)> {
        let mut longest = (0, 0);
        let (mut started, mut ended) = (0, 0);
        let mut below_since = Some(within.0);
        let mut close = |since: i64, at_ns: i64| {
            let stretch = (since.max(within.0), at_ns.min(within.1));
            if stretch.1 - stretch.0 > longest.1 - longest.0 {
                longest = stretch;
            }
        };
        while let Some(&end_ns) = self.ends_ns.get(ended) {
            let at_ns = self.starts_ns.get(started).map_or(end_ns, |&start_ns| start_ns.min(end_ns));
            started += self.starts_ns[started..].iter().take_while(|&&ns| ns == at_ns).count();
            ended += self.ends_ns[ended..].iter().take_while(|&&ns| ns == at_ns).count();
            match (started - ended < limit, below_since) {
                (true, None) => below_since = Some(at_ns),
                (false, Some(since)) => {
                    close(since, at_ns);
                    below_since = None;
                }
                _ => {}
            }
        }
        if let Some(since) = below_since {
            close(since, within.1);
        }
        (longest.0 < longest.1).then_some(longest)
    }
}

/// Counts each lane's stretches into bins. O(stretches + bins they cover).
pub(super) fn concurrency(trace: &Trace, lanes: &[Vec<(i64, i64)>]) -> Concurrency {
    let wall_ns = trace.end().ns();
    if wall_ns == 0 {
        return Concurrency { first_ns: 0, width_ns: 1, busy_ns: Vec::new() };
    }
    let (first, last) = (trace.origin_ns(), trace.unix_ns(trace.end()));
    let level = (0..63).find(|level| (last >> level) - (first >> level) < MAX_BINS).unwrap_or(63);
    let first_bin = first >> level;
    let mut busy_ns = vec![0; ((last >> level) - first_bin + 1) as usize];
    let first_ns = (first_bin << level) - first;
    let width_ns = 1 << level;
    for &(start_ns, end_ns) in lanes.iter().flatten() {
        // Both count from the first bin's beginning; `Time::LATEST` leaves room for that.
        let (start, end) = (start_ns - first_ns, end_ns - first_ns);
        for bin in (start >> level)..=((end - 1) >> level) {
            let begin = bin << level;
            let inside = end.min(begin.saturating_add(width_ns)) - start.max(begin);
            busy_ns[bin as usize] += i128::from(inside);
        }
    }
    Concurrency { first_ns, width_ns, busy_ns }
}

#[cfg(test)]
mod tests {
    use super::Levels;
    use crate::analysis::analyse;
    use crate::model::{LaneIdentity, ProcessIdentity, Rows, Time, Trace, TraceBuilder};
    use proptest::prelude::*;

    fn trace(lanes: &[Vec<(i64, i64)>]) -> Trace {
        let mut builder = TraceBuilder::new();
        for (number, spans) in lanes.iter().enumerate() {
            let mut rows = Rows::new();
            let key = rows.keys.intern("g", "t", None);
            for &(start, end) in spans {
                rows.push(start, Some(end), key);
            }
            let process = ProcessIdentity { identity: "p".into(), host: None, pid: None };
            let lane = LaneIdentity { identity: number.to_string(), thread: String::new() };
            builder.add(process, lane, rows);
        }
        builder.finish()
    }

    #[test]
    fn short_traces_have_bins_of_one_nanosecond() {
        let concurrency = analyse(&trace(&[vec![(10, 13)], vec![(11, 12), (11, 12)]])).concurrency;
        assert_eq!((concurrency.first_ns, concurrency.width_ns), (0, 1));
        assert_eq!(concurrency.busy_ns, [1, 2, 1, 0]);
        assert_eq!(concurrency.peak(), Some(2.0));
    }

    #[test]
    fn a_pause_is_one_of_all_lanes() {
        let pause = |lanes: &[Vec<(i64, i64)>]| Levels::of(lanes).longest_pause();
        assert_eq!(pause(&[vec![(0, 5), (30, 40)], vec![(3, 12), (15, 16)]]), Some((16, 30)));
        assert_eq!(pause(&[vec![(0, 5), (5, 9)], vec![(2, 20)]]), None);
        assert_eq!(pause(&[vec![]]), None);
    }

    #[test]
    fn a_stretch_with_few_lanes_busy_goes_on_where_one_takes_over_from_another() {
        let levels = Levels::of(&[vec![(0, 10), (20, 30)], vec![(5, 8), (10, 15)], vec![(8, 9)]]);
        assert_eq!(levels.longest_below(1, (0, 40)), Some((30, 40)));
        assert_eq!(levels.longest_below(1, (0, 38)), Some((30, 38)));
        assert_eq!(levels.longest_below(2, (0, 30)), Some((9, 30)));
        assert_eq!(levels.longest_below(3, (0, 30)), Some((0, 30)));
        assert_eq!(Levels::of(&[]).longest_below(1, (0, 0)), None);
    }

    #[test]
    fn bins_are_aligned_to_the_epoch() {
        let concurrency = analyse(&trace(&[vec![(4095, 8191)]])).concurrency;
        assert_eq!((concurrency.first_ns, concurrency.width_ns), (-3, 4));
        assert_eq!((concurrency.busy_ns[0], concurrency.busy_ns[1]), (1, 4));
    }

    #[test]
    fn a_trace_longer_than_time_itself_overflows_nothing() {
        for start in [0, -1, i64::MIN] {
            let analysis = analyse(&trace(&[vec![(start, i64::MAX)]]));
            assert_eq!(analysis.busy_ns, i128::from(Time::LATEST.ns()));
            assert_eq!(analysis.concurrency.busy_ns.iter().sum::<i128>(), analysis.busy_ns);
            assert!(analysis.concurrency.busy_ns.len() <= 2048);
        }
    }

    proptest! {
        #[test]
        fn the_longest_stretch_is_what_counting_the_nanoseconds_gives(
            lanes in prop::collection::vec(prop::collection::vec((0i64..30, 1i64..9), 0..8), 0..5),
            limit in 1usize..4,
        ) {
            // Stretches of one lane may overlap here; the levels do not mind.
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length)| (start, start + length)).collect())
                .collect();
            let is_below = |ns: i64| lanes.iter().flatten().filter(|s| s.0 <= ns && ns < s.1).count() < limit;
            let (mut longest, mut since) = (None, 0);
            for ns in 0..40 {
                since = if is_below(ns) { since } else { ns + 1 };
                if ns + 1 - since > longest.map_or(0, |(from, to)| to - from) {
                    longest = Some((since, ns + 1));
                }
            }
            prop_assert_eq!(Levels::of(&lanes).longest_below(limit, (0, 40)), longest);
        }

        #[test]
        fn no_busy_time_is_lost_or_made(
            lanes in prop::collection::vec(prop::collection::vec((0i64..1_000_000, 0i64..100_000), 1..20), 1..5),
            since in 0i64..1 << 62,
        ) {
            let lanes: Vec<Vec<_>> = lanes.into_iter()
                .map(|lane| lane.into_iter().map(|(start, length)| (since + start, since + start + length)).collect())
                .collect();
            let analysis = analyse(&trace(&lanes));
            prop_assert_eq!(analysis.concurrency.busy_ns.iter().sum::<i128>(), analysis.busy_ns);
            prop_assert!(analysis.concurrency.busy_ns.len() <= 2048);
            prop_assert!(analysis.concurrency.peak().unwrap_or(0.0) <= lanes.len() as f64);
        }
    }
}
