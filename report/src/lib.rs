//! Shows where the wall time of a parallel program went: merges the records of its threads and processes into one
//! interactive HTML page.
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
//! `waterfall --directory records` does the same on the command line.
//!
//! - [`Report`] makes the page, [`Stats`] the figures of tasks as text, JSON, Markdown and CSV. Both check nothing and
//!   read nothing on their own: they take a [`Reading`].
//! - [`Reading`] gives the spans themselves, as a [`model::Trace`], and their [`model::Summary`].
//! - [`gate`] has the budgets that tasks must keep, and the checks of them.
//! - [`task`] runs a command and records it as one span.
//!
//! A report costs about 24 bytes of memory for each span that the page shows (at most [`DETAIL`] of them), 16 bytes for
//! each sample of a counter, twice the size of the page, and the summary, which does not grow with the number of spans.
#![forbid(unsafe_code)]

mod analysis;
mod cli;
mod command;
pub mod gate;
pub mod model;
mod outputs;
mod reading;
mod report;
mod run;
mod runs;
mod sources;
pub mod task;
mod text;

pub use outputs::{Statistics, write_summary};
pub use reading::{DETAIL, Error as ReadError, Inputs, Loaded, Moment, MomentError, Reading, Selection};
pub use report::{Error, Rendered, Report, Stats};
pub use sources::Progress;
pub use text::{NoMatch, Problem, Problems, Zone};

#[doc(hidden)]
pub use cli::main;

/// What our own tests, benches and fuzz targets look at. No promise is made about it.
#[doc(hidden)]
pub mod internals {
    pub use crate::analysis::{Analysis, analyse, of_trace, summary_of};
    pub use crate::outputs::sentences;
    pub use crate::sources::{Way, read_rows};
    pub use crate::text::units;
}
