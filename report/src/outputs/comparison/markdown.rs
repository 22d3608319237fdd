//! A comparison as Markdown in GitHub's dialect, for pull requests.
//!
//! Names are escaped, so none becomes markup, a link or the end of a cell.

use super::{Comparison, MOST, SIDES, cells, is_untested, words};
use crate::gate::{Change, Reason, Verdict};
use crate::outputs::statistics::escaped;
use crate::text::units;

impl Comparison {
    /// The comparison as Markdown: the sides, the verdict as a sentence, a table of the figures, and how it was measured.
    /// It has no heading, so it fits below any.
    pub fn markdown(&self) -> String {
        let [baseline, candidate] = [0, 1].map(|side| code(&self.sides[side].label));
        let (verdict, rest) = words::headline(self, code);
        let mut text = format!("Baseline {baseline}, candidate {candidate}\n\n**{verdict}**{rest}\n\n");
        for caution in &self.cautions {
            text.push_str(&format!("- {}\n", sentence(caution)));
        }
        text.push_str(if self.cautions.is_empty() { "" } else { "\n" });
        let rows = self.rows();
        let (listed, others) = rows.split_at(rows.len().min(MOST));
        let has_runs = listed.iter().any(|change| runs_needed(change).is_some());
        let (heading, line) = if has_runs { (" runs needed |", "--:|") } else { ("", "") };
        text.push_str(&format!(
            "| | baseline | candidate | change | 90 % interval | verdict |{heading}\n|:--|--:|--:|--:|--:|:--|{line}\n"
        ));
        for change in listed {
            let [baseline, candidate] = cells::figures(change).unwrap_or(["–".into(), "–".into()]);
            text.push_str(&format!(
                "| {} | {baseline} | {candidate} | {} | {} | {} |",
                escaped(&cells::label(change)),
                cells::change(change).unwrap_or("–".into()),
                cells::interval(change).map_or("–".into(), |interval| format!("{interval} %")),
                verdict_words(change),
            ));
            let runs = has_runs.then(|| format!(" {} |", runs_needed(change).unwrap_or_default()));
            text.push_str(&format!("{}\n", runs.unwrap_or_default()));
        }
        let more = cells::more(others).map(|more| format!("{more}."));
        let lines = more.into_iter().chain(cells::one_sided(self, escaped)).chain(cells::advice(&rows));
        let lines = lines.chain(words::averages(self, code));
        let notes = cells::unknown_shares(self).into_iter().chain(self.notes.iter().cloned());
        let lines: Vec<String> = lines.chain(notes.map(|note| sentence(&note))).collect();
        text.push_str(if lines.is_empty() { "" } else { "\n" });
        for line in lines {
            text.push_str(&format!("- {line}\n"));
        }
        text.push_str(&format!("\n{}\n", self.measured(&rows)));
        text
    }

    /// How the figures were measured, and from which runs.
    fn measured(&self, rows: &[&Change]) -> String {
        let [baseline, candidate] = [0, 1].map(|side| self.sides[side].runs.len() as u64);
        let runs = match (baseline, candidate) {
            _ if rows.iter().any(|change| is_untested(change)) => "one value a side".into(),
            (one, other) if one == other => format!("{} a side", units::counted(one, "run")),
            (one, other) => format!("{} and {}", units::counted(one, "run"), units::counted(other, "run")),
        };
        let method = cells::method(self, rows, escaped);
        let sides = SIDES
            .into_iter()
            .zip(&self.sides)
            .map(|(name, side)| format!("; {name} {}", escaped(&format!("{}: {}", side.label, side.read))));
        format!("Measured: {runs}, {method}{}.", sides.collect::<String>())
    }
}

fn code(name: &str) -> String {
    format!("<code>{}</code>", escaped(name))
}

/// A sentence for any output, whose names are in backquotes. A backquote in a name begins or ends one too early, and
/// does nothing else: all parts are escaped.
fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { escaped(part) } else { code(part) }).collect()
}

/// `**regression**`, `no change`.
fn verdict_words(change: &Change) -> String {
    let (word, untested) = (cells::verdict(change.verdict), cells::untested(change));
    match change.verdict {
        Verdict::Regression | Verdict::Improvement => format!("**{word}**{untested}"),
        Verdict::NoChange | Verdict::Inconclusive(_) => format!("{word}{untested}"),
    }
}

/// `12`, `over 1,000`: runs a side.
fn runs_needed(change: &Change) -> Option<String> {
    let Verdict::Inconclusive(Reason::Noise(runs)) = change.verdict else { return None };
    Some(runs.map_or("over 1,000".into(), |runs| units::count(runs.into())))
}
