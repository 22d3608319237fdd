//! Statistics as a Markdown table in GitHub's dialect, for issues and pull requests.
//!
//! Names are escaped, so none becomes markup, a link or the end of a cell.

use super::{FIGURES, Parted, Statistics};
use crate::gate::Outcome;
use crate::outputs::{checks, labels};
use crate::text::terminal;

/// The most tasks listed.
const MOST: usize = 1000;

impl Statistics {
    /// The statistics as a Markdown table, followed by what its signs mean, and by one of the budgets if
    /// there are any.
    pub fn markdown(&self) -> String {
        let (heading, alignment) = if self.by.is_some() { (" value |", ":--|") } else { ("", "") };
        let rows = self.rows();
        let parted = Parted::of(&rows);
        let headings: Vec<&str> = parted.chosen(FIGURES).map(|(heading, _)| heading).collect();
        let mut text = format!(
            "| task |{heading} {} |\n|:--|{alignment}{}\n",
            headings.join(" | "),
            "--:|".repeat(headings.len())
        );
        for row in rows.iter().take(MOST) {
            let figures = parted.chosen(self.figures(row));
            let cells: Vec<String> = figures.map(|figure| figure.unwrap_or_else(|| "–".into())).collect();
            let name = escaped(&labels::task(self.names(row.figures)));
            let value = row.part.map_or(String::new(), |_| format!(" {} |", escaped(&row.value())));
            text.push_str(&format!("| {name} |{value} {} |\n", cells.join(" | ")));
        }
        if rows.len() > MOST {
            text.push_str(&format!("\n{} not listed.\n", self.more((rows.len() - MOST) as u64)));
        }
        let signs = self.signs(&rows[..rows.len().min(MOST)]);
        let notes = self.instants().into_iter().chain(self.busy()).chain(self.disturbed());
        for note in notes.chain(signs).chain(self.unknown_attributes()).chain(self.notes.clone()) {
            text.push_str(&format!("\n{}\n", escaped(&note)));
        }
        for check in self.gate.of_runs() {
            text.push_str(&format!("\n{}\n", checks::of_run(check)));
        }
        if self.gate.of_tasks().next().is_some() {
            text.push_str(
                "\n| budget | task | measured | 1 / measured | over | |\n|:--|:--|--:|--:|--:|:--|\n",
            );
        }
        for check in self.gate.of_tasks() {
            let or_none = |text: Option<String>| text.unwrap_or("–".into());
            text.push_str(&format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                escaped(&check.limit.text),
                escaped(&checks::subject(check)),
                or_none(checks::measured(check)),
                or_none(checks::rates(check)),
                or_none(checks::over(check)),
                match check.outcome() {
                    Outcome::Met => "met",
                    Outcome::Broken | Outcome::Inconclusive => "**broken**",
                },
            ));
        }
        if let Some(disturbed) = checks::broken_while(&self.gate, self.cpu_use.as_ref()) {
            text.push_str(&format!("\n{}\n", escaped(&disturbed)));
        }
        text.push_str(&self.profiles_markdown());
        text
    }
}

/// The name, escaped so that nothing in it is markup.
pub(in crate::outputs) fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in terminal::plain(name).chars() {
        match c {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            '@' => text.push_str("&#64;"), // would notify a user
            // Escape the characters of addresses too: `https:` and `www.` become links without any markup.
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '.' | '!'
            | '|' | '~' | ':' => {
                text.push('\\');
                text.push(c);
            }
            c => text.push(c),
        }
    }
    text
}
