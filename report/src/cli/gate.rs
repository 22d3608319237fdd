//! The gate of `waterfall run`: what a run may take, by budgets of its tasks and thresholds of the whole, and whether it did.
//!
//! Takes a run that recorded something; tells the verdicts on stdout, and gives them as notes for the run's page.

use std::io;

use waterfall::Stats;
use waterfall::budget::{Budget, Verdict};
use waterfall::outputs::{self, Statistics};
use waterfall::run::{Kept, Run, Thresholds};
use waterfall::stats::{self, NoMatch};

use crate::progress_line::ProgressLine;

use super::telling::{print_styled, stdout_width, tell_error};

/// Verdicts on a run.
#[derive(Debug, Default)]
pub(super) struct Gate {
    thresholds: Vec<Kept>,
    verdicts: Vec<Verdict>,
    /// Why budgets are of no task that ran: nothing keeps these.
    unmatched: Vec<NoMatch>,
}

impl Gate {
    /// The verdicts on a run.
    pub(super) fn of(run: &Run, budgets: Vec<Budget>, thresholds: Thresholds) -> Result<Gate, stats::Error> {
        let thresholds = thresholds.check(&run.metadata);
        if budgets.is_empty() {
            return Ok(Gate { thresholds, ..Gate::default() });
        }
        let stats = Stats { budgets, ..Stats::of(run.place.records()) };
        let _progress = ProgressLine::begin(&stats.progress);
        let (Statistics { verdicts, unmatched, .. }, _) = stats.compute()?;
        Ok(Gate { thresholds, verdicts, unmatched })
    }

    pub(super) fn is_kept(&self) -> bool {
        self.unmatched.is_empty()
            && self.thresholds.iter().all(|kept| kept.is_met)
            && self.verdicts.iter().all(Verdict::is_met)
    }

    /// Tells them.
    pub(super) fn tell(&self) -> io::Result<()> {
        for kept in &self.thresholds {
            print_styled(&format!("{}\n", told(kept)))?;
        }
        if !self.verdicts.is_empty() {
            print_styled(&outputs::verdicts(&self.verdicts, stdout_width()))?;
        }
        self.unmatched.iter().for_each(|error| tell_error(error));
        Ok(())
    }

    /// A sentence each.
    pub(super) fn facts(&self) -> Vec<String> {
        let thresholds = self.thresholds.iter().map(|kept| format!("Threshold of the run: {}.", told(kept)));
        let unmatched = self.unmatched.iter().map(|error| format!("A budget is broken: {error}."));
        thresholds.chain(self.verdicts.iter().map(outputs::verdict)).chain(unmatched).collect()
    }
}

/// `wall 4.21 s, limit 90.0 s: met`.
fn told(kept: &Kept) -> String {
    format!("{}: {}", kept.told, if kept.is_met { "met" } else { "broken" })
}
