//! The fields of a line of a summary: texts, numbers, times and lists, each as it is written.
//!
//! Takes a line, gives its fields one after the other, or says why one is invalid. Knows no kind of line.

use std::str::FromStr;

use super::fields;
use crate::model::{FIRST_NS, LAST_NS};

/// Why a line is invalid.
pub(super) type Refusal = String;

/// The fields of a line, from the left.
pub(super) struct Fields<'a>(std::str::Split<'a, char>);

impl<'a> Fields<'a> {
    pub(super) fn of(line: &'a str) -> Fields<'a> {
        Fields(line.split('\t'))
    }

    pub(super) fn next(&mut self) -> Result<&'a str, Refusal> {
        self.0.next().ok_or_else(|| "it has too few fields".into())
    }

    pub(super) fn text(&mut self) -> Result<String, Refusal> {
        unescaped(self.next()?)
    }

    /// The next field; `None` after the last one.
    pub(super) fn text_if_any(&mut self) -> Result<Option<String>, Refusal> {
        self.0.next().map(unescaped).transpose()
    }

    pub(super) fn number<T: FromStr>(&mut self) -> Result<T, Refusal> {
        let field = self.next()?;
        field.parse().map_err(|_| not_a("valid number", field))
    }

    pub(super) fn optional<T: FromStr>(&mut self) -> Result<Option<T>, Refusal> {
        let field = self.next()?;
        if field.is_empty() {
            Ok(None)
        } else {
            field.parse().map(Some).map_err(|_| not_a("valid number", field))
        }
    }

    pub(super) fn last<T: FromStr>(&mut self) -> Result<T, Refusal> {
        let number = self.number()?;
        self.end()?;
        Ok(number)
    }

    /// The last field, or `absent` without one.
    pub(super) fn last_or<T: FromStr>(&mut self, absent: T) -> Result<T, Refusal> {
        let Some(field) = self.0.next() else { return Ok(absent) };
        self.end()?;
        field.parse().map_err(|_| not_a("valid number", field))
    }

    /// A time within the model's range.
    pub(super) fn moment(&mut self) -> Result<i64, Refusal> {
        let ns = self.number()?;
        if (FIRST_NS..=LAST_NS).contains(&ns) {
            Ok(ns)
        } else {
            Err(format!("{ns} is not a time from 1969 to 2260"))
        }
    }

    pub(super) fn stretch(&mut self) -> Result<(i64, i64), Refusal> {
        let (from_ns, to_ns) = (self.moment()?, self.moment()?);
        if from_ns <= to_ns { Ok((from_ns, to_ns)) } else { Err("it ends before it begins".into()) }
    }

    pub(super) fn list(&mut self) -> Result<impl Iterator<Item = &'a str> + use<'a>, Refusal> {
        Ok(self.next()?.split(' ').filter(|item| !item.is_empty()))
    }

    pub(super) fn end(&mut self) -> Result<(), Refusal> {
        if self.0.next().is_none() { Ok(()) } else { Err("it has too many fields".into()) }
    }
}

fn unescaped(field: &str) -> Result<String, Refusal> {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('\\') => '\\',
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('0') => '\0',
                _ => return Err(format!("{field:?} contains an invalid `\\` escape")),
            },
            other => other,
        });
    }
    Ok(text)
}

/// Two numbers, separated by a colon.
pub(super) fn pair<A: FromStr, B: FromStr>(item: &str) -> Result<(A, B), Refusal> {
    let numbers =
        item.split_once(':').and_then(|(one, other)| Some((one.parse().ok()?, other.parse().ok()?)));
    numbers.ok_or_else(|| not_a("pair of numbers", item))
}

pub(super) fn not_a(what: &str, field: &str) -> Refusal {
    format!("{} is not a {what}", fields::quoted(field.as_bytes()))
}
