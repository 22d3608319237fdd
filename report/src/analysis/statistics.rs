//! Figures per (group, task).
//!
//! Takes a trace, the nesting of its lanes and its busy time; gives a row per (group, task), exact and in
//! integer ns. Unfinished spans are counted and enter nothing else.

use std::collections::HashMap;

use super::Nesting;
use crate::model::{KeyId, Keys, Trace};

/// The figures of one task of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStatistics {
    /// Resolves with `Keys::name`.
    pub group: u32,
    /// Resolves with `Keys::name`.
    pub task: u32,
    /// Finished spans, instants among them.
    pub count: u64,
    /// Spans whose end was never written.
    pub unfinished: u64,
    /// Sum of the durations, in ns.
    pub total_ns: i128,
    /// Sum of the durations less the union of each span's direct children, in ns.
    pub self_ns: i128,
    /// Whether `self_ns` is exact: none of its spans stands on a lane where spans cross.
    pub exact: bool,
    /// The distribution of the durations; `None` where `count` is 0.
    pub durations: Option<Durations>,
    /// `self_ns` as a part of the busy time of all lanes, 0 to 1; the shares of a trace without crossing
    /// spans sum to 1.
    pub share: f64,
}

/// How long the spans of a task were, in ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Durations {
    /// The sum over the count, rounded down.
    pub mean_ns: i64,
    /// By linear interpolation between the closest ranks (Hyndman and Fan's type 7, NumPy's default),
    /// rounded down.
    pub median_ns: i64,
    /// As the median.
    pub p95_ns: i64,
    /// The longest.
    pub max_ns: i64,
}

/// Computes the rows, by self time, the largest first; then by total, then by name.
pub(super) fn statistics(trace: &Trace, nesting: &[Nesting], busy_ns: i128) -> Vec<TaskStatistics> {
    let mut rows: Vec<(TaskStatistics, Vec<i64>)> = Vec::new();
    let mut row_of_task: HashMap<(u32, u32), usize> = HashMap::new();
    let row_of_key: Vec<usize> = (trace.keys().all().iter())
        .map(|key| {
            *row_of_task.entry((key.group, key.task)).or_insert_with(|| {
                rows.push((empty(key.group, key.task), Vec::new()));
                rows.len() - 1
            })
        })
        .collect();

    for (lane, nesting) in trace.lanes().iter().zip(nesting) {
        for (span, self_ns) in lane.spans.iter().zip(&nesting.self_ns) {
            let (row, durations) = &mut rows[row_of_key[span.key.index()]];
            row.exact &= !nesting.crossing;
            match span.duration_ns() {
                Some(duration_ns) => {
                    durations.push(duration_ns);
                    row.self_ns += i128::from(*self_ns);
                }
                None => row.unfinished += 1,
            }
        }
    }

    let mut rows: Vec<TaskStatistics> = (rows.into_iter())
        .map(|(mut row, durations)| {
            row.count = durations.len() as u64;
            row.total_ns = durations.iter().map(|&ns| i128::from(ns)).sum();
            row.share = if busy_ns > 0 { row.self_ns as f64 / busy_ns as f64 } else { 0.0 };
            row.durations = distribution(durations, row.total_ns);
            row
        })
        .collect();
    let name = |id| trace.keys().name(id);
    rows.sort_by(|a, b| {
        (b.self_ns.cmp(&a.self_ns))
            .then_with(|| b.total_ns.cmp(&a.total_ns))
            .then_with(|| (name(a.group), name(a.task)).cmp(&(name(b.group), name(b.task))))
    });
    rows
}

/// Which row of the table a key belongs to.
pub(super) struct TaskRows {
    row_of_key: Vec<usize>,
    count: usize,
}

impl TaskRows {
    /// `tasks` as [`statistics`] gave them for a trace with these keys.
    pub(super) fn new(keys: &Keys, tasks: &[TaskStatistics]) -> TaskRows {
        let rows: HashMap<(u32, u32), usize> =
            tasks.iter().enumerate().map(|(row, task)| ((task.group, task.task), row)).collect();
        let row_of_key = keys.all().iter().map(|key| rows[&(key.group, key.task)]).collect();
        TaskRows { row_of_key, count: tasks.len() }
    }

