//! Saving: thresholds in the user's `waterfall.toml`.
//!
//! Takes the text of the file; gives it with the new thresholds of a scenario, and what changed. Comments, order and all
//! other values stay as they are. A threshold is replaced only where the user's is for the same figure and no other; all
//! others stay, and new ones follow them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, RawString, Table, TableLike, Value};

use crate::gate::{Proposal, Threshold};
use crate::outputs::{self, Saved};
use crate::text::quoted;

const KEY: &str = "thresholds";
/// A longer list has a line for each threshold.
const WIDTH: usize = 100;
const INDENT: &str = "  ";

/// Why thresholds could not be saved. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SaveError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// The file has changed since the scenario was read.
    #[error("cannot write the thresholds to {}: {why}", path.display())]
    Changed { path: PathBuf, why: String },
}

/// Writes thresholds for a scenario to the file at `path`, unless it has them. If `is_written` is false, only says what
/// would change.
///
/// # Errors
///
/// [`SaveError`] if the file cannot be read or written, or no longer has the scenario.
pub(crate) fn save(
    path: &Path,
    scenario: &str,
    proposals: &[&Proposal],
    is_written: bool,
) -> Result<Saved, SaveError> {
    let text =
        fs::read_to_string(path).map_err(|source| SaveError::Read { path: path.to_owned(), source })?;
    let (text, changes) = with_thresholds(&text, scenario, proposals)
        .map_err(|why| SaveError::Changed { path: path.to_owned(), why })?;
    let is_written = is_written && !changes.is_empty();
    if is_written {
        outputs::replace(path, text.as_bytes())
            .map_err(|source| SaveError::Write { path: path.to_owned(), source })?;
    }
    Ok(Saved { path: path.display().to_string(), scenario: scenario.to_owned(), changes, is_written })
}

/// What a threshold was, if there was one, and what it is now.
type Changes = Vec<(Option<String>, String)>;

/// The text of the file with these thresholds for the scenario, and what changed.
fn with_thresholds(text: &str, scenario: &str, proposals: &[&Proposal]) -> Result<(String, Changes), String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("it is no TOML: {error}"))?;
    let table = document
        .get_mut("scenario")
        .and_then(|scenarios| scenarios.as_table_like_mut()?.get_mut(scenario)?.as_table_like_mut())
        .ok_or_else(|| format!("it no longer has the scenario {}", quoted(scenario)))?;
    let list = list_in(compare_in(table)?)?;
    let mut changes = Changes::new();
    for proposal in proposals {
        let new = &proposal.threshold.text;
        let is_replaced = |value: &Value| {
            let given = value.as_str().and_then(|text| text.parse::<Threshold>().ok());
            given.is_some_and(|given| proposal.replaces(&given))
        };
        // Of two for one figure, the later one counts.
        match list.iter_mut().filter(|value| is_replaced(value)).last() {
            Some(value) => {
                let old = value.as_str().unwrap_or_default().to_owned();
                if old != *new {
                    let decor = value.decor().clone();
                    *value = Value::from(new.as_str());
                    *value.decor_mut() = decor;
                    changes.push((Some(old), new.clone()));
                }
            }
            None => {
                append(list, new);
                changes.push((None, new.clone()));
            }
        }
    }
    if list.to_string().len() > WIDTH && !is_in_lines(list) {
        in_lines(list);
    }
    Ok((if changes.is_empty() { text.to_owned() } else { document.to_string() }, changes))
}

/// The table `compare` of a scenario; a new one if it has none.
fn compare_in(scenario: &mut dyn TableLike) -> Result<&mut dyn TableLike, String> {
    if !scenario.contains_key("compare") {
        scenario.insert("compare", Item::Table(Table::new()));
    }
    let compare = scenario.get_mut("compare").and_then(Item::as_table_like_mut);
    compare.ok_or_else(|| "`compare` is no table".into())
}

/// The list of thresholds; a new one if there is none.
fn list_in(compare: &mut dyn TableLike) -> Result<&mut Array, String> {
    if !compare.contains_key(KEY) {
        compare.insert(KEY, Item::Value(Value::Array(Array::new())));
    }
    let list = compare.get_mut(KEY).and_then(Item::as_array_mut);
    list.ok_or_else(|| format!("`{KEY}` is no list"))
}

fn is_in_lines(list: &Array) -> bool {
    list.to_string().contains('\n')
}

/// Adds a threshold behind the others, in a line of its own if they have lines.
fn append(list: &mut Array, threshold: &str) {
    let is_in_lines = is_in_lines(list);
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let (mut indent, mut behind) = (INDENT.to_owned(), String::new());
    if let Some(last) = list.iter_mut().last() {
        let before = text(last.decor().prefix());
        indent = before.rsplit_once('\n').map_or(INDENT, |(_, indent)| indent).to_owned();
        behind = text(last.decor().suffix());
        last.decor_mut().set_suffix("");
    }
    behind.push_str(&text(Some(list.trailing())));
    if !is_in_lines {
        list.push(threshold);
        list.set_trailing(behind);
        list.set_trailing_comma(false);
        return;
    }
    // The comments behind the last one stay there: behind its comma, before the new line.
    let mut value = Value::from(threshold);
    value.decor_mut().set_prefix(format!("{}\n{indent}", behind.trim_end()));
    list.push_formatted(value);
    list.set_trailing("\n");
    list.set_trailing_comma(true);
}

