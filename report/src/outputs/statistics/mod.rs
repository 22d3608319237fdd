//! Statistics as text, JSON, Markdown and CSV: one file for each format, and one for the distributions in the text.
//!
//! Takes computed figures and the tasks to show. Computes nothing; the caller chooses where the text goes.

mod csv;
mod distribution;
mod json;
mod markdown;
mod profiles;
mod text;

pub(super) use markdown::escaped;

use crate::analysis::{
    CounterFigures, CpuUse, Distribution, Division, Overview, ProfileFigures, Split, TaskStatistics, Value,
};
use crate::gate::Gate;
use crate::model::union;
use crate::model::{Summary, Trace};
use crate::outputs::{brief, checks, load};
use crate::text::{Problems, Zone, units};

/// The number of figures of a row, and the places of two that not every table has.
const COLUMNS: usize = 14;
const CPU: usize = 3;
const WAIT: usize = 4;

/// The figures of a row and their ranks. In a narrow terminal those of the greatest rank go first.
const FIGURES: [(&str, u8); COLUMNS] = [
    ("count", 0),
    ("total", 0),
    ("self", 1),
    ("cpu", 2),
    ("wait", 2),
    ("mean", 2),
    ("sd", 8),
    ("min", 7),
    ("p50", 3),
    ("p95", 4),
    ("p99", 6),
    ("max", 1),
    ("rate", 9),
    ("share", 5),
];

/// The figures of a trace, ready to be written as text, JSON, Markdown or CSV.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Statistics {
    /// The summary that they were computed from.
    pub summary: Summary,
    /// The trace of the summary. It has at least the longest spans of each lane.
    pub(crate) trace: Trace,
    pub(crate) overview: Overview,
    /// The requested tasks: by self time, the largest first, then by total, then by name.
    pub(crate) tasks: Vec<TaskStatistics>,
    /// The distributions of the first of these tasks, in their order, if tasks were asked for by name.
    pub(crate) distributions: Vec<Distribution>,
    /// The most slowest spans of these in the text; `None` for the default.
    pub(crate) slowest: Option<usize>,
    /// Each of these tasks by the values of an attribute, if that was asked for.
    pub(crate) by: Option<Vec<Split>>,
    /// Number of spans of summaries, whose attributes are not known.
    pub(crate) attributes_unknown: u64,
    /// The checks of budgets.
    pub gate: Gate,
    /// How the run used the machine, if the only input is a kept run.
    pub(crate) cpu_use: Option<CpuUse>,
    /// One for each (group, counter).
    pub(crate) counters: Vec<CounterFigures>,
    /// The functions of each profile.
    pub(crate) profiles: Vec<ProfileFigures>,
    /// The zone of clock times.
    pub zone: Zone,
    /// The inputs with times, as JSON lists them.
    pub(crate) inputs: Vec<Input>,
    /// What is known and what was assumed of their clocks, in sentences.
    pub(crate) notes: Vec<String>,
    /// The problems in the input.
    pub problems: Problems,
}

/// A file with times, or several that are alike.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// Its name, or that of the first.
    pub(crate) file: String,
    pub(crate) files: u64,
    /// The name of the format.
    pub(crate) format: &'static str,
    /// How its times came onto the axis.
    pub(crate) placed: &'static str,
    /// First and last time by its own clock.
    pub(crate) extent_ns: Option<(i64, i64)>,
    /// By how much it was moved.
    pub(crate) shift_ns: i64,
    /// What its reader says of it, in sentences.
    pub(crate) facts: Vec<String>,
}

impl Input {
    /// Adds a file that is alike.
    pub(crate) fn add(&mut self, extent_ns: Option<(i64, i64)>) {
        self.files += 1;
        self.extent_ns = self.extent_ns.into_iter().chain(extent_ns).reduce(union);
    }
}

/// A row of the table: a task or one of its parts.
struct Row<'a> {
    figures: &'a TaskStatistics,
    /// What the part has in common, and the split that it belongs to.
    part: Option<(&'a Value, &'a Split)>,
}

impl Row<'_> {
    /// Whether min and max are exact. Those of spans without the attribute are what the others leave, so they are as
    /// exact as the quantiles.
    fn has_exact_extremes(&self) -> bool {
        !matches!(self.part, Some((Value::Without, _))) || has_exact_quantiles(self.figures)
    }

    /// The value of a part for a table: `a.png`, `100 to 200`, `(no url)`. Empty for a task.
    fn value(&self) -> String {
        let Some((value, split)) = self.part else { return String::new() };
        match value {
            Value::Text(text) if text.is_empty() => "(empty)".into(),
            Value::Text(text) => brief::short(text),
            Value::Range(range) => format!("{} to {}", units::number(range.from), units::number(range.to)),
            Value::Others(count) => format!("({})", units::counted(*count as u64, "other value")),
            Value::Any => format!("(more than {})", units::counted(split.most as u64, "value")),
            Value::Without => format!("(no {})", brief::short(&split.name)),
        }
    }
}

