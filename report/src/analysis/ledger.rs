//! The ledger: where lanes x time went, to the nanosecond.
//!
//! Takes a trace and a window of it; every instant of every lane in it is attributed to one thing: to the task of
//! the innermost finished span that runs (the last started), else to an unfinished span that has begun, else to
//! idle time before the lane's first start, between spans or after its last end. So the parts sum to the whole
//! exactly. On a lane whose spans nest, the innermost time of a span is its self time; where they cross it is the
//! one way to count no instant twice. Integers only; knows no words.
//!
//! ```text
//! |---- a ------|        |~~ unfinished
//!    |- b -|  |--- c --|
//! aaa bbbbb aa cccccccc i ~~~~~~~~~~~~~
//! ```

use rayon::prelude::*;

use super::statistics::TaskRows;
use crate::model::{Spans, Trace};

/// Where the time of all lanes went in a window of a trace. Its parts sum to `total_ns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Lanes x the window's length, in ns.
    pub total_ns: i128,
    /// The tasks that were innermost for any time, the most time first, then in the order of the table.
    pub tasks: Vec<LedgerTask>,
    /// Lanes x ns before their first start.
    pub idle_before_ns: i128,
    /// Lanes x ns between two of their spans.
    pub idle_between_ns: i128,
    /// Lanes x ns after their last end; none on a lane that has an unfinished span.
    pub idle_after_ns: i128,
    /// Lanes x ns in which no finished span ran, but an unfinished one had begun.
    pub unfinished_ns: i128,
}

/// A task's part of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerTask {
    /// Index into [`Analysis::tasks`](super::Analysis::tasks).
    pub task: usize,
    /// Lanes x ns in which its spans were innermost, more than 0.
    pub ns: i128,
}

impl Ledger {
    /// Lanes x ns in which a finished span ran.
    pub fn busy_ns(&self) -> i128 {
        self.tasks.iter().map(|task| task.ns).sum()
    }
}

/// The ledger of `[window.0, window.1)`, in ns since the origin. O(spans), the lanes in parallel; 8 bytes a span
/// while it runs.
pub(super) fn ledger(trace: &Trace, rows: &TaskRows, window: (i64, i64)) -> Ledger {
    let wall_ns = trace.end().ns();
    let lanes: Vec<LaneTimes> =
        trace.lanes().par_iter().map(|lane| lane_times(&lane.spans, wall_ns, window)).collect();
    let mut by_row = vec![0; rows.count()];
    for (lane, times) in trace.lanes().iter().zip(&lanes) {
        for (span, &inner_ns) in lane.spans.iter().zip(&times.inner_ns) {
            by_row[rows.of(span.key)] += i128::from(inner_ns);
        }
    }
    let mut tasks: Vec<LedgerTask> = (by_row.into_iter().enumerate())
        .map(|(task, ns)| LedgerTask { task, ns })
        .filter(|task| task.ns > 0)
        .collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.ns)); // stable: equal ones stay in the table's order
    let sum = |part: fn(&LaneTimes) -> i64| lanes.iter().map(|lane| i128::from(part(lane))).sum();
    Ledger {
        total_ns: trace.lanes().len() as i128 * i128::from(window.1 - window.0),
        tasks,
        idle_before_ns: sum(|lane| lane.before_ns),
        idle_between_ns: sum(|lane| lane.between_ns),
        idle_after_ns: sum(|lane| lane.after_ns),
        unfinished_ns: sum(|lane| lane.unfinished_ns),
    }
}

/// Where the time of one lane went in a window, in ns.
#[derive(Default)]
struct LaneTimes {
    /// For each span, how long it was the innermost one that ran; 0 for unfinished ones.
    inner_ns: Vec<i64>,
    before_ns: i64,
    between_ns: i64,
    after_ns: i64,
    unfinished_ns: i64,
}

/// The span of a lane that was the innermost for longest in a window, the first of equal ones; `None` where no finished
/// one ran. O(spans).
pub(super) fn innermost(spans: &Spans, wall_ns: i64, window: (i64, i64)) -> Option<usize> {
    let times = lane_times(spans, wall_ns, window).inner_ns;
    let longest_ns = times.iter().copied().max().filter(|&ns| ns > 0)?;
    times.iter().position(|&ns| ns == longest_ns)
}

/// One pass over a lane in the model's order; amortised O(1) a span, since each is stacked once.
fn lane_times(spans: &Spans, wall_ns: i64, window: (i64, i64)) -> LaneTimes {
    let mut times = LaneTimes { inner_ns: vec![0; spans.len()], ..LaneTimes::default() };
    let mut pass = Pass { at_ns: 0, window, running: Vec::new() };
    let mut is_unfinished = false;
    for (index, span) in spans.iter().enumerate() {
        let gap_ns = pass.advance(span.start.ns(), &mut times.inner_ns);
        match (is_unfinished, index) {
            (true, _) => times.unfinished_ns += gap_ns,
            (false, 0) => times.before_ns += gap_ns,
            (false, _) => times.between_ns += gap_ns,
        }
        match span.end {
            Some(end) => pass.begin(index, end.ns()),
            None => is_unfinished = true,
        }
    }
    let rest_ns = pass.advance(wall_ns, &mut times.inner_ns);
    *(if is_unfinished { &mut times.unfinished_ns } else { &mut times.after_ns }) += rest_ns;
    times
}

