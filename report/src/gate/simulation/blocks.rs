//! Simulated sides that were made one after the other.
//!
//! A run has 4 tasks (or more) of 500 spans on one lane, so its wall time is the sum of its tasks. The spans are
//! log-normal with a deviation of 0.3. Noise between runs is a log-normal factor: one for the whole run, or one for each task. To save
//! time, means of 500 spans are drawn from a pool of 10,000 such means. `docs/comparing.md` has the figures and the
//! command that prints them.
#![expect(clippy::print_stdout, reason = "the figures are printed for the docs")]

use std::fmt;
use std::sync::LazyLock;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, LogNormal};
use rayon::prelude::*;

use crate::gate::{Change, Design, Figure, Pair, Reason, Subject, Thresholds, Verdict, changes};

const COMPARISONS: u64 = 1000;
const SPANS: usize = 500;
/// Spans of the first task take 1 ms on average, those of the second 2 ms, and so on.
const TASK_NS: f64 = 1e6;

/// How runs differ.
#[derive(Debug, Clone, Copy)]
struct Model {
    /// The number of runs of each side.
    runs: usize,
    tasks: usize,
    /// Further tasks, whose totals are 1 ms and vary by 20 %.
    tiny_tasks: usize,
    /// The standard deviation of the logarithm of the noise between runs.
    noise: f64,
    sharing: Sharing,
    /// How often a run, or a task of a run, is in a second mode, in which it takes 10 % longer.
    slow_mode: f64,
    /// Whether one run of one side takes 1.5 times as long.
    has_outlier: bool,
    /// By how much more each run takes than the one before it. The baseline's runs are the first.
    drift: f64,
    /// By how much more the first task takes in the candidate.
    slowdown: f64,
}

/// What the noise between runs has in common.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sharing {
    /// The whole run has one factor.
    Run,
    /// Each task of a run has its own.
    Task,
}

use Sharing::{Run, Task};

/// Five runs a side that differ by nothing but noise.
const fn equal(noise: f64, sharing: Sharing) -> Model {
    Model {
        runs: 5,
        tasks: 4,
        tiny_tasks: 0,
        noise,
        sharing,
        slow_mode: 0.0,
        has_outlier: false,
        drift: 0.0,
        slowdown: 0.0,
    }
}

/// `5 + 5 runs, noise 2 % a run, first task 10 % slower`.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Model { runs, tasks, tiny_tasks, noise, sharing, slow_mode, has_outlier, drift, slowdown } = self;
        let of = if *sharing == Run { "run" } else { "task" };
        write!(f, "{runs} + {runs} runs, {tasks} tasks, noise {} % a {of}", noise * 100.0)?;
        if *tiny_tasks > 0 {
            write!(f, ", {tiny_tasks} tiny tasks")?;
        }
        if *slow_mode > 0.0 {
            write!(f, ", {} % in a slow mode", slow_mode * 100.0)?;
        }
        if *has_outlier {
            f.write_str(", one run x 1.5")?;
        }
        if *drift > 0.0 {
            write!(f, ", drift {} % a run", drift * 100.0)?;
        }
        if *slowdown > 0.0 {
            write!(f, ", first task {} % slower", slowdown * 100.0)?;
        }
        Ok(())
    }
}

/// What was found in all comparisons of one model.
#[derive(Debug)]
struct Rates {
    /// Comparisons in which a figure that did not change has a regression or an improvement.
    false_alarms: f64,
    /// Comparisons in which the slower task has a regression.
    found: f64,
    /// Figures that have no change.
    unchanged: f64,
    /// Intervals that contain the true change.
    coverage: f64,
}

/// Means of 500 log-normal spans, each with a mean of 1.
static MEANS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let deviation: f64 = 0.3;
    let spans = LogNormal::new(-deviation * deviation / 2.0, deviation).unwrap();
    let mean = |seed| {
        let random = SmallRng::seed_from_u64(seed);
        spans.sample_iter(random).take(SPANS).sum::<f64>() / SPANS as f64
    };
    (0..10_000_u64).into_par_iter().map(mean).collect()
});

impl Model {
    /// The totals of the tasks in each run of both sides.
    fn draw(&self, random: &mut SmallRng) -> [Vec<Vec<f64>>; 2] {
        let noise = LogNormal::new(0.0, self.noise).unwrap();
        let tiny = LogNormal::new(0.0, 0.2).unwrap();
        let outlier = self.has_outlier.then(|| random.random_range(0..2 * self.runs));
        let mut run = |number: usize| {
            let factor = |random: &mut SmallRng| {
                let mode = if random.random_bool(self.slow_mode) { 1.1 } else { 1.0 };
                noise.sample(random) * mode
            };
            let of_run = factor(random);
            let gone_wrong = if outlier == Some(number) { 1.5 } else { 1.0 };
            let whole = gone_wrong * (1.0 + self.drift).powi(number as i32);
            let mut task_ns = |task: usize| {
                let slower = if task == 0 && number >= self.runs { 1.0 + self.slowdown } else { 1.0 };
                let factor = if self.sharing == Task { factor(random) } else { of_run };
                let mean = MEANS[random.random_range(0..MEANS.len())];
                TASK_NS * (task + 1) as f64 * SPANS as f64 * mean * factor * whole * slower
            };
            let mut totals: Vec<f64> = (0..self.tasks).map(&mut task_ns).collect();
            totals.extend((0..self.tiny_tasks).map(|_| TASK_NS * tiny.sample(random)));
            totals
        };
        let all: Vec<Vec<f64>> = (0..2 * self.runs).map(&mut run).collect();
        let (baseline, candidate) = all.split_at(self.runs);
        [baseline.to_vec(), candidate.to_vec()]
    }

