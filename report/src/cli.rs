//! The command line: arguments to a [`Report`] or a [`Task`], and what becomes of it to files, terminal and
//! exit code.
//!
//! The only file that names clap. Holds nothing that a user of the library would miss.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use recorder::format;
use waterfall::outputs::{self, Zone, terminal, units};
use waterfall::sources::{Input, Problems};
use waterfall::task::Task;
use waterfall::{Moment, Progress, Rendered, Report, Selection, sources};

use crate::progress_line::ProgressLine;

/// How many problems are named on the terminal; the page lists more.
const PROBLEMS_SHOWN: usize = 5;

/// A gate that the user asked for failed.
const EXIT_GATE: u8 = 1;
/// What was asked for makes no sense.
const EXIT_USAGE: u8 = 2;
/// Nothing in the input could be read.
const EXIT_UNREADABLE: u8 = 3;
/// The work could not be finished: output not writable, disk full.
const EXIT_UNFINISHED: u8 = 5;

/// Tell where the wall time of a parallel program went.
///
/// Merges the records of all its threads and processes into one interactive HTML page and prints the
/// page's path.
#[derive(Debug, Parser)]
#[command(name = "waterfall", version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: ReportArgs,
}

const EXIT_CODES: &str = "Exit codes: 0 done, also when parts of the input were skipped (counted in the last line \
and on the page); 1 --strict and a problem; 2 wrong usage; 3 nothing readable in the input; 5 the page could not \
be written.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Merge records into one page (what `waterfall` does without a command)
    Report(ReportArgs),
    /// Run a command and record it as one span
    ///
    /// The command gets our input, output and environment, and signals sent to us. The steps of one script
    /// become the lanes of one process: a task is a lane, or several where it runs beside itself.
    #[command(after_help = TASK_HELP)]
    Task(TaskArgs),
    /// Write a summary of records to stdout: all that their report shows but single spans
    ///
    /// A filter for clusters: summarise where the records lie, merge the summaries, report what comes of it. The files
    /// of one lane, whose names differ in their part alone, may be summarised apart; no other lane may be split.
    #[command(after_help = SUMMARY_HELP)]
    Summarize(SummarizeArgs),
    /// Merge summaries, in any order and grouping, into one on stdout
    #[command(after_help = SUMMARY_HELP)]
    Merge(MergeArgs),
}

const SUMMARY_HELP: &str = "\
Example:
  waterfall summarize --root records records/host-1* > 1.summary
  zcat host-2.7-18f.0-main.0.csv.gz | waterfall summarize --lane host-2.7-18f.0-main.0.csv - > 2.summary
  cat 1.summary 2.summary | waterfall merge > all.merged
  waterfall report all.merged

The same lanes give the same bytes, whatever was merged with what. Exit codes: those of waterfall.";

const TASK_HELP: &str = "\
Example, in a shell script:
  waterfall task --group build --task 'compile a.c' -- cc -O2 -c a.c &
  waterfall task --group build --task 'compile b.c' -- cc -O2 -c b.c &
  wait
  waterfall

Switches: WATERFALL=0 records nothing; WATERFALL_TASKS=GLOB,GLOB only these tasks; WATERFALL_BIAS=MIN is the \
offset from UTC in which times are written; WATERFALL_TIMING=1 prints what the task took.

Exit codes: the command's own; 128 + the number of the signal that ended it; 127 it was not found; 126 it \
could not be run; 2 wrong usage. What cannot be recorded is told on stderr and changes none of these.";

#[derive(Debug, Args)]
struct TaskArgs {
    /// Record in this directory [default: $WATERFALL_DIR, else ./records]
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// The label of what the task belongs to, such as the script's name
    #[arg(long, value_name = "G")]
    group: String,

    /// What the command does; tasks of one name share a lane
    #[arg(long, value_name = "T")]
    task: String,

    /// Draw the span in this colour, `#rrggbb` [default: the report chooses]
    #[arg(long, value_name = "C", value_parser = color)]
    color: Option<String>,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Args)]
