//! What is made of a trace: one file an output, and the units of all of them in one place.
//!
//! Outputs compute no statistic and read no source; where to write is the caller's choice.

mod columns;
mod counters;
mod distributions;
mod file;
mod html;
mod names;
mod repeats;
mod run;
mod runs;
mod statistics;
mod summary;
pub(crate) mod table;
pub mod terminal;
pub mod units;
mod verdicts;
mod words;
mod zone;

pub use file::replace;
pub(crate) use html::{Options, Shown, page};
pub(crate) use repeats::spreads;
pub use runs::runs;
pub use statistics::{Problem, Statistics};
pub use summary::write_summary;
pub use templates::Figure;
pub use verdicts::{verdict, verdicts};
pub use words::sentences;
pub use zone::Zone;
