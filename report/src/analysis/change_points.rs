//! Change points: where the level of a series of runs changed for good.
//!
//! Takes the numbers of a series in order, all greater than 0; gives the first index of each new level. Levels are found
//! together by the least sum of a cost and a price for each change (P. Fearnhead and G. Rigaill, *Changepoint Detection
//! in the Presence of Outliers*, Journal of the American Statistical Association 114, 2019, pages 169-183). The cost of
//! a run grows no further once it is far from its level, so a single run that went wrong is no change. The noise is that
//! of neighbouring runs, so a change does not count as noise. As Hunter does (M. Fleming and others, *Hunter*, ICPE
//! 2023), each change must then pass a t test of the runs on both sides. Knows no unit and no time.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::quantile;

/// Fewer numbers have no change points.
pub(crate) const LEAST_POINTS: usize = 6;
/// The most of all series, or of all families of series, in which nothing changed and a change is found all the same, if
/// the noise has no long tail and no number depends on the one before it. Nothing is computed from it: [`PRICE`] and
/// [`SIGNIFICANT`] were chosen by simulation so that it holds.
pub(crate) const FALSE_ALARMS: f64 = 0.05;

/// The price of a change for a long series, in squares of the noise, and what few numbers and many add: by simulation.
const PRICE: (f64, f64, f64) = (7.0, 60.0, 1.5);
/// The most that one number costs, as a part of the price. Below 1, so that one number is never a change; over a half,
/// so that two at the end can be.
const MOST_COST: f64 = 0.9;
/// The probability below which the test of a change must be. Also by simulation.
const SIGNIFICANT: f64 = 0.001;
/// Quantiles of the absolute differences of neighbours, and what they are of normal noise with a deviation of 1.
const QUANTILES: [(f64, f64); 3] = [(0.5, 0.6745), (0.8, 1.2816), (0.9, 1.6449)];
/// From this number on, the last of these quantiles is used, too.
const MANY: usize = 30;
/// How many levels are tried in each standard deviation of the noise.
const LEVELS: f64 = 8.0;
/// The least noise, as a part of the number: figures that are all the same may differ by rounding.
const LEAST_NOISE: f64 = 2e-4;

/// The first index of each new level, ascending; empty if the level never changed. `family` is the number of series that
/// are looked at together: at most [`FALSE_ALARMS`] of all such families, as its conditions say, have a change point in any series if nothing
/// changed. Numbers must be greater than 0. O(n x levels).
pub(crate) fn change_points(numbers: &[f64], family: usize) -> Vec<usize> {
    if numbers.len() < LEAST_POINTS {
        return Vec::new();
    }
    let logarithms: Vec<f64> = numbers.iter().map(|number| number.ln()).collect();
    let Some(noise) = noise(&logarithms) else { return Vec::new() };
    let scaled: Vec<f64> = logarithms.iter().map(|number| number / noise).collect();
    let family = family.max(1) as f64;
    let mut points = segments(&scaled, price(scaled.len(), family));
    // The weakest change goes first: its segments then are one, with which the others are tested again.
    let mut tests: Vec<f64> = (0..points.len()).map(|at| test(&scaled, &points, at)).collect();
    while let Some((weakest, _)) = (tests.iter().enumerate())
        .max_by(|one, other| one.1.total_cmp(other.1))
        .filter(|(_, p)| **p > SIGNIFICANT / family)
    {
        points.remove(weakest);
        tests.remove(weakest);
        for (at, next_to_it) in tests.iter_mut().enumerate().skip(weakest.saturating_sub(1)).take(2) {
            *next_to_it = test(&scaled, &points, at);
        }
    }
    points
}

/// The price of a change. The gain from a change that is none has an exponential tail, so a family adds a logarithm.
fn price(count: usize, family: f64) -> f64 {
    let (base, few, many) = PRICE;
    let count = count as f64;
    base + few / count + many * count.ln() + 2.0 * family.ln()
}

