//! A history in sentences: what changed, and where.

use std::collections::BTreeMap;

use super::{Point, Section, Series, SeriesUnit, relative};
use crate::analysis::{FALSE_ALARMS, LEAST_POINTS, Level};
use crate::outputs::labels;
use crate::text::{Zone, terminal, units};

/// The most figures that a sentence names.
const MOST_NAMED: usize = 5;
/// A clock up to its minutes: `2026-11-30 10:02`.
const MINUTES: usize = "2026-11-30 10:02".len();

/// How a name is written: plain for tables, marked for sentences.
pub(super) type Naming = fn(&str) -> String;

/// `wall time`, `download / save`.
pub(super) fn label(series: &Series) -> String {
    if series.is_whole { series.name.clone() } else { labels::task((&series.group, &series.name)) }
}

/// A value with its unit.
pub(super) fn amount(unit: SeriesUnit, value: f64) -> String {
    match unit {
        SeriesUnit::Nanoseconds => units::duration(value.round() as i128),
        SeriesUnit::PerSecond => units::rate(value),
    }
}

/// `2026-11-30 10:02`.
pub(super) fn clock(start_ns: i64) -> String {
    Zone::Fixed(0).clock(start_ns).chars().take(MINUTES).collect()
}

/// `commit 1a2b3c4, 2026-11-20 10:03 UTC`, as far as it is known.
pub(super) fn origin(point: &Point) -> String {
    let commit = point.commit.as_ref().map(|commit| format!("commit {}", terminal::plain(commit)));
    let zone = if point.is_utc { " UTC" } else { "" };
    let clock = point.start_ns.map(|ns| format!("{}{zone}", clock(ns)));
    commit.into_iter().chain(clock).collect::<Vec<_>>().join(", ")
}

/// `12.0 % slower`.
pub(super) fn change(unit: SeriesUnit, before: &Level, after: &Level) -> String {
    let Some(part) = relative(before, after) else { return "different".into() };
    let word = match (unit, part > 0.0) {
        (SeriesUnit::Nanoseconds, true) => "slower",
        (SeriesUnit::Nanoseconds, false) => "faster",
        (SeriesUnit::PerSecond, true) => "higher",
        (SeriesUnit::PerSecond, false) => "lower",
    };
    format!("{} {word}", units::percent(part.abs()))
}

/// `12.0 % slower at before/60`.
pub(super) fn short_change(section: &Section, before: &Level, after: &Level) -> String {
    let point = terminal::plain(&section.points[after.first].name);
    format!("{} at {point}", change(section.unit, before, after))
}

/// `12.0 % slower at before/60 (commit 1a2b3c4, 2026-11-20 10:03 UTC): 1.00 s, then 1.12 s`.
pub(super) fn one_change(section: &Section, before: &Level, after: &Level) -> String {
    format!(
        "{} at {}: {}, then {}",
        change(section.unit, before, after),
        place(&section.points[after.first]),
        amount(section.unit, before.median),
        amount(section.unit, after.median)
    )
}

fn place(point: &Point) -> String {
    let (name, origin) = (terminal::plain(&point.name), origin(point));
    if origin.is_empty() { name } else { format!("{name} ({origin})") }
}

/// What changed, a sentence for each point at which anything did, the latest first; then that nothing else did.
pub(super) fn sentences(section: &Section, name: Naming) -> Vec<String> {
    let tested = section.tested();
    if tested == 0 {
        if section.points.len() >= LEAST_POINTS {
            return vec![format!(
                "No figure can be tested: none is known, and greater than 0, at {LEAST_POINTS} points or more."
            )];
        }
        return vec![format!(
            "There are too few points to look for changes: a figure needs {LEAST_POINTS}, and there {}.",
            match section.points.len() {
                1 => "is one".to_owned(),
                count => format!("are {}", units::count(count as u64)),
            }
        )];
    }
    let mut at: BTreeMap<usize, Vec<(f64, String)>> = BTreeMap::new();
    for series in &section.series {
        for (before, after) in series.changes() {
            let said = format!(
                "{} became {} ({} to {})",
                if series.is_whole { "the wall time".to_owned() } else { name(&label(series)) },
                change(section.unit, before, after),
                amount(section.unit, before.median),
                amount(section.unit, after.median)
            );
            let size = (after.median - before.median).abs();
            at.entry(after.first).or_default().push((size, said));
        }
    }
    let changed = section.series.iter().filter(|series| series.levels.len() > 1).count();
    let mut sentences: Vec<String> = Vec::new();
    for (point, mut changes) in at.into_iter().rev() {
        changes.sort_by(|one, other| other.0.total_cmp(&one.0));
        let more = changes.len().saturating_sub(MOST_NAMED);
        let mut named: Vec<String> = changes.into_iter().take(MOST_NAMED).map(|(_, said)| said).collect();
        named.extend(
            (more > 0).then(|| format!("{} changed, too", units::counted(more as u64, "more figure"))),
        );
        sentences.push(format!("At {}: {}.", place(&section.points[point]), named.join("; ")));
    }
    let others = tested - changed;
    sentences.push(match (changed, others) {
        (0, 1) => "Nothing changed: the one figure has no change point.".into(),
        (0, _) => format!(
            "Nothing changed: none of {} has a change point.",
            units::counted(tested as u64, "figure")
        ),
        (_, 0) => "All tested figures changed.".into(),
        (_, others) => format!(
            "Nothing else changed: {} without a change point.",
            units::counted(others as u64, "other figure")
        ),
    });
    sentences
}

/// How change points were found.
pub(super) fn method(section: &Section) -> Option<String> {
    let tested = section.tested();
    let untested = section.series.len() - tested;
    let left = match untested {
        0 => String::new(),
        _ => format!(
            " {} not tested: too small, or at fewer than {LEAST_POINTS} points.",
            match untested {
                1 => "One figure was".to_owned(),
                count => format!("{} figures were", units::count(count as u64)),
            }
        ),
    };
    (tested > 0).then(|| {
        format!(
            "Method: change points with robust costs (Fearnhead and Rigaill), each with a t test; at most {} % of histories \
             in which nothing changed have any, over {} together, if the noise has no long tail and no run depends on the \
             one before it.{left}",
            units::number(FALSE_ALARMS * 100.0),
            units::counted(tested as u64, "figure")
        )
    })
}
