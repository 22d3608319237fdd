//! A format: what every source says of itself.
//!
//! One trait, which each format implements in a file of its own; `formats` lists them. Knows no format.

use csv::ByteRecord;

use super::header::Columns;
use super::part::{Found, Stopped};
use super::source::Source;

/// A format of trace files.
pub(super) trait Format: Sync {
    /// What messages call its files: `record` for a record file.
    fn name(&self) -> &'static str;

    /// How the names of its files end, in lower case. Below a directory only such files are looked at.
    fn endings(&self) -> &'static [&'static str];

    /// What its times say of offsets from UTC.
    fn clock(&self) -> Clock;

    /// The columns of its header line; `None` when the format has no such line.
    fn columns(&self) -> Option<Columns> {
        None
    }

    /// Whether a file with this beginning is of this format, whatever its first line holds as a header.
    fn begins(&self, beginning: &[u8]) -> bool {
        let _ = beginning;
        false
    }

    /// Reads what stands behind the header, or the whole file when the format is told by its beginning.
    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped>;
}

/// What the times of a format say of offsets from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Each time may carry its offset.
    Wall,
    /// Local times, none of which carries an offset: it is assumed for every row.
    Local,
}
