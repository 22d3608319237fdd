//! Checks: one line each for a terminal, as sentences, and their parts as text for other tables.

use anstyle::{AnsiColor, Style};

use super::{labels, load};
use crate::analysis::CpuUse;
use crate::gate::{Figure, Gate, Limited, Measured, SpanCounts, Subject};
use crate::text::{Cell, Column, Table, WIDER, units};

/// The limit, the measured figure and the verdict in a word and a colour: a line for each check of the run, then a
/// table of those of tasks. A budget that matches no task has no line. If a limit of time was broken, the last line
/// names what disturbed the run. Without `width` there is room for everything.
pub(crate) fn lines(gate: &Gate, used: Option<&CpuUse>, width: Option<usize>) -> String {
    let mut text = String::new();
    for check in gate.of_runs() {
        text.push_str(&format!("{}\n", of_run(check)));
    }
    let of_tasks: Vec<&Limited> = gate.of_tasks().collect();
    if !of_tasks.is_empty() {
        text.push_str(&table(&of_tasks).text(width, WIDER));
    }
    let unsure = match of_tasks.iter().filter(|check| !check.is_certain()).count() as u64 {
        0 => None,
        1 => Some("1 verdict is uncertain".into()),
        unsure => Some(format!("{} verdicts are uncertain", units::count(unsure))),
    };
    if let Some(unsure) = unsure {
        text.push_str(&format!(
            "{unsure}: within 0.4 % of the limit, the error of figures of over 4,096 spans\n"
        ));
    }
    if let Some(disturbed) = broken_while(gate, used) {
        text.push_str(&format!("{disturbed}\n"));
    }
    text
}

/// What disturbed the run in which a limit of time was broken: `broken while other processes used 1.20 of 2 cores`.
pub(super) fn broken_while(gate: &Gate, used: Option<&CpuUse>) -> Option<String> {
    let disturbance = load::disturbance(used?)?;
    gate.limits().any(is_slow).then(|| format!("broken while {disturbance}"))
}

/// Whether it is a broken limit of a time that was measured.
fn is_slow(check: &Limited) -> bool {
    let is_time = !matches!(check.limit.figure, Figure::PeakMemory);
    is_time && check.measured.is_some() && !check.is_met()
}

fn table(checks: &[&Limited]) -> Table {
    let mut table = Table::new(vec![
        Column::left("task", 0),
        Column::left("budget", 0),
        Column::right("measured", 0),
        Column::right("1 / measured", 2),
        Column::right("over budget", 1),
        Column::left("verdict", 0),
    ]);
    for check in checks {
        let target = units::duration(check.limit.at_most.into());
        let color = if check.is_met() { AnsiColor::Green } else { AnsiColor::Red };
        table.push(vec![
            Cell::from(subject(check)),
            Cell::from(format!("{} at most {target}", check.limit.figure)),
            Cell::from(measured(check).unwrap_or("no span ended".into())),
            Cell::from(rates(check).unwrap_or("-".into())),
            Cell::from(over(check).unwrap_or("-".into())),
            Cell::styled(outcome(check), Style::new().bold().fg_color(Some(color.into()))),
        ]);
    }
    table
}

/// A check as a sentence, such as `Budget render=16ms@p95 for main / render: 12.3 ms, 0/72 (0 %) over budget, met.`
/// That of a broken limit of time also names what disturbed the run.
pub(crate) fn sentence(check: &Limited, used: Option<&CpuUse>) -> String {
    let disturbance = used.filter(|_| is_slow(check)).and_then(load::disturbance);
    let meanwhile = disturbance.map_or(String::new(), |of| format!(" while {of}"));
    match &check.subject {
        Subject::Run => format!("Budget of the run: {}{meanwhile}.", of_run(check)),
        Subject::Unmatched(no_match) => format!("Budget broken: {no_match}."),
        Subject::Task { .. } => {
            let measured = measured(check).unwrap_or("no span ended".into());
            let over = over(check).map_or(String::new(), |over| format!(", {over} over budget"));
            format!(
                "Budget {} for {}: {measured}{over}, {}{meanwhile}.",
                check.limit.text,
                subject(check),
                outcome(check)
            )
        }
    }
}

