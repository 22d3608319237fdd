//! A figure of two sides of runs: how it changed, and the verdict on it.
//!
//! Takes the figures of a comparison, which are one family of tests; gives each its estimate, interval and verdict.

use super::figure::Figure;
use super::looks::{LEAST_RUNS, share};
use super::subject::Subject;
use super::threshold::Threshold;
use crate::analysis::{Difference, Scale, TRIMMED_FROM, distances, holm, outliers};

/// The rate of false alarms over all figures of a comparison.
pub(crate) const ALPHA: f64 = 0.05;
/// The probability that an interval contains the true change.
const LEVEL: f64 = 0.9;
/// So that a change of exactly the threshold counts, although logarithms are rounded.
const ROUNDING: f64 = 1e-9;

/// How the runs of two sides belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Design {
    /// They do not: each side is a sample by itself.
    #[default]
    Independent,
    /// The i-th run of the baseline and the i-th of the candidate were made one after the other, so the differences of
    /// these pairs are compared: what slowly changes meanwhile is in both.
    Pairs,
    /// Pairs that may have ended early, when one of this number of looks had decided every figure. All looks share the
    /// rate of false alarms, and the interval contains the true change at all looks at once.
    Sequential {
        /// At least 1.
        looks: u32,
        /// Whether this is the last of them: there are as many pairs as there may be.
        is_last: bool,
    },
}

impl Design {
    /// Whether runs are compared in pairs.
    pub(crate) fn is_paired(self) -> bool {
        self != Design::Independent
    }

    /// The part of all errors that this look may make.
    fn share(self) -> f64 {
        match self {
            Design::Sequential { looks, is_last } => share(looks, is_last),
            Design::Independent | Design::Pairs => 1.0,
        }
    }

    /// The probability that the interval of one look contains the true change.
    fn level(self) -> f64 {
        1.0 - (1.0 - LEVEL) * self.share()
    }
}

/// A figure of both sides, to be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    pub(crate) subject: Subject,
    pub(crate) figure: Figure,
    pub(crate) threshold: Threshold,
    /// The figure of each run: ns, bytes or a count.
    pub(crate) baseline: Vec<f64>,
    pub(crate) candidate: Vec<f64>,
}

/// How one figure differs between two sides.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The run or the task that is compared.
    pub subject: Subject,
    /// The figure that is compared.
    pub figure: Figure,
    /// The smallest change that counts.
    pub threshold: Threshold,
    /// The figure of each run of the baseline: ns, bytes or a count.
    pub baseline: Vec<f64>,
    /// The figure of each run of the candidate.
    pub candidate: Vec<f64>,
    /// The typical figures and their difference. `None` if a side has no run with this figure.
    pub estimate: Option<Estimate>,
    /// The runs of the baseline and of the candidate that are far from the other runs of their side, as their indices.
    /// Only where a side has fewer than 8 runs, so that they may hide or feign a change.
    pub outliers: [Vec<usize>; 2],
    /// What follows from all of that.
    pub verdict: Verdict,
}

/// The typical figure of both sides, and how they differ.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The geometric mean of the baseline's runs. From 8 runs a side, the highest and the lowest fifth (rounded down)
    /// do not count in it; of pairs, those with the highest and the lowest fifth of the differences. The plain mean where
    /// a run of one of the sides has 0.
    pub baseline: f64,
    /// The same of the candidate's runs.
    pub candidate: f64,
    /// Candidate / baseline - 1, so 0.2 for 20 % more. `None` if the baseline is 0.
    pub change: Option<f64>,
    /// The 90 % interval of `change`; it holds at all looks at once. `None` if a side has fewer than two runs, or
    /// `change` is `None`.
    pub interval: Option<(f64, f64)>,
    /// The probability of a difference at least as great if nothing changed, adjusted over all figures by Holm's
    /// method, and divided by the part of the look. `None` if nothing was tested: a side has too few runs, or the figure
    /// is too small to change by the absolute part of its threshold.
    pub p: Option<f64>,
}

/// What a comparison says about a figure, or about all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Significantly worse, by at least the threshold.
    Regression,
    /// Significantly better, by at least the threshold.
    Improvement,
    /// Shown to be inside the threshold.
    NoChange,
    /// None of these.
    Inconclusive(Reason),
}

