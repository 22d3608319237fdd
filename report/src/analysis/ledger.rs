//! The ledger: where lanes x wall time went, to the nanosecond.
//!
//! Takes the summaries of lanes and the table. Attributes each instant of each lane to one thing: the task of the
//! innermost finished span (the last started), or waiting if that is a declared wait; else an unfinished span that has
//! begun; else idle time before, between or after the lane's spans. So the parts sum to the whole exactly. Where spans
//! nest, innermost time is self time; where they cross, it is the one way to count no instant twice. Integers only;
//! knows no words.
//!
//! ```text
//! |---- a ------|        |~~ unfinished
//!    |- b -|  |--- c --|
//! aaa bbbbb aa cccccccc i ~~~~~~~~~~~~~
//! ```

use std::cmp::Reverse;

use super::division::Division;
use super::statistics::TaskStatistics;
use super::wall::Wall;
use crate::model::summary::LaneSummary;

/// Where the time of all lanes went. The parts sum to `total_ns`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Lanes x wall time, in ns.
    pub total_ns: i128,
    /// The tasks with any innermost time that is no declared wait, the most time first. Ties in the order of the table.
    pub tasks: Vec<LedgerTask>,
    /// Lanes x ns in which the innermost span was a declared wait.
    pub wait_ns: i128,
    /// What the lanes did while they were busy: in the time of the tasks and in declared waits.
    pub division: Division,
    /// Lanes x ns before their first start.
    pub idle_before_ns: i128,
    /// Lanes x ns between two of their spans.
    pub idle_between_ns: i128,
    /// Lanes x ns after their last end. 0 on a lane with an unfinished span.
    pub idle_after_ns: i128,
    /// Lanes x ns in which no finished span ran but an unfinished one had begun.
    pub unfinished_ns: i128,
    /// The most lanes that were alive at once: from a lane's first start to its last end. A lane with an unfinished
    /// span does not end.
    pub alive_at_once: usize,
}

/// The part of one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerTask {
    /// Index into [`Analysis::tasks`](super::Analysis::tasks).
    pub task: usize,
    /// Lanes x ns in which its spans were innermost, and no declared waits; more than 0.
    pub ns: i128,
}

impl Ledger {
    /// Lanes x ns in which a finished span ran.
    pub fn busy_ns(&self) -> i128 {
        self.wait_ns + self.tasks.iter().map(|task| task.ns).sum::<i128>()
    }
}

/// The ledger of the whole run. `tasks` are the rows of the table. A lane of point events alone has no time to share
/// out. O(bins of all lanes).
pub(super) fn ledger(lanes: &[&LaneSummary], tasks: &[TaskStatistics], wall: Wall) -> Ledger {
    let lanes: Vec<&LaneSummary> = lanes.iter().copied().filter(|lane| lane.has_spans()).collect();
    let mut division = Division::default();
    tasks.iter().for_each(|row| division += row.division);
    let mut by_task: Vec<LedgerTask> = (tasks.iter().enumerate())
        .map(|(task, row)| LedgerTask { task, ns: row.self_ns - row.division.wait_ns })
        .filter(|task| task.ns > 0)
        .collect();
    by_task.sort_by_key(|task| Reverse(task.ns)); // stable: ties in the order of the table
    let mut ledger = Ledger {
        total_ns: lanes.len() as i128 * i128::from(wall.length_ns()),
        tasks: by_task,
        wait_ns: division.wait_ns,
        division,
        idle_before_ns: 0,
        idle_between_ns: 0,
        idle_after_ns: 0,
        unfinished_ns: 0,
        alive_at_once: alive_at_once(&lanes),
    };
    for lane in lanes {
        let (first_ns, last_ns) = lane.extent_ns;
        let busy_ns = lane.busy_ns();
        ledger.idle_before_ns += i128::from(first_ns - wall.unix_ns.0);
        match lane.unfinished_ns() {
            None => {
                ledger.idle_between_ns += i128::from(last_ns - first_ns) - busy_ns;
                ledger.idle_after_ns += i128::from(wall.unix_ns.1 - last_ns);
            }
            Some(since_ns) => {
                // Within what is possible, also in a summary that was cut or edited.
                let after_ns = i128::from(lane.busy_after_ns).min(i128::from(last_ns - since_ns));
                let busy_after_ns = after_ns.max(busy_ns - i128::from(since_ns - first_ns)).min(busy_ns);
                ledger.idle_between_ns += i128::from(since_ns - first_ns) - (busy_ns - busy_after_ns);
                ledger.unfinished_ns += i128::from(wall.unix_ns.1 - since_ns) - busy_after_ns;
            }
        }
    }
    ledger
}

