//! Forms of dates and times in tables, as `format=` says them in strftime's letters.
//!
//! Takes a form and a text; gives a local time, and the text's offset from UTC if it has one. A fraction of a second may
//! follow the seconds of any form, with a point or a comma and any number of digits. For a text of unknown form, gives
//! the forms that it may have; each of them was tried on the text. Knows no columns.

use chrono::format::{
    Fixed, Item, Numeric, ParseError, ParseResult, Parsed, StrftimeItems, parse, parse_and_remainder,
};
use chrono::{Datelike, NaiveDateTime, NaiveTime};

use crate::text::terminal;

/// A form, split where a fraction of a second may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    text: String,
    /// Up to the seconds; empty if no fraction can follow them.
    until_seconds: Vec<Item<'static>>,
    /// Behind the seconds and their fraction.
    behind: Vec<Item<'static>>,
}

impl Form {
    /// `None` if the text has letters that strftime does not know.
    pub(super) fn of(text: &str) -> Option<Form> {
        let mut until_seconds = StrftimeItems::new(text).parse_to_owned().ok()?;
        let is_second = |item: &Item<'_>| matches!(item, Item::Numeric(Numeric::Second, _));
        let seconds_end = until_seconds.iter().position(is_second).map_or(0, |place| place + 1);
        let mut behind = until_seconds.split_off(seconds_end);
        match behind.as_slice() {
            [
                Item::Fixed(Fixed::Nanosecond | Fixed::Nanosecond3 | Fixed::Nanosecond6 | Fixed::Nanosecond9),
                ..,
            ] => {
                behind.drain(..1);
            }
            // Python's `.%f`, which strictly is a whole number of ns here.
            [Item::OwnedLiteral(point), Item::Numeric(Numeric::Nanosecond, _), ..]
                if matches!(&**point, "." | ",") =>
            {
                behind.drain(..2);
            }
            [Item::OwnedLiteral(text), ..] if text.starts_with(['.', ',']) => {
                behind.splice(..0, until_seconds.drain(..));
            }
            _ => {}
        }
        Some(Form { text: text.to_owned(), until_seconds, behind })
    }

    /// The local time of a text in this form, and its offset from UTC in seconds. A date alone is its beginning.
    pub(super) fn parse(&self, text: &str) -> ParseResult<(NaiveDateTime, Option<i32>)> {
        let mut parsed = Parsed::new();
        let mut rest = parse_and_remainder(&mut parsed, text, self.until_seconds.iter())?;
        if !self.until_seconds.is_empty()
            && let Some((ns, behind)) = fraction(rest)
        {
            parsed.set_nanosecond(ns)?;
            rest = behind;
        }
        parse(&mut parsed, rest, self.behind.iter())?;
        // Seconds since 1970 count in UTC.
        let offset_s = parsed.offset().or(parsed.timestamp().map(|_| 0));
        let local = parsed.to_naive_datetime_with_offset(offset_s.unwrap_or(0)).or_else(|error| {
            let has_time = parsed.hour_mod_12().is_some() || parsed.minute().is_some();
            let date = parsed.to_naive_date().map_err(|_| error)?;
            // Hours and minutes alone are whole.
            let time = if has_time { parsed.to_naive_time()? } else { NaiveTime::MIN };
            Ok(date.and_time(time))
        });
        Ok((local?, offset_s))
    }

    /// Why a text was refused, with the forms that it may have instead.
    pub(super) fn refusal(&self, text: &str, error: ParseError) -> String {
        let form = terminal::quoted(&self.text);
        let others: Vec<String> = forms_of(text).iter().map(|other| format!("`{other}`")).collect();
        let others =
            if others.is_empty() { others.concat() } else { format!("; it may be {}", others.join(" or ")) };
        format!("does not have the form {form}: {error}{others}")
    }
}

/// A fraction of a second at the beginning of a text, in ns, and what follows.
fn fraction(text: &str) -> Option<(i64, &str)> {
    const NS_DIGITS: usize = 9;
    let digits = text.strip_prefix(['.', ','])?;
    let (digits, behind) =
        digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    let shown = &digits[..digits.len().min(NS_DIGITS)];
    let number: i64 = shown.parse().ok()?;
    Some((number * 10_i64.pow((NS_DIGITS - shown.len()) as u32), behind))
}

