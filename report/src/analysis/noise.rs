//! Noise: how much the runs of one program differ although nothing changed.
//!
//! Takes one number for each run, in the order in which they were made; gives the standard deviation of their logarithms
//! with an upper bound, over all runs and between neighbours, and whether the runs drift. The deviation of neighbours is
//! that of von Neumann, Kent, Bellinson and Hart, and the test for drift is Young's (Annals of Mathematical Statistics
//! 12, 1941, pages 153-162 and 293-300). Rates have the interval of Korn and Graubard, for proportions whose cases
//! depend on each other (Survey Methodology 24, 1998, pages 193-201). Knows no threshold.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, Normal};

/// The standard deviation of the logarithm of a figure, so nearly a part of the figure: 0.01 for 1 %.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Noise {
    pub(crate) deviation: f64,
    /// How many independent squares it is the mean of.
    freedom: f64,
}

impl Noise {
    /// Of all runs, drift included. `None` for fewer than three, or if one of them is not greater than 0.
    pub(crate) fn of_runs(numbers: &[f64]) -> Option<Noise> {
        let logarithms = logarithms(numbers)?;
        let freedom = (logarithms.len() - 1) as f64;
        Some(Noise { deviation: (squares(&logarithms) / freedom).sqrt(), freedom })
    }

    /// Of a run beside the next one: what remains of the noise inside a pair. Without drift it is that of all runs. `None`
    /// as for [`Noise::of_runs`].
    pub(crate) fn of_neighbours(numbers: &[f64]) -> Option<Noise> {
        let logarithms = logarithms(numbers)?;
        let steps = (logarithms.len() - 1) as f64;
        // Neighbouring differences share a run, so they are worth fewer: the variance of their mean square says how many.
        let freedom = 2.0 * steps * steps / (3.0 * steps - 1.0);
        Some(Noise { deviation: (steps_squared(&logarithms) / (2.0 * steps)).sqrt(), freedom })
    }

    /// The deviation is at most this with the probability `level`, if logarithms are normal: the bound of the chi-squared
    /// distribution.
    pub(crate) fn at_most(&self, level: f64) -> f64 {
        let squares = ChiSquared::new(self.freedom).expect("degrees of freedom are positive");
        self.deviation * (self.freedom / squares.inverse_cdf(1.0 - level)).sqrt()
    }
}

/// The probability that neighbours are at least as much alike if the order of the runs means nothing: small if the runs
/// drift, or change once. `None` as for [`Noise::of_runs`], or if all numbers are equal. Young's normal approximation,
/// which holds from 20 runs on.
pub(crate) fn drift_p(numbers: &[f64]) -> Option<f64> {
    let logarithms = logarithms(numbers)?;
    let squares = squares(&logarithms);
    if squares == 0.0 {
        return None;
    }
    let likeness = 1.0 - steps_squared(&logarithms) / (2.0 * squares);
    let runs = logarithms.len() as f64;
    let deviation = ((runs - 2.0) / (runs * runs - 1.0)).sqrt();
    Some(Normal::standard().sf(likeness / deviation))
}

/// The 90 % interval of a rate: `cases` of `all` that overlap, of which only `independent` have nothing in common.
pub(crate) fn rate_interval(cases: usize, all: usize, independent: usize) -> (f64, f64) {
    let independent = independent as f64;
    let found = cases as f64 / all as f64 * independent;
    let quantile = |a: f64, b: f64, probability: f64| {
        Beta::new(a, b).expect("both shapes are positive").inverse_cdf(probability)
    };
    let low = if cases == 0 { 0.0 } else { quantile(found, independent - found + 1.0, 0.05) };
    let high = if cases == all { 1.0 } else { quantile(found + 1.0, independent - found, 0.95) };
    (low, high)
}

fn logarithms(numbers: &[f64]) -> Option<Vec<f64>> {
    let is_known = numbers.len() >= 3 && numbers.iter().all(|&number| number > 0.0);
    is_known.then(|| numbers.iter().map(|number| number.ln()).collect())
}

