//! Labels: how outputs name a process, a lane and a task.
//!
//! Takes names as recorded. Gives them in their display form, long ones without their middle. The caller escapes a
//! label that goes into markup.

use std::collections::BTreeSet;

use templates::Process;

use crate::analysis::{SpanIndex, Tracks};
use crate::model::{self, Trace};
use crate::text::{shortened, terminal, units};

/// The most code points of the names of one task or lane in a sentence, so that its figures stay in view.
const NAMES_LENGTH: usize = 40;
/// The least that is left of each of them.
const LEAST_LENGTH: usize = 3;
/// The most columns of a group or a task in a table for people.
const TERMINAL_NAME_WIDTH: usize = 120;

/// The processes as the page names them, in the trace's order.
pub(super) fn processes(trace: &Trace) -> Vec<Process> {
    let hosts: BTreeSet<_> =
        trace.processes().iter().filter_map(|process| process.identity.host.as_deref()).collect();
    trace.processes().iter().map(|process| self::process(trace, process, hosts.len() > 1)).collect()
}

/// A process by its name, else by its groups, and by its pid, and by its host if there are several.
fn process(trace: &Trace, process: &model::Process, with_host: bool) -> Process {
    let identity = &process.identity;
    let groups = process.groups.iter().map(|&group| trace.keys().name(group));
    let mut groups: Vec<&str> = match &identity.name {
        Some(name) => vec![name],
        None => groups.filter(|group| !group.is_empty()).collect(),
    };
    if groups.is_empty() && !process.groups.is_empty() {
        groups.push("(unnamed)");
    }
    let host = identity.host.as_deref();
    let pid = identity.pid.map(|pid| pid.to_string());
    let id = [host.filter(|_| with_host), pid.as_deref()];
    let title = [
        Some(groups.join(", ")),
        pid.as_deref().map(|pid| format!("process {pid}")),
        Some(host.map_or_else(|| format!("in {}", identity.identity), |host| format!("on {host}"))),
    ];
    Process {
        label: match groups.as_slice() {
            [] => String::new(),
            [only] => (*only).to_owned(),
            [first, others @ ..] => format!("{first} +{}", others.len()),
        },
        id: id.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        title: title.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

/// A lane by its process and its thread: `zip · 16241 · main`. `processes` are the page's.
pub(super) fn lane(trace: &Trace, processes: &[Process], lane: usize) -> String {
    let lane = &trace.lanes()[lane];
    let Process { label, id, .. } = &processes[lane.process];
    let parts =
        [Some(label.as_str()), Some(id.as_str()).filter(|id| !id.is_empty()), Some(&lane.identity.thread)];
    names(&parts.into_iter().flatten().collect::<Vec<_>>(), " · ")
}

/// The names of one thing in their display form, in a row. Where that is too long, the longest ones lose their middles.
pub(super) fn names(names: &[&str], separator: &str) -> String {
    let lengths: Vec<usize> = names.iter().map(|name| points(&templates::named(name)).len()).collect();
    let fits = |most: &usize| lengths.iter().map(|length| length.min(most)).sum::<usize>() <= NAMES_LENGTH;
    let most = (LEAST_LENGTH..=NAMES_LENGTH).rev().find(fits).unwrap_or(LEAST_LENGTH);
    names.iter().map(|shown| name(shown, most)).collect::<Vec<_>>().join(separator)
}

const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];

/// A name in its display form, at most `most` code points of it: without its middle if it is longer. The same as
/// `shortened` of `shown` in `templates/page/trace/names.js`; `tests/data/shared/names.json` tests both.
fn name(name: &str, most: usize) -> String {
    let whole = templates::named(name);
    let points = points(&whole);
    if points.len() <= most {
        return whole;
    }
    let tail = (most - 1) / 2;
    let head: String = points[..most - 1 - tail].iter().collect();
    let short = format!("{head}…{}", points[points.len() - tail..].iter().collect::<String>());
    if whole.starts_with(ISOLATE[0]) { format!("{}{short}{}", ISOLATE[0], ISOLATE[1]) } else { short }
}

/// The code points of a display form, without those that isolate it.
fn points(shown: &str) -> Vec<char> {
    let isolated = shown.strip_prefix(ISOLATE[0]).and_then(|text| text.strip_suffix(ISOLATE[1]));
    isolated.unwrap_or(shown).chars().collect()
}

/// A task as a terminal shows it: `group / task`, each without its middle if it is very long. JSON and CSV have whole
/// names. Without a group the task stands alone.
pub(super) fn task((group, task): (&str, &str)) -> String {
    let shown = |name: &str| match name {
        "" => "(unnamed)".to_owned(),
        name => shortened(&terminal::plain(name), TERMINAL_NAME_WIDTH),
    };
    if group.is_empty() { shown(task) } else { format!("{} / {}", shown(group), shown(task)) }
}

/// The name of the row that `count` tasks share.
pub(super) fn others(count: u64) -> String {
    format!("({} other tasks)", units::count(count))
}

/// The name that the point events of `count` names share.
pub(super) fn other_instants(count: u64) -> String {
    format!("(instants of {} other names)", units::count(count))
}

/// The position of a span as the page counts it: lane, track, index.
pub(super) fn place(at: SpanIndex, tracks: &[Tracks]) -> (u32, u32, u32) {
    let (track, index) = tracks[at.lane].place(at.span);
    (at.lane as u32, track, index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::drawn;

    #[test]
    fn a_name_in_a_sentence_is_what_the_page_would_make_of_it() {
        let text = include_str!("../../../tests/data/shared/names.json");
        let cases: serde_json::Value = serde_json::from_str(text).unwrap();
        for case in ["shown", "label"].iter().flat_map(|kind| cases[kind].as_array().unwrap()) {
            assert_eq!(name(case[0].as_str().unwrap(), 48), case[1], "{}", case[0]);
        }
    }
    #[test]
    fn of_several_names_the_longest_lose_their_middles() {
        let long = format!("{}{}", "a".repeat(100), "z".repeat(100));
        assert_eq!(names(&["main", &long], " / "), "main / aaaaaaaaaaaaaaaaaa…zzzzzzzzzzzzzzzzz");
        assert_eq!(names(&[&long, "123", &long], " · "), "aaaaaaaaa…zzzzzzzz · 123 · aaaaaaaaa…zzzzzzzz");
        assert_eq!(names(&["main", &long[80..110]], " / "), format!("main / {}", &long[80..110]));
        assert_eq!(names(&[""], " / "), "(unnamed)");
    }

    #[test]
    fn a_process_is_known_by_its_name_or_by_its_groups() {
        let of = |name: Option<&str>, lane: &str| {
            let mut trace = drawn::trace(&[lane]);
            trace.processes_mut()[0].identity.name = name.map(str::to_owned);
            let Process { label, id, title } = processes(&trace).swap_remove(0);
            format!("{label} | {id} | {title}")
        };
        let lane = "7 main: g/a(0..10) h/b(20..30)";
        assert_eq!(of(None, lane), "g +1 | 7 | g, h · process 7 · in 7");
        assert_eq!(of(Some("Worker"), lane), "Worker | 7 | Worker · process 7 · in 7");
        assert_eq!(of(None, "7 main: /a(0..10) h/b(20..30)"), "h | 7 | h · process 7 · in 7");
        assert_eq!(of(None, "7 main: /a(0..10)"), "(unnamed) | 7 | (unnamed) · process 7 · in 7");
    }

    #[test]
    fn a_task_without_a_group_stands_alone() {
        assert_eq!(task(("", "x")), "x");
        assert_eq!(task(("g", "")), "g / (unnamed)");
        assert_eq!(task(("", "")), "(unnamed)");
    }
}
