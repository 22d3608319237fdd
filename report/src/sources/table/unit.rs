//! Units of times and durations in tables, and exact decimal numbers of them.
//!
//! Takes text, gives whole nanoseconds: no digit down to the nanosecond is lost, and what is below is rounded. Reads
//! `1.5`, `1e-05`, `1,5` where a comma is no separator; `1.5 ms`, `1h 2m 3.5s`; `1:02:03.5`, `2 days 00:00:01.5`, and
//! `2-00:00:01` as Slurm writes it.
//! Knows no columns and no dates.

use std::str::FromStr;

use crate::text::terminal;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeUnit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
}

use TimeUnit::{Days, Hours, Microseconds, Milliseconds, Minutes, Nanoseconds, Seconds};

/// The names of each, the one for messages first.
const NAMES: [(TimeUnit, &[&str]); 7] = [
    (Nanoseconds, &["nanoseconds", "ns", "nano", "nanos", "nsec", "nanosecond"]),
    (Microseconds, &["microseconds", "us", "\u{b5}s", "\u{3bc}s", "micro", "micros", "usec", "microsecond"]),
    (Milliseconds, &["milliseconds", "ms", "milli", "millis", "msec", "msecs", "millisecond"]),
    (Seconds, &["seconds", "s", "sec", "secs", "second"]),
    (Minutes, &["minutes", "min", "m", "mins", "minute"]),
    (Hours, &["hours", "h", "hr", "hrs", "hour"]),
    (Days, &["days", "d", "day"]),
];

impl TimeUnit {
    /// The unit of this name, in any case.
    pub(super) fn of_name(name: &str) -> Option<TimeUnit> {
        let has_name = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        NAMES.into_iter().find(|(_, names)| has_name(names)).map(|(unit, _)| unit)
    }

    pub(super) fn name(self) -> &'static str {
        NAMES[self as usize].1[0]
    }

    fn ns(self) -> i128 {
        const S: i128 = 1_000_000_000;
        [1, 1_000, 1_000_000, S, 60 * S, 3600 * S, 86_400 * S][self as usize]
    }
}

impl FromStr for TimeUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<TimeUnit, String> {
        let unknown = || format!("unknown unit {}: use ns, us, ms, s, min, h or d", terminal::quoted(text));
        TimeUnit::of_name(text).ok_or_else(unknown)
    }
}

/// A number with a point and perhaps an exponent; `has_comma` allows a decimal comma. `None` for anything else, also for
/// more than an `i64` of ns can be.
pub(super) fn number(text: &str, unit: TimeUnit, has_comma: bool) -> Option<i64> {
    let (text, exponent) = match text.split_once(['e', 'E']) {
        Some((text, exponent)) => (text, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let is_point = |c: char| c == '.' || (has_comma && c == ',');
    let (whole, fraction) = digits.split_once(is_point).unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: i128 = 0;
    let mut power = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    for digit in whole.bytes().chain(fraction.bytes()) {
        if !digit.is_ascii_digit() {
            return None;
        }
        // Digits that no i64 of ns can show are left out.
        match value.checked_mul(10).filter(|value| *value < 10_i128.pow(22)) {
            Some(tens) => value = tens + i128::from(digit - b'0'),
            None => power = power.checked_add(1)?,
        }
    }
    let ns = scaled(value * unit.ns(), power)?;
    i64::try_from(if is_negative { -ns } else { ns }).ok()
}

/// A number of at least 0 times a power of ten, rounded.
fn scaled(value: i128, power: i32) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    let size = 10_i128.checked_pow(power.unsigned_abs());
    match size {
        Some(size) if power >= 0 => value.checked_mul(size),
        Some(size) => Some(value / size + i128::from(value % size >= (size + 1) / 2)),
        None if power < 0 => Some(0),
        None => None,
    }
}

/// A duration that says its units itself: with unit names, or as hours, minutes and seconds.
pub(super) fn duration(text: &str, has_comma: bool) -> Option<i64> {
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let ns = match text.contains(':') {
        true => clock(text, has_comma)?,
        false => with_units(text, has_comma)?,
    };
    Some(if is_negative { -ns } else { ns })
}

/// `1.5 ms`, `1h 2m 3.5s`.
fn with_units(text: &str, has_comma: bool) -> Option<i64> {
    let (mut rest, mut sum) = (text.trim_start(), 0_i64);
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| c.is_alphabetic())?;
        let (amount, after) = rest.split_at(unit_at);
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let amount = amount.trim();
        if !amount.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        sum = sum.checked_add(number(amount, TimeUnit::of_name(&after[..end])?, has_comma)?)?;
        rest = after[end..].trim_start_matches([' ', ',']);
    }
    (!text.trim().is_empty()).then_some(sum)
}

