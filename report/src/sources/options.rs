//! Options: what the user says about files that do not say it themselves.

use super::column_map::ColumnMap;
use super::source::Way;

/// What is not in the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Seconds east of UTC for stamps without an offset. `None` means 0, and a report of it.
    pub(crate) assumed_offset_s: Option<i32>,
    /// Which columns of tables make spans.
    pub(crate) columns: ColumnMap,
    pub(crate) way: Way,
}
