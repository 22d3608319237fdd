//! Suggestions: known names that are similar to a mistyped one.
//!
//! Takes the wanted name and the known ones; gives a few that the user may have meant, and the words that suggest
//! them. Does not know what the names belong to.

use std::cmp::Ordering;

use super::terminal;

/// Most names that are suggested.
const PROPOSED: usize = 3;
/// Most names that are listed when none is similar.
const LISTED: usize = 6;
/// Near names are more similar than this, by Jaro's measure. clap has the same limit for options.
const NEAR: f64 = 0.7;

/// At most three of `names` that are similar to `wanted`, the most similar first, ties by name. A name that contains
/// the wanted text, or is contained in it, is similar too. Ignores case, and the wildcards of a glob.
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

/// The end of a message: "; did you mean `save`?", or "; known: `load`, `save`" when no name is near and there are
/// few. Empty when there are many. Quotes the names for a terminal.
pub(crate) fn proposal<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let quoted = |names: &[&str]| names.iter().map(|name| terminal::quoted(name)).collect::<Vec<_>>();
    match near(wanted, names.iter().copied()).as_slice() {
        [] if names.is_empty() => "; there are none".into(),
        [] if names.len() <= LISTED => format!("; known: {}", quoted(&names).join(", ")),
        [] => String::new(),
        near => format!("; did you mean {}?", quoted(near).join(" or ")),
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
