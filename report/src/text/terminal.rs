//! Makes text from files safe for a terminal: on one line, without controls, and of bounded length.

use std::borrow::Cow;

/// The most characters of a name that a message quotes.
const QUOTED: usize = 60;
/// The most characters of a message. Names in it are shorter, so only a path or an argument can exceed it.
const LONGEST: usize = 2_000;

/// The beginning of a text for a message: in backquotes, [`plain`].
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("`{}...`", plain(&text[..end])),
        None => format!("`{}`", plain(text)),
    }
}

/// A message without its middle if it is very long. Its end says what to do.
pub(crate) fn cut(message: &str) -> Cow<'_, str> {
    let place = |(place, _)| place;
    match message.char_indices().nth(LONGEST).map(place) {
        None => message.into(),
        Some(_) => {
            let head = message.char_indices().nth(LONGEST / 2).map_or(0, place);
            let tail = message.char_indices().rev().nth(LONGEST / 2 - 1).map_or(0, place);
            format!("{} [...] {}", &message[..head], &message[tail..]).into()
        }
    }
}

/// `text` on one line. Escapes control characters and those that change the direction of writing, as `\u{1b}`. So a
/// name cannot colour, move or reorder the text around it.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let breaks = matches!(c, '\u{2028}' | '\u{2029}');
        if c.is_control() || turns || breaks {
            plain.extend(c.escape_default());
        } else {
            plain.push(c);
        }
    }
    plain
}

/// A name in backquotes, as [`quoted`], for a sentence whose names a page marks: its own are doubled.
pub(crate) fn quoted_in_page(name: &str) -> String {
    let text = quoted(name);
    format!("`{}`", text[1..text.len() - 1].replace('`', "``"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_and_letters_kept() {
        assert_eq!(plain("\u{1b}[31mred\u{7}\n"), r"\u{1b}[31mred\u{7}\n");
        assert_eq!(plain("rtl \u{202e}evil\u{202c}"), r"rtl \u{202e}evil\u{202c}");
        assert_eq!(plain("héllo 🦍 صورة"), "héllo 🦍 صورة");
    }

    #[test]
    fn a_name_of_any_length_is_quoted_by_its_beginning() {
        assert_eq!(quoted("a\nb"), r"`a\nb`");
        assert_eq!(quoted(&"é".repeat(60)), format!("`{}`", "é".repeat(60)));
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}...`", "é".repeat(60)));
    }

    #[test]
    fn a_long_message_keeps_its_beginning_and_its_end() {
        assert_eq!(cut(&"é".repeat(2000)), "é".repeat(2000));
        let long = format!("{}{}{}", "é".repeat(1000), "x".repeat(5_000_000), "ü".repeat(1000));
        assert_eq!(cut(&long), format!("{} [...] {}", "é".repeat(1000), "ü".repeat(1000)));
    }
}
