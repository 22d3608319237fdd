//! Timings: durations of tasks in a log, without a moment that is known to the nanosecond.
//!
//! `[TIMING] save: 2.34 ms`, at the beginning of a line or after a blank, whatever is before it: neurospatial's log,
//! and what a program of ours prints with `WATERFALL_TIMING=1`. The name may contain `: `; the last `: ` before a
//! number and one of the units ns, us (or µs), ms, s, min, h counts. Colours of a terminal are ignored, and so are all
//! other lines, which are counted. Not searched for in directories: the log of a program that also wrote records would
//! count everything twice. Takes a file's lines, gives sums and durations of each task, in no group.

use std::borrow::Cow;
use std::io;

use csv::ByteRecord;

use super::fields;
use super::format::{About, Format};
use super::json;
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use crate::model::Timings as Sums;
use crate::text::units;

const MARK: &[u8] = b"[TIMING]";

/// What a decimal number of each unit is multiplied by: a factor, and a power of ten.
const UNITS: [(&str, i128, i32); 7] = [
    ("ns", 1, 0),
    ("us", 1, 3),
    ("\u{b5}s", 1, 3),
    ("ms", 1, 6),
    ("s", 1, 9),
    ("min", 60, 9),
    ("h", 3600, 9),
];

pub(super) struct Timings;

impl Format for Timings {
    fn name(&self) -> &'static str {
        "timing log"
    }

    fn about(&self) -> About {
        About {
            what: "`[TIMING] name: 2.34 ms` lines of a log (neurospatial, WATERFALL_TIMING=1)",
            told_by: "such a line in the first 64 kB; only read when named as an input",
            reads: "durations, as rows of the table of tasks",
            leaves: "all other lines, which are counted; there is no chart, since the durations have no times",
            clock: "none: it has no times",
        }
    }

    fn endings(&self) -> &'static [&'static str] {
        &[]
    }

    fn wanted(&self) -> String {
        "A line looks like `[TIMING] save: 2.34 ms`".into()
    }

    fn begins(&self, beginning: &[u8]) -> bool {
        let mut lines = beginning.split(|&byte| byte == b'\n');
        lines.any(|line| said(line).is_some_and(|said| timing(&said).is_ok()))
    }

    fn is_guessed(&self) -> bool {
        true
    }

    fn read(&self, source: &mut Source<'_>, _: &ByteRecord) -> Result<Found, Stopped> {
        let mut sums = Sums::default();
        let (mut others, mut found) = (0, Ok(()));
        loop {
            match next(source, &mut sums) {
                Ok(None) => break,
                Ok(Some(is_timing)) => others += u64::from(!is_timing),
                Err(error) => {
                    found = Err(error);
                    break;
                }
            }
        }
        if others > 0 {
            source.facts.push(format!("{} of the log without a timing", units::counted(others, "line")));
        }
        let part = Part { process: named::process(source.path), content: Content::Timings(sums), assumed: 0 };
        Stopped::or_parts(vec![part], Origin::None, found)
    }
}

/// Reads the next line. Whether it is about a timing; `None` at the end.
fn next(source: &mut Source<'_>, sums: &mut Sums) -> io::Result<Option<bool>> {
    let Some(line) = source.lines.next()? else { return Ok(None) };
    let number = line.number;
    let text = match line.text {
        Ok(text) => text,
        Err(fault) => {
            source.refuse_fault(number, fault);
            return Ok(Some(true));
        }
    };
    let Some(said) = said(text) else { return Ok(Some(false)) };
    match timing(&said) {
        Ok((task, ns)) => sums.push("", task, ns),
        Err(why) => {
            let why = format!("{} {why}", fields::quoted(said.as_bytes()));
            source.refuse(number, "timing", why);
        }
    }
    Ok(Some(true))
}

/// What a line says behind the mark, without colours; `None` without a mark.
fn said(line: &[u8]) -> Option<Cow<'_, str>> {
    memchr::memmem::find(line, MARK)?;
    let line = anstream::adapter::strip_bytes(line).into_vec();
    let is_begin = |at: &usize| *at == 0 || line[at - 1].is_ascii_whitespace();
    let at = memchr::memmem::find_iter(&line, MARK).find(is_begin)?;
    let said = line[at + MARK.len()..].trim_ascii();
    Some(Cow::Owned(String::from_utf8_lossy(said).into_owned()))
}

/// The name and the duration in ns; or what is wrong.
fn timing(said: &str) -> Result<(&str, i64), &'static str> {
    let mut wrong = "has no duration such as `: 2.34 ms`";
    for (at, _) in said.rmatch_indices(": ") {
        let mut words = said[at + 2..].split_whitespace();
        let number = words.next().unwrap_or_default();
        let unit_at = number.find(|c: char| c.is_alphabetic()).unwrap_or(number.len());
        let (number, unit) = match number.split_at(unit_at) {
            (number, "") => (number, words.next().unwrap_or_default()),
            parts => parts,
        };
        let unit = if unit == "\u{3bc}s" { "us" } else { unit }; // the Greek letter
        let Some(&(_, factor, power)) = UNITS.iter().find(|(name, ..)| *name == unit) else { continue };
        match json::decimal_wide(number, power) {
            Ok(ns) if ns < 0 => wrong = "is negative",
            Ok(ns) => match i64::try_from(ns.saturating_mul(factor)) {
                Ok(ns) => return Ok((said[..at].trim(), ns)),
                Err(_) => wrong = "is longer than 292 years",
            },
            Err(_) => {}
        }
    }
    Err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_contain_what_stands_before_a_duration() {
        for (line, expected) in [
            (
                "2026 INFO [TIMING] my operation: \"a\", b: 3.22 ms",
                Some(("my operation: \"a\", b", 3_220_000)),
            ),
            ("[TIMING] a: 1 s: 2.5 us\r", Some(("a: 1 s", 2500))),
            ("\u{1b}[32m[TIMING] \u{1b}[1msave: 7\u{b5}s\u{1b}[0m", Some(("save", 7000))),
            ("x [TIMING] a: 12 ns (thread 3)", Some(("a", 12))),
            ("[TIMING] : 1.5 min", Some(("", 90_000_000_000))),
            ("[TIMING] a: 0.0000001 ms", Some(("a", 0))),
            ("[TIMING] a: -1 ms", None),
            ("[TIMING] a: 1e30 h", None),
            ("[TIMING] a: nan ms", None),
            ("[TIMING] a 1 ms", None),
            ("[TIMING] a: 1 parsec", None),
        ] {
            let said = said(line.as_bytes()).unwrap();
            assert_eq!(timing(&said).ok(), expected, "{line}");
        }
        for other in ["[TIMINGS] a: 1 ms", "g,[TIMING] a: 1 ms", "timing a: 1 ms", ""] {
            assert_eq!(said(other.as_bytes()), None, "{other}");
        }
    }
}
