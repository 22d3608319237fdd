//! A stamp: an instant as 35 bytes of RFC 3339, `2026-11-20T22:43:18.123456789+08:00`.
//!
//! Writes nanoseconds since the Unix epoch with an offset of whole minutes, and reads exactly what it writes:
//! [`parse_stamp`] accepts only the bytes that [`Stamp::to_bytes`] returns. Leap seconds do not exist here, as in Unix
//! time. Must not know where stamps are in a row.

use std::convert::Infallible;

/// The length of a stamp in bytes.
pub const STAMP_LENGTH: usize = 35;

/// The greatest offset from UTC in minutes, east or west: 23:59.
pub const MAX_OFFSET_MINUTES: i32 = 23 * 60 + 59;

/// An instant and the offset from UTC in which it is written.
///
/// ```
/// use waterfall_recorder::format::Stamp;
/// let stamp = Stamp::new(1_795_185_798_123_456_789, 480);
/// assert_eq!(&stamp.to_bytes(), b"2026-11-20T22:43:18.123456789+08:00");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    unix_ns: i64,
    offset_minutes: i32,
}

impl Stamp {
    /// Makes a stamp from nanoseconds since the Unix epoch and minutes east of UTC. The latter are clamped to
    /// [`MAX_OFFSET_MINUTES`] either way.
    #[inline]
    #[must_use]
    pub fn new(unix_ns: i64, offset_minutes: i32) -> Self {
        let offset_minutes = offset_minutes.clamp(-MAX_OFFSET_MINUTES, MAX_OFFSET_MINUTES);
        Self { unix_ns, offset_minutes }
    }

    /// The stamp as text. Every `i64` has one, from the year 1677 to 2262.
    #[must_use]
    pub fn to_bytes(self) -> [u8; STAMP_LENGTH] {
        Stamper::default().stamp(self).to_bytes()
    }

    /// The text without the digits of the fraction: `2026-11-20T22:43:18.         +08:00`.
    fn second_text(self) -> [u8; STAMP_LENGTH] {
        let local_s = self.unix_ns.div_euclid(NS_PER_S) + i64::from(self.offset_minutes) * 60;
        let (year, month, day) = date_of(local_s.div_euclid(S_PER_DAY));
        let second_of_day = local_s.rem_euclid(S_PER_DAY);
        let offset = i64::from(self.offset_minutes.abs());

        let mut bytes = *b"0000-00-00T00:00:00.         +00:00";
        put(&mut bytes[0..4], year);
        put(&mut bytes[5..7], month);
        put(&mut bytes[8..10], day);
        put(&mut bytes[11..13], second_of_day / 3600);
        put(&mut bytes[14..16], second_of_day / 60 % 60);
        put(&mut bytes[17..19], second_of_day % 60);
        if self.offset_minutes < 0 {
            bytes[29] = b'-';
        }
        put(&mut bytes[30..32], offset / 60);
        put(&mut bytes[33..35], offset % 60);
        bytes
    }
}

/// Writes stamps one after another. Stamps of one second and offset differ only in nine digits.
///
/// A stamp takes about 3 ns, or 30 ns when the second or the offset changes.
#[derive(Clone, Debug)]
pub struct Stamper {
    /// When the second of `text` began, in nanoseconds since the Unix epoch, and its offset.
    second_ns: i64,
    offset_minutes: i32,
    /// With spaces for the digits of the fraction.
    text: [u8; STAMP_LENGTH],
}

impl Default for Stamper {
    fn default() -> Self {
        let text = *b"1970-01-01T00:00:00.         +00:00";
        Self { second_ns: 0, offset_minutes: 0, text }
    }
}

