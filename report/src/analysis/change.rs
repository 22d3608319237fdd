//! The difference between two samples, one number for each run: its size, its interval and its probability.
//!
//! Welch's t test (Biometrika 34, 1947, pages 28-35). If both samples have 8 numbers or more, Yuen's test, which trims a
//! fifth from either end (Biometrika 61, 1974, pages 165-170): one run that went wrong does not hide a difference then.
//! Holm's adjustment keeps the rate of false alarms over a family (Scandinavian Journal of Statistics 6, 1979, pages
//! 65-70). A 90 % interval inside a margin is the same as two one-sided tests at 5 % (Schuirmann, Journal of
//! Pharmacokinetics and Biopharmaceutics 15, 1987, pages 657-680). Knows no unit and no threshold.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// From this number of runs on both sides the greatest and the smallest fifth of each side are trimmed.
pub(crate) const TRIMMED_FROM: usize = 8;
/// The most runs a side that are proposed.
const MOST_RUNS: u32 = 1000;
/// How often the proposed number of runs is to decide.
const POWER: f64 = 0.8;
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
        let half = match self.is_exact() {
            true => 0.0,
            false => student_quantile(self.freedom(), (1.0 + level) / 2.0) * self.error(),
        };
        self.has_variances().then_some((self.size() - half, self.size() + half))
    }

    /// The probability of a difference at least as great if nothing changed. `None` if a side has fewer than two runs.
    pub(crate) fn p(&self) -> Option<f64> {
        if !self.has_variances() {
            return None;
        }
        if self.is_exact() {
            return Some(if self.size() == 0.0 { 1.0 } else { 0.0 });
        }
        let t = (self.size() / self.error()).abs();
        Some((2.0 * student(self.freedom()).sf(t)).min(1.0))
    }

    /// The smallest number of runs a side that decides in four of five tries, if the difference and the noise are as
    /// they seem now; more runs than now. `None` above 1,000. A difference is decided when it is at or over the margin
    /// (down, up) and significant at `alpha`, or when the 90 % interval is inside the margin.
    pub(crate) fn runs_needed(&self, margin: (f64, f64), alpha: f64) -> Option<u32> {
        let fewer = self.baseline.runs.min(self.candidate.runs) as u32;
        let decides = |runs: u32| self.power(runs, margin, alpha) >= POWER;
        let (mut too_few, mut enough) = (fewer, MOST_RUNS);
        if !decides(enough) {
            return None;
        }
        while enough - too_few > 1 {
            let runs = too_few.midpoint(enough);
            *(if decides(runs) { &mut enough } else { &mut too_few }) = runs;
        }
        Some(enough)
    }

    /// How often this number of runs a side decides. An approximation: the estimate is taken as normal, and its error
    /// as known.
    fn power(&self, runs: u32, (down, up): (f64, f64), alpha: f64) -> f64 {
        let variances = [self.baseline.variance(), self.candidate.variance()];
        let error = ((variances[0] + variances[1]) / f64::from(runs)).sqrt();
        let kept = match runs as usize {
            runs if runs < TRIMMED_FROM => runs,
            runs => runs - 2 * trim(runs),
        };
        let freedom = welch_freedom(variances, [kept as f64 - 1.0; 2]);
        let normal = Normal::standard();
        let below = |size: f64| normal.cdf((size - self.size()) / error);
        let significant = student_quantile(freedom, 1.0 - alpha / 2.0) * error;
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
/// whose modified z-score is over 3.5. At least half of the numbers are none.
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
