//! Splits a line into fields, according to RFC 4180, but with any separator.

use csv::ByteRecord;
use csv_core::ReadRecordResult;

use crate::text::terminal;

/// Splits lines, one after another.
pub(super) struct Splitter {
    separator: u8,
    /// Made for the first line that needs it, since making it costs as much as splitting twenty lines.
    csv: Option<csv_core::Reader>,
    /// The fields of a line, without separators, and where each field ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// Splits at this separator.
    pub(super) fn new(separator: u8) -> Splitter {
        Splitter { separator, csv: None, text: Vec::new(), ends: Vec::new() }
    }

    /// Splits `line` into `record`. Splits a line without quotes at its separators, any other with the crate `csv`.
    /// The line may contain a line end inside quotes only.
    pub(super) fn split(&mut self, line: &[u8], record: &mut ByteRecord) {
        record.clear();
        if memchr::memchr(b'"', line).is_none() {
            let separator = self.separator;
            line.split(|&byte| byte == separator).for_each(|field| record.push_field(field));
            return;
        }
        // No field is longer than the line, and there is at most one field more than separators.
        self.text.resize(line.len(), 0);
        self.ends.resize(line.len() + 1, 0);
        let csv =
            self.csv.get_or_insert_with(|| csv_core::ReaderBuilder::new().delimiter(self.separator).build());
        csv.reset();
        let (mut rest, mut length, mut count) = (line, 0, 0);
        loop {
            let (result, taken, written, ended) =
                csv.read_record(rest, &mut self.text[length..], &mut self.ends[count..]);
            rest = &rest[taken..];
            length += written;
            count += ended;
            if result != ReadRecordResult::InputEmpty {
                break; // a record: an empty rest ends one
            }
        }
        let mut start = 0;
        for &end in &self.ends[..count] {
            record.push_field(&self.text[start..end]);
            start = end;
        }
    }
}

/// Splits at commas.
impl Default for Splitter {
    fn default() -> Splitter {
        Splitter::new(b',')
    }
}

/// How the quotes of a line fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Every field that begins with a quote also ends with one.
    Whole,
    /// The last field that begins with a quote does not end: a part of the line is missing, or it goes on in the next.
    Open,
    /// Text follows a quoted field. [`Splitter`] would make something of it that nobody wrote.
    Broken,
}

/// Whether the quotes of a line with commas are [whole](Quoting::Whole).
pub(super) fn is_well_quoted(line: &[u8]) -> bool {
    quoting(line, b',') == Quoting::Whole
}

/// How the quotes of a line with this separator fit together.
pub(super) fn quoting(line: &[u8], separator: u8) -> Quoting {
    match memchr::memchr(b'"', line).and_then(|_| next_quoted(line, separator)) {
        None => Quoting::Whole,
        Some(quoted) => quoting_inside(quoted, separator),
    }
}

/// The same for a text that begins inside of a quoted field.
pub(super) fn quoting_inside(text: &[u8], separator: u8) -> Quoting {
    let mut quoted = text;
    loop {
        let Some(closing) = closing_quote(quoted) else { return Quoting::Open };
        let next = match &quoted[closing + 1..] {
            [] => None,
            [first, rest @ ..] if *first == separator => next_quoted(rest, separator),
            _ => return Quoting::Broken,
        };
        match next {
            None => return Quoting::Whole,
            Some(next) => quoted = next,
        }
    }
}

/// What follows the quote of the first field that begins with one.
fn next_quoted(fields: &[u8], separator: u8) -> Option<&[u8]> {
    let mut rest = fields;
    loop {
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            return Some(quoted);
        }
        rest = &rest[memchr::memchr(separator, rest)? + 1..];
    }
}

/// The place of the first quote that is not doubled.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', text.get(at..)?)?;
        if text.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The beginning of `text` for a message: in quotes, without control characters.
pub(super) fn quoted(text: &[u8]) -> String {
    const ENOUGH: usize = 1000; // bytes: more than a message quotes
    terminal::quoted(&String::from_utf8_lossy(&text[..text.len().min(ENOUGH)]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_quoted_field_ends_where_its_quote_does() {
        for line in
            ["", "a,b", "\"a,b\",c", "\"\"", "a \"b\" c,d", "\"a\"\"b\"", "a,\"\",\"\"\"\"", ",\"a\","]
        {
            assert!(is_well_quoted(line.as_bytes()), "{line}");
        }
        for line in ["\"", "\"a", "\"a\"b", "a,\"b", "\"a\" ,b", "\"a\"\"", "a,\"b\"c,d", "\"a,\"\"b"] {
            assert!(!is_well_quoted(line.as_bytes()), "{line}");
        }
        for (line, expected) in
            [("a;\"b;c\"", Quoting::Whole), ("a;\"b", Quoting::Open), ("\"a\",b;c", Quoting::Broken)]
        {
            assert_eq!(quoting(line.as_bytes(), b';'), expected, "{line}");
        }
    }

    #[test]
    fn a_line_is_split_at_any_separator() {
        for (line, separator) in [("a;b,c;\"d;e\"", b';'), ("a\tb,c\t\"d;e\"", b'\t')] {
            let mut record = ByteRecord::new();
            Splitter::new(separator).split(line.as_bytes(), &mut record);
            assert_eq!(record, vec!["a", "b,c", "d;e"], "{line}");
        }
    }

    proptest! {
        #[test]
        fn a_line_with_quotes_is_what_the_crate_csv_reads(
            lines in prop::collection::vec("[\"\", ab\r\u{FEFF}]{0,12}", 1..4),
        ) {
            let mut splitter = Splitter::default();
            for line in lines.iter().filter(|line| line.contains('"')) {
                let mut record = ByteRecord::new();
                splitter.split(line.as_bytes(), &mut record);
                let mut reader =
                    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
                let mut expected = ByteRecord::new();
                reader.read_byte_record(&mut expected).unwrap();
                prop_assert_eq!(record, expected, "{:?}", line);
            }
        }
    }
}
