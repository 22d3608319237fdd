//! The figures of a run, for comparisons.
//!
//! Takes what was loaded of a run, and when its command ran. Gives the figures that `run.json` and baselines keep.

use crate::analysis::{self, NAMED, Task, TaskStatistics, WallShares};
use crate::model::{Clock, Summary};
use crate::reading::Loaded;
use crate::runs::{Around, Figures, OtherTasks, TaskDurations, TaskFigures};

/// How far spans may seem to be outside the command's time. The command is timed by another clock, and after the start.
const TOLERANCE_NS: i128 = 10_000_000;

/// The figures of what was loaded. `command` is the start of the command in ns since the Unix epoch and the time
/// that it took, if one was run.
pub(crate) fn figures(loaded: &Loaded, command: Option<(i64, u64)>) -> Figures {
    let summary = &loaded.summary;
    let wall_ns = unsigned(analysis::overview(summary).wall_ns().into());
    let shares = shares(loaded, wall_ns);
    let mut tasks = Vec::new();
    let mut others = None;
    for row in analysis::statistics(summary, NAMED).0 {
        match row.task {
            Task::Named { group, task } => {
                let share_ns = shares.as_ref().map(|of| of.tasks.get(&(group, task)).copied().unwrap_or(0));
                let (group, name) = row.task.names(summary.keys());
                tasks.push(of_task(&row, group, name, share_ns));
            }
            Task::Others(tasks) => {
                others = Some(OtherTasks {
                    tasks,
                    count: row.count,
                    total_ns: unsigned(row.total_ns),
                    share_ns: None,
                });
            }
        }
    }
    if let (Some(others), Some(shares)) = (&mut others, &shares) {
        let named: u64 = tasks.iter().filter_map(|task| task.share_ns).sum();
        others.share_ns = Some(wall_ns - shares.idle_ns - named);
    }
    tasks.sort_by(|one, other| (&one.group, &one.task).cmp(&(&other.group, &other.task)));
    Figures {
        wall_ns,
        around: command.and_then(|command| around(summary, command, wall_ns)),
        idle_ns: shares.map(|shares| shares.idle_ns),
        tasks,
        others,
    }
}

/// The shares of the wall time, if all rows are there.
fn shares(loaded: &Loaded, wall_ns: u64) -> Option<WallShares> {
    let rows = loaded.summary.lanes().fold(0_u64, |sum, (.., lane)| lane.row_count().saturating_add(sum));
    if loaded.trace.span_count() as u64 != rows {
        return None;
    }
    Some(analysis::wall_shares(&loaded.trace)).filter(|shares| shares.wall_ns == wall_ns)
}

/// The time of the command outside its spans: with theirs, it is exactly the time that the command took. `None` without
/// a span, and if a span lies outside the command's time: a process may outlive the command, the clock may be set, and
/// stamps may be in another clock or zone.
fn around(summary: &Summary, (start_ns, elapsed_ns): (i64, u64), wall_ns: u64) -> Option<Around> {
    let (first_ns, last_ns) = summary.lanes_extent_ns().filter(|_| summary.clock() == Some(Clock::Wall))?;
    let after_start = |ns: i64| i128::from(ns) - i128::from(start_ns);
    let is_inside = after_start(first_ns) >= -TOLERANCE_NS
        && after_start(last_ns) <= i128::from(elapsed_ns) + TOLERANCE_NS;
    let outside_ns = elapsed_ns.checked_sub(wall_ns).filter(|_| is_inside)?;
    let before_ns = unsigned(after_start(first_ns)).min(outside_ns);
    Some(Around { before_ns, after_ns: outside_ns - before_ns })
}

fn of_task(row: &TaskStatistics, group: &str, task: &str, share_ns: Option<u64>) -> TaskFigures {
    let ns = |ns: i64| unsigned(ns.into());
    TaskFigures {
        group: group.into(),
        task: task.into(),
        count: row.count,
        unfinished: row.unfinished,
        total_ns: unsigned(row.total_ns),
        share_ns,
        durations: row.durations.map(|of| TaskDurations {
            mean_ns: ns(of.mean_ns),
            min_ns: ns(of.min_ns),
            median_ns: ns(of.median_ns),
            p95_ns: ns(of.p95_ns),
            p99_ns: ns(of.p99_ns),
            max_ns: ns(of.max_ns),
        }),
    }
}

