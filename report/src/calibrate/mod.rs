//! Calibrations: how much repeats of one program differ, which changes a comparison of it can find, and thresholds.
//!
//! Takes the runs of a side; gives their noise, the false alarms of the gate on splits of them, and a threshold for each
//! figure. Runs nothing and reads no file.

mod saving;

use std::collections::BTreeMap;

use crate::analysis::{Difference, Noise, drift_p, rate_interval};
use crate::compare::{CompareError, Side, differences, figures_of};
use crate::gate::{
    ALPHA, Design, Figure, Proposal, Repeated, Subject, Threshold, alarms, is_small, proposed,
};
use crate::outputs::{Bounded, Calibrated, Calibration, Drift, RUNS_A_SIDE, Rate, Smallest, Splits};
use crate::text::{quoted, units};

pub(crate) use saving::{SaveError, save};

/// The least number of runs. The bound of their noise is 1.28 times the noise.
pub(crate) const LEAST_RUNS: u32 = 20;
/// The probability that a bound of the noise holds.
const LEVEL: f64 = 0.9;
/// Below this probability the runs drift.
const DRIFT: f64 = 0.01;
/// A threshold of this part or more is worth a warning.
const WIDE: f64 = 0.2;
/// The most thresholds that are proposed, those of the greatest totals.
const MOST_PROPOSED: usize = 30;
/// A threshold that hides nothing, so that the alarms are those of the test alone.
const NONE: &str = "0.0001%";

/// What these runs say about comparisons of `a_side` runs a side, with the thresholds that hold now.
///
/// # Errors
///
/// [`CompareError::Unusable`] if there are fewer than 20 runs, or if no figure of them has a noise.
pub(crate) fn calibrate(
    side: &Side,
    thresholds: &[Threshold],
    a_side: u32,
) -> Result<Calibration, CompareError> {
    let unusable = |why: String, hint: &str| CompareError::Unusable {
        run: quoted(&side.label),
        why,
        hint: hint.to_owned(),
    };
    if side.runs.len() < LEAST_RUNS as usize {
        let why = format!("has {}", units::counted(side.runs.len() as u64, "run"));
        return Err(unusable(why, &format!("; a calibration needs at least {LEAST_RUNS}")));
    }
    let (figures, mut notes) = figures_of(side, thresholds);
    let short_names = short_names(&figures);
    let (small, figures): (Vec<Repeated>, Vec<Repeated>) =
        figures.into_iter().partition(|figure| is_small(&figure.threshold, [&figure.runs, &[]]));
    // A comparison tests figures that are 0 in some run as well, so they count wherever false alarms do.
    let mut without_noise: Vec<Repeated> = Vec::new();
    let mut measured: Vec<(Repeated, Noise, Noise)> = Vec::new();
    for figure in figures {
        match (Noise::of_runs(&figure.runs), Noise::of_neighbours(&figure.runs)) {
            (Some(noise), Some(neighbours)) => measured.push((figure, noise, neighbours)),
            _ => without_noise.push(figure),
        }
    }
    if measured.is_empty() {
        return Err(unusable("has no figure that is known of every run and greater than 0".into(), ""));
    }
    notes.extend(left_out(small.len()));
    notes.extend(no_noise(without_noise.len()));
    measured.sort_by(|(one, ..), (other, ..)| {
        rank(one).cmp(&rank(other)).then(typical(other).total_cmp(&typical(one)))
    });

    let alpha = ALPHA / (measured.len() + without_noise.len()) as f64;
    let without_threshold = Difference::smallest_increase(false, a_side, 0.0, alpha);
    let wall = measured.iter().map(|(figure, ..)| figure).find(|figure| figure.figure == Figure::Wall);
    let wall_ns = wall.map(typical);
    let drift = drift_p(&measured[0].0.runs);
    let calibrated: Vec<Calibrated> = (measured.iter().enumerate())
        .map(|(index, (figure, noise, neighbours))| {
            let (noise, neighbours) = (Bounded::of(*noise, LEVEL), Bounded::of(*neighbours, LEVEL));
            let smallest = without_threshold * noise.at_most;
            let threshold =
                proposed(&figure.subject, figure.figure, smallest.exp_m1(), typical(figure), wall_ns);
            let proposal = threshold.filter(|_| index < MOST_PROPOSED).map(|threshold| Proposal {
                threshold,
                short_name: short_name(&figure.subject, &short_names),
            });
            let counts = proposal.as_ref().map_or(&figure.threshold, |proposal| &proposal.threshold);
            let found = Found::of(counts, typical(figure), alpha);
            Calibrated {
                subject: figure.subject.clone(),
                figure: figure.figure,
                typical: typical(figure),
                noise,
                neighbours,
                smallest: found.smallest(noise, neighbours),
                current: figure.threshold.clone(),
                proposal,
            }
        })
        .collect();
    if measured.len() > MOST_PROPOSED {
        let others = units::counted((measured.len() - MOST_PROPOSED) as u64, "figure");
        notes.push(format!("No threshold is proposed for {others} of smaller totals."));
    }
    let too_noisy = too_noisy(&calibrated);
    let figures: Vec<Repeated> =
        measured.into_iter().map(|(figure, ..)| figure).chain(without_noise).collect();
    let splits = splits(&figures, &calibrated);
    Ok(Calibration {
        label: side.label.clone(),
        read: side.read.clone(),
        runs: side.runs.iter().map(|run| run.name.clone()).collect(),
        level: LEVEL,
        figures: calibrated,
        splits,
        drift: Drift { p: drift, is_detected: drift.is_some_and(|p| p < DRIFT) },
        a_side,
        cautions: differences(side).into_iter().chain(too_noisy).collect(),
        notes,
    })
}