/// Why a figure is inconclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A side has fewer than four runs.
    FewRuns,
    /// The runs of a side differ too much. About this many runs a side would decide at the same noise; `None` beyond
    /// 1,000.
    Noise(Option<u32>),
    /// The baseline is 0, so there is no ratio, and no absolute threshold decides.
    NoRatio,
    /// A run of a side does not have the figure, or it is not known exactly.
    NotKnown,
}

impl Change {
    /// Whether nothing was tested since no run has as much as the absolute part of the threshold.
    pub(crate) fn is_small(&self) -> bool {
        self.verdict == Verdict::NoChange && is_small(&self.threshold, [&self.baseline, &self.candidate])
    }
}

impl Verdict {
    /// The verdict on several figures: the first of regression, inconclusive, improvement, no change that one of them
    /// has. `None` without figures. Of reasons, few runs goes first, then the greatest number of runs needed.
    pub fn overall(verdicts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        verdicts.into_iter().max_by_key(|verdict| match verdict {
            Verdict::Regression => (3, u32::MAX),
            Verdict::Inconclusive(Reason::FewRuns) => (2, u32::MAX),
            Verdict::Inconclusive(Reason::NotKnown) => (2, u32::MAX - 1),
            Verdict::Inconclusive(Reason::NoRatio) => (2, u32::MAX - 2),
            Verdict::Inconclusive(Reason::Noise(runs)) => (2, runs.unwrap_or(u32::MAX - 3)),
            Verdict::Improvement => (1, 0),
            Verdict::NoChange => (0, 0),
        })
    }
}

/// How far a figure may go down or up before the change counts, on the scale of its difference.
#[derive(Debug, Clone, Copy)]
struct Margin {
    down: f64,
    up: f64,
}

impl Margin {
    /// `None` for a part of 0.
    fn of(threshold: &Threshold, difference: &Difference) -> Option<Margin> {
        let (baseline, _) = difference.typical();
        let relative = threshold.relative.unwrap_or(0.0);
        let absolute = threshold.absolute.unwrap_or(0) as f64;
        if difference.scale == Scale::Plain {
            let margin = absolute.max(relative * baseline);
            return (margin > 0.0).then_some(Margin { down: margin, up: margin });
        }
        // A figure cannot go down by its whole value or more.
        let down = if absolute < baseline { -(-absolute / baseline).ln_1p() } else { f64::INFINITY };
        let up = (absolute / baseline).ln_1p();
        // As much faster as it would be slower: from 1.05 s to 1 s is an improvement by 5 %, as the way back is a
        // regression by 5 %.
        Some(Margin { down: down.max(relative.ln_1p()), up: up.max(relative.ln_1p()) })
    }

    fn is_reached_up(&self, size: f64) -> bool {
        size >= self.up * (1.0 - ROUNDING)
    }

    fn is_reached_down(&self, size: f64) -> bool {
        -size >= self.down * (1.0 - ROUNDING)
    }
}

/// What changed between two sides, in the order of the family. Its figures share one rate of false alarms.
pub(crate) fn changes(family: Vec<Pair>, design: Design) -> Vec<Change> {
    let differences: Vec<Option<Difference>> = family.iter().map(|pair| pair.difference(design)).collect();
    let mut tested: Vec<(usize, f64)> = Vec::new();
    for (index, (pair, difference)) in family.iter().zip(&differences).enumerate() {
        let difference = difference.filter(|_| pair.has_runs() && !pair.is_small());
        let p = difference.and_then(|difference| difference.p());
        tested.extend(p.map(|p| (index, p)));
    }
    let adjusted = holm(&tested.iter().map(|(_, p)| *p).collect::<Vec<f64>>());
    let mut p = vec![None; family.len()];
    for ((index, _), adjusted) in tested.iter().zip(adjusted) {
        p[*index] = Some((adjusted / design.share()).min(1.0));
    }
    let alpha = ALPHA * design.share() / tested.len().max(1) as f64;
    let judged = family.into_iter().zip(differences).zip(p);
    judged.map(|((pair, difference), p)| pair.judge(design, difference, p, alpha)).collect()
}

/// Whether no run has as much as the absolute part of the threshold, so that no change can reach it. That is the same
/// whichever side a run is of, so leaving such figures out of the family does not favour a verdict.
pub(crate) fn is_small(threshold: &Threshold, sides: [&[f64]; 2]) -> bool {
    let least = threshold.absolute.unwrap_or(0) as f64;
    sides.into_iter().flatten().all(|&figure| figure < least)
}

