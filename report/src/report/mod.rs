//! Reports: one page, one page of several runs, or statistics, made from a reading.
//!
//! Takes what to read and how to show it; reads, analyses and calls the outputs. Computes no figure, and writes no
//! text of its own except the notes on what was assumed and left out.

mod clocks;
mod cpu_use;
mod figures;
mod repeats;
mod several;
mod stats;
mod waits;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::analysis::{self, Analysis, CpuUse, Room, Table, Task};
use crate::model::{Clock, Summary, Trace};
use crate::outputs;
use crate::reading::{self, Inputs, Loaded, Reading, unmatched_waits};
use crate::runs::{Metadata, metadata};
use crate::text::terminal::plain;
use crate::text::{NoMatch, Problem, Problems, Zone, units};

pub(crate) use cpu_use::{cpu_use, disturbed};
pub(crate) use figures::figures;
pub(crate) use repeats::Repeats;
pub(crate) use several::{OneRun, empty_page};
pub use stats::Stats;
pub(crate) use waits::with_waits_of_runs;

/// A page to be made: what to read and how to show it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What to read. If the only input is the directory of a run kept by `waterfall run`, the page has the run's
    /// title and facts.
    pub reading: Reading,
    /// The page's path. By default `waterfall.html` in the input directory if that is the only input, else in the
    /// working directory.
    pub output: Option<PathBuf>,
    /// The page's title. By default the name of the only input, or the paths of the first three.
    pub title: Option<String>,
    /// The zone of clock times. By default the offset of the earliest record, else UTC.
    pub zone: Option<Zone>,
    /// Whether tooltips show durations only, without start and end.
    pub duration_only: bool,
    /// The tasks that the page is made for, by the names of group and task. It opens with the section of the first
    /// that has a row in the table, and links to eleven more.
    pub asked: Vec<(String, String)>,
    /// Facts about the run for the page's notes, one sentence each.
    pub facts: Vec<String>,
    /// The most bytes of the page for attributes. By default [`ATTRIBUTES`]. At most a quarter of them is for tables by
    /// attribute and for the slowest spans, whose attributes are in the tables of their tasks; tables without room are
    /// left out. The rest is for the attributes of all spans, compressed and not yet encoded as text; if they need
    /// more, those of the shortest spans are left out.
    pub attributes: Option<u64>,
}

/// Default of [`Report::attributes`]: 16 MB.
pub const ATTRIBUTES: u64 = 16_000_000;

/// The most tasks that are asked for by name and get their distribution.
const ASKED: usize = 12;
/// The first tasks by self time of which a page has the distribution.
const DISTRIBUTIONS: usize = 100;
/// The most slowest spans of a task on a page.
const SLOWEST: usize = 10;
/// What a page has of a task by its attributes. A table of twelve values is about 4 kB.
const SPLITS: Room = Room { names: 12, values: 12 };
/// The note of a page made for tasks that it does not list.
const NONE_SHOWN: &str =
    "No task that was asked for has a row on this page: only tasks with more self time have one.";
/// The most inputs that a title names.
const TITLED: usize = 3;

