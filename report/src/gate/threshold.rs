//! Thresholds: the smallest change of a figure between two sides of runs that counts.
//!
//! Takes `save=5% and 2ms@p95`; gives the threshold of each figure that is compared. Own thresholds of a run's or a
//! task's figure go before those for all, and a task's name before a pattern; of two that rank alike, the later one counts.

use std::fmt;
use std::slice;
use std::str::FromStr;

use super::figure::Figure;
use crate::model::Percentile;
use crate::text::{NoMatch, TaskGlobs, units};

/// The change that counts where no threshold says otherwise.
const DEFAULT: &str = "5%";
/// A change of a task's total must also reach this part of the wall time, where no threshold says otherwise.
pub(crate) const LEAST_PART_OF_WALL: f64 = 0.005;
/// The figures of a task that runs and baselines keep, besides its count and total.
const KEPT: [Figure; 6] = [
    Figure::Mean,
    Figure::Percentile(Percentile::P50),
    Figure::Percentile(Percentile::MIN),
    Figure::Percentile(Percentile::MAX),
    Figure::Percentile(Percentile::P95),
    Figure::Percentile(Percentile::P99),
];

/// The smallest change that counts. Where both parts are given, a change must reach both.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// What it applies to.
    pub scope: Scope,
    /// The figure. `None` for the wall time of a run and the total of a task.
    pub figure: Option<Figure>,
    /// As a part of the baseline: 0.05 for 5 %.
    pub relative: Option<f64>,
    /// In the figure's unit: ns, bytes or a count.
    pub absolute: Option<i64>,
    /// As the user wrote it, such as `save=5% and 2ms@p95`.
    pub text: String,
}

/// What a threshold applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Every figure without a threshold of its own.
    All,
    /// The whole run.
    Run,
    /// Tasks that match a name or glob: `task` or `group/task`.
    Tasks(String),
}

/// How closely a threshold names a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Default,
    All,
    Pattern,
    Name,
}

impl Rank {
    /// `None` if it is not for this task.
    fn of(threshold: &Threshold, group: &str, task: &str) -> Option<Rank> {
        match &threshold.scope {
            Scope::All => Some(Rank::All),
            Scope::Tasks(name) if *name == task || *name == format!("{group}/{task}") => Some(Rank::Name),
            _ => threshold.is_of_task(group, task).then_some(Rank::Pattern),
        }
    }
}

/// The thresholds of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Thresholds {
    given: Vec<Threshold>,
}

impl Thresholds {
    /// All of them go before the default of 5 %.
    pub(crate) fn new(given: Vec<Threshold>) -> Thresholds {
        Thresholds { given }
    }

    /// The threshold of a figure of the whole run. `None` if it is not to be compared.
    pub(crate) fn of_run(&self, figure: Figure) -> Option<Threshold> {
        let fits = |threshold: &Threshold| threshold.figure.unwrap_or(Figure::Wall) == figure;
        let own = |threshold: &&Threshold| threshold.scope == Scope::Run && fits(threshold);
        let for_all = |threshold: &&Threshold| threshold.scope == Scope::All && fits(threshold);
        let found = self.given.iter().rfind(own).or_else(|| self.given.iter().rfind(for_all));
        found.cloned().or_else(|| (figure == Figure::Wall).then(|| default(None)))
    }

    /// The figures of a task that are compared, each with its threshold: the total first. By default, a change of the
    /// total must also reach a part of the baseline's wall time, in ns.
    pub(crate) fn of_task(&self, group: &str, task: &str, wall_ns: Option<f64>) -> Vec<(Figure, Threshold)> {
        let least_ns = wall_ns.map(|ns| (ns * LEAST_PART_OF_WALL).round() as i64).filter(|ns| *ns > 0);
        let default = default(least_ns);
        let mut found = vec![(Figure::Total, Rank::Default, &default)];
        for threshold in &self.given {
            let Some(rank) = Rank::of(threshold, group, task) else { continue };
            let figure = threshold.figure.unwrap_or(Figure::Total);
            match found.iter_mut().find(|(known, ..)| *known == figure) {
                Some((_, known, _)) if rank < *known => {}
                Some(earlier) => *earlier = (figure, rank, threshold),
                None => found.push((figure, rank, threshold)),
            }
        }
        found.into_iter().map(|(figure, _, threshold)| (figure, threshold.clone())).collect()
    }

