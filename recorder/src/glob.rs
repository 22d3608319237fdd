//! Globs: patterns for names.
//!
//! `*` matches any text and `?` one character. Every other character matches itself, also brackets, braces and
//! backslashes. The command line of `waterfall` has the same globs; `tests/data/globs.txt` has the cases on which both
//! must agree. Must not know whose names are matched.

/// Whether a whole text matches a glob, in time proportional to the product of both lengths.
pub(crate) fn matches(glob: &str, text: &str) -> bool {
    let (mut glob, mut text) = (glob.chars(), text.chars());
    // The glob after the last `*`, and the text from which it has not been tried yet.
    let mut retry = None;
    loop {
        let unread = text.clone();
        match (glob.next(), text.next()) {
            (Some('*'), _) => {
                text = unread;
                retry = Some((glob.clone(), text.clone()));
            }
            (None, None) => return true,
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                let Some((after_star, untried)) = &mut retry else { return false };
                if untried.next().is_none() {
                    return false;
                }
                (glob, text) = (after_star.clone(), untried.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_the_table_of_cases_says() {
        let table = include_str!("../../tests/data/globs.txt");
        let mut cases = 0;
        for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<_> = line.split('\t').collect();
            let &[glob, text, expected @ ("yes" | "no")] = &fields[..] else { panic!("{line:?}") };
            assert_eq!(matches(glob, text), expected == "yes", "{glob:?} on {text:?}");
            cases += 1;
        }
        assert!(cases > 50, "{cases} cases");
    }

    #[test]
    fn many_stars_take_no_long_time() {
        let (glob, text) = ("a*".repeat(500) + "b", "a".repeat(1000));
        assert!(!matches(&glob, &text));
    }
}
