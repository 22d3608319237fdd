//! A calibration as JSON, version 1, for programs. `docs/calibrating.md` specifies it.

use serde::Serialize;

use super::{Calibrated, Calibration, RUNS_A_SIDE, Rate, Saved, Splits};
use crate::gate::{Design, Subject, Threshold};
use crate::outputs::comparison::figure_key;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    exit_code: u8,
    label: &'a str,
    read: &'a str,
    runs: &'a [String],
    level: f64,
    drift: Drift,
    figures: Vec<OfFigure<'a>>,
    splits: Vec<OfSplits>,
    runs_a_side: u32,
    thresholds: Vec<&'a str>,
    saved: Option<OfSaved<'a>>,
    cautions: &'a [String],
    notes: &'a [String],
}

#[derive(Serialize)]
struct Drift {
    is_detected: bool,
    p: Option<f64>,
}

#[derive(Serialize)]
struct OfFigure<'a> {
    subject: &'static str,
    group: Option<&'a str>,
    task: Option<&'a str>,
    figure: String,
    typical: f64,
    noise: Bounded,
    noise_in_pairs: Bounded,
    smallest_change: Vec<Smallest>,
    threshold: OfThreshold<'a>,
    proposed: Option<OfThreshold<'a>>,
}

#[derive(Serialize)]
struct Bounded {
    deviation: f64,
    at_most: f64,
}

#[derive(Serialize)]
struct Smallest {
    runs_a_side: u32,
    in_blocks: f64,
    in_turn: f64,
}

#[derive(Serialize)]
struct OfThreshold<'a> {
    text: &'a str,
    relative: Option<f64>,
    absolute: Option<i64>,
}

#[derive(Serialize)]
struct OfSplits {
    design: &'static str,
    runs_a_side: u32,
    splits: usize,
    independent: usize,
    any_change: OfRate,
    threshold: OfRate,
    proposed: OfRate,
}

#[derive(Serialize)]
struct OfRate {
    alarms: usize,
    interval: (f64, f64),
}

#[derive(Serialize)]
struct OfSaved<'a> {
    path: &'a str,
    scenario: &'a str,
    is_written: bool,
    changes: Vec<Changed<'a>>,
}

#[derive(Serialize)]
struct Changed<'a> {
    before: Option<&'a str>,
    after: &'a str,
}

impl Calibration {
    /// The calibration as one JSON object, version 1, ended by a line feed. `exit_code` is the code that the program
    /// exits with.
    pub(crate) fn json(&self, saved: Option<&Saved>, exit_code: u8) -> String {
        let document = Document {
            version: VERSION,
            exit_code,
            label: &self.label,
            read: &self.read,
            runs: &self.runs,
            level: self.level,
            drift: Drift { is_detected: self.drift.is_detected, p: self.drift.p },
            figures: self.figures.iter().map(figure).collect(),
            splits: self.splits.iter().map(splits).collect(),
            runs_a_side: self.a_side,
            thresholds: self.proposals().map(|proposal| proposal.threshold.text.as_str()).collect(),
            saved: saved.map(of_saved),
            cautions: &self.cautions,
            notes: &self.notes,
        };
        let mut text = serde_json::to_string_pretty(&document).expect("strings and numbers are JSON");
        text.push('\n');
        text
    }
}

fn of_saved(saved: &Saved) -> OfSaved<'_> {
    OfSaved {
        path: &saved.path,
        scenario: &saved.scenario,
        is_written: saved.is_written,
        changes: (saved.changes.iter())
            .map(|(before, after)| Changed { before: before.as_deref(), after })
            .collect(),
    }
}

fn figure(of: &Calibrated) -> OfFigure<'_> {
    let (subject, group, task) = match &of.subject {
        Subject::Task { group, task } => ("task", Some(group.as_str()), Some(task.as_str())),
        _ => ("run", None, None),
    };
    let bounded = |noise: super::Bounded| Bounded { deviation: noise.deviation, at_most: noise.at_most };
    let smallest = RUNS_A_SIDE.into_iter().zip(of.smallest).map(|(runs_a_side, of)| Smallest {
        runs_a_side,
        in_blocks: of.in_blocks,
        in_turn: of.in_turn,
    });
    OfFigure {
        subject,
        group,
        task,
        figure: figure_key(of.figure),
        typical: of.typical,
        noise: bounded(of.noise),
        noise_in_pairs: bounded(of.neighbours),
        smallest_change: smallest.collect(),
        threshold: threshold(&of.current),
        proposed: of.proposal.as_ref().map(|proposal| threshold(&proposal.threshold)),
    }
}

fn threshold(of: &Threshold) -> OfThreshold<'_> {
    OfThreshold { text: &of.text, relative: of.relative, absolute: of.absolute }
}

fn splits(of: &Splits) -> OfSplits {
    let rate = |rate: Rate| OfRate { alarms: rate.alarms.alarms, interval: rate.interval };
    OfSplits {
        design: match of.design {
            Design::Independent => "blocks",
            _ => "pairs",
        },
        runs_a_side: of.a_side,
        splits: of.tested.alarms.splits,
        independent: of.tested.alarms.independent,
        any_change: rate(of.tested),
        threshold: rate(of.current),
        proposed: rate(of.proposed),
    }
}
