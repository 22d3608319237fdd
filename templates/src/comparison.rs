//! What a page says of two sides of runs: the verdict, where the difference went, and how each figure changed.
//!
//! Plain values, as [`page`](crate::page). Positions are parts of a drawing's width, 0 to 1.

use std::borrow::Borrow;

use crate::names::{named, shown};
use crate::page::Figure;

/// How the runs of two sides differ.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The verdict on all figures, and the sentence that it begins: `Regression`, `: 0.84 s slower: all of it in `save`.`
    /// Names in the second are in backquotes, as in all sentences here.
    pub verdict: Judged,
    /// What follows the word of the verdict.
    pub rest: String,
    /// What makes the sides hard to compare: one sentence each.
    pub cautions: Vec<String>,
    /// The figures above the chart.
    pub figures: Vec<Figure>,
    /// How each side was read: its name, and a line.
    pub sides: [(String, String); 2],
    /// Where the difference in wall time went.
    pub bridge: Option<Bridge>,
    /// The figures of both sides, in the order of the table.
    pub rows: Vec<ComparedRow>,
    /// The number of figures without a row, and their verdicts, in words.
    pub more: Option<String>,
    /// The marks of the axis that all intervals have in common.
    pub marks: Vec<Mark>,
    /// The number of each verdict, the method, and what would decide: one sentence each.
    pub judged: Vec<String>,
    /// What else a reader must know: one sentence each.
    pub notes: Vec<String>,
    /// The tasks that only one side has.
    pub one_sided: Vec<OneSided>,
    /// The number of further such tasks.
    pub more_one_sided: u64,
    /// Why no run is drawn, or not one of each side.
    pub undrawn: Option<String>,
}

/// A verdict: its word and how it looks.
#[derive(Debug, Clone)]
pub struct Judged {
    /// `worse`, `better`, `same` or `open`.
    pub kind: &'static str,
    /// `regression`, `no change (not tested)`.
    pub word: String,
}

/// A task, or a part of the run that is no task.
#[derive(Debug, Clone)]
pub struct Part {
    /// `task`, `others` or `idle`.
    pub kind: &'static str,
    /// The group of a task; `None` for a task without one, and for what is no task.
    pub group: Option<String>,
    /// Name of the task, or words.
    pub name: String,
}

/// Where the difference in wall time went: what became shorter and what became longer, each laid end to end.
#[derive(Debug, Clone)]
pub struct Bridge {
    /// The mean wall times of both sides: `4.21 s`.
    pub walls: [String; 2],
    /// Candidate less baseline: `+0.84 s`.
    pub difference: String,
    /// What became shorter, then what became longer; the greatest first. Either may be empty.
    pub stretches: Vec<Stretch>,
    /// All parts, the greatest difference first.
    pub parts: Vec<BridgePart>,
    /// Parts without a line of their own, in one.
    pub rest: Option<BridgePart>,
}

/// The parts that changed in one direction.
#[derive(Debug, Clone)]
pub struct Stretch {
    /// `less` or `more`.
    pub word: &'static str,
    /// Their sum: `−0.30 s`.
    pub sum: String,
    /// Their sum as a part of that of the longer stretch, 0 to 1.
    pub width: f64,
    /// Their differences; they sum to `sum` as shown.
    pub pieces: Vec<Piece>,
}

/// A part of a stretch.
#[derive(Debug, Clone)]
pub struct Piece {
    /// What it is of.
    pub part: Part,
    /// Its difference: `+0.71 s`.
    pub difference: String,
    /// Its share of the stretch, 0 to 1.
    pub share: f64,
}

/// A part of the wall time of both sides.
#[derive(Debug, Clone)]
pub struct BridgePart {
    /// What it is of.
    pub part: Part,
    /// Its mean on each side.
    pub values: [String; 2],
    /// Candidate less baseline. They sum to the difference of the wall times as shown.
    pub difference: String,
}

/// How one figure changed.
#[derive(Debug, Clone)]
pub struct ComparedRow {
    /// The task, or the name of a figure of the whole run.
    pub part: Part,
    /// The figure of a task, unless it is the one that all tasks have: `p95`.
    pub figure: Option<String>,
    /// The figure of a typical run of each side; `–` if it is not known.
    pub values: [String; 2],
    /// `+20.0 %`.
    pub change: String,
    /// `+16.1 to +24.0`, in percent.
    pub interval: Option<String>,
    /// The change on the common axis.
    pub place: Option<Place>,
    /// The runs of both sides on one axis.
    pub strips: Option<Strips>,
    /// The verdict on this figure.
    pub verdict: Judged,
    /// The number of runs that would decide: `about 12 a side`.
    pub needed: Option<String>,
}

/// A change on the axis of all changes. What is beyond the axis is at its end.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The change itself.
    pub at: f64,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// What is inside the threshold.
    pub band: Option<(f64, f64)>,
    /// Whether the interval, or the change, is beyond the left and the right end.
    pub beyond: [bool; 2],
}

/// A mark of an axis.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Where it is.
    pub at: f64,
    /// `+20 %`.
    pub text: String,
}

