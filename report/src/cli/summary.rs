//! `waterfall summarize` and `waterfall merge`: the two filters for clusters.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use clap::error::ErrorKind;
use waterfall::sources::Input;
use waterfall::{Progress, outputs};

use super::refuse;
use super::telling::{print, tell_problems};
use crate::progress_line::ProgressLine;

pub(super) const HELP: &str = "\
Example:
  waterfall summarize --root records records/host-1* > 1.summary
  zcat host-2.7-18f.0-main.0.csv.gz | waterfall summarize --lane host-2.7-18f.0-main.0.csv - > 2.summary
  cat 1.summary 2.summary | waterfall merge > all.merged
  waterfall report all.merged

The same lanes give the same bytes, whatever was merged with what. Exit codes: those of waterfall.";

#[derive(Debug, Args)]
pub(super) struct SummarizeArgs {
    /// Name lanes by their paths below this directory [default: the working directory]
    #[arg(long, value_name = "DIR", conflicts_with = "lane")]
    root: Option<PathBuf>,

    /// Read one file from stdin, and name it so
    #[arg(long, value_name = "PATH")]
    lane: Option<PathBuf>,

    /// Minutes east of UTC for records that carry no offset
    #[arg(long, value_name = "MIN", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1439..=1439))]
    bias: Option<i32>,

    /// Files and directories to read; with --lane `-`
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// Summaries [default: stdin]
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
}

impl SummarizeArgs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let is_stdin = self.inputs == [Path::new("-")];
        if is_stdin != self.lane.is_some() {
            let message = "`--lane PATH -` names what comes from stdin: one needs the other";
            refuse(Some("summarize"), ErrorKind::ArgumentConflict, message);
        }
        let input = match self.lane {
            Some(name) => Input::stdin(name),
            None => Input::find(&self.inputs, Some(self.root.as_deref().unwrap_or(Path::new(".")))),
        };
        write_summary(input, self.bias.map(|minutes| minutes * 60))
    }
}

impl MergeArgs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let input =
            if self.inputs.is_empty() { Input::stdin("-".into()) } else { Input::find(&self.inputs, None) };
        write_summary(input, None)
    }
}

/// Writes the summary of what is read to stdout.
fn write_summary(input: Input, assumed_offset_s: Option<i32>) -> anyhow::Result<ExitCode> {
    let progress = Progress::default();
    let line = ProgressLine::begin(&progress);
    let (summary, problems) = waterfall::summarise(&input.watched(&progress), assumed_offset_s)?;
    drop(line); // stdout may be the same terminal
    let mut text = Vec::new();
    let listed = problems.first();
    let first = listed.iter().map(|problem| (problem.path.as_path(), problem.line, problem.message.as_str()));
    let unlisted = problems.total() - listed.len() as u64;
    outputs::write_summary(&summary, first, unlisted, &mut text).expect("writing to memory works");
    print(&text).context("cannot write the summary to stdout")?;
    tell_problems(&problems);
    Ok(ExitCode::SUCCESS)
}
