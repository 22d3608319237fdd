//! The difference between two samples, one number for each run: its size, its interval and its probability.
//!
//! Welch's t test (Biometrika 34, 1947, pages 28-35). If both samples have 8 numbers or more, Yuen's test, which trims a
//! fifth from either end (Biometrika 61, 1974, pages 165-170): one run that went wrong does not hide a difference then.
//! Holm's adjustment keeps the rate of false alarms over a family (Scandinavian Journal of Statistics 6, 1979, pages
//! 65-70). A 90 % interval inside a margin is the same as two one-sided tests at 5 % (Schuirmann, Journal of
//! Pharmacokinetics and Biopharmaceutics 15, 1987, pages 657-680). Knows no unit and no threshold.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// From this number of runs on both sides the greatest and the smallest fifth of each side are trimmed.
pub(crate) const TRIMMED_FROM: usize = 8;
/// The most runs a side that are proposed.
const MOST_RUNS: u32 = 1000;
/// How often the proposed number of runs is to decide.
const POWER: f64 = 0.8;
/// By how much trimming adds to the variance of the mean of normal values: 7 % of 8 values, 14 % of 10 and more.
const TRIMMING_LOSS: f64 = 1.14;
/// The least modified z-score of an outlier, and the factor that makes the median absolute deviation of normal values
/// their standard deviation: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993.
const OUTLIER: (f64, f64) = (3.5, 0.6745);

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
    baseline: Sample,
    candidate: Sample,
    is_trimmed: bool,
}

/// What a test needs to know of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    runs: usize,
    /// The mean, or the trimmed mean.
    center: f64,
    /// The mean as a number of the sample's own unit.
    typical: f64,
    /// The square of the center's standard error. Exactly 0 if all numbers are equal.
    error_squared: f64,
    /// The degrees of freedom, 0 for a single number.
    freedom: f64,
}