/// The runs of both sides, as dots on one axis from the least value to the greatest.
#[derive(Debug, Clone)]
pub struct Strips {
    /// The least and the greatest value.
    pub ends: [String; 2],
    /// Baseline and candidate.
    pub sides: [Strip; 2],
}

/// The runs of one side.
#[derive(Debug, Clone)]
pub struct Strip {
    /// The figure of a typical run, which the table has.
    pub typical: f64,
    /// The runs, in their order. Of very many, some stand for all.
    pub dots: Vec<RunDot>,
    /// The number of all runs.
    pub runs: usize,
}

/// A run on a strip.
#[derive(Debug, Clone)]
pub struct RunDot {
    /// The run's key in the page's address.
    pub run: String,
    /// Its name.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
    /// Where it is.
    pub at: f64,
    /// Whether it is far from the other runs of its side.
    pub is_far: bool,
}

/// A task that only one side has.
#[derive(Debug, Clone)]
pub struct OneSided {
    /// The task.
    pub part: Part,
    /// `baseline` or `candidate`.
    pub side: &'static str,
    /// The mean number of its spans in a run.
    pub count: String,
    /// Their mean total in a run.
    pub total: String,
}

impl Compared {
    /// The verdict in words without marks, for a tooltip.
    pub(crate) fn headline(&self) -> String {
        let rest = marked(&self.rest).into_iter().map(|(text, _)| text);
        format!("{}{}", self.verdict.word, rest.collect::<String>())
    }

    /// What to know beside the verdict, the most important first, each with its kind.
    pub(crate) fn asides(&self) -> Vec<(&'static str, &str)> {
        let cautions = self.cautions.iter().map(|caution| ("caution", caution.as_str()));
        cautions.chain(self.undrawn.iter().map(|undrawn| ("undrawn", undrawn.as_str()))).collect()
    }
}

impl Part {
    /// Its name in full, for tooltips: `download / save`.
    pub(crate) fn full(&self) -> String {
        let group = self.group.as_deref().map(|group| format!("{} / ", named(group)));
        format!("{}{}", group.unwrap_or_default(), named(&self.name))
    }
}

impl Strips {
    /// The dots in words, for screen readers.
    pub(crate) fn description(&self) -> String {
        /// More are summarised.
        const MOST_NAMED: usize = 10;
        let side = |strip: &Strip| {
            let least = strip.dots.iter().min_by(|one, other| one.at.total_cmp(&other.at));
            let greatest = strip.dots.iter().max_by(|one, other| one.at.total_cmp(&other.at));
            if let Some((least, greatest)) = least.zip(greatest).filter(|_| strip.runs > MOST_NAMED) {
                return format!("{} runs, from {} to {}", strip.runs, least.value, greatest.value);
            }
            let dots = strip.dots.iter().map(|dot| format!("{} {}", shown(&dot.name), dot.value));
            dots.collect::<Vec<_>>().join(", ")
        };
        format!("baseline: {}; candidate: {}", side(&self.sides[0]), side(&self.sides[1]))
    }
}

/// The parts of a sentence whose names are in backquotes: each text, and whether it is a name. Two backquotes in a name
/// are one of its own.
pub(crate) fn marked(sentence: &str) -> Vec<(String, bool)> {
    let mut parts = vec![String::new()];
    let mut rest = sentence.chars().peekable();
    while let Some(char) = rest.next() {
        let is_name = parts.len() % 2 == 0;
        match char {
            '`' if is_name && rest.next_if_eq(&'`').is_some() => parts.last_mut().unwrap().push('`'),
            '`' => parts.push(String::new()),
            char => parts.last_mut().unwrap().push(char),
        }
    }
    let parts = parts.iter().enumerate().map(|(index, part)| (shown(part), index % 2 == 1));
    parts.filter(|(text, _)| !text.is_empty()).collect()
}

/// A position along a drawing of this width, which leaves room for a dot at both ends.
pub(crate) fn within(at: impl Borrow<f64>, width: impl Borrow<f64>) -> String {
    const ROOM: f64 = 5.0;
    format!("{:.1}", ROOM + (width.borrow() - 2.0 * ROOM) * at.borrow().clamp(0.0, 1.0))
}

/// A part of 1 in percent, for style sheets.
pub(crate) fn percent(part: &f64) -> String {
    format!("{:.3}", part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_sentence_are_marked_and_no_text_is_lost() {
        let text = |text: &str| (text.to_owned(), false);
        let name = |text: &str| (text.to_owned(), true);
        assert_eq!(
            marked("in `save`, then `a b`."),
            [text("in "), name("save"), text(", then "), name("a b"), text(".")]
        );
        assert_eq!(marked("in `a``b```."), [text("in "), name("a`b`"), text(".")]);
        assert_eq!(marked("`a"), [name("a")]);
        assert_eq!(marked(""), []);
    }

    #[test]
    fn what_is_beyond_an_axis_is_at_its_end() {
        assert_eq!(
            [-1.0, 0.0, 0.5, 1.0, 7.0].map(|at| within(at, 100.0)),
            ["5.0", "5.0", "50.0", "95.0", "95.0"]
        );
    }
}
