//! Sources: from files to lanes.
//!
//! Finds files, detects the format of each by its content, and reads them in parallel. Each format is a file of its
//! own and one line in `formats`. Hands over a lane when all of its rows are there, whatever files they are in. Skips
//! damaged input, counts it as a problem, and reads everything else. Sorts and computes nothing.

mod assumed;
mod attributes;
mod axis;
mod bytes;
mod chrome;
mod color;
mod compared;
mod copies;
mod counters;
mod cpu;
mod detection;
mod diagnosis;
mod fields;
mod finding;
mod folded;
mod format;
mod formats;
mod given;
mod header;
mod journal;
mod json;
mod lines;
mod named;
mod options;
mod part;
mod performance_py;
mod progress;
mod reading;
mod records;
mod refused;
mod source;
mod speedscope;
mod stamp;
mod strict;
mod summary;
mod summary_fields;
mod table;
mod times;
mod timings;

pub use axis::{Axis, Offset, OffsetError};
pub(crate) use axis::{FileClock, Placed, Shifts};
pub(crate) use compared::{Compared, compared};
pub(crate) use finding::Files;
pub(crate) use formats::{Listed, formats, is_readable_name};
pub(crate) use options::Options;
#[doc(hidden)]
pub use options::Way;
pub(crate) use part::LaneRows;
pub use progress::Progress;
pub(crate) use reading::Read;
#[doc(hidden)]
pub use reading::{read_attributes, read_rows};
pub use table::columns::ColumnMap;
