//! Exit codes: which outcome ends the program with which code.
//!
//! 0: success, even if damaged parts of the input were skipped. `waterfall task` and `waterfall run` pass on the
//! code of the command that they ran.

use std::fmt;

use clap::error::ErrorKind;

use crate::reading;
use crate::report::Error;

/// A check that the user asked for failed: a budget, a threshold or `--strict`.
pub(super) const GATE: u8 = 1;
/// The arguments are wrong, or a name matches nothing.
pub(super) const USAGE: u8 = 2;
/// Nothing in the input could be read, or a run recorded no span.
pub(super) const UNREADABLE: u8 = 3;
/// The work could not be finished, for example because the disk is full.
pub(super) const UNFINISHED: u8 = 5;

/// Wrong arguments, printed with the usage of a command.
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

/// The exit code for an error.
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

/// The error of the reading, if `error` is one.
pub(super) fn read_error(error: &anyhow::Error) -> Option<&reading::Error> {
    match error.downcast_ref()? {
        Error::Read(error) => Some(error),
        _ => None,
    }
}
