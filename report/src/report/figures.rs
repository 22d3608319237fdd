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