impl Pair {
    fn has_runs(&self) -> bool {
        self.baseline.len().min(self.candidate.len()) >= LEAST_RUNS
    }

    fn is_small(&self) -> bool {
        is_small(&self.threshold, [&self.baseline, &self.candidate])
    }

    fn difference(&self, design: Design) -> Option<Difference> {
        match design {
            Design::Independent => Difference::between(&self.baseline, &self.candidate),
            Design::Pairs | Design::Sequential { .. } => {
                Difference::of_pairs(&self.baseline, &self.candidate)
            }
        }
    }

    /// `p` is adjusted, `alpha` is not.
    fn judge(self, design: Design, difference: Option<Difference>, p: Option<f64>, alpha: f64) -> Change {
        let interval = difference.and_then(|difference| difference.interval(design.level()));
        let estimate = difference.map(|difference| {
            let (baseline, candidate) = difference.typical();
            let part = |size: f64| difference.relative(size);
            let interval = interval.and_then(|(low, high)| part(low).zip(part(high)));
            Estimate { baseline, candidate, change: part(difference.size()), interval, p }
        });
        let margin = difference.and_then(|difference| Margin::of(&self.threshold, &difference));
        let verdict = self.verdict(design, difference, margin, p, alpha);
        let outliers = difference
            .zip(margin)
            .map(|(difference, margin)| self.outliers(design, difference.scale, margin));
        Change {
            subject: self.subject,
            figure: self.figure,
            threshold: self.threshold,
            baseline: self.baseline,
            candidate: self.candidate,
            estimate,
            outliers: outliers.unwrap_or_default(),
            verdict,
        }
    }

    fn verdict(
        &self,
        design: Design,
        difference: Option<Difference>,
        margin: Option<Margin>,
        p: Option<f64>,
        alpha: f64,
    ) -> Verdict {
        if self.has_runs() && self.is_small() {
            return Verdict::NoChange;
        }
        let Some((difference, p)) = difference.zip(p) else { return Verdict::Inconclusive(Reason::FewRuns) };
        if self.baseline.iter().chain(&self.candidate).all(|&figure| figure == 0.0) {
            return Verdict::NoChange;
        }
        let Some(margin) = margin else { return Verdict::Inconclusive(Reason::NoRatio) };
        let size = difference.size();
        if p < ALPHA && margin.is_reached_up(size) {
            return Verdict::Regression;
        }
        if p < ALPHA && margin.is_reached_down(size) {
            return Verdict::Improvement;
        }
        let is_inside = |(low, high)| -margin.down <= low && high <= margin.up;
        if difference.interval(design.level()).is_some_and(is_inside) {
            return Verdict::NoChange;
        }
        let runs = difference.runs_needed((margin.down, margin.up), alpha, design.level());
        Verdict::Inconclusive(Reason::Noise(runs))
    }

