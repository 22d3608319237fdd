//! Events: functions that open and close.
//!
//! Takes the events of a profile in their order, gives spans; or weights, if they are of no time. A function closes the
//! innermost open one of its frame. Reports what is out of order.

use std::collections::HashMap;
use std::io;

use super::scale::Scale;
use super::weighing::Weighing;
use crate::model::{FIRST_NS, LAST_NS, Profile, Rows, Weights};
use crate::sources::json::{self, Value, Walk};
use crate::sources::source::Source;
use crate::text::units;

/// The events of one profile, as spans.
#[derive(Default)]
pub(super) struct Events {
    /// In the order in which they opened.
    spans: Vec<Span>,
    /// Those that are open, the outermost first, and closed ones among them.
    open: Vec<usize>,
    /// Those of each frame that are open.
    open_of: HashMap<u32, Vec<usize>>,
    last: Option<i128>,
}

/// A function from its opening to its closing, in billionths of the profile's unit.
struct Span {
    frame: u32,
    start: i128,
    end: Option<i128>,
}

impl Events {
    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    pub(super) fn read(&mut self, walk: &mut Walk, source: &mut Source<'_>) -> io::Result<()> {
        while walk.item(&mut source.lines)? {
            let event = match walk.value(&mut source.lines)? {
                Value::Text(text) => event(&String::from_utf8_lossy(text)),
                Value::TooLong | Value::Cut => None,
            };
            match event {
                Some(event) => self.take(event, walk.line(), source),
                None => source.refuse(walk.line(), "event", "it needs a type O or C, a frame and a time"),
            }
        }
        Ok(())
    }

    fn take(&mut self, (opens, frame, at): (bool, u32, i128), line: u64, source: &mut Source<'_>) {
        let before = self.last.filter(|&last| last > at);
        if opens {
            self.open.push(self.spans.len());
            self.open_of.entry(frame).or_default().push(self.spans.len());
            self.spans.push(Span { frame, start: before.unwrap_or(at), end: None });
        } else {
            let Some(index) = self.open_of.get_mut(&frame).and_then(Vec::pop) else {
                source.refuse(line, "event", "it closes a function that is not open");
                return;
            };
            if self.open.last() != Some(&index) {
                source.problem(line, "event out of order: it closes a function inside which another is open");
            }
            self.spans[index].end = Some(before.unwrap_or(at));
            while self.open.pop_if(|last| self.spans[*last].end.is_some()).is_some() {}
        }
        if before.is_some() {
            let message = "event out of order: its time is before that of the one before it, which counts";
            source.problem(line, message);
        }
        self.last = Some(before.unwrap_or(at));
    }

    /// The spans, with tasks named as the frames, in no group.
    pub(super) fn rows(self, frames: &[String], scale: Scale, problem: &mut impl FnMut(String)) -> Rows {
        let mut rows = Rows::new();
        let (mut unknown, mut unclosed, mut too_late) = (0, 0, 0);
        for Span { frame, start, end } in &self.spans {
            let Some(name) = frames.get(*frame as usize) else {
                unknown += 1;
                continue;
            };
            let is_time = |ns: &i64| (FIRST_NS..=LAST_NS).contains(ns);
            let time = |billionths: i128| i64::try_from(scale.of(billionths)).ok().filter(is_time);
            let (Some(start_ns), Some(end_ns)) =
                (time(*start), end.map_or(Some(None), |end| time(end).map(Some)))
            else {
                too_late += 1;
                continue;
            };
            unclosed += u64::from(end.is_none());
            let key = rows.keys.intern("", name, None);
            rows.push(start_ns, end_ns, key);
        }
        if unclosed > 0 {
            let was = if unclosed == 1 { "was" } else { "were" };
            problem(format!("{} {was} never closed: unfinished", units::counted(unclosed, "function")));
        }
        told(unknown, UNKNOWN, problem);
        told(too_late, "skipped: the time is out of range", problem);
        rows
    }

    /// How much of the weight each function had. One that was never closed ends with the last event.
    pub(super) fn profile(
        self,
        frames: &[String],
        scale: Scale,
        problem: &mut impl FnMut(String),
    ) -> Profile {
        // Frames of one name are one function.
        let (mut names, mut ids) = (Vec::new(), HashMap::new());
        let mut id = |name: &str| {
            *ids.entry(name.to_owned()).or_insert_with(|| {
                names.push(name.to_owned());
                names.len() - 1
            })
        };
        let function_of: Vec<usize> = frames.iter().map(|name| id(name)).collect();
        let mut weighing = Weighing::new(names.len());
        let last = self.last.unwrap_or_default();
        let mut unknown = 0;
        for Span { frame, start, end } in &self.spans {
            match function_of.get(*frame as usize) {
                Some(&function) => weighing.open(function, *start, end.unwrap_or(last)),
                None => unknown += 1,
            }
        }
        weighing.go_to(last);
        told(unknown, UNKNOWN, problem);
        let (stacks, total) = (self.spans.len() as u64, scale.of(weighing.total()));
        let mut profile = Profile { stacks, total, ..Profile::default() };
        for (name, Weights { own, total }) in names.iter().zip(weighing.weights()) {
            if total > 0 {
                profile.add(name, Weights { own: scale.of(own), total: scale.of(total) });
            }
        }
        profile
    }
}

const UNKNOWN: &str = "skipped: its frame is not among the shared frames";

/// Times and weights beyond this, in billionths, are refused: sums of the others overflow nothing.
const MOST: i128 = 1_000_000_000_000_000_000_000_000_000_000;

fn told(count: u64, what: &str, problem: &mut impl FnMut(String)) {
    if count > 0 {
        problem(format!("{} {what}", units::counted(count, "function")));
    }
}

/// Whether an event opens a function, the function's frame, and when, in billionths.
fn event(text: &str) -> Option<(bool, u32, i128)> {
    let (mut opens, mut frame, mut at) = (None, None, None);
    json::members(text, |key, value| match &*key {
        "type" => opens = ["\"C\"", "\"O\""].iter().position(|known| *known == value).map(|place| place == 1),
        "frame" => frame = value.parse().ok(),
        "at" => at = json::decimal_wide(value, 9).ok().filter(|at| (-MOST..=MOST).contains(at)),
        _ => {}
    })
    .ok()?;
    Some((opens?, frame?, at?))
}
