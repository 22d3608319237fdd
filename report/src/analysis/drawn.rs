//! Traces drawn as text, for tests.
//!
//! Takes one line for each lane, with spans as `task(start..end)` separated by blanks. Gives the trace. Without an
//! end a span is unfinished. `group/task` sets the group (default `g`), a `!` after the task makes it red, a `~`
//! makes it a wait, a `^` a point event: `task^(3..3)`. `task(0..10:6)` used 6 of CPU time. `16241 main: ` before the spans names the lane's process and
//! thread (default: one process, numbered threads).

use crate::model::{Color, Kind, LaneIdentity, ProcessIdentity, Rows, Trace, TraceBuilder};

/// The trace, with its numbers in ns.
pub(crate) fn trace(lanes: &[&str]) -> Trace {
    scaled(lanes, 1)
}

/// The trace, with its numbers in ms.
pub(crate) fn milliseconds(lanes: &[&str]) -> Trace {
    scaled(lanes, 1_000_000)
}

/// One lane for each list of `(start, end, task)`, in ns. Tasks are named by their numbers.
pub(crate) fn numbers(lanes: &[Vec<(i64, Option<i64>, u8)>]) -> Trace {
    let mut builder = TraceBuilder::new();
    for (number, lane) in lanes.iter().enumerate() {
        let mut rows = Rows::new();
        for &(start, end, task) in lane {
            let key = rows.keys.intern("g", &task.to_string(), None);
            rows.push(start, end, key);
        }
        add(&mut builder, None, &number.to_string(), rows);
    }
    builder.finish()
}

fn scaled(lanes: &[&str], unit_ns: i64) -> Trace {
    let mut builder = TraceBuilder::new();
    for (number, lane) in lanes.iter().enumerate() {
        let (name, spans) = lane.split_once(": ").unzip();
        let (pid, thread) = name.and_then(|name| name.split_once(' ')).unzip();
        let mut rows = Rows::new();
        for span in spans.unwrap_or(lane).split(' ') {
            push(&mut rows, span, unit_ns);
        }
        let thread = thread.map_or_else(|| number.to_string(), str::to_owned);
        add(&mut builder, pid.map(|pid| pid.parse().unwrap()), &thread, rows);
    }
    builder.finish()
}

fn push(rows: &mut Rows, span: &str, unit_ns: i64) {
    let (task, range) = span.trim_end_matches(')').split_once('(').unwrap();
    let (start, end) = range.split_once("..").unwrap();
    let (end, cpu) = end.split_once(':').map_or((end, None), |(end, cpu)| (end, Some(cpu)));
    let kind = match task.chars().last() {
        Some('!') => Kind::Work(Some(Color([255, 0, 0]))),
        Some('~') => Kind::Wait,
        Some('^') => Kind::Point,
        _ => Kind::Work(None),
    };
    let task = task.trim_end_matches(['!', '~', '^']);
    let (group, task) = task.split_once('/').unwrap_or(("g", task));
    let key = rows.keys.intern(group, task, kind);
    let start: i64 = start.parse().unwrap();
    let end: Option<i64> = end.parse().ok();
    rows.push(start * unit_ns, end.map(|end| end * unit_ns), key);
    if let Some(cpu) = cpu {
        rows.set_cpu(rows.len() - 1, cpu.parse::<i64>().unwrap() * unit_ns);
    }
}

fn add(builder: &mut TraceBuilder, pid: Option<u32>, thread: &str, rows: Rows) {
    let identity = pid.map_or("p".to_owned(), |pid| pid.to_string());
    let lane = LaneIdentity {
        identity: format!("{identity} {thread}"),
        thread: thread.to_owned(),
        ..Default::default()
    };
    builder.add(ProcessIdentity { identity, host: None, pid, ..Default::default() }, lane, rows);
}