/// How far a lane has been gone through.
struct Pass {
    /// All before this is attributed.
    at_ns: i64,
    window: (i64, i64),
    /// The spans that run or will again, `(index, end)`: the innermost on top, each ends after those above it.
    running: Vec<(usize, i64)>,
}

impl Pass {
    /// Gives the time up to `to_ns` to the spans that run; returns how much of it is left, at its end. Both as far
    /// as they lie in the window.
    fn advance(&mut self, to_ns: i64, inner_ns: &mut [i64]) -> i64 {
        while let Some(&(index, end_ns)) = self.running.last() {
            inner_ns[index] += self.pass_to(end_ns.min(to_ns));
            if end_ns > to_ns {
                return 0;
            }
            self.running.pop();
        }
        self.pass_to(to_ns)
    }

    /// Puts a span that begins now on top. Those that end before it does would never be seen again.
    fn begin(&mut self, index: usize, end_ns: i64) {
        while self.running.last().is_some_and(|&(_, under_ns)| under_ns <= end_ns) {
            self.running.pop();
        }
        self.running.push((index, end_ns));
    }

    /// Goes on to `to_ns`; returns how much of the way lies in the window.
    fn pass_to(&mut self, to_ns: i64) -> i64 {
        let (from_ns, to_ns) = (self.at_ns, to_ns.max(self.at_ns));
        self.at_ns = to_ns;
        (to_ns.min(self.window.1) - from_ns.max(self.window.0)).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, analyse, drawn};
    use proptest::prelude::*;

    /// The parts, without those that are 0.
    fn shown(trace: &Trace, analysis: &Analysis, ledger: &Ledger) -> String {
        let name = |task: usize| trace.keys().name(analysis.tasks[task].task);
        let tasks = ledger.tasks.iter().map(|part| (name(part.task), part.ns));
        let others = [
            ("before", ledger.idle_before_ns),
            ("between", ledger.idle_between_ns),
            ("after", ledger.idle_after_ns),
            ("unfinished", ledger.unfinished_ns),
        ];
        let parts: Vec<String> = (tasks.chain(others))
            .filter(|(_, ns)| *ns != 0)
            .map(|(name, ns)| format!("{name} {ns}"))
            .collect();
        format!("{} = {}", ledger.total_ns, parts.join(" + "))
    }

    #[track_caller]
    fn check(lanes: &[&str], expected: &str) {
        let trace = drawn::trace(lanes);
        let analysis = analyse(&trace);
        assert_eq!(shown(&trace, &analysis, &analysis.ledger), expected);
    }

    #[test]
    fn a_lane_is_busy_with_its_innermost_span_or_idle() {
        check(
            &["a(0..10) b(2..5) c(15..20)", "a(4..6)"],
            "40 = a 9 + c 5 + b 3 + before 4 + between 5 + after 14",
        );
    }

    #[test]
    fn where_spans_cross_the_last_started_has_the_time() {
        check(&["a(0..10) b(5..15) c(12..14)"], "15 = b 8 + a 5 + c 2");
        check(&["a(0..10) b(2..8) c(5..20)"], "20 = c 15 + b 3 + a 2");
    }

    #[test]
    fn tasks_of_equal_time_stand_as_in_the_table() {
        check(&["b(0..5) a(5..10)"], "10 = a 5 + b 5");
    }

    #[test]
    fn time_with_an_unfinished_span_alone_is_unfinished() {
        check(&["a(0..10) b(3..) c(20..25)", "c(0..30)"], "60 = c 35 + a 10 + unfinished 15");
        check(&["a(0..)", "a(7..)"], "14 = before 7 + unfinished 7");
    }

    #[test]
    fn an_instant_begins_and_ends_a_lane_but_takes_no_time() {
        check(&["a(5..5) a(7..7)", "b(0..10)"], "20 = b 10 + before 5 + between 2 + after 3");
        check(&["a(5..5)"], "0 = ");
    }

    #[test]
    fn a_trace_without_a_span_has_nothing_to_share_out() {
        check(&[], "0 = ");
    }

    #[test]
    fn a_trace_longer_than_time_itself_overflows_nothing() {
        let lanes = [vec![(i64::MIN, Some(i64::MAX), 0)], vec![(i64::MIN, None, 0)]];
        let ledger = analyse(&drawn::numbers(&lanes)).ledger;
        assert_eq!(ledger.total_ns, ledger.busy_ns() + ledger.unfinished_ns);
    }

    #[test]
    fn a_window_has_a_ledger_of_its_own() {
        let trace = drawn::trace(&["a(0..10) b(2..5) c(15..20)", "a(4..6)"]);
        let analysis = analyse(&trace);
        let rows = TaskRows::new(trace.keys(), &analysis.tasks);
        let part = ledger(&trace, &rows, (3, 16));
        assert_eq!(shown(&trace, &analysis, &part), "26 = a 7 + b 2 + c 1 + before 1 + between 5 + after 10");
    }

