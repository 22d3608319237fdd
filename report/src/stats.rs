//! Statistics to be computed: what to read, which tasks are wanted, what they may take.
//!
//! The way in for `waterfall stats` and for programs; all figures come from the summary of what is read, so they are
//! those of the report.

use std::path::PathBuf;

use crate::analysis::{self, Distribution, NAMED, TaskRows, TaskStatistics};
use crate::budget::{self, Budget, Verdict};
use crate::load::Loaded;
use crate::model::{Keys, Summary};
use crate::outputs::{self, Statistics, Zone};
use crate::selection::{Moment, Selection, TaskGlobs};
use crate::sources::{self, Problems};
use crate::{Progress, Report, near};

/// Statistics to be computed; by default of every task, without budgets.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Files and directories, as of a [`Report`].
    pub inputs: Vec<PathBuf>,
    /// Seconds east of UTC for records that carry no offset; by default 0.
    pub assumed_offset_s: Option<i32>,
    /// The zone of the moments told; by default the offset of the earliest record, else UTC.
    pub zone: Option<Zone>,
    /// Spans that end before this are not read.
    pub from: Option<Moment>,
    /// Spans that start after this are not read.
    pub to: Option<Moment>,
    /// Globs of groups, one of which a task's must match; none: any. What they leave out takes no part in the rows, and
    /// still in self times and shares.
    pub groups: Vec<String>,
    /// The same of tasks; one with a `/` may also match `group/task`. Where there are any, the distribution of each task
    /// is computed, of the [`DISTRIBUTIONS`] first at most.
    pub tasks: Vec<String>,
    /// What tasks may take.
    pub budgets: Vec<Budget>,
    /// How far the reading has come.
    pub progress: Progress,
}

/// Of as many tasks the distribution is computed.
pub const DISTRIBUTIONS: usize = 12;

/// Why there are no statistics.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] sources::Error),
    /// No task, or no group, is called so.
    #[error(transparent)]
    NoMatch(#[from] NoMatch),
}

/// A name that means nothing in what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {what} matches `{glob}`{proposal}")]
pub struct NoMatch {
    /// `task`, `group` or `task of these groups`.
    pub what: &'static str,
    /// What was asked for.
    pub glob: String,
    /// Which names are near, as a sentence's end.
    pub proposal: String,
}

/// What is wanted of a table of tasks.
struct Found {
    /// The whole table, and whose row a span's key is.
    all: Vec<TaskStatistics>,
    rows: TaskRows,
    /// Which of its rows are told of.
    chosen: Vec<usize>,
    verdicts: Vec<Verdict>,
    unmatched: Vec<NoMatch>,
}

impl Stats {
    /// The statistics of one records directory.
    pub fn of(directory: impl Into<PathBuf>) -> Stats {
        Stats { inputs: vec![directory.into()], ..Stats::default() }
    }

    /// Reads, merges and computes; gives the figures, and what was wrong with the input. Costs what a report of the
    /// same input costs, without its page; memory for rows only where distributions are wanted.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when nothing could be read, [`Error::NoMatch`] when none of a glob of groups or tasks means anything
    /// there; a budget of no task is [`Statistics::unmatched`].
    pub fn compute(&self) -> Result<(Statistics, Problems), Error> {
        let loaded = self.report().load()?;
        let found = self.find(&loaded.summary)?;
        Ok(self.statistics(loaded, found))
    }

    /// The same, and renders a page that shows how the tasks that are told of are distributed, above the chart of all that
    /// was read; [`outputs::replace`] puts it into a file.
    ///
    /// # Errors
    ///
    /// As [`Stats::compute`].
    pub fn render(&self) -> Result<(Statistics, Problems, String), Error> {
        let report = self.report();
        let loaded = report.load()?;
        let found = self.find(&loaded.summary)?;
        let names = found.chosen.iter().map(|&row| found.all[row].task.names(loaded.summary.keys()));
        let distributions = names.map(|(group, task)| (group.into(), task.into())).collect();
        let html = Report { distributions, ..report }.render_loaded(&loaded).html;
        let (statistics, problems) = self.statistics(loaded, found);
        Ok((statistics, problems, html))
    }