/// Whether a text can be a time of day: `22:54:51.5`, `22:54`, `10:54 PM`.
pub(super) fn is_time_of_day(text: &str) -> bool {
    let has_minutes = match text.matches(':').count() {
        1 => !text.contains(['.', ',']),
        count => count == 2,
    };
    has_minutes
        && text.split(':').next().is_some_and(|hours| hours.parse::<u8>().is_ok_and(|hours| hours < 24))
}

/// `1:02:03.5`, `2 days 00:00:01.5`, `2-00:00:01`, and `02:03.5`, which has a fraction and so no hours.
fn clock(text: &str, has_comma: bool) -> Option<i64> {
    let (days, time) = match text.split_once("day") {
        Some((days, time)) => (days.trim(), time.trim_start_matches('s').trim_start_matches([',', ' '])),
        None => text.split_once('-').unwrap_or(("0", text)),
    };
    let parts: Vec<&str> = time.split(':').collect();
    let has_fraction = |seconds: &str| seconds.contains('.') || (has_comma && seconds.contains(','));
    let (hours, minutes, seconds) = match *parts {
        [hours, minutes, seconds] => (hours, minutes, seconds),
        [minutes, seconds] if has_fraction(seconds) => ("0", minutes, seconds),
        _ => return None,
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole_seconds = seconds.split(['.', ',']).next().unwrap_or_default();
    let is_below_60 = |text: &str| text.len() <= 2 && text.parse::<u8>().is_ok_and(|number| number < 60);
    let is_clock = [days, hours, minutes, whole_seconds].into_iter().all(is_digits)
        && [minutes, whole_seconds].into_iter().all(is_below_60);
    let parts = [(days, Days), (hours, Hours), (minutes, Minutes), (seconds, Seconds)];
    is_clock.then(|| {
        parts.iter().try_fold(0_i64, |sum, (text, unit)| sum.checked_add(number(text, *unit, has_comma)?))
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_to_the_nanosecond() {
        for (text, unit, ns) in [
            ("1.5", Seconds, 1_500_000_000),
            ("-0.000000001", Seconds, -1),
            ("8123456.123456789", Seconds, 8_123_456_123_456_789),
            ("0.30000000000000004", Seconds, 300_000_000),
            ("0.29999999999999998889776975", Seconds, 300_000_000),
            ("1e-05", Seconds, 10_000),
            ("5.5E3", Microseconds, 5_500_000),
            ("9223372036854775807", Nanoseconds, i64::MAX),
            (".5", Milliseconds, 500_000),
            ("5.", Milliseconds, 5_000_000),
            ("+2", Minutes, 120_000_000_000),
            ("0.5", Nanoseconds, 1),
            ("0.4", Nanoseconds, 0),
            ("1e-400", Days, 0),
            ("0e999999999", Seconds, 0),
        ] {
            assert_eq!(number(text, unit, false), Some(ns), "{text}");
        }
        for text in
            ["", "-", ".", "1,5", "1.2.3", "nan", "inf", "0x10", "9223372036854775808", "1e400", "1e", "1 2"]
        {
            assert_eq!(number(text, Nanoseconds, false), None, "{text}");
        }
        assert_eq!(number("1,5", Seconds, true), Some(1_500_000_000));
    }

    #[test]
    fn durations_say_their_units_themselves() {
        for (text, ns) in [
            ("1.5 s", 1_500_000_000),
            ("250ms", 250_000_000),
            ("1h2m3.5s", 3_723_500_000_000),
            ("1 min, 2 sec", 62_000_000_000),
            ("3 \u{b5}s", 3_000),
            ("-2 ms", -2_000_000),
            ("00:01:02.5", 62_500_000_000),
            ("100:00:00", 360_000_000_000_000),
            ("01:02.5", 62_500_000_000),
            ("0 days 00:00:01.500000", 1_500_000_000),
            ("1 day, 0:00:05", 86_405_000_000_000),
            ("-0:00:05", -5_000_000_000),
            ("1-02:03:04", 93_784_000_000_000),
        ] {
            assert_eq!(duration(text, false), Some(ns), "{text}");
        }
        for text in [
            "",
            "5",
            "s",
            "5 parsecs",
            "1:2",
            "1:60:00",
            "1:2:3:4",
            "a:b:c",
            "::",
            "-",
            "1:00:-5",
            "5 s 6",
            "1-",
            "1-2:3",
            "-1--0:00:05",
        ] {
            assert_eq!(duration(text, false), None, "{text}");
        }
    }
}
