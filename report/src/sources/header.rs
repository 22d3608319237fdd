//! Headers: the columns of a file and their positions.

use std::fmt;

use csv::ByteRecord;

/// The columns of a format's header line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// All columns in the format's order, the needed ones first.
    pub(super) names: &'static [&'static str],
    /// Number of columns that a file needs.
    pub(super) needed: usize,
}

impl Columns {
    /// Whether a header has all needed columns.
    pub(super) fn suffice_in(&self, header: &ByteRecord) -> bool {
        self.needed().iter().all(|name| position(header, name).is_some())
    }

    /// Whether a header has all columns of the format.
    pub(super) fn are_all_in(&self, header: &ByteRecord) -> bool {
        self.names.iter().all(|name| position(header, name).is_some())
    }

    /// The needed columns that a header lacks. `None` when it has fewer than two of them, or all: then it does not
    /// look like a damaged header of this format.
    pub(super) fn missing_in(&self, header: &ByteRecord) -> Option<Vec<&'static str>> {
        let missing: Vec<_> =
            self.needed().iter().copied().filter(|name| position(header, name).is_none()).collect();
        (!missing.is_empty() && self.needed - missing.len() >= 2).then_some(missing)
    }

    fn needed(&self) -> &'static [&'static str] {
        &self.names[..self.needed]
    }
}

/// `group,task,start,end,color`.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(","))
    }
}

/// Position of each of `names` in a header.
pub(super) fn positions<const N: usize>(header: &ByteRecord, names: [&str; N]) -> [Option<usize>; N] {
    names.map(|name| position(header, name))
}

fn position(header: &ByteRecord, name: &str) -> Option<usize> {
    header.iter().position(|field| field.trim_ascii() == name.as_bytes())
}
