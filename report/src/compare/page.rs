//! The page of a comparison: what it says, and the runs of both sides to be drawn.
//!
//! Takes two sides and their comparison. Reads the rows of the runs again, one run after another. A run of
//! which only the figures are kept, such as that of a baseline, is compared all the same. Of very many runs, only those in
//! the middle by length are drawn. The page says which runs it does not draw.

use super::family::Wall;
use super::side::{Side, SideRun};
use crate::outputs::{Comparison, SIDES, run_key};
use crate::reading::{DETAIL, Inputs, Reading};
use crate::report::{OneRun, Report, empty_page};
use crate::sources::{ColumnMap, Progress};
use crate::text::units;

/// The most runs of a side that a page draws.
const MOST_DRAWN: usize = 30;

/// How the runs of a page are read and drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Drawing {
    /// As [`Reading::detail`], for two runs; by default [`DETAIL`].
    pub(crate) detail: Option<u64>,
    /// As [`Report::attributes`].
    pub(crate) attributes: Option<u64>,
    pub(crate) assumed_offset_s: Option<i32>,
    pub(crate) columns: ColumnMap,
    pub(crate) progress: Progress,
}

/// Renders the page of two sides of runs. It opens with the run of median length of each side. Needs memory for the
/// page, and for the rows of one run.
pub(crate) fn page(comparison: &Comparison, sides: [&Side; 2], drawing: &Drawing) -> String {
    let wall = Wall::of(sides);
    let title = format!("{} → {}", sides[0].label, sides[1].label);
    let chosen = sides.map(|side| middle(drawable(side), |run| wall.of_run(&side.runs[run])));
    let medians = [0, 1].map(|side: usize| median(&chosen[side], |run| wall.of_run(&sides[side].runs[run])));
    let all = chosen.iter().map(Vec::len).sum();
    let mut runs = Vec::new();
    let mut undrawn = Vec::new();
    let mut drawn: [Vec<(usize, usize)>; 2] = Default::default();
    for (side, of) in sides.into_iter().enumerate() {
        let mut reason = None;
        for &index in &chosen[side] {
            let run = &of.runs[index];
            let wall_ns = wall.of_run(run);
            let Some(report) = report(run, &title, drawing) else { continue };
            let summary = units::seconds(i64::try_from(wall_ns).unwrap_or(i64::MAX));
            let one = OneRun { key: run_key(side, index), name: run.name.clone(), summary, report };
            match one.page(all, medians[side] == Some(index)) {
                Ok((run, loaded)) if loaded.trace.lanes().is_empty() => {
                    drop(run);
                    let has_files = !loaded.clocks.is_empty();
                    let why =
                        if has_files { "it has durations without moments" } else { "its records are gone" };
                    reason = reason.or(Some(why.to_owned()));
                }
                Ok((run, _)) => {
                    drawn[side].push((index, runs.len()));
                    runs.push(run);
                }
                Err(error) => reason = reason.or(Some(format!("it cannot be read ({error})"))),
            }
        }
        let reason = reason.unwrap_or_else(|| "only its figures are kept".into());
        let of_middle = drawable(of).len() - chosen[side].len();
        undrawn.extend((of_middle > 0).then(|| only_middle(SIDES[side], chosen[side].len(), of.runs.len())));
        undrawn.extend(not_drawn(SIDES[side], drawn[side].len(), of.runs.len() - of_middle, &reason));
    }
    let shown = [0, 1].map(|side: usize| {
        let length = |run: usize| wall.of_run(&sides[side].runs[run]);
        let chosen = median(&drawn[side].iter().map(|(index, _)| *index).collect::<Vec<_>>(), length)?;
        drawn[side].iter().find(|(index, _)| *index == chosen).map(|(_, place)| *place)
    });
    let own = [0, 1].map(|side: usize| drawn[side].iter().map(|(_, place)| *place).collect::<Vec<_>>());
    let undrawn = (!undrawn.is_empty()).then(|| undrawn.join(" "));
    document(comparison, title, runs, shown.into_iter().flatten().collect(), own, undrawn)
}

/// Renders the page of a comparison of which no run can be drawn.
pub(super) fn page_without_runs(comparison: &Comparison, labels: [&str; 2]) -> String {
    let title = format!("{} → {}", labels[0], labels[1]);
    let undrawn = Some("No chart: metrics have no spans.".to_owned());
    document(comparison, title, Vec::new(), Vec::new(), Default::default(), undrawn)
}

