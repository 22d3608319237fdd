//! Budgets: limits for the durations of a task, or for a whole run.
//!
//! Takes `render=16ms@p95` and a table of tasks; gives a check for each (group, task) that the name or glob matches.
//! Takes `wall=90s` or `peak_memory=2GB` and the figures of the run; gives one check.

use std::fmt;
use std::str::FromStr;

use super::check::{Limit, Limited, Measured, SpanCounts};
use super::figure::Figure;
use super::subject::Subject;
use crate::analysis::{Task, TaskRows, TaskStatistics, durations_of};
use crate::model::{Durations, Keys, Summary};
use crate::text::{TaskGlobs, units};

/// A limit on one figure of a task's durations, or of a whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The name of a task, or a glob that matches `task` or `group/task`. `None` for the whole run.
    pub task: Option<String>,
    /// The figure and its limit, 0 or more.
    pub limit: Limit,
}

/// What is known of a whole run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Whole {
    /// From its start to its end.
    pub(crate) wall_ns: Option<i64>,
    /// The most memory, in bytes.
    pub(crate) peak: Option<Measured>,
}

/// The check of a budget of a whole run; `None` for one of a task.
pub(crate) fn check_of_run(budget: &Budget, whole: Whole) -> Option<Limited> {
    let measured = match budget.limit.figure {
        Figure::Wall => whole.wall_ns.map(Measured::Exact),
        Figure::PeakMemory => whole.peak,
        _ => return None,
    };
    Some(Limited { subject: Subject::Run, limit: budget.limit.clone(), measured, spans: None })
}

/// The checks of a budget of a task, in the order of `tasks`, which are all rows of the table. Empty when the budget
/// matches none. O(durations kept for the tasks that match).
pub(crate) fn checks(
    budget: &Budget,
    summary: &Summary,
    (tasks, rows): (&[TaskStatistics], &TaskRows),
) -> Vec<Limited> {
    let globs = TaskGlobs::new(budget.task.as_slice());
    let keys = summary.keys();
    let matching = tasks.iter().enumerate().filter(|(_, task)| {
        let (group, name) = task.task.names(keys);
        matches!(task.task, Task::Named { .. }) && globs.matches(group, name)
    });
    matching.map(|(row, task)| check(&budget.limit, keys, task, &durations_of(summary, rows, row))).collect()
}

fn check(limit: &Limit, keys: &Keys, task: &TaskStatistics, durations: &Durations) -> Limited {
    let (group, name) = task.task.names(keys);
    Limited {
        subject: Subject::Task { group: group.to_owned(), task: name.to_owned() },
        limit: limit.clone(),
        measured: measured(limit.figure, task, durations),
        spans: Some(SpanCounts { count: task.count, over: durations.over(limit.at_most) }),
    }
}

fn measured(figure: Figure, task: &TaskStatistics, durations: &Durations) -> Option<Measured> {
    let of = task.durations?;
    let Figure::Percentile(percentile) = figure else { return Some(Measured::Exact(of.mean_ns)) };
    let [ns] = durations.percentiles([percentile], (of.min_ns, of.max_ns))?;
    let is_extreme = matches!(percentile.thousandths(), 0 | 100_000);
    Some(if durations.is_exact() || is_extreme { Measured::Exact(ns) } else { Measured::About(ns) })
}

/// The budget as the user wrote it, such as `render=16ms@p95`.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.limit.text)
    }
}

/// A text that is not a [`Budget`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}; write it as {example}")]
pub struct BudgetError {
    why: &'static str,
    example: &'static str,
}

/// Reads `TASK=TARGET@FIGURE`, split at the last `=`, since a task's name may contain one. The figure is mean,
/// median, min, max or a percentile from p0 to p100 with at most three decimals. Reads `wall=TARGET` and
/// `peak_memory=SIZE` as budgets of the whole run.
impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Budget, BudgetError> {
        let refused = |why| BudgetError { why, example: "render=16ms@p95" };
        let (name, target) = text.rsplit_once('=').ok_or_else(|| refused("no `=` after the task"))?;
        let limit = |figure, at_most| Limit { figure, at_most, text: text.to_owned() };
        let Some((target, figure)) = target.split_once('@') else {
            let (figure, at_most) = read_of_run(name, target)?;
            return Ok(Budget { task: None, limit: limit(figure, at_most) });
        };
        let at_most =
            read_duration(target).ok_or_else(|| refused("the limit is not a duration with a unit"))?;
        let figure = Figure::of_durations(figure)
            .ok_or_else(|| refused("the figure is not mean, median, min, max or a percentile such as p95"))?;
        Ok(Budget { task: Some(name.to_owned()), limit: limit(figure, at_most) })
    }
}

