//! How the durations of one task are distributed, and its slowest spans.
//!
//! Takes a summary, the trace made from it and a row of the table. The durations come from the summary, so they do
//! not depend on the rows that the trace has. The slowest spans are looked up among the trace's rows.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::findings::SpanIndex;
use super::statistics::{TaskRows, together};
use crate::model::summary::union;
use crate::model::{Lane, Summary, Trace};

/// The most slowest spans of a distribution.
pub(crate) const SLOWEST: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Distribution {
    /// Index of the task's row in the table.
    pub row: usize,
    /// Durations in ns, ascending, each with the number of its spans. Middles of buckets when not exact.
    pub points: Vec<(i64, u64)>,
    /// Whether the durations are exact. If not, they are at most 0.4 % off.
    pub exact: bool,
    /// At most [`SLOWEST`] spans, the longest first. Equally long ones in order of start, then of lane.
    pub slowest: Vec<SpanIndex>,
    /// The number of summarised lanes with spans of the task. Of these, only spans among the lane's longest are
    /// known.
    pub summarised: usize,
}

impl Distribution {
    /// At most `most` durations, ascending: all of them, or that many equally spaced quantiles (nearest rank) with
    /// the shortest and the longest among them. `most` is at least 2.
    pub(crate) fn quantiles(&self, most: usize) -> Vec<i64> {
        let count: u64 = self.points.iter().map(|&(_, count)| count).sum();
        let wanted = count.min(most as u64);
        let mut quantiles = Vec::new();
        let (mut points, mut seen, mut value_ns) = (self.points.iter(), 0, 0);
        for index in 0..wanted {
            let rank = u128::from(index) * u128::from(count - 1) / u128::from((wanted - 1).max(1));
            while u128::from(seen) <= rank {
                let &(ns, count) = points.next().expect("a rank is less than the count");
                (value_ns, seen) = (ns, seen + count);
            }
            quantiles.push(value_ns);
        }
        quantiles
    }
}

/// The distribution of a row of the table. O(spans in the trace), and O(n log n) of the exact durations.
///
/// # Panics
///
/// If the trace has a lane that the summary lacks.
pub(crate) fn distribution(trace: &Trace, summary: &Summary, rows: &TaskRows, row: usize) -> Distribution {
    let keys = rows.keys_of(row, summary.keys());
    let durations = together(summary.durations(), &keys);
    let mut range_ns = (i64::MAX, 0);
    let mut summarised = 0;
    for lane in trace.lanes() {
        let process = &trace.processes()[lane.process].identity;
        let of = summary.lane(process, &lane.identity).expect("the trace is of this summary");
        let own = of.keys.iter().filter(|key| keys.binary_search(&key.key).is_ok());
        let own: Vec<(i64, i64)> = own.map(|key| key.range_ns).collect();
        summarised += usize::from(!own.is_empty() && (lane.spans.len() as u64) < of.span_count());
        range_ns = own.into_iter().fold(range_ns, union);
    }
    Distribution {
        row,
        points: durations.points(range_ns),
        exact: durations.is_exact(),
        slowest: slowest(trace, rows, row),
        summarised,
    }
}

/// The slowest spans that the trace has.
fn slowest(trace: &Trace, rows: &TaskRows, row: usize) -> Vec<SpanIndex> {
    let of_lane = |(lane, of): (usize, &Lane)| {
        let own = of.spans.iter().enumerate().filter(|(_, span)| rows.of(span.key) == Some(row));
        let mut ranked: Vec<_> = own
            .filter_map(|(span, of)| Some((Reverse(of.duration_ns()?), of.start.ns(), lane, span)))
            .collect();
        keep(&mut ranked);
        ranked
    };
    let mut ranked: Vec<_> = trace.lanes().par_iter().enumerate().flat_map_iter(of_lane).collect();
    keep(&mut ranked);
    ranked.into_iter().map(|(.., lane, span)| SpanIndex { lane, span }).collect()
}

/// Keeps the [`SLOWEST`] least values, sorted.
fn keep<T: Ord>(ranked: &mut Vec<T>) {
    if ranked.len() > SLOWEST {
        ranked.select_nth_unstable(SLOWEST);
        ranked.truncate(SLOWEST);
    }
    ranked.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace, summary_of};

    #[test]
    fn the_durations_ascend_and_the_slowest_come_first() {
        let trace = drawn::trace(&["a(0..5) b(0..90) a(10..12) a(20..)", "a(3..8) a!(30..35) a(40..41)"]);
        let (analysis, summary) = (of_trace(&trace), summary_of(&trace));
        let row = |name| analysis.tasks.iter().position(|task| task.task.names(trace.keys()).1 == name);
        let of_a = distribution(&trace, &summary, &analysis.rows, row("a").unwrap());
        assert_eq!(of_a.points, [(1, 1), (2, 1), (5, 3)]);
        let told = |at: &SpanIndex| {
            let span = trace.lanes()[at.lane].spans.at(at.span);
            (at.lane, span.start.ns(), span.duration_ns())
        };
        let slowest: Vec<_> = of_a.slowest.iter().map(told).collect();
        let expected = [(0, 0, 5), (1, 3, 5), (1, 30, 5), (0, 10, 2), (1, 40, 1)];
        assert_eq!(slowest, expected.map(|(lane, start, duration)| (lane, start, Some(duration))));
        assert_eq!((of_a.exact, of_a.summarised), (true, 0));
    }

    #[test]
    fn all_durations_are_drawn_or_equally_spaced_ones() {
        let of = |points: &[(i64, u64)]| Distribution {
            row: 0,
            points: points.to_vec(),
            exact: true,
            slowest: Vec::new(),
            summarised: 0,
        };
        assert_eq!(of(&[(1, 2), (7, 1)]).quantiles(3), [1, 1, 7]);
        assert_eq!(of(&[(1, 2), (7, 1)]).quantiles(2), [1, 7]);
        assert_eq!(of(&[]).quantiles(2000), [0_i64; 0]);
        let many: Vec<_> = (0..1000).map(|ns| (ns, 9)).collect();
        assert_eq!(of(&many).quantiles(5), [0, 249, 499, 749, 999]);
        assert_eq!(of(&[(5, u64::MAX)]).quantiles(4), [5; 4]);
    }

    #[test]
    fn twenty_of_the_slowest_are_told() {
        let lanes: Vec<String> = (0..3)
            .map(|lane| {
                let spans =
                    (0..100).map(|n| format!("a({}..{})", 1000 * n, 1000 * n + (n * 37 + lane) % 101));
                spans.collect::<Vec<_>>().join(" ")
            })
            .collect();
        let trace = drawn::trace(&lanes.iter().map(String::as_str).collect::<Vec<_>>());
        let of_a = distribution(&trace, &summary_of(&trace), &of_trace(&trace).rows, 0);
        let durations = |at: &SpanIndex| trace.lanes()[at.lane].spans.at(at.span).duration_ns().unwrap();
        let found: Vec<i64> = of_a.slowest.iter().map(durations).collect();
        let mut all: Vec<i64> = (trace.lanes().iter())
            .flat_map(|lane| lane.spans.iter().filter_map(|span| span.duration_ns()))
            .collect();
        all.sort_unstable_by_key(|&ns| Reverse(ns));
        assert_eq!(found, all[..SLOWEST]);
    }
}
