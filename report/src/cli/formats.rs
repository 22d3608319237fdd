//! `waterfall formats`: lists what can be read, from what each format says about itself.
//!
//! `docs/formats.md` has the same table: a test compares it with what `--format markdown` prints.

use std::fmt::Write as _;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::exit::Outcome;
use super::terminal::{print, print_styled, stdout_width};
use crate::sources::{Listed, formats};
use crate::text::wrapped;

pub(super) const HELP: &str = "\
Examples:
  waterfall formats
  waterfall formats --format json | jq -r '.formats[].what'

Only the content of a file decides its format. Its name decides only whether a directory's file is read at all. \
gzip and zstd files are decompressed, and UTF-16 with a byte order mark is read as UTF-8. One command can read \
files of several formats: docs/formats.md says how their clocks are put on one axis.";

#[derive(Debug, Args)]
pub(super) struct FormatsArgs {
    /// Output format
    #[arg(long, value_enum, default_value_t = As::Text)]
    format: As,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    /// Text for the terminal
    Text,
    /// JSON for programs
    Json,
    /// Table for documents
    Markdown,
}

impl FormatsArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let all: Vec<Listed> = formats().collect();
        let printed = match self.format {
            As::Text => print_styled(&text(&all, stdout_width())),
            As::Json => print(json(&all).as_bytes()),
            As::Markdown => print(markdown(&all).as_bytes()),
        };
        printed.context("cannot write to stdout")?;
        Ok(Outcome::Done)
    }
}

/// What is said of a format, beside its heading.
fn lines(format: &Listed) -> [(&'static str, &'static str); 4] {
    let about = &format.about;
    let leaves = if about.leaves.is_empty() { "nothing" } else { about.leaves };
    [("detected by", about.told_by), ("reads", about.reads), ("leaves out", leaves), ("clock", about.clock)]
}

/// A paragraph for each format, its lines at most `width` columns wide.
fn text(all: &[Listed], width: Option<usize>) -> String {
    let room = width.unwrap_or(100).saturating_sub(LABEL).max(20);
    let mut text = String::new();
    for format in all {
        let files = if format.endings.is_empty() { "given by name" } else { &*format.endings.join(" ") };
        let _ = writeln!(text, "{} ({files})", format.about.what.replace('`', ""));
        for (label, said) in lines(format) {
            for (index, line) in wrapped(&said.replace('`', ""), room).iter().enumerate() {
                let label = if index == 0 { label } else { "" };
                let _ = writeln!(text, "  {label:11}  {line}");
            }
        }
        text.push('\n');
    }
    text.push_str(
        "gzip, zstd and UTF-16 are detected by their first bytes. `waterfall formats --help` says more.\n",
    );
    text
}

/// The columns before a text.
const LABEL: usize = 15;

fn markdown(all: &[Listed]) -> String {
    let mut text =
        "| format | files | detected by | reads | leaves out | clock |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for format in all {
        let files: Vec<String> = format.endings.iter().map(|ending| format!("`{ending}`")).collect();
        let files = if files.is_empty() { "given by name".into() } else { files.join(" ") };
        let said = lines(format).map(|(_, said)| said.replace('|', "\\|")).join(" | ");
        let _ = writeln!(text, "| {} | {files} | {said} |", format.about.what.replace('|', "\\|"));
    }
    text
}

#[derive(Serialize)]
struct Json<'a> {
    version: u32,
    formats: Vec<JsonFormat<'a>>,
}

#[derive(Serialize)]
struct JsonFormat<'a> {
    name: &'a str,
    what: &'a str,
    /// Before `.gz` and `.zst`, or a whole name.
    endings: &'a [&'a str],
    told_by: &'a str,
    reads: &'a str,
    leaves: &'a str,
    clock: &'a str,
}

fn json(all: &[Listed]) -> String {
    let formats = all.iter().map(|Listed { name, endings, about }| JsonFormat {
        name,
        what: about.what,
        endings,
        told_by: about.told_by,
        reads: about.reads,
        leaves: about.leaves,
        clock: about.clock,
    });
    let json = Json { version: 1, formats: formats.collect() };
    serde_json::to_string_pretty(&json).expect("texts become JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_says_what_it_is_in_phrases() {
        for format in formats() {
            let said = [format.about.what, format.about.leaves]
                .into_iter()
                .chain(lines(&format).map(|(_, said)| said));
            for said in said {
                assert!(!said.ends_with('.') && !said.contains('\n'), "{}: {said:?}", format.name);
                assert_eq!(said.matches('`').count() % 2, 0, "{said:?}");
            }
            let (about, name) = (format.about, format.name);
            assert!(![about.what, about.told_by, about.reads, about.clock].contains(&""), "{name}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let all: Vec<Listed> = formats().collect();
        let text = text(&all, Some(60));
        let paragraphs = text.lines().filter(|line| line.starts_with("  "));
        for line in paragraphs {
            assert!(line.chars().count() <= 60, "{line}");
        }
    }
}
