//! Names near one that is not there, for whoever mistyped it.
//!
//! Takes what was asked for and the names that there are; gives the few that were perhaps meant, and the words that
//! propose them. Knows not what the names are of.

use std::cmp::Ordering;

use super::terminal;

/// As many names are proposed at most.
const PROPOSED: usize = 3;
/// As many names are listed when none is near.
const LISTED: usize = 6;
/// How similar a near name is at least, by the measure of Jaro: clap's limit for options.
const NEAR: f64 = 0.7;

/// At most three of `names` that are near `wanted`, the nearest first, of equally near ones the first by name. A name
/// that holds the text or is held by it is near, too; capitals do not matter. A glob is compared without its stars.
pub(super) fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.replace(['*', '?'], "").to_lowercase();
    let mut ranked: Vec<(f64, &str)> = (names.into_iter())
        .map(|name| (similarity(&wanted, &name.to_lowercase()), name))
        .filter(|&(similarity, _)| similarity > NEAR)
        .collect();
    ranked.sort_by(|(one, name), (other, next)| {
        other.partial_cmp(one).unwrap_or(Ordering::Equal).then(name.cmp(next))
    });
    ranked.dedup();
    ranked.into_iter().take(PROPOSED).map(|(_, name)| name).collect()
}

fn similarity(wanted: &str, name: &str) -> f64 {
    let is_part = |part: &str, whole: &str| part.chars().nth(1).is_some() && whole.contains(part);
    let jaro = strsim::jaro(wanted, name);
    if is_part(wanted, name) || is_part(name, wanted) { jaro.max(NEAR) + 1.0 } else { jaro }
}

/// "; did you mean `save`?", or "; there is `load`, `save`" where none is near and there are few; nothing where
/// there are many. Names are made safe for a terminal.
pub(crate) fn proposal<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let quoted =
        |names: &[&str]| names.iter().map(|name| format!("`{}`", terminal::plain(name))).collect::<Vec<_>>();
    match near(wanted, names.iter().copied()).as_slice() {
        [] if names.is_empty() => "; there are none".into(),
        [] if names.len() <= LISTED => format!("; known: {}", quoted(&names).join(", ")),
        [] => String::new(),
        near => format!("; did you mean {}?", quoted(near).join(" or ")),
    }
}

/// A name or glob that matches nothing in what was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {what} matches `{name}`{proposal}")]
pub struct NoMatch {
    /// `task`, `group` or `task of these groups`.
    pub what: &'static str,
    /// What was asked for.
    pub name: String,
    /// The end of the message: which names are near, such as "; did you mean `save`?".
    pub proposal: String,
}

impl NoMatch {
    /// Proposes those of `names` that are near.
    pub(crate) fn new(what: &'static str, name: &str, mut names: Vec<String>) -> NoMatch {
        names.sort();
        names.dedup();
        NoMatch { what, name: name.to_owned(), proposal: proposal(name, names.iter().map(String::as_str)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_perhaps_meant_is_proposed() {
        let names = ["render", "save", "load image", "reader", "zip"];
        assert_eq!(near("rendr", names), ["render", "reader"]);
        assert_eq!(near("IMAGE", names), ["load image"]);
        assert_eq!(near("save *", names), ["save"]);
        assert_eq!(near("unpack", names), [""; 0]);
        assert_eq!(near("aaa", ["aac", "aab", "aad", "aae"]), ["aab", "aac", "aad"]);
    }

    #[test]
    fn the_proposal_lists_names_where_there_are_few() {
        assert_eq!(proposal("rendr", ["render", "zip"]), "; did you mean `render`?");
        assert_eq!(proposal("x", ["save\u{1b}", "zip"]), "; known: `save\\u{1b}`, `zip`");
        assert_eq!(proposal("x", ["a1", "b2", "c3", "d4", "e5", "f6", "g7"]), "");
        assert_eq!(proposal("x", []), "; there are none");
    }
}