impl Stamper {
    /// The text of a stamp.
    #[inline]
    pub fn stamp(&mut self, stamp: Stamp) -> StampText<'_> {
        let fraction_ns = self.fraction_ns(stamp).unwrap_or_else(|| self.begin_second(stamp));
        StampText { second: &self.text, fraction: Fraction::new(fraction_ns) }
    }

    /// The nanoseconds of a stamp within the current second, if it is in that second.
    #[inline]
    pub(super) fn fraction_ns(&self, stamp: Stamp) -> Option<u32> {
        // Wrapped, the difference of two instants is the true one modulo 2^64. For instants that are more than a
        // second apart, that is more than a second.
        let fraction_ns = stamp.unix_ns.wrapping_sub(self.second_ns) as u64;
        let is_here = fraction_ns < NS_PER_S as u64 && stamp.offset_minutes == self.offset_minutes;
        is_here.then_some(fraction_ns as u32)
    }

    /// Moves to the second of a stamp. Returns the nanoseconds within it.
    #[cold]
    fn begin_second(&mut self, stamp: Stamp) -> u32 {
        let fraction_ns = stamp.unix_ns.rem_euclid(NS_PER_S);
        // Wraps only in the first, incomplete second of `i64`.
        self.second_ns = stamp.unix_ns.wrapping_sub(fraction_ns);
        self.offset_minutes = stamp.offset_minutes;
        self.text = stamp.second_text();
        fraction_ns as u32
    }
}

/// The text of a stamp in two parts, to be stored one after the other.
///
/// The processor cannot load bytes together that were stored one by one a moment ago, until they have left its store
/// buffer. That costs as much as all the rest, so the digits never go into a copy of the text that is copied again.
#[derive(Clone, Copy, Debug)]
pub struct StampText<'a> {
    second: &'a [u8; STAMP_LENGTH],
    fraction: Fraction,
}

impl StampText<'_> {
    /// The whole text.
    #[must_use]
    pub fn to_bytes(self) -> [u8; STAMP_LENGTH] {
        let mut bytes = *self.second;
        let Ok(()) = self.store_with(|at, part| {
            bytes[at..at + part.len()].copy_from_slice(part);
            Ok::<_, Infallible>(())
        });
        bytes
    }

    /// Stores the text over spaces by calls of `store(offset within the stamp, bytes)`. Wherever that is cut short,
    /// spaces are left.
    ///
    /// # Errors
    ///
    /// The first error of `store`. Nothing is stored after it.
    #[inline]
    pub fn store_with<E>(self, mut store: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        store(0, self.second)?;
        self.fraction.store_with(FRACTION_AT, store)
    }

    #[inline]
    pub(super) fn second(&self) -> &[u8; STAMP_LENGTH] {
        self.second
    }

    #[inline]
    pub(super) fn fraction(&self) -> Fraction {
        self.fraction
    }
}

/// Where the digits of the fraction begin.
pub(super) const FRACTION_AT: usize = "2026-11-20T22:43:18.".len();

/// The nine digits of a fraction of a second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fraction {
    first: u8,
    others: [u8; 8],
}

impl Fraction {
    pub(super) const LENGTH: usize = 9;

    /// Takes pairs of digits from a table and joins them in one word, so that each division waits for few others.
    #[inline]
    pub(super) fn new(fraction_ns: u32) -> Self {
        let (high, low) = (fraction_ns / 10_000, fraction_ns % 10_000);
        let (first, high) = (high / 10_000, high % 10_000);
        let pair = |pair: u32| u64::from(PAIRS[pair as usize % 100]);
        let others =
            pair(high / 100) | pair(high % 100) << 16 | pair(low / 100) << 32 | pair(low % 100) << 48;
        Self { first: b'0' + first as u8, others: others.to_le_bytes() }
    }

    #[inline]
    pub(super) fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [self.first; Self::LENGTH];
        bytes[1..].copy_from_slice(&self.others);
        bytes
    }

    /// Stores the digits at an offset, from left to right.
    #[inline]
    pub(super) fn store_with<E>(
        self,
        at: usize,
        mut store: impl FnMut(usize, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        store(at, &[self.first])?;
        store(at + 1, &self.others)
    }
}

/// `00` to `99`.
const PAIRS: [u16; 100] = {
    let mut pairs = [0; 100];
    let mut n = 0;
    while n < 100 {
        pairs[n] = u16::from_le_bytes([b'0' + n as u8 / 10, b'0' + n as u8 % 10]);
        n += 1;
    }
    pairs
};

