//! Budgets: how long the spans of a task may take, and whether they did.
//!
//! Takes `render=16ms@p95` and a table of tasks; gives a verdict for each (group, task) that the name or glob matches.
//! Pure. A task that exactly reaches its budget keeps it.

use std::fmt;
use std::str::FromStr;

use crate::analysis::{QUANTILE_ERROR, Task, TaskRows, TaskStatistics, durations_of};
use crate::model::{Durations, Keys, Percentile, Summary};
use crate::outputs::units;
use crate::selection::TaskGlobs;

/// What a task may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// A task, a glob of tasks, or of `group/task`.
    pub task: String,
    /// At most so long, in ns; 0 or more.
    pub target_ns: i64,
    /// Which of its figures.
    pub measure: Measure,
    /// As it was written.
    text: String,
}

/// A figure of a task's durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The mean.
    Mean,
    /// A percentile: 0 is the shortest, 100 the longest.
    Percentile(Percentile),
}

/// Whether one task keeps a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The budget.
    pub budget: Budget,
    /// The group and the task.
    pub task: (String, String),
    /// The figure, in ns; `None` where no span of the task ended.
    pub measured_ns: Option<i64>,
    /// Whether the figure is exact; else it is at most 0.4 % off.
    pub exact: bool,
    /// How many spans ended.
    pub count: u64,
    /// How many of them took longer than the target: at least and at most.
    pub over: (u64, u64),
}

impl Verdict {
    /// Whether the budget is kept. Nothing measured keeps none.
    pub fn is_met(&self) -> bool {
        self.measured_ns.is_some_and(|ns| ns <= self.budget.target_ns)
    }

    /// Whether the error of the figure leaves no doubt of that.
    pub fn is_certain(&self) -> bool {
        let distance = |ns: i64| (ns - self.budget.target_ns).unsigned_abs() as f64;
        self.exact || self.measured_ns.is_none_or(|ns| distance(ns) > ns as f64 * QUANTILE_ERROR)
    }
}

/// The verdicts of each budget, in the order of `tasks`, which are the rows of the whole table; none of a budget whose
/// name nothing matches. O(the durations that are kept of the tasks that match).
pub fn verdicts(
    budget: &Budget,
    summary: &Summary,
    (tasks, rows): (&[TaskStatistics], &TaskRows),
) -> Vec<Verdict> {
    let globs = TaskGlobs::new(std::slice::from_ref(&budget.task));
    let keys = summary.keys();
    let matching = tasks.iter().enumerate().filter(|(_, task)| {
        let (group, name) = task.task.names(keys);
        matches!(task.task, Task::Named { .. }) && globs.matches(group, name)
    });
    matching.map(|(row, task)| verdict(budget, keys, task, &durations_of(summary, rows, row))).collect()
}

fn verdict(budget: &Budget, keys: &Keys, task: &TaskStatistics, durations: &Durations) -> Verdict {
    let (group, name) = task.task.names(keys);
    let measured_ns = task.durations.and_then(|figures| match budget.measure {
        Measure::Mean => Some(figures.mean_ns),
        Measure::Percentile(percentile) => {
            durations.percentiles([percentile], (figures.min_ns, figures.max_ns)).map(|[ns]| ns)
        }
    });
    let is_extreme = |percentile: Percentile| matches!(percentile.thousandths(), 0 | 100_000);
    Verdict {
        budget: budget.clone(),
        task: (group.to_owned(), name.to_owned()),
        measured_ns,
        exact: durations.is_exact()
            || match budget.measure {
                Measure::Mean => true,
                Measure::Percentile(percentile) => is_extreme(percentile),
            },
        count: task.count,
        over: durations.over(budget.target_ns),
    }
}

