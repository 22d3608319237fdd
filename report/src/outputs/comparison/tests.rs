//! What readers of a comparison see, in all three formats.

use super::drawn::{FEW_RUNS, NOISE, comparison};
use super::{Comparison, words};
use crate::gate::{Check, Figure, Reason, Verdict};
use crate::model::Percentile;
use crate::text::terminal;

const SLOWER: Verdict = Verdict::Regression;
const FASTER: Verdict = Verdict::Improvement;
const SAME: Verdict = Verdict::NoChange;

/// The text without its colours.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for (index, part) in text.split('\u{1b}').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    plain
}

/// The comparison of the docs.
fn example() -> Comparison {
    let mut example = comparison()
        .with_wall(
            SLOWER,
            &[
                ("download/save", 1.2, 1.91),
                ("download/request", 2.0, 2.02),
                ("zip/create archive", 0.5, 0.51),
                ("idle after", 0.51, 0.61),
            ],
        )
        .with("download/request", Figure::Total, [2.0, 2.02], SAME)
        .with("download/save", Figure::Total, [1.2, 1.92], SLOWER)
        .with("zip/create archive", Figure::Total, [0.5, 0.52], NOISE)
        .only_in_candidate("download", "verify");
    example.notes.push(
        "All runs of the baseline were made before those of the candidate, so a change of the machine meanwhile \
         looks like a change of the program."
            .into(),
    );
    example
}

#[test]
fn print_example() {
    for width in [None, Some(100), Some(80), Some(60)] {
        println!("{}", plain(&example().text(width)));
    }
    println!("{}\n{}", example().markdown(), example().json(1));
}

#[track_caller]
fn check(comparison: &Comparison, expected: &str) {
    let (word, rest) = words::headline(comparison, terminal::quoted);
    assert_eq!(format!("{word}{rest}"), expected);
}

#[test]
fn the_first_sentence_says_what_changed_and_where() {
    let wall = |verdict, parts: &[(&str, f64, f64)]| comparison().with_wall(verdict, parts);
    let cases: &[(Verdict, &[(&str, f64, f64)], &str)] = &[
        (
            SLOWER,
            &[("save", 1.0, 1.84), ("request", 3.0, 3.0)],
            "Regression: 0.84 s slower: all of it in `save`.",
        ),
        (
            SLOWER,
            &[("save", 1.0, 1.0), ("idle after", 0.1, 0.94)],
            "Regression: 0.84 s slower: all of it idle at the end.",
        ),
        (
            FASTER,
            &[("save", 1.0, 1.0), ("idle after", 0.94, 0.1)],
            "Improvement: 0.84 s faster: all of it less idle at the end.",
        ),
        (
            FASTER,
            &[("save", 1.0, 0.5), ("idle before", 0.3, 0.1)],
            "Improvement: 0.70 s faster: 0.50 s of it in `save`, 0.20 s less idle at the start.",
        ),
        (
            FASTER,
            &[("save", 1.0, 0.9), ("idle between", 0.6, 0.1)],
            "Improvement: 0.60 s faster: 0.50 s less idle between spans, 0.10 s in `save`.",
        ),
        (
            SLOWER,
            &[("save", 1.0, 1.5), ("request", 3.0, 2.7)],
            "Regression: 0.20 s slower: 0.50 s more in `save`, 0.30 s less in `request`.",
        ),
    ];
    for (verdict, parts, expected) in cases {
        check(&wall(*verdict, parts), expected);
    }
}
