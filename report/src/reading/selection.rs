//! Selection: the wanted spans of a trace, by a time window, groups and tasks; and the counters of these groups.

use std::fmt;
use std::str::FromStr;

use crate::model::{Counters, KeyId, Keys, Rows, Time};
use crate::text::{Globs, TaskGlobs, units};
use chrono::DateTime;

/// The wanted spans; by default all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Excludes spans that end before this time.
    pub from: Option<Moment>,
    /// Excludes spans that start after this time.
    pub to: Option<Moment>,
    /// Globs of groups, one of which must match. If empty, any group matches.
    pub groups: Vec<String>,
    /// Globs of tasks, one of which must match. One with a `/` also matches `group/task`. If empty, any task matches.
    pub tasks: Vec<String>,
}

/// A time, by the clock or since the start of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// In ns after the first start of all that was read.
    SinceStart(i64),
    /// In ns since the Unix epoch.
    At(i64),
}

impl Selection {
    /// Whether the window ends before it begins, so that no span can be wanted.
    pub fn is_reversed(&self) -> bool {
        match (self.from, self.to) {
            (Some(Moment::SinceStart(from)), Some(Moment::SinceStart(to))) => from > to,
            (Some(Moment::At(from)), Some(Moment::At(to))) => from > to,
            _ => false,
        }
    }

    /// Whether it includes all spans.
    pub fn is_all(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.groups.is_empty() && self.tasks.is_empty()
    }

    /// Whether a time of it counts from the first start.
    pub(crate) fn needs_start(&self) -> bool {
        [self.from, self.to].iter().flatten().any(|moment| matches!(moment, Moment::SinceStart(_)))
    }

    pub(crate) fn has_window(&self) -> bool {
        self.from.is_some() || self.to.is_some()
    }

    /// The selection among rows whose first start is `origin_ns`, in ns since the Unix epoch.
    pub(crate) fn chosen(&self, origin_ns: i64) -> Chosen {
        let unix_ns = |moment: Moment| match moment {
            Moment::SinceStart(ns) => origin_ns.saturating_add(ns),
            Moment::At(unix_ns) => unix_ns,
        };
        Chosen {
            is_all: self.is_all(),
            window: (self.from.map_or(i64::MIN, unix_ns), self.to.map_or(i64::MAX, unix_ns)),
            groups: Globs::new(&self.groups),
            tasks: TaskGlobs::new(&self.tasks),
        }
    }
}

/// A selection among rows with a known first start.
pub(crate) struct Chosen {
    is_all: bool,
    /// In ns since the Unix epoch, both ends included.
    window: (i64, i64),
    groups: Globs,
    tasks: TaskGlobs,
}

impl Chosen {
    /// Keeps the wanted spans at full length.
    pub(crate) fn keep(&self, rows: &mut Rows) {
        if self.is_all {
            return;
        }
        let wanted: Vec<bool> = rows.keys.ids().map(|id| self.wants(&rows.keys, id)).collect();
        rows.retain(|span| {
            let end_ns = span.end.map_or(i64::MAX, Time::ns);
            wanted[span.key.index()] && end_ns >= self.window.0 && span.start.ns() <= self.window.1
        });
    }

    /// Whether spans of a key are wanted, at any time.
    pub(crate) fn wants(&self, keys: &Keys, id: KeyId) -> bool {
        let key = keys.key(id);
        let (group, task) = (keys.name(key.group), keys.name(key.task));
        self.groups.match_any(&[group]) && self.tasks.matches(group, task)
    }

    /// Whether counters of a group are wanted, at any time.
    pub(crate) fn wants_group(&self, group: &str) -> bool {
        self.groups.match_any(&[group])
    }

    /// Keeps the counters of the wanted groups: their samples in the window, and the last sample before it. The
    /// window is widened to `extent_ns` of the kept spans. Tasks do not select counters: a queue does not belong to
    /// one task.
    pub(crate) fn keep_samples(&self, counters: &mut Counters, extent_ns: Option<(i64, i64)>) {
        if self.is_all {
            return;
        }
        let (first_ns, last_ns) = extent_ns.unwrap_or(self.window);
        let window = (self.window.0.min(first_ns), self.window.1.max(last_ns));
        counters.retain(|(_, group, _), samples| {
            samples.keep_within(window);
            self.wants_group(group) && !samples.is_empty()
        });
    }
}

/// Written as options: `--from +12.5s --group zip`.
impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = Vec::new();
        options.extend(self.from.map(|from| format!("--from {from}")));
        options.extend(self.to.map(|to| format!("--to {to}")));
        options.extend(self.groups.iter().map(|glob| format!("--group {glob}")));
        options.extend(self.tasks.iter().map(|glob| format!("--task {glob}")));
        f.write_str(&options.join(" "))
    }
}

/// Written as `+12.5s`, or as the time in UTC.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Moment::SinceStart(ns) => write!(f, "+{}s", ns as f64 / 1e9),
            Moment::At(unix_ns) => {
                write!(f, "{}", DateTime::from_timestamp_nanos(unix_ns).format("%FT%T%.fZ"))
            }
        }
    }
}

/// A text that is not a [`Moment`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a time such as +12.5s or 2026-11-20T22:43:18+08:00, not `{0}`")]
pub struct MomentError(String);

