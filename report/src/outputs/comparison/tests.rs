//! What readers of a comparison see, in all three formats.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::drawn::{FEW_RUNS, NOISE, comparison};
use super::{Comparison, OneSided, words};
use crate::gate::{Change, Check, Figure, Reason, Subject, Threshold, Verdict};
use crate::model::Percentile;
use crate::outputs::statistics::escaped;
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

#[track_caller]
fn check(comparison: &Comparison, expected: &str) {
    let (word, rest) = words::headline(comparison, terminal::quoted);
    assert_eq!(format!("{word}{rest}"), expected);
}

/// A wall time with this verdict and these parts, and the sentence about it.
type Case<'a> = (Verdict, &'a [(&'a str, f64, f64)], &'a str);

#[track_caller]
fn check_all(cases: &[Case<'_>]) {
    for (verdict, parts, expected) in cases {
        check(&comparison().with_wall(*verdict, parts), expected);
    }
}

#[test]
fn the_first_sentence_says_where_the_difference_went() {
    check(
        &example(),
        "Regression: 0.84 s slower: 0.71 s of it in `save`, 0.10 s after the last span, 0.03 s in 2 other tasks.",
    );
    check_all(&[
        (SLOWER, &[("save", 1.0, 1.84)], "Regression: 0.84 s slower: all of it in `save`."),
        (SLOWER, &[("idle after", 0.1, 0.94)], "Regression: 0.84 s slower: all of it after the last span."),
        (FASTER, &[("idle after", 0.94, 0.1)], "Improvement: 0.84 s faster: all of it after the last span."),
        (
            FASTER,
            &[("save", 1.0, 0.5), ("idle before", 0.3, 0.1)],
            "Improvement: 0.70 s faster: 0.50 s of it in `save`, 0.20 s before the first span.",
        ),
        (
            FASTER,
            &[("save", 1.0, 0.9), ("idle between", 0.6, 0.1)],
            "Improvement: 0.60 s faster: 0.50 s less idle between spans, 0.10 s in `save`.",
        ),
        (
            SLOWER,
            &[("idle between", 0.1, 0.6), ("a", 1.0, 1.04), ("b", 1.0, 1.02), ("others", 1.0, 1.02)],
            "Regression: 0.58 s slower: 0.50 s of it idle between spans, 0.04 s in `a`, 0.04 s in other tasks.",
        ),
        (
            SLOWER,
            &[("others", 1.0, 1.3), ("idle before", 0.1, 0.101)],
            "Regression: 0.30 s slower: all of it in other tasks.",
        ),
    ]);
}

#[test]
fn parts_that_go_against_the_whole_are_more_and_less() {
    check_all(&[
        (
            SLOWER,
            &[("save", 1.0, 1.5), ("request", 3.0, 2.7)],
            "Regression: 0.20 s slower: 0.50 s more in `save`, 0.30 s less in `request`.",
        ),
        (
            FASTER,
            &[("save", 1.0, 1.5), ("request", 3.0, 2.0), ("idle after", 0.1, 0.2)],
            "Improvement: 0.40 s faster: 1.00 s less in `request`, 0.50 s more in `save`, 0.10 s more after the last span.",
        ),
        (
            SLOWER,
            &[("save", 1.0, 1.87), ("a", 0.5, 0.49), ("b", 0.5, 0.49), ("idle after", 0.1, 0.09)],
            "Regression: 0.84 s slower: 0.87 s more in `save`, 0.03 s less in 2 other tasks and time without spans.",
        ),
        (
            SAME,
            &[("save", 1.0, 1.5), ("request", 3.0, 2.5)],
            "No change: the wall time is the same to 0.01 s: 0.50 s less in `request`, 0.50 s more in `save`.",
        ),
    ]);
}

#[test]
fn of_many_parts_three_are_named_and_all_numbers_add_up() {
    let parts = ["a", "b", "c", "d", "e"].map(|task| (task, 1.0, 1.104));
    check_all(&[(
        SLOWER,
        &[parts.as_slice(), &[("same", 1.0, 1.0)]].concat(),
        "Regression: 0.52 s slower: 0.11 s of it in `a`, 0.10 s in `b`, 0.10 s in `c`, 0.21 s in 2 other tasks.",
    )]);
}

#[test]
fn a_task_is_named_with_its_group_only_where_another_group_has_one_of_this_name() {
    check_all(&[(
        SLOWER,
        &[("zip/save", 1.0, 1.5), ("download/save", 1.0, 1.2), ("download/request", 1.0, 1.1)],
        "Regression: 0.80 s slower: 0.50 s of it in `zip / save`, 0.20 s in `download / save`, 0.10 s in `request`.",
    )]);
}

#[test]
fn a_difference_that_is_not_significant_is_never_stated_as_a_fact() {
    check_all(&[
        (SAME, &[("save", 4.0, 4.02)], "No change: about 20.0 ms slower, inside the threshold of 5 %."),
        (SAME, &[("save", 4.0, 4.0)], "No change: the wall time is the same to 0.1 ms."),
        (SAME, &[("save", 4.0, 4.000_04)], "No change: the wall time is the same to 0.1 ms."),
        (SAME, &[("save", 0.0, 0.0)], "No change: the wall time is the same to 1 ns."),
        (
            NOISE,
            &[("save", 4.0, 4.2)],
            "Inconclusive: about 0.20 s slower, which may be chance: all of it in `save`.",
        ),
        (
            NOISE,
            &[("save", 4.0, 4.000_04)],
            "Inconclusive: the wall time is the same to 0.1 ms, but the runs vary too much to tell.",
        ),
        (
            FEW_RUNS,
            &[("save", 4.0, 3.5), ("idle after", 0.0, 0.3)],
            "Inconclusive: about 0.20 s faster, but fewer than 4 runs a side are too few to tell: 0.50 s less in \
             `save`, 0.30 s more after the last span.",
        ),
    ]);
}

#[test]
fn a_significant_difference_is_shown_however_small() {
    check_all(&[
        (SLOWER, &[("save", 4.0, 4.000_04)], "Regression: 40.0 us slower: all of it in `save`."),
        (
            SLOWER,
            &[("save", 4.0, 4.5), ("request", 1.0, 0.501)],
            "Regression: 1.00 ms slower: 500.00 ms more in `save`, 499.00 ms less in `request`.",
        ),
    ]);
}

#[test]
fn what_is_judged_is_named_where_it_is_not_the_wall_time() {
    let wall = |verdict| comparison().with_wall(verdict, &[("save", 4.0, 4.2)]);
    check(
        &wall(SAME).with("zip/save", Figure::Total, [1.0, 1.6], SLOWER),
        "Regression in `zip / save` (+60.0 %). The run is about 0.20 s slower, inside the threshold of 5 %: all of it \
         in `save`.",
    );
    check(
        &comparison().with_wall(SAME, &[("save", 4.0, 4.0)]).with("save", Figure::Count, [4.0, 5.0], SLOWER),
        "Regression in the number of spans of `save` (+25.0 %). The wall time is the same to 0.1 ms.",
    );
    check(
        &comparison()
            .with_wall(FASTER, &[("save", 4.2, 4.0)])
            .with("save", Figure::Percentile(Percentile::P95), [1.0, 1.1], SLOWER)
            .with("", Figure::PeakMemory, [1e6, 2e6], SLOWER),
        "Regression in the p95 of `save` (+10.0 %) and the peak memory (+100 %). The run is 0.20 s faster: all of it \
         in `save`.",
    );
    check(
        &wall(SAME)
            .with("a", Figure::Total, [1.0, 0.5], FASTER)
            .with("b", Figure::Total, [1.0, 0.5], FASTER)
            .with("c", Figure::Total, [1.0, 0.5], FASTER),
        "Improvement in 3 figures. The run is about 0.20 s slower, inside the threshold of 5 %: all of it in `save`.",
    );
    check(
        &comparison().with_wall(SAME, &[("save", 4.0, 4.0)]).with(
            "save",
            Figure::Total,
            [1.0, 1.0004],
            NOISE,
        ),
        "Inconclusive for `save`. The wall time is the same to 0.1 ms.",
    );
    check(
        &comparison().with_wall(SAME, &[("save", 4.0, 4.01)]).with("save", Figure::Total, [1.0, 1.04], NOISE),
        "Inconclusive for `save` (about +4.0 %). The run is about 10.0 ms slower, inside the threshold of 5 %.",
    );
}

#[test]
fn without_shares_the_sentence_has_the_change_and_a_line_says_why() {
    let without = comparison().with("", Figure::Wall, [4.21, 5.05], SLOWER);
    check(&without, "Regression: 0.84 s slower (+20.0 %).");
    let line = "Where the difference went is not known: not every run has the shares of its wall time";
    assert!(plain(&without.text(None)).contains(line));
    assert!(without.markdown().contains(&escaped(line)));
    assert!(!plain(&example().text(None)).contains("not known"));
}

#[test]
fn where_one_run_moves_the_averages_the_sentence_is_of_the_typical_run_and_a_line_of_the_averages() {
    let mut moved = comparison().with_wall(NOISE, &[("save", 4.0, 4.6), ("idle after", 0.2, 0.2)]);
    wall(&mut moved).estimate.as_mut().unwrap().candidate = 4.21e9;
    check(&moved, "Inconclusive: about 0.01 s slower (+14.3 %), which may be chance.");
    let line = "On average over all runs, the run is 0.60 s slower: all of it in `save`. Runs that are far from the others \
                of their side move the averages.";
    assert!(plain(&moved.text(None)).contains(&format!("\n{line}\n")), "{}", moved.text(None));
    let line = line.replace("`save`", "<code>save</code>");
    assert!(moved.markdown().contains(&format!("\n- {line}\n")), "{}", moved.markdown());
    (wall(&mut moved).verdict, wall(&mut moved).estimate.as_mut().unwrap().candidate) = (FASTER, 3.9e9);
    check(&moved, "Improvement: 0.30 s faster (+14.3 %).");
    assert!(!plain(&example().text(None)).contains("average"));
}

fn wall(of: &mut Comparison) -> &mut Change {
    let Some(Check::Change(wall)) = of.gate.checks.first_mut() else { panic!("no figure") };
    wall
}

#[test]
fn names_that_would_be_shortened_to_the_same_are_whole() {
    let [one, other] = ["one", "other"].map(|middle| format!("{}{middle}{}", "a".repeat(28), "z".repeat(26)));
    let parts = [(one.as_str(), 1.0, 1.5), (other.as_str(), 1.0, 1.2), (&"b".repeat(60), 1.0, 1.1)];
    let (_, sentence) = words::headline(&comparison().with_wall(SLOWER, &parts), terminal::quoted);
    assert!(sentence.contains(&format!("`{one}`")) && sentence.contains(&format!("`{other}`")), "{sentence}");
    assert!(sentence.contains('…'), "the third is shortened: {sentence}");
}

#[test]
fn thresholds_that_differ_are_said_by_name() {
    let mut several = example();
    let own = |text: &str| text.parse::<Threshold>().unwrap();
    for check in &mut several.gate.checks {
        let Check::Change(change) = check else { panic!() };
        let is_run = change.subject == Subject::Run;
        change.threshold = own(if is_run { "wall=3%" } else { "5% and 20ms" });
    }
    let thresholds = "Welch's t on logarithms, corrected for 4 figures (Holm), thresholds: 3 % for wall time, 5 % and \
                      20.0 ms for all others";
    assert!(
        plain(&several.text(None)).contains(&format!("\nMethod: {thresholds}\n")),
        "{}",
        several.text(None)
    );
    assert!(several.markdown().contains(thresholds), "{}", several.markdown());
}

#[test]
fn figures_that_are_too_small_to_change_by_the_threshold_are_not_tested_and_counted() {
    let mut small = example().with("small", Figure::Total, [0.002, 0.001], SAME);
    let Some(Check::Change(change)) = small.gate.checks.last_mut() else { panic!() };
    change.threshold = "5% and 20ms".parse().unwrap();
    change.estimate.as_mut().unwrap().p = None;
    let text = plain(&small.text(None));
    assert!(
        text.contains(
            "corrected for 4 figures (Holm), thresholds: 5 % and 20.0 ms for small, 5 % for all others"
        ),
        "{text}"
    );
    assert!(text.contains("; 1 figure smaller than the threshold, so not tested\n"), "{text}");
    assert!(!text.contains("(not tested)"), "that is for single values: {text}");
}

#[test]
fn what_would_decide_is_said_with_numbers_of_figures() {
    let advice = |verdicts: &[Verdict]| {
        let add = |of: Comparison, verdict: &Verdict| of.with("a", Figure::Total, [1.0, 1.1], *verdict);
        let comparison = verdicts.iter().fold(comparison(), add);
        super::cells::advice(&comparison.rows()).join(" ")
    };
    let noise = |runs| Verdict::Inconclusive(Reason::Noise(runs));
    assert_eq!(advice(&[SAME, SLOWER]), "");
    assert_eq!(
        advice(&[noise(Some(12)), SAME]),
        "At the same noise, about 12 runs a side would decide the inconclusive figure."
    );
    assert_eq!(
        advice(&[noise(Some(12)), noise(Some(11))]),
        "At the same noise, about 11 to 12 runs a side would decide the 2 inconclusive figures."
    );
    assert_eq!(
        advice(&[noise(Some(12)), noise(None), noise(None), FASTER]),
        "At the same noise, about 12 runs a side would decide 1 of the 3 inconclusive figures. Even 1,000 runs a side \
         would not decide 2: reduce the noise or raise the threshold."
    );
    assert_eq!(
        advice(&[noise(None), noise(None)]),
        "Even 1,000 runs a side would not decide the 2 inconclusive figures: reduce the noise or raise the threshold."
    );
    assert_eq!(
        advice(&[Verdict::Inconclusive(Reason::NoRatio)]),
        "A figure that is 0 in the baseline has no ratio: an absolute threshold would decide."
    );
    assert_eq!(advice(&[FEW_RUNS, FEW_RUNS]), "A verdict needs at least 4 runs a side.");
}

#[test]
fn single_values_are_marked_as_not_tested() {
    let mut metrics = comparison().with("thumbnails", Figure::Throughput, [62.3, 15.7], SLOWER).with(
        "export",
        Figure::Throughput,
        [10.0, 10.0],
        SAME,
    );
    for check in &mut metrics.gate.checks {
        let Check::Change(change) = check else { panic!() };
        let estimate = change.estimate.as_mut().unwrap();
        (estimate.p, estimate.interval) = (None, None);
        change.baseline.truncate(1);
        change.candidate.truncate(1);
    }
    check(&metrics, "Regression in `thumbnails` (−74.8 %; single values, not tested).");
    let text = plain(&metrics.text(None));
    assert!(text.contains("\nthumbnails    62.3/s     15.7/s  −74.8 %  regression (not tested)\n"), "{text}");
    assert!(text.contains("\nexport        10.0/s     10.0/s    0.0 %  no change (not tested)\n"), "{text}");
    let markdown = metrics.markdown();
    assert!(markdown.contains("| **regression** (not tested) |"), "{markdown}");
    assert!(markdown.contains("Measured: one value a side, not tested, threshold 5 %;"), "{markdown}");
}

#[test]
fn the_docs_show_what_is_printed() {
    let (text, docs) = (plain(&example().text(Some(80))), include_str!("../../../../docs/comparing.md"));
    assert!(docs.contains(&format!("```\n{text}```\n")), "docs/comparing.md does not contain\n{text}");
}

#[test]
fn the_markdown_fits_a_pull_request() {
    let expected = [
        "Baseline <code>before</code>, candidate <code>after</code>",
        "",
        "**Regression**: 0.84 s slower: 0.71 s of it in <code>save</code>, 0.10 s after the last span, 0.03 s in 2 other tasks.",
        "",
        "| | baseline | candidate | change | 90 % interval | verdict | runs needed |",
        "|:--|--:|--:|--:|--:|:--|--:|",
        "| wall time | 4.21 s | 5.05 s | +20.0 % | +16.8 to +23.1 % | **regression** |  |",
        "| download / save | 1.20 s | 1.92 s | +60.0 % | +56.9 to +63.1 % | **regression** |  |",
        "| zip / create archive | 500 ms | 520 ms | +4.0 % | +0.9 to +7.1 % | inconclusive | 12 |",
        "| download / request | 2.00 s | 2.02 s | +1.0 % | −2.1 to +4.1 % | no change |  |",
        "",
        "- Only in the candidate: download / verify (72 spans, 0.30 s a run).",
        "- At the same noise, about 12 runs a side would decide the inconclusive figure.",
        "- All runs of the baseline were made before those of the candidate, so a change of the machine meanwhile looks like a change of the program.",
        "",
        "Measured: 5 runs a side, Welch's t on logarithms, corrected for 4 figures (Holm), threshold 5 %; baseline before: 5 runs, before/1 to before/5, made 2026-11-30 10:00 to 10:02 UTC, commit 1a2b3c4; candidate after: 5 runs, after/1 to after/5, made 2026-11-30 11:00 to 11:02 UTC, commit 1a2b3c4.",
    ];
    assert_eq!(example().markdown().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn lines_fit_the_terminal_and_without_one_none_is_broken() {
    for width in [60, 80, 100] {
        let text = plain(&example().text(Some(width)));
        // The line that names columns is the table's own.
        let lines = text.lines().filter(|line| !line.starts_with("columns not shown"));
        for line in lines {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
    let text = plain(&example().text(None));
    assert!(text.contains("about 12 a side"), "{text}");
    assert!(
        text.lines().all(|line| !line.starts_with(' ') || line.contains("baseline  candidate")),
        "{text}"
    );
}

#[test]
fn rows_come_by_verdict_and_then_by_the_size_of_the_difference() {
    let comparison = comparison()
        .with("same", Figure::Total, [9.0, 9.3], SAME)
        .with("small", Figure::Total, [1.0, 1.2], SLOWER)
        .with("faster", Figure::Total, [1.0, 0.2], FASTER)
        .with("noisy", Figure::Total, [1.0, 1.04], NOISE)
        .with("", Figure::PeakMemory, [1e6, 2e6], SLOWER)
        .with("great", Figure::Total, [9.0, 9.7], SLOWER)
        .with("", Figure::Wall, [1.0, 1.0], SAME);
    let labels: Vec<String> = comparison.rows().into_iter().map(super::cells::label).collect();
    assert_eq!(labels, ["wall time", "great", "small", "peak memory", "noisy", "faster", "same"]);
    assert_eq!(comparison.verdict(), SLOWER);
}

#[test]
fn of_many_tasks_thirty_rows_are_listed_and_the_others_counted() {
    let mut many = comparison().with("", Figure::Wall, [1.0, 1.0], SAME);
    for task in 0..40 {
        many = many.with(&format!("task {task}"), Figure::Total, [1.0, 1.0], SAME);
    }
    many = many.with("noisy", Figure::Total, [1.0, 1.04], NOISE);
    for text in [plain(&many.text(Some(80))), many.markdown()] {
        assert!(text.contains("12 more figures: 12 without change"), "{text}");
        assert_eq!(text.matches("no change").count(), 29, "{text}");
    }
    let json: Value = serde_json::from_str(&many.json(0)).unwrap();
    assert_eq!(json["checks"].as_array().unwrap().len(), 42);
}

#[test]
fn tasks_of_one_side_are_named_the_greatest_first() {
    let mut one_sided = comparison();
    for (task, total_ns) in [("a", 1e6), ("b", 2e6), ("c", 3e6), ("d", 4e6), ("e", 5e6), ("f", 6e6)] {
        one_sided.only[0].push(OneSided { group: "g".into(), task: task.into(), count: 1.0, total_ns });
    }
    let text = plain(&one_sided.text(None));
    let expected = "Only in the baseline: g / f (1 span, 6.00 ms a run), g / e (1 span, 5.00 ms a run), \
                    g / d (1 span, 4.00 ms a run), g / c (1 span, 3.00 ms a run), g / b (1 span, 2.00 ms a run), \
                    1 more task.\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn each_reason_says_what_would_decide() {
    let wall = |verdict| comparison().with("", Figure::Wall, [1.0, 1.04], verdict);
    let text = |comparison: &Comparison| plain(&comparison.text(None));
    let few = text(&wall(FEW_RUNS));
    assert!(
        few.contains("A verdict needs at least 4 runs a side.\n") && !few.contains("runs needed"),
        "{few}"
    );
    let noise = |runs| wall(NOISE).with("a", Figure::Total, [1.0, 1.04], Verdict::Inconclusive(runs));
    let several = text(&noise(Reason::Noise(Some(40))));
    let range = "At the same noise, about 12 to 40 runs a side would decide the 2 inconclusive figures.\n";
    assert!(several.contains(range) && several.contains("  about 40 a side\n"), "{several}");
    let hopeless = noise(Reason::Noise(None));
    assert!(text(&hopeless).contains("inconclusive  over 1,000 a side\n"), "{}", text(&hopeless));
    assert!(hopeless.markdown().contains("| inconclusive | over 1,000 |\n"));
    let not_known = noise(Reason::NotKnown);
    let line = "A figure that is not known of every run has no verdict.\n";
    assert!(text(&not_known).contains(line) && not_known.markdown().contains(&format!("\n- {line}")));
    let no_ratio = noise(Reason::NoRatio);
    assert!(text(&no_ratio).contains("an absolute threshold would decide.\n"), "{}", text(&no_ratio));
    assert!(no_ratio.markdown().contains("\n- A figure that is 0 in the baseline has no ratio"));
}

#[test]
fn a_baseline_of_0_has_no_ratio() {
    let zero = comparison().with("a", Figure::Count, [0.0, 3.0], Verdict::Inconclusive(Reason::NoRatio));
    let text = plain(&zero.text(None));
    assert!(text.contains("\na, count         0          3       -  inconclusive\n"), "{text}");
}

#[test]
fn no_name_becomes_markup_or_moves_the_text() {
    let name = "a\u{1b}[31m|<b>@user `x`\u{202e}\n](https:x.y)";
    let mut hostile = comparison()
        .with_wall(SLOWER, &[(name, 1.0, 1.5), ("idle after", 0.1, 0.2)])
        .with(name, Figure::Total, [1.0, 1.5], SLOWER)
        .only_in_candidate(name, name);
    hostile.notes.push(format!("The runs of {name} differ."));
    hostile.sides[0].label = name.into();
    hostile.sides[1].read = name.into();
    let text = plain(&hostile.text(None));
    for bad in ['\u{1b}', '\u{202e}'] {
        assert!(!text.contains(bad) && !hostile.markdown().contains(bad));
    }
    assert_eq!(text.lines().count(), 14, "{text}");
    let markdown = hostile.markdown().replace("\\]", "");
    for bad in ["<b>", "@user", "|<", "](", "https:", " `x`"] {
        assert!(!markdown.contains(bad), "{bad}: {markdown}");
    }
    let rows = markdown.lines().filter(|line| line.starts_with('|'));
    for row in rows {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
    }
    let json: Value = serde_json::from_str(&hostile.json(0)).unwrap();
    assert_eq!(json["checks"][1]["task"], name);
}

#[test]
fn the_json_has_all_figures_and_the_exit_code() {
    let json: Value = serde_json::from_str(&example().json(1)).unwrap();
    assert_eq!(
        (&json["version"], &json["verdict"], &json["exit_code"]),
        (&1.into(), &"regression".into(), &1.into())
    );
    assert_eq!(
        json["sides"]["candidate"]["runs"],
        json!(["after/1", "after/2", "after/3", "after/4", "after/5"])
    );
    assert_eq!(json["wall"]["difference_ns"], 840_000_000);
    assert_eq!(
        json["wall"]["parts"][1],
        json!({
            "part": "idle_after", "group": null, "task": null,
            "baseline_ns": 510_000_000, "candidate_ns": 610_000_000, "difference_ns": 100_000_000
        })
    );
    let sum: i64 = json["wall"]["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| of["difference_ns"].as_i64().unwrap())
        .sum();
    assert_eq!(sum, 840_000_000);
    let noisy: Value =
        serde_json::from_str(&comparison().with("zip/pack", Figure::Total, [0.5, 0.75], NOISE).json(4))
            .unwrap();
    assert_eq!(
        noisy["checks"][0],
        json!({
            "subject": "task", "group": "zip", "task": "pack", "figure": "total_ns",
            "baseline": 500_000_000, "candidate": 750_000_000,
            "change": 0.5, "interval": [0.46875, 0.53125], "p": 0.004,
            "threshold": {"text": "5%", "relative": 0.05, "absolute": null},
            "verdict": "inconclusive", "reason": "noise", "runs_needed": 12,
            "baseline_runs": [500_000_000, 500_000_000, 500_000_000, 500_000_000, 500_000_000],
            "candidate_runs": [750_000_000, 750_000_000, 750_000_000, 750_000_000, 750_000_000]
        })
    );
    assert_eq!((&noisy["wall"], &noisy["exit_code"]), (&Value::Null, &4.into()));
    assert_eq!(
        json["only_in_candidate"],
        json!([{"group": "download", "task": "verify", "count": 72, "total_ns": 300_000_000}])
    );
    assert_eq!(json["notes"].as_array().unwrap().len(), 1);
}

#[test]
fn cautions_stand_before_the_figures_and_names_in_sentences_are_names_in_markdown() {
    let mut comparison = example();
    comparison.cautions.push("The sides ran `a_b` and `c|<d>`.".into());
    comparison.notes.push("Spans per run differ: `e*` 1 to 4.".into());
    let text = plain(&comparison.text(None));
    let places =
        ["Regression: ", "The sides ran `a_b` and `c|<d>`.\n", "wall time ", "All runs of the baseline"];
    let places: Vec<usize> = places.iter().map(|part| text.find(part).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
    let markdown = comparison.markdown();
    let caution = markdown.find("The sides ran <code>a\\_b</code> and <code>c\\|&lt;d&gt;</code>").unwrap();
    assert!(caution < markdown.find("\n|").unwrap(), "{markdown}");
    assert!(markdown.contains("<code>e\\*</code> 1 to 4"), "{markdown}");
    let json: Value = serde_json::from_str(&comparison.json(0)).unwrap();
    assert_eq!(json["cautions"][0], "The sides ran `a_b` and `c|<d>`.");
}

#[test]
fn a_total_of_more_than_any_time_is_not_negative() {
    let mut comparison = example();
    comparison.only[1][0].total_ns = u64::MAX as f64;
    assert!(!plain(&comparison.text(None)).contains("(72 spans, -"), "{}", comparison.text(None));
}

#[test]
fn the_docs_list_every_key_of_the_json() {
    fn keys<'a>(value: &'a Value, all: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(key, value)| {
                all.push(key);
                keys(value, all);
            }),
            Value::Array(values) => values.iter().for_each(|value| keys(value, all)),
            _ => {}
        }
    }
    let json: Value = serde_json::from_str(&example().json(1)).unwrap();
    let mut all = Vec::new();
    keys(&json, &mut all);
    let docs = include_str!("../../../../docs/comparing.md");
    let (_, section) = docs.split_once("\n## JSON\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    for key in all {
        assert!(section.contains(&format!("`{key}`")), "{key} is not in the docs");
    }
}
