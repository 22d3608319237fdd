//! Formats: the list of all readable formats.
//!
//! A new format is a file that implements [`Format`], its `mod` line, and its line in [`FORMATS`].

use super::format::Format;
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
];

/// The formats with a header line, and their columns.
pub(super) fn with_columns() -> impl Iterator<Item = (&'static dyn Format, Columns)> {
    FORMATS.iter().filter_map(|format| Some((*format, format.columns()?)))
}

/// Endings of compressed files, which follow that of their format.
const COMPRESSED: [&str; 2] = [".gz", ".zst"];

/// Whether a file of this name may have a known format, so that a search of a directory includes it.
pub(super) fn is_readable_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = COMPRESSED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    FORMATS.iter().flat_map(|format| format.endings()).any(|ending| name.ends_with(ending))
}