    /// The wall time and the totals of both sides, compared. The first task is the second figure.
    fn compare(&self, thresholds: &Thresholds, seed: u64) -> Vec<Change> {
        let [baseline, candidate] = self.draw(&mut SmallRng::seed_from_u64(seed));
        let pair = |subject, (figure, threshold), of: &dyn Fn(&Vec<f64>) -> f64| Pair {
            subject,
            figure,
            threshold,
            baseline: baseline.iter().map(of).collect(),
            candidate: candidate.iter().map(of).collect(),
        };
        let wall = (Figure::Wall, thresholds.of_run(Figure::Wall).unwrap());
        let mut family = vec![pair(Subject::Run, wall, &|run| run.iter().sum())];
        let wall_ns = family[0].baseline.iter().sum::<f64>() / self.runs as f64;
        for task in 0..self.tasks + self.tiny_tasks {
            let name = task.to_string();
            let total = thresholds.of_task("main", &name, Some(wall_ns)).remove(0);
            family.push(pair(Subject::Task { group: "main".into(), task: name }, total, &|run| run[task]));
        }
        changes(family, Design::Independent)
    }

    /// The true change of a figure. That of the wall time follows from the first task's part of it.
    fn truth(&self, figure: usize) -> f64 {
        match figure {
            0 => self.slowdown / (1..=self.tasks).sum::<usize>() as f64,
            1 => self.slowdown,
            _ => 0.0,
        }
    }

    /// With this threshold for all; without one, by default.
    fn rates<'a>(&self, threshold: impl Into<Option<&'a str>>) -> Rates {
        let threshold = threshold.into();
        let thresholds = Thresholds::new(threshold.map(|text| text.parse().unwrap()).into_iter().collect());
        let is_changed = |verdict| matches!(verdict, Verdict::Regression | Verdict::Improvement);
        let counts = (0..COMPARISONS).into_par_iter().map(|seed| {
            let changes = self.compare(&thresholds, seed);
            let figures = || changes.iter().enumerate();
            let is_false =
                |(figure, change): (usize, &Change)| self.truth(figure) == 0.0 && is_changed(change.verdict);
            let is_covered = |&(figure, change): &(usize, &Change)| {
                let (low, high) = change.estimate.unwrap().interval.unwrap();
                low <= self.truth(figure) && self.truth(figure) <= high
            };
            [
                u64::from(figures().any(is_false)),
                u64::from(changes[1].verdict == Verdict::Regression),
                figures().filter(|(_, change)| change.verdict == Verdict::NoChange).count() as u64,
                figures().filter(is_covered).count() as u64,
            ]
        });
        let sum = |one: [u64; 4], other: [u64; 4]| std::array::from_fn(|at| one[at] + other[at]);
        let [alarms, found, unchanged, covered] = counts.reduce(|| [0; 4], sum).map(|count| count as f64);
        let (comparisons, figures) =
            (COMPARISONS as f64, COMPARISONS as f64 * (self.tasks + self.tiny_tasks + 1) as f64);
        let rates = Rates {
            false_alarms: alarms / comparisons,
            found: found / comparisons,
            unchanged: unchanged / figures,
            coverage: covered / figures,
        };
        let percent = |rate: f64| format!("{:.1} %", 100.0 * rate);
        let [alarms, found, unchanged, coverage] =
            [rates.false_alarms, rates.found, rates.unchanged, rates.coverage].map(percent);
        println!(
            "{self}, threshold {}: false alarms {alarms}, found {found}, no change {unchanged}, coverage {coverage}",
            threshold.unwrap_or("by default")
        );
        rates
    }
}

/// The relative part of the default threshold hides small false alarms.
const DEFAULT: &str = "5%";
/// This one hides none, so what it finds are the false alarms of the test alone.
const TINY: &str = "0.1%";
/// Noise between runs, and what it has in common.
const NOISES: [(f64, Sharing); 6] =
    [(0.01, Run), (0.03, Run), (0.05, Run), (0.01, Task), (0.03, Task), (0.05, Task)];

/// At most 5 % of the comparisons have a false alarm, at any noise, and the intervals are 90 % intervals.
fn check_equal_sides(thresholds: &[&str], model: impl Fn(Model) -> Model) {
    for (noise, sharing) in NOISES {
        for threshold in thresholds {
            let rates = model(equal(noise, sharing)).rates(*threshold);
            assert!(rates.false_alarms <= 0.05, "{rates:?}");
            assert!((0.88..0.95).contains(&rates.coverage), "{rates:?}");
        }
    }
}

