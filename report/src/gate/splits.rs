//! Splits: how often the gate finds a change among runs in which nothing changed.
//!
//! Takes the figures of repeats in the order in which they were made. Splits stretches of them into two sides, in blocks
//! (the first half against the second) or in turn (pairs in ABBA order), and asks the gate. Each alarm is false.

use super::change::{Change, Design, Pair, Verdict, changes_without_advice};
use super::figure::Figure;
use super::subject::Subject;
use super::threshold::Threshold;

/// The most splits of one kind; of more, some are left out evenly.
const MOST_SPLITS: usize = 100;

/// A figure of repeats of one program.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Repeated {
    pub(crate) subject: Subject,
    pub(crate) figure: Figure,
    pub(crate) threshold: Threshold,
    /// The figure of each run in its unit, in the order of the runs.
    pub(crate) runs: Vec<f64>,
}

/// How many splits of one kind had a false alarm in any figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alarms {
    pub(crate) alarms: usize,
    pub(crate) splits: usize,
    /// How many of the splits fit beside each other. More of them overlap.
    pub(crate) independent: usize,
}

/// The false alarms of splits with so many runs a side. `None` if there are fewer runs, or no figure.
pub(crate) fn alarms(figures: &[Repeated], a_side: usize, design: Design) -> Option<Alarms> {
    let runs = figures.iter().map(|figure| figure.runs.len()).min()?;
    let last = runs.checked_sub(2 * a_side)?;
    let starts: Vec<usize> = (0..=last).step_by((last + 1).div_ceil(MOST_SPLITS)).collect();
    let is_alarm = |start: &&usize| {
        let pairs = figures.iter().map(|figure| figure.split(**start, a_side, design)).collect();
        changes_without_advice(pairs, design).iter().any(is_changed)
    };
    let alarms = starts.iter().filter(is_alarm).count();
    Some(Alarms { alarms, splits: starts.len(), independent: starts.len().min(runs / (2 * a_side)) })
}

fn is_changed(change: &Change) -> bool {
    matches!(change.verdict, Verdict::Regression | Verdict::Improvement)
}

impl Repeated {
    fn split(&self, start: usize, a_side: usize, design: Design) -> Pair {
        let runs = &self.runs[start..start + 2 * a_side];
        let (baseline, candidate) = match design {
            Design::Independent => (runs[..a_side].to_vec(), runs[a_side..].to_vec()),
            _ => {
                let in_turn = runs.chunks_exact(2).enumerate();
                in_turn
                    .map(|(at, pair)| if at % 2 == 0 { (pair[0], pair[1]) } else { (pair[1], pair[0]) })
                    .unzip()
            }
        };
        let (subject, figure, threshold) = (self.subject.clone(), self.figure, self.threshold.clone());
        Pair { subject, figure, threshold, baseline, candidate }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use rand_distr::{Distribution, Normal};

    use super::*;

    fn repeated(runs: Vec<f64>) -> Repeated {
        Repeated { subject: Subject::Run, figure: Figure::Wall, threshold: "0.1%".parse().unwrap(), runs }
    }

    #[test]
    fn blocks_are_halves_of_a_stretch_and_pairs_are_in_turn() {
        let figure = repeated((0..10).map(f64::from).collect());
        let blocks = figure.split(1, 4, Design::Independent);
        assert_eq!((blocks.baseline, blocks.candidate), (vec![1., 2., 3., 4.], vec![5., 6., 7., 8.]));
        let pairs = figure.split(2, 4, Design::Pairs);
        assert_eq!((pairs.baseline, pairs.candidate), (vec![2., 5., 6., 9.], vec![3., 4., 7., 8.]));
    }

    #[test]
    fn the_number_of_splits_is_known() {
        let of = |runs: usize, a_side| alarms(&[repeated(vec![7.0; runs])], a_side, Design::Pairs);
        assert_eq!(of(20, 5), Some(Alarms { alarms: 0, splits: 11, independent: 2 }));
        assert_eq!(of(20, 10), Some(Alarms { alarms: 0, splits: 1, independent: 1 }));
        assert_eq!(of(19, 10), None);
        assert_eq!(of(409, 5), Some(Alarms { alarms: 0, splits: 100, independent: 40 }));
        assert_eq!(of(2009, 5), Some(Alarms { alarms: 0, splits: 100, independent: 100 }));
        assert_eq!(alarms(&[], 5, Design::Pairs), None);
    }

    #[test]
    fn drift_alarms_in_blocks_and_not_in_turn() {
        let noise = Normal::new(0.0, 0.01).unwrap();
        let mut random = SmallRng::seed_from_u64(1);
        let runs =
            (0..200).map(|run| (noise.sample(&mut random) + 0.005 * f64::from(run)).exp() * 1e9).collect();
        let figures = [repeated(runs)];
        let rate = |design| {
            let found = alarms(&figures, 5, design).unwrap();
            found.alarms as f64 / found.splits as f64
        };
        let (blocks, pairs) = (rate(Design::Independent), rate(Design::Pairs));
        assert!(blocks > 0.5 && pairs < 0.1, "{blocks} {pairs}");
    }
}
