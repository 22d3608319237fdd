//! Tells where the wall time of a parallel program went: merges the records of its threads and processes
//! into one interactive HTML page.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let directory = directory.path();
//! # use recorder as waterfall_recorder; // our own manifest's name for it
//! // A program records, each thread into a file of its own ...
//! let pp = waterfall_recorder::Recorder::new("download", directory, 480);
//! pp.start("save");
//! pp.dump();
//!
//! // ... and one page shows them all.
//! let (path, rendered) = waterfall::Report::of(directory).write()?;
//! assert_eq!(path, directory.join("waterfall.html"));
//! assert_eq!((rendered.spans, rendered.lanes, rendered.processes), (1, 1, 1));
//! # Ok(())
//! # }
//! ```
//!
//! The same is `waterfall --directory records` on the command line. Data flows one way: [`sources`] read
//! files into a [`model`], [`analysis`] computes what it means, [`outputs`] show it. Beside that, [`task`] runs
//! a command and records it.
//!
//! Costs some 24 bytes of memory a span that the page shows, at most [`DETAIL`] of them, and 16 a counter's sample; the
//! page, twice as it is made; and what a summary takes, which does not grow with the number of spans.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod budget;
pub mod command;
mod load;
pub mod model;
pub mod near;
pub mod outputs;
mod progress;
mod repeats;
pub mod run;
mod selection;
pub mod sources;
pub mod stats;
pub mod task;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use analysis::{Analysis, Task};
use load::Loaded;
use model::Summary;
use outputs::Zone;
pub use progress::Progress;
pub use repeats::Repeats;
use run::Metadata;
pub use selection::{Moment, MomentError, Selection};
use sources::{Input, Problems};
pub use stats::Stats;

/// A report to be made: what to read and how to show it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Files and directories; below a directory every `*.csv` and `*.csv.gz` is read. Where the directory of a run that
    /// `waterfall run` kept is the only one, the page has its title and says what is known of it.
    pub inputs: Vec<PathBuf>,
    /// Where the page goes; by default `waterfall.html` in the directory that was read when that is the only
    /// input, else in the working directory.
    pub output: Option<PathBuf>,
    /// The page's title; by default the name of the first input.
    pub title: Option<String>,
    /// The zone of the clock times shown; by default the offset of the earliest record, else UTC.
    pub zone: Option<Zone>,
    /// Seconds east of UTC for records that carry no offset; by default 0, and the page says so.
    pub assumed_offset_s: Option<i32>,
    /// Whether tooltips show durations alone.
    pub duration_only: bool,
    /// Which spans to show; by default all.
    pub selection: Selection,
    /// As many spans are on the page at most; by default [`DETAIL`]. Of lanes beyond it stay the longest spans and what
    /// all figures are made from, so that these are the same.
    pub detail: Option<u64>,
    /// Of which tasks the page shows how their durations are distributed, by the names of group and task, the first
    /// [`stats::DISTRIBUTIONS`] of them that are tasks of their own there; of the others it says how many they are.
    pub distributions: Vec<(String, String)>,
    /// What is known of the run, a sentence each, for the page's notes.
    pub facts: Vec<String>,
    /// How far the report has come, once it is being made; for another thread to look at.
    pub progress: Progress,
}

/// As many spans a page has, unless it is told otherwise: 10 million are about 80 MB.
pub const DETAIL: u64 = 10_000_000;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] sources::Error),
    /// The page could not be written.
    #[error("cannot write the page to {}", path.display())]
    Write {
        /// Where it should have gone.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A page, and what the line on a terminal says of it.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The page: one HTML document that needs nothing but itself.
    pub html: String,
    /// How many spans it is of; of lanes that are summarised it shows the longest.
    pub spans: u64,
    /// How many more there are that the selection leaves out.
    pub left_out: u64,
    /// In how many lanes.
    pub lanes: usize,
    /// Of how many processes.
    pub processes: usize,
    /// How many counters it knows, of all processes together.
    pub counters: usize,
    /// Last end less first start, in ns.
    pub wall_ns: i64,
    /// What was wrong with the input.
    pub problems: Problems,
}

/// A page that is not yet a document.
struct Made {
    page: templates::Page,
    /// Without its document.
    rendered: Rendered,
}

impl Report {
    /// The report of one records directory, as `waterfall --directory` makes it.
    pub fn of(directory: impl Into<PathBuf>) -> Report {
        Report { inputs: vec![directory.into()], ..Report::default() }
    }

    /// Reads, merges, analyses and renders.
    ///
    /// # Errors
    ///
    /// [`sources::Error`] when nothing could be read.
    pub fn render(&self) -> Result<Rendered, sources::Error> {
        Ok(self.render_loaded(&self.load()?))
    }

    /// The same of what was read already.
    fn render_loaded(&self, loaded: &Loaded) -> Rendered {
        let Made { page, rendered } = self.make(loaded);
        Rendered { html: templates::render(&page), ..rendered }
    }

    fn load(&self) -> Result<Loaded, sources::Error> {
        let input = Input::find(&self.inputs, None).watched(&self.progress);
        load::load(&input, self.assumed_offset_s, &self.selection, self.detail.unwrap_or(DETAIL))
    }

