//! Exit codes: which outcome ends the program with which code.
//!
//! 0: done, also when parts of the input were skipped. `waterfall task` and `waterfall run` pass on the code of the
//! command that they ran.

use std::fmt;

use clap::error::ErrorKind;

use crate::reading;
use crate::report::Error;

/// A gate that the user asked for failed.
pub(super) const GATE: u8 = 1;
/// What was asked for makes no sense.
pub(super) const USAGE: u8 = 2;
/// Nothing in the input could be read.
pub(super) const UNREADABLE: u8 = 3;
/// The work could not be finished: output not writable, disk full.
pub(super) const UNFINISHED: u8 = 5;

/// What was asked for makes no sense: printed with the usage of a command.
#[derive(Debug)]
pub(super) struct Usage {
    /// The command whose usage is printed; `None` for the program itself.
    pub(super) command: Option<&'static str>,
    pub(super) kind: ErrorKind,
    message: String,
}

impl Usage {
    pub(super) fn new(command: Option<&'static str>, kind: ErrorKind, message: impl fmt::Display) -> Usage {
        Usage { command, kind, message: message.to_string() }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Usage {}

/// The code of a command that ended with an error.
pub(super) fn code(error: &anyhow::Error) -> u8 {
    if error.is::<Usage>() {
        return USAGE;
    }
    match read_error(error) {
        Some(reading::Error::NothingReadable { .. }) => UNREADABLE,
        Some(reading::Error::NoRows) => USAGE,
        None => UNFINISHED,
    }
}

/// The error of the reading, if that is what it is.
pub(super) fn read_error(error: &anyhow::Error) -> Option<&reading::Error> {
    match error.downcast_ref()? {
        Error::Read(error) => Some(error),
        _ => None,
    }
}
