//! The error for a name or glob that matches nothing in what was read.

use super::near::proposal;
use super::terminal::quoted;

/// A name or glob that matches nothing in the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {what} matches {}{proposal}", quoted(name))]
pub struct NoMatch {
    /// `task`, `group` or `task of these groups`.
    pub what: &'static str,
    /// The name or glob that was given.
    pub name: String,
    /// The end of the message with suggestions, such as "; did you mean `save`?".
    pub proposal: String,
}

impl NoMatch {
    /// Suggests those of `names` that are near.
    pub(crate) fn new(what: &'static str, name: &str, mut names: Vec<String>) -> NoMatch {
        names.sort();
        names.dedup();
        NoMatch { what, name: name.to_owned(), proposal: proposal(name, names.iter().map(String::as_str)) }
    }
}
