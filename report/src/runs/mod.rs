//! Kept runs: the description of each, where it is, and how to show it.
//!
//! Takes a directory, gives the runs below it. Must not know how a command is run.

mod figures;
mod list;
mod machine;
pub(crate) mod metadata;
mod process;
mod pruning;
mod store;
mod words;

pub(crate) use figures::{Around, Figures, OtherTasks, TaskDurations, TaskFigures};
pub(crate) use list::list;
pub(crate) use machine::{Machine, Revision};
pub(crate) use metadata::{Busy, Load, Metadata, Outcome, Recorded, Resources, median};
pub(crate) use process::Process;
pub(crate) use pruning::Remains;
pub(crate) use store::{KEPT, Name, Place, Store};
