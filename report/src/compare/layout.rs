//! The layout of a baseline file: JSON with one line for each task.
//!
//! So a change of a baseline is a few lines to review, a message can name the line of a fault, and the file is a third
//! as long as with a line for each number.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// The levels of objects and lists whose members have a line each: down to the list of the tasks of a run.
const LEVELS: usize = 5;

/// The value as JSON, with a line break at its end.
pub(super) fn laid_out(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Layout::default()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Default)]
struct Layout {
    /// The number of objects and lists around the next value.
    depth: usize,
    /// Whether the innermost of them has no member so far.
    is_empty: bool,
}

impl Layout {
    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.is_empty = true;
        writer.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth -= 1;
        if !self.is_empty && self.depth < LEVELS {
            self.break_line(writer)?;
        }
        self.is_empty = false;
        writer.write_all(bracket)
    }

    fn begin_member<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.is_empty = false;
        match (is_first, self.depth <= LEVELS) {
            (true, true) => self.break_line(writer),
            (false, true) => writer.write_all(b",").and_then(|()| self.break_line(writer)),
            (true, false) => Ok(()),
            (false, false) => writer.write_all(b", "),
        }
    }

    fn break_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_member(writer, is_first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, is_first: bool) -> io::Result<()> {
        self.begin_member(writer, is_first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_deeper_than_the_list_of_tasks_is_one_line() {
        let value = serde_json::json!([{"a": [{"b": [{"c": [1, {}], "d": "\n"}, 2]}], "e": []}, {}]);
        let text = String::from_utf8(laid_out(&value).unwrap()).unwrap();
        let expected = r#"[
  {
    "a": [
      {
        "b": [
          {"c": [1, {}], "d": "\n"},
          2
        ]
      }
    ],
    "e": []
  },
  {}
]
"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
