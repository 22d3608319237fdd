//! Proposals: a threshold for a figure whose noise is known.
//!
//! Takes the smallest change that the gate finds; gives the threshold of the next greater step, as a user writes it. A
//! task's total must also change by half a percent of the wall time, as where no threshold is given: the absolute part
//! stands there if it is the greater one.

use super::figure::Figure;
use super::subject::Subject;
use super::threshold::{LEAST_PART_OF_WALL, Scope, Threshold};

/// What a percentage may be. Between two of them no threshold is worth a difference.
const PERCENTS: [f64; 19] = [
    1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 70.0, 100.0, 150.0, 200.0, 300.0,
    500.0,
];
/// The units of an absolute part, in ns.
const UNITS: [(&str, i64); 4] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];

/// A threshold for one figure, and what else may name it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) threshold: Threshold,
    /// The task without its group, if no other task has this name.
    pub(crate) short_name: Option<String>,
}

impl Proposal {
    /// Whether a user's threshold is for this figure and for no other.
    pub(crate) fn replaces(&self, given: &Threshold) -> bool {
        let default = |threshold: &Threshold| {
            let of_run = threshold.scope == Scope::Run;
            threshold.figure.unwrap_or(if of_run { Figure::Wall } else { Figure::Total })
        };
        let is_same = given.scope == self.threshold.scope;
        let is_short = |name: &String| given.scope == Scope::Tasks(name.clone());
        default(given) == default(&self.threshold)
            && (is_same || self.short_name.as_ref().is_some_and(is_short))
    }
}

/// The threshold for a change of this part of a figure, which is typically `typical` in its unit; `wall_ns` is the typical
/// wall time. `None` if no threshold can name the figure, or if a change of 500 % is too small to be found.
pub(crate) fn proposed(
    subject: &Subject,
    figure: Figure,
    smallest: f64,
    typical: f64,
    wall_ns: Option<f64>,
) -> Option<Threshold> {
    let percent = PERCENTS.into_iter().find(|percent| *percent >= smallest * 100.0)?;
    let (name, at) = match (subject, figure) {
        (Subject::Run, Figure::Wall) => ("wall".to_owned(), String::new()),
        (Subject::Run, Figure::PeakMemory) => ("peak_memory".to_owned(), String::new()),
        (Subject::Task { group, task }, Figure::Total) => (format!("{group}/{task}"), String::new()),
        (Subject::Task { group, task }, figure) => (format!("{group}/{task}"), format!("@{figure}")),
        _ => return None,
    };
    let least_ns = wall_ns.filter(|_| figure == Figure::Total).map(|ns| ns * LEAST_PART_OF_WALL);
    let absolute = match least_ns.filter(|ns| *ns >= 1.0 && typical * percent / 100.0 < *ns) {
        Some(ns) => format!(" and {}", step_of_time(ns)),
        None => String::new(),
    };
    let threshold: Threshold = format!("{name}={percent}%{absolute}{at}").parse().ok()?;
    let is_own = match (subject, &threshold.scope) {
        (Subject::Task { group, task }, Scope::Tasks(own)) => *own == format!("{group}/{task}"),
        (_, scope) => *scope == Scope::Run,
    };
    is_own.then_some(threshold)
}

/// A time rounded up to one figure: 1, 2 or 5.
fn step_of_time(ns: f64) -> String {
    let power = 10_f64.powi(ns.log10().floor() as i32);
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= ns).unwrap_or(10.0);
    let ns = (step * power).round() as i64;
    let (unit, unit_ns) = UNITS.into_iter().find(|(_, unit_ns)| ns % unit_ns == 0).unwrap_or(("ns", 1));
    format!("{}{unit}", ns / unit_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(group: &str, task: &str) -> Subject {
        Subject::Task { group: group.into(), task: task.into() }
    }

    fn text(subject: &Subject, figure: Figure, smallest: f64, typical: f64) -> Option<String> {
        proposed(subject, figure, smallest, typical, Some(4e9)).map(|threshold| threshold.text)
    }

    #[test]
    fn a_threshold_is_the_next_step_above_the_smallest_change() {
        let wall = |smallest| text(&Subject::Run, Figure::Wall, smallest, 4e9);
        assert_eq!(wall(0.0).unwrap(), "wall=1%");
        assert_eq!(wall(0.0101).unwrap(), "wall=1.5%");
        assert_eq!(wall(0.05).unwrap(), "wall=5%");
        assert_eq!(wall(4.9).unwrap(), "wall=500%");
        assert_eq!(wall(5.1), None);
    }

    #[test]
    fn small_totals_must_change_by_a_part_of_the_wall_time_too() {
        let save = task("io", "save");
        assert_eq!(text(&save, Figure::Total, 0.03, 1e9).unwrap(), "io/save=3%");
        assert_eq!(text(&save, Figure::Total, 0.03, 1e8).unwrap(), "io/save=3% and 20ms");
        assert_eq!(text(&save, Figure::Mean, 0.03, 1e5).unwrap(), "io/save=3%@mean");
        assert_eq!([1.0, 19.0, 21e3, 3e9].map(step_of_time), ["1ns", "20ns", "50us", "5s"]);
    }

    #[test]
    fn a_task_may_be_named_like_anything() {
        for name in ["a=b@c", "wall", "save and load", "x*", "50%", ""] {
            let threshold = proposed(&task("io", name), Figure::Total, 0.03, 1e9, Some(4e9)).unwrap();
            assert!(threshold.is_of_task("io", name), "{threshold:?}");
        }
    }

    #[test]
    fn what_a_user_wrote_for_the_same_figure_is_replaced_and_nothing_else() {
        let proposal = |short: Option<&str>| Proposal {
            threshold: "io/save=3%".parse().unwrap(),
            short_name: short.map(str::to_owned),
        };
        let replaces = |of: &Proposal, given: &str| of.replaces(&given.parse().unwrap());
        let alone = proposal(Some("save"));
        for given in ["io/save=10%", "save=10%", "save=1s@total", "save=5% and 2ms"] {
            assert!(replaces(&alone, given), "{given}");
        }
        for given in ["5%", "wall=5%", "save=5%@p95", "s*=5%", "io/*=5%", "x/save=5%"] {
            assert!(!replaces(&alone, given), "{given}");
        }
        assert!(!replaces(&proposal(None), "save=10%"), "another group has such a task");
    }
}