/// `mean`, `p95`, `p99.9`, `min`, `max`.
impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Mean => f.write_str("mean"),
            Measure::Percentile(percentile) if *percentile == Percentile::MAX => f.write_str("max"),
            Measure::Percentile(percentile) if percentile.thousandths() == 0 => f.write_str("min"),
            Measure::Percentile(percentile) => {
                let (whole, part) = (percentile.thousandths() / 1000, percentile.thousandths() % 1000);
                let part = format!(".{part:03}");
                write!(f, "p{whole}{}", part.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

/// As it was written.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is no [`Budget`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not like render=16ms@p95: {why}")]
pub struct BudgetError {
    text: String,
    why: &'static str,
}

/// Reads `TASK=TARGET@FIGURE`, split at the last `=`, since tasks may have one in their names. The figure is one of
/// mean, median, min, max and p0 to p100 with at most three decimals.
impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Budget, BudgetError> {
        let refused = |why| BudgetError { text: text.to_owned(), why };
        let (task, limit) = text.rsplit_once('=').ok_or_else(|| refused("no `=` behind a task"))?;
        let (target, measure) =
            limit.split_once('@').ok_or_else(|| refused("no `@` and a figure behind the target"))?;
        let target_ns = units::read_duration(target).filter(|ns| *ns >= 0);
        let measure = read_measure(measure);
        Ok(Budget {
            task: task.to_owned(),
            target_ns: target_ns.ok_or_else(|| refused("the target is a length of time such as 16ms"))?,
            measure: measure
                .ok_or_else(|| refused("the figure is one of mean, median, min, max, p95, p99.9 ..."))?,
            text: text.to_owned(),
        })
    }
}

fn read_measure(text: &str) -> Option<Measure> {
    let thousandths = match text {
        "mean" => return Some(Measure::Mean),
        "min" => 0,
        "median" => Percentile::P50.thousandths(),
        "max" => Percentile::MAX.thousandths(),
        _ => {
            let (whole, part) =
                text.strip_prefix('p').map(|digits| digits.split_once('.').unwrap_or((digits, "")))?;
            let are_digits =
                [whole, part].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            if !are_digits || whole.is_empty() || part.len() > 3 {
                return None;
            }
            format!("{whole}{part:0<3}").parse().ok()?
        }
    };
    Percentile::of_thousandths(thousandths).map(Measure::Percentile)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, statistics, summary_of};

    fn read(text: &str) -> Option<(String, i64, String)> {
        text.parse().ok().map(|budget: Budget| (budget.task, budget.target_ns, budget.measure.to_string()))
    }

    #[test]
    fn a_budget_is_read_from_its_text() {
        for (text, task, target_ns, measure) in [
            ("render=16ms@p95", "render", 16_000_000, "p95"),
            ("frame=33.3ms@mean", "frame", 33_300_000, "mean"),
            ("a=b=16ms@p95", "a=b", 16_000_000, "p95"),
            ("zip/*=2 s@p99.9", "zip/*", 2_000_000_000, "p99.9"),
            ("x=0ns@median", "x", 0, "p50"),
            ("x=1us@max", "x", 1000, "max"),
            ("x=1us@min", "x", 1000, "min"),
            ("=1us@p0.125", "", 1000, "p0.125"),
        ] {
            assert_eq!(read(text), Some((task.into(), target_ns, measure.into())), "{text}");
            assert_eq!(text.parse::<Budget>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_budget_is_told_why() {
        for (text, why) in [
            ("render", "no `=`"),
            ("render=16ms", "no `@`"),
            ("render=16@p95", "length of time"),
            ("render=-16ms@p95", "length of time"),
            ("render=16ms@p101", "the figure"),
            ("render=16ms@p", "the figure"),
            ("render=16ms@p1.2345", "the figure"),
            ("render=16ms@p+5", "the figure"),
            ("render=16ms@average", "the figure"),
        ] {
            let told = text.parse::<Budget>().unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }

    /// Verdicts as `group/task measured over/count met`.
    #[track_caller]
    fn check(budget: &str, lanes: &[&str], expected: &[&str]) {
        let summary = summary_of(&drawn::trace(lanes));
        let (tasks, rows) = statistics(&summary, usize::MAX);
        let mut found: Vec<String> = (verdicts(&budget.parse().unwrap(), &summary, (&tasks, &rows)).iter())
            .map(|verdict| {
                assert!(verdict.is_certain());
                let measured = verdict.measured_ns.map_or("-".into(), |ns| ns.to_string());
                let (name, over, count) = (&verdict.task.1, verdict.over, verdict.count);
                assert_eq!(over.0, over.1);
                format!("{name} {measured} {}/{count} {}", over.0, verdict.is_met())
            })
            .collect();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_task_that_reaches_its_budget_keeps_it() {
        let lanes = ["a(0..10) a(20..40) a(50..80)"];
        check("a=20ns@mean", &lanes, &["a 20 1/3 true"]);
        check("a=19ns@mean", &lanes, &["a 20 2/3 false"]);
        check("a=30ns@max", &lanes, &["a 30 0/3 true"]);
        check("a=29ns@p95", &lanes, &["a 29 1/3 true"]);
        check("a=9ns@min", &lanes, &["a 10 3/3 false"]);
    }

    #[test]
    fn every_task_that_matches_is_checked_on_its_own() {
        check("*=15ns@max", &["a(0..10) bb(20..40)", "bb(0..5)"], &["a 10 0/1 true", "bb 20 1/2 false"]);
        check("b*=15ns@p50", &["a(0..10) bb(20..40)", "bb(0..5)"], &["bb 12 1/2 true"]);
        check("none=15ns@p50", &["a(0..10)"], &[]);
    }

    #[test]
    fn where_no_span_ended_no_budget_is_kept() {
        check("a=15ns@max", &["a(0..)"], &["a - 0/0 false"]);
    }

    #[test]
    fn a_figure_in_buckets_may_leave_a_doubt() {
        let lane: Vec<String> =
            (0..5000).map(|n| format!("a({}..{})", 10_000 * n, 10_000 * n + 1000 + n % 100)).collect();
        let summary = summary_of(&drawn::trace(&[&lane.join(" ")]));
        let (tasks, rows) = statistics(&summary, usize::MAX);
        let verdict = |text: &str| verdicts(&text.parse().unwrap(), &summary, (&tasks, &rows)).remove(0);
        let near = verdict("a=1050ns@p50");
        assert!(!near.exact && !near.is_certain(), "{near:?}");
        assert!(near.over.0 < 2450 && 2450 < near.over.1, "49 of 100 are over 1,050 ns: {near:?}");
        assert!(verdict("a=2us@p50").is_certain());
        let longest = verdict("a=1099ns@max");
        assert!(longest.exact && longest.is_met() && longest.is_certain());
    }
}