/// Reads `+12.5s` (units ns, us, ms, s, min, h) or an RFC 3339 time.
impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Moment, MomentError> {
        let expected = || MomentError(text.to_owned());
        let Some(length) = text.strip_prefix('+') else {
            let moment = DateTime::parse_from_rfc3339(text).map_err(|_| expected())?;
            return moment.timestamp_nanos_opt().map(Moment::At).ok_or_else(expected);
        };
        units::read_duration(length).map(Moment::SinceStart).ok_or_else(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis;
    use crate::model::{self, LaneIdentity, ProcessIdentity, SampleRows, Summary, Trace};

    /// The trace that a selection keeps of these rows and samples.
    fn kept(selection: &Selection) -> Trace {
        let mut rows = Rows::new();
        for (group, task, start, end) in [
            ("g", "save [1]", 1000, Some(1010)),
            ("g", "load", 1020, Some(1030)),
            ("h", "load", 1040, Some(1050)),
            ("h", "hang", 1045, None),
        ] {
            let key = rows.keys.intern(group, task, None);
            rows.push(start, end, key);
        }
        let process = ProcessIdentity { identity: "p".into(), ..Default::default() };
        let lane = LaneIdentity { identity: "l".into(), thread: "l".into(), ..Default::default() };
        let mut samples = SampleRows::new();
        for (group, counter, unix_ns) in
            [("g", "queue", 990), ("g", "queue", 1015), ("h", "queue", 1025), ("h", "load", 1048)]
        {
            samples.push(group, counter, unix_ns, 1.0);
        }
        let mut counters = Counters::new();
        model::add_samples(&mut counters, &process, samples);

        let chosen = selection.chosen(1000);
        chosen.keep(&mut rows);
        let (keys, spans) = rows.sorted();
        chosen.keep_samples(&mut counters, spans.extent_ns());
        let identity = (process, lane);
        let mut summary = Summary::of_counters(&counters, None);
        summary.merge(analysis::summarise(identity.clone(), &keys, &spans, None).0);
        Trace::of_summary(&summary, [(identity, (keys, spans))].into(), counters)
    }

    #[track_caller]
    fn check(selection: Selection, expected: &[&str]) {
        let kept = kept(&selection);
        let found: Vec<_> = (kept.lanes().iter().flat_map(|lane| lane.spans.iter()))
            .map(|span| {
                let key = kept.keys().key(span.key);
                format!("{}/{}", kept.keys().name(key.group), kept.keys().name(key.task))
            })
            .collect();
        assert_eq!(found, expected);
    }

    /// Compares the kept samples, as `group/counter time` in ns since the Unix epoch.
    #[track_caller]
    fn check_samples(selection: Selection, expected: &[&str]) {
        let kept = kept(&selection);
        let found: Vec<_> = (kept.counters().iter())
            .flat_map(|counter| counter.samples.iter().map(move |(time, _)| (counter, time)))
            .map(|(counter, time)| format!("{}/{} {}", counter.group, counter.name, kept.unix_ns(time)))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn groups_choose_counters_and_tasks_do_not() {
        let all = ["g/queue 990", "g/queue 1015", "h/load 1048", "h/queue 1025"];
        check_samples(Selection { tasks: vec!["load".into()], ..Selection::default() }, &all);
        check_samples(Selection { groups: vec!["g*".into()], ..Selection::default() }, &all[..2]);
    }

    #[test]
    fn a_window_keeps_the_samples_of_what_is_drawn_and_the_value_before() {
        let window = |from, to| Selection {
            from: Some(Moment::At(from)),
            to: Some(Moment::At(to)),
            ..Selection::default()
        };
        // `load` from 1020 to 1030 is drawn at full length.
        check_samples(window(1022, 1024), &["g/queue 1015", "h/queue 1025"]);
        // No span is drawn: the window stays as given.
        check_samples(window(1011, 1016), &["g/queue 990", "g/queue 1015"]);
    }

    #[test]
    fn globs_match_names_and_plain_names_match_themselves() {
        let tasks = |task: &str| Selection { tasks: vec![task.into()], ..Selection::default() };
        check(tasks("save [1]"), &["g/save [1]"]);
        check(tasks("load"), &["g/load", "h/load"]);
        check(tasks("h/lo*"), &["h/load"]);
        check(tasks("?a*"), &["g/save [1]", "h/hang"]);
        check(
            Selection { groups: vec!["g".into(), "x".into()], ..Selection::default() },
            &["g/save [1]", "g/load"],
        );
        check(tasks("nothing"), &[]);
    }

    #[test]
    fn a_window_keeps_whole_what_touches_it() {
        let window = |from, to| Selection { from, to, ..Selection::default() };
        let since = |ns| Some(Moment::SinceStart(ns));
        check(window(since(25), since(41)), &["g/load", "h/load"]);
        check(window(Some(Moment::At(1051)), None), &["h/hang"]);
        check(window(None, since(0)), &["g/save [1]"]);
    }

    #[test]
    fn a_selection_is_told_as_the_options_that_make_it() {
        let selection = Selection {
            from: "+12.5s".parse().ok(),
            to: "2026-11-20T22:43:18.5+08:00".parse().ok(),
            groups: vec!["zip".into()],
            tasks: vec!["a*".into(), "b".into()],
        };
        let told = "--from +12.5s --to 2026-11-20T14:43:18.500Z --group zip --task a* --task b";
        assert_eq!(selection.to_string(), told);
        assert!(!selection.is_reversed());
        let reversed = Selection { to: "+12.4s".parse().ok(), ..selection };
        assert!(reversed.is_reversed());
    }

    #[test]
    fn moments_are_read_by_clock_and_since_the_start() {
        assert_eq!("+12.5s".parse(), Ok(Moment::SinceStart(12_500_000_000)));
        assert_eq!("+3 min".parse(), Ok(Moment::SinceStart(180_000_000_000)));
        assert_eq!("1970-01-01T08:00:01+08:00".parse(), Ok(Moment::At(1_000_000_000)));
        for wrong in ["12.5s", "+12.5", "+s", "+1day", "yesterday", ""] {
            assert!(
                wrong.parse::<Moment>().unwrap_err().to_string().contains("expected a time such as +12.5s"),
                "{wrong}"
            );
        }
    }
}
