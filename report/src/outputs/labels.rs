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

/// A name in its display form, without its middle if it is long. The same as `shortened` of
/// `templates/page/trace/names.js`.
pub(super) fn name(name: &str) -> String {
    if name.trim().is_empty() {
        return "(unnamed)".into();
    }
    let points: Vec<char> = name.chars().collect();
    if points.len() <= NAME_LENGTH {
        return templates::shown(name);
    }
    let tail = (NAME_LENGTH - 1) / 2;
    let head = NAME_LENGTH - 1 - tail;
    let kept: String =
        points[..head].iter().chain(['…'].iter()).chain(&points[points.len() - tail..]).collect();
    templates::shown(&kept)
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
    fn long_names_lose_their_middle_and_empty_ones_are_called_so() {
        assert_eq!(name(""), "(unnamed)");
        assert_eq!(name(" \n"), "(unnamed)");
        assert_eq!(name(&"é".repeat(48)), "é".repeat(48));
        assert_eq!(
            name(&format!("{}{}", "a".repeat(30), "z".repeat(30))),
            format!("{}…{}", "a".repeat(24), "z".repeat(23))
        );
        assert_eq!(name("</script>"), "</script>");
        assert_eq!(name("a\nb"), "a␊b");
        assert_eq!(name("מלך 1"), "\u{2068}מלך 1\u{2069}", "or it would take the digits beside it along");
    }
}