fn document(
    comparison: &Comparison,
    title: String,
    mut runs: Vec<templates::Run>,
    mut shown: Vec<usize>,
    own: [Vec<usize>; 2],
    undrawn: Option<String>,
) -> String {
    let compared = comparison.compared(undrawn);
    if runs.is_empty() {
        let (key, name, summary) = ("a0".to_owned(), String::new(), String::new());
        runs.push(templates::Run { key, name, summary, page: empty_page(title) });
        shown.push(0);
    }
    let [baseline, candidate] = own;
    let side = |side: usize, runs| templates::RunsSide {
        label: SIDES[side].to_owned(),
        about: format!("{}: {}", compared.sides[side].0, compared.sides[side].1),
        runs,
    };
    let sides = Some([side(0, baseline), side(1, candidate)]);
    let compared = Some(compared);
    templates::render_runs(&templates::Runs {
        runs,
        shown,
        sides,
        spreads: Vec::new(),
        more_spreads: 0,
        compared,
    })
}

/// How to read a run again; `None` if its rows are nowhere.
fn report(run: &SideRun, title: &str, drawing: &Drawing) -> Option<Report> {
    let reading = Reading {
        inputs: Inputs::Paths(vec![run.rows.clone()?]),
        detail: drawing.detail.unwrap_or(DETAIL),
        assumed_offset_s: drawing.assumed_offset_s,
        columns: drawing.columns.clone(),
        progress: drawing.progress.clone(),
        ..Reading::default()
    };
    let (title, attributes) = (Some(title.to_owned()), drawing.attributes);
    Some(Report { reading, title, attributes, ..Report::default() })
}

/// The runs of a side that may have rows, as their indices.
fn drawable(side: &Side) -> Vec<usize> {
    (0..side.runs.len()).filter(|&run| side.runs[run].rows.is_some()).collect()
}

/// Of these runs at most as many as a page draws: those in the middle by length, in their order.
fn middle(mut runs: Vec<usize>, length: impl Fn(usize) -> u64) -> Vec<usize> {
    if runs.len() <= MOST_DRAWN {
        return runs;
    }
    runs.sort_by_key(|&run| length(run));
    // Their median is that of all.
    let first = (runs.len() - 1) / 2 - (MOST_DRAWN - 1) / 2;
    let mut middle = runs[first..first + MOST_DRAWN].to_vec();
    middle.sort_unstable();
    middle
}

/// The run of median length; of an even number, the shorter one of the middle two. `None` without runs.
fn median(runs: &[usize], length: impl Fn(usize) -> u64) -> Option<usize> {
    let mut by_length = runs.to_vec();
    by_length.sort_by_key(|&run| length(run));
    by_length.get(by_length.len().checked_sub(1)? / 2).copied()
}

fn only_middle(side: &str, drawn: usize, all: usize) -> String {
    format!("The chart has only {drawn} of {all} runs of the {side}: those in the middle by length.")
}

/// Which runs of a side the chart cannot show, and why the first of them.
fn not_drawn(side: &str, drawn: usize, all: usize, reason: &str) -> Option<String> {
    match (all - drawn) as u64 {
        0 => None,
        _ if drawn > 0 || all == 1 && drawn == 0 => {
            let which = if all == 1 { "The run".into() } else { format!("{} of {all} runs", all - drawn) };
            let verb = if all - drawn == 1 { "is" } else { "are" };
            Some(format!("{which} of the {side} {verb} not in the chart: {reason}."))
        }
        _ => Some(format!("No run of the {side} is in the chart: {reason}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_which_runs_it_does_not_draw() {
        let said = |drawn, all| not_drawn("baseline", drawn, all, "why").unwrap_or_default();
        assert_eq!(said(3, 3), "");
        assert_eq!(said(2, 3), "1 of 3 runs of the baseline is not in the chart: why.");
        assert_eq!(said(0, 3), "No run of the baseline is in the chart: why.");
        assert_eq!(said(0, 1), "The run of the baseline is not in the chart: why.");
    }

    #[test]
    fn of_very_many_runs_those_in_the_middle_by_length_are_drawn() {
        for all in [30, 31, 60, 61, 200, 201] {
            let length = |run: usize| (run as u64 * 7) % all as u64;
            let runs: Vec<usize> = (0..all).collect();
            let chosen = middle(runs.clone(), length);
            assert_eq!(chosen.len(), 30, "{all}");
            assert_eq!(median(&chosen, length), median(&runs, length), "{all}");
            assert!(chosen.is_sorted());
        }
    }

    #[test]
    fn of_an_even_number_of_runs_the_shorter_middle_one_is_drawn() {
        let lengths = [5, 1, 9, 3];
        assert_eq!(median(&[0, 1, 2, 3], |run| lengths[run]), Some(3));
        assert_eq!(median(&[0, 2, 3], |run| lengths[run]), Some(0));
        assert_eq!(median(&[], |_| 0), None);
    }
}
