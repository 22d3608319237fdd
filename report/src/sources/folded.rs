//! Folded stacks: a profile of any sampling profiler as text, one stack a line.
//!
//! `main;parse;read 12`: the functions of a stack from the outermost to the innermost, separated by `;`, then a blank
//! and the weight of the stack. Names may contain blanks, and the weight may be a decimal fraction. Written by
//! `py-spy record -f raw`, `stackcollapse-*.pl`, `inferno-collapse-*`, `perf script report stackcollapse`, bpftrace and
//! async-profiler. A name with a `;`, as some have of threads, looks like two functions. Lines that begin with `#`
//! are comments. Takes a file's lines, gives one profile; reports a line without a weight.

use std::io;

use csv::ByteRecord;

use super::fields;
use super::format::{About, Format};
use super::journal;
use super::json;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::{lines::LineEnd, named};
use crate::model::{Stacks, Unit};

pub(super) struct Folded;

impl Format for Folded {
    fn name(&self) -> &'static str {
        "folded stacks"
    }

    fn about(&self) -> About {
        About {
            what: "Folded stacks (py-spy raw, stackcollapse, inferno, async-profiler)",
            told_by: "lines that end in a blank and a number, with a `;` in one of them",
            reads: "stacks with weights, as a table of functions with self and total",
            leaves: "nothing; there is no chart, since weights have no times",
            clock: "none: it has no times",
        }
    }

    fn endings(&self) -> &'static [&'static str] {
        &[".folded", ".collapsed", ".stacks"]
    }

    fn wanted(&self) -> String {
        "A line looks like `main;parse;read 12`".into()
    }

    /// The first line is a stack and so are most others, of which one has several functions.
    fn begins(&self, beginning: &[u8]) -> bool {
        let beginning = journal::without_mark(beginning);
        // The last line may be cut.
        let whole = memchr::memrchr(b'\n', beginning).unwrap_or(beginning.len());
        let lines = || beginning[..whole].split(|&byte| byte == b'\n').filter(|line| !is_ignored(line));
        let stacks = || lines().filter_map(stack);
        lines().next().is_some_and(|first| stack(first).is_some())
            && stacks().any(|(frames, _)| frames.contains(&b';'))
            && 4 * stacks().count() >= 3 * lines().count()
    }

    fn is_guessed(&self) -> bool {
        true
    }

    fn read(&self, source: &mut Source<'_>, _: &ByteRecord) -> Result<Found, Stopped> {
        let mut stacks = Stacks::default();
        let result = read(source, &mut stacks);
        let profile = stacks.finish();
        let content = Content::Profile(String::new(), Unit::None, profile);
        let part = Part { process: named::process(source.path), content, assumed: 0 };
        Stopped::or_parts(vec![part], Origin::None, result)
    }
}

fn read(source: &mut Source<'_>, stacks: &mut Stacks) -> io::Result<()> {
    let mut ids = Vec::new();
    while let Some(line) = source.lines.next()? {
        let (number, is_whole) = (line.number, line.end != LineEnd::None);
        let text = match line.text {
            Ok(text) if number == 1 => journal::without_mark(text),
            Ok(text) => text,
            Err(fault) => {
                source.refuse_fault(number, fault);
                continue;
            }
        };
        if is_ignored(text) {
            continue;
        }
        // Without its end, the last digits of a weight may lack. But most writers omit the last line's end.
        let Some((frames, weight)) = stack(text) else {
            let why = format!("{} does not end in a blank and a weight", fields::quoted(text));
            let refuse = if is_whole { Source::refuse } else { Source::refuse_torn };
            refuse(source, number, "stack", why);
            continue;
        };
        ids.clear();
        let names = String::from_utf8_lossy(frames);
        let is_text = matches!(names, std::borrow::Cow::Borrowed(_));
        ids.extend(names.split(';').filter(|name| !name.is_empty()).map(|name| stacks.function(name)));
        stacks.add(ids.iter().copied(), 1, weight);
        if !is_text {
            source.problem(number, "a name is not UTF-8: its invalid bytes are shown as \u{FFFD}");
        }
    }
    Ok(())
}

fn is_ignored(line: &[u8]) -> bool {
    line.trim_ascii().is_empty() || line.starts_with(b"#")
}

/// The functions of a line and their weight in billionths.
fn stack(line: &[u8]) -> Option<(&[u8], i128)> {
    let line = line.trim_ascii_end();
    let at = line.iter().rposition(|&byte| matches!(byte, b' ' | b'\t'))?;
    let (frames, weight) = (line[..at].trim_ascii_end(), &line[at + 1..]);
    if frames.is_empty() || !weight.first()?.is_ascii_digit() {
        return None;
    }
    let weight = json::decimal_wide(std::str::from_utf8(weight).ok()?, 9).ok()?;
    Some((frames, weight))
}