/// Reads a stamp: nanoseconds since the Unix epoch, and the offset in seconds east of UTC.
///
/// It is strict: `None` for every text that [`Stamp::to_bytes`] does not write. Examples are a 30th of February, hour
/// 24, second 60, an offset of more than 23:59 or of `-00:00`, an instant outside of `i64`, and any other length or
/// punctuation. For stamps that people write you need another parser.
#[must_use]
pub fn parse_stamp(bytes: &[u8]) -> Option<(i64, i32)> {
    let bytes: &[u8; STAMP_LENGTH] = bytes.try_into().ok()?;
    let punctuation = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (32, b':')];
    if punctuation.iter().any(|&(at, byte)| bytes[at] != byte) {
        return None;
    }
    let year = number(&bytes[0..4])?;
    let month = number(&bytes[5..7])?;
    let day = number(&bytes[8..10])?;
    let hour = number(&bytes[11..13])?;
    let minute = number(&bytes[14..16])?;
    let second = number(&bytes[17..19])?;
    let fraction_ns = number(&bytes[20..29])?;
    let offset_hours = number(&bytes[30..32])?;
    let offset_minutes = number(&bytes[33..35])?;

    let date_is_real = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    let time_is_real = hour < 24 && minute < 60 && second < 60;
    if !date_is_real || !time_is_real || offset_hours >= 24 || offset_minutes >= 60 {
        return None;
    }
    let offset_s = match (bytes[29], (offset_hours * 60 + offset_minutes) * 60) {
        (b'+', offset_s) => offset_s,
        (b'-', offset_s) if offset_s > 0 => -offset_s,
        _ => return None,
    };
    let unix_s = day_of(year, month, day) * S_PER_DAY + hour * 3600 + minute * 60 + second - offset_s;
    // Wider than the result, because the first instants of `i64` are before its first whole second.
    let unix_ns = i128::from(unix_s) * i128::from(NS_PER_S) + i128::from(fraction_ns);
    Some((i64::try_from(unix_ns).ok()?, i32::try_from(offset_s).ok()?))
}

const NS_PER_S: i64 = 1_000_000_000;
const S_PER_DAY: i64 = 86_400;

