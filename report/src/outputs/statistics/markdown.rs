//! Statistics as a Markdown table in GitHub's dialect, for issues and pull requests.
//!
//! Names are escaped, so none becomes markup, a link or the end of a cell.

use super::Statistics;
use crate::gate::Outcome;
use crate::outputs::{checks, labels};
use crate::text::{terminal, units};

/// The most tasks listed.
const MOST: usize = 1000;

impl Statistics {
    /// The statistics as a Markdown table, followed by what its signs mean, and by one of the budgets if
    /// there are any.
    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "| task | count | total | self | mean | sd | min | p50 | p95 | p99 | max | rate | share |\n\
             |:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for row in self.tasks.iter().take(MOST) {
            let figures = self.figures(row);
            let cells: Vec<&str> = figures.iter().map(|figure| figure.as_deref().unwrap_or("–")).collect();
            let name = escaped(&labels::task(self.names(row)));
            text.push_str(&format!("| {name} | {} |\n", cells.join(" | ")));
        }
        if self.tasks.len() > MOST {
            let more = units::counted((self.tasks.len() - MOST) as u64, "more task");
            text.push_str(&format!("\n{more} not listed.\n"));
        }
        for sign in self.signs(&self.tasks[..self.tasks.len().min(MOST)]) {
            text.push_str(&format!("\n{}\n", escaped(&sign)));
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
                    Outcome::Broken => "**broken**",
                },
            ));
        }
        text
    }
}

/// The name, escaped so that nothing in it is markup.
fn escaped(name: &str) -> String {
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
