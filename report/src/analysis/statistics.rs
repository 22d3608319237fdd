//! Figures of each (group, task).
//!
//! Takes a summary. Gives one row for each (group, task), in integer ns. Unfinished spans are counted and enter no
//! other figure. When there are more tasks than anyone reads, those with the least total time share one row.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use super::division::Division;
use super::overview::Overview;
use crate::model::union;
use crate::model::{Durations, KeyId, Keys, Percentile, Summary, Timed};

/// The most tasks of a page with a row of their own: those with the greatest total, ties by name.
pub(crate) const NAMED: usize = 1000;

/// Quantiles from buckets are off by at most this part of themselves.
pub(crate) const QUANTILE_ERROR: f64 = 0.004;

/// The figures of one task of one group, or of all tasks without a row of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStatistics {
    pub task: Task,
    /// Finished spans, instants included, and timings.
    pub count: u64,
    /// Those of them that are timings: durations without moments. They have no self time and no rate.
    pub timings: u64,
    /// Spans whose end was never written.
    pub unfinished: u64,
    /// Sum of the durations, in ns.
    pub total_ns: i128,
    /// How long its spans were the innermost ones of their lanes, in ns. Where spans nest, this is the sum of the
    /// durations minus the union of each span's direct children; where they cross, the last started is innermost.
    pub self_ns: i128,
    /// Whether `self_ns` tells what the spans themselves did: none of them is on a lane where spans cross.
    pub exact: bool,
    /// The most spans that were open at once on one of its lanes where spans cross. `None` if there is no such lane,
    /// or only an older summary of it.
    pub open_at_once: Option<u32>,
    /// The durations. `None` when `count` is 0.
    pub durations: Option<DurationFigures>,
    /// What the lanes did in `self_ns`.
    pub division: Division,
    /// `self_ns` as a part of the busy time of all lanes, 0 to 1. The shares of a trace sum to 1.
    pub share: f64,
    /// Sum of the squared durations, in ns²; saturates at the greatest `u128`.
    squares: u128,
}

impl TaskStatistics {
    /// Whether other spans ran inside its spans for more than half of their time. Then its total says more than its
    /// self time, which is what is left over.
    pub fn encloses(&self) -> bool {
        self.timings == 0 && 2 * self.self_ns < self.total_ns
    }

    /// Whether it has no span, so that no time of a lane is its own.
    pub fn is_timeless(&self) -> bool {
        self.timings == self.count && self.unfinished == 0
    }

    /// Finished spans per second of wall time. `None` when the wall time is 0, and without a span.
    pub fn rate(&self, of: &Overview) -> Option<f64> {
        let wall_ns = of.wall_ns();
        let spans = self.count.saturating_sub(self.timings);
        (wall_ns > 0 && !self.is_timeless()).then(|| spans as f64 * 1e9 / wall_ns as f64)
    }

    pub(super) fn sums(&self) -> Sums {
        Sums {
            count: self.count,
            timings: self.timings,
            unfinished: self.unfinished,
            total_ns: self.total_ns,
            division: self.division,
            squares: self.squares,
            range_ns: self.durations.map_or((i64::MAX, 0), |of| (of.min_ns, of.max_ns)),
        }
    }

    /// The figures of some of its spans. `busy_ns` is the busy time of all lanes.
    pub(super) fn of_part(&self, sums: &Sums, durations: &Durations, busy_ns: i128) -> TaskStatistics {
        let (exact, open_at_once) = (self.exact, self.open_at_once);
        let row = Row { task: self.task, keys: Vec::new(), sums: *sums, exact, open_at_once };
        row.figures(durations, busy_ns)
    }
}

/// The subject of a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// A task of a group. [`Keys::name`] gives their names.
    Named { group: u32, task: u32 },
    /// This many tasks of any group.
    Others(u64),
}

impl Task {
    /// The names of the group and the task. Both are empty for [`Task::Others`].
    pub fn names(self, keys: &Keys) -> (&str, &str) {
        match self {
            Task::Named { group, task } => (keys.name(group), keys.name(task)),
            Task::Others(_) => ("", ""),
        }
    }
}