#[test]
fn equal_sides_have_few_false_alarms() {
    check_equal_sides(&[DEFAULT, TINY], |model| model);
}

#[test]
fn equal_sides_of_four_runs_have_few_false_alarms() {
    check_equal_sides(&[TINY], |model| Model { runs: 4, ..model });
}

#[test]
fn equal_sides_with_two_modes_have_few_false_alarms() {
    check_equal_sides(&[DEFAULT, TINY], |model| Model { slow_mode: 0.5, ..model });
    check_equal_sides(&[TINY], |model| Model { slow_mode: 0.2, ..model });
}

#[test]
fn equal_sides_of_more_runs_with_two_modes_have_few_false_alarms() {
    for runs in [8, 10] {
        check_equal_sides(&[TINY], |model| Model { slow_mode: 0.5, runs, ..model });
    }
}

#[test]
fn equal_sides_of_eight_runs_with_an_outlier_have_few_false_alarms() {
    check_equal_sides(&[DEFAULT, TINY], |model| Model { runs: 8, has_outlier: true, ..model });
}

#[test]
fn a_slower_task_is_found() {
    for sharing in [Run, Task] {
        let slower = Model { slowdown: 0.1, ..equal(0.02, sharing) };
        for model in [slower, Model { runs: 8, has_outlier: true, ..slower }] {
            let rates = model.rates(DEFAULT);
            assert!(rates.found >= 0.95 && rates.false_alarms <= 0.05, "{rates:?}");
        }
        // Without an assertion: what fewer runs find, and what an outlier hides that is not trimmed.
        Model { runs: 4, ..slower }.rates(DEFAULT);
        Model { has_outlier: true, ..slower }.rates(DEFAULT);
    }
}

#[test]
fn among_many_tasks_a_slower_one_needs_more_runs() {
    let found = [5, 8].map(|runs| {
        let rates = Model { runs, tasks: 20, slowdown: 0.1, ..equal(0.02, Run) }.rates(DEFAULT);
        assert!(rates.false_alarms <= 0.05, "{rates:?}");
        rates.found
    });
    assert!(found[0] < 0.95 && 0.95 <= found[1], "{found:?}");
}

#[test]
fn a_slower_task_among_a_hundred_tiny_ones_is_found_by_default() {
    let model = |slowdown, sharing| Model { slowdown, tiny_tasks: 100, ..equal(0.02, sharing) };
    for sharing in [Run, Task] {
        let rates = model(0.1, sharing).rates(None);
        assert!(rates.found >= 0.95 && rates.false_alarms <= 0.05 && rates.unchanged > 0.95, "{rates:?}");
    }
    assert!(model(0.0, Task).rates(None).false_alarms <= 0.05);
    let rates = model(0.1, Run).rates(DEFAULT);
    assert!(
        rates.found < 0.8 && rates.unchanged < 0.2,
        "a threshold of the user means what it says: {rates:?}"
    );
}

#[test]
fn drift_between_the_sides_looks_like_a_change() {
    for sharing in [Run, Task] {
        let drifting = Model { drift: 0.005, ..equal(0.01, sharing) };
        drifting.rates(DEFAULT);
        assert!(drifting.rates("1%").false_alarms > 0.05, "no test can tell drift from change");
    }
}

/// A side of five runs whose logarithms have exactly this mean and standard deviation.
fn five(mean: f64, deviation: f64) -> Vec<f64> {
    [-2.0, -1.0, 0.0, 1.0, 2.0].map(|at: f64| (mean + deviation * at / 2.5_f64.sqrt()).exp()).to_vec()
}

#[test]
fn the_proposed_number_of_runs_decides_in_about_four_of_five_tries() {
    let pair = |baseline, candidate| Pair {
        subject: Subject::Run,
        figure: Figure::Wall,
        threshold: DEFAULT.parse().unwrap(),
        baseline,
        candidate,
    };
    for (change, noise) in [(0.0, 0.05), (0.02, 0.05), (0.03, 0.02), (0.06, 0.05), (0.1, 0.1), (0.2, 0.25)] {
        let size = f64::ln_1p(change);
        let now = changes(vec![pair(five(0.0, noise), five(size, noise))], Design::Independent).remove(0);
        let Verdict::Inconclusive(Reason::Noise(Some(runs))) = now.verdict else { panic!("{now:?}") };
        let is_decided = |seed: u64| {
            let mut random = SmallRng::seed_from_u64(seed);
            let mut side = |mean| {
                let runs = LogNormal::new(mean, noise).unwrap().sample_iter(&mut random).take(runs as usize);
                runs.collect()
            };
            let change = changes(vec![pair(side(0.0), side(size))], Design::Independent).remove(0);
            !matches!(change.verdict, Verdict::Inconclusive(_))
        };
        let decided = (0..COMPARISONS).into_par_iter().filter(|&seed| is_decided(seed)).count();
        println!(
            "change {change}, noise {noise}: {runs} runs a side decide in {decided} of {COMPARISONS} tries"
        );
        assert!((750..=880).contains(&decided), "{decided}");
    }
}