    /// The row of a key.
    pub(super) fn of(&self, key: KeyId) -> usize {
        self.row_of_key[key.index()]
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }
}

fn empty(group: u32, task: u32) -> TaskStatistics {
    TaskStatistics {
        group,
        task,
        count: 0,
        unfinished: 0,
        total_ns: 0,
        self_ns: 0,
        exact: true,
        durations: None,
        share: 0.0,
    }
}

fn distribution(mut durations: Vec<i64>, total_ns: i128) -> Option<Durations> {
    durations.sort_unstable();
    let max_ns = *durations.last()?;
    let mean_ns = total_ns / durations.len() as i128;
    Some(Durations {
        mean_ns: i64::try_from(mean_ns).expect("a mean lies between its least and greatest value"),
        median_ns: quantile(&durations, 50),
        p95_ns: quantile(&durations, 95),
        max_ns,
    })
}

/// The `percent`th percentile of sorted, non-empty values.
fn quantile(sorted: &[i64], percent: usize) -> i64 {
    let position = (sorted.len() - 1) * percent;
    let (rank, rest) = (position / 100, position % 100);
    let low = sorted[rank];
    let high = sorted[(rank + 1).min(sorted.len() - 1)];
    let step = i128::from(high - low) * rest as i128 / 100;
    low + i64::try_from(step).expect("a part of an i64 fits one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{analyse, drawn};

    /// Per task: name, count, total, self, share in percent; `~` before a self time that is not exact.
    #[track_caller]
    fn check(lanes: &[&str], expected: &[&str]) {
        let trace = drawn::trace(lanes);
        let found: Vec<String> = (analyse(&trace).tasks.iter())
            .map(|row| {
                let name = trace.keys().name(row.task);
                let mark = if row.exact { "" } else { "~" };
                let (count, total, self_ns) = (row.count, row.total_ns, row.self_ns);
                format!("{name} {count} {total} {mark}{self_ns} {:.0}%", row.share * 100.0)
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn self_time_is_what_children_leave_and_shares_sum_to_one() {
        check(&["a(0..10) b(2..5) b(6..7)", "a(0..6)"], &["a 2 16 12 75%", "b 2 4 4 25%"]);
    }

    #[test]
    fn a_task_in_two_colours_is_one_row() {
        check(&["a(0..10) a!(20..30)"], &["a 2 20 20 100%"]);
    }

    #[test]
    fn unfinished_spans_are_counted_and_enter_nothing_else() {
        check(&["a(0..10) b(2..)"], &["a 1 10 ~10 100%", "b 0 0 ~0 0%"]);
        let trace = drawn::trace(&["a(0..10) b(12..)"]);
        let analysis = analyse(&trace);
        assert_eq!((analysis.unfinished, analysis.busy_ns, trace.end().ns()), (1, 10, 12));
        assert_eq!(analysis.tasks[1].durations, None);
    }

    #[test]
    fn only_the_lane_whose_spans_cross_is_inexact() {
        check(&["a(0..10) b(5..15)", "c(0..3)"], &["a 1 10 ~10 56%", "b 1 10 ~10 56%", "c 1 3 3 17%"]);
    }

    #[test]
    fn quantiles_interpolate_between_the_closest_ranks() {
        assert_eq!(quantile(&[7], 95), 7);
        assert_eq!(quantile(&[0, 10], 50), 5);
        assert_eq!(quantile(&[1, 2, 3, 4], 50), 2); // 2.5, rounded down
        assert_eq!(quantile(&(0..=100).collect::<Vec<_>>(), 95), 95);
        assert_eq!(quantile(&[0, i64::MAX], 95), i64::MAX / 100 * 95 + i64::MAX % 100 * 95 / 100);
    }
}