/// The smallest changes that the gate finds, if a change counts from this threshold on.
struct Found {
    alpha: f64,
    /// The least relative change that counts, on the logarithmic scale.
    margin: f64,
}

impl Found {
    fn of(threshold: &Threshold, typical: f64, alpha: f64) -> Found {
        let relative = threshold.relative.unwrap_or(0.0);
        let absolute = threshold.absolute.unwrap_or(0) as f64 / typical;
        Found { alpha, margin: relative.max(absolute).ln_1p() }
    }

    fn smallest(&self, noise: Bounded, neighbours: Bounded) -> [Smallest; 3] {
        RUNS_A_SIDE.map(|runs| Smallest {
            in_blocks: self.increase(false, runs, noise.at_most),
            in_turn: self.increase(true, runs, neighbours.at_most),
        })
    }

    fn increase(&self, are_pairs: bool, runs: u32, deviation: f64) -> f64 {
        if deviation == 0.0 {
            return self.margin.exp_m1();
        }
        let found = Difference::smallest_increase(are_pairs, runs, self.margin / deviation, self.alpha);
        (found * deviation).exp_m1()
    }
}

/// The false alarms of each design and number of runs a side, as far as there are enough runs. The figures that have a
/// noise are first, in the order of `calibrated`.
fn splits(figures: &[Repeated], calibrated: &[Calibrated]) -> Vec<Splits> {
    let none: Threshold = NONE.parse().expect("it is a threshold");
    let with = |of: &dyn Fn(usize) -> Threshold| -> Vec<Repeated> {
        let each = figures.iter().enumerate();
        each.map(|(at, figure)| Repeated { threshold: of(at), ..figure.clone() }).collect()
    };
    let tested = with(&|_| none.clone());
    let proposed = with(&|at| {
        let proposal = calibrated.get(at).and_then(|figure| figure.proposal.as_ref());
        proposal.map_or_else(|| figures[at].threshold.clone(), |proposal| proposal.threshold.clone())
    });
    let kinds = RUNS_A_SIDE
        .into_iter()
        .flat_map(|a_side| [Design::Independent, Design::Pairs].map(|of| (a_side, of)));
    let rate = |figures: &[Repeated], a_side: u32, design| {
        let alarms = alarms(figures, a_side as usize, design)?;
        let interval = rate_interval(alarms.alarms, alarms.splits, alarms.independent);
        Some(Rate { alarms, interval })
    };
    kinds
        .filter_map(|(a_side, design)| {
            Some(Splits {
                design,
                a_side,
                tested: rate(&tested, a_side, design)?,
                current: rate(figures, a_side, design)?,
                proposed: rate(&proposed, a_side, design)?,
            })
        })
        .collect()
}

