//! A comparison as Markdown in GitHub's dialect, for pull requests.
//!
//! Names are escaped, so none becomes markup, a link or the end of a cell.

use super::{Comparison, MOST, SIDES, cells, is_untested, words};
use crate::gate::{Change, Reason, Verdict};
use crate::outputs::statistics::escaped;
use crate::text::units;

impl Comparison {
    /// The comparison as Markdown: the verdict as a sentence, a table of the figures, and how it was measured. It has no
    /// heading, so it fits below any.
    pub fn markdown(&self) -> String {
        let (verdict, rest) = words::headline(self, code);
        let mut text = format!("**{verdict}{rest}**\n\n");
        for caution in &self.cautions {
            text.push_str(&format!("{}\n\n", sentence(caution)));
        }
        text.push_str(
            "| | baseline | candidate | change | 90 % interval | verdict |\n|:--|--:|--:|--:|--:|:--|\n",
        );
        let rows = self.rows();
        let (listed, others) = rows.split_at(rows.len().min(MOST));
        for change in listed {
            let [baseline, candidate] = cells::figures(change).unwrap_or(["–".into(), "–".into()]);
            text.push_str(&format!(
                "| {} | {baseline} | {candidate} | {} | {} | {} |\n",
                escaped(&cells::label(change)),
                cells::change(change).unwrap_or("–".into()),
                cells::interval(change).map_or("–".into(), |interval| format!("{interval} %")),
                verdict_words(change),
            ));
        }
        let more = cells::more(others).map(|more| format!("{more}."));
        for line in more.into_iter().chain(cells::one_sided(self, escaped)).chain([self.measured(&rows)]) {
            text.push_str(&format!("\n{line}\n"));
        }
        for line in cells::unknown_shares(self).iter().chain(&self.notes) {
            text.push_str(&format!("\n{}\n", sentence(line)));
        }
        text
    }

    /// How the figures were measured, and from which runs.
    fn measured(&self, rows: &[&Change]) -> String {
        let has_p = |change: &&&Change| change.estimate.is_some_and(|estimate| estimate.p.is_some());
        let tested = rows.iter().filter(has_p).count() as u64;
        let [baseline, candidate] = [0, 1].map(|side| self.sides[side].runs.len() as u64);
        let runs = match (baseline, candidate) {
            _ if rows.iter().any(|change| is_untested(change)) => "one value a side".into(),
            (one, other) if one == other => format!("{} a side", units::counted(one, "run")),
            (one, other) => format!("{} and {}", units::counted(one, "run"), units::counted(other, "run")),
        };
        let method = match tested {
            0 => "not tested".into(),
            tested => format!(
                "{} on logarithms, Holm over {}, 90 % intervals",
                if baseline.min(candidate) < 8 { "Welch's t" } else { "Yuen's 20 %-trimmed t" },
                units::counted(tested, "figure")
            ),
        };
        let threshold = cells::thresholds(self, "threshold");
        let sides = SIDES
            .into_iter()
            .zip(&self.sides)
            .map(|(name, side)| format!("; {name} {}", escaped(&format!("{}: {}", side.label, side.read))));
        format!("Measured: {runs}, {method}, {threshold}{}.", sides.collect::<String>())
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

/// `**regression**`, `inconclusive: about 12 runs a side would decide`.
fn verdict_words(change: &Change) -> String {
    let word = cells::verdict(change.verdict);
    match change.verdict {
        Verdict::Regression | Verdict::Improvement if is_untested(change) => {
            format!("**{word}** (not tested)")
        }
        Verdict::Regression | Verdict::Improvement => format!("**{word}**"),
        Verdict::NoChange => format!("{word}{}", cells::untested(change)),
        Verdict::Inconclusive(Reason::NoRatio) => format!("{word}: the baseline is 0"),
        Verdict::Inconclusive(Reason::NotKnown) => format!("{word}: not known of every run"),
        Verdict::Inconclusive(Reason::FewRuns) => format!("{word}: at least 4 runs a side"),
        Verdict::Inconclusive(Reason::Noise(Some(runs))) => {
            format!("{word}: about {} runs a side would decide", units::count(runs.into()))
        }
        Verdict::Inconclusive(Reason::Noise(None)) => {
            format!("{word}: not even 1,000 runs a side would decide")
        }
    }
}
