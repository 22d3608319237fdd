//! Formats: the list of all readable formats.
//!
//! A new format is a file that implements [`Format`], its `mod` line, and its line in [`FORMATS`].

use super::format::{About, Format};
use super::header::Columns;

/// All formats, in the order in which a file is compared with them.
pub(super) static FORMATS: &[&dyn Format] = &[
    &super::summary::Summaries,
    &super::records::Records,
    &super::counters::Counters,
    &super::attributes::Attributes,
    &super::performance_py::PerformancePy,
    &super::speedscope::Speedscope,
    &super::chrome::Chrome,
    &super::folded::Folded,
    &super::timings::Timings,
    TABLES,
];

/// A format, for people who ask what can be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    /// The name of its files in messages.
    pub(crate) name: &'static str,
    /// Endings of its files' names in a directory, or a whole name; without any, files are only read when given as
    /// inputs.
    pub(crate) endings: &'static [&'static str],
    pub(crate) about: About,
}

/// What the formats say about themselves.
pub(crate) fn formats() -> impl Iterator<Item = Listed> {
    let listed = |format: &&dyn Format| Listed {
        name: format.name(),
        endings: format.endings(),
        about: format.about(),
    };
    FORMATS.iter().map(listed)
}

/// The format of files whose header has no known format.
pub(super) static TABLES: &dyn Format = &super::table::Tables;

/// The formats with a header line, and their columns.
pub(super) fn with_columns() -> impl Iterator<Item = (&'static dyn Format, Columns)> {
    FORMATS.iter().filter_map(|format| Some((*format, format.columns()?)))
}

/// Endings of compressed files, which follow that of their format.
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

/// Whether a file of this name may have a known format, so that a search of a directory includes it.
pub(crate) fn is_readable_name(name: &str) -> bool {
    let whole = name.to_ascii_lowercase();
    let name = COMPRESSED.iter().find_map(|ending| whole.strip_suffix(ending)).unwrap_or(&whole);
    let is_like =
        |ending: &str| if ending.starts_with('.') { name.ends_with(ending) } else { whole == ending };
    FORMATS.iter().flat_map(|format| format.endings()).any(|ending| is_like(ending))
}
