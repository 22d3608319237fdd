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
//! Costs about 20 bytes of memory a span and 16 a counter's sample while reading, and some more for the page.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod model;
pub mod outputs;
mod selection;
pub mod sources;
pub mod task;

use std::io;
use std::path::{Path, PathBuf};

use outputs::Zone;
pub use selection::{Moment, MomentError, Selection};
use sources::Problems;

/// A report to be made: what to read and how to show it.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Files and directories; below a directory every `*.csv` and `*.csv.gz` is read.
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
}

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
    /// How many spans it shows.
    pub spans: usize,
    /// How many more there are that the selection leaves out.
    pub left_out: usize,
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
        let sources::Loaded { mut trace, problems, assumed, assumed_samples } =
            sources::read(&self.inputs, self.assumed_offset_s)?;
        let mut notes = Vec::new();
        let samples: usize = trace.counters().iter().map(|counter| counter.samples.len()).sum();
        for (assumed, all, noun) in
            [(assumed, trace.span_count(), "span"), (assumed_samples, samples, "sample")]
        {
            if assumed > 0 {
                let offset = Zone::Fixed(self.assumed_offset_s.unwrap_or(0)).name();
                notes.push(format!(
                    "{} of {} carry no offset from UTC: taken as {offset}; --bias says otherwise.",
                    outputs::units::count(assumed),
                    outputs::units::counted(all as u64, noun),
                ));
            }
        }
        let all = trace.span_count();
        if !self.selection.is_all() {
            trace = self.selection.of(&trace);
            notes.push(format!(
                "{} of {} are shown, those of {}.",
                outputs::units::count(trace.span_count() as u64),
                outputs::units::counted(all as u64, "span"),
                self.selection,
            ));
        }
        let recorded = trace.offset_s().map(Zone::Fixed);
        let analysis = analysis::analyse(&trace);
        let options = outputs::Options {
            title: self.title.clone().unwrap_or_else(|| self.default_title()),
            zone: self.zone.or(recorded).unwrap_or(Zone::Fixed(0)),
            duration_only: self.duration_only,
            notes,
            problems: problems.first().iter().map(listed).collect(),
            problem_count: problems.total(),
        };
        let page = outputs::page(&trace, &analysis, options);
        Ok(Rendered {
            html: templates::render(&page),
            spans: trace.span_count(),
            left_out: all - trace.span_count(),
            lanes: trace.lanes().len(),
            processes: trace.processes().len(),
            counters: analysis.counters.len(),
            wall_ns: trace.end().ns(),
            problems,
        })
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

/// A problem as the page lists it.
fn listed(problem: &sources::Problem) -> templates::Problem {
    templates::Problem { place: problem.place(), message: problem.message.clone() }
}