    /// The report of the same input, with rows where distributions are wanted.
    fn report(&self) -> Report {
        Report {
            inputs: self.inputs.clone(),
            zone: self.zone,
            assumed_offset_s: self.assumed_offset_s,
            selection: Selection { from: self.from, to: self.to, ..Selection::default() },
            detail: self.tasks.is_empty().then_some(0),
            progress: self.progress.clone(),
            ..Report::default()
        }
    }

    /// What is wanted of the whole table.
    fn find(&self, summary: &Summary) -> Result<Found, Error> {
        let (all, rows) = analysis::statistics(summary, usize::MAX);
        let chosen = self.chosen(&all, summary.keys())?;
        let (mut verdicts, mut unmatched) = (Vec::new(), Vec::new());
        for budget in &self.budgets {
            let found = budget::verdicts(budget, summary, (&all, &rows));
            if found.is_empty() {
                unmatched.push(no_match("task", &budget.task, &all, summary.keys()));
            }
            verdicts.extend(found);
        }
        Ok(Found { all, rows, chosen, verdicts, unmatched })
    }

    fn statistics(&self, loaded: Loaded, found: Found) -> (Statistics, Problems) {
        let Loaded { summary, shown, problems, .. } = loaded;
        let trace = shown.trace;
        let Found { all, rows, chosen, verdicts, unmatched } = found;
        let distributed = if self.tasks.is_empty() { 0 } else { DISTRIBUTIONS };
        let distribution = |(index, &row): (usize, &usize)| Distribution {
            row: index,
            ..analysis::distribution(&trace, &summary, &rows, row)
        };
        let recorded = trace.offset_s().map(Zone::Fixed);
        let listed = problems.first().iter().map(|problem| outputs::Problem {
            path: problem.path.to_string_lossy().into_owned(),
            line: problem.line,
            what: problem.message.clone(),
        });
        let statistics = Statistics {
            overview: analysis::overview(&summary),
            tasks: chosen.iter().map(|&row| all[row].clone()).collect(),
            distributions: chosen.iter().take(distributed).enumerate().map(distribution).collect(),
            verdicts,
            unmatched,
            counters: analysis::counter_figures(&trace, &summary),
            zone: self.zone.or(recorded).unwrap_or(Zone::Fixed(0)),
            problems: listed.collect(),
            problem_count: problems.total(),
            summary,
            trace,
        };
        (statistics, problems)
    }

    /// The rows that are wanted.
    fn chosen(&self, all: &[TaskStatistics], keys: &Keys) -> Result<Vec<usize>, Error> {
        for (what, globs) in [("group", &self.groups), ("task", &self.tasks)] {
            for glob in globs {
                let own = TaskGlobs::new(std::slice::from_ref(glob));
                let is_match = |row: &TaskStatistics| match (what, row.task.names(keys)) {
                    ("group", (group, _)) => own.matches("", group),
                    (_, (group, task)) => own.matches(group, task),
                };
                if !all.iter().any(is_match) {
                    return Err(no_match(what, glob, all, keys).into());
                }
            }
        }
        let (groups, tasks) = (TaskGlobs::new(&self.groups), TaskGlobs::new(&self.tasks));
        let is_wanted = |row: &TaskStatistics| {
            let (group, task) = row.task.names(keys);
            groups.matches("", group) && tasks.matches(group, task)
        };
        let chosen: Vec<usize> = (0..all.len()).filter(|&row| is_wanted(&all[row])).collect();
        if chosen.is_empty() && !self.tasks.is_empty() && !self.groups.is_empty() {
            let of_groups = all.iter().filter(|row| groups.matches("", row.task.names(keys).0));
            return Err(no_match("task of these groups", &self.tasks.join(", "), of_groups, keys).into());
        }
        Ok(chosen)
    }
}

fn no_match<'a>(
    what: &'static str,
    glob: &str,
    rows: impl IntoIterator<Item = &'a TaskStatistics>,
    keys: &Keys,
) -> NoMatch {
    // Near names are looked for among those that a reader knows from the table.
    let names = rows.into_iter().take(NAMED).map(|row| row.task.names(keys));
    let mut names: Vec<String> = match what {
        "group" => names.map(|(group, _)| group.to_owned()).collect(),
        _ if glob.contains('/') => names.map(|(group, task)| format!("{group}/{task}")).collect(),
        _ => names.map(|(_, task)| task.to_owned()).collect(),
    };
    names.sort();
    names.dedup();
    NoMatch { what, glob: glob.to_owned(), proposal: near::proposal(glob, names.iter().map(String::as_str)) }
}
