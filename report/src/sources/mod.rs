//! Sources: from files to lanes.
//!
//! Finds files, tells each one's format by its content, and reads them in parallel. Each format is a file of its own and
//! one line in `formats`. A lane is handed over when all of its rows are there, whatever files they are in. Damaged
//! input is skipped and counted as a problem, and everything else is read. Sorts and computes nothing.

mod counters;
mod fields;
mod finding;
mod format;
mod formats;
mod header;
mod journal;
mod lines;
mod part;
mod performance_py;
mod progress;
mod reading;
mod records;
mod source;
mod stamp;
mod strict;
mod summary;

pub(crate) use finding::Files;
pub(crate) use part::LaneRows;
pub use progress::Progress;
pub(crate) use reading::Read;
#[doc(hidden)]
pub use reading::read_rows;
#[doc(hidden)]
pub use source::Way;