/// Fills a field with a number's last decimal digits.
fn put(field: &mut [u8], mut value: i64) {
    for digit in field.iter_mut().rev() {
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

/// The value of a field that consists of digits.
fn number(field: &[u8]) -> Option<i64> {
    field.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

// The two conversions count years from the 1st of March, so that the leap day is the last day of a year. They do so
// in eras of 400 years, which all have the same length (Howard Hinnant, `chrono`-compatible low-level date algorithms).

const DAYS_PER_ERA: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_468;

/// Days since the Unix epoch of a date.
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH
}

/// Year, month and day of a day since the Unix epoch.
fn date_of(day: i64) -> (i64, i64, i64) {
    let day = day + DAYS_TO_EPOCH;
    let (era, day_of_era) = (day.div_euclid(DAYS_PER_ERA), day.rem_euclid(DAYS_PER_ERA));
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era;
    if month < 10 { (year, month + 3, day_of_month) } else { (year + 1, month - 9, day_of_month) }
}

#[cfg(test)]
mod tests {
    use std::str;

    use chrono::{DateTime, FixedOffset, SecondsFormat};
    use proptest::prelude::*;

    use super::*;

    /// The same stamp by chrono.
    fn plain(unix_ns: i64, offset_minutes: i32) -> String {
        let offset = FixedOffset::east_opt(offset_minutes * 60).unwrap();
        let instant = DateTime::from_timestamp_nanos(unix_ns).with_timezone(&offset);
        instant.to_rfc3339_opts(SecondsFormat::Nanos, false)
    }

    fn check_refused(text: &str) {
        assert_eq!(parse_stamp(text.as_bytes()), None, "{text}");
    }

    #[test]
    fn the_ends_of_the_range_are_written_and_read() {
        for unix_ns in [i64::MIN, -1, 0, 1, i64::MAX] {
            for offset_minutes in [-MAX_OFFSET_MINUTES, -1, 0, 1, MAX_OFFSET_MINUTES] {
                let bytes = Stamp::new(unix_ns, offset_minutes).to_bytes();
                assert_eq!(str::from_utf8(&bytes).unwrap(), plain(unix_ns, offset_minutes));
                assert_eq!(parse_stamp(&bytes), Some((unix_ns, offset_minutes * 60)));
            }
        }
    }

    #[test]
    fn every_pair_of_digits_is_written_in_every_place() {
        let numbers = (0..8).flat_map(|place| (0..100).map(move |pair| pair * 10_u64.pow(place)));
        let numbers = numbers.map(|number| (number % 1_000_000_000) as u32);
        for number in numbers.chain([999_999_999, 123_456_789]) {
            let Fraction { first, others } = Fraction::new(number);
            let digits = [&[first][..], &others].concat();
            assert_eq!(str::from_utf8(&digits).unwrap(), format!("{number:09}"));
        }
    }

    #[test]
    fn offsets_are_clamped_to_a_minute_less_than_a_day() {
        assert_eq!(Stamp::new(0, i32::MAX), Stamp::new(0, MAX_OFFSET_MINUTES));
        assert_eq!(Stamp::new(0, i32::MIN), Stamp::new(0, -MAX_OFFSET_MINUTES));
    }

    #[test]
    fn a_date_or_time_that_does_not_exist_is_refused() {
        assert!(parse_stamp(b"2024-02-29T00:00:00.000000000+00:00").is_some());
        check_refused("2026-02-29T00:00:00.000000000+00:00");
        check_refused("2100-02-29T00:00:00.000000000+00:00");
        check_refused("2026-02-30T00:00:00.000000000+00:00");
        check_refused("2026-04-31T00:00:00.000000000+00:00");
        check_refused("2026-13-01T00:00:00.000000000+00:00");
        check_refused("2026-00-01T00:00:00.000000000+00:00");
        check_refused("2026-01-00T00:00:00.000000000+00:00");
        check_refused("2026-01-01T24:00:00.000000000+00:00");
        check_refused("2026-01-01T00:60:00.000000000+00:00");
        check_refused("2026-01-01T00:00:60.000000000+00:00");
        check_refused("2026-01-01T00:00:00.000000000+24:00");
        check_refused("2026-01-01T00:00:00.000000000+00:60");
        check_refused("2026-01-01T00:00:00.000000000-00:00");
        check_refused("2262-04-11T23:47:16.854775808+00:00");
        check_refused("1677-09-21T00:12:43.145224191+00:00");
    }

    #[test]
    fn another_form_is_refused() {
        check_refused("");
        check_refused("2026-01-01 00:00:00.000000000+00:00");
        check_refused("2026-01-01t00:00:00.000000000+00:00");
        check_refused("2026-01-01T00:00:00,000000000+00:00");
        check_refused("2026-01-01T00:00:00.000000000 00:00");
        check_refused("2026-01-01T00:00:00.00000000+00:000");
        check_refused("+026-01-01T00:00:00.000000000+00:00");
        check_refused("2026-01-01T00:00:00.000000000+00:00 ");
        check_refused("2026-01-01T00:00:00.000000Z");
        check_refused("                                   ");
    }

    proptest! {
        #[test]
        fn a_stamp_is_what_chrono_writes(unix_ns: i64, minutes in -MAX_OFFSET_MINUTES..=MAX_OFFSET_MINUTES) {
            let bytes = Stamp::new(unix_ns, minutes).to_bytes();
            prop_assert_eq!(str::from_utf8(&bytes).unwrap(), plain(unix_ns, minutes));
            prop_assert_eq!(parse_stamp(&bytes), Some((unix_ns, minutes * 60)));
        }

        #[test]
        fn stamps_one_after_another_are_those_that_stand_alone(
            stamps in prop::collection::vec((0_i64..3_000_000_000, -2..2), 1..20), base: i64,
        ) {
            let mut stamper = Stamper::default();
            for (after_ns, minutes) in stamps {
                let unix_ns = base.wrapping_add(after_ns);
                let bytes = stamper.stamp(Stamp::new(unix_ns, minutes)).to_bytes();
                prop_assert_eq!(str::from_utf8(&bytes).unwrap(), plain(unix_ns, minutes));
            }
        }

        #[test]
        fn what_is_read_is_what_is_written(
            text in concat!(
                "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\\.[0-9]{9}",
                "[+-][0-2][0-9]:[0-6][0-9]",
            ),
        ) {
            if let Some((unix_ns, offset_s)) = parse_stamp(text.as_bytes()) {
                let bytes = Stamp::new(unix_ns, offset_s / 60).to_bytes();
                prop_assert_eq!(str::from_utf8(&bytes).unwrap(), text);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, at in 0..STAMP_LENGTH, byte: u8) {
            let _ = parse_stamp(&bytes);
            let mut damaged = Stamp::new(0, 0).to_bytes();
            damaged[at] = byte;
            let _ = parse_stamp(&damaged);
        }
    }
}
