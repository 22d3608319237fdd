//! A calibration for a terminal: the noise, what can be seen in it, the false alarms, and the thresholds.

use super::{Calibrated, Calibration, Rate, Saved, Splits};
use crate::gate::{Design, Figure};
use crate::text::{Cell, Column, Table, WIDER, paragraph, terminal, units};

/// The most rows of a table.
const MOST: usize = 30;
/// Below this number of splits that do not overlap, a rate says little.
const ENOUGH_SPLITS: usize = 10;
/// How to keep a drift out of a comparison.
const IN_TURN: &str = "waterfall compare --repeat 10 --baseline-command './old' --candidate-command './new'";

impl Calibration {
    /// The calibration as text for a terminal of this width. Without a width there is room for everything. `saved` says
    /// what became of the thresholds; without it they are printed for the user to copy.
    pub(crate) fn text(&self, saved: Option<&Saved>, width: Option<usize>) -> String {
        let line = |text: &str| paragraph(&terminal::plain(text), width, 2);
        let lines = |all: &[String]| all.iter().map(|text| line(text)).collect::<String>();
        let shown = &self.figures[..self.figures.len().min(MOST)];
        let more = more(self.figures.len());
        let mut text = line(&format!("runs  {}: {}", self.label, self.read));
        text.push('\n');
        text += &line(&self.headline());
        text += &line(&self.drift_in_words());
        text += &lines(&self.cautions);
        text.push('\n');
        text += &noise(shown).text(width, WIDER);
        text += &more;
        text.push('\n');
        text += &line(
            "Smallest change found in four of five tries, at the upper bounds of the noise and with the proposed thresholds:",
        );
        text += &smallest(shown).text(width, WIDER);
        text += &more;
        text.push('\n');
        text += &line("False alarms: splits of these runs in which the gate finds a change:");
        text += &splits(&self.splits).text(width, WIDER);
        if self.splits.iter().any(|splits| splits.tested.alarms.independent < ENOUGH_SPLITS) {
            text += &line(
                "Splits overlap. Fewer than 10 independent splits are too few to say a rate; its interval shows that.",
            );
        }
        text.push('\n');
        text += &lines(&self.notes);
        text += &self.thresholds(saved, width);
        text
    }

    /// `The wall time varies by 1.34 % from run to run, at most by 1.72 % (90 % bound). With a threshold of 3 %, ...`
    fn headline(&self) -> String {
        let first = self.first();
        let name = match first.figure {
            Figure::Wall => "The wall time".to_owned(),
            _ => first.label(),
        };
        let [_, ten, _] = first.smallest;
        format!(
            "{name} varies by {} from run to run, at most by {} ({} % bound). With a threshold of {}, a comparison of \
             10 + 10 runs finds a change of {} in four of five tries.",
            units::percent(first.noise.deviation),
            units::percent(first.noise.at_most),
            units::number(self.level * 100.0),
            first.change(first.threshold()),
            units::percent(ten.in_blocks),
        )
    }

    fn drift_in_words(&self) -> String {
        if !self.drift.is_detected {
            return "The runs show no drift: neighbours are no more alike than other runs.".into();
        }
        format!(
            "The machine drifts: neighbours differ by only {}. So two sides that run one after the other may differ although \
             nothing changed. Run them in turn: {IN_TURN}",
            units::percent(self.first().neighbours.deviation),
        )
    }

