//! The page of a history: small charts of figures over runs, drawn without scripts.
//!
//! Takes places that are computed and texts that are worded; gives one self-contained HTML document.

use askama::Template;

use crate::inert::Inert;
use crate::nonce::{Markup, policy};

/// The size of a chart in its own units.
pub const CHART: (f64, f64) = (560.0, 104.0);

/// The page of one or more histories.
#[derive(Debug, Clone)]
pub struct History {
    /// The title of the document.
    pub title: String,
    /// The histories, in order.
    pub sections: Vec<HistorySection>,
}

/// The history of one name.
#[derive(Debug, Clone)]
pub struct HistorySection {
    /// The name, as the user wrote it.
    pub label: String,
    /// How it was read.
    pub read: String,
    /// What changed, one sentence each, and whether it is a change. Names are in backquotes, as in all sentences here.
    pub sentences: Vec<(String, bool)>,
    /// What each point is: its name, its time and commit; in order.
    pub points: Vec<String>,
    /// The charts, in order.
    pub charts: Vec<HistoryChart>,
    /// The number of figures without a chart.
    pub more: u64,
    /// How it was made.
    pub method: Option<String>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// What is left out.
    pub left_out: Vec<String>,
}

/// One figure at every point.
#[derive(Debug, Clone)]
pub struct HistoryChart {
    /// The group of a task; empty without one.
    pub group: String,
    /// The name of the task or of the figure.
    pub name: String,
    /// The last value, with its unit.
    pub last: String,
    /// What is said of its last level: its spread.
    pub level: String,
    /// The changes, one text each.
    pub changes: Vec<String>,
    /// Texts of the greatest and the least value of the axis, with their places.
    pub ticks: Vec<(String, f64)>,
    /// Where commits or days begin: place and text.
    pub marks: Vec<(f64, String)>,
    /// The value of each point as text, empty where there is none.
    pub values: Vec<String>,
    /// The place of each point; `None` where there is none.
    pub places: Vec<Option<(f64, f64)>>,
    /// Places of values beyond the axis, drawn at its edge.
    pub beyond: Vec<(f64, f64)>,
    /// The levels: from, to, the place of the median, and those of the upper and the lower quartile.
    pub levels: Vec<(f64, f64, f64, f64, f64)>,
    /// The changes: place, whether it is for the worse, and text.
    pub change_marks: Vec<(f64, bool, String)>,
}

/// Renders a history as one self-contained HTML document. The same history gives the same bytes.
pub fn render_history(history: &History) -> String {
    let mut document = Document {
        history,
        policy: String::new(),
        nonce: String::new(),
        style: Inert::constant(STYLE),
        script: Inert::constant(SCRIPT),
    };
    let mut markup = Markup::default();
    document.render_into(&mut markup).expect(WRITTEN);
    let len = markup.len;
    document.nonce = markup.nonce();
    document.policy = policy(&document.nonce);
    let mut html = String::with_capacity(len + 512);
    document.render_into(&mut html).expect(WRITTEN);
    html
}

const WRITTEN: &str = "writing to memory cannot fail";
const STYLE: &str = concat!(include_str!("../page/base.css"), include_str!("../history/history.css"));
const SCRIPT: &str = include_str!("../history/readout.js");

/// The values for history.html.
#[derive(Template)]
#[template(path = "history.html")]
struct Document<'a> {
    history: &'a History,
    policy: String,
    nonce: String,
    style: Inert,
    script: Inert,
}

impl HistoryChart {
    /// The dots as one path: a line without length for each, which has round ends.
    fn dots(&self) -> String {
        path(self.places.iter().flatten())
    }

    fn beyond_dots(&self) -> String {
        path(self.beyond.iter())
    }

    /// The places along the chart, for the readout; empty where there is no point.
    fn along(&self) -> String {
        let along = self.places.iter().map(|place| place.map_or(String::new(), |(x, _)| format!("{x:.1}")));
        along.collect::<Vec<_>>().join(" ")
    }

    fn heights(&self) -> String {
        let heights = self.places.iter().map(|place| place.map_or(String::new(), |(_, y)| format!("{y:.1}")));
        heights.collect::<Vec<_>>().join(" ")
    }

    /// Whether points are so many that they are drawn small.
    fn is_dense(&self) -> bool {
        self.places.len() > 250
    }
}

fn path<'a>(places: impl Iterator<Item = &'a (f64, f64)>) -> String {
    places.map(|(x, y)| format!("M{x:.1} {y:.1}h0")).collect()
}

/// A place in a chart.
fn at(place: &f64) -> String {
    format!("{place:.1}")
}

/// The distance of two places.
fn between(from: &f64, to: &f64) -> String {
    format!("{:.1}", (to - from).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</script></title><img src=x onerror=alert(1)> & \"q\" <!-- \u{202e}";

    fn page(name: &str) -> History {
        let text = || name.to_owned();
        let chart = HistoryChart {
            group: text(),
            name: text(),
            last: "1 s".into(),
            level: text(),
            changes: vec![text()],
            ticks: vec![("1 s".into(), 10.0)],
            marks: vec![(10.0, text())],
            values: vec![text(), String::new()],
            places: vec![Some((1.0, 2.0)), None],
            beyond: vec![(1.0, 2.0)],
            levels: vec![(1.0, 2.0, 3.0, 2.0, 4.0)],
            change_marks: vec![(3.0, true, text())],
        };
        let section = HistorySection {
            label: text(),
            read: text(),
            sentences: vec![(text(), true)],
            points: vec![text(), text()],
            charts: vec![chart],
            more: 3,
            method: Some(text()),
            notes: vec![text()],
            left_out: vec![text()],
        };
        History { title: text(), sections: vec![section] }
    }

    #[test]
    fn a_hostile_name_stays_text() {
        let (plain, hostile) = (render_history(&page("name")), render_history(&page(HOSTILE)));
        for markup in ["<script", "<img", "<!--", "</title", "<style"] {
            assert_eq!(hostile.matches(markup).count(), plain.matches(markup).count(), "{markup}");
        }
        assert!(!hostile.contains('\u{202e}'));
        assert_eq!(hostile, render_history(&page(HOSTILE)));
    }
}