/// A lane that ends when another one begins is not alive with it. O(n log n).
fn alive_at_once(lanes: &[&LaneSummary]) -> usize {
    let end_ns = |lane: &LaneSummary| match lane.unfinished_ns() {
        None => lane.extent_ns.1.max(lane.extent_ns.0.saturating_add(1)), // an instant takes a nanosecond here
        Some(_) => i64::MAX,
    };
    let starts = lanes.iter().map(|lane| (lane.extent_ns.0, 1));
    let mut changes: Vec<(i64, isize)> = starts.chain(lanes.iter().map(|lane| (end_ns(lane), -1))).collect();
    changes.sort_unstable();
    let alive = changes.into_iter().scan(0, |alive, (_, change)| {
        *alive += change;
        Some(*alive)
    });
    alive.max().map_or(0, isize::unsigned_abs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Analysis, TaskRows, drawn, of_trace};
    use crate::model::{Spans, Trace};
    use proptest::prelude::*;

    /// The parts that are not 0.
    fn shown(trace: &Trace, analysis: &Analysis, ledger: &Ledger) -> String {
        let name = |task: usize| analysis.tasks[task].task.names(trace.keys()).1.to_owned();
        let tasks = ledger.tasks.iter().map(|part| (name(part.task), part.ns));
        let others = [
            ("before", ledger.idle_before_ns),
            ("between", ledger.idle_between_ns),
            ("after", ledger.idle_after_ns),
            ("unfinished", ledger.unfinished_ns),
        ]
        .map(|(name, ns)| (name.to_owned(), ns));
        let parts: Vec<String> = (tasks.chain(others))
            .filter(|(_, ns)| *ns != 0)
            .map(|(name, ns)| format!("{name} {ns}"))
            .collect();
        format!("{} = {}", ledger.total_ns, parts.join(" + "))
    }

    #[track_caller]
    fn check(lanes: &[&str], expected: &str) {
        let trace = drawn::trace(lanes);
        let analysis = of_trace(&trace);
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
    fn lanes_that_end_before_others_begin_are_not_alive_at_once() {
        let alive = |lanes: &[&str]| of_trace(&drawn::trace(lanes)).ledger.alive_at_once;
        assert_eq!(alive(&["a(0..10)", "a(10..20) a(25..30)", "a(5..12)", "a(21..24)"]), 2);
        assert_eq!(alive(&["a(0..10) b(3..)", "a(10..20)", "a(20..20)"]), 2);
        assert_eq!(alive(&["a(5..5)"]), 1);
        assert_eq!(alive(&[]), 0);
    }

    #[test]
    fn a_trace_longer_than_time_itself_overflows_nothing() {
        let lanes = [vec![(i64::MIN, Some(i64::MAX), 0)], vec![(i64::MIN, None, 0)]];
        let ledger = of_trace(&drawn::numbers(&lanes)).ledger;
        assert_eq!(ledger.total_ns, ledger.busy_ns() + ledger.unfinished_ns);
    }

    /// What a lane does at `ns`, found by looking at all its spans: a task's row, or one of the four other parts.
    fn at(spans: &Spans, ns: i64, rows: &TaskRows) -> Result<usize, &'static str> {
        let runs =
            |span: &crate::model::Span| span.start.ns() <= ns && span.end.is_some_and(|end| ns < end.ns());
        if let Some(span) = spans.iter().filter(runs).last() {
            return Ok(rows.of(span.key).unwrap());
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
    fn counted(trace: &Trace, analysis: &Analysis) -> Ledger {
        let moments: Vec<_> = (trace.lanes().iter())
            .flat_map(|lane| (0..trace.end().ns()).map(|ns| at(&lane.spans, ns, &analysis.rows)))
            .collect();
        let count = |what| moments.iter().filter(|moment| **moment == what).count() as i128;
        let mut tasks: Vec<LedgerTask> = (0..analysis.tasks.len())
            .map(|task| LedgerTask { task, ns: count(Ok(task)) })
            .filter(|task| task.ns > 0)
            .collect();
        tasks.sort_by_key(|task| (-task.ns, task.task));
        Ledger {
            total_ns: moments.len() as i128,
            division: Division {
                not_known_ns: tasks.iter().map(|task| task.ns).sum(),
                ..Division::default()
            },
            wait_ns: 0,
            tasks,
            idle_before_ns: count(Err("before")),
            idle_between_ns: count(Err("between")),
            idle_after_ns: count(Err("after")),
            unfinished_ns: count(Err("unfinished")),
            alive_at_once: alive(trace),
        }
    }

    /// The most lanes alive in one nanosecond.
    fn alive(trace: &Trace) -> usize {
        let end_ns = |spans: &Spans| {
            let ends = spans.iter().map(|span| span.end.map_or(i64::MAX, |end| end.ns()));
            ends.max().unwrap().max(spans.at(0).start.ns() + 1) // a lane of instants at one time takes a nanosecond
        };
        let is_alive = |spans: &Spans, ns: i64| spans.at(0).start.ns() <= ns && ns < end_ns(spans);
        let count = |ns| trace.lanes().iter().filter(|lane| is_alive(&lane.spans, ns)).count();
        (0..=trace.end().ns()).map(count).max().unwrap()
    }

    /// Spans that may cross, with instants, one in six unfinished.
    fn any_lanes() -> impl Strategy<Value = Vec<Vec<(i64, Option<i64>, u8)>>> {
        let span = (0i64..40, 0i64..20, 0u8..6, 0u8..4)
            .prop_map(|(start, length, ends, task)| (start, (ends > 0).then_some(start + length), task));
        prop::collection::vec(prop::collection::vec(span, 1..12), 1..4)
    }

    /// Spans that nest, made by cutting [0, 64) again and again.
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
            let analysis = of_trace(&trace);
            let ledger = &analysis.ledger;
            let idle_ns = ledger.idle_before_ns + ledger.idle_between_ns + ledger.idle_after_ns;
            prop_assert_eq!(ledger.busy_ns() + idle_ns + ledger.unfinished_ns, ledger.total_ns);
            prop_assert_eq!(ledger.total_ns, trace.lanes().len() as i128 * i128::from(trace.end().ns()));
            prop_assert_eq!(ledger.busy_ns(), analysis.busy_ns);
        }

        #[test]
        fn it_is_what_counting_the_nanoseconds_gives(lanes in any_lanes()) {
            let trace = drawn::numbers(&lanes);
            let analysis = of_trace(&trace);
            prop_assert_eq!(&analysis.ledger, &counted(&trace, &analysis));
        }

        #[test]
        fn where_spans_nest_a_tasks_time_is_what_its_children_leave(lanes in nested_lanes()) {
            let trace = drawn::numbers(&lanes);
            let analysis = of_trace(&trace);
            let mut by_row = vec![0; analysis.tasks.len()];
            for part in &analysis.ledger.tasks {
                by_row[part.task] = part.ns;
            }
            let mut left = vec![0; analysis.tasks.len()];
            for lane in trace.lanes() {
                let spans: Vec<_> = lane.spans.iter().map(|span| (span.start.ns(), span.end.unwrap().ns())).collect();
                for (index, &(start, end)) in spans.iter().enumerate() {
                    let in_child = |ns: &i64| spans[index + 1..].iter().any(|child| (child.0..child.1).contains(ns));
                    let row = analysis.rows.of(lane.spans.at(index).key).unwrap();
                    left[row] += (start..end).filter(|ns| !in_child(ns)).count() as i128;
                }
            }
            prop_assert_eq!(by_row, left);
        }
    }
}
