//! Splits a line into fields, according to RFC 4180.

use csv::ByteRecord;
use csv_core::ReadRecordResult;

use crate::text::terminal;

/// Splits lines, one after another.
#[derive(Default)]
pub(super) struct Splitter {
    /// Made for the first line that needs it, since making it costs as much as splitting twenty lines.
    csv: Option<csv_core::Reader>,
    /// The fields of a line, without separators, and where each field ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// Splits `line` into `record`; the line must contain no line end. Splits a line without quotes at its commas,
    /// any other with the crate `csv`.
    pub(super) fn split(&mut self, line: &[u8], record: &mut ByteRecord) {
        record.clear();
        if memchr::memchr(b'"', line).is_none() {
            line.split(|&byte| byte == b',').for_each(|field| record.push_field(field));
            return;
        }
        // No field is longer than the line, and there is at most one field more than commas.
        self.text.resize(line.len(), 0);
        self.ends.resize(line.len() + 1, 0);
        let csv = self.csv.get_or_insert_with(csv_core::Reader::new);
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

/// Whether every field of a line that begins with a quote also ends with one. Otherwise a part of the line is missing, or
/// it goes on in the next one, and [`Splitter`] would make something of it that nobody wrote.
pub(super) fn is_well_quoted(line: &[u8]) -> bool {
    if memchr::memchr(b'"', line).is_none() {
        return true;
    }
    let mut rest = line;
    loop {
        let end = match rest.strip_prefix(b"\"") {
            None => memchr::memchr(b',', rest),
            Some(quoted) => {
                let Some(closing) = closing_quote(quoted) else { return false };
                rest = &quoted[closing + 1..];
                if !matches!(rest, [] | [b',', ..]) {
                    return false;
                }
                (!rest.is_empty()).then_some(0)
            }
        };
        match end {
            None => return true,
            Some(comma) => rest = &rest[comma + 1..],
        }
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