/// The durations of a task's spans, in ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationFigures {
    /// Total over count, rounded down.
    pub mean_ns: i64,
    /// The standard deviation over the count (NumPy's default), rounded down. `None` if the sum of squares
    /// overflowed.
    pub sd_ns: Option<i64>,
    pub min_ns: i64,
    /// By linear interpolation between the closest ranks (Hyndman and Fan's type 7, NumPy's default), rounded down.
    pub median_ns: i64,
    /// Computed like the median.
    pub p95_ns: i64,
    /// Computed like the median.
    pub p99_ns: i64,
    pub max_ns: i64,
    /// Whether median, p95 and p99 are exact. If not, they are at most 0.4 % off.
    pub exact: bool,
}

/// The row of the table that each key belongs to.
#[derive(Debug, Clone)]
pub struct TaskRows {
    /// By the index of the key.
    row_of_key: Vec<Option<usize>>,
}

impl TaskRows {
    /// The keys of a row, out of `keys`, which are all of the trace.
    pub fn keys_of(&self, row: usize, keys: &Keys) -> Vec<KeyId> {
        keys.ids().filter(|&key| self.of(key) == Some(row)).collect()
    }

    /// The row of a key. `None` when no span has it.
    pub fn of(&self, key: KeyId) -> Option<usize> {
        self.row_of_key[key.index()]
    }
}

/// Sums over some spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) count: u64,
    pub(super) timings: u64,
    pub(super) unfinished: u64,
    pub(super) total_ns: i128,
    /// What their lanes did while they were the innermost ones; its parts sum to their self time.
    pub(super) division: Division,
    pub(super) squares: u128,
    /// The shortest and the longest duration; `(i64::MAX, 0)` without finished spans.
    pub(super) range_ns: (i64, i64),
}

impl Default for Sums {
    fn default() -> Sums {
        Sums {
            count: 0,
            timings: 0,
            unfinished: 0,
            total_ns: 0,
            division: Division::default(),
            squares: 0,
            range_ns: (i64::MAX, 0),
        }
    }
}

impl Sums {
    /// How long the spans were the innermost ones of their lanes.
    pub(super) fn self_ns(&self) -> i128 {
        self.division.busy_ns()
    }

    /// Adds a span. `duration_ns` is `None` if it is unfinished.
    pub(super) fn add(&mut self, duration_ns: Option<i64>, division: Division) {
        let square = |ns: i64| u128::from(ns.unsigned_abs()) * u128::from(ns.unsigned_abs());
        self.merge(&Sums {
            count: u64::from(duration_ns.is_some()),
            timings: 0,
            unfinished: u64::from(duration_ns.is_none()),
            total_ns: duration_ns.unwrap_or_default().into(),
            division,
            squares: duration_ns.map_or(0, square),
            range_ns: duration_ns.map_or((i64::MAX, 0), |ns| (ns, ns)),
        });
    }

    /// Adds the spans of `other`. A summary that was read back may hold anything, so sums saturate.
    pub(super) fn merge(&mut self, other: &Sums) {
        self.count = self.count.saturating_add(other.count);
        self.timings = self.timings.saturating_add(other.timings);
        self.unfinished = self.unfinished.saturating_add(other.unfinished);
        self.total_ns = self.total_ns.saturating_add(other.total_ns);
        self.division += other.division;
        self.squares = self.squares.saturating_add(other.squares);
        self.range_ns = union(self.range_ns, other.range_ns);
    }

