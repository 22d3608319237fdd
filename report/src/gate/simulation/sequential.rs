//! Simulated comparisons that end when all is decided: how often they are wrong, and how many pairs they need.
#![expect(clippy::print_stdout, reason = "the figures are printed for the docs")]

use rayon::prelude::*;

use super::pairs::{Model, compare, equal, in_turn, is_changed};
use crate::gate::{Change, Design, Threshold, Verdict, looks};

/// What came of all comparisons of one model.
#[derive(Debug, Default, Clone, Copy)]
struct Rates {
    /// Comparisons that end with a change in any figure.
    changed: f64,
    /// Comparisons that end with a regression of the wall time.
    slower: f64,
    /// Comparisons that end with no change of the wall time.
    unchanged: f64,
    /// Pairs on average.
    pairs: f64,
    /// Figures whose interval at the end contains the true change.
    covered: f64,
}

/// The figures when a comparison of at most so many pairs ends, and the number of pairs.
fn ended(model: Model, at_most: u32, threshold: &Threshold, seed: u64) -> (Vec<Change>, u32) {
    let [baseline, candidate] = model.draw(&in_turn(at_most as usize), seed);
    let looks = looks(at_most);
    let is_open = |change: &Change| matches!(change.verdict, Verdict::Inconclusive(_));
    let mut last = Vec::new();
    for &pairs in &looks {
        let design = Design::Sequential { looks: looks.len() as u32, is_last: pairs == at_most };
        let so_far = |side: &'_ [Vec<f64>]| side[..pairs as usize].to_vec();
        last = compare([&so_far(&baseline), &so_far(&candidate)], threshold, design);
        if !last.iter().any(is_open) {
            return (last, pairs);
        }
    }
    (last, at_most)
}

fn rates(model: Model, at_most: u32, threshold: &str, comparisons: u64) -> Rates {
    let limit: Threshold = threshold.parse().unwrap();
    let sums = (0..comparisons).into_par_iter().map(|seed| {
        let (changes, pairs) = ended(model, at_most, &limit, seed);
        let is_covered = |change: &&Change| {
            let (low, high) = change.estimate.unwrap().interval.unwrap();
            low <= model.slowdown && model.slowdown <= high
        };
        let covered = changes.iter().filter(is_covered).count() as f64 / changes.len() as f64;
        let is = |holds: bool| f64::from(u8::from(holds));
        [
            is(changes.iter().any(is_changed)),
            is(changes[0].verdict == Verdict::Regression),
            is(changes[0].verdict == Verdict::NoChange),
            pairs.into(),
            covered,
        ]
    });
    let add = |one: [f64; 5], other: [f64; 5]| std::array::from_fn(|at| one[at] + other[at]);
    let [changed, slower, unchanged, pairs, covered] =
        sums.reduce(|| [0.0; 5], add).map(|sum| sum / comparisons as f64);
    let rates = Rates { changed, slower, unchanged, pairs, covered };
    println!(
        "at most {at_most} pairs, {model}, threshold {threshold}: any change {:.1} %, wall time slower {:.1} %, no change \
         {:.1} %, {pairs:.1} pairs, coverage {:.1} %",
        changed * 100.0,
        slower * 100.0,
        unchanged * 100.0,
        covered * 100.0
    );
    rates
}

#[test]
fn looking_often_keeps_the_rate_of_false_alarms() {
    for is_of_tasks in [false, true] {
        let rates = rates(Model { is_of_tasks, ..equal(0.02) }, 20, "0.1%", 150);
        assert!(rates.changed <= 0.05 && rates.covered >= 0.9, "{rates:?}");
    }
}

#[test]
fn a_clear_change_needs_few_pairs_and_a_small_one_is_found_as_well() {
    let clear = rates(Model { slowdown: 0.2, ..equal(0.02) }, 60, "5%", 60);
    assert!(clear.slower == 1.0 && clear.pairs < 10.0, "{clear:?}");
    let small = rates(Model { slowdown: 0.02, ..equal(0.02) }, 60, "1%", 60);
    assert!(small.slower >= 0.9 && small.pairs < 60.0, "{small:?}");
    let same = rates(equal(0.02), 60, "5%", 60);
    assert!(same.unchanged == 1.0 && same.pairs < 20.0, "{same:?}");
}
