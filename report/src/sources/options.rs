//! Options: how files are read, and what the user says about files that do not say it themselves.

use super::table::columns::ColumnMap;

/// What is not in the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Seconds east of UTC for stamps without an offset. `None` means 0, and a report of it.
    pub(crate) assumed_offset_s: Option<i32>,
    /// Which columns of tables make spans.
    pub(crate) columns: ColumnMap,
    pub(crate) way: Way,
}

/// How files are read. All ways give the same; those other than [`Way::FAST`] exist to be compared with it.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// Number of bytes requested at once, 2 or more.
    pub buffer_bytes: usize,
    /// Length of a chunk.
    pub chunk_bytes: u64,
    /// Whether a special reader takes rows that are exactly as a recorder writes them.
    pub is_strict: bool,
}

impl Default for Way {
    fn default() -> Way {
        Way::FAST
    }
}

impl Way {
    /// The way of a report.
    pub const FAST: Way = Way { buffer_bytes: 1 << 16, chunk_bytes: 1 << 22, is_strict: true };
    /// One line after another.
    pub const PLAIN: Way = Way { buffer_bytes: 1 << 16, chunk_bytes: u64::MAX, is_strict: false };
}
