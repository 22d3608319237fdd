//! The difference between two samples, one number for each run: its size, its interval and its probability.
//!
//! Of independent samples, Welch's t test (Biometrika 34, 1947, pages 28-35); of pairs, Student's on their differences. From
//! 8 numbers on, Yuen's test, which trims a fifth from either end (Biometrika 61, 1974, pages 165-170), and its form for
//! one sample of differences (Tukey and McLaughlin, Sankhya A 25, 1963, pages 331-352): one bad run hides nothing then.
//! A 90 % interval inside a margin is the same as two one-sided tests at 5 % (Schuirmann, Journal of Pharmacokinetics and
//! Biopharmaceutics 15, 1987, pages 657-680). Knows no unit and no threshold.

use std::ops::Range;
use std::slice;

use statrs::distribution::{ContinuousCDF, StudentsT};

/// From this number of runs on both sides the greatest and the smallest fifth of each side are trimmed; from this number
/// of pairs, the pairs with the greatest and the smallest fifth of the differences.
pub(crate) const TRIMMED_FROM: usize = 8;
/// The most runs a side that are proposed.
const MOST_RUNS: u32 = 1000;
/// How often the proposed number of runs is to decide.
const POWER: f64 = 0.8;
/// The level of an interval where only the test matters.
const LEVEL: f64 = 0.9;
/// By how much trimming adds to the variance of the mean of normal values: 7 % of 8 values, 14 % of 10 and more.
const TRIMMING_LOSS: f64 = 1.14;

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// By their ratio: in logarithms. All numbers are greater than 0.
    Ratio,
    /// By their difference.
    Plain,
}

impl Scale {
    /// By their ratio, if all of them have one.
    pub(crate) fn of(baseline: &[f64], candidate: &[f64]) -> Scale {
        let is_positive = |numbers: &[f64]| numbers.iter().all(|&number| number > 0.0);
        if is_positive(baseline) && is_positive(candidate) { Scale::Ratio } else { Scale::Plain }
    }

    fn scaled(self, number: f64) -> f64 {
        match self {
            Scale::Ratio => number.ln(),
            Scale::Plain => number,
        }
    }

    pub(super) fn all_scaled(self, numbers: &[f64]) -> Vec<f64> {
        numbers.iter().map(|&number| self.scaled(number)).collect()
    }

    /// The mean on the scale, in the numbers' own unit. Exactly their value if all are equal.
    fn mean(self, numbers: &[f64]) -> f64 {
        if numbers.iter().all(|number| *number == numbers[0]) {
            return numbers[0];
        }
        self.unscaled(self.all_scaled(numbers).iter().sum::<f64>() / numbers.len() as f64)
    }

    fn unscaled(self, number: f64) -> f64 {
        match self {
            Scale::Ratio => number.exp(),
            Scale::Plain => number,
        }
    }
}

/// The difference between two samples, candidate minus baseline, on their scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Difference {
    pub(crate) scale: Scale,
    /// The means of both samples in their own unit, of what is not trimmed.
    typical: (f64, f64),
    size: f64,
    samples: Samples,
    is_trimmed: bool,
}

/// What was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Samples {
    /// The baseline and the candidate, each by itself.
    Independent([Sample; 2]),
    /// The differences of pairs, whose numbers have in common what no difference shows.
    Pairs(Sample),
}

/// What a test needs to know of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    runs: usize,
    /// The mean, or the trimmed mean.
    center: f64,
    /// The square of the center's standard error. Exactly 0 if all numbers are equal.
    error_squared: f64,
    /// The degrees of freedom, 0 for a single number.
    freedom: f64,
}