/// Gives each threshold a line. Only for a list in one line, which has no comments.
fn in_lines(list: &mut Array) {
    for value in list.iter_mut() {
        value.decor_mut().set_prefix(format!("\n{INDENT}"));
        value.decor_mut().set_suffix("");
    }
    list.set_trailing("\n");
    list.set_trailing_comma(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposal(text: &str, short: Option<&str>) -> Proposal {
        Proposal { threshold: text.parse().unwrap(), short_name: short.map(str::to_owned) }
    }

    fn saved(text: &str, thresholds: &[(&str, Option<&str>)]) -> (String, Changes) {
        let proposals: Vec<Proposal> =
            thresholds.iter().map(|(text, short)| proposal(text, *short)).collect();
        let (text, changes) = with_thresholds(text, "a", &proposals.iter().collect::<Vec<_>>()).unwrap();
        toml::from_str::<toml::Table>(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        (text, changes)
    }

    #[track_caller]
    fn check(text: &str, thresholds: &[(&str, Option<&str>)], expected: &str) {
        assert_eq!(saved(text, thresholds).0, expected);
    }

    const WALL: (&str, Option<&str>) = ("wall=2%", None);
    const SAVE: (&str, Option<&str>) = ("io/save=3%", Some("save"));

    #[test]
    fn a_scenario_without_a_table_gets_one_and_nothing_else_changes() {
        check(
            "# mine\n[scenario.a]\nrepeat = 5 # five\n\n[scenario.b]\n",
            &[WALL, SAVE],
            "# mine\n[scenario.a]\nrepeat = 5 # five\n\n[scenario.a.compare]\nthresholds = [\"wall=2%\", \"io/save=3%\"]\n\n[scenario.b]\n",
        );
    }

    #[test]
    fn a_list_in_lines_keeps_its_comments_and_its_indentation() {
        check(
            "[scenario.a.compare]\nbaseline = \"main\"  # ours\nthresholds = [\n    # all\n    \"5%\",  # by hand\n    \"save=10%\",  # noisy\n    \"load=1%\",\n]\n# end\n",
            &[WALL, SAVE],
            "[scenario.a.compare]\nbaseline = \"main\"  # ours\nthresholds = [\n    # all\n    \"5%\",  # by hand\n    \"io/save=3%\",  # noisy\n    \"load=1%\",\n    \"wall=2%\",\n]\n# end\n",
        );
        check(
            "[scenario.a.compare]\nthresholds = [\n  \"5%\" # by hand\n]\n",
            &[WALL, SAVE],
            "[scenario.a.compare]\nthresholds = [\n  \"5%\", # by hand\n  \"wall=2%\",\n  \"io/save=3%\",\n]\n",
        );
        check(
            "[scenario.a.compare]\nthresholds = [\n  \"5%\", # by hand\n  # the end\n]\n",
            &[WALL],
            "[scenario.a.compare]\nthresholds = [\n  \"5%\", # by hand\n  # the end\n  \"wall=2%\",\n]\n",
        );
    }

    #[test]
    fn a_short_list_stays_in_its_line_and_a_long_one_does_not() {
        check(
            "[scenario.a]\ncompare = { baseline = \"main\", thresholds = [ \"wall=5%\" ] } # c\n",
            &[WALL, SAVE],
            "[scenario.a]\ncompare = { baseline = \"main\", thresholds = [ \"wall=2%\", \"io/save=3%\" ] } # c\n",
        );
        let long = format!("io/{}=3%", "x".repeat(100));
        check(
            "[scenario.a]\ncompare.baseline = \"main\"\n",
            &[WALL, (&long, None)],
            &format!(
                "[scenario.a]\ncompare.baseline = \"main\"\ncompare.thresholds = [\n  \"wall=2%\",\n  \"{long}\",\n]\n"
            ),
        );
    }

    #[test]
    fn what_a_user_wrote_for_other_figures_stays() {
        let (text, changes) = saved(
            "[scenario.a.compare]\nthresholds = [\"save=20%@p95\", \"io/*=8%\", \"save=10%\", \"5%\"]\n",
            &[("io/save=3%", None)],
        );
        assert_eq!(changes, [(None, "io/save=3%".to_owned())]);
        assert!(
            text.contains("\"save=20%@p95\", \"io/*=8%\", \"save=10%\", \"5%\", \"io/save=3%\"]"),
            "{text}"
        );
    }

    #[test]
    fn the_same_thresholds_change_nothing() {
        let (text, _) = saved("[scenario.a]\n", &[WALL, SAVE]);
        assert_eq!(saved(&text, &[WALL, SAVE]), (text.clone(), Vec::new()));
    }

    #[test]
    fn a_threshold_may_contain_anything() {
        let (text, _) = saved("[scenario.a]\n", &[("io/\"\\\n\u{1b}'=3%", None)]);
        let table: toml::Table = toml::from_str(&text).unwrap();
        let list = &table["scenario"]["a"]["compare"]["thresholds"];
        assert_eq!(list[0].as_str(), Some("io/\"\\\n\u{1b}'=3%"));
    }

    #[test]
    fn a_file_without_the_scenario_is_refused() {
        for (text, why) in
            [("[scenario.b]\n", "no longer has the scenario `a`"), ("x", "it is no TOML"), ("", "no longer")]
        {
            let error = with_thresholds(text, "a", &[]).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
