//! Time stamps as people and other programs write them.
//!
//! Takes the text of a field, gives ns since the Unix epoch and the offset in the text. `recorder::format` reads the
//! record format's own stamps. This module reads all others that leave no doubt: with fewer digits, a decimal comma,
//! `Z` or `UTC`, a blank for the `T`, an offset of hours alone or without its colon, or none. A number is the time
//! since 1970, in the unit that its size shows. Integers only: no digit down to the nanosecond is lost.

use std::ops::Range;

use chrono::{NaiveDate, NaiveDateTime};

use crate::model::FIRST_NS;

/// A time, and its seconds east of UTC if the stamp contains them.
pub(super) type Stamp = (i64, Option<i32>);

/// What a stamp leaves open, so that it was assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assumption {
    /// Its offset from UTC.
    Offset,
    /// The unit of a number.
    Unit(Unit),
}

/// The numbers of ns that a number may have as a time since 1970: from September 2001 to the end of 2099. Others count
/// from somewhere else, such as ns since the boot.
pub(super) const EPOCH_NS: Range<i64> = 1_000_000_000_000_000_000..4_102_444_800_000_000_000;

/// The unit of a time since 1970. Any such time within [`EPOCH_NS`] has its own number of digits in each unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// Why a text is no stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoStamp {
    /// It is not a date and time in a form that leaves no doubt.
    Form,
    /// It is before or after all accepted times.
    Range,
}

impl Unit {
    pub(super) const ALL: [Unit; 4] =
        [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds];

    pub(super) fn name(self) -> &'static str {
        ["seconds", "milliseconds", "microseconds", "nanoseconds"][self as usize]
    }

    /// Number of digits of a time before the point.
    pub(super) fn digits(self) -> usize {
        10 + 3 * self as usize
    }

    /// Number of digits after the point, down to ns.
    fn fraction_digits(self) -> usize {
        9 - 3 * self as usize
    }
}

/// Parses a stamp. Without an offset it counts as `assumed_offset_s` seconds east of UTC.
pub(super) fn parse(text: &str, assumed_offset_s: i32) -> Result<(Stamp, Option<Assumption>), NoStamp> {
    let text = text.trim_ascii();
    let (ns, offset, assumption) = if let Some((ns, unit)) = number(text) {
        (Some(ns), Some(0), Some(Assumption::Unit(unit)))
    } else {
        let (date_and_time, offset) = split_offset(text).ok_or(NoStamp::Form)?;
        let local_ns = local(date_and_time).ok_or(NoStamp::Form)?.and_utc().timestamp_nanos_opt();
        let offset_ns = i64::from(offset.unwrap_or(assumed_offset_s)) * 1_000_000_000;
        let assumption = offset.is_none().then_some(Assumption::Offset);
        (local_ns.and_then(|ns| ns.checked_sub(offset_ns)), offset, assumption)
    };
    match ns {
        Some(ns) if ns >= FIRST_NS => Ok(((ns, offset), assumption)),
        _ => Err(NoStamp::Range),
    }
}

/// Why a row is refused whose times would differ by an offset that nobody wrote.
pub(super) const ONE_OFFSET: &str = "only one of its times has an offset from UTC: write both with one";

