//! The figures of a run, for comparisons.
//!
//! Takes what was loaded of a run, and when its command ran. Gives the figures that `run.json` and baselines keep.

use crate::analysis::{self, NAMED, Task, TaskStatistics, WallShares};
use crate::model::{Clock, Summary};
use crate::reading::Loaded;
use crate::runs::{Around, Figures, OtherTasks, TaskDurations, TaskFigures};

impl Figures {
    /// The figures of what was loaded. `command` is the start of the command in ns since the Unix epoch and the time
    /// that it took, if one was run.
    pub(crate) fn of(loaded: &Loaded, command: Option<(i64, u64)>) -> Figures {
        let summary = &loaded.summary;
        let wall_ns = unsigned(analysis::overview(summary).wall_ns().into());
        let shares = shares(loaded, wall_ns);
        let mut tasks = Vec::new();
        let mut others = None;
        for row in analysis::statistics(summary, NAMED).0 {
            match row.task {
                Task::Named { group, task } => {
                    let share_ns =
                        shares.as_ref().map(|of| of.tasks.get(&(group, task)).copied().unwrap_or(0));
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
}

/// The shares of the wall time, if all rows are there.
fn shares(loaded: &Loaded, wall_ns: u64) -> Option<WallShares> {
    let rows = loaded.summary.lanes().fold(0_u64, |sum, (.., lane)| lane.row_count().saturating_add(sum));
    if loaded.trace.span_count() as u64 != rows {
        return None;
    }
    Some(analysis::wall_shares(&loaded.trace)).filter(|shares| shares.wall_ns == wall_ns)
}

/// The time of the command outside of its spans. `None` without a span, and if its spans have a clock of their own.
fn around(summary: &Summary, (start_ns, elapsed_ns): (i64, u64), wall_ns: u64) -> Option<Around> {
    let (first_ns, _) = summary.lanes_extent_ns().filter(|_| summary.clock() == Some(Clock::Wall))?;
    let before_ns = unsigned(i128::from(first_ns) - i128::from(start_ns));
    Some(Around { before_ns, after_ns: elapsed_ns.saturating_sub(before_ns).saturating_sub(wall_ns) })
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
        let of = Figures::of(&loaded, Some((START_NS, 50 * MS)));
        assert_eq!((of.wall_ns, of.idle_ns, of.whole_ns()), (30 * MS, Some(10 * MS), 50 * MS));
        assert_eq!(of.around, Some(Around { before_ns: 5 * MS, after_ns: 15 * MS }));
        let figures = |task: &TaskFigures| (task.task.clone(), task.count, task.total_ns, task.share_ns);
        assert_eq!(
            of.tasks.iter().map(figures).collect::<Vec<_>>(),
            [("a".into(), 1, 10 * MS, Some(7_500_000)), ("b".into(), 2, 15 * MS, Some(12_500_000))]
        );
        assert_eq!(of.others, None);
        assert_eq!(Figures::of(&loaded, None).around, None);
        // Two clocks need not agree.
        let late = Figures::of(&loaded, Some((START_NS + 10 * MS as i64, 20 * MS)));
        assert_eq!(late.around, Some(Around { before_ns: 0, after_ns: 0 }));
    }

    #[test]
    fn without_all_rows_there_are_no_shares() {
        let spans: Vec<_> = (0..100).map(|index| ("a", 2 * index, 2 * index + 1)).collect();
        let loaded = load(&[&spans], 99);
        let of = Figures::of(&loaded, None);
        assert_eq!((of.wall_ns, of.idle_ns, of.tasks[0].share_ns), (199 * MS, None, None));
        assert_eq!((of.tasks[0].count, of.tasks[0].total_ns), (100, 100 * MS));
        assert_eq!(Figures::of(&load(&[&spans], 100), None).idle_ns, Some(99 * MS));
    }

    #[test]
    fn beyond_a_thousand_tasks_those_of_the_least_total_are_together() {
        let names: Vec<String> = (0..1002).map(|index| format!("t{index:04}")).collect();
        let spans: Vec<_> = (names.iter().zip(0..))
            .map(|(name, index)| (name.as_str(), 10 * index, 10 * index + if index < 2 { 3 } else { 5 }))
            .collect();
        let of = Figures::of(&load(&[&spans], 2000), None);
        assert_eq!((of.tasks.len(), of.tasks[0].task.as_str()), (1000, "t0002"));
        let share_ns = Some(6 * MS);
        assert_eq!(of.others, Some(OtherTasks { tasks: 2, count: 2, total_ns: 6 * MS, share_ns }));
    }
}