    fn thresholds(&self, saved: Option<&Saved>, width: Option<usize>) -> String {
        let plain = |text: &str| paragraph(&terminal::plain(text), width, 2);
        if self.proposals().next().is_none() {
            return plain("No thresholds: even a change of 500 % would not be found reliably.");
        }
        let sides = format!("{} a side", units::counted(self.a_side.into(), "run"));
        let Some(saved) = saved else {
            let head =
                format!("Thresholds for {sides}, to copy into waterfall.toml or to give with --threshold:");
            let each = self.proposals().map(|proposal| format!("  {},\n", in_toml(&proposal.threshold.text)));
            let lines: String = each.collect();
            return format!("{}[scenario.NAME.compare]\nthresholds = [\n{lines}]\n", plain(&head));
        };
        let (scenario, path) = (terminal::quoted(&saved.scenario), &saved.path);
        let head = match (saved.changes.is_empty(), saved.is_written) {
            (true, _) => format!("{path} already has these thresholds for scenario {scenario}."),
            (false, true) => format!("Wrote thresholds for {sides} to scenario {scenario} in {path}:"),
            (false, false) => {
                format!("Thresholds for {sides}, not written to scenario {scenario} in {path}:")
            }
        };
        let mut text = plain(&head);
        for (before, after) in &saved.changes {
            text.extend(before.iter().map(|before| format!("- {}\n", in_toml(before))));
            text += &format!("+ {}\n", in_toml(after));
        }
        text
    }
}

/// A text as TOML writes it, without control characters.
fn in_toml(text: &str) -> String {
    terminal::plain(&toml::Value::from(text).to_string())
}

/// A text in lines, of which all but the first are indented.
fn more(figures: usize) -> String {
    match figures.saturating_sub(MOST) {
        0 => String::new(),
        more => format!("{} with --format json\n", units::counted(more as u64, "more figure")),
    }
}

fn noise(figures: &[Calibrated]) -> Table {
    let mut table = Table::new(vec![
        Column::left("noise", 0),
        Column::right("typical", 1),
        Column::right("of all runs", 0),
        Column::right("at most", 0),
        Column::right("in pairs", 2),
        Column::right("at most", 3),
        Column::left("threshold now", 4),
        Column::left("proposed", 0),
    ]);
    for figure in figures {
        let proposed = figure.proposal.as_ref().map(|proposal| figure.change(&proposal.threshold));
        table.push(vec![
            Cell::from(figure.label()),
            Cell::from(figure.amount(figure.typical)),
            Cell::from(units::percent(figure.noise.deviation)),
            Cell::from(units::percent(figure.noise.at_most)),
            Cell::from(units::percent(figure.neighbours.deviation)),
            Cell::from(units::percent(figure.neighbours.at_most)),
            Cell::from(figure.change(&figure.current)),
            Cell::from(proposed.unwrap_or("-".into())),
        ]);
    }
    table
}

/// The columns are those of [`super::RUNS_A_SIDE`].
fn smallest(figures: &[Calibrated]) -> Table {
    let mut table = Table::new(vec![
        Column::left("", 0),
        Column::right("5 + 5 runs", 1),
        Column::right("10 + 10 runs", 0),
        Column::right("20 + 20 runs", 2),
        Column::right("5 pairs", 4),
        Column::right("10 pairs", 3),
        Column::right("20 pairs", 5),
    ]);
    for figure in figures {
        let all = figure.smallest;
        let blocks = all.map(|smallest| smallest.in_blocks);
        let cells = blocks.into_iter().chain(all.map(|smallest| smallest.in_turn)).map(units::percent);
        table.push([figure.label()].into_iter().chain(cells).map(Cell::from).collect());
    }
    table
}

fn splits(all: &[Splits]) -> Table {
    let mut table = Table::new(vec![
        Column::left("", 0),
        Column::right("splits", 0),
        Column::right("independent", 1),
        Column::right("any change", 0),
        Column::right("rate, 90 % interval", 2),
        Column::right("threshold now", 0),
        Column::right("proposed", 0),
    ]);
    for Splits { design, a_side, tested, current, proposed } in all {
        let name = match design {
            Design::Independent => format!("{a_side} runs, then {a_side}"),
            _ => format!("{a_side} pairs in turn"),
        };
        let count = |rate: &Rate| units::count(rate.alarms.alarms as u64);
        let part = |part: f64| units::number((part * 100.0).round());
        let (low, high) = tested.interval;
        table.push(vec![
            Cell::from(name),
            Cell::from(units::count(tested.alarms.splits as u64)),
            Cell::from(units::count(tested.alarms.independent as u64)),
            Cell::from(count(tested)),
            Cell::from(format!("{} to {} %", part(low), part(high))),
            Cell::from(count(current)),
            Cell::from(count(proposed)),
        ]);
    }
    table
}
