//! Kind: what a file of JSON contains.
//!
//! Takes the beginning of a file. Looks at the first keys, not at the file's name. A beginning in which nothing is
//! decided may be that of a Chrome trace, whose reader looks further.

use std::borrow::Cow;
use std::io;

use super::{Value, Walk, members, text};
use crate::sources::lines::Lines;

/// What a file of JSON contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Kind {
    /// Trace events, or perhaps after what the beginning shows.
    Chrome,
    /// Trace events, one after another without an array.
    EventLines,
    Speedscope,
    /// The description of a kept run.
    Run,
    /// Figures of benchmarks.
    Benchmarks,
    /// The figures of some runs, kept for comparisons.
    Baseline,
    /// Anything else.
    Other,
}

/// What a file contains that begins like this; `None` if it is no array or object of JSON.
pub(in crate::sources) fn kind(beginning: &[u8]) -> Option<Kind> {
    let kind = of_beginning(&mut Lines::new(beginning, 0)).expect("reading from memory works");
    kind.filter(|_| may_be_json(beginning))
}

/// Whether what follows the first bracket can follow it in JSON. Rows of PerformancePy begin with a bracket, too.
fn may_be_json(beginning: &[u8]) -> bool {
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    let Some((bracket, rest)) = text.split_first() else { return false };
    let rest = rest.trim_ascii_start();
    match rest.first() {
        None | Some(b'"' | b'}' | b'\0') => true,
        Some(b'{' | b'[' | b']' | b',' | b'-' | b'0'..=b'9') => *bracket == b'[',
        _ => {
            ["true", "false", "null", "NaN", "Infinity"].iter().any(|word| rest.starts_with(word.as_bytes()))
        }
    }
}

fn of_beginning(lines: &mut Lines<&[u8]>) -> io::Result<Option<Kind>> {
    let mut walk = Walk::new();
    Ok(if walk.enter(lines, b'{')? {
        Some(of_object(&mut walk, lines)?)
    } else if walk.enter(lines, b'[')? {
        Some(of_array(&mut walk, lines)?)
    } else {
        None
    })
}

fn of_object(walk: &mut Walk, lines: &mut Lines<&[u8]>) -> io::Result<Kind> {
    let mut keys: Vec<String> = Vec::new();
    while let Some(key) = walk.key(lines)? {
        match key.as_str() {
            "traceEvents" => return Ok(Kind::Chrome),
            "ph" => return Ok(Kind::EventLines),
            "profiles" => return Ok(Kind::Speedscope),
            "benchmarks" => return Ok(Kind::Benchmarks),
            "$schema" if has(walk.value(lines)?, b"speedscope") => return Ok(Kind::Speedscope),
            "format" if has(walk.value(lines)?, b"waterfall baseline") => return Ok(Kind::Baseline),
            "$schema" | "format" => {}
            _ => walk.skip(lines)?,
        }
        keys.push(key);
    }
    let is_run = ["version", "command", "outcome"].iter().all(|key| keys.iter().any(|own| own == key));
    Ok(if is_run {
        Kind::Run
    } else if walk.is_unclosed() {
        Kind::Chrome
    } else {
        Kind::Other
    })
}

/// Whether a value is a text that contains some words.
fn has(value: Value<'_>, words: &[u8]) -> bool {
    matches!(value, Value::Text(text) if memchr::memmem::find(text, words).is_some())
}

fn of_array(walk: &mut Walk, lines: &mut Lines<&[u8]>) -> io::Result<Kind> {
    let (mut is_empty, mut is_cut) = (true, false);
    while walk.item(lines)? {
        is_empty = false;
        let is_object = walk.peek(lines)? == Some(b'{');
        match walk.value(lines)? {
            Value::Text(event) if is_object => {
                let mut is_event = false;
                let event = String::from_utf8_lossy(event);
                let _ = members(&event, |key: Cow<'_, str>, value| {
                    is_event |= key == "ph" && !text(value).is_empty()
                });
                // One that cannot be read may be an event with a fault.
                if is_event || memchr::memmem::find(event.as_bytes(), b"\"ph\"").is_some() {
                    return Ok(Kind::Chrome);
                }
            }
            Value::Cut => is_cut = is_object,
            _ => {}
        }
    }
    Ok(if is_empty || is_cut { Kind::Chrome } else { Kind::Other })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_keys_tell_what_it_is() {
        for (beginning, expected) in [
            ("[]", Some(Kind::Chrome)),
            ("[", Some(Kind::Chrome)),
            ("\u{feff} [\n {\"name\":\"a\",\"ph\":\"X\"", Some(Kind::Chrome)),
            ("[null, 3, {\"ph\":\"X\"}]", Some(Kind::Chrome)),
            ("[{\"ph\":\"X\",\"ts\":NaN}]", Some(Kind::Chrome)),
            ("{\"traceEvents\":[", Some(Kind::Chrome)),
            ("{\"otherData\":{\"a\":[1]},\"traceEvents\":[", Some(Kind::Chrome)),
            ("{\"ph\":\"X\"}\n{\"ph\":\"X\"}", Some(Kind::EventLines)),
            ("{\"deviceProperties\":[{\"id\":0", Some(Kind::Chrome)),
            ("{\"$schema\":\"https://www.speedscope.app/file-format-schema.json\"", Some(Kind::Speedscope)),
            ("{\"exporter\":\"x\",\"profiles\":[", Some(Kind::Speedscope)),
            ("{\"version\":1,\"command\":[],\"outcome\":0}", Some(Kind::Run)),
            ("{\"system\":{},\"benchmarks\":{", Some(Kind::Benchmarks)),
            ("{\"format\": \"waterfall baseline\",\"version\":1", Some(Kind::Baseline)),
            ("{\"format\":\"other\",\"traceEvents\":[", Some(Kind::Chrome)),
            ("{}", Some(Kind::Other)),
            ("{\"hello\":[1,2]}", Some(Kind::Other)),
            ("[{\"name\":\"a\"}]", Some(Kind::Other)),
            ("[[[[[", Some(Kind::Other)),
            ("[3]", Some(Kind::Other)),
            ("group,task", None),
            ("[download-p100tMainThread] first,2026", None),
            ("42", None),
            ("", None),
        ] {
            assert_eq!(kind(beginning.as_bytes()), expected, "{beginning}");
        }
    }
}
