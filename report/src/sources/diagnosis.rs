//! Diagnosis: why a field or a row has no time that can be read, and what to write instead.
//!
//! Takes text that `stamp` refused, so its cost does not matter. Each answer follows the quoted field in a message. It
//! names a cause only if the text shows it. Knows no columns.

use csv::ByteRecord;

use super::fields;
use super::stamp::{self, NoStamp, Unit};
use crate::text::units;

/// The form to write.
pub(super) const EXAMPLE: &str = "2026-11-20T22:43:18.5+08:00";

/// No text that people meant as a time is longer.
const LONGEST: usize = 60;

/// Why a text is no time.
pub(super) fn of_time(text: &str, why: NoStamp) -> String {
    if why == NoStamp::Range {
        return "is out of range: use times from 1969 to 2260".into();
    }
    let text = text.trim();
    let words: Vec<String> = (text.split(|c: char| !c.is_alphabetic()))
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let has_word = |among: &[&str]| words.iter().any(|word| among.contains(&word.as_str()));
    let begins_with_year = text.len() > 4 && text.find(|c: char| !c.is_ascii_digit()) == Some(4);
    let shape = if text.len() <= LONGEST { shape(text) } else { String::new() };
    let has_date = ["d-d-d", "d/d/d", "d.d.d"].iter().any(|date| shape.starts_with(date));
    let what = match shape.trim_start_matches(['+', '-']) {
        "" if text.is_empty() => "is empty",
        "d" | "d.d" | "d,d" => return of_number(text),
        "da+d" | "d.da+d" | "d,da+d" | "dad" | "d.dad" | "d,dad" if has_word(&["e"]) => {
            "is a number with an exponent, which lacks digits"
        }
        "d:d" | "d:d.d" | "d:d,d" | "d:d:d" | "d:d:d.d" | "d:d:d,d" => "has no date",
        _ if has_date && !begins_with_year => "has day and month in an uncertain order",
        _ if has_word(&["am", "pm"]) => "has AM or PM, not hours from 0 to 23",
        "d/d/d d:d:d" | "d/d/d d:d:d.d" | "d.d.d d:d:d" => "has no `-` in its date",
        "d-d-d" | "d/d/d" | "d.d.d" => "has no time of day",
        "d-d-d d:d" | "d/d/d d:d" | "d-d-dad:d" | "d-d-dad:da" | "d-d-dad:d+d:d" => "has no seconds",
        _ if has_word(&MONTHS) => "has its month in letters",
        _ if has_date && words.last().is_some_and(|word| word.len() > 1) => {
            "has a zone by name, not an offset such as +08:00"
        }
        _ => "is not a date and time",
    };
    format!("{what}: write it as {EXAMPLE}")
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn of_number(text: &str) -> String {
    let digits = text.find(['.', ',']).unwrap_or(text.len());
    if digits < Unit::Seconds.digits() {
        return format!(
            "is a number too small for a time since 1970: add the moment from which it counts, or write it as {EXAMPLE}"
        );
    }
    let units = Unit::ALL.map(|unit| format!("{} {}", unit.digits(), unit.name())).join(", ");
    format!(
        "is a number whose unit is unknown: times from 2001 to 2099 have these digits: {units}; write it as {EXAMPLE}"
    )
}

/// The text with each run of digits as `d` and each run of letters as `a`.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars() {
        let kind = match c {
            _ if c.is_ascii_digit() => 'd',
            _ if c.is_alphabetic() => 'a',
            _ => c,
        };
        if !(matches!(kind, 'd' | 'a') && shape.ends_with(kind)) {
            shape.push(kind);
        }
    }
    shape
}

/// Why a row is refused that has more or fewer fields than the header.
pub(super) fn of_count(record: &ByteRecord, count: usize) -> String {
    format!("it has {}, the header has {count}", units::counted(record.len() as u64, "field"))
}