/// The standard deviation of neighbours about their level, from quantiles of the differences between them: the greatest
/// of what each would mean for normal noise, so that two modes or a long tail are noise as well. `None` if all numbers
/// are equal.
fn noise(logarithms: &[f64]) -> Option<f64> {
    let mut steps: Vec<f64> = logarithms.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    steps.sort_by(f64::total_cmp);
    let last = steps.len() - 1;
    if steps[last] == 0.0 {
        return None;
    }
    let of = |(part, normal): &(f64, f64)| steps[(last as f64 * part) as usize] / normal / 2.0_f64.sqrt();
    let known = if logarithms.len() < MANY { &QUANTILES[..2] } else { &QUANTILES[..] };
    Some(known.iter().map(of).fold(LEAST_NOISE, f64::max))
}

/// The changes of the least cost. For each level that is tried, the least cost of all numbers so far if the last of them
/// has this level, and where it began: it continues, or follows the best of all levels at the price of a change.
fn segments(scaled: &[f64], price: f64) -> Vec<usize> {
    let most = MOST_COST * price;
    let levels = levels(scaled, most.sqrt());
    let mut costs = vec![0.0_f64; levels.len()];
    let mut since = vec![0_usize; levels.len()];
    // Of the numbers up to each: the least cost, and where its last level began.
    let mut best: Vec<(f64, usize)> = Vec::with_capacity(scaled.len());
    for (index, number) in scaled.iter().enumerate() {
        let changed = best.last().map_or(f64::INFINITY, |(cost, _)| cost + price);
        let mut least = (f64::INFINITY, 0);
        for ((level, cost), since) in levels.iter().zip(&mut costs).zip(&mut since) {
            if changed < *cost {
                (*cost, *since) = (changed, index);
            }
            *cost += (number - level).powi(2).min(most);
            if *cost < least.0 {
                least = (*cost, *since);
            }
        }
        best.push(least);
    }
    let mut points = Vec::new();
    let mut end = scaled.len();
    while end > 0 {
        end = best[end - 1].1;
        points.extend((end > 0).then_some(end));
    }
    points.reverse();
    points
}

/// The levels that are tried: those near any number.
fn levels(scaled: &[f64], reach: f64) -> Vec<f64> {
    let mut sorted = scaled.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut levels: Vec<f64> = Vec::new();
    for pair in sorted.windows(2) {
        // No level between two numbers that are both far from it is near any number.
        let gap = pair[1] - pair[0];
        let steps = (gap.min(2.0 * reach) * LEVELS).ceil().max(1.0) as usize;
        for step in 0..steps {
            let along = step as f64 / LEVELS;
            let half = steps as f64 / 2.0 / LEVELS;
            levels.push(if gap <= 2.0 * reach || along < half {
                pair[0] + along
            } else {
                pair[1] - (2.0 * half - along)
            });
        }
    }
    levels.extend(sorted.last());
    levels.dedup_by(|next, kept| *next - *kept < 0.5 / LEVELS);
    levels
}

/// The probability of one of the changes if there were none, by the numbers up to the changes next to it.
fn test(scaled: &[f64], points: &[usize], at: usize) -> f64 {
    let before = at.checked_sub(1).map_or(0, |before| points[before]);
    let after = points.get(at + 1).copied().unwrap_or(scaled.len());
    p(&scaled[before..points[at]], &scaled[points[at]..after])
}

/// Student's t test with one variance for both sides, of numbers that count as no further from their median than three
/// standard deviations.
fn p(before: &[f64], after: &[f64]) -> f64 {
    let sides = [winsorised(before), winsorised(after)];
    let [(one, one_squares), (other, other_squares)] = sides.each_ref().map(|side| {
        let mean = side.iter().sum::<f64>() / side.len() as f64;
        (mean, side.iter().map(|number| (number - mean).powi(2)).sum::<f64>())
    });
    let counts = [before.len() as f64, after.len() as f64];
    let freedom = counts[0] + counts[1] - 2.0;
    if freedom < 1.0 {
        return 1.0;
    }
    // The noise is 1 for neighbours. A sample that varies less does so by chance or by rounding.
    let variance = (one_squares + other_squares) / freedom;
    let error = (variance.max(0.25) * (1.0 / counts[0] + 1.0 / counts[1])).sqrt();
    let student = StudentsT::new(0.0, 1.0, freedom).expect("degrees of freedom are positive");
    2.0 * student.sf((one - other).abs() / error)
}