/// Whether a stamp ends in `Z`, `UTC` or an offset such as `+08:00`, so that nothing behind it can be missing.
pub(super) fn shows_its_end(field: &[u8]) -> bool {
    match field {
        _ if std::str::from_utf8(field).is_ok_and(|text| without_utc(text).is_some()) => true,
        [.., b'Z' | b'z'] => true,
        [.., b'+' | b'-', h, hh, b':', m, mm] => [h, hh, m, mm].iter().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// A number of digits that only one unit has: its ns, and the unit.
fn number(text: &str) -> Option<(i64, Unit)> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let unit = Unit::ALL.into_iter().find(|unit| unit.digits() == whole.len())?;
    if whole.starts_with('0') || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let digits = unit.fraction_digits();
    let ns = format!("{whole}{fraction:0<digits$.digits$}").parse().ok()?;
    EPOCH_NS.contains(&ns).then_some((ns, unit))
}

/// Splits off the offset: `Z`, `UTC`, `GMT`, `+08`, `+0800`, `+08:00` or `+0000 UTC`, perhaps after a blank. Gives it in
/// seconds.
fn split_offset(text: &str) -> Option<(&str, Option<i32>)> {
    let Some(text) = without_utc(text) else { return split_digits(text) };
    let (rest, offset) = split_digits(text)?;
    (offset.unwrap_or(0) == 0).then_some((rest, Some(0)))
}

/// The text before a zone's name that means UTC.
fn without_utc(text: &str) -> Option<&str> {
    let (rest, name) = text.split_at_checked(text.len().checked_sub("UTC".len())?)?;
    let is_utc = name.eq_ignore_ascii_case("UTC") || name.eq_ignore_ascii_case("GMT");
    is_utc.then(|| rest.strip_suffix(' ').unwrap_or(rest))
}

/// Splits off an offset in digits, or `Z`.
fn split_digits(text: &str) -> Option<(&str, Option<i32>)> {
    const TIME_AT: usize = "2026-1-1T".len(); // behind all signs of a date
    let is_offset = |c: char| matches!(c, '+' | '-' | 'Z' | 'z');
    let Some(place) = text.get(TIME_AT..)?.find(is_offset) else { return Some((text, None)) };
    let (rest, offset) = text.split_at(TIME_AT + place);
    let rest = rest.strip_suffix(' ').unwrap_or(rest);
    let (sign, digits) = offset.split_at(1);
    let (hours, minutes) = match (sign, digits.len()) {
        ("Z" | "z", 0) => ("00", "00"),
        ("Z" | "z", _) => return None,
        (_, 5) => digits.split_once(':')?,
        (_, 2 | 4) => (digits.get(..2)?, digits.get(2..).filter(|rest| !rest.is_empty()).unwrap_or("00")),
        _ => return None,
    };
    let (hours, minutes) = (two_digits(hours, 23)?, two_digits(minutes, 59)?);
    let seconds = hours * 3600 + minutes * 60;
    Some((rest, Some(if sign == "-" { -seconds } else { seconds })))
}

/// Parses a date and time: `2026-11-20T22:43:18`, with any fraction.
fn local(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let (year, rest) = date.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (hour, rest) = time.split_once(':')?;
    let (minute, rest) = rest.split_once(':')?;
    let (second, fraction) = rest.split_once(['.', ',']).map_or((rest, None), |(s, f)| (s, Some(f)));
    let is_written = year.len() == 4 && minute.len() == 2 && second.len() == 2;
    let parts = [year, month, day, hour, minute, second, fraction.unwrap_or("0")];
    if !is_written || parts.iter().any(|part| part.is_empty() || !is_digits(part)) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    let fraction = fraction.unwrap_or("0");
    let nanos = number(&fraction[..fraction.len().min(9)])? * 10_u32.pow(9 - fraction.len().min(9) as u32);
    // A leap second is the second before it, with more than a second's fraction.
    let (second, nanos) = match number(second)? {
        60 => (59, nanos + 1_000_000_000),
        second => (second, nanos),
    };
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?)?;
    date.and_hms_nano_opt(number(hour)?, number(minute)?, second, nanos)
}

