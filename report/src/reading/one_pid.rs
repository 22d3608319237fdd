//! One pid: whether the spans of a lane seem to be of two processes that had the same pid at the same time.
//!
//! PerformancePy's files know a process only by its pid, so a process in another container looks like the same one.
//! Takes the spans of a lane, gives the reason for the doubt: spans of two groups cross, although those of each group
//! nest. A thread runs one task inside another, and where a program runs several at once, also the spans of one group
//! cross. (A later process with the pid leaves a pause, which the report shows as one.) Must not know files.

use std::collections::HashMap;

use crate::model::{Keys, LaneIdentity, ProcessIdentity, Span, Spans};
use crate::text::quoted;

/// Says that a lane may be of two processes with one pid, and why.
pub(super) fn doubt(
    process: &ProcessIdentity,
    lane: &LaneIdentity,
    keys: &Keys,
    spans: &Spans,
) -> Option<String> {
    // A recorder's files have a host, and tell processes apart.
    let pid = process.pid.filter(|_| process.host.is_none())?;
    let spans: Vec<(u32, Span)> = spans.iter().map(|span| (keys.key(span.key).group, span)).collect();
    let (one, other) = crossing(&spans)?;
    Some(format!(
        "may be two processes with the pid {pid}, such as in two containers: on the thread {}, tasks of the groups {} \
         and {} overlap without nesting; record the processes into different directories",
        quoted(&lane.thread),
        quoted(keys.name(one)),
        quoted(keys.name(other))
    ))
}

/// Two groups whose spans cross, although those of each group nest.
fn crossing(spans: &[(u32, Span)]) -> Option<(u32, u32)> {
    match first_crossing(spans, |group| group) {
        None => first_crossing(spans, |_| 0),
        Some(_) => None,
    }
}

/// The groups of the first two spans that overlap without nesting, of all that have the same stack. Takes them in
/// order of start, the longest first.
fn first_crossing(spans: &[(u32, Span)], stack_of: impl Fn(u32) -> u32) -> Option<(u32, u32)> {
    let mut stacks: HashMap<u32, Vec<(i64, u32)>> = HashMap::new();
    for (group, span) in spans {
        let Some(end) = span.end else { continue };
        let stack = stacks.entry(stack_of(*group)).or_default();
        while stack.last().is_some_and(|open| open.0 <= span.start.ns()) {
            stack.pop();
        }
        if let Some(open) = stack.last().filter(|open| open.0 < end.ns()) {
            return Some((open.1, *group));
        }
        stack.push((end.ns(), *group));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rows;

    /// The doubt about spans `(group, start, end)`.
    fn doubt_about(host: Option<&str>, drawn: &[(&str, i64, i64)]) -> Option<String> {
        let mut rows = Rows::new();
        for (group, start, end) in drawn {
            let key = rows.keys.intern(group, "t", None);
            rows.push(*start, Some(*end), key);
        }
        let process = ProcessIdentity {
            identity: "p77".into(),
            host: host.map(str::to_owned),
            pid: Some(77),
            ..Default::default()
        };
        let lane = LaneIdentity { identity: "p77 Main".into(), thread: "Main".into(), ..Default::default() };
        let (keys, spans) = rows.sorted();
        doubt(&process, &lane, &keys, &spans)
    }

    #[test]
    fn groups_whose_spans_cross_are_doubted_if_each_group_nests() {
        let told = doubt_about(None, &[("a", 0, 10), ("b", 5, 15)]).unwrap();
        assert!(told.contains("the pid 77"), "{told}");
        assert!(told.contains("on the thread `Main`, tasks of the groups `a` and `b` overlap"), "{told}");
        // One inside another, one after another, and a moment.
        assert_eq!(doubt_about(None, &[("a", 0, 10), ("b", 5, 10), ("c", 5, 5), ("a", 10, 12)]), None);
        // A program that runs several tasks at once, as asyncio does.
        assert_eq!(doubt_about(None, &[("a", 0, 10), ("b", 5, 15), ("a", 6, 16)]), None);
    }

    #[test]
    fn a_recorders_files_are_not_doubted() {
        assert_eq!(doubt_about(Some("h"), &[("a", 0, 10), ("b", 5, 15)]), None);
    }
}
