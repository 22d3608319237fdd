//! Numbering: names of runs in words, by their numbers.
//!
//! `before/1 to before/4 and before/6`: what is in a row is named by its ends, so that no gap is hidden.

/// The most rows that are named one by one.
const ROWS: usize = 6;
/// The most texts that a sentence names.
const NAMED: usize = 3;

/// Names that end in a number, in their order: `before/3`, `before/3 and before/7`, `1 to 4, 6 and 9`.
pub(crate) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let rows = rows(&names, |one, next| follows(one, next));
    let items: Vec<String> = rows.iter().flat_map(|row| in_words(row)).collect();
    match items.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] if rows.len() <= ROWS => format!("{} and {last}", first.join(", ")),
        _ => format!("{} to {}, with gaps", names[0], names[names.len() - 1]),
    }
}

/// The first of some texts: `a, b, c and 4 more`.
pub(super) fn first_of(texts: &[String]) -> String {
    let first = texts.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Numbers in their order, in words.
pub(super) fn ranges(numbers: &[u64]) -> String {
    listed(&numbers.iter().map(u64::to_string).collect::<Vec<_>>())
}

/// The last numbers in a row, as the first and the last of them.
pub(super) fn last_row(numbers: &[u64]) -> Option<(u64, u64)> {
    let rows = rows(numbers, |one, next| one.checked_add(1) == Some(*next));
    let last = rows.last()?;
    Some((*last.first()?, *last.last()?))
}

/// The parts of a list in which each one is followed by the next.
fn rows<T>(all: &[T], is_followed: impl Fn(&T, &T) -> bool) -> Vec<&[T]> {
    all.chunk_by(is_followed).collect()
}

/// Three or more by their ends.
fn in_words(row: &[&str]) -> Vec<String> {
    match row {
        [first, _, .., last] => vec![format!("{first} to {last}")],
        row => row.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// Whether two names differ by one in the number at their end.
fn follows(one: &str, next: &str) -> bool {
    let parts = |name: &str| {
        let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
        let (stem, number) = name.split_at(name.len() - digits);
        Some((stem.to_owned(), number.parse::<u64>().ok()?))
    };
    let Some(((stem, one), (other, next))) = parts(one).zip(parts(next)) else { return false };
    stem == other && one.checked_add(1) == Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_named_by_their_rows_and_no_gap_is_hidden() {
        assert_eq!(listed(&["a/3"]), "a/3");
        assert_eq!(listed(&["a/3", "a/7"]), "a/3 and a/7");
        assert_eq!(listed(&["a/3", "a/4"]), "a/3 and a/4");
        assert_eq!(listed(&["a/3", "a/4", "a/5"]), "a/3 to a/5");
        assert_eq!(listed(&["a/3", "b/4", "b/5"]), "a/3, b/4 and b/5");
        assert_eq!(listed(&["08", "09", "10", "12"]), "08 to 10 and 12");
        assert_eq!(ranges(&[1, 2, 3, 4, 6, 9, 10, 11]), "1 to 4, 6 and 9 to 11");
        assert_eq!(ranges(&[1, 3, 5, 7, 9, 11, 13]), "1 to 13, with gaps");
    }

    #[test]
    fn the_last_row_ends_with_the_last_number() {
        assert_eq!(last_row(&[1, 2, 4, 6, 7, 8]), Some((6, 8)));
        assert_eq!(last_row(&[u64::MAX]), Some((u64::MAX, u64::MAX)));
        assert_eq!(last_row(&[]), None);
    }
}