/// The sum of the squared distances from the mean; exactly 0 if all are equal.
fn squares(numbers: &[f64]) -> f64 {
    if numbers.iter().all(|number| *number == numbers[0]) {
        return 0.0;
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    numbers.iter().map(|number| (number - mean).powi(2)).sum()
}

/// The sum of the squared differences of neighbours.
fn steps_squared(numbers: &[f64]) -> f64 {
    numbers.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;
    use rand_distr::{Distribution, LogNormal};

    use super::*;

    const LEVEL: f64 = 0.9;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() <= 1e-6 * other.abs()
    }

    /// Runs with this noise, each of which takes longer than the one before it by `drift`.
    fn drawn(runs: usize, noise: f64, drift: f64, seed: u64) -> Vec<f64> {
        let factors = LogNormal::new(0.0, noise).unwrap().sample_iter(SmallRng::seed_from_u64(seed));
        (0..runs).zip(factors).map(|(run, factor)| 1e9 * factor * (1.0 + drift).powi(run as i32)).collect()
    }

    #[test]
    fn the_bound_is_that_of_the_chi_squared_distribution() {
        let noise = Noise { deviation: 0.01, freedom: 19.0 };
        assert!(near(noise.at_most(LEVEL), 0.01 * (19.0_f64 / 11.650910032126951).sqrt()), "{noise:?}");
        let four = Noise::of_runs(&[1.0, 1.0, 1_f64.exp(), 1_f64.exp()]).unwrap();
        assert!(near(four.deviation, (1.0_f64 / 3.0).sqrt()), "{four:?}");
        let neighbours = Noise::of_neighbours(&[1.0, 1.0, 1_f64.exp(), 1_f64.exp()]).unwrap();
        assert!(near(neighbours.deviation, (1.0_f64 / 6.0).sqrt()), "{neighbours:?}");
    }

    #[test]
    fn known_noise_is_found_and_the_bound_holds_in_nine_of_ten_cases() {
        let seeds = 0..2000;
        for of in [Noise::of_runs, Noise::of_neighbours] {
            let found: Vec<Noise> =
                seeds.clone().filter_map(|seed| of(&drawn(20, 0.02, 0.0, seed))).collect();
            let mean = found.iter().map(|noise| noise.deviation.powi(2)).sum::<f64>() / found.len() as f64;
            assert!((0.0195..0.0205).contains(&mean.sqrt()), "{mean}");
            let covered = found.iter().filter(|noise| noise.at_most(LEVEL) >= 0.02).count();
            assert!((1770..=1850).contains(&covered), "{covered} of 2000");
        }
    }

    #[test]
    fn drift_is_in_the_noise_of_all_runs_and_not_between_neighbours() {
        let drifting = drawn(20, 0.01, 0.005, 1);
        let (all, neighbours) =
            (Noise::of_runs(&drifting).unwrap(), Noise::of_neighbours(&drifting).unwrap());
        assert!(all.deviation > 0.02 && neighbours.deviation < 0.015, "{all:?} {neighbours:?}");
    }

    #[test]
    fn drift_is_told_from_noise() {
        let told = |drift: f64| {
            let is_told = |seed: &u64| drift_p(&drawn(20, 0.01, drift, *seed)).unwrap() < 0.01;
            (0..2000).filter(is_told).count()
        };
        let (without, with) = (told(0.0), told(0.005));
        assert!(without <= 30 && with >= 1990, "of 2000: {without} {with}");
    }

    #[test]
    fn what_has_no_logarithm_has_no_noise_and_equal_runs_have_none() {
        assert_eq!((Noise::of_runs(&[1.0, 0.0, 2.0]), drift_p(&[1.0, 0.0, 2.0])), (None, None));
        assert_eq!(Noise::of_neighbours(&[1.0, 2.0]), None);
        assert_eq!(Noise::of_runs(&[7.0; 20]).unwrap().at_most(LEVEL), 0.0);
        assert_eq!(drift_p(&[7.0; 20]), None);
    }

    #[test]
    fn a_rate_of_few_independent_cases_has_a_wide_interval() {
        // Without overlap it is the interval of Clopper and Pearson: `binomtest(3, 20).proportion_ci(0.9)` of SciPy.
        let (low, high) = rate_interval(3, 20, 20);
        assert!((low - 0.0422).abs() < 1e-4 && (high - 0.3437).abs() < 1e-4, "{low} {high}");
        let (low, high) = rate_interval(0, 11, 2);
        assert!(low == 0.0 && near(high, 1.0 - 0.05_f64.sqrt()), "{high}");
        assert_eq!(rate_interval(4, 4, 4).1, 1.0);
        let (low, high) = rate_interval(3, 11, 2);
        assert!(0.0 < low && low < 0.05 && 0.8 < high && high < 0.95, "{low} {high}");
    }
}