/// Which parts of the self time some rows of a table have: they have columns of their own.
#[derive(Clone, Copy)]
struct Parted {
    has_cpu: bool,
    has_wait: bool,
}

impl Parted {
    fn of(rows: &[Row<'_>]) -> Parted {
        let has = |part: fn(&Division) -> i128| rows.iter().any(|row| part(&row.figures.division) > 0);
        Parted { has_cpu: has(Division::known_ns), has_wait: has(|division| division.wait_ns) }
    }

    /// Those of the columns of text and Markdown that the table has.
    fn chosen<T>(self, columns: [T; COLUMNS]) -> impl Iterator<Item = T> {
        let is_chosen = move |column: usize| match column {
            CPU => self.has_cpu,
            WAIT => self.has_wait,
            _ => true,
        };
        columns.into_iter().enumerate().filter(move |&(column, _)| is_chosen(column)).map(|(_, of)| of)
    }
}

/// Whether median, p95 and p99 are exact.
fn has_exact_quantiles(row: &TaskStatistics) -> bool {
    row.durations.is_none_or(|of| of.exact)
}

impl Statistics {
    /// The names of a task's group and of the task.
    fn names(&self, task: &TaskStatistics) -> (&str, &str) {
        task.task.names(self.summary.keys())
    }

    /// The rows of the table: the tasks, or the parts of each task.
    fn rows(&self) -> Vec<Row<'_>> {
        let Some(splits) = &self.by else {
            return self.tasks.iter().map(|figures| Row { figures, part: None }).collect();
        };
        let parts = splits.iter().flat_map(|split| split.parts.iter().map(move |part| (part, split)));
        parts.map(|((value, figures), split)| Row { figures, part: Some((value, split)) }).collect()
    }

    /// How many rows of a table are not listed, of what kind.
    fn more(&self, rows: u64) -> String {
        units::counted(rows, if self.by.is_some() { "more row" } else { "more task" })
    }

    /// Why attributes of spans may be missing, if that matters.
    fn unknown_attributes(&self) -> Option<String> {
        self.by.as_ref().and_then(|_| brief::unknown_attributes(self.attributes_unknown))
    }

    /// The number of point events, which are in no table.
    fn instants(&self) -> Option<String> {
        let count = self.overview.instants;
        (count > 0).then(|| format!("{} (point events, not in the table)", units::counted(count, "instant")))
    }

    /// What disturbed the run, unless a line beside a broken budget names it.
    fn disturbed(&self) -> Option<String> {
        let used = self.cpu_use.as_ref()?;
        load::disturbed(used).filter(|_| checks::broken_while(&self.gate, Some(used)).is_none())
    }

    /// How the lanes spent their busy time, if anything is known of it.
    fn busy(&self) -> Option<String> {
        let Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns } = self.overview.division;
        let busy_ns = self.overview.busy_ns;
        let parts = [
            (on_cpu_ns, "on a CPU"),
            (wait_ns, "in declared waits"),
            (off_cpu_ns, "off the CPU"),
            (not_known_ns, "not known"),
        ];
        let is_any_known = on_cpu_ns + wait_ns + off_cpu_ns > 0;
        let parts = parts.iter().filter(|(ns, _)| *ns > 0);
        let parts = parts.map(|&(ns, what)| format!("{} {what}", units::percent(ns as f64 / busy_ns as f64)));
        is_any_known.then(|| {
            let parts = parts.collect::<Vec<_>>().join(", ");
            format!("busy time {}: {parts}", units::duration(busy_ns))
        })
    }

    /// What the signs in these rows mean, a line each.
    fn signs(&self, rows: &[Row<'_>]) -> Vec<String> {
        let rows: Vec<&TaskStatistics> = rows.iter().map(|row| row.figures).collect();
        let mut signs = Vec::new();
        if rows.iter().any(|row| !has_exact_quantiles(row)) {
            signs.push("~ approximate (at most 0.4 % off): the task has more than 4,096 spans".into());
        }
        if rows.iter().any(|row| row.division.is_partly_known()) {
            signs.push("≥ at least: the CPU time of a part of the time is not known".into());
        }
        if rows.iter().any(|row| !row.exact) {
            let open = rows.iter().filter_map(|row| row.open_at_once).max();
            let open = open.map_or(String::new(), |open| {
                format!(", up to {} of them open at once", units::count(u64::from(open)))
            });
            signs.push(format!(
                "* spans of a lane overlap without nesting{open}: time counts for the one that started last"
            ));
        }
        let timings: u64 = rows.iter().fold(0, |sum, row| row.timings.saturating_add(sum));
        if timings > 0 {
            signs.push(format!(
                "{} without start and end count in all figures but self, rate and share",
                units::counted(timings, "timing"),
            ));
        }
        signs
    }
}
