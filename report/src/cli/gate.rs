//! The gate of `waterfall run`: what a run may take, by budgets of its tasks and thresholds of the whole, and whether it did.
//!
//! Takes a run that recorded something; tells the verdicts on stdout, and gives them as notes for the run's page.

use std::io;

use waterfall::budget::{Budget, Verdict};
use waterfall::outputs;
use waterfall::run::{Kept, Run, Thresholds};
use waterfall::{Stats, stats};

use crate::progress_line::ProgressLine;

use super::telling::{print_styled, stdout_width, tell_error};

/// Verdicts on a run.
#[derive(Debug, Default)]
pub(super) struct Gate {
    thresholds: Vec<Kept>,
    verdicts: Vec<Verdict>,
    /// Why a budget is of no task that ran: nothing keeps it.
    missing: Vec<stats::Error>,
}

impl Gate {
    /// The verdicts on a run.
    pub(super) fn of(run: &Run, budgets: Vec<Budget>, thresholds: Thresholds) -> Result<Gate, stats::Error> {
        let mut gate = Gate { thresholds: thresholds.check(&run.metadata), ..Gate::default() };
        let mut stats = Stats { budgets, ..Stats::of(run.place.records()) };
        while !stats.budgets.is_empty() {
            let _progress = ProgressLine::begin(&stats.progress);
            match stats.compute() {
                Ok((statistics, _)) => {
                    gate.verdicts = statistics.verdicts;
                    break;
                }
                Err(stats::Error::NoMatch { what, glob, proposal }) => {
                    stats.budgets.retain(|budget| budget.task != glob);
                    gate.missing.push(stats::Error::NoMatch { what, glob, proposal });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(gate)
    }

    pub(super) fn is_kept(&self) -> bool {
        self.missing.is_empty()
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
        self.missing.iter().for_each(|error| tell_error(error));
        Ok(())
    }

    /// A sentence each.
    pub(super) fn facts(&self) -> Vec<String> {
        let thresholds = self.thresholds.iter().map(|kept| format!("Threshold of the run: {}.", told(kept)));
        let missing = self.missing.iter().map(|error| format!("A budget is broken: {error}."));
        thresholds.chain(self.verdicts.iter().map(outputs::verdict)).chain(missing).collect()
    }
}

/// `wall 4.21 s, limit 90.0 s: met`.
fn told(kept: &Kept) -> String {
    format!("{}: {}", kept.told, if kept.is_met { "met" } else { "broken" })
}
