//! Number: a decimal number as a whole number of smaller units, without floats.
//!
//! `1795187333622021.123` us is 1795187333622021123 ns: a float would lose the last digits. Programs that write floats
//! write 84.02600002288818 us for 84026 ns: what is less than a unit is rounded to the nearest.

/// The most digits that are kept; 10^38 is less than 2^127. Digits after these are far below a unit.
const DIGITS: u32 = 38;

/// A number times 10^`shift`, rounded to the nearest; a half away from 0. The text may have quotes. The error says what
/// it is instead of such a number.
pub(in crate::sources) fn decimal(value: &str, shift: i32) -> Result<i64, &'static str> {
    if let Some(value) = whole(value, shift) {
        return Ok(value);
    }
    decimal_wide(value, shift).and_then(|value| i64::try_from(value).map_err(|_| TOO_LARGE))
}

/// As [`decimal`], for numbers that are no times.
pub(in crate::sources) fn decimal_wide(value: &str, shift: i32) -> Result<i128, &'static str> {
    let text = value.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(value).trim_ascii();
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let magnitude = magnitude(digits, shift)?;
    let value = i128::try_from(magnitude).map_err(|_| TOO_LARGE)?;
    Ok(if is_negative { -value } else { value })
}

/// As [`decimal`], for a text of few digits that needs no rounding: nearly all times. `None` for any other text.
pub(in crate::sources) fn whole(value: &str, shift: i32) -> Option<i64> {
    let bytes = value.as_bytes();
    let mut left = u32::try_from(shift).ok()?;
    let (mut number, mut is_fraction) = (0, false);
    if bytes.is_empty() || bytes.len() > MOST_WHOLE {
        return None;
    }
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => {
                left = if is_fraction { left.checked_sub(1)? } else { left };
                number = number * 10 + i64::from(byte - b'0');
            }
            b'.' if !is_fraction && number > 0 => is_fraction = true,
            _ => return None,
        }
    }
    number.checked_mul(10_i64.checked_pow(left)?)
}

/// So many digits fit into an `i64`.
const MOST_WHOLE: usize = 18;

const NO_NUMBER: &str = "is not a number";
const TOO_LARGE: &str = "is too large";

fn magnitude(text: &[u8], shift: i32) -> Result<u128, &'static str> {
    let (mut digits, mut count, mut exponent) = (0u128, 0, i64::from(shift));
    let (mut has_digit, mut is_fraction) = (false, false);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'0'..=b'9' => {
                has_digit = true;
                if count < DIGITS {
                    digits = digits * 10 + u128::from(byte - b'0');
                    count += u32::from(digits > 0);
                    exponent -= i64::from(is_fraction);
                } else {
                    exponent += i64::from(!is_fraction);
                }
            }
            b'.' if !is_fraction => is_fraction = true,
            b'e' | b'E' => break,
            _ => return Err(not_finite(text)),
        }
        at += 1;
    }
    if !has_digit {
        return Err(not_finite(text));
    }
    if let Some(own) = text.get(at + 1..) {
        let own = std::str::from_utf8(own).map_err(|_| NO_NUMBER)?;
        let is_exponent = own.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit());
        // An exponent of more digits than an i64 has counts as the greatest.
        let most = if own.starts_with('-') { i64::MIN } else { i64::MAX };
        let own_exponent = own.parse().ok().or((is_exponent && own.len() > 18).then_some(most));
        exponent = exponent.saturating_add(own_exponent.ok_or(NO_NUMBER)?);
    } else if at < text.len() {
        return Err(NO_NUMBER);
    }
    if digits == 0 {
        return Ok(0);
    }
    let Ok(power) = u32::try_from(exponent.unsigned_abs()) else {
        return if exponent < 0 { Ok(0) } else { Err(TOO_LARGE) };
    };
    let power = 10u128.checked_pow(power);
    match (power, exponent < 0) {
        (Some(power), false) => digits.checked_mul(power).ok_or(TOO_LARGE),
        (None, false) => Err(TOO_LARGE),
        (Some(power), true) => Ok(digits / power + u128::from(digits % power >= power.div_ceil(2))),
        (None, true) => Ok(0),
    }
}

fn not_finite(text: &[u8]) -> &'static str {
    let words: [&[u8]; 3] = [b"nan", b"infinity", b"inf"];
    if words.iter().any(|word| text.eq_ignore_ascii_case(word)) { "is not finite" } else { NO_NUMBER }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_nanosecond_is_lost() {
        for (us, ns) in [
            ("1795187333622021.123", 1_795_187_333_622_021_123),
            ("0.001", 1),
            ("84.02600002288818", 84_026),
            ("1693384214.0449998", 1_693_384_214_045),
            ("1795187333622021.1239", 1_795_187_333_622_021_124),
            ("0.0005", 1),
            ("0.00049999999999999999999999999999999999999999999", 0),
            ("-0.0005", -1),
            ("-5", -5000),
            ("0", 0),
            ("-0.0", 0),
            ("1e3", 1_000_000),
            ("1.5E-3", 2),
            ("25e+2", 2_500_000),
            ("\"1000\"", 1_000_000),
            ("\" 7.25 \"", 7250),
            ("9223372036854775.807", i64::MAX),
            ("-9223372036854775.808", i64::MIN),
            ("000000000000000000000000000000000000000000000001", 1000),
            ("0.0000000000000000000000000000000000000000000000001", 0),
            ("1e-99999999999999999999", 0),
            ("0e99999999999999999999", 0),
            ("100000000000000000000000000000000000000000000e-41", 1_000_000),
        ] {
            assert_eq!(decimal(us, 3), Ok(ns), "{us}");
        }
        assert_eq!(decimal("3", 0), Ok(3));
        assert_eq!(decimal("3499", -3), Ok(3));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in ["1e308", "9223372036854775.808", "1e99999999999999999999", &"9".repeat(300)] {
            assert_eq!(decimal(text, 3), Err(TOO_LARGE), "{text}");
        }
        for text in
            ["", "-", ".", "e5", "1e", "1e+", "1e5x", "1.2.3", "1,5", "0x10", "--1", "true", "null", "\""]
        {
            assert_eq!(decimal(text, 3), Err(NO_NUMBER), "{text}");
        }
        for text in ["NaN", "Infinity", "-Infinity", "\"inf\""] {
            assert_eq!(decimal(text, 3), Err("is not finite"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_one_does(text in "[0-9]{0,12}[.]?[0-9]{0,6}", shift in 0..4i32) {
            if let Some(value) = whole(&text, shift) {
                prop_assert_eq!(decimal_wide(&text, shift), Ok(i128::from(value)), "{}", text);
            }
        }

        #[test]
        fn a_decimal_fraction_of_us_is_whole_ns(ns: i64) {
            let (us, rest) = (ns.unsigned_abs() / 1000, ns.unsigned_abs() % 1000);
            let sign = if ns < 0 { "-" } else { "" };
            prop_assert_eq!(decimal(&format!("{sign}{us}.{rest:03}"), 3), Ok(ns));
        }

        #[test]
        fn any_text_is_a_number_or_none(text in "[-+0-9.eE]{0,60}", shift in -9..10) {
            let _ = decimal(&text, shift);
        }
    }
}
