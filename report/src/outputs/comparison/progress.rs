//! A comparison that is not complete yet: whether more runs would decide more, and the wall time so far.

use super::{Comparison, cells};
use crate::gate::{Change, Reason, Verdict};

impl Comparison {
    /// Whether more runs would decide no further figure. One that no number of runs decides is not waited for.
    pub(crate) fn is_decided(&self) -> bool {
        let is_open = |change: &Change| {
            matches!(change.verdict, Verdict::Inconclusive(Reason::FewRuns | Reason::Noise(_)))
        };
        !self.gate.changes().any(is_open)
    }

    /// The change of the wall time and its interval, in percent: `+19.0 % (+12.0 to +26.0)`. `None` if it is not known.
    pub(crate) fn wall_so_far(&self) -> Option<String> {
        let wall = self.wall()?;
        let interval = cells::interval(wall).map_or(String::new(), |interval| format!(" ({interval})"));
        Some(format!("{}{interval}", cells::change(wall)?))
    }
}