struct ReportArgs {
    /// Read every *.csv and *.csv.gz below this directory [default: $WATERFALL_DIR, else ./records]
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// More files and directories to read
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Write the page here, `-` for stdout [default: DIR/waterfall.html, else ./waterfall.html]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show clock times in this zone of the IANA database [default: the offset of the earliest record]
    #[arg(long, value_name = "IANA")]
    timezone: Option<chrono_tz::Tz>,

    /// Minutes east of UTC: for the clock times shown, and for records that carry no offset
    #[arg(long, value_name = "MIN", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1439..=1439))]
    bias: Option<i32>,

    /// Show durations alone in tooltips, without start and end
    #[arg(long)]
    durationonly: bool,

    /// The page's title [default: the name of the first input]
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,

    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    /// Keep spans that end at or after T: +12.5s since the start, or RFC 3339
    #[arg(long, value_name = "T")]
    from: Option<Moment>,

    /// Keep spans that start at or before T
    #[arg(long, value_name = "T")]
    to: Option<Moment>,

    /// Keep spans and counters of groups that match (* and ?); may be given more than once
    #[arg(long, value_name = "GLOB")]
    group: Vec<String>,

    /// Keep spans of tasks that match, or of `group/task`; may be given more than once
    #[arg(long, value_name = "GLOB")]
    task: Vec<String>,

    /// Put at most this many spans on the page; of further lanes it has the longest spans and all figures
    #[arg(long, value_name = "N", default_value_t = waterfall::DETAIL)]
    detail: u64,

    /// Exit with 1 when there was any problem with the input; the page is written all the same
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Args)]
struct SummarizeArgs {
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
struct MergeArgs {
    /// Summaries [default: stdin]
    #[arg(value_name = "FILE")]
    inputs: Vec<PathBuf>,
}

impl Cli {
    /// Does what was asked, gives the exit code. Errors are told on stderr, one line each.
    pub(crate) fn run(self) -> ExitCode {
        let can_say_where = matches!(self.command, None | Some(Command::Report(_)));
        let done = match self.command {
            Some(Command::Task(args)) => args.run(),
            Some(Command::Report(args)) => args.run(),
            Some(Command::Summarize(args)) => args.run(),
            Some(Command::Merge(args)) => args.run(),
            None => self.report.run(),
        };
        match done {
            Ok(code) => code,
            Err(error) => {
                let unreadable =
                    error.downcast_ref::<sources::Error>().or_else(|| match error.downcast_ref() {
                        Some(waterfall::Error::Read(error)) => Some(error),
                        _ => None,
                    });
                if let Some(sources::Error::NothingReadable { problems, .. }) = unreadable {
                    tell_problems(problems);
                }
                let (hint, code) = match unreadable {
                    Some(sources::Error::NoRows) => ("", EXIT_USAGE),
                    Some(_) if can_say_where => ("; --directory says where to look", EXIT_UNREADABLE),
                    Some(_) => ("", EXIT_UNREADABLE),
                    None => ("", EXIT_UNFINISHED),
                };
                tell(&format!("waterfall: {}{hint}", terminal::plain(&format!("{error:#}"))));
                ExitCode::from(code)
            }
        }
    }
}

impl TaskArgs {
    fn run(self) -> ! {
        let task = Task {
            color: self.color,
            passes_signals: true,
            ..Task::from_env(self.group, self.task, self.directory)
        };
        let (program, arguments) = self.command.split_first().expect("clap requires a command");
        let outcome = task.run(process::Command::new(program).args(arguments));
        if let Err(error) = &outcome.status {
            tell_error(error);
        }
        if let Some(loss) = &outcome.loss {
            tell_error(loss);
        }
        if let Some(line) = &outcome.timing {
            tell(&terminal::plain(line));
        }
        outcome.exit()
    }
}

/// An argument that must be a colour.
fn color(text: &str) -> Result<String, &'static str> {
    if format::is_color(text) { Ok(text.to_owned()) } else { Err("not like #ca562c") }
}