/// The dates that people write.
const DATES: [&str; 24] = [
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%m.%d.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%y",
    "%m-%d-%y",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d/%b/%Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%a, %d %b %Y",
    "%a %b %d %H:%M:%S %Y",
];

/// What they write between a date and a time.
const SEPARATORS: [&str; 4] = [" ", ", ", "T", ":"];

/// The times of day.
const CLOCKS: [&str; 11] = [
    "%H:%M:%S",
    "%H:%M",
    "%I:%M:%S %p",
    "%I:%M %p",
    "%I:%M:%S%p",
    "%I:%M%p",
    "%H:%M:%S %z",
    "%H:%M:%S%z",
    "%H:%M %z",
    "%H.%M.%S",
    "%H%M%S",
];

/// The forms that a text may have, at most one for each kind of date. Several if the order of day and month is uncertain.
pub(super) fn forms_of(text: &str) -> Vec<String> {
    const LONGEST: usize = 60; // no text that people meant as a time is longer
    if text.len() > LONGEST {
        return Vec::new();
    }
    let with_time = |date: &&str| {
        let rest = parse_and_remainder(&mut Parsed::new(), text, StrftimeItems::new(date)).ok()?;
        if rest.is_empty() {
            // `1.2.3` is no date.
            return (date.contains("%Y") && is_of_our_time(text, date)).then(|| (*date).to_owned());
        }
        let (separator, _) = rest.split_at(rest.find(|c: char| c.is_ascii_digit())?);
        let separator = SEPARATORS.into_iter().find(|known| *known == separator)?;
        let mut forms = CLOCKS.into_iter().map(|clock| format!("{date}{separator}{clock}"));
        forms.find(|form| is_of_our_time(text, form))
    };
    DATES.iter().filter_map(with_time).collect()
}

fn is_of_our_time(text: &str, form: &str) -> bool {
    let time = Form::of(form).and_then(|form| form.parse(text).ok());
    time.is_some_and(|(local, _)| (1970..2262).contains(&local.year()))
}

/// What is known of the form of a text, for a message: with the option to write. `None` if it is no date.
pub(super) fn advice(text: &str) -> Option<String> {
    let options: Vec<String> = forms_of(text).iter().map(|form| option(form)).collect();
    match options.as_slice() {
        [] => None,
        [option] => Some(format!("is a date in a form of its own: say it by {option}")),
        several => {
            Some(format!("has day and month in an uncertain order: say it by {}", several.join(" or ")))
        }
    }
}

