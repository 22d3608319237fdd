//! The fields of one line, as RFC 4180 has them.

use csv::ByteRecord;

/// Splits `line`, which holds no line end, into `record`. A line without quotes is split at its commas, any
/// other by the crate `csv`.
pub(super) fn split(line: &[u8], record: &mut ByteRecord) {
    record.clear();
    if line.contains(&b'"') {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line);
        // A read from memory cannot fail, and a flexible reader takes rows of any length.
        let _ = reader.read_byte_record(record);
    } else {
        line.split(|&byte| byte == b',').for_each(|field| record.push_field(field));
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