fn two_digits(text: &str, most: i32) -> Option<i32> {
    let number = (text.len() == 2 && is_digits(text)).then(|| text.parse().ok())??;
    (number <= most).then_some(number)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use recorder::format;

    use super::*;

    const SECOND: i64 = 1_795_215_291; // 2026-11-20T22:54:51Z

    #[test]
    fn stamps_of_any_precision_and_offset_are_read() {
        for (text, after_ns, offset_s) in [
            ("2026-11-20T22:54:51+00:00", 0, 0),
            ("2026-11-20T22:54:51Z", 0, 0),
            ("2026-11-20 22:54:51.000000001Z", 1, 0),
            ("2026-11-21T04:39:51.5+05:45", 500_000_000, 20_700),
            ("2026-11-20T22:54:51+0000", 0, 0),
            ("2026-11-20T22:54:51-00:00", 0, 0),
            ("2026-11-20T23:54:51+01", 0, 3600),
            ("2026-11-20T19:24:51-0330", 0, -12_600),
            ("2026-11-20t22:54:51z", 0, 0),
            ("2026-11-20 23:54:51.123456789 +0100", 123_456_789, 3600),
            ("2026-11-20T22:54:51,5Z", 500_000_000, 0),
            ("  2026-11-20T22:54:51Z\t", 0, 0),
            ("2026-11-20T22:54:51.1234567899Z", 123_456_789, 0),
            ("2026-11-20 22:54:51 UTC", 0, 0),
            ("2026-11-20T22:54:51,5utc", 500_000_000, 0),
            ("2026-11-20 22:54:51 GMT", 0, 0),
            ("2026-11-20 22:54:51 Z", 0, 0),
            ("2026-11-20 22:54:51.000000001 +0000 UTC", 1, 0),
        ] {
            let expected = ((SECOND * 1_000_000_000 + after_ns, Some(offset_s)), None);
            assert_eq!(parse(text, 7), Ok(expected), "{text}");
        }
        for (text, after_ns) in
            [("2026-11-20 22:54:51.347682", 347_682_000), ("2026-11-20T22:54:51,3", 300_000_000)]
        {
            let expected = ((SECOND * 1_000_000_000 + after_ns, None), Some(Assumption::Offset));
            assert_eq!(parse(text, 0), Ok(expected), "{text}");
        }
        assert_eq!(parse("1970-01-01 8:00:00", 28_800), Ok(((0, None), Some(Assumption::Offset))));
    }

    #[test]
    fn numbers_are_times_since_1970_in_the_unit_of_their_size() {
        for (text, ns, unit) in [
            ("1000000000", 1_000_000_000_000_000_000, Unit::Seconds),
            ("1795215291.25", SECOND * 1_000_000_000 + 250_000_000, Unit::Seconds),
            ("1795215291,1234567899", SECOND * 1_000_000_000 + 123_456_789, Unit::Seconds),
            ("4102444799.999999999", 4_102_444_799_999_999_999, Unit::Seconds),
            (" 1795215291347 ", SECOND * 1_000_000_000 + 347_000_000, Unit::Milliseconds),
            ("1795215291347.6", SECOND * 1_000_000_000 + 347_600_000, Unit::Milliseconds),
            ("1795215291347682", SECOND * 1_000_000_000 + 347_682_000, Unit::Microseconds),
            ("1795215291347682001", SECOND * 1_000_000_000 + 347_682_001, Unit::Nanoseconds),
            ("4102444799999999999.9", 4_102_444_799_999_999_999, Unit::Nanoseconds),
        ] {
            assert_eq!(parse(text, 7), Ok(((ns, Some(0)), Some(Assumption::Unit(unit)))), "{text}");
        }
        // Such as ns since the boot: their digits would be a time in 2227.
        for text in ["8123456123456789", "4102444800", "9223372037", "9999999999999", "9223372036854775808"] {
            assert_eq!(parse(text, 0), Err(NoStamp::Form), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "NaT",
            "2026-02-30 00:00:00",
            "2026-11-20 24:00:00",
            "20/11/2026 22:54",
            "26-11-20 22:54:51",
            "2026-11-20T22:00:00+24:00",
            "2026-11-20T22:00:00+05:61",
            "2026-11-20T22:00:00+5",
            "2026-11-20T22:00:00+080",
            "2026-11-20T22:00:00+08 00",
            "2026-11-20T22:00:00Z+08",
            "2026-11-20T22:00:00+08:00 UTC",
            "2026-11-20T22:00:00 UTC+1",
            "2026-11-20T22:00:00  UTC",
            "UTC",
            "2026-11-20T22:00:00.",
            "2026-11-20T22:00:00.5,5",
            "2026-11-20T22:00:0",
            "2026-11-20T22:00: 0",
            "2026-11-20T22:00:00.5       +08:00",
            "2026-11-20T22:00",
            "2026-11-20",
            "+2026-11-20T22:00:00",
            "17.5",
            "999999999",
            "0001795215291",
            "1795215291.",
            "1795215291.x",
            "1,795,215,291",
            "-1795215291",
            "+1795215291",
            "1.795215291E9",
            "１７９５２１５２９１",
        ] {
            assert_eq!(parse(text, 0), Err(NoStamp::Form), "{text}");
        }
        for text in [
            "9999-12-31 23:59:59",
            "0001-01-01 00:00:00",
            "1968-12-31T23:59:59Z",
            "2262-04-11 23:47:16.854776",
        ] {
            assert_eq!(parse(text, 0), Err(NoStamp::Range), "{text}");
        }
    }

    proptest! {
        #[test]
        fn all_spellings_of_a_time_are_the_same_time(
            ns in EPOCH_NS, minutes in -1439..1440_i32,
        ) {
            let stamp = format::Stamp::new(ns, minutes).to_bytes();
            let text = std::str::from_utf8(&stamp).unwrap();
            let expected = Ok(((ns, Some(minutes * 60)), None));
            let without_colon = format!("{}{}", &text[..32], &text[33..]);
            for spelled in [
                text.to_owned(),
                text.replace('.', ","),
                text.replace('T', "t"),
                text.replace('T', " "),
                format!(" {text} "),
                format!("{} {}", &without_colon[..29], &without_colon[29..]),
                without_colon,
            ] {
                prop_assert_eq!(parse(&spelled, 7), expected, "{}", spelled);
            }
            if minutes % 60 == 0 {
                prop_assert_eq!(parse(&text[..32], 7), expected, "{}", text);
            }
            let numbers = Unit::ALL.map(|unit| {
                let (whole, fraction) = (format!("{ns}"), unit.fraction_digits());
                let (whole, fraction) = whole.split_at(whole.len() - fraction);
                (unit, format!("{whole}.{fraction}0"))
            });
            for (unit, number) in numbers {
                let expected = Ok(((ns, Some(0)), Some(Assumption::Unit(unit))));
                prop_assert_eq!(parse(&number, 7), expected, "{}", number);
                prop_assert_eq!(parse(&number.replace('.', ","), 7), expected, "{}", number);
            }
        }

        #[test]
        fn no_text_is_a_panic(text in "[0-9TtZz :.,+é-]{0,40}") {
            let _ = parse(&text, 0);
        }
    }
}
