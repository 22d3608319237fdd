//! The figures of a run that comparisons use: what its tasks took, and where its wall time went.
//!
//! `run.json` and baselines contain them in this form. Durations are in ns. New keys do not need a new version.

use serde::{Deserialize, Serialize};

/// What a run did, without its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// From the first start of its spans to their last end; 0 if it has timings only.
    pub wall_ns: u64,
    /// The rest of the command's time; `None` if no command was run, as for records that were only read.
    pub around: Option<Around>,
    /// The part of `wall_ns` in which no span ran; `None` if the run has too many spans to share its wall time.
    pub idle_ns: Option<u64>,
    /// The tasks of greatest total, ties by name; at most [`NAMED`](crate::analysis::NAMED). In the order of their
    /// groups and names.
    pub tasks: Vec<TaskFigures>,
    /// All other tasks.
    pub others: Option<OtherTasks>,
}

/// The time of a command outside its spans. With the wall time of its spans it sums to the command's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Around {
    /// From the command's start to its first span.
    pub before_ns: u64,
    /// From its last span to its end.
    pub after_ns: u64,
}

/// The figures of one task of one group. Unfinished spans enter only their own count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskFigures {
    pub group: String,
    pub task: String,
    /// Finished spans, and timings.
    pub count: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unfinished: u64,
    /// The sum of the durations; at most the greatest `u64`.
    pub total_ns: u64,
    /// Its share of the wall time: at every instant the wall clock is shared equally by the innermost spans that run.
    /// The shares and `idle_ns` sum to `wall_ns`. `None` as for `idle_ns`.
    pub share_ns: Option<u64>,
    /// `None` when `count` is 0.
    pub durations: Option<TaskDurations>,
}

/// The durations of a task's spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskDurations {
    pub mean_ns: u64,
    pub min_ns: u64,
    pub median_ns: u64,
    pub p95_ns: u64,
    pub p99_ns: u64,
    pub max_ns: u64,
}

/// The tasks that are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OtherTasks {
    /// The number of tasks.
    pub tasks: u64,
    pub count: u64,
    pub total_ns: u64,
    /// As for a task.
    pub share_ns: Option<u64>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Figures {
    /// The time of the whole run: that of the command if it is known, else that of its spans.
    pub(crate) fn whole_ns(&self) -> u64 {
        let around_ns = self.around.map_or(0, |around| around.before_ns.saturating_add(around.after_ns));
        self.wall_ns.saturating_add(around_ns)
    }

    /// Whether it took no time and has no duration, so that nothing can be compared with it.
    pub(crate) fn is_zero(&self) -> bool {
        self.whole_ns() == 0
            && self.tasks.iter().all(|task| task.total_ns == 0)
            && self.others.is_none_or(|others| others.total_ns == 0)
    }

    /// Keeps the `most` tasks of greatest total, ties by name. The others are added to the other tasks.
    pub(crate) fn keep(&mut self, most: usize) {
        let mut tasks = std::mem::take(&mut self.tasks);
        tasks.sort_by_key(|task| std::cmp::Reverse(task.total_ns)); // stable
        let dropped = tasks.split_off(most.min(tasks.len()));
        tasks.sort_by(|one, other| (&one.group, &one.task).cmp(&(&other.group, &other.task)));
        self.tasks = tasks;
        for task in dropped {
            let others =
                self.others.get_or_insert(OtherTasks { tasks: 0, count: 0, total_ns: 0, share_ns: Some(0) });
            others.tasks += 1;
            others.count = others.count.saturating_add(task.count);
            others.total_ns = others.total_ns.saturating_add(task.total_ns);
            others.share_ns =
                others.share_ns.zip(task.share_ns).map(|(one, other)| one.saturating_add(other));
        }
    }

    /// Whether it has neither a span nor a timing.
    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty() && self.others.is_none()
    }
}
