//! Reads rows exactly as a recorder writes them, at fixed positions.
//!
//! It reads a line from its end: colour, end and start have fixed positions there, and everything before them is the
//! key. It examines each key once and parses each minute once; after that it compares both as bytes. Takes the front
//! of a file's bytes, gives a row or nothing. It refuses nothing and reports nothing: each row is what the plain code
//! of `records` reads in that line without a problem. The plain code judges every line that is unusual.

use std::hash::{BuildHasher, Hasher};

use csv::{ByteRecord, StringRecord};
use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::memchr;
use recorder::format::{self, STAMP_LENGTH};

use super::fields::{Splitter, is_well_quoted};
use crate::model::{Color, FIRST_NS, KeyId, Keys, Kind, LAST_NS};

/// `,` start `,` end: the text between key and colour.
const TIMES_LENGTH: usize = 2 * (1 + STAMP_LENGTH);
/// `,#rrggbb`
const COLOR_LENGTH: usize = 8;
/// No row is shorter before its line feed: `,,start,end,`.
const SHORTEST: usize = 1 + TIMES_LENGTH + 1;

pub(super) struct Row {
    /// In bytes, including the line end.
    pub(super) length: usize,
    pub(super) start_ns: i64,
    /// Offset of the start, in seconds east of UTC.
    pub(super) offset_s: i32,
    pub(super) end_ns: Option<i64>,
    pub(super) key: KeyId,
}

/// Reads rows, one after another.
pub(super) struct StrictReader {
    needs_crlf: bool,
    start: Minute,
    end: Minute,
    keys: KnownKeys,
}

impl StrictReader {
    pub(super) fn new(needs_crlf: bool) -> StrictReader {
        StrictReader {
            needs_crlf,
            start: Minute::default(),
            end: Minute::default(),
            keys: KnownKeys::default(),
        }
    }

    /// The row at the beginning of `bytes`, with its key interned in `keys`, which must be the same ones in every
    /// call. `None` if the row is incomplete, or needs a closer look.
    pub(super) fn row(&mut self, bytes: &[u8], keys: &mut Keys) -> Option<Row> {
        // An earlier line end would be a byte of a key or a stamp, and those contain none.
        let window = &bytes[..bytes.len().min(format::Row::MAX_LENGTH)];
        let newline = SHORTEST + memchr(b'\n', window.get(SHORTEST..)?)?;
        let line = match window[newline - 1] {
            b'\r' => &window[..newline - 1],
            _ if self.needs_crlf => return None,
            _ => &window[..newline],
        };
        let (line, color) = match line.split_last()? {
            (b',', line) => (line, ColorField::Empty),
            _ => match line.strip_suffix(b",wait") {
                Some(line) => (line, ColorField::Wait),
                None => {
                    let (line, color) = line.split_last_chunk::<COLOR_LENGTH>()?;
                    (line, ColorField::Color(*color))
                }
            },
        };
        let (key, times) = line.split_last_chunk::<TIMES_LENGTH>()?;
        let (start, end) = times.split_first_chunk::<{ 1 + STAMP_LENGTH }>()?;
        let start_ns = self.start.read(after_comma(start)?)?;
        let end_ns = match after_comma(end.first_chunk()?)? {
            &format::BLANK_END => None,
            end => Some(self.end.read(end)?),
        };
        if end_ns.is_some_and(|end_ns| end_ns < start_ns) {
            return None;
        }
        let key = self.keys.id(key, color, keys)?;
        Some(Row { length: newline + 1, start_ns, offset_s: self.start.offset_s, end_ns, key })
    }
}

fn after_comma(field: &[u8; 1 + STAMP_LENGTH]) -> Option<&[u8; STAMP_LENGTH]> {
    if field[0] == b',' { field.last_chunk() } else { None }
}

/// Reads stamps one after another. For stamps of the same minute and offset, it looks at eleven digits only.
struct Minute {
    /// Any stamp of the minute.
    text: [u8; STAMP_LENGTH],
    start_ns: i64,
    offset_s: i32,
}

impl Default for Minute {
    fn default() -> Minute {
        Minute { text: *b"1970-01-01T00:00:00.000000000+00:00", start_ns: 0, offset_s: 0 }
    }
}

impl Minute {
    /// The time that `format::parse_stamp` gives; its offset is then this minute's. The result stays in registers: a
    /// pair would go through memory, in halves that the CPU would wait for.
    #[inline]
    fn read(&mut self, stamp: &[u8; STAMP_LENGTH]) -> Option<i64> {
        const SECOND_AT: usize = "2026-11-20T22:43:".len();
        const OFFSET_AT: usize = "2026-11-20T22:43:18.123456789".len();
        let is_this =
            stamp[..SECOND_AT] == self.text[..SECOND_AT] && stamp[OFFSET_AT..] == self.text[OFFSET_AT..];
        if !is_this {
            self.begin(stamp)?;
        }
        // `18.123456789`
        let ns_in_minute = ns_in_minute(stamp[SECOND_AT..OFFSET_AT].first_chunk()?)?;
        // The sum overflows in the last minute of `i64`.
        self.start_ns.checked_add(ns_in_minute)
    }

    /// Moves to the minute of a stamp.
    #[cold]
    fn begin(&mut self, stamp: &[u8; STAMP_LENGTH]) -> Option<()> {
        let mut text = *stamp;
        text[17..29].copy_from_slice(b"00.000000000");
        let (start_ns, offset_s) = format::parse_stamp(&text)?;
        // The plain code reports what the model does not know.
        if !(FIRST_NS..LAST_NS - MINUTE_NS).contains(&start_ns) {
            return None;
        }
        *self = Minute { text, start_ns, offset_s };
        Some(())
    }
}

