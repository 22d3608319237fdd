//! Statistics as a Markdown table in GitHub's dialect, for issues and pull requests.
//!
//! Names are escaped, so none becomes markup, a link or the end of a cell.

use super::{FIGURES, Parted, Statistics};
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
                if check.is_met() { "met" } else { "**broken**" },
            ));
        }
        if let Some(disturbed) = checks::broken_while(&self.gate, self.cpu_use.as_ref()) {
            text.push_str(&format!("\n{}\n", escaped(&disturbed)));
        }
        text.push_str(&self.profiles_markdown());
        text
    }
}

/// The text, escaped so that nothing in it is markup in GitHub's dialect: in a cell or in a sentence. Other
/// characters stay, so the source can be read, too.
pub(in crate::outputs) fn escaped(name: &str) -> String {
    let plain = terminal::plain(name);
    let mut text = String::with_capacity(plain.len());
    let (mut before, mut is_begun) = (String::new(), false);
    let mut characters = plain.chars().peekable();
    while let Some(c) = characters.next() {
        let next = characters.peek().copied();
        match c {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            '@' => text.push_str("&#64;"), // would notify a user
            c => {
                let is_markup = match c {
                    '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => true,
                    // An address, such as `https:`, or the sign for a picture, such as `:a:`.
                    ':' => next.is_some_and(|next| !next.is_whitespace()) && !before.ends_with(is_digit),
                    // `www.` begins an address; `1.` at the beginning is the item of a list.
                    '.' => before.eq_ignore_ascii_case("www") || !is_begun && before.ends_with(is_digit),
                    ')' => !is_begun && before.ends_with(is_digit),
                    // `- ` at the beginning is the item of a list; `GH-1` an issue.
                    '-' => !is_begun && before.is_empty() || before.eq_ignore_ascii_case("gh"),
                    '+' | '=' => !is_begun && before.is_empty(),
                    _ => false,
                };
                text.push_str(if is_markup { "\\" } else { "" });
                text.push(c);
            }
        }
        // The word so far, and whether there is more than digits.
        is_begun |= !is_digit(c) && !c.is_whitespace();
        if c.is_alphanumeric() { before.push(c) } else { before.clear() }
    }
    text
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_text_can_be_read_as_it_stands_and_nothing_in_it_is_markup() {
        let readable =
            "before: 5 runs (a/1 to a/5), made 2026-11-30 10:00 to 10:02 UTC, v1.2+3! commit 1a2b3c4.";
        for (text, expected) in [
            (readable, readable),
            ("a|b<i>[x](y)", r"a\|b&lt;i&gt;\[x\](y)"),
            (
                "create_archive *x* `x` ~x~ $x$ &amp; \\",
                r"create\_archive \*x\* \`x\` \~x\~ \$x\$ &amp;amp; \\",
            ),
            ("https://a.b www.a.b WWW.c", r"https\://a.b www\.a.b WWW\.c"),
            ("@all :bug: #12 GH-3", r"&#64;all \:bug: \#12 GH\-3"),
            ("- a", r"\- a"),
            (" + a", r" \+ a"),
            ("1. a", r"1\. a"),
            ("12) a", r"12\) a"),
        ] {
            assert_eq!(escaped(text), expected, "{text}");
        }
    }
}