/// Says that thresholds hide what a user would want to know.
fn too_noisy(figures: &[Calibrated]) -> Option<String> {
    let wide = |figure: &&Calibrated| {
        let proposed = figure.proposal.as_ref().and_then(|proposal| proposal.threshold.relative);
        proposed.is_some_and(|relative| relative >= WIDE)
    };
    let count = figures.iter().filter(wide).count() as u64;
    (count > 0).then(|| {
        format!(
            "The runs differ so much that {} would get a threshold of {} or more, which hides most changes. Longer runs, \
             more repeats or a quieter machine make it smaller.",
            units::counted(count, "figure"),
            units::percent(WIDE),
        )
    })
}

/// The wall time is first, then other figures of runs, then tasks.
fn rank(figure: &Repeated) -> (bool, bool) {
    (figure.figure != Figure::Wall, figure.subject != Subject::Run)
}

/// The geometric mean of a figure that is greater than 0.
fn typical(figure: &Repeated) -> f64 {
    (figure.runs.iter().map(|value| value.ln()).sum::<f64>() / figure.runs.len() as f64).exp()
}

/// How many groups have a task of each name.
fn short_names(figures: &[Repeated]) -> BTreeMap<String, usize> {
    let mut groups = BTreeMap::new();
    for figure in figures.iter().filter(|figure| figure.figure == Figure::Total) {
        if let Subject::Task { task, .. } = &figure.subject {
            *groups.entry(task.clone()).or_insert(0) += 1;
        }
    }
    groups
}

fn short_name(subject: &Subject, groups: &BTreeMap<String, usize>) -> Option<String> {
    match subject {
        Subject::Task { task, .. } => (groups.get(task) == Some(&1)).then(|| task.clone()),
        _ => None,
    }
}

fn left_out(figures: usize) -> Option<String> {
    let each = if figures == 1 { "it is" } else { "each is" };
    let why = format!("{each} too small for its threshold, so it cannot change by that much");
    (figures > 0).then(|| format!("{} left out: {why}.", units::counted(figures as u64, "figure")))
}

fn no_noise(figures: usize) -> Option<String> {
    let why = match figures {
        1 => "has no noise in percent: it is 0 in some run. It counts",
        _ => "have no noise in percent: each is 0 in some run. They count",
    };
    let counted = units::counted(figures as u64, "figure");
    (figures > 0).then(|| format!("{counted} {why} in the number of figures and in the false alarms."))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use rand_distr::{Distribution, LogNormal};

    use super::*;
    use crate::gate::{Pair, Verdict, changes};

    const NOISE: f64 = 0.02;
    const TRIES: u64 = 500;

    #[test]
    fn the_smallest_change_is_found_in_about_four_of_five_tries() {
        for (design, runs, threshold_percent) in [
            (Design::Independent, 5, 0.0001),
            (Design::Independent, 10, 5.0),
            (Design::Independent, 20, 0.0001),
            (Design::Pairs, 5, 0.0001),
            (Design::Pairs, 10, 4.0),
            (Design::Pairs, 20, 0.0001),
        ] {
            let margin: f64 = threshold_percent / 100.0;
            let size = NOISE
                * Difference::smallest_increase(design == Design::Pairs, runs, margin.ln_1p() / NOISE, ALPHA);
            let is_found = |seed: &u64| {
                let mut random = SmallRng::seed_from_u64(*seed);
                let mut side = |mean| {
                    let side = LogNormal::new(mean, NOISE).unwrap().sample_iter(&mut random);
                    side.take(runs as usize).collect::<Vec<f64>>()
                };
                let (baseline, candidate) = (side(0.0), side(size));
                let threshold = format!("{threshold_percent}%").parse().unwrap();
                let (subject, figure) = (Subject::Run, Figure::Wall);
                let pair = Pair { subject, figure, threshold, baseline, candidate };
                changes(vec![pair], design)[0].verdict == Verdict::Regression
            };
            let found = (0..TRIES).filter(is_found).count();
            assert!((365..=440).contains(&found), "{design:?}, {runs} runs: {found} of {TRIES}");
        }
    }
}