    /// The runs that may hide or feign a change: those far from the others of their side; of pairs, one of each pair whose
    /// difference is far from those of the others, the run that is farther from the middle of its side.
    fn outliers(&self, design: Design, scale: Scale, margin: Margin) -> [Vec<usize>; 2] {
        if !self.has_runs() || self.baseline.len().min(self.candidate.len()) >= TRIMMED_FROM {
            return Default::default();
        }
        let is_far = |&(_, distance): &(usize, f64)| distance > margin.up || -distance > margin.down;
        let sides = [&self.baseline, &self.candidate];
        if !design.is_paired() {
            return sides.map(|side| {
                outliers(scale, side).into_iter().filter(is_far).map(|(index, _)| index).collect()
            });
        }
        let [baseline, candidate] = sides.map(|side| distances(scale, side));
        let differences: Vec<f64> =
            candidate.iter().zip(&baseline).map(|(candidate, baseline)| candidate - baseline).collect();
        let mut found = [Vec::new(), Vec::new()];
        for (pair, _) in outliers(Scale::Plain, &differences).into_iter().filter(is_far) {
            found[usize::from(candidate[pair].abs() > baseline[pair].abs())].push(pair);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures of five runs around a middle, with a spread of 1 %.
    fn five(middle: f64) -> Vec<f64> {
        [1.0, 1.01, 0.99, 1.005, 0.995].map(|part| part * middle).to_vec()
    }

    /// The middle numbers of `five` are also those of these eight runs.
    fn eight(middle: f64) -> Vec<f64> {
        [five(middle), [1.002, 0.998, 1.0].map(|part| part * middle).to_vec()].concat()
    }

    fn pair(threshold: &str, baseline: &[f64], candidate: &[f64]) -> Pair {
        Pair {
            subject: Subject::Run,
            figure: Figure::Wall,
            threshold: threshold.parse().unwrap(),
            baseline: baseline.to_vec(),
            candidate: candidate.to_vec(),
        }
    }

    fn change(threshold: &str, baseline: &[f64], candidate: &[f64]) -> Change {
        changes(vec![pair(threshold, baseline, candidate)], Design::Independent).remove(0)
    }

    #[track_caller]
    fn check(threshold: &str, baseline: &[f64], candidate: &[f64], expected: Verdict) -> Change {
        let change = change(threshold, baseline, candidate);
        assert_eq!(change.verdict, expected, "{change:?}");
        change
    }

    const NOISE: fn(Option<u32>) -> Verdict = |runs| Verdict::Inconclusive(Reason::Noise(runs));
    const NONE: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    const FEW: Verdict = Verdict::Inconclusive(Reason::FewRuns);

    #[test]
    fn a_clear_change_over_the_threshold_is_a_regression_or_an_improvement() {
        let slower = check("5%", &five(100.0), &five(110.0), Verdict::Regression);
        let estimate = slower.estimate.unwrap();
        assert!((estimate.change.unwrap() - 0.1).abs() < 1e-12, "{estimate:?}");
        let (low, high) = estimate.interval.unwrap();
        assert!(0.08 < low && low < 0.1 && 0.1 < high && high < 0.12, "{estimate:?}");
        assert!(estimate.p.unwrap() < 0.001);
        let faster = check("5%", &five(110.0), &five(100.0), Verdict::Improvement);
        assert!(faster.estimate.unwrap().interval.unwrap().1 < 0.0);
    }

    #[test]
    fn a_clear_change_below_the_threshold_is_no_change() {
        let change = check("5%", &five(100.0), &five(102.0), Verdict::NoChange);
        assert!(change.estimate.unwrap().p.unwrap() < 0.05, "it is significant");
        check("5%", &five(102.0), &five(100.0), Verdict::NoChange);
    }

    #[test]
    fn much_noise_is_inconclusive_and_says_how_many_runs_would_decide() {
        let noisy = |middle: f64| [1.0, 1.1, 0.9, 1.05, 0.95].map(|part| part * middle);
        let change = change("5%", &noisy(100.0), &noisy(101.0));
        let Verdict::Inconclusive(Reason::Noise(Some(runs))) = change.verdict else { panic!("{change:?}") };
        assert!((20..200).contains(&runs), "{runs}");
        check("0.01%", &noisy(100.0), &noisy(100.0), NOISE(None));
    }

    #[test]
    fn the_same_change_the_other_way_round_has_the_opposite_verdict() {
        // 5 % more and its way back, which is 4.76 % less, are both at the threshold.
        check("5%", &[100.0; 4], &[105.0; 4], Verdict::Regression);
        check("5%", &[105.0; 4], &[100.0; 4], Verdict::Improvement);
        check("5ns", &[100.0; 4], &[105.0; 4], Verdict::Regression);
        check("5ns", &[105.0; 4], &[100.0; 4], Verdict::Improvement);
    }

    #[test]
    fn a_change_of_exactly_the_threshold_counts_and_a_smaller_one_does_not() {
        for (threshold, at, below) in [("5%", 105.0, 104.9), ("7ns", 107.0, 106.9), ("50%", 150.0, 149.9)] {
            check(threshold, &[100.0; 4], &[at; 4], Verdict::Regression);
            check(threshold, &[100.0; 4], &[below; 4], Verdict::NoChange);
        }
    }

    #[test]
    fn a_change_must_reach_both_parts_of_a_threshold() {
        check("5% and 20ns", &[100.0; 4], &[119.0; 4], Verdict::NoChange);
        check("5% and 20ns", &[100.0; 4], &[120.0; 4], Verdict::Regression);
        check("50% and 20ns", &[100.0; 4], &[149.0; 4], Verdict::NoChange);
        check("50% and 20ns", &[100.0; 4], &[150.0; 4], Verdict::Regression);
        check("5% and 20ns", &[100.0; 4], &[81.0; 4], Verdict::NoChange);
        check("5% and 20ns", &[100.0; 4], &[80.0; 4], Verdict::Improvement);
        check("200ns", &[100.0; 4], &[1.0; 4], Verdict::NoChange);
    }

    #[test]
    fn fewer_than_four_runs_on_a_side_are_always_inconclusive() {
        let change = check("5%", &[100.0, 101.0, 99.0], &[200.0; 9], FEW);
        let estimate = change.estimate.unwrap();
        assert!(estimate.change.unwrap() > 0.9 && estimate.interval.is_some());
        assert_eq!(estimate.p, None, "nothing was tested");
        assert_eq!(check("5%", &[100.0], &[200.0], FEW).estimate.unwrap().interval, None);
        assert_eq!(check("5%", &[], &[200.0; 4], FEW).estimate, None);
        check("5%", &[0.0; 3], &[0.0; 3], FEW);
    }

    #[test]
    fn zero_on_both_sides_is_no_change() {
        let change = check("5%", &[0.0; 4], &[0.0; 4], Verdict::NoChange);
        assert_eq!(change.estimate.unwrap().change, None);
    }

    #[test]
    fn against_zero_only_an_absolute_threshold_decides() {
        check("5%", &[0.0; 4], &[3.0; 4], Verdict::Inconclusive(Reason::NoRatio));
        let change = check("5% and 3ns", &[0.0; 4], &[3.0; 4], Verdict::Regression);
        assert_eq!(change.estimate.unwrap().interval, None, "there is no ratio to zero");
        check("5% and 4ns", &[0.0; 4], &[3.0; 4], Verdict::NoChange);
    }

    #[test]
    fn a_figure_that_is_zero_in_some_run_is_compared_in_plain_units() {
        let change = check("50%", &[0.0, 1.0, 2.0, 1.0], &[20.0, 21.0, 22.0, 21.0], Verdict::Regression);
        let estimate = change.estimate.unwrap();
        assert_eq!((estimate.baseline, estimate.candidate, estimate.change), (1.0, 21.0, Some(20.0)));
        let change = check("50%", &[20.0, 21.0, 22.0, 21.0], &[0.0; 4], Verdict::Improvement);
        assert_eq!(change.estimate.unwrap().change, Some(-1.0));
        check("30ns", &[20.0, 21.0, 22.0, 21.0], &[0.0; 4], Verdict::NoChange);
    }

    #[test]
    fn from_eight_runs_on_one_bad_run_hides_no_regression() {
        let mut bad = eight(100.0);
        bad[3] *= 1.5;
        let change = check("5%", &bad, &eight(110.0), Verdict::Regression);
        assert_eq!(change.outliers, NONE, "they do not matter");
        let without_trimming = self::change("5%", &bad[..7], &eight(110.0));
        assert_eq!(without_trimming.outliers, [vec![3], Vec::new()]);
        assert!(matches!(without_trimming.verdict, Verdict::Inconclusive(_)), "{without_trimming:?}");
    }

    #[test]
    fn pairs_are_compared_with_each_other_and_a_bad_one_is_named_with_the_run_that_is_far() {
        let drifting: Vec<f64> = (0..6).map(|run| 100.0 + 4.0 * f64::from(run)).collect();
        let slower: Vec<f64> =
            drifting.iter().zip([1.03, 1.031, 1.029, 1.03, 1.03, 1.031]).map(|(a, b)| a * b).collect();
        let of = |baseline: &[f64], candidate: &[f64], design| {
            changes(vec![pair("2%", baseline, candidate)], design).remove(0)
        };
        assert_eq!(of(&drifting, &slower, Design::Pairs).verdict, Verdict::Regression);
        assert!(matches!(
            of(&drifting, &slower, Design::Independent).verdict,
            Verdict::Inconclusive(Reason::Noise(_))
        ));
        assert_eq!(of(&drifting, &slower, Design::Pairs).outliers, NONE);
        let mut bad = slower.clone();
        bad[4] *= 1.5;
        let change = of(&drifting, &bad, Design::Pairs);
        assert!(matches!(change.verdict, Verdict::Inconclusive(Reason::Noise(_))), "{change:?}");
        assert_eq!(change.outliers, [Vec::new(), vec![4]]);
        assert_eq!(of(&bad, &drifting, Design::Pairs).outliers, [vec![4], Vec::new()]);
        assert_eq!(of(&drifting[..3], &slower[..3], Design::Pairs).verdict, FEW);
        assert_eq!(of(&drifting, &slower[1..], Design::Pairs).estimate, None, "a run is without a partner");
    }

    #[test]
    fn an_outlier_is_named_only_if_its_distance_counts() {
        let runs = [100.0, 100.001, 99.999, 100.0, 103.0];
        assert_eq!(change("5%", &runs, &five(100.0)).outliers[0], [0; 0]);
        assert_eq!(change("2%", &runs, &five(100.0)).outliers[0], [4]);
        assert_eq!(change("2%", &five(100.0), &runs).outliers[1], [4]);
        assert_eq!(change("2%", &[100.0, 100.0, 103.0], &runs).outliers, NONE, "too few runs");
    }

    #[test]
    fn more_figures_need_stronger_evidence() {
        let spread = [1.0, 1.035, 0.965, 1.02, 0.98];
        let (before, after) = (spread.map(|part| part * 100.0), spread.map(|part| part * 105.5));
        let slower = || pair("5%", &before, &after);
        assert_eq!(changes(vec![slower()], Design::Independent)[0].verdict, Verdict::Regression);
        let same = || pair("5%", &before, &before);
        let family = changes(vec![same(), slower(), same(), same()], Design::Independent);
        assert!(
            matches!(family[1].verdict, Verdict::Inconclusive(Reason::Noise(Some(_)))),
            "{:?}",
            family[1]
        );
        let untested = || pair("5%", &before[..3], &after);
        let family = changes(vec![untested(), slower(), untested(), untested()], Design::Independent);
        assert_eq!(family[1].verdict, Verdict::Regression, "figures of too few runs are not tested");
    }

    #[test]
    fn a_figure_below_its_absolute_threshold_is_no_change_and_outside_the_family() {
        let spread = [1.0, 1.035, 0.965, 1.02, 0.98];
        let slower = || pair("5%", &spread.map(|part| part * 100.0), &spread.map(|part| part * 105.5));
        let small = || pair("5% and 9ns", &spread, &spread.map(|part| part * 4.0));
        assert_eq!(changes(vec![small()], Design::Independent)[0].verdict, Verdict::NoChange);
        assert_eq!(
            changes(vec![small()], Design::Independent)[0].estimate.unwrap().p,
            None,
            "nothing was tested"
        );
        let family = changes(vec![small(), small(), small(), slower()], Design::Independent);
        assert_eq!(family[3].verdict, Verdict::Regression, "alone it is one, too");
        let large = || pair("5% and 1ns", &spread, &spread);
        let family = changes(vec![large(), large(), large(), slower()], Design::Independent);
        assert!(family[0].estimate.unwrap().p.is_some());
        assert!(matches!(family[3].verdict, Verdict::Inconclusive(_)), "{:?}", family[3]);
        check("5% and 9ns", &spread[..3], &spread, FEW);
    }

    #[test]
    fn the_verdict_on_all_figures_is_the_gravest() {
        let overall = |verdicts: &[Verdict]| {
            let forwards = Verdict::overall(verdicts.iter().copied());
            assert_eq!(forwards, Verdict::overall(verdicts.iter().rev().copied()));
            forwards
        };
        let (regression, improvement, same) = (Verdict::Regression, Verdict::Improvement, Verdict::NoChange);
        assert_eq!(overall(&[same, improvement, NOISE(Some(9)), regression]), Some(regression));
        assert_eq!(overall(&[same, improvement, NOISE(Some(9)), NOISE(Some(7))]), Some(NOISE(Some(9))));
        assert_eq!(overall(&[NOISE(Some(9)), NOISE(None)]), Some(NOISE(None)));
        assert_eq!(overall(&[NOISE(None), FEW]), Some(FEW));
        assert_eq!(overall(&[same, improvement]), Some(improvement));
        assert_eq!(overall(&[same, same]), Some(same));
        assert_eq!(overall(&[]), None);
    }
}