fn winsorised(numbers: &[f64]) -> Vec<f64> {
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        quantile(&numbers, 0.5)
    };
    let middle = median(numbers.to_vec());
    let spread = 1.4826 * median(numbers.iter().map(|number| (number - middle).abs()).collect());
    let reach = 3.0 * spread.max(1.0);
    numbers.iter().map(|number| number.clamp(middle - reach, middle + reach)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};
    use rand_distr::StandardNormal;

    /// How the runs of a simulated series vary.
    #[derive(Debug, Clone, Copy)]
    enum Noise {
        /// Log-normal, 2 %.
        Normal,
        /// The same, and a part of the runs takes 10 % longer.
        Modes(f64),
        /// The same, and 3 % of the runs take 1.5 times as long.
        Outliers,
        /// 2 % with a long tail: exponential.
        Skewed,
        /// Log-normal, 2 %, and each run has half of the deviation of the run before it.
        Correlated,
    }

    const ALL: [Noise; 6] = [
        Noise::Normal,
        Noise::Modes(0.5),
        Noise::Modes(0.2),
        Noise::Outliers,
        Noise::Skewed,
        Noise::Correlated,
    ];

    fn series(random: &mut SmallRng, count: usize, noise: Noise) -> Vec<f64> {
        let mut last = 0.0;
        (0..count)
            .map(|_| {
                let normal: f64 = random.sample(StandardNormal);
                let part: f64 = random.random();
                let deviation = match noise {
                    Noise::Normal => 0.02 * normal,
                    Noise::Modes(slow) => 0.02 * normal + if part < slow { 0.1 } else { 0.0 },
                    Noise::Outliers => 0.02 * normal + if part < 0.03 { 0.4 } else { 0.0 },
                    Noise::Skewed => -0.02 * part.max(1e-12).ln(),
                    Noise::Correlated => 0.5 * last + 0.75_f64.sqrt() * 0.02 * normal,
                };
                last = deviation;
                1e9 * deviation.exp()
            })
            .collect()
    }

    /// How many of `tries` families of unchanged series have a change point, in percent.
    fn false_alarms(tries: u32, count: usize, family: usize, noise: Noise) -> f64 {
        let mut random = SmallRng::seed_from_u64(22);
        let has_any = |_: &u32| {
            let all: Vec<_> = (0..family).map(|_| series(&mut random, count, noise)).collect();
            all.iter().any(|one| !change_points(one, family).is_empty())
        };
        100.0 * (0..tries).filter(has_any).count() as f64 / f64::from(tries)
    }

    /// In how many of `tries` series the change in the last `after` runs is found within two runs, in percent.
    fn found(tries: u32, (count, after): (usize, usize), family: usize, step: f64, noise: Noise) -> f64 {
        let mut random = SmallRng::seed_from_u64(22);
        let is_found = |_: &u32| {
            let mut all = series(&mut random, count, noise);
            all[count - after..].iter_mut().for_each(|number| *number *= 1.0 + step);
            change_points(&all, family).iter().any(|&point| point.abs_diff(count - after) <= 2)
        };
        100.0 * (0..tries).filter(is_found).count() as f64 / f64::from(tries)
    }

    #[test]
    fn at_most_one_in_twenty_unchanged_series_of_100_runs_has_a_change_point() {
        for noise in [Noise::Normal, Noise::Modes(0.5), Noise::Modes(0.2), Noise::Outliers, Noise::Skewed] {
            let rate = false_alarms(300, 100, 1, noise);
            assert!(rate <= 100.0 * FALSE_ALARMS, "{noise:?}: {rate} %");
        }
    }

    #[test]
    fn at_most_one_in_twenty_families_of_20_unchanged_series_has_a_change_point() {
        for noise in [Noise::Normal, Noise::Modes(0.5), Noise::Modes(0.2)] {
            let rate = false_alarms(60, 100, 20, noise);
            assert!(rate <= 100.0 * FALSE_ALARMS, "{noise:?}: {rate} %");
        }
    }

    #[test]
    fn a_change_of_10_percent_is_found_within_two_runs_also_when_there_are_only_two_after_it() {
        for (after, family) in [(50, 1), (2, 1), (3, 50)] {
            let rate = found(300, (100, after), family, 0.1, Noise::Normal);
            assert!(rate >= 90.0, "{after} runs after it, of {family} figures: {rate} %");
        }
    }

    #[test]
    fn a_slow_run_and_two_slow_runs_are_no_change_and_a_level_that_stays_is_one() {
        let steady = |at: usize| 100.0 + (at % 3) as f64;
        let with = |slow: std::ops::Range<usize>| -> Vec<f64> {
            (0..40).map(|at| steady(at) * if slow.contains(&at) { 1.5 } else { 1.0 }).collect()
        };
        assert_eq!(change_points(&with(20..21), 1), [0; 0]);
        assert_eq!(change_points(&with(39..40), 1), [0; 0]);
        assert_eq!(change_points(&with(0..0), 1), [0; 0]);
        assert_eq!(change_points(&with(25..40), 1), [25]);
        assert_eq!(change_points(&with(15..30), 1), [15, 30]);
        assert_eq!(change_points(&[5.0; 40], 1), [0; 0]);
        let exact: Vec<f64> = (0..40).map(|at| if at < 20 { 100.0 } else { 101.0 }).collect();
        assert_eq!(change_points(&exact, 1), [20]);
        assert_eq!(change_points(&with(3..5)[..5], 1), [0; 0], "too few");
        assert_eq!(change_points(&[1e-300, 1e300, 1.0, 1e-300, 1e300, 1.0, 7.0], 1).len(), 0);
    }

    /// How many times as many series the tables have: those of docs/history.md have 100 times as many.
    fn more() -> u32 {
        option_env!("MORE").and_then(|more| more.parse().ok()).unwrap_or(1)
    }

    #[test]
    #[expect(clippy::print_stdout, reason = "it is what the test is for")]
    fn tables() {
        for (count, family, tries) in
            [(10, 1, 40), (20, 1, 40), (50, 1, 40), (100, 1, 40), (300, 1, 10), (1000, 1, 5), (100, 20, 4)]
        {
            let tries = tries * more();
            let rates = ALL.map(|noise| false_alarms(tries, count, family, noise));
            let cells = rates.map(|rate| format!("{rate:.1} %"));
            println!("| {count} | {family} | {} |", cells.join(" | "));
            // Of few series, one or two are many percent.
            let most = 100.0 * (FALSE_ALARMS + 2.0 / f64::from(tries));
            assert!(rates[..3].iter().all(|rate| *rate <= most), "{rates:?}, of {tries} each");
        }
        for (count, after, family, step) in [
            (100, 50, 1, 0.1),
            (100, 2, 1, 0.1),
            (100, 2, 20, 0.1),
            (100, 2, 50, 0.1),
            (100, 3, 50, 0.1),
            (50, 2, 1, 0.1),
            (20, 2, 1, 0.1),
            (20, 3, 1, 0.1),
            (10, 3, 1, 0.1),
            (10, 5, 1, 0.1),
            (100, 50, 1, 0.05),
            (100, 50, 1, 0.02),
        ] {
            let [normal, outliers] = [Noise::Normal, Noise::Outliers]
                .map(|noise| found(40 * more(), (count, after), family, step, noise));
            assert!(normal >= if step < 0.1 { 30.0 } else { 60.0 }, "{count}, {after}, {step}: {normal} %");
            println!(
                "| {count} | {after} | {family} | {} % | {normal:.1} % | {outliers:.1} % |",
                100.0 * step
            );
        }
    }
}
