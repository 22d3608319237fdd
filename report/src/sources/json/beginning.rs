//! Beginning: where a line begins like an event.
//!
//! Takes the bytes of a value with a fault, in pieces of any length, and finds the first line in it that begins with
//! `{`. Blanks and commas may be before it, but no more blanks than before the value: what is inside of a value is
//! further to the right. Keeps no bytes.

/// The indent of a value that does not begin its line: every line may be the next event.
pub(super) const MIDDLE: usize = usize::MAX;

#[derive(Debug)]
pub(super) struct Beginning {
    /// The most blanks before it.
    most: usize,
    /// The blanks of the line so far; `None` after the first other byte.
    blanks: Option<usize>,
}

impl Beginning {
    /// Looks for one that has at most so many blanks before it. The first bytes are in the middle of a line.
    pub(super) fn new(most: usize) -> Beginning {
        Beginning { most, blanks: None }
    }

    /// Where the event begins in the next bytes; `None` if not there.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let Some(blanks) = &mut self.blanks else {
                at += memchr::memchr(b'\n', &bytes[at..])? + 1;
                self.blanks = Some(0);
                continue;
            };
            match bytes.get(at)? {
                b' ' | b'\t' => *blanks += 1,
                b'\r' | b',' | 0 => {}
                b'\n' => *blanks = 0,
                b'{' if *blanks <= self.most => return Some(at),
                _ => self.blanks = None,
            }
            at += 1;
        }
    }

    /// The blanks before what was found.
    pub(super) fn indent(&self) -> usize {
        self.blanks.unwrap_or(MIDDLE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_begins_like_an_event_is_found_whatever_the_pieces() {
        for (most, text, expected) in [
            (0, "{\"a\":\n{", Some(6)),
            (0, "{\n {}\n\r\n,{", Some(9)),
            (1, "x\n\t,{", Some(4)),
            (1, "x\n ,  {\n{", Some(8)),
            (MIDDLE, "x\n      {", Some(8)),
            (9, "{ {,{\n[{\n\"{\n", None),
            (9, "", None),
        ] {
            assert_eq!(Beginning::new(most).find(text.as_bytes()), expected, "{text:?}");
            let mut beginning = Beginning::new(most);
            let found = (0..text.len()).find(|&at| beginning.find(&text.as_bytes()[at..=at]).is_some());
            assert_eq!(found, expected, "{text:?} byte by byte");
        }
    }
}
