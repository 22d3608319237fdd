//! Parts: what one file contains of a lane, of a process's counters or attributes, or without a time.

use std::io;
use std::path::Path;

use super::given::Given;
use crate::model::{
    LaneIdentity, ProcessIdentity, Profile, ProfileIdentity, Rows, SampleRows, Summary, Timings, Unit,
};

#[derive(Debug)]
pub(crate) struct LaneRows {
    pub(crate) process: ProcessIdentity,
    pub(crate) lane: LaneIdentity,
    /// In the order of reading.
    pub(crate) rows: Rows,
}

/// What a file contains of one lane, of one process's counters or attributes, or without a time.
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
    /// A profile, with its name in the file.
    Profile(String, Unit, Profile),
    Timings(Timings),
}

impl Content {
    /// First and last time; `None` without any.
    pub(super) fn extent_ns(&self) -> Option<(i64, i64)> {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.extent_ns(),
            Content::Samples(rows) => rows.extent_ns(),
            Content::Attributes(_) | Content::Profile(..) | Content::Timings(_) => None,
        }
    }

    /// Moves all times by `ns`.
    pub(super) fn shift(&mut self, ns: i64) {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.shift(ns),
            Content::Samples(rows) => rows.shift(ns),
            Content::Attributes(_) | Content::Profile(..) | Content::Timings(_) => {}
        }
    }

    /// Number of spans, samples, attributes, stacks or timings.
    pub(super) fn len(&self) -> usize {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.len(),
            Content::Samples(rows) => rows.len(),
            Content::Attributes(given) => given.len(),
            Content::Profile(_, _, profile) => profile.stacks as usize,
            Content::Timings(timings) => timings.len(),
        }
    }

    /// What has no time, as a summary: a profile or timings of the file with this name.
    pub(super) fn timeless(self, file: &Path) -> Option<Summary> {
        let source = || file.to_string_lossy().into_owned();
        match self {
            Content::Profile(name, unit, profile) => {
                Some(Summary::of_profile(ProfileIdentity { source: source(), name, unit }, profile))
            }
            Content::Timings(timings) => Some(Summary::of_timings(timings)),
            _ => None,
        }
    }
}

/// What the times of a file count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// 1970, in UTC.
    Epoch,
    /// A moment of the file's own, such as the start of the program.
    Own {
        /// That moment in ns since the Unix epoch, if the file says it.
        unix_ns: Option<i64>,
    },
    /// Nothing: the file has weights or durations, but no moments.
    None,
}

pub(super) enum Found {
    /// The times of all parts count from one origin.
    Parts(Vec<Part>, Origin),
    Summary(Box<Summary>),
    /// A file of a known format in which no row could be read; a problem explains why.
    Refused,
}

impl Found {
    /// Whether there is neither a span, a sample nor an attribute.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Found::Parts(parts, _) => parts.iter().all(|part| part.content.len() == 0),
            Found::Summary(summary) => summary.is_empty(),
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
    pub(super) fn or_parts(
        parts: Vec<Part>,
        origin: Origin,
        result: io::Result<()>,
    ) -> Result<Found, Stopped> {
        let found = Found::Parts(parts, origin);
        match result {
            Ok(()) => Ok(found),
            Err(error) => Err(Stopped { kept: Some(found), error }),
        }
    }
}