/// A form as the option has it.
fn option(form: &str) -> String {
    match form.contains(',') {
        true => format!("--columns 'format=\"{form}\"'"),
        false => format!("--columns 'format={form}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn ns(form: &str, text: &str) -> Option<i64> {
        let (local, offset_s) = Form::of(form).unwrap().parse(text).ok()?;
        Some(local.and_utc().timestamp_nanos_opt()? - i64::from(offset_s.unwrap_or(0)) * 1_000_000_000)
    }

    #[test]
    fn a_fraction_may_follow_the_seconds_of_any_form() {
        const SECOND: i64 = 1_795_215_291_000_000_000; // 2026-11-20T22:54:51Z
        for (form, text, after_ns) in [
            ("%d.%m.%Y %H:%M:%S", "20.11.2026 22:54:51", 0),
            ("%d.%m.%Y %H:%M:%S", "20.11.2026 22:54:51,250", 250_000_000),
            ("%d.%m.%Y %T", "20.11.2026 22:54:51.000000001", 1),
            ("%d.%m.%Y %H:%M:%S", "20.11.2026 22:54:51.1234567899", 123_456_789),
            ("%d.%m.%Y %H:%M:%S%.f", "20.11.2026 22:54:51,5", 500_000_000),
            ("%d.%m.%Y %H:%M:%S%.3f", "20.11.2026 22:54:51.5", 500_000_000),
            ("%d.%m.%Y %H:%M:%S.%f", "20.11.2026 22:54:51.25", 250_000_000),
            ("%d.%m.%Y %H:%M:%S,%f", "20.11.2026 22:54:51", 0),
            ("%m/%d/%Y %I:%M:%S %p", "11/20/2026 10:54:51.5 PM", 500_000_000),
            ("%d/%b/%Y:%H:%M:%S %z", "20/Nov/2026:23:54:51,5 +0100", 500_000_000),
            ("%H:%M:%S.%d.%m.%Y", "22:54:51.20.11.2026", 0),
            ("%S%3f %M %H %d %m %Y", "51250 54 22 20 11 2026", 250_000_000),
        ] {
            assert_eq!(ns(form, text), Some(SECOND + after_ns), "{form}: {text}");
        }
        assert_eq!(Form::of("%s").unwrap().parse("1795215291").unwrap().1, Some(0), "it needs no zone");
        assert_eq!(ns("%s", "1795215291"), Some(SECOND));
        assert_eq!(ns("%s %z", "1795215291 +0100"), Some(SECOND));
        assert_eq!(ns("%d.%m.%Y", "20.11.2026"), Some(1_795_132_800_000_000_000));
        assert_eq!(ns("%d.%m.%Y %H:%M", "20.11.2026 22:54"), Some(SECOND - 51_000_000_000));
        for text in ["20.11.2026 22:54:51.", "20.11.2026 22:54:51,x", "20.11.2026", ""] {
            assert_eq!(ns("%d.%m.%Y %H:%M:%S", text), None, "{text}");
        }
        assert_eq!(ns("%d.%m.%Y %H:%M", "20.11.2026 22:54,5"), None, "minutes have no fraction");
        assert_eq!(Form::of("%d.%Q"), None);
    }

    #[test]
    fn a_text_without_the_given_form_is_told_which_it_may_have() {
        let refusal = |text: &str| {
            let form = Form::of("%d.%m.%Y").unwrap();
            form.refusal(text, form.parse(text).unwrap_err())
        };
        let why = "does not have the form `%d.%m.%Y`: input contains invalid characters";
        assert_eq!(refusal("20/11/2026"), format!("{why}; it may be `%d/%m/%Y`"));
        assert_eq!(refusal("5/6/2026"), format!("{why}; it may be `%d/%m/%Y` or `%m/%d/%Y`"));
        assert_eq!(refusal("soon"), why);
    }

    #[test]
    fn the_forms_of_a_text_are_told_and_a_number_above_12_is_the_day() {
        for (text, forms) in [
            ("20.11.2026 14:03:05,250", &["%d.%m.%Y %H:%M:%S"][..]),
            ("11/20/2026 2:03:05 PM", &["%m/%d/%Y %I:%M:%S %p"]),
            ("11/20/2026, 2:03:05.5 pm", &["%m/%d/%Y, %I:%M:%S %p"]),
            ("20/11/2026 22:54", &["%d/%m/%Y %H:%M"]),
            ("05/11/2026 22:54", &["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]),
            ("5-11-2026", &["%d-%m-%Y", "%m-%d-%Y"]),
            ("20.11.26 22:54:51", &["%d.%m.%y %H:%M:%S"]),
            ("2026-11-20 10:54:51 PM", &["%Y-%m-%d %I:%M:%S %p"]),
            ("20261120T225451", &["%Y%m%dT%H%M%S"]),
            ("20/Nov/2026:22:54:51 +0100", &["%d/%b/%Y:%H:%M:%S %z"]),
            ("November 20, 2026", &["%B %d, %Y"]),
            ("Fri Nov 20 22:54:51 2026", &["%a %b %d %H:%M:%S %Y"]),
            ("Unknown", &[]),
            ("1.234,5", &[]),
            ("1.2.3", &[]),
            ("17.5", &[]),
            ("", &[]),
            ("32.11.2026 10:00:00", &[]),
            ("20.11.2026 10:00:00 CET", &[]),
            ("20.11.2026 \u{1b}[31m 10:00:00", &[]),
            ("22:54:51", &[]),
        ] {
            assert_eq!(forms_of(text), forms, "{text}");
        }
    }
}
