//! Statistics to be computed: what to read, which tasks to show, which budgets to check.
//!
//! All figures come from the summary of the input, so they equal those of the report.

use std::path::PathBuf;

use super::{ASKED, Error, Report, clocks, cpu_use, kept_run, with_waits_of_runs, zone};
use crate::analysis::{self, NAMED, Table, TaskRows, TaskStatistics};
use crate::gate::{self, Budget, Check, Gate, Limited, Subject, Whole};
use crate::model::{Keys, Summary};
use crate::outputs::Statistics;
use crate::reading::{Loaded, Reading, unmatched_waits};
use crate::text::{Globs, NoMatch, TaskGlobs, Zone};

/// Statistics to be computed. By default they cover every task and check no budget.
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
    /// What to read. Groups and tasks of its selection are ignored, and so is its detail if no distributions are
    /// computed.
    pub reading: Reading,
    /// The zone of clock times. By default the offset of the earliest record, else UTC.
    pub zone: Option<Zone>,
    /// Globs of groups, of which a task's group must match one. Without any, every group. Tasks that do not match
    /// have no row, but still count in self times and shares.
    pub groups: Vec<String>,
    /// Globs of tasks, used in the same way. One with a `/` may also match `group/task`. If there are any, the
    /// distributions of the first twelve matching tasks are computed.
    pub tasks: Vec<String>,
    /// The name of an attribute by which the tasks are split.
    pub by: Option<String>,
    /// The most slowest spans of each task with a distribution. By default 20, of which the text lists 5.
    pub slowest: Option<usize>,
    /// The budgets to check. Those of the whole run apply to the kept run if the only input is its directory, else to
    /// the time from the first start to the last end.
    pub budgets: Vec<Budget>,
}

/// The attribute that is the CPU time of its span. It is not listed among the others.
const CPU: &str = "cpu";
const IS_A_COLUMN: &str = ": CPU times are in the column `cpu`";

/// Default of [`Stats::slowest`].
const SLOWEST: usize = 20;

/// The parts of the table that were asked for.
struct Found {
    /// The rows of the whole table. `rows` gives the row of each key.
    all: Vec<TaskStatistics>,
    rows: TaskRows,
    /// The indices of the rows to show.
    chosen: Vec<usize>,
    gate: Gate,
}

impl Stats {
    /// The statistics of one records directory.
    pub fn of(directory: impl Into<PathBuf>) -> Stats {
        Stats { reading: Reading::of(directory), ..Stats::default() }
    }

    /// Reads, merges and computes. Costs as much as a report of the same input without its page. Needs memory for
    /// rows only if distributions are computed.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if nothing could be read, [`Error::NoMatch`] if a glob of groups, tasks or waits matches
    /// nothing, or no span has the attribute. A budget that matches nothing is a broken check of [`Statistics::gate`].
    pub fn compute(&self) -> Result<Statistics, Error> {
        let loaded = self.reading().load()?;
        let found = self.find(&loaded)?;
        Ok(self.statistics(loaded, found))
    }

    /// As [`Stats::compute`], and also renders the page of all that was read. It opens with the section of the first
    /// of these tasks.
    ///
    /// # Errors
    ///
    /// As [`Stats::compute`].
    pub fn render(&self) -> Result<(Statistics, String), Error> {
        let mut reading = self.reading();
        reading.split_by.all = true;
        let loaded = reading.load()?;
        let found = self.find(&loaded)?;
        let names = found.chosen.iter().map(|&row| found.all[row].task.names(loaded.summary.keys()));
        let report = Report {
            reading,
            zone: self.zone,
            asked: names.map(|(group, task)| (group.into(), task.into())).collect(),
            ..Report::default()
        };
        let html = report.render_loaded(&loaded).html;
        Ok((self.statistics(loaded, found), html))
    }

    /// All groups and tasks, with rows only if distributions are computed.
    fn reading(&self) -> Reading {
        let mut reading = with_waits_of_runs(&self.reading);
        reading.selection.groups.clear();
        reading.selection.tasks.clear();
        reading.split_by.name = self.by.clone();
        if self.tasks.is_empty() {
            reading.detail = 0;
        }
        reading
    }

