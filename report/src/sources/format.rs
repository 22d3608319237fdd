//! Format: what each source declares about itself.
//!
//! One trait, which each format implements in a file of its own; `formats` lists them. Knows no format.

use csv::ByteRecord;

use super::header::Columns;
use super::part::{Found, Stopped};
use super::source::Source;

/// A format of trace files.
pub(super) trait Format: Sync {
    /// The name for its files in messages: `record` for a record file.
    fn name(&self) -> &'static str;

    /// What it is, for people who ask what can be read.
    fn about(&self) -> About;

    /// Endings of its files' names, in lower case and before `.gz` and the like; by default that of CSV. What does not
    /// begin with a dot is a whole name. In a directory, only files with these are read.
    fn endings(&self) -> &'static [&'static str] {
        &[".csv"]
    }

    /// How its times relate to UTC; by default each may have its offset.
    fn clock(&self) -> Clock {
        Clock::Wall
    }

    /// Columns of its header line; `None` if the format has no such line.
    fn columns(&self) -> Option<Columns> {
        None
    }

    /// A row of these columns, for people who write one; `None` if only this program writes the format.
    fn example(&self) -> Option<&'static str> {
        None
    }

    /// The form of its rows, as a sentence without its full stop.
    fn wanted(&self) -> String {
        match (self.columns(), self.example()) {
            (Some(columns), Some(example)) => format!("A row of {columns} looks like `{example}`"),
            _ => format!("Make the {} again", self.name()),
        }
    }

    /// Whether a file that begins like this has this format, whatever its header line contains.
    fn begins(&self, beginning: &[u8]) -> bool {
        let _ = beginning;
        false
    }

    /// Whether a file with the needed columns has this format, judged by its first rows, which may be cut off.
    fn accepts(&self, header: &ByteRecord, rows: &[u8]) -> bool {
        let _ = (header, rows);
        true
    }

    /// Whether `begins` looks at lines that also a text or a table may have. A header counts for more.
    fn is_guessed(&self) -> bool {
        false
    }

    /// Reads what follows the header; or the whole file, if `begins` detected the format.
    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped>;
}

/// A format as `waterfall formats` lists it. All texts are phrases without a full stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// Its full name: `Chrome Trace Event JSON`.
    pub(crate) what: &'static str,
    /// How its files are detected.
    pub(crate) told_by: &'static str,
    /// What of it is read.
    pub(crate) reads: &'static str,
    /// What of it is left out; empty if nothing is.
    pub(crate) leaves: &'static str,
    /// What its times count from.
    pub(crate) clock: &'static str,
}

/// How the times of a format relate to UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// Each time may have its offset.
    Wall,
    /// Local times, nearly all without an offset: an assumed one is no problem.
    Local,
}
