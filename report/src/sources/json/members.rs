//! Members: what one value contains.
//!
//! Takes the text of a value, gives the keys and the texts of the values of an object, one level deep and without a
//! copy. `serde_json` splits and checks them. A caller that keeps the last of several equal
//! keys does as browsers do.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `each` with every key of an object, and the text of its value. Fails if the text is no object.
pub(in crate::sources) fn members<'a>(
    text: &'a str,
    mut each: impl FnMut(Cow<'a, str>, &'a str),
) -> serde_json::Result<()> {
    members_by_bytes(text, |key, value| each(as_text(key), value))
}

/// As [`members`], with keys whose text is not looked at: it is cheaper to compare bytes.
pub(in crate::sources) fn members_by_bytes<'a>(
    text: &'a str,
    each: impl FnMut(Cow<'a, [u8]>, &'a str),
) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.deserialize_map(Members(each))?;
    deserializer.end()
}

/// A value as people read it: a string without its quotes, an object or array without blanks, all else as written.
/// What is no character is U+FFFD.
pub(in crate::sources) fn text(value: &str) -> Cow<'_, str> {
    match value.as_bytes() {
        [b'"', inner @ .., b'"'] if memchr::memchr(b'\\', inner).is_none() => {
            Cow::Borrowed(&value[1..value.len() - 1])
        }
        [b'"', ..] => unescaped(value),
        [b'{' | b'[', ..] => without_blanks(value),
        _ => Cow::Borrowed(value),
    }
}

/// A string with escapes. Half of a surrogate pair is no character: it becomes U+FFFD.
fn unescaped(value: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Bytes<'_>>(value) {
        Ok(Bytes(bytes)) => Cow::Owned(as_text(bytes).into_owned()),
        Err(_) => Cow::Borrowed(value),
    }
}

/// Bytes as text. What is no character is U+FFFD. Checks first, since a lossy conversion is slow.
pub(in crate::sources) fn as_text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match bytes {
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map_or_else(|_| lossy(bytes).into(), Cow::Borrowed)
        }
        Cow::Owned(bytes) => lossy(&bytes).into(),
    }
}

fn without_blanks(value: &str) -> Cow<'_, str> {
    let (mut is_in_string, mut is_escaped) = (false, false);
    let is_kept = |&character: &char| {
        let was_escaped = is_escaped;
        is_escaped = is_in_string && !was_escaped && character == '\\';
        is_in_string ^= character == '"' && !was_escaped;
        is_in_string || !matches!(character, ' ' | '\n' | '\r' | '\t')
    };
    Cow::Owned(value.chars().filter(is_kept).collect())
}

/// A text in which the words NaN, Infinity and -Infinity are strings. They are not JSON, but Python writes them.
pub(in crate::sources) fn with_words_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['"', 'N', 'I', '-']) {
        quoted.push_str(&rest[..at]);
        rest = &rest[at..];
        let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word));
        let length = match word {
            Some(word) => {
                quoted.extend(["\"", word, "\""]);
                word.len()
            }
            None => {
                let length = if rest.starts_with('"') { string_length(rest) } else { 1 };
                quoted.push_str(&rest[..length]);
                length
            }
        };
        rest = &rest[length..];
    }
    quoted + rest
}

/// Length of the string with which a text begins, with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |&(_, byte): &(usize, u8)| {
        let was_escaped = is_escaped;
        is_escaped = byte == b'\\' && !was_escaped;
        byte == b'"' && !was_escaped
    };
    text.bytes().enumerate().skip(1).find(is_end).map_or(text.len(), |(at, _)| at + 1)
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, [u8]>, &'de str)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((Bytes(key), value)) = map.next_entry::<Bytes<'de>, &'de RawValue>()? {
            (self.0)(key, value.get());
        }
        Ok(())
    }
}

/// The bytes of a string. As text, half of a surrogate pair would be an error.
struct Bytes<'a>(Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Bytes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes<'de>, D::Error> {
        struct OfBytes;

        impl<'de> Visitor<'de> for OfBytes {
            type Value = Bytes<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Bytes<'de>, E> {
                Ok(Bytes(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes<'de>, E> {
                Ok(Bytes(Cow::Owned(bytes.to_owned())))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Bytes<'de>, E> {
                Ok(Bytes(Cow::Borrowed(text.as_bytes())))
            }

            fn visit_str<E>(self, text: &str) -> Result<Bytes<'de>, E> {
                Ok(Bytes(Cow::Owned(text.as_bytes().to_owned())))
            }
        }

        deserializer.deserialize_bytes(OfBytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(object: &str) -> Vec<String> {
        let mut found = Vec::new();
        members(object, |key, value| found.push(format!("{key}={value}"))).unwrap();
        found
    }

    #[test]
    fn an_object_gives_its_members_in_order_with_repeats() {
        let found = listed(r#"{"a": 1, "\u0062": "x", "a": {"c" : [1, 2]}, "n": 1795187333622021.1230}"#);
        assert_eq!(found, ["a=1", "b=\"x\"", r#"a={"c" : [1, 2]}"#, "n=1795187333622021.1230"]);
        assert_eq!(listed("{}"), [""; 0]);
        for wrong in ["[]", "3", "{", r#"{"a":NaN}"#, "{} x", ""] {
            assert!(members(wrong, |_, _| ()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_value_is_shown_as_people_read_it() {
        for (value, shown) in [
            (r#""plain""#, "plain"),
            (r#""a\nb\u00e9\ud83d\ude00""#, "a\nb\u{e9}\u{1f600}"),
            (r#""""#, ""),
            ("17.50", "17.50"),
            ("true", "true"),
            ("null", "null"),
            (r#"{ "a b" : [ 1, "c \" d" , {} ] }"#, r#"{"a b":[1,"c \" d",{}]}"#),
        ] {
            assert_eq!(text(value), shown);
        }
        assert_eq!(text(r#""\ud800 lone""#).trim_start_matches('\u{FFFD}'), " lone");
    }

    #[test]
    fn words_that_are_no_json_become_strings() {
        let text = r#"{"a":NaN,"-Infinity \"NaN":-Infinity,"b":[Infinity,"NaN",-1],"N":"I"}"#;
        let expected = r#"{"a":"NaN","-Infinity \"NaN":"-Infinity","b":["Infinity","NaN",-1],"N":"I"}"#;
        assert_eq!(with_words_quoted(text), expected);
        assert_eq!(with_words_quoted("\"NaN"), "\"NaN");
    }

    #[test]
    fn nesting_of_any_depth_is_one_text() {
        let deep = "{\"a\":".repeat(5000) + "1" + &"}".repeat(5000);
        let object = format!("{{\"args\":{deep}}}");
        members(&object, |_, value| assert_eq!(text(value), deep)).unwrap();
    }
}
