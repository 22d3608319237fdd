//! Event: one event of a trace, taken apart.
//!
//! Takes the text of an event and gives its fields as they are written. So no digit of a number or an id is lost, and
//! ids may be numbers or words. Fields that the format does not know are attributes, like those in `args`; one that has
//! the name of another in `args` begins with a dot.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::sources::fields::quoted;
use crate::sources::json::{as_text, decimal, decimal_wide, members, members_by_bytes, text, whole};

/// One event. The fields are texts of JSON; `None` if absent.
#[derive(Debug, Default)]
pub(super) struct Event<'a> {
    /// Its phase: what kind of event it is.
    pub(super) ph: Option<&'a str>,
    name: Option<&'a str>,
    cat: Option<&'a str>,
    pid: Option<&'a str>,
    tid: Option<&'a str>,
    ts: Option<&'a str>,
    dur: Option<&'a str>,
    /// CPU time of its thread.
    tdur: Option<&'a str>,
    id: Option<&'a str>,
    id2: Option<&'a str>,
    scope: Option<&'a str>,
    args: Option<&'a str>,
    others: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Event<'a> {
    /// Takes an event apart. Of several equal keys, the last counts. The error says what is wrong with its JSON.
    pub(super) fn of(event: &'a str) -> Result<Event<'a>, String> {
        let mut parts = Event::default();
        let result = members_by_bytes(event, |key, value| {
            let field = match &*key {
                b"ph" => &mut parts.ph,
                b"name" => &mut parts.name,
                b"cat" => &mut parts.cat,
                b"pid" => &mut parts.pid,
                b"tid" => &mut parts.tid,
                b"ts" => &mut parts.ts,
                b"dur" => &mut parts.dur,
                b"tdur" => &mut parts.tdur,
                b"id" => &mut parts.id,
                b"id2" => &mut parts.id2,
                b"scope" => &mut parts.scope,
                b"args" => &mut parts.args,
                // Colours, stacks of calls, ends of flows, how far an instant reaches, and another clock.
                b"cname" | b"sf" | b"esf" | b"stack" | b"estack" => return,
                b"bind_id" | b"flow_in" | b"flow_out" | b"bp" | b"s" | b"tts" | b"use_async_tts" => return,
                _ => return parts.others.push((as_text(key), value)),
            };
            *field = Some(value);
        });
        result.map(|()| parts).map_err(|error| format!("it is not valid JSON: {error}"))
    }

    /// Its name; empty if it has none.
    pub(super) fn name(&self) -> Cow<'a, str> {
        shown(self.name)
    }

    /// Its category; empty if it has none.
    pub(super) fn category(&self) -> Cow<'a, str> {
        match shown(self.cat) {
            none if none == "none" => Cow::Borrowed(""),
            category => category,
        }
    }

    pub(super) fn process(&self) -> Cow<'a, str> {
        shown(self.pid)
    }

    pub(super) fn thread(&self) -> Cow<'a, str> {
        shown(self.tid)
    }

    /// Its time in ns.
    pub(super) fn time_ns(&self) -> Result<i64, String> {
        let Some(ts) = self.ts else { return Err("it has no ts".into()) };
        ns("ts", ts)
    }

    /// Its duration in ns, if it has one.
    fn duration_ns(&self) -> Result<Option<i64>, String> {
        self.dur.map(|dur| ns("dur", dur)).transpose()
    }

    /// Its time, its duration, and when it ends if that is positive, in ns.
    pub(super) fn extent_ns(&self) -> Result<(i64, Option<i64>, i64), String> {
        if let (Some(ts), Some(dur)) = (self.ts, self.dur)
            && let (Some(ts_ns), Some(dur_ns)) = (whole(ts, 3), whole(dur, 3))
            && let Some(end_ns) = ts_ns.checked_add(dur_ns)
        {
            return Ok((ts_ns, Some(dur_ns), end_ns));
        }
        Ok((self.time_ns()?, self.duration_ns()?, self.end_ns()?))
    }

    /// When it ends, or the greatest time if that is later. Start and duration are rounded together: where both are
    /// fractions of a ns, spans that touch stay so.
    fn end_ns(&self) -> Result<i64, String> {
        let (Some(ts), Some(dur)) = (self.ts, self.dur) else { return self.time_ns() };
        let parts = decimal_wide(ts, 3 + FINER).and_then(|ts| Ok((ts, decimal_wide(dur, 3 + FINER)?)));
        let (ts, dur) = parts.map_err(|why| format!("its end {why}"))?;
        let (sum, unit) = (ts + dur, 10i128.pow(FINER.unsigned_abs()));
        let ns = (sum.abs() + unit / 2) / unit * sum.signum();
        Ok(ns.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
    }

    /// The CPU time of its thread in ns, if that is a number.
    pub(super) fn cpu_ns(&self) -> Option<i64> {
        self.tdur.and_then(|tdur| decimal(tdur, 3).ok())
    }

    pub(super) fn has_id(&self) -> bool {
        self.id.is_some() || self.id2.is_some()
    }

    /// Its id: whether it is of the process alone, and its text with the scope.
    pub(super) fn id(&self) -> (bool, String) {
        let mut own = self.id;
        let mut is_local = true;
        if let Some(id2) = self.id2 {
            let _ = members(id2, |key, value| match &*key {
                "local" => own = Some(value),
                "global" => (own, is_local) = (Some(value), false),
                _ => {}
            });
        }
        let id = shown(own);
        let scope = shown(self.scope);
        (is_local, if scope.is_empty() { id.into_owned() } else { format!("{scope}:{id}") })
    }

    /// Its attributes: fields that the format does not know, its id if wanted, and those in `args`.
    pub(super) fn attributes(&self, with_id: bool, mut each: impl FnMut(&str, &str)) {
        let id = Some("id").filter(|_| with_id && self.has_id()).map(|name| (name, self.id().1.into()));
        let mut outer = self.others.iter().map(|(name, value)| (&**name, text(value))).chain(id).peekable();
        let mut taken = HashSet::new();
        if outer.peek().is_some() {
            self.arguments(|name, _| _ = taken.insert(name));
        }
        for (name, value) in outer {
            let dot = if taken.contains(name) { "." } else { "" };
            each(&format!("{dot}{name}"), &value);
        }
        self.arguments(|name, value| each(&name, &text(value)));
    }

    /// What is in its `args`, as texts of JSON.
    pub(super) fn arguments(&self, mut each: impl FnMut(Cow<'a, str>, &'a str)) {
        match self.args {
            None | Some("{}" | "null") => {}
            Some(args) if args.starts_with('{') => {
                let _ = members(args, each); // checked with the event
            }
            Some(args) => each(Cow::Borrowed("args"), args),
        }
    }
}

/// How many decimal places are kept below a ns where times are added.
const FINER: i32 = 12;

/// A field as people read it; empty if it is absent or null.
fn shown(field: Option<&str>) -> Cow<'_, str> {
    field.filter(|field| *field != "null").map_or(Cow::Borrowed(""), text)
}

/// Times are in us.
fn ns(name: &str, value: &str) -> Result<i64, String> {
    decimal(value, 3).map_err(|why| format!("{name} {} {why}", quoted(text(value).as_bytes())))
}
