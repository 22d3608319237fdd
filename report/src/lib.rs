//! Shows where the wall time of a parallel program went.
//!
//! A program records with the crate `waterfall-recorder`: each thread writes its spans to a file of its own. This crate
//! merges the files of all threads and processes into one interactive HTML page, and computes statistics of the tasks.
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
//! // ... one page shows them all ...
//! let (path, rendered) = waterfall::Report::of(directory).write()?;
//! assert_eq!(path, directory.join("waterfall.html"));
//! assert_eq!((rendered.spans, rendered.lanes, rendered.processes), (1, 1, 1));
//!
//! // ... and statistics say how long each task took.
//! let statistics = waterfall::Stats::of(directory).compute()?;
//! println!("{}", statistics.json());
//! # Ok(())
//! # }
//! ```
//!
//! On the command line, `waterfall --directory records` makes the page, and `waterfall stats records` prints the
//! statistics.
//!
//! # Where to start
//!
//! | to | use |
//! |---|---|
//! | make a page | [`Report`] |
//! | compute statistics, as text, JSON, Markdown or CSV | [`Stats`], which gives [`Statistics`] |
//! | choose files, a time window, groups or tasks | [`Reading`], in the field `reading` of both |
//! | check time limits of tasks, for example in CI | [`Stats::budgets`], then [`Statistics::gate`] |
//! | compare two sides of runs, with a verdict for each figure | [`Compare`], which gives a [`Comparison`] |
//! | use the spans themselves | [`Reading::load`], which gives a [`model::Trace`] and a [`model::Summary`] |
//! | summarise records where they are, for a later report | [`Reading::summarise`] and [`write_summary`] |
//! | run a command and record it as one span | [`task::Task`] |
//!
//! # Errors and problems
//!
//! Damaged input is not an error: programs that are killed leave incomplete files. A reading returns everything that it
//! could read, and the [`Problems`]: how many there were, and the first hundred with file and line. It fails only if
//! nothing is readable, if every row is refused, or if the selection does not fit the input: see [`ReadError`].
//!
//! # Cost
//!
//! A report needs about 24 bytes of memory for each span that the page shows, at most [`DETAIL`] spans by default. It
//! needs 16 bytes for each sample of a counter, twice the size of the page, and the summary, which does not grow with
//! the number of spans.
//!
//! # Guarantees
//!
//! - The figures of the whole run cover every selected span, also spans that the page cannot show because of
//!   [`Reading::detail`].
//! - The same input gives the same page, byte for byte.
//! - The page is one file, and needs no network.
#![forbid(unsafe_code)]

mod analysis;
mod calibrate;
mod cli;
mod command;
mod compare;
pub mod gate;
mod history;
pub mod model;
mod outputs;
mod reading;
mod report;
mod run;
mod runs;
mod sources;
pub mod task;
mod text;

pub use analysis::SplitBy;
pub use compare::{Compare, CompareError};
pub use outputs::{Comparison, Statistics, write_summary};
pub use reading::{DETAIL, Error as ReadError, Inputs, Loaded, Moment, MomentError, Reading, Selection};
pub use report::{ATTRIBUTES, Error, Rendered, Report, Stats};
pub use sources::{Axis, ColumnMap, Offset, OffsetError, Progress};
pub use text::{NoMatch, Problem, Problems, Zone};

#[doc(hidden)]
pub use cli::main;

/// For the tests, benches and fuzz targets of this repository. May change in any release.
#[doc(hidden)]
pub mod internals {
    pub use crate::analysis::{Analysis, CpuUse, WallShares, analyse, of_trace, summary_of, wall_shares};
    pub use crate::outputs::sentences;
    pub use crate::sources::{Way, read_attributes, read_rows};
    pub use crate::text::units;
}
