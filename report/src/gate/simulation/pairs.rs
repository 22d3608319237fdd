//! Simulated pairs of runs in turn, ABBA.
//!
//! A run has 4 tasks of 500 spans on one lane, whose sum varies by 0.3 / sqrt(500) by itself. Noise between runs is a
//! log-normal factor: one for the whole run, or one for each task. A slow mode takes 10 % longer. Drift makes each run
//! slower than the one before it.
#![expect(clippy::print_stdout, reason = "the figures are printed for the docs")]

use std::fmt;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, LogNormal};
use rayon::prelude::*;

use crate::gate::change::changes_without_advice;
use crate::gate::{Change, Design, Figure, Pair, Subject, Threshold, Verdict};

/// The relative deviation of the sum of 500 log-normal spans.
const OF_SPANS: f64 = 0.0134;

/// How runs differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) tasks: usize,
    /// The standard deviation of the logarithm of the noise between runs.
    pub(super) noise: f64,
    /// Whether each task of a run has its own noise.
    pub(super) is_of_tasks: bool,
    pub(super) slow_mode: f64,
    pub(super) drift: f64,
    /// By how much more all tasks take in the candidate.
    pub(super) slowdown: f64,
    /// Whether one run takes 1.5 times as long.
    pub(super) has_outlier: bool,
}

/// Four tasks that differ by nothing but noise.
pub(super) const fn equal(noise: f64) -> Model {
    Model {
        tasks: 4,
        noise,
        is_of_tasks: false,
        slow_mode: 0.0,
        drift: 0.0,
        slowdown: 0.0,
        has_outlier: false,
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Model { tasks, noise, is_of_tasks, slow_mode, drift, slowdown, has_outlier } = self;
        let percent = |part: f64| format!("{:.1} %", part * 100.0);
        write!(
            f,
            "{tasks} tasks, noise {} a {}",
            percent(*noise),
            if *is_of_tasks { "task" } else { "run" }
        )?;
        write!(f, ", slow mode {}, drift {}", percent(*slow_mode), percent(*drift))?;
        write!(f, ", {} slower{}", percent(*slowdown), if *has_outlier { ", one run x 1.5" } else { "" })
    }
}

impl Model {
    /// The totals of the tasks in each run of both sides. `sides` says of which side each run is, in order.
    pub(super) fn draw(&self, sides: &[usize], seed: u64) -> [Vec<Vec<f64>>; 2] {
        let random = &mut SmallRng::seed_from_u64(seed);
        let noise = LogNormal::new(0.0, self.noise).unwrap();
        let spans = LogNormal::new(0.0, OF_SPANS).unwrap();
        let outlier = self.has_outlier.then(|| random.random_range(0..sides.len()));
        let mut drawn = [Vec::new(), Vec::new()];
        for (number, &side) in sides.iter().enumerate() {
            let factor = |random: &mut SmallRng| {
                noise.sample(random) * if random.random_bool(self.slow_mode) { 1.1 } else { 1.0 }
            };
            let of_run = factor(random);
            let gone_wrong = if outlier == Some(number) { 1.5 } else { 1.0 };
            let slower = 1.0 + self.slowdown * side as f64;
            let whole = gone_wrong * slower * (1.0 + self.drift).powi(number as i32);
            let mut total = |task: usize| {
                let factor = if self.is_of_tasks { factor(random) } else { of_run };
                1e9 * (task + 1) as f64 * spans.sample(random) * factor * whole
            };
            drawn[side].push((0..self.tasks).map(&mut total).collect());
        }
        drawn
    }
}

/// Which side runs when, in turn.
pub(super) fn in_turn(pairs: usize) -> Vec<usize> {
    (0..pairs).flat_map(|pair| [pair % 2, 1 - pair % 2]).collect()
}

/// Which side runs when, one after the other.
fn in_blocks(runs: usize) -> Vec<usize> {
    (0..2 * runs).map(|run| run / runs).collect()
}

