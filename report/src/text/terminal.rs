//! Makes text from files safe for a terminal.

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

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn controls_are_shown_and_letters_kept() {
        assert_eq!(plain("\u{1b}[31mred\u{7}\n"), r"\u{1b}[31mred\u{7}\n");
        assert_eq!(plain("rtl \u{202e}evil\u{202c}"), r"rtl \u{202e}evil\u{202c}");
        assert_eq!(plain("héllo 🦍 صورة"), "héllo 🦍 صورة");
    }
}