impl Sample {
    /// Of numbers on the scale, in order. A trimmed number counts as the nearest of the others in the variance, and does
    /// not count in the mean. If none is trimmed, this is Student's or Welch's test.
    fn of(sorted: &[f64], is_trimmed: bool) -> Sample {
        let kept = kept(sorted.len(), is_trimmed);
        let (least, greatest) = (sorted[kept.start], sorted[kept.end - 1]);
        let (runs, count, freedom) = (sorted.len(), kept.len() as f64, (kept.len() - 1) as f64);
        if least == greatest {
            return Sample { runs, center: least, error_squared: 0.0, freedom };
        }
        let center = sorted[kept].iter().sum::<f64>() / count;
        let counted = || sorted.iter().map(|number| number.clamp(least, greatest));
        let mean = counted().sum::<f64>() / runs as f64;
        let squares: f64 = counted().map(|number| (number - mean).powi(2)).sum();
        Sample { runs, center, error_squared: squares / (count * freedom), freedom }
    }

    /// The variance of a run, as far as the center's error shows it.
    fn variance(&self) -> f64 {
        self.error_squared * self.runs as f64
    }
}

/// A fifth, rounded down.
fn trim(runs: usize) -> usize {
    runs / 5
}

/// Which of so many numbers in order are not trimmed.
fn kept(runs: usize, is_trimmed: bool) -> Range<usize> {
    let trim = if is_trimmed { trim(runs) } else { 0 };
    trim..runs - trim
}

impl Difference {
    /// Of samples that have nothing in common. `None` if one is empty.
    pub(crate) fn between(baseline: &[f64], candidate: &[f64]) -> Option<Difference> {
        if baseline.is_empty() || candidate.is_empty() {
            return None;
        }
        let scale = Scale::of(baseline, candidate);
        let sorted = [baseline, candidate].map(|numbers| {
            let mut sorted = numbers.to_vec();
            sorted.sort_by(f64::total_cmp);
            sorted
        });
        let scaled = sorted.each_ref().map(|sorted| scale.all_scaled(sorted));
        let may_trim = baseline.len().min(candidate.len()) >= TRIMMED_FROM;
        Some(Difference::of(may_trim, |is_trimmed| {
            let samples = scaled.each_ref().map(|scaled| Sample::of(scaled, is_trimmed));
            let [baseline, candidate] =
                sorted.each_ref().map(|sorted| scale.mean(&sorted[kept(sorted.len(), is_trimmed)]));
            let size = samples[1].center - samples[0].center;
            let samples = Samples::Independent(samples);
            Difference { scale, typical: (baseline, candidate), size, samples, is_trimmed }
        }))
    }

    /// Of samples whose numbers belong together one by one, so that a pair has in common what changed meanwhile. `None`
    /// if they are empty or of different lengths.
    pub(crate) fn of_pairs(baseline: &[f64], candidate: &[f64]) -> Option<Difference> {
        if baseline.is_empty() || baseline.len() != candidate.len() {
            return None;
        }
        let scale = Scale::of(baseline, candidate);
        let mut pairs: Vec<(f64, [f64; 2])> = (baseline.iter().zip(candidate))
            .map(|(&one, &other)| (scale.scaled(other) - scale.scaled(one), [one, other]))
            .collect();
        pairs.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let differences: Vec<f64> = pairs.iter().map(|(difference, _)| *difference).collect();
        Some(Difference::of(pairs.len() >= TRIMMED_FROM, |is_trimmed| {
            let sample = Sample::of(&differences, is_trimmed);
            let kept = &pairs[kept(pairs.len(), is_trimmed)];
            let [baseline, candidate] =
                [0, 1].map(|side| scale.mean(&kept.iter().map(|(_, pair)| pair[side]).collect::<Vec<f64>>()));
            let (size, samples) = (sample.center, Samples::Pairs(sample));
            Difference { scale, typical: (baseline, candidate), size, samples, is_trimmed }
        }))
    }

    fn of(may_trim: bool, of: impl Fn(bool) -> Difference) -> Difference {
        let trimmed = of(may_trim);
        // If most numbers are equal, what is left of them has no variance, but they have.
        if trimmed.is_exact() { of(false) } else { trimmed }
    }

    /// The typical numbers of both samples: their means, geometric ones on the scale of ratios.
    pub(crate) fn typical(&self) -> (f64, f64) {
        self.typical
    }

    /// Its size, on the scale.
    pub(crate) fn size(&self) -> f64 {
        self.size
    }