    /// What remains without `part`, which are some of these spans, and its durations. The shortest and the longest are
    /// exact if the durations are. A lane that was read twice may leave less than nothing, which counts as 0.
    pub(super) fn minus(&self, durations: &Durations, part: &Sums, of_part: &Durations) -> (Sums, Durations) {
        let left = durations.without(of_part);
        let points = left.points(self.range_ns);
        let range_ns = match (points.first(), points.last()) {
            (Some(&(least_ns, _)), Some(&(longest_ns, _))) => (
                if part.range_ns.0 > self.range_ns.0 { self.range_ns.0 } else { least_ns },
                if part.range_ns.1 < self.range_ns.1 { self.range_ns.1 } else { longest_ns },
            ),
            _ => (i64::MAX, 0),
        };
        let squares =
            if self.squares == u128::MAX { u128::MAX } else { self.squares.saturating_sub(part.squares) };
        let sums = Sums {
            count: self.count.saturating_sub(part.count),
            timings: self.timings.saturating_sub(part.timings),
            unfinished: self.unfinished.saturating_sub(part.unfinished),
            total_ns: self.total_ns.saturating_sub(part.total_ns).max(0),
            division: self.division.without(&part.division),
            squares,
            range_ns,
        };
        (sums, left)
    }

    /// The figures of the durations, which are those of the spans.
    pub(super) fn figures(&self, durations: &Durations) -> Option<DurationFigures> {
        let wanted = [Percentile::P50, Percentile::P95, Percentile::P99];
        let percentiles = durations.percentiles(wanted, self.range_ns).filter(|_| self.count > 0);
        percentiles.map(|[median_ns, p95_ns, p99_ns]| DurationFigures {
            mean_ns: (self.total_ns / i128::from(self.count)) as i64, // between the least and the greatest duration
            sd_ns: deviation(self.count, self.total_ns, self.squares),
            min_ns: self.range_ns.0,
            median_ns,
            p95_ns,
            p99_ns,
            max_ns: self.range_ns.1,
            exact: durations.is_exact(),
        })
    }
}

/// The sums of a row while it is computed.
struct Row {
    task: Task,
    keys: Vec<KeyId>,
    sums: Sums,
    exact: bool,
    open_at_once: Option<u32>,
}

/// Computes the rows: by self time, the largest first, then by total, then by name. At most `named` tasks get a row
/// of their own.
pub(crate) fn statistics(summary: &Summary, named: usize) -> (Vec<TaskStatistics>, TaskRows) {
    let keys = summary.keys();
    let busy_ns = busy_ns(summary);
    let mut rows = summed(summary);
    fold(&mut rows, keys, named);
    let name = |row: &Row| row.task.names(keys);
    rows.sort_by(|a, b| {
        (b.sums.self_ns().cmp(&a.sums.self_ns()))
            .then_with(|| b.sums.total_ns.cmp(&a.sums.total_ns))
            .then_with(|| name(a).cmp(&name(b)))
    });
    let mut row_of_key = vec![None; keys.all().len()];
    for (index, row) in rows.iter().enumerate() {
        row.keys.iter().for_each(|key| row_of_key[key.index()] = Some(index));
    }
    let durations = summary.durations();
    let figures = |row: &Row| row.figures(&together(durations, &row.keys), busy_ns);
    (rows.iter().map(figures).collect(), TaskRows { row_of_key })
}

/// The busy time of all lanes.
pub(super) fn busy_ns(summary: &Summary) -> i128 {
    summary.lanes().map(|(.., lane)| lane.busy_ns()).sum()
}

