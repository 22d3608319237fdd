//! A history for a terminal: what changed in sentences, and a table of the figures.

use anstyle::{AnsiColor, Style};

use super::{History, MOST_ROWS, Section, Series, SeriesUnit, relative, words};
use crate::text::{Cell, Column, Table, WIDER, paragraph, terminal, units};

/// The steps of a sparkline, and how many columns it has at most.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SPARKS: usize = 24;
/// The most sentences of what is left out.
const MOST_LEFT_OUT: usize = 5;

impl History {
    /// The history as text for a terminal of this width, with colours. Without a width there is room for everything.
    pub(crate) fn text(&self, width: Option<usize>) -> String {
        self.sections.iter().map(|section| of_section(section, width)).collect::<Vec<_>>().join("\n")
    }
}

fn of_section(section: &Section, width: Option<usize>) -> String {
    let mut text = paragraph(&terminal::plain(&format!("{}: {}", section.label, section.read)), width, 2);
    for said in section.left_out.iter().take(MOST_LEFT_OUT) {
        text.push_str(&paragraph(&format!("Left out: {}.", terminal::plain(said)), width, 2));
    }
    if let Some(more) = section.left_out.len().checked_sub(MOST_LEFT_OUT).filter(|more| *more > 0) {
        text.push_str(&format!(
            "{} more {} left out.\n",
            units::count(more as u64),
            if more == 1 { "is" } else { "are" }
        ));
    }
    text.push('\n');
    for sentence in words::sentences(section, terminal::quoted) {
        text.push_str(&paragraph(&sentence, width, 2));
    }
    text.push('\n');
    let rows = section.rows();
    let (listed, others) = rows.split_at(rows.len().min(MOST_ROWS));
    text.push_str(&table(section, listed).text(width, WIDER));
    if !others.is_empty() {
        let more = units::counted(others.len() as u64, "more figure");
        text.push_str(&paragraph(
            &format!("{more}: --task chooses figures, and --format json has all."),
            width,
            2,
        ));
    }
    for line in words::method(section).iter().chain(&section.notes) {
        text.push_str(&paragraph(&terminal::plain(line), width, 2));
    }
    text
}

fn table(section: &Section, rows: &[&Series]) -> Table {
    let mut table = Table::new(vec![
        Column::left("", 0),
        Column::left("over all points", 1),
        Column::right("last", 0),
        Column::right("median", 2),
        Column::right("spread", 3),
        Column::left("last change", 0),
    ]);
    for series in rows {
        let (last, level) = (series.last(), series.levels.last());
        let amount =
            |value: Option<f64>| value.map_or("-".into(), |value| words::amount(section.unit, value));
        let spread = level.filter(|level| level.count > 1).and_then(|level| level.spread());
        let changed = series.changes().next_back().map(|(before, after)| {
            let said = words::short_change(section, before, after);
            let is_worse = relative(before, after)
                .is_some_and(|part| (part > 0.0) == (section.unit == SeriesUnit::Nanoseconds));
            let color = if is_worse { AnsiColor::Red } else { AnsiColor::Green };
            Cell::styled(said, Style::new().bold().fg_color(Some(color.into())))
        });
        let none = if series.is_tested { "none" } else { "not tested" };
        table.push(vec![
            Cell::from(words::label(series)),
            Cell::from(sparkline(series)),
            Cell::from(amount(last.map(|last| last.median))),
            Cell::from(amount(level.map(|level| level.median))),
            Cell::from(spread.map_or("-".into(), units::percent)),
            changed.unwrap_or_else(|| Cell::from(none)),
        ]);
    }
    table
}

/// The course of a figure in a few characters: of several points in one, the median one in the middle is shown.
fn sparkline(series: &Series) -> String {
    let values: Vec<f64> = series.values.iter().flatten().map(|value| value.median).collect();
    let columns = values.len().min(SPARKS);
    let shown: Vec<f64> = (0..columns).map(|at| values[at * values.len() / columns]).collect();
    let (least, greatest) = shown
        .iter()
        .fold((f64::INFINITY, 0.0_f64), |(least, greatest), value| (least.min(*value), greatest.max(*value)));
    // Noise of a percent is no mountain.
    let range = (greatest - least).max(0.1 * greatest).max(f64::MIN_POSITIVE);
    let step = |value: &f64| STEPS[((value - least) / range * (STEPS.len() - 1) as f64).round() as usize];
    shown.iter().map(step).collect()
}
