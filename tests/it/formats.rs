//! The list of formats: the command and the docs say the same, and what they say is so.

use std::fs;

use serde_json::Value;

use crate::dump::root;
use crate::processes::{Bounded, WATERFALL, program};

fn formats(format: &str) -> String {
    let output = program(WATERFALL).args(["formats", "--format", format]).run();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_docs_have_the_table_of_the_command() {
    let docs = fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let (_, after) = docs.split_once("a test compares them. -->\n").expect("a mark before the table");
    let (table, _) = after.split_once("<!-- /formats -->").expect("a mark after the table");
    let command = "waterfall formats --format markdown";
    assert!(
        table == formats("markdown"),
        "put the output of `{command}` between the marks in docs/formats.md"
    );
}

#[test]
fn text_markdown_and_json_list_the_same_formats() {
    let json: Value = serde_json::from_str(&formats("json")).unwrap();
    let listed = json["formats"].as_array().unwrap();
    let (text, markdown) = (formats("text"), formats("markdown"));
    assert_eq!(markdown.lines().count(), 2 + listed.len());
    for format in listed {
        let what = format["what"].as_str().unwrap();
        assert!(markdown.contains(&format!("| {what} | ")), "{what}");
        assert!(text.contains(&format!("{} (", what.replace('`', ""))), "{what}");
    }
}

#[test]
fn help_and_readme_name_the_command() {
    let help = String::from_utf8(program(WATERFALL).arg("--help").run().stdout).unwrap();
    assert!(help.contains("\n  formats "), "{help}");
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains("`waterfall formats`") && readme.contains("docs/formats.md"));
}