/// A row for each (group, task) of any lane and of timings.
fn summed(summary: &Summary) -> Vec<Row> {
    let keys = summary.keys();
    let mut rows: Vec<Row> = Vec::new();
    let mut row_of_task: HashMap<Task, usize> = HashMap::new();
    let mut row_of_key: Vec<Option<usize>> = vec![None; keys.all().len()];
    let mut index_of = |id: KeyId, rows: &mut Vec<Row>| {
        *row_of_key[id.index()].get_or_insert_with(|| {
            let key = keys.key(id);
            let task = Task::Named { group: key.group, task: key.task };
            let index = *row_of_task.entry(task).or_insert_with(|| {
                rows.push(Row::new(task));
                rows.len() - 1
            });
            rows[index].keys.push(id);
            index
        })
    };
    let lanes = || summary.lanes().map(|(.., lane)| lane);
    for (lane, of) in lanes().flat_map(|lane| lane.keys.iter().map(move |of| (lane, of))) {
        let index = index_of(of.key, &mut rows);
        let row = &mut rows[index];
        row.add(&Row {
            task: row.task,
            keys: Vec::new(),
            sums: Sums {
                count: of.count,
                timings: 0,
                unfinished: of.unfinished,
                total_ns: of.total_ns,
                division: Division::default(),
                squares: of.squares,
                range_ns: of.range_ns,
            },
            exact: !lane.crossing,
            open_at_once: lane.most_open(),
        });
    }
    for (key, &Timed { count, total_ns, squares, range_ns }) in summary.timings() {
        let index = index_of(key, &mut rows);
        let timings = Sums { count, timings: count, total_ns, squares, range_ns, ..Sums::default() };
        rows[index].sums.merge(&timings);
    }
    for (_, key, piece) in lanes().flat_map(|lane| Division::pieces(lane, lane.level(), keys)) {
        let row = row_of_key[key.index()].expect("a bin's key is one of its lane's");
        rows[row].sums.division += piece;
    }
    rows
}

/// Merges all but the `named` greatest tasks into one row.
fn fold(rows: &mut Vec<Row>, keys: &Keys, named: usize) {
    if rows.len() <= named {
        return;
    }
    rows.sort_by_cached_key(|row| {
        let (group, task) = row.task.names(keys);
        (Reverse(row.sums.total_ns), group.to_owned(), task.to_owned())
    });
    let folded = rows.split_off(named);
    let mut others = Row::new(Task::Others(folded.len() as u64));
    for row in folded {
        others.add(&row);
        others.keys.extend(row.keys);
    }
    rows.push(others);
}

impl Row {
    fn new(task: Task) -> Row {
        Row { task, keys: Vec::new(), sums: Sums::default(), exact: true, open_at_once: None }
    }

    fn add(&mut self, other: &Row) {
        self.sums.merge(&other.sums);
        self.exact &= other.exact;
        self.open_at_once = self.open_at_once.max(other.open_at_once);
    }

    /// `durations` are those of its spans, `busy_ns` is the busy time of all lanes.
    fn figures(&self, durations: &Durations, busy_ns: i128) -> TaskStatistics {
        let sums = &self.sums;
        TaskStatistics {
            task: self.task,
            count: sums.count,
            timings: sums.timings,
            unfinished: sums.unfinished,
            total_ns: sums.total_ns,
            self_ns: sums.self_ns(),
            exact: self.exact,
            open_at_once: self.open_at_once,
            durations: sums.figures(durations),
            division: sums.division,
            share: if busy_ns > 0 { sums.self_ns() as f64 / busy_ns as f64 } else { 0.0 },
            squares: sums.squares,
        }
    }
}

/// The durations of a row of the table.
pub(crate) fn durations_of<'a>(summary: &'a Summary, rows: &TaskRows, row: usize) -> Cow<'a, Durations> {
    together(summary.durations(), &rows.keys_of(row, summary.keys()))
}

/// The durations of some keys, merged.
pub(super) fn together<'a>(durations: &'a [Durations], keys: &[KeyId]) -> Cow<'a, Durations> {
    match keys {
        [only] => Cow::Borrowed(&durations[only.index()]),
        keys => {
            let mut all = Durations::default();
            keys.iter().for_each(|key| all.merge(durations[key.index()].clone()));
            Cow::Owned(all)
        }
    }
}

