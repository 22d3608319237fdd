//! Wraps text for a terminal: lines of at most a width, broken at spaces.

use unicode_width::UnicodeWidthStr;

/// The lines of a text, broken at spaces. A word that is too wide has a line of its own.
pub(crate) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.into());
        }
    }
    lines
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
}