/// The figure of a whole run with this name, and its limit.
fn read_of_run(name: &str, limit: &str) -> Result<(Figure, i64), BudgetError> {
    let (figure, at_most, why, example) = match name {
        "wall" => (Figure::Wall, read_duration(limit), "the limit is not a duration with a unit", "wall=90s"),
        "peak_memory" => {
            let bytes = units::read_bytes(limit).and_then(|bytes| i64::try_from(bytes).ok());
            (Figure::PeakMemory, bytes, "the limit is not a size with a unit", "peak_memory=2GB")
        }
        _ => {
            let why = "no `@` and a figure after the limit";
            return Err(BudgetError {
                why,
                example: "render=16ms@p95; or wall=90s, peak_memory=2GB for the whole run",
            });
        }
    };
    at_most.map(|at_most| (figure, at_most)).ok_or(BudgetError { why, example })
}

/// A duration of 0 ns or more.
fn read_duration(text: &str) -> Option<i64> {
    units::read_duration(text).filter(|ns| *ns >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{drawn, statistics, summary_of};

    fn read(text: &str) -> Option<(String, i64, String)> {
        text.parse().ok().map(|budget: Budget| {
            (budget.task.unwrap(), budget.limit.at_most, budget.limit.figure.to_string())
        })
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
    fn a_budget_without_a_figure_is_one_of_the_whole_run() {
        let whole = Whole { wall_ns: Some(4), peak: Some(Measured::AtMost(2_000)) };
        for (text, figure, at_most, is_met) in [
            ("wall=4ns", Figure::Wall, 4, true),
            ("wall=3ns", Figure::Wall, 3, false),
            ("peak_memory=2 kB", Figure::PeakMemory, 2_000, true),
        ] {
            let budget: Budget = text.parse().unwrap();
            assert_eq!(budget.to_string(), text);
            let check = check_of_run(&budget, whole).unwrap();
            assert_eq!((check.limit.figure, check.limit.at_most, check.is_met()), (figure, at_most, is_met));
            assert!(!check_of_run(&budget, Whole::default()).unwrap().is_met());
        }
        assert_eq!(check_of_run(&"wall=4ns@max".parse().unwrap(), whole), None, "a task may have this name");
    }

    #[test]
    fn what_is_no_budget_is_told_why() {
        for (text, why) in [
            ("wall=16", "duration with a unit; write it as wall=90s"),
            ("peak_memory=4s", "size with a unit; write it as peak_memory=2GB"),
            ("render", "no `=`"),
            ("render=16ms", "no `@`"),
            ("render=16@p95", "duration with a unit"),
            ("render=-16ms@p95", "duration with a unit"),
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

    /// The checks of a budget on a summary.
    fn checks_of(budget: &str, summary: &Summary) -> Vec<Limited> {
        let (tasks, rows) = statistics(summary, usize::MAX);
        checks(&budget.parse().unwrap(), summary, (&tasks, &rows))
    }

    /// The checks as `task measured over/count met`.
    #[track_caller]
    fn check(budget: &str, lanes: &[&str], expected: &[&str]) {
        let summary = summary_of(&drawn::trace(lanes));
        let mut found: Vec<String> = (checks_of(budget, &summary).iter())
            .map(|check| {
                assert!(check.is_certain());
                let measured = check.measured.map_or("-".into(), |measured| measured.highest().to_string());
                let Subject::Task { task, .. } = &check.subject else { panic!("{check:?}") };
                let SpanCounts { count, over } = check.spans.unwrap();
                assert_eq!(over.0, over.1);
                format!("{task} {measured} {}/{count} {}", over.0, check.is_met())
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
        let check = |text: &str| checks_of(text, &summary).remove(0);
        let near = check("a=1050ns@p50");
        assert!(matches!(near.measured, Some(Measured::About(_))) && !near.is_certain(), "{near:?}");
        let over = near.spans.unwrap().over;
        assert!(over.0 < 2450 && 2450 < over.1, "49 of 100 are over 1,050 ns: {near:?}");
        assert!(check("a=2us@p50").is_certain());
        let longest = check("a=1099ns@max");
        assert!(matches!(longest.measured, Some(Measured::Exact(_))) && longest.is_certain());
        assert!(longest.is_met());
    }
}
