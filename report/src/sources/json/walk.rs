//! Walk: the structure of a JSON text, without holding it.
//!
//! Takes lines of any reader and gives what the caller asks for: the next item of an array, the next key of an object,
//! the text of a value. The caller enters the arrays and objects that it knows; everything else is one value, whose
//! brackets are only counted. So memory is bounded by [`LONGEST`]. What is inside a value is not checked here. After a
//! fault in the structure, and at the end of the file, there are no more items and keys. An event that lacks a bracket
//! or a quote has no end: [`Walk::resume`] goes on at the next line that begins like an event. Only once can that be
//! far back; from then on, no event goes further than such a line. So the time is linear.

use std::io::{self, BufRead};

use super::beginning::{Beginning, MIDDLE};
use crate::sources::lines::Lines;

/// Longer values are skipped. No event needs that much.
pub(in crate::sources) const LONGEST: usize = 16 << 20;

/// U+FEFF in UTF-8, with which a file may begin.
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A position in a JSON text.
#[derive(Debug, Default)]
pub(in crate::sources) struct Walk {
    /// The brackets that were entered and not left.
    open: Vec<u8>,
    /// The value that was read last.
    text: Vec<u8>,
    /// The line on which it begins.
    line: u64,
    /// The blanks before what comes next in its line; [`MIDDLE`] if there is something else before it.
    indent: usize,
    /// Those before the value that was read last.
    value_indent: usize,
    /// An event had no end, as others may have.
    is_wary: bool,
    /// The last value was cut since an event comes next.
    is_before_event: bool,
    fault: Option<(u64, String)>,
}

/// While looking for events, the most bytes that are looked at before the end of a value is known.
const PIECE: usize = 1 << 10;

/// A value, such as an event.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sources) enum Value<'a> {
    /// Begins and ends like a value. What is between may be anything.
    Text(&'a [u8]),
    /// Longer than [`LONGEST`].
    TooLong,
    /// The file ends in it, or it seems to go on into the next event.
    Cut,
}

impl Walk {
    pub(in crate::sources) fn new() -> Walk {
        Walk::default()
    }

    /// The line on which the last value or key begins.
    pub(in crate::sources) fn line(&self) -> u64 {
        self.line
    }

    /// The first byte of what comes next; `None` at the end of the file and after a fault. Passes over blanks, byte
    /// order marks at the beginning, and NULs, which `lines` counts.
    pub(in crate::sources) fn peek<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<Option<u8>> {
        if self.fault.is_some() {
            return Ok(None);
        }
        loop {
            let mark = usize::try_from(lines.at()).ok().and_then(|at| BYTE_ORDER_MARK.get(at));
            let bytes = lines.buffered()?;
            let Some(&first) = bytes.first() else { return Ok(None) };
            if mark == Some(&first) {
                lines.take(1, 0);
                continue;
            }
            if !is_blank(first) {
                return Ok(Some(first));
            }
            let length = bytes.iter().position(|&byte| !is_blank(byte)).unwrap_or(bytes.len());
            let newlines = memchr::memchr_iter(b'\n', &bytes[..length]).count() as u64;
            let nuls = memchr::memchr_iter(0, &bytes[..length]).count() as u64;
            self.indent = match memchr::memrchr(b'\n', &bytes[..length]) {
                Some(newline) => length - newline - 1,
                None => self.indent.saturating_add(length),
            };
            lines.take(length, newlines);
            lines.count_nuls(nuls);
        }
    }

