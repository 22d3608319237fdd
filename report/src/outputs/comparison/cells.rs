//! The cells of a row of the table, and the lines below it, for text and Markdown alike.
//!
//! Takes changes, gives them units and words. Names are as the caller writes them.

use super::{Comparison, MOST_ONE_SIDED, SIDES, Unit, is_untested, unit};
use crate::analysis::TRIMMED_FROM;
use crate::gate::{Change, Design, Figure, LEAST_RUNS, Reason, Subject, Threshold, Verdict};
use crate::outputs::labels;
use crate::text::units::{self, Scale};

/// The most thresholds that are listed.
const MOST_THRESHOLDS: usize = 3;

/// How pairs of runs were made.
const IN_TURN: &str = "pairs in turn (ABBA), ";

/// How a name is written: plain for tables, marked for sentences.
pub(super) type Naming = fn(&str) -> String;

/// `wall time`, `download / save`, `download / save, p95`.
pub(super) fn label(change: &Change) -> String {
    match (&change.subject, change.figure) {
        (Subject::Task { group, task }, Figure::Total | Figure::Throughput) => labels::task((group, task)),
        (Subject::Task { group, task }, figure) => format!("{}, {figure}", labels::task((group, task))),
        (_, figure) => figure.to_string(),
    }
}

/// The figures of both sides; `None` if they are not known.
pub(super) fn figures(change: &Change) -> Option<[String; 2]> {
    let estimate = change.estimate?;
    let both = [estimate.baseline, estimate.candidate];
    let (least, greatest) = (both[0].min(both[1]), both[0].max(both[1]));
    Some(match unit(change.figure) {
        // Seconds with two decimals, so that they compare at a glance.
        Unit::Nanoseconds if greatest >= 1e9 && least * 10.0 >= greatest => {
            let scale = Scale::of(whole(greatest));
            both.map(|ns| scale.rounded(whole(ns)))
        }
        _ => both.map(|value| amount(change.figure, value)),
    })
}

/// A value of a figure, 0 or more, with its unit.
fn amount(figure: Figure, value: f64) -> String {
    match unit(figure) {
        Unit::Nanoseconds => units::duration(whole(value).into()),
        Unit::Bytes => units::bytes(whole(value)),
        Unit::Count => units::number(value),
        Unit::PerSecond => units::rate(value),
    }
}

pub(super) fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// `+20.0 %`; `None` without a ratio.
pub(super) fn change(change: &Change) -> Option<String> {
    Some(units::change(change.estimate?.change?))
}

/// `+16.1 to +24.0`, in percent; `None` if it is not known.
pub(super) fn interval(change: &Change) -> Option<String> {
    let (from, to) = change.estimate?.interval?;
    Some(format!("{} to {}", units::change_number(from), units::change_number(to)))
}

/// `regression`, `inconclusive`.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Regression => "regression",
        Verdict::Improvement => "improvement",
        Verdict::NoChange => "no change",
        Verdict::Inconclusive(_) => "inconclusive",
    }
}

/// The number of runs that would decide: `about 12 a side`. `None` if the figure is decided or no number helps.
pub(super) fn runs_needed(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Inconclusive(Reason::FewRuns) => Some("at least 4 a side".into()),
        Verdict::Inconclusive(Reason::Noise(Some(runs))) => {
            Some(format!("about {} a side", units::count(runs.into())))
        }
        Verdict::Inconclusive(Reason::Noise(None)) => Some("over 1,000 a side".into()),
        _ => None,
    }
}

/// ` (not tested)` behind the verdict on single values.
pub(super) fn untested(change: &Change) -> &'static str {
    if is_untested(change) { " (not tested)" } else { "" }
}

/// `5 %`, `2.00 ms`, `5 % and 2.00 ms`.
pub(super) fn threshold(threshold: &Threshold, figure: Figure) -> String {
    let relative = threshold.relative.map(|part| format!("{} %", units::number(part * 100.0)));
    let absolute = threshold.absolute.map(|value| amount(figure, value as f64));
    relative.into_iter().chain(absolute).collect::<Vec<_>>().join(" and ")
}