/// A check of a run: `wall time 4.21 s, limit 90.0 s: met`.
pub(super) fn of_run(check: &Limited) -> String {
    let measured = measured(check).unwrap_or_else(|| match check.limit.figure {
        Figure::PeakMemory => "not recorded".into(),
        _ => "-".into(),
    });
    let limit = amount(Measured::Exact(check.limit.at_most), unit(check));
    format!("{} {measured}, limit {limit}: {}", check.limit.figure, outcome(check))
}

/// `met` or `broken`.
pub(super) fn outcome(check: &Limited) -> &'static str {
    if check.is_met() { "met" } else { "broken" }
}

/// The task as `group / task`; empty for other subjects.
pub(super) fn subject(check: &Limited) -> String {
    match &check.subject {
        Subject::Task { group, task } => labels::task((group, task)),
        _ => String::new(),
    }
}

/// `16.3 ms`, or `~16.3 ms` if not exact. `None` if nothing was measured.
pub(super) fn measured(check: &Limited) -> Option<String> {
    check.measured.map(|measured| amount(measured, unit(check)))
}

/// How a check's figure is written.
fn unit(check: &Limited) -> fn(i64) -> String {
    match check.limit.figure {
        Figure::PeakMemory => |bytes| units::bytes(bytes.unsigned_abs()),
        _ => |ns| units::duration(ns.into()),
    }
}

/// A measured figure: `8.00 MB`, `~16.3 ms`, `2.00 MB to 8.00 MB`, `at most 8.00 MB`.
pub(crate) fn amount(measured: Measured, unit: impl Fn(i64) -> String) -> String {
    match measured {
        Measured::Exact(value) => unit(value),
        Measured::About(value) => format!("~{}", unit(value)),
        Measured::Between(low, high) => format!("{} to {}", unit(low), unit(high)),
        Measured::AtMost(value) => format!("at most {}", unit(value)),
    }
}

/// The reciprocals of the figure and of its limit, for those who think in frames per second: `61.3/s of 62.5/s`.
pub(super) fn rates(check: &Limited) -> Option<String> {
    let rate = |ns: i64| (ns > 0).then(|| units::rate(1e9 / ns as f64));
    Some(format!("{} of {}", rate(check.measured?.highest())?, rate(check.limit.at_most)?))
}

/// How many spans took longer than the limit: `12/1,204 (1.00 %)`.
pub(super) fn over(check: &Limited) -> Option<String> {
    let SpanCounts { count, over: (least, most) } = check.spans?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::MachineUse;
    use crate::gate::{Check, Limit, Measured};

    fn check(figure: Figure, measured: Option<i64>) -> Limited {
        let limit = Limit { figure, at_most: 4_000_000_000, text: String::new() };
        Limited { subject: Subject::Run, limit, measured: measured.map(Measured::Exact), spans: None }
    }

    #[test]
    fn only_a_broken_limit_of_time_names_what_disturbed_the_run() {
        let machine = MachineUse {
            sampled_ns: 1_000_000_000,
            cpus: 2,
            others_cpu_ns: Some(1_200_000_000),
            steal_ns: None,
            runnable_ns: None,
        };
        let used = CpuUse { machine: Some(machine), ..CpuUse::default() };
        let slow = check(Figure::Wall, Some(4_210_000_000));
        assert_eq!(
            sentence(&slow, Some(&used)),
            "Budget of the run: wall time 4.21 s, limit 4.00 s: broken while other processes used 1.20 of 2 cores."
        );
        assert_eq!(sentence(&slow, None), "Budget of the run: wall time 4.21 s, limit 4.00 s: broken.");
        let last_line = |check: &Limited, used| {
            let gate = Gate { checks: vec![Check::Limit(check.clone())] };
            lines(&gate, used, None).lines().last().map(str::to_owned)
        };
        assert_eq!(
            last_line(&slow, Some(&used)).unwrap(),
            "broken while other processes used 1.20 of 2 cores"
        );
        for other in [
            check(Figure::Wall, Some(4_000_000_000)),
            check(Figure::Wall, None),
            check(Figure::PeakMemory, Some(4_000_000_001)),
        ] {
            assert!(!last_line(&other, Some(&used)).unwrap().contains("while"));
            assert!(!sentence(&other, Some(&used)).contains("while"));
        }
    }
}