    /// Goes into the array or object that comes next. Gives false, and stays, if something else comes.
    pub(in crate::sources) fn enter<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        bracket: u8,
    ) -> io::Result<bool> {
        let is_it = self.peek(lines)? == Some(bracket);
        if is_it {
            lines.take(1, 0);
            self.indent = MIDDLE;
            self.open.push(bracket);
        }
        Ok(is_it)
    }

    /// Whether the array has another item, which comes next. If not, leaves the array. Outside of all brackets, whether
    /// the file has another value.
    pub(in crate::sources) fn item<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<bool> {
        let own_end = self.open.last().map(|_| b']');
        Ok(match self.next(lines, own_end)? {
            Some(byte @ (b']' | b'}' | b':')) => {
                self.stop(lines, byte);
                false
            }
            next => next.is_some(),
        })
    }

    /// The next key of the object; its value comes next. `None` if there is none; then leaves the object.
    pub(in crate::sources) fn key<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<Option<String>> {
        match self.next(lines, Some(b'}'))? {
            Some(b'"') => {}
            Some(byte) => {
                self.stop(lines, byte);
                return Ok(None);
            }
            None => return Ok(None),
        }
        let Value::Text(key) = self.value(lines)? else { return Ok(None) };
        let key = super::text(&String::from_utf8_lossy(key)).into_owned();
        match self.peek(lines)? {
            Some(b':') => {
                lines.take(1, 0);
                self.indent = MIDDLE;
                Ok(Some(key))
            }
            Some(byte) => {
                self.stop(lines, byte);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Passes over the commas before the next item or key. `None` at the end, which is taken if it is `own_end`.
    fn next<R: BufRead>(&mut self, lines: &mut Lines<R>, own_end: Option<u8>) -> io::Result<Option<u8>> {
        loop {
            let next = self.peek(lines)?;
            if next == Some(b',') {
                lines.take(1, 0);
                continue;
            }
            if next.is_none() || next != own_end {
                return Ok(next);
            }
            lines.take(1, 0);
            self.open.pop();
            return Ok(None);
        }
    }

    /// The value that comes next.
    pub(in crate::sources) fn value<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<Value<'_>> {
        self.scan(lines, LONGEST, false)
    }

    /// The value that comes next, which may be an event with a fault. If it is cut, too long or no JSON, the caller
    /// [resumes](Walk::resume).
    pub(in crate::sources) fn event<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<Value<'_>> {
        self.scan(lines, LONGEST, true)
    }

    /// After an event with a fault, goes to the next line that begins like an event. Gives false, and stays, if the
    /// fault has taken no such line.
    pub(in crate::sources) fn resume<R: BufRead>(&mut self, lines: &mut Lines<R>) -> bool {
        if std::mem::take(&mut self.is_before_event) {
            return true;
        }
        let mut beginning = Beginning::new(self.value_indent);
        let Some(at) = beginning.find(&self.text) else { return false };
        let next = self.text.split_off(at);
        let newlines = memchr::memchr_iter(b'\n', &next).count() as u64;
        lines.put_back(next, newlines);
        (self.indent, self.is_wary) = (beginning.indent(), true);
        true
    }

    /// Passes over the value that comes next.
    pub(in crate::sources) fn skip<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<()> {
        self.scan(lines, 0, false).map(|_| ())
    }

    /// Takes the value that comes next. Keeps it if it is no longer than `most`.
    fn scan<R: BufRead>(
        &mut self,
        lines: &mut Lines<R>,
        most: usize,
        is_event: bool,
    ) -> io::Result<Value<'_>> {
        self.text.clear();
        let next = self.peek(lines)?;
        self.line = lines.number() + 1;
        self.value_indent = std::mem::replace(&mut self.indent, MIDDLE);
        match next {
            None => return Ok(Value::Cut),
            Some(byte @ (b']' | b'}' | b',' | b':')) => {
                self.stop(lines, byte);
                return Ok(Value::Cut);
            }
            Some(_) => {}
        }
        let (mut extent, mut length) = (Extent::default(), 0);
        let mut next_event = Beginning::new(self.value_indent);
        loop {
            let mut bytes = lines.buffered()?;
            if bytes.is_empty() {
                // Only a number or a word may end with the file.
                return Ok(if extent.is_bare { self.kept(length) } else { Value::Cut });
            }
            let mut next_at = None;
            if is_event && (self.is_wary || length > most) {
                bytes = &bytes[..bytes.len().min(PIECE)];
                next_at = next_event.find(bytes);
                bytes = &bytes[..next_at.unwrap_or(bytes.len())];
            }
            let end = extent.end(bytes);
            let own = &bytes[..end.unwrap_or(bytes.len())];
            let was_kept = length <= most;
            length += own.len();
            if length <= most {
                self.text.extend_from_slice(own);
            } else if was_kept && is_event && Beginning::new(self.value_indent).find(&self.text).is_some() {
                return Ok(Value::TooLong);
            }
            let newlines = memchr::memchr_iter(b'\n', own).count() as u64;
            let taken = own.len();
            lines.take(taken, newlines);
            if end.is_some() {
                return Ok(self.kept(length));
            }
            if next_at.is_some() {
                (self.indent, self.is_before_event) = (next_event.indent(), true);
                return Ok(Value::Cut);
            }
        }
    }

    fn kept(&self, length: usize) -> Value<'_> {
        if self.text.len() == length { Value::Text(&self.text) } else { Value::TooLong }
    }

    /// Whether the file ended inside of an array or object that was entered.
    pub(in crate::sources) fn is_unclosed(&self) -> bool {
        self.fault.is_none() && !self.open.is_empty()
    }

    /// The line at which the structure made no sense any more, and why. Nothing is read after it.
    pub(in crate::sources) fn fault(&self) -> Option<(u64, &str)> {
        self.fault.as_ref().map(|(line, why)| (*line, why.as_str()))
    }

    /// After a fault among events, goes to the next line that begins like an event. Gives false if there is none: then
    /// the fault stays.
    pub(in crate::sources) fn pass_fault<R: BufRead>(&mut self, lines: &mut Lines<R>) -> io::Result<bool> {
        let mut beginning = Beginning::new(MIDDLE);
        loop {
            let bytes = lines.buffered()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let bytes = &bytes[..bytes.len().min(PIECE)];
            let found = beginning.find(bytes);
            let taken = found.unwrap_or(bytes.len());
            let newlines = memchr::memchr_iter(b'\n', &bytes[..taken]).count() as u64;
            lines.take(taken, newlines);
            if found.is_some() {
                (self.fault, self.indent, self.is_wary) = (None, beginning.indent(), true);
                return Ok(true);
            }
        }
    }

    fn stop<R: BufRead>(&mut self, lines: &Lines<R>, byte: u8) {
        let inside = match self.open.last() {
            Some(b'[') => "in an array",
            Some(_) => "in an object",
            None => "outside of arrays and objects",
        };
        let why = format!("`{}` is not expected {inside}", byte.escape_ascii());
        self.fault.get_or_insert((lines.number() + 1, why));
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0)
}