    /// A part of the baseline: 0.2 for 20 % more. `None` if the baseline is 0.
    pub(crate) fn relative(&self, size: f64) -> Option<f64> {
        match self.scale {
            Scale::Ratio => Some(size.exp_m1()),
            Scale::Plain => (self.typical.0 > 0.0).then_some(size / self.typical.0),
        }
    }

    /// The interval that contains it with this probability, on the scale. `None` if a side has fewer than two runs.
    pub(crate) fn interval(&self, level: f64) -> Option<(f64, f64)> {
        if !self.has_variances() {
            return None;
        }
        let half = match self.is_exact() {
            true => 0.0,
            false => student_quantile(self.freedom_of_interval(), (1.0 + level) / 2.0) * self.error(),
        };
        Some((self.size() - half, self.size() + half))
    }

    /// The probability of a difference at least as great if nothing changed. `None` if a side has fewer than two runs.
    pub(crate) fn p(&self) -> Option<f64> {
        if !self.has_variances() {
            return None;
        }
        if self.is_exact() {
            return Some(if self.size() == 0.0 { 1.0 } else { 0.0 });
        }
        let freedom = match &self.samples {
            Samples::Independent(_) if self.is_trimmed => {
                cautious(self.freedom(), self.fewest(|sample| sample.freedom))
            }
            _ => self.freedom_of_interval(),
        };
        let t = (self.size() / self.error()).abs();
        Some((2.0 * student(freedom).sf(t)).min(1.0))
    }

    /// The smallest number of runs a side, or of pairs, that decides in four of five tries, if the difference and the noise
    /// are as they seem now; more than now. `None` above 1,000. A difference is decided when it is at or over the margin
    /// (down, up) and significant at `alpha`, or when the interval of this `level` is inside the margin.
    pub(crate) fn runs_needed(&self, margin: (f64, f64), alpha: f64, level: f64) -> Option<u32> {
        let fewer = self.fewest(|sample| sample.runs as f64) as u32;
        let decides = |runs: u32| self.power(runs, margin, alpha, level).iter().sum::<f64>() >= POWER;
        let (mut too_few, mut enough) = (fewer, MOST_RUNS);
        if fewer >= MOST_RUNS || !decides(enough) {
            return None;
        }
        while enough - too_few > 1 {
            let runs = too_few.midpoint(enough);
            *(if decides(runs) { &mut enough } else { &mut too_few }) = runs;
        }
        Some(enough)
    }

    /// The smallest increase that this number of runs a side, or of pairs, shows in four of five tries by a test at `alpha`,
    /// if a change counts from `margin` on. All in deviations of the logarithm of one run, so for any noise. From four
    /// runs on.
    pub(crate) fn smallest_increase(are_pairs: bool, runs: u32, margin: f64, alpha: f64) -> f64 {
        let sample = |variance| Sample { runs: 1, center: 0.0, error_squared: variance, freedom: 1.0 };
        let samples = match are_pairs {
            true => Samples::Pairs(sample(2.0)),
            false => Samples::Independent([sample(1.0); 2]),
        };
        let is_shown = |size: f64| {
            let (scale, typical) = (Scale::Ratio, (1.0, size.exp()));
            let assumed = Difference { scale, typical, size, samples, is_trimmed: false };
            let [_, greater, _] = assumed.power(runs, (margin, margin), alpha, LEVEL);
            greater >= POWER
        };
        let (mut too_small, mut enough) = (margin, 1.0 + margin);
        while !is_shown(enough) {
            (too_small, enough) = (enough, 2.0 * enough);
        }
        while enough - too_small > 1e-4 * enough {
            let size = f64::midpoint(too_small, enough);
            *(if is_shown(size) { &mut enough } else { &mut too_small }) = size;
        }
        enough
    }