/// The standard deviation of `count` durations from their sum and the sum of their squares, rounded down. `None` if
/// a sum overflowed or the sums fit no durations.
///
/// With the rounded mean `m`, the sum of squared distances from it `S = squares - m * (2 * total - m * count)`, and
/// `r = total - m * count`, the variance is `S / count - (r / count)^2`, all in integers.
fn deviation(count: u64, total_ns: i128, squares: u128) -> Option<i64> {
    let (count, total) = (u128::from(count), u128::try_from(total_ns).ok()?);
    if count == 0 || squares == u128::MAX {
        return None;
    }
    let (mean, rest) = (total / count, total % count);
    let about_mean = squares.checked_sub(mean.checked_mul((2 * total).checked_sub(mean * count)?)?)?;
    let (whole, part) = (about_mean / count, about_mean % count);
    // The variance is whole + (part * count - rest^2) / count^2, and the fraction is between -1 and 1.
    let variance = if part * count >= rest * rest { whole } else { whole.checked_sub(1)? };
    i64::try_from(variance.isqrt()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, of_trace, summary_of};
    use crate::model::Timings;

    /// For each task: name, count, total, self, share in percent. A `~` marks a self time that is not exact.
    #[track_caller]
    fn check(lanes: &[&str], expected: &[&str]) {
        let trace = drawn::trace(lanes);
        let found: Vec<String> = (of_trace(&trace).tasks.iter())
            .map(|row| {
                let name = row.task.names(trace.keys()).1;
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
    fn timings_count_in_their_row_and_are_no_time_of_a_lane() {
        let mut summary = summary_of(&drawn::trace(&["a(0..10) b(20..40)"]));
        let mut timings = Timings::default();
        [("a", 30), ("t", 5), ("t", 7)].iter().for_each(|(task, ns)| timings.push("g", task, *ns));
        summary.merge(Summary::of_timings(timings));
        let overview = crate::analysis::overview(&summary);
        let row = |row: &TaskStatistics| {
            let name = row.task.names(summary.keys()).1;
            let max_ns = row.durations.map_or(0, |of| of.max_ns);
            let rate = row.rate(&overview).map(|rate| rate / 25e6); // per 40 ns
            let (count, timings, self_ns) = (row.count, row.timings, row.self_ns);
            format!(
                "{name} {count} ({timings}) {} {self_ns} {max_ns} {:.0}% {rate:?}",
                row.total_ns,
                row.share * 100.0
            )
        };
        let rows: Vec<String> = statistics(&summary, NAMED).0.iter().map(row).collect();
        let expected =
            ["b 1 (0) 20 20 20 67% Some(1.0)", "a 2 (1) 40 10 30 33% Some(1.0)", "t 2 (2) 12 0 7 0% None"];
        assert_eq!(rows, expected);
    }

    #[test]
    fn unfinished_spans_are_counted_and_enter_nothing_else() {
        check(&["a(0..10) b(2..)"], &["a 1 10 ~10 100%", "b 0 0 ~0 0%"]);
        let trace = drawn::trace(&["a(0..10) b(12..)"]);
        let analysis = of_trace(&trace);
        assert_eq!((analysis.unfinished, analysis.busy_ns, trace.end().ns()), (1, 10, 12));
        assert_eq!(analysis.tasks[1].durations, None);
    }

    #[test]
    fn only_the_lane_whose_spans_cross_is_inexact() {
        check(&["a(0..10) b(5..15)", "c(0..3)"], &["b 1 10 ~10 56%", "a 1 10 ~5 28%", "c 1 3 3 17%"]);
    }

    #[test]
    fn beyond_a_thousand_tasks_those_of_the_least_total_share_a_row() {
        let lane: Vec<_> =
            (0..1010).map(|n| format!("t{n:04}({}..{})", 2000 * n, 2000 * n + 10 + n)).collect();
        let trace = drawn::trace(&[&lane.join(" "), "t0003(0..1)"]);
        let analysis = of_trace(&trace);
        assert_eq!(analysis.tasks.len(), NAMED + 1);
        let others = analysis.tasks.iter().find(|row| matches!(row.task, Task::Others(_))).unwrap();
        assert_eq!(others.task, Task::Others(10));
        // Tasks 0 to 9; task 3 has two spans.
        assert_eq!((others.count, others.total_ns), (11, (10..20).sum::<i128>() + 1));
        assert_eq!(others.durations.unwrap().max_ns, 19);
        assert_eq!(analysis.tasks.iter().map(|row| row.self_ns).sum::<i128>(), analysis.busy_ns);
    }
}
