//! `waterfall report`, also the default command: makes one page from records.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::exit::{Outcome, Usage};
use super::progress_line::ProgressLine;
use super::reading::ReadingArgs;
use super::terminal::{line, note, print, print_problems, timeless, warn};
use crate::reading::DETAIL;
use crate::report::{Rendered, Report};
use crate::text::units;

pub(super) const HELP: &str = "\
Examples:
  waterfall --directory records
  waterfall records --group zip --from +12.5s --open

Exit codes:
  0  success, even if damaged parts of the input were skipped (the page lists them)
  1  --strict was given and the input had a problem
  2  wrong usage
  3  no readable input, or no readable row in it
  5  the page could not be written";

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    /// Write the page to this file, `-` for stdout [default: DIR/waterfall.html, else ./waterfall.html]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show only durations in tooltips, not start and end
    #[arg(long)]
    durationonly: bool,

    /// Title of the page [default: the names of the inputs]
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    /// Show only spans and counters of groups that match this pattern (* and ?); may be repeated
    #[arg(long, value_name = "GLOB")]
    group: Vec<String>,

    /// Show only spans of tasks that match this pattern, or `group/task`; may be repeated
    #[arg(long, value_name = "GLOB")]
    task: Vec<String>,

    /// Maximum number of spans on the page; lanes that do not fit show only their longest spans, statistics cover all
    #[arg(long, value_name = "N", default_value_t = DETAIL)]
    detail: u64,

    /// Room for attributes on the page, compressed; the shortest spans lose theirs first, 0 leaves out all
    #[arg(long, value_name = "SIZE", default_value = "16MB", value_parser = size)]
    attributes: u64,

    /// Exit with 1 if the input had any problem; the page is still written
    #[arg(long)]
    strict: bool,
}

impl ReportArgs {
    /// The first input that was given without an option.
    pub(super) fn first_input(&self) -> Option<&Path> {
        self.reading.first()
    }

    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let report = self.report()?;
        let progress = ProgressLine::begin(&report.reading.progress);
        let (path, rendered) = if self.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            (None, report.render()?)
        } else {
            let (path, rendered) = report.write()?;
            (Some(path), rendered)
        };
        drop(progress); // stdout may be the same terminal
        match &path {
            None => print(rendered.html.as_bytes()).context("cannot write the page to stdout")?,
            Some(path) => print(&line(path)).context("cannot write to stdout")?,
        }
        print_problems(&rendered.problems);
        rendered.unmatched_waits.iter().for_each(warn);
        note(&summary(&rendered));
        if let Some(path) = path.filter(|_| self.open) {
            opener::open_browser(&path).with_context(|| format!("cannot open {}", path.display()))?;
        }
        let is_failed = self.strict && rendered.problems.total() > 0;
        Ok(Outcome::of_gate(!is_failed))
    }

    fn report(&self) -> Result<Report, Usage> {
        let mut reading = self.reading.reading(None)?;
        reading.selection.groups.clone_from(&self.group);
        reading.selection.tasks.clone_from(&self.task);
        reading.detail = self.detail;
        Ok(Report {
            reading,
            output: self.output.clone(),
            title: self.title.clone(),
            zone: self.reading.zone(),
            duration_only: self.durationonly,
            attributes: Some(self.attributes),
            ..Report::default()
        })
    }
}

/// An argument that must be a number of bytes.
pub(super) fn size(text: &str) -> Result<u64, &'static str> {
    let bytes = if text == "0" { Some(0) } else { units::read_bytes(text) };
    bytes.ok_or("expected a size such as 16MB, 500kB or 0")
}

/// `50 spans in 19 lanes of 7 processes, 0.97 s, 0 problems`. Instants and counters, if any, follow the processes: `, 9
/// instants, 3 counters`.
fn summary(rendered: &Rendered) -> String {
    let left_out = match rendered.left_out {
        0 => String::new(),
        spans => format!("; {} left out", units::counted(spans, "span")),
    };
    let counters = match rendered.counters {
        0 => String::new(),
        counters => format!(", {}", units::counted(counters as u64, "counter")),
    };
    let timeless = timeless(rendered.timings, rendered.profiles as u64);
    if rendered.lanes == 0 && rendered.counters == 0 && !timeless.is_empty() {
        return format!("{timeless}{}", units::counted(rendered.problems.total(), "problem"));
    }
    format!(
        "{} in {} of {}{}{counters}, {}, {timeless}{}{left_out}",
        units::counted(rendered.spans, "span"),
        units::counted(rendered.lanes as u64, "lane"),
        units::counted(rendered.processes as u64, "process"),
        instants(rendered.instants),
        units::seconds(rendered.wall_ns),
        units::counted(rendered.problems.total(), "problem"),
    )
}

/// `, 9 instants`; nothing without any.
pub(super) fn instants(count: u64) -> String {
    if count == 0 { String::new() } else { format!(", {}", units::counted(count, "instant")) }
}
