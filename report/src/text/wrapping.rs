//! Wraps text for a terminal: lines of at most a width, broken at spaces.

use unicode_width::UnicodeWidthStr;

/// The lines of a text, broken at spaces, but not between a number and the word behind it: `0.84 s` stays whole. A word
/// that is too wide has a line of its own.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_behind_number = false;
    for word in text.split(' ') {
        match words.last_mut().filter(|_| is_behind_number) {
            Some(number) => {
                number.push(' ');
                number.push_str(word);
                is_behind_number = false;
            }
            None => {
                words.push(word.to_owned());
                is_behind_number = is_number(word);
            }
        }
    }
    let mut lines = vec![String::new()];
    for word in words {
        let line = lines.last_mut().expect("there is a line");
        if line.is_empty() {
            line.push_str(&word);
        } else if line.width() + 1 + word.width() <= room {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// A paragraph that ends with a line feed: wrapped if it is wider than the terminal, with its later lines indented.
pub(crate) fn paragraph(text: &str, width: Option<usize>, indent: usize) -> String {
    let lines = match width {
        Some(width) if text.width() > width => wrapped(text, width.saturating_sub(indent).max(20)),
        _ => vec![text.to_owned()],
    };
    lines.join(&format!("\n{}", " ".repeat(indent))) + "\n"
}

fn is_number(word: &str) -> bool {
    word.ends_with(|last: char| last.is_ascii_digit())
        && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '−'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("a bc de", 4), ["a bc", "de"]);
        assert_eq!(wrapped("画 像 a", 5), ["画 像", "a"]);
        assert_eq!(wrapped("wide a", 3), ["wide", "a"]);
        assert_eq!(wrapped("", 3), [""]);
    }

    #[test]
    fn a_number_stays_with_its_unit() {
        assert_eq!(wrapped("it is 0.84 s slower", 10), ["it is", "0.84 s", "slower"]);
        assert_eq!(wrapped("in 1,204 2 spans", 8), ["in", "1,204 2", "spans"]);
        assert_eq!(wrapped("a4 b", 2), ["a4", "b"]);
    }
}
