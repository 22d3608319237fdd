//! Exit codes: which outcome ends the program with which code.
//!
//! Each command returns an outcome or an error, and this file makes a code of it. 0: success, even if damaged parts of
//! the input were skipped. `waterfall task` and `waterfall run` pass on how the command that they ran ended:
//! `command::code` and `command::exit` decide that.

use std::fmt;
use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::command::{self, Ended};
use crate::compare::{BaselineError, CompareError};
use crate::gate::Verdict;
use crate::history::HistoryError;
use crate::reading;
use crate::report::Error;
use crate::run::ScenarioError;

/// A check that the user asked for failed: a budget, a threshold or `--strict`.
const GATE: u8 = 1;
/// The arguments are wrong, or a name matches nothing.
const USAGE: u8 = 2;
/// Nothing in the input could be read, or a run recorded no span.
const UNREADABLE: u8 = 3;
/// A comparison is inconclusive, and the user asked to fail on that.
const INCONCLUSIVE: u8 = 4;
/// The work could not be finished, for example because the disk is full.
const UNFINISHED: u8 = 5;

/// What a command that did its work has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// A budget, a threshold or `--strict` failed.
    GateFailed,
    /// A name that was asked for does not exist.
    NoSuchName,
    /// The run recorded no span.
    NothingRecorded,
    /// The runs did not end by themselves, so they were neither compared nor saved.
    NotEnded,
    /// The comparison is inconclusive, and the user asked to fail on that.
    Inconclusive,
    /// A part of the result could not be written, which was printed.
    Unfinished,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> ExitCode {
        outcome.code().into()
    }
}

/// Ends the program as a command ended that failed or was asked to end. Returns only if its exit code is 0: what was not
/// done with its runs does not pass.
pub(super) fn end_as_command(ended: &Ended) -> Outcome {
    if command::code(&ended.status) == 0 {
        return Outcome::NotEnded;
    }
    command::exit(&ended.status);
}

impl Outcome {
    /// What the program exits with.
    pub(super) fn code(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::GateFailed => GATE,
            Outcome::NoSuchName => USAGE,
            Outcome::NothingRecorded | Outcome::NotEnded => UNREADABLE,
            Outcome::Inconclusive => INCONCLUSIVE,
            Outcome::Unfinished => UNFINISHED,
        }
    }

    /// Done if every check that the user asked for is passed.
    pub(super) fn of_gate(is_passed: bool) -> Outcome {
        if is_passed { Outcome::Done } else { Outcome::GateFailed }
    }

    /// What the user asked to fail on. Who fails on doubt fails on a regression, too.
    pub(super) fn of_verdict(verdict: Verdict, on_regression: bool, on_inconclusive: bool) -> Outcome {
        match verdict {
            Verdict::Regression if on_regression || on_inconclusive => Outcome::GateFailed,
            Verdict::Inconclusive(_) if on_inconclusive => Outcome::Inconclusive,
            _ => Outcome::Done,
        }
    }
}

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
pub(super) fn code(error: &anyhow::Error) -> ExitCode {
    if error.is::<Usage>() || error.is::<ScenarioError>() {
        return USAGE.into();
    }
    if let Some(error) = error.downcast_ref::<CompareError>() {
        return if error.is_usage() { USAGE } else { UNREADABLE }.into();
    }
    if let Some(error) = error.downcast_ref::<HistoryError>() {
        return if error.is_usage() { USAGE } else { UNREADABLE }.into();
    }
    if let Some(error) = error.downcast_ref::<BaselineError>() {
        let is_unfinished = matches!(error, BaselineError::Write { .. } | BaselineError::Changed(_));
        return if is_unfinished { UNFINISHED } else { UNREADABLE }.into();
    }
    match read_error(error) {
        Some(
            reading::Error::NothingReadable { .. }
            | reading::Error::NoRow { .. }
            | reading::Error::NoColumn { .. },
        ) => UNREADABLE.into(),
        Some(reading::Error::NoRows) => USAGE.into(),
        None => UNFINISHED.into(),
    }
}

/// The error of the reading, if `error` is one.
pub(super) fn read_error(error: &anyhow::Error) -> Option<&reading::Error> {
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(Error::Read(error)), _) | (_, Some(CompareError::Read { source: error, .. })) => Some(error),
        _ => None,
    }
}