impl SummarizeArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
        let is_stdin = self.inputs == [Path::new("-")];
        if is_stdin != self.lane.is_some() {
            let message = "`--lane PATH -` names what comes from stdin: one needs the other";
            Cli::command().error(ErrorKind::ArgumentConflict, message).exit();
        }
        let input = match self.lane {
            Some(name) => Input::stdin(name),
            None => Input::find(&self.inputs, Some(self.root.as_deref().unwrap_or(Path::new(".")))),
        };
        write_summary(input, self.bias.map(|minutes| minutes * 60))
    }
}

impl MergeArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
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

impl ReportArgs {
    fn run(self) -> anyhow::Result<ExitCode> {
        let report = self.report();
        if report.selection.is_reversed() {
            let message = format!("the window of `{}` ends before it begins", report.selection);
            Cli::command().error(ErrorKind::ValueValidation, message).exit();
        }
        let progress = ProgressLine::begin(&report.progress);
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
        tell_problems(&rendered.problems);
        tell(&summary(&rendered));
        if let Some(path) = path.filter(|_| self.open) {
            opener::open_browser(&path).with_context(|| format!("cannot open {}", path.display()))?;
        }
        let is_failed = self.strict && rendered.problems.total() > 0;
        Ok(if is_failed { ExitCode::from(EXIT_GATE) } else { ExitCode::SUCCESS })
    }

    fn report(&self) -> Report {
        let mut inputs: Vec<PathBuf> = self.directory.iter().chain(&self.inputs).cloned().collect();
        if inputs.is_empty() {
            let directory = std::env::var_os("WATERFALL_DIR").filter(|directory| !directory.is_empty());
            inputs.push(directory.map_or("records".into(), PathBuf::from));
        }
        let bias = self.bias.map(|minutes| minutes * 60);
        Report {
            inputs,
            output: self.output.clone(),
            title: self.title.clone(),
            zone: self.timezone.map(Zone::Named).or(bias.map(Zone::Fixed)),
            assumed_offset_s: bias,
            duration_only: self.durationonly,
            detail: Some(self.detail),
            selection: Selection {
                from: self.from,
                to: self.to,
                groups: self.group.clone(),
                tasks: self.task.clone(),
            },
            ..Report::default()
        }
    }
}

/// `50 spans in 19 lanes of 7 processes, 0.97 s, 0 problems`; where there are any, `3 counters` behind the
/// processes.
fn summary(rendered: &Rendered) -> String {
    let left_out = match rendered.left_out {
        0 => String::new(),
        spans => format!("; {} left out", units::counted(spans, "span")),
    };
    let counters = match rendered.counters {
        0 => String::new(),
        counters => format!(", {}", units::counted(counters as u64, "counter")),
    };
    format!(
        "{} in {} of {}{counters}, {}, {}{left_out}",
        units::counted(rendered.spans, "span"),
        units::counted(rendered.lanes as u64, "lane"),
        units::counted(rendered.processes as u64, "process"),
        units::seconds(rendered.wall_ns),
        units::counted(rendered.problems.total(), "problem"),
    )
}

/// Tells an error and its cause as one line.
fn tell_error(error: &dyn Error) {
    let cause = error.source().map_or(String::new(), |cause| format!(": {cause}"));
    tell(&format!("waterfall: {}", terminal::plain(&format!("{error}{cause}"))));
}

fn tell_problems(problems: &Problems) {
    for problem in problems.first().iter().take(PROBLEMS_SHOWN) {
        tell(&terminal::plain(&format!("{}: {}", problem.place(), problem.message)));
    }
    let shown = problems.first().len().min(PROBLEMS_SHOWN) as u64;
    if problems.total() > shown {
        tell(&format!("... and {}", units::counted(problems.total() - shown, "more problem")));
    }
}

/// A path as a line of its very bytes, so that a shell's `$(...)` can open it.
fn line(path: &Path) -> Vec<u8> {
    let mut line = path.as_os_str().as_encoded_bytes().to_vec();
    line.push(b'\n');
    line
}

/// Writes to stdout; a reader that has gone away is no error.
fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a line to stderr; there is nowhere to tell that this failed.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