impl Sample {
    /// A trimmed number counts as the nearest of the others in the variance, and does not count in the mean. If none is
    /// trimmed, this is Welch's test.
    fn of(scale: Scale, numbers: &[f64], is_trimmed: bool) -> Sample {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let trim = if is_trimmed { trim(sorted.len()) } else { 0 };
        let last = sorted.len() - 1 - trim;
        let (least, greatest) = (sorted[trim], sorted[last]);
        let scaled: Vec<f64> =
            sorted.iter().map(|number| scale.scaled(number.clamp(least, greatest))).collect();
        let (runs, count, freedom) = (sorted.len(), (last - trim + 1) as f64, (last - trim) as f64);
        if least == greatest {
            return Sample { runs, center: scaled[0], typical: least, error_squared: 0.0, freedom };
        }
        let center = scaled[trim..=last].iter().sum::<f64>() / count;
        let mean = scaled.iter().sum::<f64>() / runs as f64;
        let squares: f64 = scaled.iter().map(|number| (number - mean).powi(2)).sum();
        let error_squared = squares / (count * freedom);
        Sample { runs, center, typical: scale.unscaled(center), error_squared, freedom }
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

impl Difference {
    /// `None` if a sample is empty.
    pub(crate) fn between(baseline: &[f64], candidate: &[f64]) -> Option<Difference> {
        if baseline.is_empty() || candidate.is_empty() {
            return None;
        }
        let scale = Scale::of(baseline, candidate);
        let of = |is_trimmed| Difference {
            scale,
            baseline: Sample::of(scale, baseline, is_trimmed),
            candidate: Sample::of(scale, candidate, is_trimmed),
            is_trimmed,
        };
        let trimmed = of(baseline.len().min(candidate.len()) >= TRIMMED_FROM);
        // If most numbers of both sides are equal, what is left of them has no variance, but they have.
        Some(if trimmed.is_exact() { of(false) } else { trimmed })
    }

    /// The typical numbers of both samples: their means, geometric ones on the scale of ratios.
    pub(crate) fn typical(&self) -> (f64, f64) {
        (self.baseline.typical, self.candidate.typical)
    }

    /// Its size, on the scale.
    pub(crate) fn size(&self) -> f64 {
        self.candidate.center - self.baseline.center
    }

    /// A part of the baseline: 0.2 for 20 % more. `None` if the baseline is 0.
    pub(crate) fn relative(&self, size: f64) -> Option<f64> {
        match self.scale {
            Scale::Ratio => Some(size.exp_m1()),
            Scale::Plain => (self.baseline.center > 0.0).then_some(size / self.baseline.center),
        }
    }

    /// The interval that contains it with this probability, on the scale. `None` if a side has fewer than two runs.
    pub(crate) fn interval(&self, level: f64) -> Option<(f64, f64)> {
        if !self.has_variances() {
            return None;
        }
        let half = match self.is_exact() {
            true => 0.0,
            false => student_quantile(self.freedom(), (1.0 + level) / 2.0) * self.error(),
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
        let freedom = match self.is_trimmed {
            true => cautious(self.freedom(), self.baseline.freedom.min(self.candidate.freedom)),
            false => self.freedom(),
        };
        let t = (self.size() / self.error()).abs();
        Some((2.0 * student(freedom).sf(t)).min(1.0))
    }

    /// The smallest number of runs a side that decides in four of five tries, if the difference and the noise are as
    /// they seem now; more runs than now. `None` above 1,000. A difference is decided when it is at or over the margin
    /// (down, up) and significant at `alpha`, or when the 90 % interval is inside the margin.
    pub(crate) fn runs_needed(&self, margin: (f64, f64), alpha: f64) -> Option<u32> {
        let fewer = self.baseline.runs.min(self.candidate.runs) as u32;
        let decides = |runs: u32| self.power(runs, margin, alpha) >= POWER;
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

    /// How often this number of runs a side decides. An approximation: the error is taken as known.
    fn power(&self, runs: u32, (down, up): (f64, f64), alpha: f64) -> f64 {
        let will_trim = runs as usize >= TRIMMED_FROM;
        let kept = if will_trim { runs as usize - 2 * trim(runs as usize) } else { runs as usize };
        let loss = if will_trim && !self.is_trimmed { TRIMMING_LOSS } else { 1.0 };
        let variances = [self.baseline.variance(), self.candidate.variance()];
        let error = ((variances[0] + variances[1]) * loss / f64::from(runs)).sqrt();
        let least = kept as f64 - 1.0;
        let freedom = welch_freedom(variances, [least; 2]);
        let estimates = student(freedom);
        let below = |size: f64| estimates.cdf((size - self.size()) / error);
        let tested = if will_trim { cautious(freedom, least) } else { freedom };
        let significant = student_quantile(tested, 1.0 - alpha / 2.0) * error;
        let inside = student_quantile(freedom, 0.95) * error;
        let greater = 1.0 - below(up.max(significant));
        let smaller = below(-down.max(significant));
        let unchanged = (below(up - inside) - below(inside - down)).max(0.0);
        greater + smaller + unchanged
    }

    /// Whether no sample has any variance.
    fn is_exact(&self) -> bool {
        self.baseline.error_squared == 0.0 && self.candidate.error_squared == 0.0
    }

    fn has_variances(&self) -> bool {
        self.baseline.freedom >= 1.0 && self.candidate.freedom >= 1.0
    }

    fn error(&self) -> f64 {
        (self.baseline.error_squared + self.candidate.error_squared).sqrt()
    }

    fn freedom(&self) -> f64 {
        welch_freedom(
            [self.baseline.error_squared, self.candidate.error_squared],
            [self.baseline.freedom, self.candidate.freedom],
        )
    }
}

/// The degrees of freedom of a test after trimming: halfway to the fewest that are possible. Where runs have two modes,
/// what trimming leaves varies too little. With 10 + 10 runs, 5.6 % of simulated families had a false alarm with
/// `freedom`, 4.6 % with these, 3.2 % with `least`, which find 94 % instead of 98 % of slowdowns among 20 tasks.
fn cautious(freedom: f64, least: f64) -> f64 {
    f64::midpoint(freedom, least)
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

/// The probabilities of a family of tests, adjusted so that fewer than `level` of all families in which nothing changed
/// have one below `level`. In the order given.
pub(crate) fn holm(family: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..family.len()).collect();
    order.sort_by(|&one, &other| family[one].total_cmp(&family[other]));
    let mut adjusted = vec![0.0; family.len()];
    let mut least: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        least = least.max(family[index] * (family.len() - rank) as f64).min(1.0);
        adjusted[index] = least;
    }
    adjusted
}

/// The numbers that are far from the others, each as its index and its distance from the median on the scale: those
/// whose modified z-score is over 3.5. At most half of the numbers are.
pub(crate) fn outliers(scale: Scale, numbers: &[f64]) -> Vec<(usize, f64)> {
    let scaled: Vec<f64> = numbers.iter().map(|&number| scale.scaled(number)).collect();
    let Some(middle) = median(scaled.clone()) else { return Vec::new() };
    let distances: Vec<f64> = scaled.iter().map(|number| number - middle).collect();
    let spread = median(distances.iter().map(|distance| distance.abs()).collect()).unwrap_or(0.0);
    let (least_score, factor) = OUTLIER;
    let is_far = |distance: f64| factor * distance.abs() > least_score * spread;
    distances.into_iter().enumerate().filter(|&(_, distance)| is_far(distance)).collect()
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let last = numbers.len().checked_sub(1)?;
    Some(numbers[last / 2].midpoint(numbers[numbers.len() / 2]))
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
        let of = |numbers: &[f64]| Sample::of(Scale::Plain, numbers, is_trimmed);
        Difference { scale: Scale::Plain, baseline: of(&SHORT), candidate: of(&LONG), is_trimmed }
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
        assert_eq!(seven_and_ten.candidate.freedom, 9.0, "nothing is trimmed if one side has fewer");
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
    fn the_adjustment_of_holm_is_that_of_statsmodels() {
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005, 0.5]);
        let expected = [0.04, 0.09, 0.09, 0.025, 0.5];
        assert!(adjusted.iter().zip(expected).all(|(&one, other)| near(one, other)), "{adjusted:?}");
        assert_eq!(holm(&[0.6, 0.7]), [1.0, 1.0], "a probability is at most 1");
        assert!(holm(&[]).is_empty());
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
        assert_eq!(difference.baseline.freedom, 7.0);
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
    fn far_numbers_are_outliers_and_near_ones_are_not() {
        let found = |numbers: &[f64]| {
            let found = outliers(Scale::Ratio, numbers).into_iter();
            found.map(|(index, distance)| (index, distance.exp())).collect::<Vec<_>>()
        };
        assert_eq!(found(&[100.0, 101.0, 99.0, 102.0, 98.0]), []);
        let [(4, ratio)] = found(&[100.0, 101.0, 99.0, 102.0, 151.0])[..] else { panic!() };
        assert!(near(ratio, 151.0 / 101.0));
        assert_eq!(found(&[5.0; 4]), []);
        assert_eq!(found(&[5.0, 5.0, 5.0, 6.0]).len(), 1, "without spread every other number is far");
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn more_noise_needs_more_runs() {
        let needed = |noise: f64| {
            let side = |middle: f64| [middle, middle + noise, middle - noise, middle + 2.0 * noise];
            let difference = Difference::between(&side(100.0), &side(103.0)).unwrap();
            difference.runs_needed((0.05, 0.05), 0.01)
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
            assert_eq!(difference.runs_needed((0.005, 0.005), 0.05), None, "{runs}");
        }
    }
}
