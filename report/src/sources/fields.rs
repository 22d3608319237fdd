//! The fields of one line, as RFC 4180 has them.

use csv::ByteRecord;
use csv_core::ReadRecordResult;

/// Splits one line after the other.
#[derive(Default)]
pub(super) struct Splitter {
    /// Made for the first line that needs it: that costs as much as to split twenty.
    csv: Option<csv_core::Reader>,
    /// The fields of a line, without what stood between them, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// Splits `line`, which holds no line end, into `record`. A line without quotes is split at its commas, any
    /// other by the crate `csv`.
    pub(super) fn split(&mut self, line: &[u8], record: &mut ByteRecord) {
        record.clear();
        if memchr::memchr(b'"', line).is_none() {
            line.split(|&byte| byte == b',').for_each(|field| record.push_field(field));
            return;
        }
        // No field is longer than the line, nor are there more of them than commas and one.
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
                break; // a record, since an empty rest is the end of one
            }
        }
        let mut start = 0;
        for &end in &self.ends[..count] {
            record.push_field(&self.text[start..end]);
            start = end;
        }
    }
}

/// `text` for a message: its beginning, in quotes, without control characters.
pub(super) fn quoted(text: &[u8]) -> String {
    const SHOWN: usize = 60;
    let text = String::from_utf8_lossy(text);
    let short: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(SHOWN).is_some() { "..." } else { "" };
    format!("`{short}{more}`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