/// The bytes that begin or end something outside of strings.
static IS_STRUCTURE: [bool; 256] = {
    let mut is_structure = [false; 256];
    let (bytes, mut at) = (b"\"{}[]", 0);
    while at < bytes.len() {
        is_structure[bytes[at] as usize] = true;
        at += 1;
    }
    is_structure
};

/// How far a value goes. Takes its bytes in pieces of any length.
#[derive(Default)]
struct Extent {
    /// Brackets that are open.
    depth: u64,
    is_in_string: bool,
    /// The last byte was a backslash in a string, which has an effect on the next.
    is_escaped: bool,
    /// A number or a word, which ends before a separator.
    is_bare: bool,
}

impl Extent {
    /// Where the value ends in the next bytes; `None` if it goes on.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.is_in_string {
                at = self.end_of_string(bytes, at)?;
                if self.depth == 0 {
                    return Some(at);
                }
            } else if self.is_bare {
                let is_end = |&byte: &u8| is_blank(byte) || matches!(byte, b',' | b']' | b'}' | b'[' | b'{');
                return bytes[at..].iter().position(is_end).map(|length| at + length);
            } else {
                at += bytes[at..].iter().position(|&byte| IS_STRUCTURE[byte as usize] || self.depth == 0)?;
                match bytes[at] {
                    b'"' => self.is_in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => self.is_bare = true,
                }
                at += 1;
            }
        }
        None
    }

    /// Where the string ends in the bytes from `at`; `None` if it goes on.
    fn end_of_string(&mut self, bytes: &[u8], mut at: usize) -> Option<usize> {
        while at < bytes.len() {
            if std::mem::take(&mut self.is_escaped) {
                at += 1;
                continue;
            }
            at += bytes[at..].iter().position(|&byte| byte == b'"' || byte == b'\\')?;
            match bytes[at] {
                b'"' => {
                    self.is_in_string = false;
                    return Some(at + 1);
                }
                _ => self.is_escaped = true,
            }
            at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an array of values, or values without one, through a buffer of every small size. Returns each as
    /// `line:text`, and how the text ended.
    #[track_caller]
    fn check(input: &[u8], expected: &[&str], end: &str) {
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, input), 0);
            let mut walk = Walk::new();
            let mut found = Vec::new();
            walk.enter(&mut lines, b'[').unwrap();
            while walk.item(&mut lines).unwrap() {
                let value = match walk.value(&mut lines).unwrap() {
                    Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    other => format!("{other:?}"),
                };
                found.push(format!("{}:{value}", walk.line()));
            }
            assert_eq!(found, expected, "read {capacity} bytes at a time");
            let found = match walk.fault() {
                Some((line, why)) => format!("{line}: {why}"),
                None if walk.is_unclosed() => "unclosed".into(),
                None => String::new(),
            };
            assert_eq!(found, end);
        }
    }

    #[test]
    fn values_are_whole_with_their_lines_whatever_is_in_them() {
        check(
            b"\xEF\xBB\xBF [\n{\"a\": [\"]\\\"}\", {}]},\n 17 , \"x\\\\\" ,\nnull]\r\n",
            &[r#"2:{"a": ["]\"}", {}]}"#, "3:17", r#"3:"x\\""#, "4:null"],
            "",
        );
        check(b"[]", &[], "");
        check(b"", &[], "");
    }

    #[test]
    fn one_value_a_line_needs_no_array() {
        check(b"{}\n{\"a\":1}\n\n[2]", &["1:{}", "2:{\"a\":1}", "4:[2]"], "");
        check(b"\n\n42", &["3:42"], "");
    }

    #[test]
    fn a_killed_writer_leaves_an_array_without_its_end() {
        check(b"[{}, {\"a\":1},\n", &["1:{}", "1:{\"a\":1}"], "unclosed");
        check(b"[{},\n{\"a\":", &["1:{}", "2:Cut"], "unclosed");
        check(b"[{},\"a\\\"", &["1:{}", "1:Cut"], "unclosed");
        check(b"[{}]\0\0\0", &["1:{}"], "");
    }

    #[test]
    fn commas_too_many_or_too_few_do_no_harm() {
        check(b"[,{},,{}{} 3{}\n,]", &["1:{}", "1:{}", "1:{}", "1:3", "1:{}"], "");
    }

    /// Reads events with faults. Returns each as `line:text`, or that it was cut and whether reading goes on.
    #[track_caller]
    fn check_events(input: &[u8], expected: &[&str]) {
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, input), 0);
            let mut walk = Walk::new();
            let mut found = Vec::new();
            walk.enter(&mut lines, b'[').unwrap();
            while walk.item(&mut lines).unwrap() {
                let value = match walk.event(&mut lines).unwrap() {
                    Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    Value::Cut | Value::TooLong => {
                        if walk.resume(&mut lines) {
                            "cut, goes on".into()
                        } else {
                            "cut".to_owned()
                        }
                    }
                };
                found.push(format!("{}:{value}", walk.line()));
            }
            assert_eq!(found, expected, "read {capacity} bytes at a time");
        }
    }

    #[test]
    fn an_event_without_an_end_takes_no_other_event_with_it() {
        check_events(
            b"[{\"a\":1},\n {\"b\":{\n {\"c\":{}},\n {\"d\":[\n,{\"e\n {\"f\":\n{\"g\":1}\n]",
            &[
                "1:{\"a\":1}",
                "2:cut, goes on",
                "3:{\"c\":{}}",
                "4:cut, goes on",
                "5:cut, goes on",
                "7:{\"g\":1}",
            ],
        );
    }

    #[test]
    fn an_event_without_an_end_is_given_up_when_it_is_longer_than_any() {
        let input = format!("[{{\"a\":\n{{\"b\":1}},{}\n{{\"c\":1}}]", " ".repeat(LONGEST));
        let mut lines = Lines::new(io::BufReader::new(input.as_bytes()), 0);
        let mut walk = Walk::new();
        assert!(walk.enter(&mut lines, b'[').unwrap() && walk.item(&mut lines).unwrap());
        assert_eq!(walk.event(&mut lines).unwrap(), Value::TooLong);
        assert!(walk.resume(&mut lines));
        for (line, event) in [(2, "{\"b\":1}"), (3, "{\"c\":1}")] {
            assert!(walk.item(&mut lines).unwrap());
            assert_eq!(walk.event(&mut lines).unwrap(), Value::Text(event.as_bytes()));
            assert_eq!(walk.line(), line);
        }
        assert!(!walk.item(&mut lines).unwrap());
    }

    #[test]
    fn a_bracket_of_another_kind_ends_the_reading() {
        check(b"[{}\n}, {}]", &["1:{}"], "2: `}` is not expected in an array");
        check(b"3 ]", &["1:3"], "1: `]` is not expected outside of arrays and objects");
    }

    #[test]
    fn nesting_of_any_depth_is_only_counted() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let input = format!("[{deep},7]");
        let mut lines = Lines::new(input.as_bytes(), 0);
        let mut walk = Walk::new();
        assert!(walk.enter(&mut lines, b'[').unwrap() && walk.item(&mut lines).unwrap());
        assert_eq!(walk.value(&mut lines).unwrap(), Value::Text(deep.as_bytes()));
        assert!(walk.item(&mut lines).unwrap());
        assert_eq!(walk.value(&mut lines).unwrap(), Value::Text(b"7"));
    }

    #[test]
    fn a_value_longer_than_any_event_is_not_kept() {
        let input = format!("[\"{}\",7]", "x".repeat(LONGEST));
        let mut lines = Lines::new(input.as_bytes(), 0);
        let mut walk = Walk::new();
        assert!(walk.enter(&mut lines, b'[').unwrap() && walk.item(&mut lines).unwrap());
        assert_eq!(walk.value(&mut lines).unwrap(), Value::TooLong);
        assert!(walk.item(&mut lines).unwrap());
        assert_eq!(walk.value(&mut lines).unwrap(), Value::Text(b"7"));
    }

    #[test]
    fn keys_come_in_any_order_and_known_values_are_entered() {
        let input = br#"{"no": {"x": [1]}, "\u0065vents": [1, 2,], "name": "n"}"#;
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, &input[..]), 0);
            let (mut walk, mut found) = (Walk::new(), Vec::new());
            assert!(walk.enter(&mut lines, b'{').unwrap());
            while let Some(key) = walk.key(&mut lines).unwrap() {
                if key != "events" {
                    walk.skip(&mut lines).unwrap();
                } else if walk.enter(&mut lines, b'[').unwrap() {
                    while walk.item(&mut lines).unwrap() {
                        walk.skip(&mut lines).unwrap();
                        found.push("item".into());
                    }
                }
                found.push(key);
            }
            assert_eq!(found, ["no", "item", "item", "events", "name"]);
            assert!(walk.fault().is_none() && !walk.is_unclosed());
        }
    }

    #[test]
    fn what_is_no_object_has_no_keys() {
        for (input, fault) in [
            ("{3: 4}", "`3` is not expected in an object"),
            ("{\"a\" 4}", "`4` is not expected in an object"),
            ("{\"a\": }", "`}` is not expected in an object"),
        ] {
            let mut lines = Lines::new(input.as_bytes(), 0);
            let mut walk = Walk::new();
            assert!(walk.enter(&mut lines, b'{').unwrap());
            while walk.key(&mut lines).unwrap().is_some() {
                walk.skip(&mut lines).unwrap();
            }
            assert_eq!(walk.fault(), Some((1, fault)));
        }
    }
}
