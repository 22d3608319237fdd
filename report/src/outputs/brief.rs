//! Attributes and their values as outputs show them: shortened, since a value may have a thousand bytes.

use crate::text::{shortened, terminal, units};

/// The most attributes of a span on its line.
const SHOWN: usize = 3;
/// The most columns of a name, and of a value.
const WIDTH: usize = 40;
/// The most characters of a value in a page's tables.
const KEPT: usize = 200;

/// The first attributes of a span on one line, with the number of the others: `bytes=81233 url=a.png +2`. Safe for a
/// terminal.
pub(super) fn brief<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let all: Vec<(&str, &str)> = attributes.collect();
    let mut texts: Vec<String> =
        all.iter().take(SHOWN).map(|(name, value)| format!("{}={}", short(name), short(value))).collect();
    if all.len() > SHOWN {
        texts.push(format!("+{}", units::count((all.len() - SHOWN) as u64)));
    }
    texts.join(" ")
}

/// A name or a value on one line, without its middle if it is long. Safe for a terminal.
pub(super) fn short(text: &str) -> String {
    shortened(&terminal::plain(text), WIDTH)
}

/// A value for a page, without its end if it is long; and whether it is.
pub(super) fn cut(value: &str) -> (String, bool) {
    match value.char_indices().nth(KEPT) {
        Some((end, _)) => (value[..end].to_owned(), true),
        None => (value.to_owned(), false),
    }
}

/// A note on spans whose attributes are not known, if there are any.
pub(crate) fn unknown_attributes(spans: u64) -> Option<String> {
    let text = match spans {
        0 => return None,
        1 => "1 span comes from a summary, which has only the attributes of the longest spans: it counts as a span \
              without attributes."
            .to_owned(),
        spans => format!(
            "{} spans come from summaries, which have only the attributes of the longest spans: they count as spans \
             without attributes.",
            units::count(spans),
        ),
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_attributes_are_shown_and_the_others_counted() {
        assert_eq!(brief([].into_iter()), "");
        assert_eq!(brief([("a", "1"), ("b", "")].into_iter()), "a=1 b=");
        let long = "x".repeat(1000);
        let all = [("a", "\u{1b}[31m"), ("b", &long), ("c", "3"), ("d", "4"), ("e", "5")];
        let middle = format!("{}…{}", "x".repeat(20), "x".repeat(19));
        assert_eq!(brief(all.into_iter()), format!("a=\\u{{1b}}[31m b={middle} c=3 +2"));
    }

    #[test]
    fn a_long_value_is_cut_between_characters() {
        assert_eq!(cut(&"é".repeat(200)), ("é".repeat(200), false));
        assert_eq!(cut(&"é".repeat(201)), ("é".repeat(200), true));
    }
}
