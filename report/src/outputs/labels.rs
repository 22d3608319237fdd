//! Labels: how outputs name a process, a lane and a task.
//!
//! Takes names as recorded. Gives them in their display form, long ones without their middle. The caller escapes a
//! label that goes into markup.

use std::collections::BTreeSet;

use templates::Process;

use crate::analysis::{SpanIndex, Tracks};
use crate::model::{self, Trace};
use crate::text::{shortened, terminal, units};

/// The most code points of a name in a sentence, so that two names and the figures fit on a line or two.
const NAME_LENGTH: usize = 48;
/// The most columns of a group or a task in a table for people.
const TERMINAL_NAME_WIDTH: usize = 120;

/// The processes as the page names them, in the trace's order.
pub(super) fn processes(trace: &Trace) -> Vec<Process> {
    let hosts: BTreeSet<_> =
        trace.processes().iter().filter_map(|process| process.identity.host.as_deref()).collect();
    trace.processes().iter().map(|process| self::process(trace, process, hosts.len() > 1)).collect()
}

/// A process by its groups and its pid, and by its host if there are several.
fn process(trace: &Trace, process: &model::Process, with_host: bool) -> Process {
    let groups: Vec<&str> = (process.groups.iter())
        .map(|&group| match trace.keys().name(group) {
            "" => "(unnamed)",
            name => name,
        })
        .collect();
    let identity = &process.identity;
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
    let process = &processes[lane.process];
    let id = Some(process.id.as_str()).filter(|id| !id.is_empty());
    let parts = [Some(name(&process.label)), id.map(name), Some(name(&lane.identity.thread))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A name in its display form, without its middle if it is long. The same as `shortened` of `shown` in
/// `templates/page/trace/names.js`; `tests/data/shared/names.json` tests both.
pub(super) fn name(name: &str) -> String {
    const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];
    let whole = templates::named(name);
    let isolated = whole.strip_prefix(ISOLATE[0]).and_then(|text| text.strip_suffix(ISOLATE[1]));
    let points: Vec<char> = isolated.unwrap_or(&whole).chars().collect();
    if points.len() <= NAME_LENGTH {
        return whole;
    }
    let tail = (NAME_LENGTH - 1) / 2;
    let head: String = points[..NAME_LENGTH - 1 - tail].iter().collect();
    let short = format!("{head}…{}", points[points.len() - tail..].iter().collect::<String>());
    if isolated.is_some() { format!("{}{short}{}", ISOLATE[0], ISOLATE[1]) } else { short }
}

/// A task as a terminal shows it: `group / task`, each without its middle if it is very long. JSON and CSV have whole
/// names.
pub(super) fn task((group, task): (&str, &str)) -> String {
    let shown = |name: &str| match name {
        "" => "(unnamed)".to_owned(),
        name => shortened(&terminal::plain(name), TERMINAL_NAME_WIDTH),
    };
    format!("{} / {}", shown(group), shown(task))
}

/// The name of the row that `count` tasks share.
pub(super) fn others(count: u64) -> String {
    format!("({} other tasks)", units::count(count))
}

/// The position of a span as the page counts it: lane, track, index.
pub(super) fn place(at: SpanIndex, tracks: &[Tracks]) -> (u32, u32, u32) {
    let (track, index) = tracks[at.lane].place(at.span);
    (at.lane as u32, track, index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_sentence_is_what_the_page_would_make_of_it() {
        let text = include_str!("../../../tests/data/shared/names.json");
        let cases: serde_json::Value = serde_json::from_str(text).unwrap();
        for case in ["shown", "label"].iter().flat_map(|kind| cases[kind].as_array().unwrap()) {
            assert_eq!(name(case[0].as_str().unwrap()), case[1], "{}", case[0]);
        }
    }
}
