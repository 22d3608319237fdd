//! Text: writes values for people, and reads what people write.
//!
//! The ground floor of the report. Takes numbers and strings, gives numbers and strings. Must not know a trace, a
//! file format or a command.

mod globs;
mod near;
mod no_match;
mod problem;
mod table;
pub(crate) mod terminal;
pub mod units;
mod wrapping;
mod zone;

pub(crate) use globs::{Globs, TaskGlobs};
pub(crate) use near::proposal;
pub use no_match::NoMatch;
pub use problem::{Problem, Problems};
pub(crate) use table::{Cell, Column, Table, WIDER, shortened};
pub(crate) use terminal::quoted;
pub(crate) use wrapping::{paragraph, wrapped};
pub use zone::Zone;