    /// The globs that match none of these tasks, each `(group, task)`.
    pub(crate) fn unmatched(&self, tasks: &[(&str, &str)]) -> Vec<NoMatch> {
        let globs = self.given.iter().filter_map(|threshold| match &threshold.scope {
            Scope::Tasks(glob) => Some(glob),
            Scope::All | Scope::Run => None,
        });
        let unmatched = globs.filter(|glob| {
            let globs = TaskGlobs::new(slice::from_ref(glob));
            !tasks.iter().any(|(group, task)| globs.matches(group, task))
        });
        let name = |glob: &str, (group, task): &(&str, &str)| match glob.contains('/') {
            true => format!("{group}/{task}"),
            false => (*task).to_owned(),
        };
        let of_run = || ["wall", "peak_memory"].map(str::to_owned);
        unmatched
            .map(|glob| {
                let names = tasks.iter().map(|of| name(glob, of)).chain(of_run());
                NoMatch::new("task", glob, names.collect())
            })
            .collect()
    }
}

impl Threshold {
    /// Whether it names this task, alone or with others.
    pub(crate) fn is_of_task(&self, group: &str, task: &str) -> bool {
        match &self.scope {
            Scope::Tasks(glob) => TaskGlobs::new(slice::from_ref(glob)).matches(group, task),
            Scope::All | Scope::Run => false,
        }
    }
}

/// The threshold as the user wrote it, such as `save=5% and 2ms@p95`.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn default(absolute: Option<i64>) -> Threshold {
    Threshold { scope: Scope::All, figure: None, relative: Some(0.05), absolute, text: DEFAULT.into() }
}

/// A text that is not a [`Threshold`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}; write it as {example}")]
pub struct ThresholdError {
    why: &'static str,
    example: &'static str,
}

/// Reads `[SUBJECT=]CHANGE[@FIGURE]`, split at the last `=`, since a task's name may contain one. The subject is
/// `wall`, `peak_memory`, or a task's name or glob. The change is `5%`, `2ms`, or `5% and 2ms`. A task that is named
/// `wall` is `*/wall`.
impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Threshold, ThresholdError> {
        let (subject, rest) = text.rsplit_once('=').map_or((None, text), |(name, rest)| (Some(name), rest));
        let (change, figure) =
            rest.split_once('@').map_or((rest, None), |(change, name)| (change, Some(name)));
        let figure = figure.map(read_figure).transpose()?;
        let (scope, figure) = match (subject, figure) {
            (None, figure) => (Scope::All, figure),
            (Some("wall"), None) => (Scope::Run, None),
            (Some("peak_memory"), None) => (Scope::Run, Some(Figure::PeakMemory)),
            (Some("wall"), Some(_)) => {
                return Err(ThresholdError { why: "the wall time has no other figure", example: "wall=5%" });
            }
            (Some("peak_memory"), Some(_)) => {
                let why = "the peak memory has no other figure";
                return Err(ThresholdError { why, example: "peak_memory=5%" });
            }
            (Some(glob), figure) => (Scope::Tasks(glob.to_owned()), figure),
        };
        let (relative, absolute) = read_change(change, figure)?;
        Ok(Threshold { scope, figure, relative, absolute, text: text.to_owned() })
    }
}

/// A figure that is kept for comparisons.
fn read_figure(name: &str) -> Result<Figure, ThresholdError> {
    let figure = match name {
        "count" => Some(Figure::Count),
        "total" => Some(Figure::Total),
        name => Figure::of_durations(name).filter(|figure| KEPT.contains(figure)),
    };
    figure.ok_or(ThresholdError {
        why: "the figure is not total, count, mean, median, min, max, p95 or p99",
        example: "save=5%@p95",
    })
}

/// The relative and the absolute part of a change.
fn read_change(text: &str, figure: Option<Figure>) -> Result<(Option<f64>, Option<i64>), ThresholdError> {
    let (why, example): (_, &'static str) = match figure {
        Some(Figure::PeakMemory) => {
            ("the change is not a percentage or a size with a unit", "'peak_memory=5% and 10MB'")
        }
        Some(Figure::Count) => ("the change is not a percentage or a number", "'save=5% and 10@count'"),
        _ => ("the change is not a percentage or a duration with a unit", "'save=5% and 2ms'"),
    };
    let (mut relative, mut absolute) = (None, None);
    for part in text.split(" and ").map(str::trim) {
        let (is_new, is_positive) = match part.strip_suffix('%') {
            Some(number) => {
                let percent = number.trim_end().parse::<f64>().ok().filter(|percent| percent.is_finite());
                let percent = percent.ok_or(ThresholdError { why, example })?;
                (relative.replace(percent / 100.0).is_none(), percent > 0.0)
            }
            None => {
                let amount = read_amount(part, figure).ok_or(ThresholdError { why, example })?;
                (absolute.replace(amount).is_none(), amount > 0)
            }
        };
        if !is_positive {
            return Err(ThresholdError { why: "the change is not greater than 0", example });
        }
        if !is_new {
            let why = "the change has two parts of one kind";
            return Err(ThresholdError { why, example });
        }
    }
    Ok((relative, absolute))
}

