//! Parts: what one file contains of a lane, or of a process's counters or attributes.

use std::io;

use super::given::Given;
use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows, Summary};

#[derive(Debug)]
pub(crate) struct LaneRows {
    pub(crate) process: ProcessIdentity,
    pub(crate) lane: LaneIdentity,
    /// In the order of reading.
    pub(crate) rows: Rows,
}

/// What a file contains of one lane, or of one process's counters or attributes.
pub(super) struct Part {
    pub(super) process: ProcessIdentity,
    pub(super) content: Content,
    /// Number of rows without an offset from UTC.
    pub(super) assumed: u64,
}

pub(super) enum Content {
    Lane(LaneIdentity, Rows),
    /// Part of a lane that may continue in any other file.
    SpreadLane(LaneIdentity, Rows),
    Samples(SampleRows),
    /// Attributes of rows in other files.
    Attributes(Given),
}

impl Content {
    /// Number of spans, samples or attributes.
    pub(super) fn len(&self) -> usize {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.len(),
            Content::Samples(rows) => rows.len(),
            Content::Attributes(given) => given.len(),
        }
    }
}

pub(super) enum Found {
    Parts(Vec<Part>),
    Summary(Box<Summary>),
    /// A file of a known format in which no row could be read; a problem explains why.
    Refused,
}

impl Found {
    /// Whether there is neither a span, a sample nor an attribute.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Found::Parts(parts) => parts.iter().all(|part| part.content.len() == 0),
            Found::Summary(summary) => summary.span_count() == 0 && summary.sample_count() == 0,
            Found::Refused => true,
        }
    }
}

/// A read error: what was read before it, and the error.
pub(super) struct Stopped {
    /// `None` if what was read is not usable.
    pub(super) kept: Option<Found>,
    pub(super) error: io::Error,
}

impl Stopped {
    /// The parts; with an error, if the file could not be read to its end.
    pub(super) fn or_parts(parts: Vec<Part>, result: io::Result<()>) -> Result<Found, Stopped> {
        let found = Found::Parts(parts);
        match result {
            Ok(()) => Ok(found),
            Err(error) => Err(Stopped { kept: Some(found), error }),
        }
    }
}
