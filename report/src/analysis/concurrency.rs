//! Concurrency: how many lanes are busy at an instant.
//!
//! Takes each lane's busy stretches, gives busy time in at most 2,048 bins of a power-of-two width, aligned
//! to the Unix epoch so that bins of several traces can be added. The peak is the greatest bin mean.

use crate::model::Trace;

/// The longest stretch between the first and the last busy moment in which no lane is busy, in ns since the
/// trace's origin; `None` where there is none. O(n log n) in the lanes' busy stretches.
pub(super) fn longest_pause(lanes: &[Vec<(i64, i64)>]) -> Option<(i64, i64)> {
    let mut stretches: Vec<(i64, i64)> = lanes.concat();
    stretches.sort_unstable();
    let mut busy_until = stretches.first()?.1;
    let mut longest = (0, 0);
    for (start_ns, end_ns) in stretches {
        if start_ns - busy_until > longest.1 - longest.0 {
            longest = (busy_until, start_ns);
        }
        busy_until = busy_until.max(end_ns);
    }
    (longest.0 < longest.1).then_some(longest)
}

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
    use super::longest_pause;
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
        assert_eq!(longest_pause(&[vec![(0, 5), (30, 40)], vec![(3, 12), (15, 16)]]), Some((16, 30)));
        assert_eq!(longest_pause(&[vec![(0, 5), (5, 9)], vec![(2, 20)]]), None);
        assert_eq!(longest_pause(&[vec![]]), None);
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
