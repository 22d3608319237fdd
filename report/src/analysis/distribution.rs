//! How the durations of tasks are distributed, and their slowest spans.
//!
//! Takes a summary, the trace made from it and rows of the table. The durations come from the summary, so they do
//! not depend on the rows that the trace has. The slowest spans are looked up among the trace's rows.

use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::fact::SpanIndex;
use super::statistics::{TaskRows, together};
use crate::model::union;
use crate::model::{KeyId, Lane, Summary, Trace};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Distribution {
    /// Index of the task's row in the table.
    pub row: usize,
    /// Durations in ns, ascending, each with the number of its spans. Middles of buckets when not exact.
    pub points: Vec<(i64, u64)>,
    /// Whether the durations are exact. If not, they are at most 0.4 % off.
    pub exact: bool,
    /// The slowest spans, as many as were asked for, the longest first. Equally long ones in order of start, then of
    /// lane.
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

/// The distribution of each of some different rows of the table, with at most `slowest` of its spans. O(spans in the
/// trace), and O(n log n) of the exact durations.
///
/// # Panics
///
/// If the trace has a lane that the summary lacks.
pub(crate) fn distributions(
    trace: &Trace,
    summary: &Summary,
    rows: &TaskRows,
    wanted: &[usize],
    slowest: usize,
) -> Vec<Distribution> {
    let wanted = Wanted::new(wanted, rows);
    let mut of_lanes = vec![OfLanes { range_ns: (i64::MAX, 0), summarised: 0 }; wanted.rows.len()];
    for lane in trace.lanes() {
        let process = &trace.processes()[lane.process].identity;
        let of = summary.lane(process, &lane.identity).expect("the trace is of this summary");
        let is_summarised = (lane.spans.len() as u64) < of.row_count();
        let mut own: Vec<usize> = Vec::new();
        for key in &of.keys {
            let Some(index) = wanted.index(key.key) else { continue };
            of_lanes[index].range_ns = union(of_lanes[index].range_ns, key.range_ns);
            own.push(index);
        }
        own.sort_unstable();
        own.dedup(); // a row may be of several keys
        own.into_iter().for_each(|index| of_lanes[index].summarised += usize::from(is_summarised));
    }
    for (key, timed) in summary.timings() {
        if let Some(index) = wanted.index(key) {
            of_lanes[index].range_ns = union(of_lanes[index].range_ns, timed.range_ns);
        }
    }
    let slowest = slowest_spans(trace, &wanted, slowest);
    (wanted.rows.iter().zip(of_lanes).zip(slowest))
        .map(|((&row, of), slowest)| {
            let durations = together(summary.durations(), &rows.keys_of(row, summary.keys()));
            Distribution {
                row,
                points: durations.points(of.range_ns),
                exact: durations.is_exact(),
                slowest,
                summarised: of.summarised,
            }
        })
        .collect()
}

/// What the lanes know of a row.
#[derive(Clone, Copy)]
struct OfLanes {
    range_ns: (i64, i64),
    summarised: usize,
}

/// The rows whose distributions are asked for.
struct Wanted<'a> {
    rows: &'a [usize],
    of_table: &'a TaskRows,
    index_of_row: HashMap<usize, usize>,
}

impl<'a> Wanted<'a> {
    fn new(rows: &'a [usize], of_table: &'a TaskRows) -> Wanted<'a> {
        let index_of_row = rows.iter().enumerate().map(|(index, &row)| (row, index)).collect();
        Wanted { rows, of_table, index_of_row }
    }

    /// Which of the rows a key is of.
    fn index(&self, key: KeyId) -> Option<usize> {
        self.index_of_row.get(&self.of_table.of(key)?).copied()
    }
}

/// Sorts the longest first; equally long ones by start, then by lane.
type Ranked = (Reverse<i64>, i64, usize, usize);

/// The slowest spans of each row that the trace has.
fn slowest_spans(trace: &Trace, wanted: &Wanted, most: usize) -> Vec<Vec<SpanIndex>> {
    let index_of_key: Vec<Option<usize>> = trace.keys().ids().map(|key| wanted.index(key)).collect();
    let none = || vec![Vec::<Ranked>::new(); wanted.rows.len()];
    let of_lane = |(lane, of): (usize, &Lane)| {
        let mut ranked = none();
        for (span, of) in of.spans.iter().enumerate() {
            let Some(index) = index_of_key[of.key.index()] else { continue };
            let Some(duration_ns) = of.duration_ns() else { continue };
            ranked[index].push((Reverse(duration_ns), of.start.ns(), lane, span));
            if ranked[index].len() > MANY.max(most.saturating_mul(2)) {
                keep(&mut ranked[index], most);
            }
        }
        ranked
    };
    let together = |mut one: Vec<Vec<Ranked>>, other: Vec<Vec<Ranked>>| {
        for (own, others) in one.iter_mut().zip(other) {
            own.extend(others);
            keep(own, most);
        }
        one
    };
    let mut ranked = trace.lanes().par_iter().enumerate().map(of_lane).reduce(none, together);
    ranked.iter_mut().for_each(|own| keep(own, most));
    let spans = |own: Vec<Ranked>| own.into_iter().map(|(.., lane, span)| SpanIndex { lane, span }).collect();
    ranked.into_iter().map(spans).collect()
}

/// The number of spans from which on only the slowest are kept. Doing it seldom costs nothing.
const MANY: usize = 256;

/// Keeps the `most` least values, sorted.
fn keep<T: Ord>(ranked: &mut Vec<T>, most: usize) {
    if ranked.len() > most {
        ranked.select_nth_unstable(most);
        ranked.truncate(most);
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
        let wanted = [row("b").unwrap(), row("a").unwrap()];
        let [of_b, of_a] = &distributions(&trace, &summary, &analysis.rows, &wanted, 20)[..] else {
            panic!()
        };
        assert_eq!((of_b.row, &of_b.points[..], of_b.slowest.len()), (wanted[0], &[(90, 1)][..], 1));
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
    fn only_the_slowest_are_told_of_many() {
        let lanes: Vec<String> = (0..3)
            .map(|lane| {
                let spans =
                    (0..100).map(|n| format!("a({}..{})", 1000 * n, 1000 * n + (n * 37 + lane) % 101));
                spans.collect::<Vec<_>>().join(" ")
            })
            .collect();
        let trace = drawn::trace(&lanes.iter().map(String::as_str).collect::<Vec<_>>());
        let of_a = &distributions(&trace, &summary_of(&trace), &of_trace(&trace).rows, &[0], 20)[0];
        let durations = |at: &SpanIndex| trace.lanes()[at.lane].spans.at(at.span).duration_ns().unwrap();
        let found: Vec<i64> = of_a.slowest.iter().map(durations).collect();
        let mut all: Vec<i64> = (trace.lanes().iter())
            .flat_map(|lane| lane.spans.iter().filter_map(|span| span.duration_ns()))
            .collect();
        all.sort_unstable_by_key(|&ns| Reverse(ns));
        assert_eq!(found, all[..20]);
    }
}