    /// Finds the rows to show and checks the budgets.
    fn find(&self, Loaded { summary, splits, .. }: &Loaded) -> Result<Found, Error> {
        if let Some(name) = self.by.as_ref().filter(|&by| splits.names().all(|name| name != by)) {
            let names = splits.names().map(str::to_owned).collect();
            return Err(match name == CPU && summary.has_cpu() {
                false => NoMatch::new("attribute", name, names),
                true => NoMatch { what: "attribute", name: name.clone(), proposal: IS_A_COLUMN.into() },
            }
            .into());
        }
        if let Some(no_match) = unmatched_waits(&self.reading.waits, summary.keys()).into_iter().next() {
            return Err(no_match.into());
        }
        let (all, rows) = analysis::statistics(summary, usize::MAX);
        let chosen = self.chosen(&all, summary.keys())?;
        let (mut checks, mut unmatched) = (Vec::new(), Vec::new());
        let whole = self.whole(summary);
        checks.extend(self.budgets.iter().filter_map(|budget| gate::check_of_run(budget, whole)));
        for (budget, task) in self.budgets.iter().filter_map(|budget| Some((budget, budget.task.as_ref()?))) {
            let found = gate::checks(budget, summary, (&all, &rows));
            if found.is_empty() {
                let no_match = no_match("task", task, &all, summary.keys());
                let subject = Subject::Unmatched(no_match);
                unmatched.push(Limited { subject, limit: budget.limit.clone(), measured: None, spans: None });
            }
            checks.extend(found);
        }
        checks.extend(unmatched);
        let checks = checks.into_iter().map(Check::Limit).collect();
        Ok(Found { all, rows, chosen, gate: Gate { checks } })
    }

    /// The run, if the only input is the directory of a kept run; else all that was read, of which only the wall time
    /// is known.
    fn whole(&self, summary: &Summary) -> Whole {
        match kept_run(&self.reading.inputs) {
            Some(run) => run.whole(),
            None => Whole { wall_ns: Some(analysis::overview(summary).wall_ns()), peak: None },
        }
    }

    fn statistics(&self, loaded: Loaded, found: Found) -> Statistics {
        let notes = clocks::notes(&self.reading, &loaded);
        let Loaded { summary, trace, splits, problems, clocks: loaded_clocks, .. } = loaded;
        let Found { all, rows, chosen, gate } = found;
        let distributed = if self.tasks.is_empty() { 0 } else { chosen.len().min(ASKED) };
        let slowest = self.slowest.unwrap_or(SLOWEST);
        let mut distributions =
            analysis::distributions(&trace, &summary, &rows, &chosen[..distributed], slowest);
        distributions.iter_mut().enumerate().for_each(|(index, of)| of.row = index); // of the rows shown
        let by = self.by.as_ref().map(|name| {
            let table = Table::new(&summary, &all, &rows);
            analysis::by_name(&splits, &table, &chosen, name)
        });
        Statistics {
            by,
            attributes_unknown: splits.unknown(),
            overview: analysis::overview(&summary),
            tasks: chosen.iter().map(|&row| all[row].clone()).collect(),
            distributions,
            slowest: self.slowest,
            gate,
            cpu_use: kept_run(&self.reading.inputs).as_ref().map(cpu_use),
            counters: analysis::counter_figures(&trace, &summary),
            profiles: analysis::profiles(&summary),
            zone: zone(self.zone, &trace),
            inputs: clocks::inputs(&loaded_clocks),
            notes,
            problems,
            summary,
            trace,
        }
    }

    /// The indices of the rows that match the globs.
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
    // Suggest only names that a reader knows from the table.
    let names = rows.into_iter().take(NAMED).map(|row| row.task.names(keys));
    let names: Vec<String> = match what {
        "group" => names.map(|(group, _)| group.to_owned()).collect(),
        _ if glob.contains('/') => names.map(|(group, task)| format!("{group}/{task}")).collect(),
        _ => names.map(|(_, task)| task.to_owned()).collect(),
    };
    NoMatch::new(what, glob, names)
}