/// The thresholds: `threshold 5 %`, or `thresholds: 2 % for wall time, 5 % and 20.0 ms for all others`.
fn thresholds(rows: &[&Change], name: Naming) -> String {
    let mut figures: Vec<(String, Vec<String>)> = Vec::new();
    for change in rows {
        let text = threshold(&change.threshold, change.figure);
        let label = name(&label(change));
        match figures.iter_mut().find(|(known, _)| *known == text) {
            Some((_, labels)) => labels.push(label),
            None => figures.push((text, vec![label])),
        }
    }
    figures.sort_by_key(|(_, labels)| labels.len());
    let Some((of_most, _)) = figures.pop() else { return "no threshold".into() };
    if figures.is_empty() {
        return format!("threshold {of_most}");
    }
    let (listed, others) = figures.split_at(figures.len().min(MOST_THRESHOLDS));
    let mut each: Vec<String> =
        listed.iter().map(|(text, labels)| format!("{text} for {}", listing(labels))).collect();
    if !others.is_empty() {
        let count = others.iter().map(|(_, labels)| labels.len() as u64).sum();
        each.push(format!("own ones for {}", units::counted(count, "more figure")));
    }
    format!("thresholds: {}, {of_most} for all others", each.join(", "))
}

/// `a`, `a and b`, `a, b and 5 more`.
fn listing(labels: &[String]) -> String {
    match labels {
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", units::count(rest.len() as u64)),
        [] => String::new(),
    }
}

/// How it was judged: `Welch's t on logarithms, corrected for 4 figures (Holm), threshold 5 %`.
pub(super) fn method(of: &Comparison, rows: &[&Change], name: Naming) -> String {
    let has_p = |change: &&&Change| change.estimate.is_some_and(|estimate| estimate.p.is_some());
    let tested = rows.iter().filter(has_p).count() as u64;
    let fewest = of.sides.iter().map(|side| side.runs.len()).min().unwrap_or(0);
    let is_trimmed = fewest >= TRIMMED_FROM;
    let (order, name_of_test) = match (of.design.is_paired(), is_trimmed) {
        (false, false) => ("", "Welch's t"),
        (false, true) => ("", "Yuen's 20 %-trimmed t"),
        (true, false) => (IN_TURN, "paired t"),
        (true, true) => (IN_TURN, "paired 20 %-trimmed t"),
    };
    let looks = match of.design {
        Design::Sequential { looks } => format!(" and {} (Bonferroni)", units::counted(looks.into(), "look")),
        _ => String::new(),
    };
    let test = match tested {
        0 => format!("{order}not tested"),
        tested => format!(
            "{order}{name_of_test} on logarithms, corrected for {} (Holm){looks}",
            units::counted(tested, "figure")
        ),
    };
    let small = rows.iter().filter(|change| change.is_small()).count() as u64;
    let small = match small {
        0 => String::new(),
        small => format!("; {} smaller than the threshold, so not tested", units::counted(small, "figure")),
    };
    format!("{test}, {}{small}", thresholds(rows, name))
}