    /// How often this number of runs a side, or of pairs, shows that the difference is below the margin, above it, or inside
    /// it. An approximation: the error is taken as known.
    fn power(&self, runs: u32, (down, up): (f64, f64), alpha: f64, level: f64) -> [f64; 3] {
        let will_trim = runs as usize >= TRIMMED_FROM;
        let least = (kept(runs as usize, will_trim).len() - 1) as f64;
        let loss = if will_trim && !self.is_trimmed { TRIMMING_LOSS } else { 1.0 };
        let (variance, freedom) = match &self.samples {
            Samples::Pairs(sample) => (sample.variance(), least),
            Samples::Independent(samples) => {
                let variances = samples.each_ref().map(Sample::variance);
                (variances.iter().sum(), welch_freedom(variances, [least; 2]))
            }
        };
        let error = (variance * loss / f64::from(runs)).sqrt();
        let estimates = student(freedom);
        let below = |size: f64| estimates.cdf((size - self.size) / error);
        let tested = match &self.samples {
            _ if !will_trim => freedom,
            Samples::Pairs(_) => cautious_of_pairs(freedom, runs as usize),
            Samples::Independent(_) => cautious(freedom, least),
        };
        let significant = student_quantile(tested, 1.0 - alpha / 2.0) * error;
        let of_interval = if let Samples::Pairs(_) = &self.samples { tested } else { freedom };
        let inside = student_quantile(of_interval, (1.0 + level) / 2.0) * error;
        let greater = 1.0 - below(up.max(significant));
        let smaller = below(-down.max(significant));
        let unchanged = (below(up - inside) - below(inside - down)).max(0.0);
        [smaller, greater, unchanged]
    }

    /// That of the samples; after trimming, pairs have fewer.
    fn freedom_of_interval(&self) -> f64 {
        match &self.samples {
            Samples::Pairs(sample) if self.is_trimmed => cautious_of_pairs(sample.freedom, sample.runs),
            _ => self.freedom(),
        }
    }

    fn samples(&self) -> &[Sample] {
        match &self.samples {
            Samples::Independent(samples) => samples,
            Samples::Pairs(sample) => slice::from_ref(sample),
        }
    }

    fn fewest(&self, of: fn(&Sample) -> f64) -> f64 {
        self.samples().iter().map(of).fold(f64::INFINITY, f64::min)
    }

    /// Whether no sample has any variance.
    fn is_exact(&self) -> bool {
        self.samples().iter().all(|sample| sample.error_squared == 0.0)
    }

    fn has_variances(&self) -> bool {
        self.fewest(|sample| sample.freedom) >= 1.0
    }

    fn error(&self) -> f64 {
        self.samples().iter().map(|sample| sample.error_squared).sum::<f64>().sqrt()
    }

    fn freedom(&self) -> f64 {
        match &self.samples {
            Samples::Pairs(sample) => sample.freedom,
            Samples::Independent(samples) => welch_freedom(
                samples.each_ref().map(|sample| sample.error_squared),
                samples.each_ref().map(|sample| sample.freedom),
            ),
        }
    }
}

/// The degrees of freedom of a test after trimming: halfway to the fewest that are possible. Where runs have two modes,
/// what trimming leaves varies too little. With 10 + 10 runs, 5.6 % of simulated families had a false alarm with
/// `freedom`, 4.6 % with these, 3.2 % with `least`, which find 94 % instead of 98 % of slowdowns among 20 tasks.
fn cautious(freedom: f64, least: f64) -> f64 {
    f64::midpoint(freedom, least)
}

/// The degrees of freedom of a test of so many pairs after trimming: fewer by half of what is trimmed at either end. Of
/// 200,000 simulated samples of 10 normal differences, 1.36 % have a probability of at most 1 % with all of them, and 0.84 %
/// with these; of 8, 9, 12, 14, 15, 16, 20, 25, 30, 40 and 60 differences, 1.09 to 1.27 % and 0.92 to 1.02 %.
fn cautious_of_pairs(freedom: f64, pairs: usize) -> f64 {
    freedom - trim(pairs) as f64 / 2.0
}

/// The degrees of freedom of two samples whose variances differ: Welch's and Satterthwaite's formula, also for Yuen's test.
fn welch_freedom(errors_squared: [f64; 2], freedom: [f64; 2]) -> f64 {
    let part = errors_squared[0] / (errors_squared[0] + errors_squared[1]);
    1.0 / (part.powi(2) / freedom[0] + (1.0 - part).powi(2) / freedom[1])
}