    /// All but the document.
    fn make(&self, loaded: &Loaded) -> Made {
        let Loaded { summary, shown, problems, left_out, is_of_summaries } = loaded;
        self.progress.will_render();
        let analysis = analysis::analyse(&shown.trace, summary);
        let recorded = shown.trace.offset_s().map(Zone::Fixed);
        let rows = self.distributed(&analysis, summary);
        let shown_rows = &rows[..rows.len().min(stats::DISTRIBUTIONS)];
        let run = self.run();
        let title = self.title.clone().or_else(|| run.as_ref().map(Metadata::title));
        let (run_figures, run_facts) = run.map_or_else(Default::default, |run| (run.figures(), run.facts()));
        let options = outputs::Options {
            title: title.unwrap_or_else(|| self.default_title()),
            zone: self.zone.or(recorded).unwrap_or(Zone::Fixed(0)),
            duration_only: self.duration_only,
            figures: run_figures,
            more_distributions: (self.distributions.len() - shown_rows.len()) as u64,
            distributions: (shown_rows.iter())
                .map(|&row| analysis::distribution(&shown.trace, summary, &analysis.rows, row))
                .collect(),
            notes: [run_facts, self.facts.clone(), self.notes(summary, *left_out, *is_of_summaries)].concat(),
            problems: problems.first().iter().map(listed).collect(),
            problem_count: problems.total(),
        };
        let rendered = Rendered {
            html: String::new(),
            spans: analysis.spans,
            left_out: *left_out,
            lanes: shown.trace.lanes().len(),
            processes: shown.trace.processes().len(),
            counters: analysis.counters.len(),
            wall_ns: shown.trace.end().ns(),
            problems: problems.clone(),
        };
        Made { page: outputs::page(shown, &analysis, options), rendered }
    }

    /// The rows of the tasks whose distribution is wanted.
    fn distributed(&self, analysis: &Analysis, summary: &Summary) -> Vec<usize> {
        let of_name: HashMap<(&str, &str), usize> = (analysis.tasks.iter().enumerate())
            .filter(|(_, row)| matches!(row.task, Task::Named { .. }))
            .map(|(index, row)| (row.task.names(summary.keys()), index))
            .collect();
        (self.distributions.iter())
            .filter_map(|(group, task)| of_name.get(&(group.as_str(), task.as_str())).copied())
            .collect()
    }

    /// What was assumed and left out while reading.
    fn notes(&self, summary: &Summary, left_out: u64, is_of_summaries: bool) -> Vec<String> {
        let mut notes = Vec::new();
        let (spans, samples) = (summary.span_count(), summary.sample_count());
        let all = spans + left_out;
        for (assumed, all, noun) in
            [(summary.assumed, all, "span"), (summary.assumed_samples, samples, "sample")]
        {
            if assumed > 0 {
                let offset = Zone::Fixed(self.assumed_offset_s.unwrap_or(0)).name();
                notes.push(format!(
                    "{} of {} carry no offset from UTC: taken as {offset}; --bias says otherwise.",
                    outputs::units::count(assumed),
                    outputs::units::counted(all, noun),
                ));
            }
        }
        if !self.selection.is_all() {
            notes.push(format!(
                "{} of {} are shown, those of {}.",
                outputs::units::count(spans),
                outputs::units::counted(all, "span"),
                self.selection,
            ));
            if spans > 0 && is_of_summaries {
                notes.push(
                    "Of a summary tasks are chosen, not spans: busy is the time in which a chosen one was innermost, and \
                     lanes begin and end as they did with all of them."
                        .into(),
                );
            }
        }
        notes
    }

    /// Renders the page into its file, which is there whole or as it was before; gives its path.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when nothing could be read, [`Error::Write`] when the file could not be written.
    pub fn write(&self) -> Result<(PathBuf, Rendered), Error> {
        let rendered = self.render()?;
        let path = self.output.clone().unwrap_or_else(|| self.default_output());
        outputs::replace(&path, rendered.html.as_bytes())
            .map_err(|source| Error::Write { path: path.clone(), source })?;
        Ok((path, rendered))
    }

    /// What is known of the run, where the directory of one that is kept is all that is read.
    fn run(&self) -> Option<Metadata> {
        match self.inputs.as_slice() {
            [directory] => run::read(&directory.join(run::METADATA)).ok(),
            _ => None,
        }
    }

    fn default_output(&self) -> PathBuf {
        match self.inputs.as_slice() {
            [directory] if directory.is_dir() => directory.join("waterfall.html"),
            _ => PathBuf::from("waterfall.html"),
        }
    }

    fn default_title(&self) -> String {
        // `.` has a name only in full.
        let first = self.inputs.first().map(|input| input.canonicalize().unwrap_or_else(|_| input.clone()));
        let name = first.as_deref().and_then(Path::file_name);
        name.map_or("waterfall".into(), |name| name.to_string_lossy().into_owned())
    }
}

/// Summarises inputs: what `waterfall summarize` and `waterfall merge` write, with what was wrong with the input. Lanes and
/// problems are named by their paths below `root` where one is given, else as reached from the inputs. A lane must not
/// be split between two summaries, but into rotated parts. Reads in parallel; memory is that of the files in flight and
/// of the summary.
///
/// # Errors
///
/// [`sources::Error`] when nothing could be read.
pub fn summarise(
    input: &Input,
    assumed_offset_s: Option<i32>,
) -> Result<(Summary, Problems), sources::Error> {
    load::summarise(input, assumed_offset_s)
}

/// A problem as the page lists it.
fn listed(problem: &sources::Problem) -> templates::Problem {
    templates::Problem { place: problem.place(), message: problem.message.clone() }
}
