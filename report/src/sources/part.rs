//! Parts: what one file holds of a lane, or of a process's counters.

use std::io;

use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows, Summary};

/// All rows of a lane.
#[derive(Debug)]
pub(crate) struct LaneRows {
    pub(crate) process: ProcessIdentity,
    pub(crate) lane: LaneIdentity,
    /// In the order in which they were read.
    pub(crate) rows: Rows,
}

/// What a file holds of one lane, or of one process's counters.
pub(super) struct Part {
    pub(super) process: ProcessIdentity,
    pub(super) content: Content,
    /// How many of the rows carried no offset from UTC.
    pub(super) assumed: u64,
}

pub(super) enum Content {
    Lane(LaneIdentity, Rows),
    /// Of a lane that may go on in any other file.
    SpreadLane(LaneIdentity, Rows),
    Samples(SampleRows),
}

impl Content {
    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.len(),
            Content::Samples(rows) => rows.len(),
        }
    }
}

/// What a file holds.
pub(super) enum Found {
    Parts(Vec<Part>),
    Summary(Box<Summary>),
}

/// A reading that the system ended: what was read until then, and why.
pub(super) struct Stopped {
    /// `None` when what was read cannot be used.
    pub(super) kept: Option<Found>,
    pub(super) error: io::Error,
}

impl Stopped {
    /// Gives the parts, or says with them that the file could not be read to its end.
    pub(super) fn or_parts(parts: Vec<Part>, result: io::Result<()>) -> Result<Found, Stopped> {
        let found = Found::Parts(parts);
        match result {
            Ok(()) => Ok(found),
            Err(error) => Err(Stopped { kept: Some(found), error }),
        }
    }
}