/// The wall time and the totals of the tasks, compared.
pub(super) fn compare(sides: [&[Vec<f64>]; 2], threshold: &Threshold, design: Design) -> Vec<Change> {
    let pair = |subject, figure, of: &dyn Fn(&Vec<f64>) -> f64| Pair {
        subject,
        figure,
        threshold: threshold.clone(),
        baseline: sides[0].iter().map(of).collect(),
        candidate: sides[1].iter().map(of).collect(),
    };
    let mut family = vec![pair(Subject::Run, Figure::Wall, &|run| run.iter().sum())];
    for task in 0..sides[0][0].len() {
        let subject = Subject::Task { group: "main".into(), task: task.to_string() };
        family.push(pair(subject, Figure::Total, &|run| run[task]));
    }
    changes_without_advice(family, design)
}

pub(super) fn is_changed(change: &Change) -> bool {
    matches!(change.verdict, Verdict::Regression | Verdict::Improvement)
}

/// How many of so many comparisons find a change in any figure, and how many a regression of the wall time.
fn found(model: Model, order: &[usize], threshold: &str, design: Design, comparisons: u64) -> [f64; 2] {
    let limit: Threshold = threshold.parse().unwrap();
    let counts = (0..comparisons).into_par_iter().map(|seed| {
        let [baseline, candidate] = model.draw(order, seed);
        let changes = compare([&baseline, &candidate], &limit, design);
        let is_slower = changes[0].verdict == Verdict::Regression;
        [u64::from(changes.iter().any(is_changed)), u64::from(is_slower)]
    });
    let counts = counts.reduce(|| [0; 2], |one, other| [one[0] + other[0], one[1] + other[1]]);
    let rates = counts.map(|count| count as f64 / comparisons as f64);
    let runs = order.len() / 2;
    println!(
        "{runs} + {runs} runs, {design:?}, {model}, threshold {threshold}: any change {:.1} %, wall time slower {:.1} %",
        rates[0] * 100.0,
        rates[1] * 100.0
    );
    rates
}

#[test]
fn equal_pairs_have_few_false_alarms() {
    for pairs in [5, 8, 10, 20] {
        for (noise, is_of_tasks) in [(0.01, false), (0.01, true), (0.05, false), (0.05, true)] {
            let model = Model { is_of_tasks, ..equal(noise) };
            let alarms = found(model, &in_turn(pairs), "0.1%", Design::Pairs, 1000)[0];
            assert!(alarms <= 0.055, "{alarms}");
        }
    }
    for is_of_tasks in [false, true] {
        let model = Model { is_of_tasks, slow_mode: 0.5, ..equal(0.02) };
        let alarms = found(model, &in_turn(10), "0.1%", Design::Pairs, 1000)[0];
        assert!(alarms <= 0.055, "{alarms}");
    }
}

#[test]
fn drift_is_a_false_alarm_of_blocks_and_not_of_pairs() {
    for is_of_tasks in [false, true] {
        let model = Model { drift: 0.005, is_of_tasks, ..equal(0.01) };
        for pairs in [5, 10] {
            let alarms = found(model, &in_turn(pairs), "1%", Design::Pairs, 300)[0];
            assert!(alarms <= 0.05, "{alarms}");
        }
        assert!(found(model, &in_blocks(10), "1%", Design::Independent, 200)[0] > 0.5);
    }
}

#[test]
fn a_slowdown_of_two_percent_is_found_in_sixty_pairs() {
    for is_of_tasks in [false, true] {
        let model = Model { slowdown: 0.02, is_of_tasks, ..equal(0.02) };
        let slower = found(model, &in_turn(60), "1%", Design::Pairs, 200)[1];
        assert!(slower >= 0.9, "{slower}");
    }
}

#[test]
fn one_bad_run_hides_no_slowdown_from_eight_pairs_on() {
    let model = Model { slowdown: 0.1, has_outlier: true, ..equal(0.02) };
    assert!(found(model, &in_turn(8), "5%", Design::Pairs, 200)[1] >= 0.9);
}
