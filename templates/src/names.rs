//! Names from records, made safe to show in the markup.
//!
//! Follows the rules of `page/trace/names.js`, for the few names that do not pass through the scripts: control characters
//! become pictures, characters that reorder their neighbours become escapes, right-to-left text is isolated. Does not
//! escape markup. `tests/data/shared/names.json` tests both.

use std::fmt::Write;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const UNITS: [&str; 8] = ["ns", "us", "ms", "s", "min", "h", "%", "times"];
const POP_ISOLATE: char = '\u{2069}';

/// The display form of a name: every relevant character is visible, and none reorders the text around it.
///
/// ```
/// assert_eq!(waterfall_templates::shown("a\tb\u{202e}c"), "a␉b\\u202ec");
/// ```
pub fn shown(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let is_isolated = name.contains(runs_from_right);
    if is_isolated {
        out.push(FIRST_STRONG_ISOLATE);
    }
    for character in name.chars() {
        match character {
            '\0'..='\u{1f}' => out.extend(char::from_u32(0x2400 + character as u32)),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => out.push(char::REPLACEMENT_CHARACTER),
            _ if is_noncharacter(character) => out.push(char::REPLACEMENT_CHARACTER),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                write!(out, "\\u{:x}", character as u32).expect("writing to memory works");
            }
            _ => out.push(character),
        }
    }
    if is_isolated {
        out.push(POP_ISOLATE);
    }
    out
}

/// The display form of the name of a group or a task; `(unnamed)` if it has no visible character.
pub fn named(name: &str) -> String {
    let is_invisible = |character: char| character.is_whitespace() || character == '\u{feff}';
    if name.chars().all(is_invisible) { "(unnamed)".into() } else { shown(name) }
}

/// A sentence whose figures stay on the line of their units: with a no-break space after each number.
pub(crate) fn tied(sentence: &str) -> String {
    let is_unit = |word: &str| {
        UNITS.contains(&word.trim_end_matches(|last: char| last.is_ascii_punctuation() && last != '%'))
    };
    let mut out = String::with_capacity(sentence.len());
    for (index, word) in sentence.split(' ').enumerate() {
        if index > 0 {
            out.push(if out.ends_with(|last: char| last.is_ascii_digit()) && is_unit(word) {
                '\u{a0}'
            } else {
                ' '
            });
        }
        out.push_str(word);
    }
    out
}

/// Code points that Unicode reserves as noncharacters.
fn is_noncharacter(character: char) -> bool {
    matches!(character, '\u{fdd0}'..='\u{fdef}') || character as u32 & 0xfffe == 0xfffe
}

fn runs_from_right(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_with_their_units() {
        let text = "a took 2.09 s (5.80 %), 3 times a second, in 12 spans.";
        assert_eq!(tied(text), "a took 2.09\u{a0}s (5.80\u{a0}%), 3\u{a0}times a second, in 12 spans.");
        assert_eq!(tied(""), "");
    }

    #[test]
    fn a_name_is_shown_as_the_scripts_show_it() {
        let text = include_str!("../../tests/data/shared/names.json");
        let cases: serde_json::Value = serde_json::from_str(text).unwrap();
        for case in cases["shown"].as_array().unwrap() {
            assert_eq!(named(case[0].as_str().unwrap()), case[1], "{}", case[0]);
        }
    }
}
