//! `waterfall summarize` and `waterfall merge`: the two filters for clusters.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap::error::ErrorKind;

use super::exit::{Outcome, Usage};
use super::progress_line::ProgressLine;
use super::reading::{AxisArgs, BiasArg, ColumnsArg, WaitArg};
use super::terminal::{print, print_problems, warn};
use crate::outputs;
use crate::reading::{Inputs, Reading, unmatched_waits};
use crate::report::{Error, with_waits_of_runs};

pub(super) const HELP: &str = "\
Example:
  waterfall summarize --root records records/host-1* > 1.summary
  zcat $LANE.gz | waterfall summarize --lane $LANE - > 2.summary  # LANE=host-2.7-18f.0-main.0.csv
  cat 1.summary 2.summary | waterfall merge > all.merged
  waterfall report all.merged

The same lanes give the same bytes, in whatever order they are merged. Exit codes: as for `waterfall report`.";

#[derive(Debug, Args)]
pub(super) struct SummarizeArgs {
    /// Name lanes by their paths relative to this directory [default: the working directory]
    #[arg(long, value_name = "DIR", conflicts_with = "lane")]
    root: Option<PathBuf>,

    /// Read one file from stdin (FILE is `-`) and give it this name
    #[arg(long, value_name = "PATH")]
    lane: Option<PathBuf>,

    #[command(flatten)]
    bias: BiasArg,

    #[command(flatten)]
    axis: AxisArgs,

    #[command(flatten)]
    columns: ColumnsArg,

    #[command(flatten)]
    wait: WaitArg,

    /// Files and directories to read, or `-` with --lane
    #[arg(value_name = "FILE", required = true)]
    inputs: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    #[command(flatten)]
    wait: WaitArg,

    /// Summaries to merge [default: stdin]
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
}

impl SummarizeArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let is_stdin = self.inputs == [Path::new("-")];
        if is_stdin != self.lane.is_some() {
            let message =
                "use --lane and the input `-` only together: `--lane PATH -` reads stdin as the file PATH";
            return Err(Usage::new(Some("summarize"), ErrorKind::ArgumentConflict, message).into());
        }
        let inputs = match self.lane {
            Some(name) => Inputs::Stdin(name),
            None => Inputs::Below { root: self.root.unwrap_or_else(|| ".".into()), paths: self.inputs },
        };
        let (axis, waits) = (self.axis.axis(), self.wait.wait);
        let columns = self.columns.map(Some("summarize"))?;
        write_summary(Reading {
            inputs,
            assumed_offset_s: self.bias.offset_s(),
            axis,
            columns,
            waits,
            ..Reading::default()
        })
    }
}

impl MergeArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let inputs =
            if self.inputs.is_empty() { Inputs::Stdin("-".into()) } else { Inputs::Paths(self.inputs) };
        write_summary(Reading { inputs, waits: self.wait.wait, ..Reading::default() })
    }
}

/// Reads, and writes their summary to stdout.
fn write_summary(reading: Reading) -> anyhow::Result<Outcome> {
    let reading = with_waits_of_runs(&reading);
    let line = ProgressLine::begin(&reading.progress);
    let (summary, problems) = reading.summarise().map_err(Error::from)?;
    drop(line); // stdout may be the same terminal
    let mut text = Vec::new();
    outputs::write_summary(&summary, &problems, &mut text).expect("writing to memory works");
    print(&text).context("cannot write the summary to stdout")?;
    print_problems(&problems);
    for no_match in unmatched_waits(&reading.waits, summary.keys()) {
        warn(format_args!("{no_match}"));
    }
    Ok(Outcome::Done)
}