    /// What a lane does at `ns`, by looking at all its spans: a task's row, or one of the four others.
    fn at(spans: &Spans, ns: i64, rows: &TaskRows) -> Result<usize, &'static str> {
        let runs =
            |span: &crate::model::Span| span.start.ns() <= ns && span.end.is_some_and(|end| ns < end.ns());
        if let Some(span) = spans.iter().filter(runs).last() {
            return Ok(rows.of(span.key));
        }
        if spans.iter().any(|span| span.end.is_none() && span.start.ns() <= ns) {
            return Err("unfinished");
        }
        let is_after = spans.iter().all(|span| span.end.is_some_and(|end| end.ns() <= ns));
        let is_before = spans.iter().all(|span| span.start.ns() > ns);
        Err(if is_before {
            "before"
        } else if is_after {
            "after"
        } else {
            "between"
        })
    }

    /// The ledger, counted nanosecond by nanosecond.
    fn counted(trace: &Trace, rows: &TaskRows, window: (i64, i64)) -> Ledger {
        let moments: Vec<_> = (trace.lanes().iter())
            .flat_map(|lane| (window.0..window.1).map(|ns| at(&lane.spans, ns, rows)))
            .collect();
        let count = |what| moments.iter().filter(|moment| **moment == what).count() as i128;
        let mut tasks: Vec<LedgerTask> = (0..rows.count())
            .map(|task| LedgerTask { task, ns: count(Ok(task)) })
            .filter(|task| task.ns > 0)
            .collect();
        tasks.sort_by_key(|task| (-task.ns, task.task));
        Ledger {
            total_ns: moments.len() as i128,
            tasks,
            idle_before_ns: count(Err("before")),
            idle_between_ns: count(Err("between")),
            idle_after_ns: count(Err("after")),
            unfinished_ns: count(Err("unfinished")),
        }
    }

    /// Any spans: crossing, instants, one in six unfinished.
    fn any_lanes() -> impl Strategy<Value = Vec<Vec<(i64, Option<i64>, u8)>>> {
        let span = (0i64..40, 0i64..20, 0u8..6, 0u8..4)
            .prop_map(|(start, length, ends, task)| (start, (ends > 0).then_some(start + length), task));
        prop::collection::vec(prop::collection::vec(span, 1..12), 1..4)
    }

    /// Spans that nest, drawn by cutting [0, 64) again and again.
    fn nested_lanes() -> impl Strategy<Value = Vec<Vec<(i64, Option<i64>, u8)>>> {
        let span = (0i64..64, 0u32..6, 0u8..4).prop_map(|(at, level, task)| {
            let start = at >> level << level;
            (start, Some(start + (1 << level)), task)
        });
        prop::collection::vec(prop::collection::vec(span, 1..40), 1..4)
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_lanes_times_wall_exactly(lanes in any_lanes(), unit in 1i64..1 << 50) {
            let scaled: Vec<Vec<_>> = lanes.iter()
                .map(|lane| lane.iter().map(|&(start, end, task)| (start * unit, end.map(|end| end * unit), task)).collect())
                .collect();
            let trace = drawn::numbers(&scaled);
            let analysis = analyse(&trace);
            let ledger = &analysis.ledger;
            let idle_ns = ledger.idle_before_ns + ledger.idle_between_ns + ledger.idle_after_ns;
            prop_assert_eq!(ledger.busy_ns() + idle_ns + ledger.unfinished_ns, ledger.total_ns);
            prop_assert_eq!(ledger.total_ns, trace.lanes().len() as i128 * i128::from(trace.end().ns()));
            prop_assert_eq!(ledger.busy_ns(), analysis.busy_ns);
        }

        #[test]
        fn it_is_what_counting_the_nanoseconds_gives(lanes in any_lanes(), from in 0i64..60, length in 0i64..60) {
            let trace = drawn::numbers(&lanes);
            let analysis = analyse(&trace);
            let rows = TaskRows::new(trace.keys(), &analysis.tasks);
            let wall_ns = trace.end().ns();
            prop_assert_eq!(&analysis.ledger, &counted(&trace, &rows, (0, wall_ns)));
            let window = (from.min(wall_ns), (from + length).min(wall_ns));
            prop_assert_eq!(ledger(&trace, &rows, window), counted(&trace, &rows, window));
        }

        #[test]
        fn where_spans_nest_a_tasks_time_is_its_self_time(lanes in nested_lanes()) {
            let analysis = analyse(&drawn::numbers(&lanes));
            let mut by_row = vec![0; analysis.tasks.len()];
            for part in &analysis.ledger.tasks {
                by_row[part.task] = part.ns;
            }
            let self_times: Vec<i128> = analysis.tasks.iter().map(|task| task.self_ns).collect();
            prop_assert_eq!(by_row, self_times);
        }
    }
}
