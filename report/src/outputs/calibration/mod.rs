//! A calibration, as text and JSON: how much repeats of one program differ, and what a comparison can see.
//!
//! Takes computed figures. Computes nothing; the caller chooses where the text goes.

mod json;
mod text;

use super::labels;
use crate::analysis::Noise;
use crate::gate::{Alarms, Design, Figure, Proposal, Subject, Threshold};
use crate::text::units;

/// The numbers of runs a side, or of pairs, for which a calibration says what is found.
pub(crate) const RUNS_A_SIDE: [u32; 3] = [5, 10, 20];

/// What repeats of one program say about comparisons of it.
#[derive(Debug, Clone)]
pub(crate) struct Calibration {
    /// As the user named the runs.
    pub(crate) label: String,
    /// How they were read, one line: `20 runs, calibration/1 to calibration/20, made 2026-11-30 10:00 to 10:02 UTC`.
    pub(crate) read: String,
    /// The name of each run, in the order in which they were made.
    pub(crate) runs: Vec<String>,
    /// The probability that a bound holds.
    pub(crate) level: f64,
    /// Never empty: the wall time first, then those of the greatest totals.
    pub(crate) figures: Vec<Calibrated>,
    pub(crate) splits: Vec<Splits>,
    /// Whether the runs drift, as far as the first figure shows it.
    pub(crate) drift: Drift,
    /// The number of runs a side for which the thresholds are.
    pub(crate) a_side: u32,
    /// What makes the runs differ by more than chance, one sentence each.
    pub(crate) cautions: Vec<String>,
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// A figure of the runs.
#[derive(Debug, Clone)]
pub(crate) struct Calibrated {
    pub(crate) subject: Subject,
    pub(crate) figure: Figure,
    /// The geometric mean, in the unit of the figure.
    pub(crate) typical: f64,
    /// Of all runs.
    pub(crate) noise: Bounded,
    /// Of a run beside the next one.
    pub(crate) neighbours: Bounded,
    /// The smallest changes that are found in four of five tries at the upper bounds and with the threshold, for each of
    /// [`RUNS_A_SIDE`].
    pub(crate) smallest: [Smallest; 3],
    pub(crate) current: Threshold,
    /// `None` if no threshold is worth proposing.
    pub(crate) proposal: Option<Proposal>,
}

/// A deviation and its upper bound, parts of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounded {
    pub(crate) deviation: f64,
    pub(crate) at_most: f64,
}

impl Bounded {
    pub(crate) fn of(noise: Noise, level: f64) -> Bounded {
        Bounded { deviation: noise.deviation, at_most: noise.at_most(level) }
    }
}

/// The smallest change that is found, as a part of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Smallest {
    /// With so many runs a side, one side after the other.
    pub(crate) in_blocks: f64,
    /// With so many pairs in turn.
    pub(crate) in_turn: f64,
}

/// How often the gate gives a false alarm, for one design and number of runs a side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Splits {
    pub(crate) design: Design,
    pub(crate) a_side: u32,
    /// By the test alone: any change counts.
    pub(crate) tested: Rate,
    /// With the thresholds that hold now.
    pub(crate) current: Rate,
    /// With the proposed ones.
    pub(crate) proposed: Rate,
}

/// A number of alarms, and the 90 % interval of their rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) alarms: Alarms,
    pub(crate) interval: (f64, f64),
}

/// Whether runs that were made one after the other are more alike than others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Drift {
    /// The probability of this if their order means nothing. `None` if all runs are equal.
    pub(crate) p: Option<f64>,
    pub(crate) is_detected: bool,
}

/// What became of the file that has the thresholds.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// As a user finds it.
    pub(crate) path: String,
    pub(crate) scenario: String,
    /// What the file had, and what it has now.
    pub(crate) changes: Vec<(Option<String>, String)>,
    /// Whether the file was written; else it has what it had.
    pub(crate) is_written: bool,
}

impl Calibration {
    /// The thresholds that are proposed, in the order of the figures.
    pub(crate) fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.figures.iter().filter_map(|figure| figure.proposal.as_ref())
    }

    /// The figure that stands for the machine: the wall time, if that is known.
    fn first(&self) -> &Calibrated {
        &self.figures[0]
    }
}

impl Calibrated {
    /// `wall time`, `io / save`, `io / save, p95`.
    fn label(&self) -> String {
        match (&self.subject, self.figure) {
            (Subject::Task { group, task }, Figure::Total) => labels::task((group, task)),
            (Subject::Task { group, task }, figure) => format!("{}, {figure}", labels::task((group, task))),
            (_, figure) => figure.to_string(),
        }
    }

    fn amount(&self, value: f64) -> String {
        let whole = value.round() as u64;
        match self.figure {
            Figure::PeakMemory => units::bytes(whole),
            Figure::Count => units::number(value),
            _ => units::duration(whole.into()),
        }
    }

    /// The proposed one, or that of now if none is proposed.
    fn threshold(&self) -> &Threshold {
        self.proposal.as_ref().map_or(&self.current, |proposal| &proposal.threshold)
    }

    /// `5 %`, `5 % and 20.0 ms`.
    fn change(&self, threshold: &Threshold) -> String {
        let relative = threshold.relative.map(|part| format!("{} %", units::number(part * 100.0)));
        let absolute = threshold.absolute.map(|value| self.amount(value as f64));
        relative.into_iter().chain(absolute).collect::<Vec<_>>().join(" and ")
    }
}
