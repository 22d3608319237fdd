//! Profiles as text and as Markdown: a table of functions for each.

use anstyle::Style;

use super::Statistics;
use super::markdown::escaped;
use crate::analysis::ProfileFigures;
use crate::outputs::profiles::{heading, shown, weight};
use crate::text::{Cell, Column, Table, units};

/// The most functions listed of a profile.
const MOST: usize = 20;
/// The most profiles with a table.
const PROFILES: usize = 20;

/// The headings of the figures, and their ranks. In a narrow terminal those of the greatest rank go first.
const FIGURES: [(&str, u8); 4] = [("self", 0), ("self %", 2), ("total", 1), ("total %", 3)];

impl Statistics {
    /// The profiles for a terminal, each after an empty line if something is `before` it.
    pub(super) fn profiles_text(&self, width: Option<usize>, before: bool) -> String {
        let style = Style::new().bold();
        let mut text = String::new();
        for of in self.profiles.iter().take(PROFILES) {
            if before || !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("{style}{}{style:#}\n", heading(of)));
            let figures = FIGURES.map(|(name, rank)| Column::right(name, rank));
            let mut table = Table::new([Column::left("function", 0)].into_iter().chain(figures).collect());
            for (name, cells) in rows(of) {
                table.push([shown(name)].into_iter().chain(cells).map(Cell::from).collect());
            }
            text.push_str(&table.text(width, "a wider terminal"));
            text.push_str(&lines(more(of)));
        }
        text.push_str(&lines(self.more_profiles()));
        text
    }

    /// The profiles as Markdown.
    pub(super) fn profiles_markdown(&self) -> String {
        let mut text = String::new();
        for of in self.profiles.iter().take(PROFILES) {
            let headings = FIGURES.map(|(name, _)| name).join(" | ");
            text.push_str(&format!(
                "\n{}\n\n| function | {headings} |\n|:--|--:|--:|--:|--:|\n",
                escaped(&heading(of))
            ));
            for (name, cells) in rows(of) {
                text.push_str(&format!("| {} | {} |\n", escaped(&shown(name)), cells.join(" | ")));
            }
            text.push_str(&more(of).map_or(String::new(), |more| format!("\n{}\n", escaped(&more))));
        }
        text.push_str(&self.more_profiles().map_or(String::new(), |more| format!("\n{}\n", escaped(&more))));
        text
    }

    fn more_profiles(&self) -> Option<String> {
        let more = self.profiles.len().saturating_sub(PROFILES) as u64;
        (more > 0)
            .then(|| format!("{}: --format json lists all of them", units::counted(more, "more profile")))
    }
}

fn rows(of: &ProfileFigures) -> impl Iterator<Item = (&str, [String; 4])> {
    let unit = of.identity.unit;
    of.functions.iter().take(MOST).map(move |function| {
        let cells = [
            weight(unit, function.weights.own),
            units::percent(function.own_share),
            weight(unit, function.weights.total),
            units::percent(function.total_share),
        ];
        (&*function.name, cells)
    })
}

fn more(of: &ProfileFigures) -> Option<String> {
    let more = of.functions.len().saturating_sub(MOST) as u64;
    (more > 0).then(|| format!("{}: --format json lists all of them", units::counted(more, "more function")))
}

fn lines(line: Option<String>) -> String {
    line.map_or(String::new(), |line| format!("{line}\n"))
}
