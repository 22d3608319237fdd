//! Thresholds that end in no figure: an error each, so that none passes because nothing is compared.
//!
//! Takes thresholds and what is compared. A threshold for all tasks, or a pattern, needs one figure.

use super::error::CompareError;
use super::family::Tasks;
use super::side::Side;
use crate::gate::{Change, Figure, Scope, Subject, Threshold, Thresholds};
use crate::text::quoted;

/// Checks that each threshold ends in a figure that is compared. One that does not would pass whatever happens.
///
/// # Errors
///
/// [`CompareError::Threshold`] if it is for a task that neither side has, else [`CompareError::NotCompared`].
pub(super) fn check(
    sides: [&Side; 2],
    thresholds: &[Threshold],
    changes: &[Change],
) -> Result<(), CompareError> {
    let tasks = sides.map(Tasks::of);
    let names: Vec<(&str, &str)> = tasks.iter().flat_map(Tasks::names).collect();
    for threshold in thresholds.iter().filter(|threshold| threshold.scope != Scope::All) {
        let fits = |(group, task): (&str, &str)| threshold.is_of_task(group, task);
        let is_compared = changes.iter().any(|change| match &change.subject {
            Subject::Task { group, task } => fits((group, task)),
            _ => threshold.scope == Scope::Run && threshold.figure.unwrap_or(Figure::Wall) == change.figure,
        });
        if is_compared {
            continue;
        }
        let text = || threshold.text.clone();
        if let Some(no_match) = Thresholds::new(vec![threshold.clone()]).unmatched(&names).pop() {
            return Err(CompareError::Threshold { threshold: text(), why: no_match.to_string() });
        }
        let why = why_not_compared(sides, threshold);
        return Err(CompareError::NotCompared { threshold: text(), why });
    }
    Ok(())
}

/// Why a threshold that fits a side ends in no figure, with the side at fault.
fn why_not_compared(sides: [&Side; 2], threshold: &Threshold) -> String {
    let quoted = |side: &Side| quoted(&side.label);
    if threshold.scope == Scope::Run {
        let is_timeless = sides[0].runs.iter().all(|run| run.figures.wall_ns == 0);
        return format!("{} has no wall time", quoted(sides[usize::from(!is_timeless)]));
    }
    let tasks = sides.map(Tasks::of);
    let fits = |(group, task): &(&str, &str)| threshold.is_of_task(group, task);
    let named: Vec<(&str, &str)> = tasks.iter().flat_map(Tasks::names).filter(fits).collect();
    match tasks.iter().position(|tasks| named.iter().any(|name| tasks.may_hide(*name))) {
        Some(side) => format!(
            "a run of {} may have it among its smallest tasks, of which only the sum is known",
            quoted(sides[side])
        ),
        None => {
            let is_in_baseline = tasks[0].names().any(|name| fits(&name));
            format!("{} has no such task", quoted(sides[usize::from(is_in_baseline)]))
        }
    }
}