/// Whether a decimal comma splits a time into two of these fields, and what to do.
pub(super) fn of_decimal_comma(record: &ByteRecord) -> Option<String> {
    record.iter().zip(record.iter().skip(1)).find_map(|(whole, fraction)| {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let time = [whole, b",", fraction].concat();
        // Ten digits may be a time of their own.
        let is_time = (1..10).contains(&digits)
            && std::str::from_utf8(&time).is_ok_and(|time| stamp::parse(time, 0).is_ok());
        let time = fields::quoted(&time);
        is_time
            .then(|| format!("a decimal comma in the time {time}: put the time in quotes, or write a point"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_nearly_right_is_told_what_it_lacks() {
        for (text, what) in [
            ("", "is empty"),
            ("54:51.3", "has no date"),
            ("22:54:51,3", "has no date"),
            ("20/11/2026 22:54", "has day and month in an uncertain order"),
            ("11/20/2026 10:43:18 PM", "has day and month in an uncertain order"),
            ("20.11.2026 22:54:51", "has day and month in an uncertain order"),
            ("20-11-26", "has day and month in an uncertain order"),
            ("2026/11/20 22:54:51", "has no `-` in its date"),
            ("2026-11-20", "has no time of day"),
            ("2026-11-20 22:54", "has no seconds"),
            ("2026-11-20T22:54Z", "has no seconds"),
            ("2026-11-20T22:54+08:00", "has no seconds"),
            ("2026-11-20 10:54:51 pm", "has AM or PM, not hours from 0 to 23"),
            ("Fri Nov 20 22:54:51 2026", "has its month in letters"),
            ("20 Nov 2026 22:54:51", "has its month in letters"),
            ("2026-11-20 22:54:51 CET", "has a zone by name, not an offset such as +08:00"),
            ("2026-11-20T22:54:51+01:00[Europe/Paris]", "has a zone by name, not an offset such as +08:00"),
            ("1.77E+09", "is a number with an exponent, which lacks digits"),
            ("1,77e9", "is a number with an exponent, which lacks digits"),
            ("2026-02-30T00:00:00Z", "is not a date and time"),
            ("2026-11-20T22:00:00+24:00", "is not a date and time"),
            ("20261120T225451Z", "is not a date and time"),
            ("NaT", "is not a date and time"),
            (&"9:".repeat(1000), "is not a date and time"),
        ] {
            assert_eq!(stamp::parse(text, 0), Err(NoStamp::Form), "{text}");
            assert_eq!(of_time(text, NoStamp::Form), format!("{what}: write it as {EXAMPLE}"), "{text}");
        }
        for (text, beginning) in [
            ("0", "is a number too small"),
            ("-12.5", "is a number too small"),
            ("177270480012", "is a number whose unit is unknown"),
            ("17727048000000000000", "is a number whose unit is unknown"),
        ] {
            assert!(of_time(text, NoStamp::Form).starts_with(beginning), "{text}");
        }
    }

    #[test]
    fn the_form_that_every_answer_asks_for_is_read() {
        assert_eq!(stamp::parse(EXAMPLE, 0), Ok(((1_795_185_798_500_000_000, Some(28_800)), None)));
    }

    #[test]
    fn a_decimal_comma_is_named_and_other_neighbours_are_not() {
        for (row, time) in [
            ("g,t,2026-11-20T22:43:18,5+08:00,x", Some("2026-11-20T22:43:18,5+08:00")),
            ("2026-11-20 22:43:18,123456789", Some("2026-11-20 22:43:18,123456789")),
            ("g,t,1795185798,25,1795185799,5", Some("1795185798,25")),
            ("g,t,1795185798,1795185799,x", None),
            ("g,t,2026-11-20T22:43:18Z,5", None),
            ("g,t,2026-11-20T22:43:18.5,5", None),
            ("g,t,2026-11-20T22:43:18,2026-11-20T22:43:19", None),
            ("", None),
        ] {
            let record: ByteRecord = row.split(',').collect::<Vec<_>>().into();
            let told = time.map(|time| {
                format!("a decimal comma in the time `{time}`: put the time in quotes, or write a point")
            });
            assert_eq!(of_decimal_comma(&record), told, "{row}");
        }
    }
}