fn student_quantile(freedom: f64, probability: f64) -> f64 {
    student(freedom).inverse_cdf(probability)
}

fn student(freedom: f64) -> StudentsT {
    StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom are positive")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected figures are SciPy 1.17's: `ttest_ind(candidate, baseline, equal_var=False, trim=...)`, of logarithms
    // on the scale of ratios; and its `t.ppf` and `t.sf`.

    /// Two samples from the literature on Welch's test with 15 numbers each.
    const SHORT: [f64; 15] =
        [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4];
    const LONG: [f64; 15] =
        [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0, 23.2];

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-9 * other.abs().max(1e-3)
    }

    #[track_caller]
    fn check(difference: &Difference, size: f64, freedom: f64, p: f64, interval: (f64, f64)) {
        let (low, high) = difference.interval(0.9).unwrap();
        let t = difference.size() / difference.error();
        let found =
            [difference.size(), difference.freedom(), 2.0 * student(difference.freedom()).sf(t), low, high];
        let expected = [size, freedom, p, interval.0, interval.1];
        assert!(found.iter().zip(expected).all(|(&one, other)| near(one, other)), "{found:?} {expected:?}");
    }

    fn plain(is_trimmed: bool) -> Difference {
        let samples = [SHORT, LONG].map(|mut numbers| {
            numbers.sort_by(f64::total_cmp);
            Sample::of(&numbers, is_trimmed)
        });
        let [baseline, candidate] = samples.map(|sample| sample.center);
        Difference {
            scale: Scale::Plain,
            typical: (baseline, candidate),
            size: candidate - baseline,
            samples: Samples::Independent(samples),
            is_trimmed,
        }
    }

    #[test]
    fn the_test_of_welch_is_as_in_scipy() {
        let interval = (1.0593635095797753, 4.38063649042023);
        check(&plain(false), 2.72, 27.714199150846543, 0.009486998222305068, interval);
        let five = ([100.0, 102.0, 98.0, 101.0, 99.0], [108.0, 111.0, 109.0, 113.0, 107.0]);
        let difference = Difference::between(&five.0, &five.1).unwrap();
        let interval = (0.06882534581857423, 0.11432470174988996);
        let size = f64::midpoint(interval.0, interval.1);
        check(&difference, size, 7.2809302239597296, 0.00010485159331529847, interval);
        assert_eq!(difference.scale, Scale::Ratio);
    }

    #[test]
    fn from_eight_runs_on_both_sides_the_test_is_that_of_yuen_as_in_scipy() {
        let interval = (0.8374051014212298, 3.8292615652454414);
        check(&plain(true), 2.3333333333333357, 14.852762503601086, 0.015411923609856775, interval);
        let eight = [100.0, 102.0, 98.0, 101.0, 99.0, 103.0, 97.0, 150.0];
        let ten = [110.0, 112.0, 108.0, 111.0, 109.0, 113.0, 107.0, 110.0, 111.0, 165.0];
        let difference = Difference::between(&eight, &ten).unwrap();
        let interval = (0.07321860942360828, 0.1167107421048312);
        check(&difference, 0.09496467576421974, 8.446388910831962, 3.012610653099707e-05, interval);
        assert!(near(difference.typical().0, 4.6100133055247365_f64.exp()));
        assert!(near(difference.typical().1, 4.704977981288956_f64.exp()));
        let seven_and_ten = Difference::between(&eight[..7], &ten).unwrap();
        assert_eq!(seven_and_ten.samples()[1].freedom, 9.0, "nothing is trimmed if one side has fewer");
    }

    #[test]
    fn the_test_of_pairs_is_that_of_students_as_in_scipy_and_trimmed_from_eight_pairs_on() {
        let five = ([100.0, 102.0, 98.0, 101.0, 99.0], [108.0, 111.0, 109.0, 113.0, 107.0]);
        let difference = Difference::of_pairs(&five.0, &five.1).unwrap();
        let interval = (0.07574721067264036, 0.10740283689582347);
        check(&difference, 0.09157502378423192, 4.0, 0.00024826025374476314, interval);
        assert!(near(difference.p().unwrap(), 0.00024826025374476314));
        // `ttest_rel` trims nothing: the winsorized sum of squares, `t.sf` of 5 and, for the interval, `t.ppf` of 4 degrees of
        // freedom.
        let ten = [100.0, 102.0, 98.0, 101.0, 99.0, 103.0, 97.0, 150.0, 100.5, 99.5];
        let slower = [110.0, 112.0, 108.0, 111.0, 109.0, 113.0, 107.0, 110.0, 111.0, 165.0];
        let difference = Difference::of_pairs(&ten, &slower).unwrap();
        let interval = (0.093462287301064, 0.09812289896325156);
        check(&difference, 0.09579259313215778, 5.0, 3.6671035335982056e-09, interval);
        assert!(near(difference.p().unwrap(), 1.0164226968051437e-07), "of 4 degrees of freedom");
        let (baseline, candidate) = difference.typical();
        assert!(near((candidate / baseline).ln(), difference.size()), "of the pairs that are not trimmed");
    }

    #[test]
    fn pairs_have_in_common_what_changes_meanwhile() {
        let drifting: Vec<f64> = (0..6).map(|run| 100.0 + 10.0 * f64::from(run)).collect();
        let slower: Vec<f64> =
            drifting.iter().zip([1.049, 1.051, 1.05, 1.05, 1.051, 1.049]).map(|(a, b)| a * b).collect();
        assert!(Difference::between(&drifting, &slower).unwrap().p().unwrap() > 0.5);
        assert!(Difference::of_pairs(&drifting, &slower).unwrap().p().unwrap() < 1e-6);
        assert_eq!(Difference::of_pairs(&drifting, &slower[1..]), None, "a run is without a partner");
        assert_eq!(Difference::of_pairs(&[], &[]), None);
        let one = Difference::of_pairs(&[2.0], &[3.0]).unwrap();
        assert_eq!((one.p(), one.interval(0.9)), (None, None));
        let exact = Difference::of_pairs(&[7.0; 9], &[8.0; 9]).unwrap();
        assert_eq!((exact.p(), exact.typical()), (Some(0.0), (7.0, 8.0)));
        assert_eq!(Difference::of_pairs(&drifting, &drifting).unwrap().p(), Some(1.0));
        let with_zero = Difference::of_pairs(&[0.0, 2.0, 4.0], &[3.0, 3.0, 6.0]).unwrap();
        assert_eq!(
            (with_zero.scale, with_zero.size(), with_zero.relative(2.0)),
            (Scale::Plain, 2.0, Some(1.0))
        );
    }

    #[test]
    fn the_probability_after_trimming_has_fewer_degrees_of_freedom() {
        let p = plain(false).p().unwrap();
        assert!(near(p, 0.009486998222305068), "without trimming it is Welch's: {p}");
        let p = plain(true).p().unwrap();
        assert!(
            near(p, 0.018775428789755688),
            "2 * t.sf(2.7361708674793674, (14.852762503601086 + 8) / 2) of SciPy: {p}"
        );
    }

    #[test]
    fn quantiles_and_tails_of_the_t_distribution_are_those_of_scipy() {
        for (freedom, quantiles, tail) in [
            (1.0, [6.313751514675037, 63.656741162871526, 1655.211206771377], 0.026464676059589878),
            (1.5, [3.70518082009675, 17.820310514462804, 156.65795055248742], 0.009021014637013932),
            (3.2, [2.294594153866668, 5.493257258868877, 15.757511001981307], 0.0004543846708089226),
            (8.0, [1.8595480375308973, 3.355387331333395, 5.845775589406706], 1.0719333738443846e-06),
            (14.7, [1.7554027227817413, 2.9552672258349912, 4.573191327371614], 2.7158146344391765e-09),
            (200.0, [1.6525081009108769, 2.600634436191558, 3.6117372230820055], 1.2110680026233124e-25),
            (1998.0, [1.6456166300576653, 2.578292252720635, 3.556474577269603], 2.1880912123104592e-32),
        ] {
            for (probability, quantile) in [0.95, 0.995, 1.0 - 0.05 / 260.0].into_iter().zip(quantiles) {
                let found = student_quantile(freedom, probability);
                assert!(
                    (found / quantile - 1.0).abs() < 1e-7,
                    "{freedom} {probability}: {found}, {quantile}"
                );
            }
            let found = student(freedom).sf(12.0);
            assert!((found / tail - 1.0).abs() < 1e-9, "{freedom}: {found}, {tail}");
        }
    }

    #[test]
    fn samples_without_variance_differ_exactly_or_not_at_all() {
        let exact = |one: &[f64], other: &[f64]| {
            let difference = Difference::between(one, other).unwrap();
            (difference.p().unwrap(), difference.interval(0.9).unwrap(), difference.typical())
        };
        assert_eq!(exact(&[7.0; 5], &[7.0; 4]), (1.0, (0.0, 0.0), (7.0, 7.0)));
        let (p, (low, high), typical) = exact(&[7.0; 5], &[8.0; 4]);
        assert_eq!((p, low == high, typical), (0.0, true, (7.0, 8.0)));
        assert_eq!(exact(&[0.0; 4], &[0.0; 4]), (1.0, (0.0, 0.0), (0.0, 0.0)));
        let one_side = Difference::between(&[7.0; 5], &[7.0, 8.0, 9.0, 8.0]).unwrap();
        assert!(near(one_side.freedom(), 3.0) && one_side.p().unwrap() > 0.0);
    }

    #[test]
    fn where_trimming_leaves_no_variance_nothing_is_trimmed() {
        let mostly = |common: f64, rare: f64| [common, common, common, common, common, common, common, rare];
        let difference = Difference::between(&mostly(16.0, 17.0), &mostly(17.0, 16.0)).unwrap();
        assert!(difference.p().unwrap() > 0.0, "{difference:?}");
        assert_eq!(difference.samples()[0].freedom, 7.0);
    }

    #[test]
    fn a_single_run_has_a_difference_and_no_interval() {
        let difference = Difference::between(&[2.0], &[3.0, 4.0]).unwrap();
        assert_eq!((difference.p(), difference.interval(0.9)), (None, None));
        assert!(near(difference.relative(difference.size()).unwrap(), 12_f64.sqrt() / 2.0 - 1.0));
        assert_eq!(Difference::between(&[], &[3.0]), None);
    }

    #[test]
    fn where_a_run_has_zero_the_difference_is_plain() {
        let difference = Difference::between(&[0.0, 2.0, 4.0], &[3.0, 3.0, 6.0]).unwrap();
        assert_eq!(
            (difference.scale, difference.typical(), difference.size()),
            (Scale::Plain, (2.0, 4.0), 2.0)
        );
        assert_eq!(difference.relative(2.0), Some(1.0));
        let from_nothing = Difference::between(&[0.0, 0.0], &[3.0, 3.0]).unwrap();
        assert_eq!(from_nothing.relative(3.0), None);
    }

    #[test]
    fn more_noise_needs_more_runs() {
        let needed = |noise: f64| {
            let side = |middle: f64| [middle, middle + noise, middle - noise, middle + 2.0 * noise];
            let difference = Difference::between(&side(100.0), &side(103.0)).unwrap();
            difference.runs_needed((0.05, 0.05), 0.01, 0.9)
        };
        let runs = [2.0, 4.0, 8.0].map(|noise| needed(noise).unwrap());
        assert!(4 < runs[0] && runs[0] < runs[1] && runs[1] < runs[2], "{runs:?}");
        assert_eq!(needed(60.0), None, "more than a thousand");
    }

    #[test]
    fn more_than_a_thousand_runs_a_side_need_no_proposal() {
        let side = |runs: usize, middle: f64| -> Vec<f64> {
            (0..runs).map(|run| middle * if run % 2 == 0 { 1.5 } else { 0.5 }).collect()
        };
        for runs in [999, 1000, 1001, 3000] {
            let difference = Difference::between(&side(runs, 100.0), &side(runs, 102.0)).unwrap();
            assert_eq!(difference.runs_needed((0.005, 0.005), 0.05, 0.9), None, "{runs}");
        }
    }
}
