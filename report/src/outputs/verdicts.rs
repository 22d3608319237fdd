//! Verdicts on budgets: a line each, for a terminal; as sentences; and their parts as text, for other tables.

use anstyle::{AnsiColor, Style};

use super::statistics::{label, per_second};
use super::table::{Cell, Column, Table, WIDER};
use super::units;
use crate::budget::Verdict;

/// A line a verdict: what was asked for, what was measured, and whether that is kept, in a word and in a colour.
pub fn verdicts(verdicts: &[Verdict], width: Option<usize>) -> String {
    let mut table = Table::new(vec![
        Column::left("task", 0),
        Column::left("budget", 0),
        Column::right("measured", 0),
        Column::right("rate reached", 2),
        Column::right("over it", 1),
        Column::left("verdict", 0),
    ]);
    for verdict in verdicts {
        let target = units::duration(verdict.budget.target_ns.into());
        let (word, color) =
            if verdict.is_met() { ("met", AnsiColor::Green) } else { ("broken", AnsiColor::Red) };
        table.push(vec![
            Cell::from(task(verdict)),
            Cell::from(format!("{} at most {target}", verdict.budget.measure)),
            Cell::from(measured(verdict).unwrap_or("no span ended".into())),
            Cell::from(rates(verdict).unwrap_or("-".into())),
            Cell::from(over(verdict).unwrap_or("-".into())),
            Cell::styled(word, Style::new().bold().fg_color(Some(color.into()))),
        ]);
    }
    let mut text = table.text(width, WIDER);
    let unsure = match verdicts.iter().filter(|verdict| !verdict.is_certain()).count() as u64 {
        0 => return text,
        1 => "1 verdict is".into(),
        unsure => format!("{} verdicts are", units::count(unsure)),
    };
    text.push_str(&format!("{unsure} within the 0.4 % by which the figure of over 4,096 spans may be off\n"));
    text
}

/// As a sentence: `Budget render=16ms@p95 of main / render: 12.3 ms, met.`
pub fn verdict(verdict: &Verdict) -> String {
    let measured = measured(verdict).unwrap_or("no span ended".into());
    let over = over(verdict).map_or(String::new(), |over| format!(", {over} over it"));
    let is_met = if verdict.is_met() { "met" } else { "broken" };
    format!("Budget {} of {}: {measured}{over}, {is_met}.", verdict.budget, task(verdict))
}

/// `group / task`.
pub(super) fn task(verdict: &Verdict) -> String {
    let (group, task) = &verdict.task;
    label((group, task))
}

/// `16.3 ms`, `~16.3 ms` where that is not exact.
pub(super) fn measured(verdict: &Verdict) -> Option<String> {
    let sign = if verdict.exact { "" } else { "~" };
    verdict.measured_ns.map(|ns| format!("{sign}{}", units::duration(ns.into())))
}

/// The rate reached, and the one that the target allows: `61.3/s of 62.5/s`.
pub(super) fn rates(verdict: &Verdict) -> Option<String> {
    let rate = |ns: i64| (ns > 0).then(|| per_second(1e9 / ns as f64));
    Some(format!("{} of {}", rate(verdict.measured_ns?)?, rate(verdict.budget.target_ns)?))
}

/// How many spans took longer than the target: `12/1,204 (1.00 %)`.
pub(super) fn over(verdict: &Verdict) -> Option<String> {
    let ((least, most), count) = (verdict.over, verdict.count);
    let part = |over: u64| units::percent(over as f64 / count as f64);
    let all = units::count(count);
    match count {
        0 => None,
        _ if least == most => Some(format!("{}/{all} ({})", units::count(least), part(least))),
        _ => {
            let (few, many) = (units::count(least), units::count(most));
            Some(format!("{few} to {many}/{all} ({} to {})", part(least), part(most)))
        }
    }
}