/// The number of each verdict: `1 regression, 2 improvements, 1 inconclusive, 4 without change`.
pub(super) fn counts(changes: &[&Change]) -> String {
    let count = |wanted: Verdict| changes.iter().filter(|change| change.verdict == wanted).count() as u64;
    let inconclusive =
        changes.iter().filter(|change| matches!(change.verdict, Verdict::Inconclusive(_))).count() as u64;
    let parts = [
        (count(Verdict::Regression), units::counted(count(Verdict::Regression), "regression")),
        (inconclusive, format!("{} inconclusive", units::count(inconclusive))),
        (count(Verdict::Improvement), units::counted(count(Verdict::Improvement), "improvement")),
        (count(Verdict::NoChange), format!("{} without change", units::count(count(Verdict::NoChange)))),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

/// The rows that are not listed: `12 more figures: 3 improvements, 9 without change`. `None` if all are.
pub(super) fn more(changes: &[&Change]) -> Option<String> {
    let number = units::counted(changes.len() as u64, "more figure");
    (!changes.is_empty()).then(|| format!("{number}: {}", counts(changes)))
}

/// What would decide the inconclusive figures, one sentence for each reason.
pub(super) fn advice(changes: &[&Change]) -> Vec<String> {
    let reasons = || {
        changes.iter().filter_map(|change| match change.verdict {
            Verdict::Inconclusive(reason) => Some(reason),
            _ => None,
        })
    };
    let mut sentences = Vec::new();
    if reasons().any(|reason| reason == Reason::FewRuns) {
        sentences.push(format!("A verdict needs at least {LEAST_RUNS} runs a side."));
    }
    let runs = || reasons().filter_map(|reason| if let Reason::Noise(runs) = reason { runs } else { None });
    let hopeless = reasons().filter(|reason| *reason == Reason::Noise(None)).count() as u64;
    if let (Some(least), Some(most)) = (runs().min(), runs().max()) {
        let number = if least == most {
            units::count(least.into())
        } else {
            format!("{} to {}", units::count(least.into()), units::count(most.into()))
        };
        let figures = match (runs().count() as u64, reasons().count() as u64) {
            (1, 1) => "the inconclusive figure".into(),
            (decided, all) if decided == all => format!("the {} inconclusive figures", units::count(all)),
            (decided, all) => {
                format!("{} of the {} inconclusive figures", units::count(decided), units::count(all))
            }
        };
        let sentence = format!("At the same noise, about {number} runs a side would decide {figures}.");
        sentences.push(sentence);
    }
    if hopeless > 0 {
        let which = match runs().next() {
            Some(_) => units::count(hopeless),
            None if hopeless == 1 => "the inconclusive figure".into(),
            None => format!("the {} inconclusive figures", units::count(hopeless)),
        };
        let advice = "reduce the noise or raise the threshold";
        sentences.push(format!("Even 1,000 runs a side would not decide {which}: {advice}."));
    }
    if reasons().any(|reason| reason == Reason::NoRatio) {
        sentences.push(
            "A figure that is 0 in the baseline has no ratio: an absolute threshold would decide.".into(),
        );
    }
    if reasons().any(|reason| reason == Reason::NotKnown) {
        sentences.push("A figure that is not known of every run has no verdict.".into());
    }
    sentences
}

/// `Only in the candidate: download / verify (72 spans, 0.30 s a run).` for each side that has such tasks.
pub(super) fn one_sided(of: &Comparison, name: Naming) -> Vec<String> {
    let sentence = |side: usize| {
        let tasks = of.one_sided(side);
        let listed = tasks.iter().take(MOST_ONE_SIDED).map(|task| {
            let label = name(&labels::task((&task.group, &task.task)));
            let spans = units::number(task.count);
            let noun = if spans == "1" { "span" } else { "spans" };
            format!("{label} ({spans} {noun}, {} a run)", units::seconds(task.total_ns.round() as i64))
        });
        let mut listed: Vec<String> = listed.collect();
        if tasks.len() > MOST_ONE_SIDED {
            listed.push(units::counted((tasks.len() - MOST_ONE_SIDED) as u64, "more task"));
        }
        (!listed.is_empty()).then(|| format!("Only in the {}: {}.", SIDES[side], listed.join(", ")))
    };
    [0, 1].into_iter().filter_map(sentence).collect()
}

/// Why nothing says where the difference in wall time went; `None` if it is known, or there is no wall time.
pub(super) fn unknown_shares(of: &Comparison) -> Option<String> {
    let is_unknown = of.attribution.is_none() && of.wall().is_some();
    is_unknown.then(|| {
        "Where the difference went is not known: not every run has the shares of its wall time.".into()
    })
}