/// The reason why there is no page or no statistics.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] reading::Error),
    /// No task or group has the requested name.
    #[error(transparent)]
    NoMatch(#[from] NoMatch),
    /// The page could not be written.
    #[error("cannot write the page to {}", path.display())]
    Write {
        /// The page's path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// A page, and the figures for the line that `waterfall` prints.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rendered {
    /// The page: one self-contained HTML document.
    pub html: String,
    /// The number of spans. Summarised lanes show only their longest ones.
    pub spans: u64,
    /// The number of spans that the selection leaves out.
    pub left_out: u64,
    /// The number of point events.
    pub instants: u64,
    /// The number of lanes that have a span.
    pub lanes: usize,
    /// The number of processes that have a span.
    pub processes: usize,
    /// The number of counters, over all processes.
    pub counters: usize,
    /// The number of timings: durations without moments.
    pub timings: u64,
    /// The number of profiles: functions with weights, without times.
    pub profiles: usize,
    /// Last end minus first start, in ns.
    pub wall_ns: i64,
    /// The problems in the input.
    pub problems: Problems,
    /// The globs of waits that match no task.
    pub unmatched_waits: Vec<NoMatch>,
}

/// A page that is not rendered yet.
struct Made {
    page: templates::Page,
    /// The figures, with `html` still empty.
    rendered: Rendered,
}

impl Report {
    /// The report of one records directory, as `waterfall --directory` makes it.
    pub fn of(directory: impl Into<PathBuf>) -> Report {
        Report { reading: Reading::of(directory), ..Report::default() }
    }

    /// Reads, merges, analyses and renders. Costs as much as [`Reading::load`], plus memory for twice the page.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if nothing could be read.
    pub fn render(&self) -> Result<Rendered, Error> {
        Ok(self.render_loaded(&self.load()?))
    }

    /// Reads what a page shows: rows, and the figures of tasks by every attribute.
    fn load(&self) -> Result<Loaded, Error> {
        let mut reading = with_waits_of_runs(&self.reading);
        reading.split_by.all = true;
        Ok(reading.load()?)
    }

    /// Renders what was read already.
    fn render_loaded(&self, loaded: &Loaded) -> Rendered {
        let Made { page, rendered } = self.make(loaded);
        Rendered { html: templates::render(&page), ..rendered }
    }

    /// Makes everything but the document.
    fn make(&self, loaded: &Loaded) -> Made {
        let Loaded { summary, trace, tracks, problems, left_out, .. } = loaded;
        self.reading.progress.will_render();
        let run = kept_run(&self.reading.inputs);
        // The run's own counters say nothing of a part of it.
        let used =
            run.as_ref().filter(|_| self.reading.selection.is_all()).map_or_else(CpuUse::default, cpu_use);
        let analysis = analysis::analyse(trace, summary, used);
        let options = self.options(loaded, &analysis, run);
        let rendered = Rendered {
            html: String::new(),
            spans: analysis.spans,
            left_out: *left_out,
            instants: analysis.points.count,
            lanes: analysis.lanes_with_spans,
            processes: analysis.processes_with_spans(trace),
            counters: analysis.counters.len(),
            timings: analysis.timings,
            profiles: analysis.profiles.len(),
            wall_ns: trace.end().ns(),
            problems: problems.clone(),
            unmatched_waits: unmatched_waits(&self.reading.waits, summary.keys()),
        };
        Made { page: outputs::page(trace, tracks, &analysis, options), rendered }
    }

    /// What the page shows besides the trace and its figures.
    fn options(&self, loaded: &Loaded, analysis: &Analysis, run: Option<Metadata>) -> outputs::Options {
        let Loaded { summary, trace, problems, .. } = loaded;
        let mut asked = self.asked_rows(analysis, summary);
        let is_any_shown = !asked.is_empty() || self.asked.is_empty();
        asked.truncate(ASKED);
        let none_shown: Vec<String> = (!is_any_shown).then(|| NONE_SHOWN.to_owned()).into_iter().collect();
        let title = self.title.clone().or_else(|| run.as_ref().map(Metadata::title));
        let (figures, run_facts) =
            run.map_or_else(Default::default, |run| (run.figures(), cpu_use::notes(&run)));
        let distributed = distributed(analysis, &asked);
        let table = Table::new(summary, &analysis.tasks, &analysis.rows);
        let (splits, more_splits) = analysis::by_all(&loaded.splits, &table, &distributed, SPLITS);
        outputs::Options {
            title: title.unwrap_or_else(|| self.default_title()),
            zone: zone(self.zone, trace),
            has_clock: summary.clock() != Some(Clock::Own),
            duration_only: self.duration_only,
            figures,
            distributions: analysis::distributions(trace, summary, &analysis.rows, &distributed, SLOWEST),
            splits,
            lacks_attributes: loaded.splits.unknown() > 0,
            more_asked: (self.asked.len() - asked.len()) as u64,
            asked,
            attributes_room: self.attributes.unwrap_or(ATTRIBUTES),
            attributes_command: self.attributes_command(),
            is_coarse: loaded.summary.is_coarse(),
            notes: [
                none_shown,
                run_facts,
                self.facts.clone(),
                self.notes(loaded),
                without_table(more_splits),
            ]
            .concat(),
            problems: problems.first().iter().map(listed).collect(),
            problem_count: problems.total(),
        }
    }

    /// The beginning of the command that prints all attributes of a span: `waterfall stats --format json records`.
    /// `None` if the input cannot be read again, or if a reader could not copy its path from the page into a shell.
    fn attributes_command(&self) -> Option<String> {
        if matches!(self.reading.inputs, Inputs::Stdin(_)) {
            return None;
        }
        let path_of = |path: &PathBuf| match path.to_str()? {
            hostile if plain(hostile) != hostile => None,
            option if option.starts_with('-') => Some(format!("./{option}")),
            path => Some(path.to_owned()),
        };
        let bias = self.reading.assumed_offset_s.map(|offset_s| format!("--bias={}", offset_s / 60));
        let mut words = ["waterfall", "stats", "--format", "json"].map(str::to_owned).to_vec();
        words.extend(bias);
        words.extend(self.reading.axis.align.then(|| "--align=start".to_owned()));
        words.extend(self.reading.axis.offsets.iter().map(|offset| format!("--offset={offset}")));
        words.extend(self.reading.columns.text().map(|columns| format!("--columns={columns}")));
        for path in &self.reading.inputs.paths() {
            words.push(path_of(path)?);
        }
        shlex::try_join(words.iter().map(String::as_str)).ok()
    }

    /// The rows of the tasks in `asked` that have one.
    fn asked_rows(&self, analysis: &Analysis, summary: &Summary) -> Vec<usize> {
        let of_name: HashMap<(&str, &str), usize> = (analysis.tasks.iter().enumerate())
            .filter(|(_, row)| matches!(row.task, Task::Named { .. }))
            .map(|(index, row)| (row.task.names(summary.keys()), index))
            .collect();
        (self.asked.iter())
            .filter_map(|(group, task)| of_name.get(&(group.as_str(), task.as_str())).copied())
            .collect()
    }

    /// Notes on what was assumed and left out while reading.
    fn notes(&self, loaded: &Loaded) -> Vec<String> {
        let Loaded { summary, splits, left_out, is_of_summaries, .. } = loaded;
        let Reading { selection, assumed_offset_s, .. } = &self.reading;
        let mut notes: Vec<String> = of_several_runs(&self.reading.inputs).into_iter().collect();
        notes.extend(clocks::notes(&self.reading, loaded));
        let (spans, samples) = (summary.span_count(), summary.sample_count());
        let all = spans + left_out;
        for (assumed, all, noun) in
            [(summary.assumed, all, "span"), (summary.assumed_samples, samples, "sample")]
        {
            if assumed > 0 {
                let offset = Zone::Fixed(assumed_offset_s.unwrap_or(0)).name();
                notes.push(format!(
                    "{} of {} have no UTC offset: read as {offset}. Use --bias to set another.",
                    units::count(assumed),
                    units::counted(all, noun),
                ));
            }
        }
        notes.extend(waits::notes(&self.reading, summary.keys()));
        if splits.names().next().is_some() {
            notes.extend(outputs::unknown_attributes(splits.unknown()));
        }
        if !selection.is_all() {
            notes.push(format!(
                "Showing {} of {} ({selection}).",
                units::count(spans),
                units::counted(all, "span"),
            ));
            if spans > 0 && *is_of_summaries {
                notes.push(
                    "The input is a summary, which has no single spans: busy time is the time in which a selected task \
                     was innermost, and lanes keep the start and end that they have with all tasks."
                        .into(),
                );
            }
        }
        notes
    }

    /// Renders the page into its file and gives the path. The file is replaced as a whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if nothing could be read, [`Error::Write`] if the file could not be written.
    pub fn write(&self) -> Result<(PathBuf, Rendered), Error> {
        let rendered = self.render()?;
        let path = self.output.clone().unwrap_or_else(|| self.default_output());
        write(&path, &rendered.html)?;
        Ok((path, rendered))
    }

    fn default_output(&self) -> PathBuf {
        match only(&self.reading.inputs) {
            Some(directory) if directory.is_dir() => directory.join("waterfall.html"),
            _ => PathBuf::from("waterfall.html"),
        }
    }

    /// The name of the input; of several, their titles as runs or their paths.
    fn default_title(&self) -> String {
        let paths = self.reading.inputs.paths();
        if paths.len() > 1 {
            let title = |path: &PathBuf| title_of_run(path).unwrap_or_else(|| path.display().to_string());
            return first_of(&paths.iter().map(title).collect::<Vec<_>>());
        }
        // `.` has a name only as an absolute path.
        let first = paths.into_iter().next().map(|input| input.canonicalize().unwrap_or(input));
        let name = first.as_deref().and_then(Path::file_name);
        name.map_or("waterfall".into(), |name| name.to_string_lossy().into_owned())
    }
}

/// A note on attributes for which the page has no table.
fn without_table(count: usize) -> Vec<String> {
    let note = || {
        format!(
            "The page has tables by at most {} attributes of a task, those that most of its spans have; {} not \
             shown. Use waterfall stats --by to see them.",
            SPLITS.names,
            units::counted(count as u64, "table"),
        )
    };
    (count > 0).then(note).into_iter().collect()
}

/// The rows that have a distribution on the page, in order: the first tasks, and those that were asked for.
fn distributed(analysis: &Analysis, asked: &[usize]) -> Vec<usize> {
    let rows = analysis.tasks.iter().enumerate();
    let named = rows.filter(|(_, row)| matches!(row.task, Task::Named { .. })).map(|(row, _)| row);
    let wanted = named.enumerate().filter(|(rank, row)| *rank < DISTRIBUTIONS || asked.contains(row));
    wanted.map(|(_, row)| row).collect()
}

/// The input, if it is the only one.
fn only(inputs: &Inputs) -> Option<&Path> {
    match inputs {
        Inputs::Paths(paths) => match paths.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        _ => None,
    }
}

/// The description of the run, if the only input is the directory of a kept run.
fn kept_run(inputs: &Inputs) -> Option<Metadata> {
    metadata::read(&only(inputs)?.join(metadata::FILE)).ok()
}

fn title_of_run(directory: &Path) -> Option<String> {
    metadata::read(&directory.join(metadata::FILE)).ok().map(|run| run.title())
}

/// The first of some titles: `a, b, c and 4 more`.
fn first_of(titles: &[String]) -> String {
    let first = titles.iter().take(TITLED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match titles.len().saturating_sub(TITLED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Says so if several of the inputs are kept runs: their figures are those of no run.
pub(crate) fn of_several_runs(inputs: &Inputs) -> Option<String> {
    let Inputs::Paths(paths) = inputs else { return None };
    let runs: Vec<String> = paths.iter().filter_map(|path| title_of_run(path)).collect();
    let all = units::counted(runs.len() as u64, "run");
    (runs.len() > 1).then(|| {
        format!("The input has {all}: {}. All figures are of them together, as of one run.", first_of(&runs))
    })
}

/// The zone of clock times: the one that was asked for, else the offset of the earliest record, else UTC.
fn zone(wanted: Option<Zone>, trace: &Trace) -> Zone {
    wanted.or(trace.offset_s().map(Zone::Fixed)).unwrap_or(Zone::Fixed(0))
}

/// A problem as the page lists it.
fn listed(problem: &Problem) -> templates::Problem {
    templates::Problem { place: problem.place(), message: problem.message.clone() }
}

/// Writes a page to its file, which is replaced as a whole or not at all.
pub(crate) fn write(path: &Path, html: &str) -> Result<(), Error> {
    outputs::replace(path, html.as_bytes()).map_err(|source| Error::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(inputs: Inputs, assumed_offset_s: Option<i32>) -> Option<String> {
        let reading = Reading { inputs, assumed_offset_s, ..Reading::default() };
        Report { reading, ..Report::default() }.attributes_command()
    }

    #[test]
    fn the_command_reads_the_same_input_as_the_page() {
        let of = |paths: &[&str]| command(Inputs::Paths(paths.iter().map(PathBuf::from).collect()), None);
        assert_eq!(of(&["records"]).unwrap(), "waterfall stats --format json records");
        assert_eq!(of(&["a b", "-c", "d's"]).unwrap(), r#"waterfall stats --format json 'a b' ./-c "d's""#);
        let east = command(Inputs::Paths(vec!["a.csv".into()]), Some(8 * 3600));
        assert_eq!(east.unwrap(), "waterfall stats --format json '--bias=480' a.csv");
    }

    #[test]
    fn there_is_no_command_for_what_cannot_be_read_again_or_cannot_be_copied() {
        assert_eq!(command(Inputs::Stdin("pipe".into()), None), None);
        for path in ["a\u{1b}[31m", "a\nb", "a\u{202e}b", "\u{7}"] {
            let paths = Inputs::Paths(vec!["a.csv".into(), path.into()]);
            assert_eq!(command(paths, None), None, "{path:?}");
        }
    }
}