const MINUTE_NS: i64 = 60_000_000_000;

/// Parses a second of a minute and its fraction, `18.123456789`, to ns.
#[inline]
fn ns_in_minute(text: &[u8; 12]) -> Option<i64> {
    let digit = |at: usize| text[at].wrapping_sub(b'0');
    let (tens, ones, tenths) = (digit(0), digit(1), digit(3));
    let others = eight_digits(*text.last_chunk()?)?;
    if tens > 5 || ones > 9 || text[2] != b'.' || tenths > 9 {
        return None;
    }
    let second = i64::from(tens * 10 + ones);
    Some(second * 1_000_000_000 + i64::from(tenths) * 100_000_000 + i64::from(others))
}

/// Parses eight digits at once: adds neighbours up to pairs, pairs to fours, fours to the whole number.
#[inline]
fn eight_digits(text: [u8; 8]) -> Option<u32> {
    let word = u64::from_le_bytes(text);
    let digits = word ^ 0x3030_3030_3030_3030;
    // A digit is at most 9: adding six does not reach the upper half of its byte, which had no other bit before.
    let is_digits = (digits | digits.wrapping_add(0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0;
    if !is_digits {
        return None;
    }
    // The first digit is the lowest byte.
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    Some((fours * 10_000 + (fours >> 32)) as u32)
}

/// The last field of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ColorField {
    Empty,
    Wait,
    /// With the comma before it.
    Color([u8; COLOR_LENGTH]),
}

/// Keys that were examined, by their bytes.
#[derive(Default)]
struct KnownKeys {
    table: HashTable<KnownKey>,
    hasher: DefaultHashBuilder,
    splitter: Splitter,
}

struct KnownKey {
    /// `group,task`, with their quotes if they have them.
    text: Box<[u8]>,
    color: ColorField,
    id: KeyId,
}

impl KnownKeys {
    /// Most keys that are kept. A file with more has few rows of each.
    const LIMIT: usize = 4096;

    /// The id of a key in `keys`; `None` when the plain code must read the key.
    #[inline]
    fn id(&mut self, text: &[u8], color: ColorField, keys: &mut Keys) -> Option<KeyId> {
        let hash = hash_of_text(&self.hasher, text);
        match self.table.find(hash, |known| *known.text == *text && known.color == color) {
            Some(known) => Some(known.id),
            None => self.learn(hash, text, color, keys),
        }
    }

    #[cold]
    fn learn(&mut self, hash: u64, text: &[u8], color: ColorField, keys: &mut Keys) -> Option<KeyId> {
        if text.iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'\0')) || !is_well_quoted(text) {
            return None;
        }
        // With the comma after it: so a quote that the key leaves open does not pass as a key.
        let mut fields = ByteRecord::new();
        self.splitter.split(&[text, b","].concat(), &mut fields);
        let fields = StringRecord::from_byte_record(fields).ok()?;
        let (3, group, task, "") = (fields.len(), fields.get(0)?, fields.get(1)?, fields.get(2)?) else {
            return None;
        };
        let kind = match &color {
            ColorField::Empty => Kind::Work(None),
            ColorField::Wait => Kind::Wait,
            ColorField::Color([b',', b'#', digits @ ..]) => {
                Kind::Work(Some(Color::from_hex(std::str::from_utf8(digits).ok()?)?))
            }
            ColorField::Color(_) => return None,
        };
        let id = keys.intern(group, task, kind);
        if self.table.len() == Self::LIMIT {
            self.table.clear();
        }
        let known = KnownKey { text: text.into(), color, id };
        let hasher = &self.hasher;
        self.table.insert_unique(hash, known, |known| hash_of_text(hasher, &known.text));
        Some(id)
    }
}

/// Hashes the text alone, since one text has few colours.
fn hash_of_text(hasher: &DefaultHashBuilder, text: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(text);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eight_digits_are_read_and_nothing_else_is() {
        for number in (0..=8).map(|power| 10_u32.pow(power) - 1).chain([0, 1, 10_203_040, 98_765_432]) {
            let text = format!("{number:08}");
            assert_eq!(eight_digits(*text.as_bytes().first_chunk().unwrap()), Some(number), "{text}");
        }
        for at in 0..8 {
            for byte in (0..=255_u8).filter(|byte| !byte.is_ascii_digit()) {
                let mut text = *b"12345678";
                text[at] = byte;
                assert_eq!(eight_digits(text), None, "{byte} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn stamps_one_after_another_are_those_of_the_format(
            stamps in prop::collection::vec((0_i64..200_000_000_000, -1..2, any::<prop::sample::Index>(), any::<u8>()), 1..20),
            base in prop_oneof![2 => FIRST_NS..LAST_NS, 1 => any::<i64>()],
            is_damaged in prop::collection::vec(prop::bool::weighted(0.2), 20),
        ) {
            let mut minute = Minute::default();
            for ((after_ns, offset_minutes, place, byte), is_damaged) in stamps.into_iter().zip(is_damaged) {
                let mut text = format::Stamp::new(base.wrapping_add(after_ns), offset_minutes).to_bytes();
                if is_damaged {
                    text[place.index(STAMP_LENGTH)] = byte;
                }
                let plain = format::parse_stamp(&text);
                // Only what the model does not know, and the minutes beside it, may it leave to the plain code.
                let read = minute.read(&text).map(|ns| (ns, minute.offset_s));
                let is_at_an_end = plain.is_some_and(|(ns, _)| {
                    !(FIRST_NS + MINUTE_NS..LAST_NS - MINUTE_NS).contains(&ns)
                });
                prop_assert!(read == plain || read.is_none() && is_at_an_end, "{read:?} for {plain:?}");
            }
        }
    }
}
