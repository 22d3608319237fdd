//! Globs: patterns for names of groups and tasks.
//!
//! A glob has the wildcards `*` and `?` and no others, so a plain name matches itself, brackets included. The
//! recorder's globs are the same: `tests/data/globs.txt` tests both.

use wildmatch::WildMatch;

/// Globs of which one must match. Without globs every name matches.
pub(crate) struct Globs(Vec<WildMatch>);

impl Globs {
    pub(crate) fn new(patterns: &[String]) -> Globs {
        Globs(patterns.iter().map(|pattern| WildMatch::new(pattern)).collect())
    }

    /// Whether one of the globs matches one of the names.
    pub(crate) fn match_any(&self, names: &[&str]) -> bool {
        self.0.is_empty() || self.0.iter().any(|glob| names.iter().any(|name| glob.matches(name)))
    }
}

/// Globs of tasks. A glob with a `/` also matches `group/task`, and `group / task` as tables show it.
pub(crate) struct TaskGlobs {
    globs: Globs,
    has_slash: bool,
}

impl TaskGlobs {
    pub(crate) fn new(patterns: &[String]) -> TaskGlobs {
        TaskGlobs {
            globs: Globs::new(patterns),
            has_slash: patterns.iter().any(|pattern| pattern.contains('/')),
        }
    }

    /// Whether one of the globs matches. Without globs every task matches.
    pub(crate) fn matches(&self, group: &str, task: &str) -> bool {
        if !self.has_slash {
            return self.globs.match_any(&[task]);
        }
        self.globs.match_any(&[task, &format!("{group}/{task}"), &format!("{group} / {task}")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_those_of_the_recorder() {
        let table = include_str!("../../../tests/data/globs.txt");
        let cases: Vec<_> = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        assert!(cases.len() > 50);
        for case in cases {
            let [pattern, text, matches] = case.split('\t').collect::<Vec<_>>().try_into().unwrap();
            assert_eq!(WildMatch::new(pattern).matches(text), matches == "yes", "{case}");
        }
    }
}
