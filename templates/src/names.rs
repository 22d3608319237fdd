//! Names that others wrote, made fit to be shown in the markup.
//!
//! The rules of `page/names.js`, for the few names that do not pass through the scripts: control characters
//! become pictures, characters that reorder their neighbours become their escapes. Escapes no markup.

use std::fmt::Write;

pub(crate) fn shown(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        match character {
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + character as u32)),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => out.push(char::REPLACEMENT_CHARACTER),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                write!(out, "\\u{:x}", character as u32).expect("writing to memory works");
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_what_it_is_made_of() {
        assert_eq!(shown("a\tb\r\n\u{7f}\u{85}"), "a␉b␍␊␡\u{fffd}");
        assert_eq!(shown("a/\u{202e}vsc.exe\u{2069}"), "a/\\u202evsc.exe\\u2069");
        assert_eq!(shown("<b> שלום 🎉"), "<b> שלום 🎉");
    }
}