/// An amount in the unit of a figure.
fn read_amount(text: &str, figure: Option<Figure>) -> Option<i64> {
    match figure {
        Some(Figure::PeakMemory) => units::read_bytes(text).and_then(|bytes| i64::try_from(bytes).ok()),
        Some(Figure::Count) => text.parse().ok(),
        _ => units::read_duration(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Threshold {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn thresholds(texts: &[&str]) -> Thresholds {
        Thresholds::new(texts.iter().map(|text| read(text)).collect())
    }

    #[test]
    fn a_threshold_is_read_from_its_text() {
        let tasks = |glob: &str| Scope::Tasks(glob.to_owned());
        let p95 = Some(Figure::Percentile(Percentile::P95));
        for (text, scope, figure, relative, absolute) in [
            ("5%", Scope::All, None, Some(0.05), None),
            ("2ms", Scope::All, None, None, Some(2_000_000)),
            ("10%@p95", Scope::All, p95, Some(0.1), None),
            ("wall=3 %", Scope::Run, None, Some(0.03), None),
            ("wall=1 s and 3%", Scope::Run, None, Some(0.03), Some(1_000_000_000)),
            ("peak_memory=5% and 10 MB", Scope::Run, Some(Figure::PeakMemory), Some(0.05), Some(10_000_000)),
            ("save=5% and 2ms@p95", tasks("save"), p95, Some(0.05), Some(2_000_000)),
            ("io/*=12.5%", tasks("io/*"), None, Some(0.125), None),
            ("a=b@c=5%", tasks("a=b@c"), None, Some(0.05), None),
            ("save=7@count", tasks("save"), Some(Figure::Count), None, Some(7)),
            ("save=1%@total", tasks("save"), Some(Figure::Total), Some(0.01), None),
            ("save=1%@min", tasks("save"), Some(Figure::Percentile(Percentile::MIN)), Some(0.01), None),
            ("*/wall=1%@max", tasks("*/wall"), Some(Figure::Percentile(Percentile::MAX)), Some(0.01), None),
        ] {
            let expected = Threshold { scope, figure, relative, absolute, text: text.into() };
            assert_eq!(read(text), expected);
            assert_eq!(read(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_threshold_is_told_why() {
        let duration = "not a percentage or a duration with a unit; write it as 'save=5% and 2ms'";
        for (text, why) in [
            ("", duration),
            ("save", duration),
            ("save=5", duration),
            ("save=5kB", duration),
            ("save=5% or 2ms", duration),
            ("wall=nan%", duration),
            ("wall=inf%", duration),
            ("peak_memory=5ms", "a size with a unit; write it as 'peak_memory=5% and 10MB'"),
            ("save=5ms@count", "a percentage or a number; write it as 'save=5% and 10@count'"),
            ("save=0%", "not greater than 0"),
            ("save=-5%", "not greater than 0"),
            ("save=5% and 0ms", "not greater than 0"),
            ("save=5% and 6%", "two parts of one kind"),
            ("save=1ms and 2ms", "two parts of one kind"),
            ("save=5%@p90", "total, count, mean, median, min, max, p95 or p99; write it as save=5%@p95"),
            ("save=5%@", "the figure is not"),
            ("wall=5%@p95", "the wall time has no other figure; write it as wall=5%"),
            ("peak_memory=5%@max", "the peak memory has no other figure"),
        ] {
            let told = text.parse::<Threshold>().unwrap_err().to_string();
            assert!(told.contains(why), "{text}: {told}");
        }
    }

    #[test]
    fn without_thresholds_wall_time_and_totals_have_five_percent() {
        let thresholds = thresholds(&[]);
        let wall = thresholds.of_run(Figure::Wall).unwrap();
        assert_eq!((wall.relative, wall.absolute, wall.text.as_str()), (Some(0.05), None, "5%"));
        assert_eq!(thresholds.of_run(Figure::PeakMemory), None);
        assert_eq!(thresholds.of_task("main", "save", None), [(Figure::Total, wall)]);
    }

    /// The figures of a task and their thresholds, as text.
    fn of_task(texts: &[&str], group: &str, task: &str) -> String {
        let found = thresholds(texts).of_task(group, task, Some(1e9));
        let found = found.iter().map(|(figure, threshold)| format!("{figure}: {threshold}"));
        found.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn without_a_threshold_of_the_user_a_total_must_change_by_a_part_of_the_wall_time_too() {
        let absolute =
            |texts: &[&str], wall_ns| thresholds(texts).of_task("main", "save", wall_ns)[0].1.absolute;
        assert_eq!(absolute(&[], Some(4e9)), Some(20_000_000));
        assert_eq!(absolute(&[], Some(10.0)), None, "less than 1 ns is nothing");
        assert_eq!(absolute(&[], None), None);
        assert_eq!(absolute(&["load=3%", "wall=3%", "2%@p95"], Some(4e9)), Some(20_000_000));
        assert_eq!(absolute(&["5%"], Some(4e9)), None, "a threshold means what it says");
        assert_eq!(absolute(&["save=5%"], Some(4e9)), None);
        let figures = thresholds(&["5%@p95"]).of_task("main", "save", Some(4e9));
        assert_eq!(figures[1].1.absolute, None);
        assert_eq!(thresholds(&[]).of_run(Figure::Wall).unwrap().absolute, None);
    }

    #[test]
    fn a_name_goes_before_a_pattern_that_before_one_for_all_and_a_later_one_before_an_earlier_one() {
        assert_eq!(of_task(&["save=3%", "s*=4%", "10%"], "main", "save"), "total: save=3%");
        assert_eq!(of_task(&["main/save=3%", "*=4%"], "main", "save"), "total: main/save=3%");
        assert_eq!(of_task(&["main/save=3%", "save=2%"], "main", "save"), "total: save=2%");
        assert_eq!(of_task(&["s*=4%", "10%"], "main", "save"), "total: s*=4%");
        assert_eq!(of_task(&["save=3%", "10%"], "main", "save"), "total: save=3%");
        assert_eq!(of_task(&["save=3%", "10%"], "main", "load"), "total: 10%");
        assert_eq!(of_task(&["*=3%", "main/s*=4%"], "main", "save"), "total: main/s*=4%");
        assert_eq!(of_task(&["main/s*=4%", "*=3%"], "main", "save"), "total: *=3%");
        assert_eq!(of_task(&["s*=4%", "save=3%@total"], "main", "save"), "total: save=3%@total");
        let wall = |texts: &[&str]| thresholds(texts).of_run(Figure::Wall).unwrap().text;
        assert_eq!(wall(&["wall=3%", "10%"]), "wall=3%");
        assert_eq!(wall(&["wall=3%", "wall=2%", "10%"]), "wall=2%");
        assert_eq!(wall(&["7%", "10%", "20%@total"]), "10%");
        assert_eq!(wall(&["*/wall=7%"]), "5%", "a task may have this name");
    }

    #[test]
    fn figures_are_compared_where_a_threshold_names_them() {
        assert_eq!(
            of_task(&["save=9%@p95", "2@count"], "main", "save"),
            "total: 5%, p95: save=9%@p95, count: 2@count"
        );
        assert_eq!(of_task(&["save=9%@p95"], "main", "load"), "total: 5%");
        assert_eq!(of_task(&["save=9%@p95", "8%@p95"], "main", "save"), "total: 5%, p95: save=9%@p95");
        let memory = thresholds(&["peak_memory=1MB", "5%"]).of_run(Figure::PeakMemory).unwrap();
        assert_eq!(memory.text, "peak_memory=1MB");
    }

    #[test]
    fn a_threshold_that_matches_no_task_is_found_with_a_proposal() {
        let unmatched = |texts: &[&str]| {
            let found = thresholds(texts).unmatched(&[("main", "save"), ("io", "load")]);
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(unmatched(&["5%", "wall=3%", "save=3%", "io/*=2%"]), [""; 0]);
        assert_eq!(
            unmatched(&["Wall=3%", "peakmemory=3%"]),
            [
                "no task matches `Wall`; did you mean `wall`?",
                "no task matches `peakmemory`; did you mean `peak_memory`?"
            ]
        );
        assert_eq!(
            unmatched(&["sav=3%", "io/s*=2%"]),
            [
                "no task matches `sav`; did you mean `save`?",
                "no task matches `io/s*`; did you mean `io/load`?"
            ]
        );
    }
}
