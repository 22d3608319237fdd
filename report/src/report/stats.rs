//! Statistics to be computed: what to read, which tasks are told of, what they may take.
//!
//! All figures come from the summary of what is read, so they are those of the report.

use std::path::PathBuf;

use super::{DISTRIBUTIONS, Error, Report};
use crate::analysis::{self, Distribution, NAMED, TaskRows, TaskStatistics};
use crate::gate::{self, Budget, Check, Gate, Subject};
use crate::model::{Keys, Summary};
use crate::outputs::Statistics;
use crate::reading::{Loaded, Reading};
use crate::text::{Globs, NoMatch, TaskGlobs, Zone};

/// Statistics to be computed; by default of every task, without budgets.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let directory = directory.path();
/// # recorder::Recorder::new("download", directory, 480).instant("save");
/// let budgets = vec!["save=16ms@p95".parse()?];
/// let stats = waterfall::Stats { budgets, ..waterfall::Stats::of(directory) };
/// let statistics = stats.compute()?;
/// assert!(statistics.gate.is_passed());
/// println!("{}", statistics.json());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// What to read; the groups and tasks of its selection are ignored, and its detail unless distributions are computed.
    pub reading: Reading,
    /// The zone of clock times; by default the offset of the earliest record, else UTC.
    pub zone: Option<Zone>,
    /// Globs of groups, one of which a task's group must match; without any, every group. Tasks that are left out take
    /// no part in the rows, but still in self times and shares.
    pub groups: Vec<String>,
    /// The same for tasks; one with a `/` may also match `group/task`. Where there are any, the distributions of the
    /// first twelve tasks that match are computed.
    pub tasks: Vec<String>,
    /// The most that tasks may take.
    pub budgets: Vec<Budget>,
}

/// What is wanted of a table of tasks.
struct Found {
    /// The whole table, and whose row a span's key is.
    all: Vec<TaskStatistics>,
    rows: TaskRows,
    /// Which of its rows are told of.
    chosen: Vec<usize>,
    gate: Gate,
}

impl Stats {
    /// The statistics of one records directory.
    pub fn of(directory: impl Into<PathBuf>) -> Stats {
        Stats { reading: Reading::of(directory), ..Stats::default() }
    }

    /// Reads, merges and computes. Costs what a report of the same input costs, without its page; memory for rows only
    /// where distributions are computed.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when nothing could be read, [`Error::NoMatch`] when a glob of groups or tasks matches nothing. A
    /// budget that matches nothing is a broken check of [`Statistics::gate`].
    pub fn compute(&self) -> Result<Statistics, Error> {
        let loaded = self.load()?;
        let found = self.find(&loaded.summary)?;
        Ok(self.statistics(loaded, found))
    }

    /// The same, and the page that shows how these tasks are distributed, above the chart of all that was read.
    ///
    /// # Errors
    ///
    /// As [`Stats::compute`].
    pub fn render(&self) -> Result<(Statistics, String), Error> {
        let loaded = self.load()?;
        let found = self.find(&loaded.summary)?;
        let names = found.chosen.iter().map(|&row| found.all[row].task.names(loaded.summary.keys()));
        let report = Report {
            reading: self.reading(),
            zone: self.zone,
            distributions: names.map(|(group, task)| (group.into(), task.into())).collect(),
            ..Report::default()
        };
        let html = report.render_loaded(&loaded).html;
        Ok((self.statistics(loaded, found), html))
    }

    fn load(&self) -> Result<Loaded, Error> {
        Ok(self.reading().load()?)
    }

    /// All groups and tasks, with rows where distributions are computed.
    fn reading(&self) -> Reading {
        let mut reading = self.reading.clone();
        reading.selection.groups.clear();
        reading.selection.tasks.clear();
        if self.tasks.is_empty() {
            reading.detail = 0;
        }
        reading
    }

    /// What is wanted of the whole table.
    fn find(&self, summary: &Summary) -> Result<Found, Error> {
        let (all, rows) = analysis::statistics(summary, usize::MAX);
        let chosen = self.chosen(&all, summary.keys())?;
        let mut checks = Vec::new();
        for budget in &self.budgets {
            let found = gate::checks(budget, summary, (&all, &rows));
            if found.is_empty() {
                let no_match = no_match("task", &budget.task, &all, summary.keys());
                let subject = Subject::Unmatched(no_match);
                checks.push(Check { subject, limit: budget.limit.clone(), measured: None, spans: None });
            }
            checks.extend(found);
        }
        Ok(Found { all, rows, chosen, gate: Gate { checks } })
    }

    fn statistics(&self, loaded: Loaded, found: Found) -> Statistics {
        let Loaded { summary, trace, problems, .. } = loaded;
        let Found { all, rows, chosen, gate } = found;
        let distributed = if self.tasks.is_empty() { 0 } else { DISTRIBUTIONS };
        let distribution = |(index, &row): (usize, &usize)| Distribution {
            row: index,
            ..analysis::distribution(&trace, &summary, &rows, row)
        };
        Statistics {
            overview: analysis::overview(&summary),
            tasks: chosen.iter().map(|&row| all[row].clone()).collect(),
            distributions: chosen.iter().take(distributed).enumerate().map(distribution).collect(),
            gate,
            counters: analysis::counter_figures(&trace, &summary),
            zone: self.zone.or(trace.offset_s().map(Zone::Fixed)).unwrap_or(Zone::Fixed(0)),
            problems,
            summary,
            trace,
        }
    }

    /// The rows that are wanted.
    fn chosen(&self, all: &[TaskStatistics], keys: &Keys) -> Result<Vec<usize>, Error> {
        for glob in &self.groups {
            let own = Globs::new(std::slice::from_ref(glob));
            if !all.iter().any(|row| own.match_any(&[row.task.names(keys).0])) {
                return Err(no_match("group", glob, all, keys).into());
            }
        }
        for glob in &self.tasks {
            let own = TaskGlobs::new(std::slice::from_ref(glob));
            let is_match = |(group, task)| own.matches(group, task);
            if !all.iter().any(|row| is_match(row.task.names(keys))) {
                return Err(no_match("task", glob, all, keys).into());
            }
        }
        let (groups, tasks) = (Globs::new(&self.groups), TaskGlobs::new(&self.tasks));
        let is_wanted = |row: &TaskStatistics| {
            let (group, task) = row.task.names(keys);
            groups.match_any(&[group]) && tasks.matches(group, task)
        };
        let chosen: Vec<usize> = (0..all.len()).filter(|&row| is_wanted(&all[row])).collect();
        if chosen.is_empty() && !self.tasks.is_empty() && !self.groups.is_empty() {
            let of_groups = all.iter().filter(|row| groups.match_any(&[row.task.names(keys).0]));
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
    let names: Vec<String> = match what {
        "group" => names.map(|(group, _)| group.to_owned()).collect(),
        _ if glob.contains('/') => names.map(|(group, task)| format!("{group}/{task}")).collect(),
        _ => names.map(|(_, task)| task.to_owned()).collect(),
    };
    NoMatch::new(what, glob, names)
}