/// Less than nothing is 0, and what is too much is the greatest number.
fn unsigned(ns: i128) -> u64 {
    u64::try_from(ns.max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;

    use super::*;
    use crate::reading::Reading;

    /// What is loaded of lanes of spans, each as `(task, start, end)` in ms after 14:43:18 UTC.
    fn load(lanes: &[&[(&str, u64, u64)]], detail: u64) -> Loaded {
        let directory = tempfile::tempdir().unwrap();
        for (lane, spans) in lanes.iter().enumerate() {
            let mut text = String::from("group,task,start,end\n");
            for (task, start, end) in *spans {
                let stamp =
                    |ms: &u64| format!("2026-11-20T14:43:{:02}.{:03}+00:00", 18 + ms / 1000, ms % 1000);
                writeln!(text, "g,{task},{},{}", stamp(start), stamp(end)).unwrap();
            }
            fs::write(directory.path().join(format!("host.7-18f.{lane}-main.0.csv")), text).unwrap();
        }
        Reading { detail, ..Reading::of(directory.path()) }.load().unwrap()
    }

    const START_NS: i64 = 1_795_185_798_000_000_000;
    const MS: u64 = 1_000_000;

    #[test]
    fn the_parts_of_a_run_sum_to_its_time() {
        let loaded = load(&[&[("a", 5, 15), ("b", 25, 35)], &[("b", 10, 15)]], 100);
        let of = figures(&loaded, Some((START_NS, 50 * MS)));
        assert_eq!((of.wall_ns, of.idle_ns, of.whole_ns()), (30 * MS, Some(10 * MS), 50 * MS));
        assert_eq!(of.around, Some(Around { before_ns: 5 * MS, after_ns: 15 * MS }));
        let of_task = |task: &TaskFigures| (task.task.clone(), task.count, task.total_ns, task.share_ns);
        assert_eq!(
            of.tasks.iter().map(of_task).collect::<Vec<_>>(),
            [("a".into(), 1, 10 * MS, Some(7_500_000)), ("b".into(), 2, 15 * MS, Some(12_500_000))]
        );
        assert_eq!(of.others, None);
        assert_eq!(figures(&loaded, None).around, None);
    }

    #[test]
    fn the_time_around_spans_is_known_only_if_they_lie_in_the_time_of_the_command() {
        let loaded = load(&[&[("a", 5, 35)]], 100);
        let around = |start_ms: i64, elapsed_ms: u64| {
            let of = figures(&loaded, Some((START_NS + start_ms * MS as i64, elapsed_ms * MS)));
            assert!(of.around.is_none() || of.whole_ns() == elapsed_ms * MS);
            of.around.map(|around| (around.before_ns / MS, around.after_ns / MS))
        };
        // The two clocks need not agree to the millisecond.
        assert_eq!(around(15, 31), Some((0, 1)));
        assert_eq!(around(-100, 125), Some((95, 0)));
        // The clock was set while the command ran, or the stamps are in local time.
        assert_eq!([around(16, 40), around(3_600_000, 50), around(-3_600_000, 50)], [None; 3]);
        // A process went on after the command.
        assert_eq!([around(-100, 124), around(0, 29)], [None; 2]);
    }

    #[test]
    fn without_all_rows_there_are_no_shares() {
        let spans: Vec<_> = (0..100).map(|index| ("a", 2 * index, 2 * index + 1)).collect();
        let loaded = load(&[&spans], 99);
        let of = figures(&loaded, None);
        assert_eq!((of.wall_ns, of.idle_ns, of.tasks[0].share_ns), (199 * MS, None, None));
        assert_eq!((of.tasks[0].count, of.tasks[0].total_ns), (100, 100 * MS));
        assert_eq!(figures(&load(&[&spans], 100), None).idle_ns, Some(99 * MS));
    }

    #[test]
    fn beyond_a_thousand_tasks_those_of_the_least_total_are_together() {
        let names: Vec<String> = (0..1002).map(|index| format!("t{index:04}")).collect();
        let spans: Vec<_> = (names.iter().zip(0..))
            .map(|(name, index)| (name.as_str(), 10 * index, 10 * index + if index < 2 { 3 } else { 5 }))
            .collect();
        let of = figures(&load(&[&spans], 2000), None);
        assert_eq!((of.tasks.len(), of.tasks[0].task.as_str()), (1000, "t0002"));
        let share_ns = Some(6 * MS);
        assert_eq!(of.others, Some(OtherTasks { tasks: 2, count: 2, total_ns: 6 * MS, share_ns }));
    }
}
