//! The turn of a run: its place in a comparison whose sides took turns.
//!
//! Takes the description of a run. Two runs are partners if the same process of `waterfall` made both, for the same pair
//! of the same comparison.

use crate::runs::{Metadata, Process};

/// The place of a run in a comparison in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    name: String,
    /// The name of the other side.
    with: String,
    /// The `waterfall` that made the comparison.
    process: Process,
    /// Counted from 1.
    pair: u32,
    /// The number of pairs, or the most of them.
    pairs: u32,
    until_decided: bool,
}

impl Turn {
    pub(super) fn of(run: &Metadata) -> Option<Turn> {
        let in_turn = run.in_turn.as_ref()?;
        Some(Turn {
            name: run.name.clone(),
            with: in_turn.with.clone(),
            process: run.process,
            pair: run.repeat.0,
            pairs: run.repeat.1,
            until_decided: in_turn.until_decided,
        })
    }

    /// The most pairs of a comparison that may end early.
    pub(super) fn at_most(&self) -> Option<u32> {
        self.until_decided.then_some(self.pairs)
    }

    /// The number of pairs that were planned, or the most of them.
    pub(super) fn pairs(&self) -> u32 {
        self.pairs
    }

    pub(super) fn is_partner(&self, other: &Turn) -> bool {
        self.is_of_same_comparison(other) && self.pair == other.pair
    }

    /// Whether one comparison made both, as its two sides.
    pub(super) fn is_of_same_comparison(&self, other: &Turn) -> bool {
        self.process == other.process && self.with == other.name && other.with == self.name
    }
}

#[cfg(test)]
impl Turn {
    /// The place of a run in a comparison of at most ten pairs.
    pub(super) fn drawn([name, with]: [&str; 2], pid: u32, pair: u32, until_decided: bool) -> Turn {
        let process = Process { pid, start_ticks: Some(7) };
        Turn { name: name.into(), with: with.into(), process, pair, pairs: 10, until_decided }
    }
}
