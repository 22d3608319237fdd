//! The command line: arguments to a [`waterfall::Report`] or another thing of the library, and what becomes of it to
//! files, terminal and exit code.
//!
//! A file a command. The only folder that names clap. Holds nothing that a user of the library would miss.

mod gate;
mod inputs;
mod report;
mod run;
mod runs;
mod scenario;
mod shell;
mod stats;
mod summary;
mod task;
mod telling;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use waterfall::outputs::terminal;
use waterfall::sources;

use report::ReportArgs;
use run::RunArgs;
use runs::RunsArgs;
use shell::{CompletionsArgs, ManArgs};
use stats::StatsArgs;
use summary::{MergeArgs, SummarizeArgs};
use task::TaskArgs;
use telling::{tell, tell_problems};

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
#[command(name = "waterfall", version, args_conflicts_with_subcommands = true, after_help = report::HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Merge records into one page (what `waterfall` does without a command)
    #[command(after_help = report::HELP)]
    Report(ReportArgs),
    /// Run a command and record it as one span
    ///
    /// The command gets our input, output and environment, and signals sent to us. The steps of one script
    /// become the lanes of one process: a task is a lane, or several where it runs beside itself.
    #[command(after_help = task::HELP)]
    Task(TaskArgs),
    /// Run a command by name, and keep what it records and what it uses
    ///
    /// Makes a fresh directory, runs the command with WATERFALL_DIR, samples the CPU, memory and I/O of its processes, and
    /// writes the page. The command gets our input, output and environment, and signals sent to us.
    #[command(after_help = run::HELP)]
    Run(RunArgs),
    /// List the runs that are kept here
    #[command(after_help = runs::HELP)]
    Runs(RunsArgs),
    /// Tell how often tasks ran, how long they took, and whether they keep their budgets
    #[command(after_help = stats::HELP)]
    Stats(StatsArgs),
    /// Write a summary of records to stdout: all that their report shows but single spans
    ///
    /// A filter for clusters: summarise where the records lie, merge the summaries, report what comes of it. The files
    /// of one lane, whose names differ in their part alone, may be summarised apart; no other lane may be split.
    #[command(after_help = summary::HELP)]
    Summarize(SummarizeArgs),
    /// Merge summaries, in any order and grouping, into one on stdout
    #[command(after_help = summary::HELP)]
    Merge(MergeArgs),
    /// Write a shell's completions to stdout
    #[command(after_help = shell::COMPLETIONS_HELP)]
    Completions(CompletionsArgs),
    /// Write a manual page to stdout
    #[command(after_help = shell::MAN_HELP)]
    Man(ManArgs),
}

impl Cli {
    /// Does what was asked, gives the exit code. Errors are told on stderr, one line each.
    pub(crate) fn run(self) -> ExitCode {
        let can_say_where = matches!(self.command, None | Some(Command::Report(_) | Command::Stats(_)));
        let done = match self.command {
            Some(Command::Task(args)) => args.run(),
            Some(Command::Report(args)) => args.run(),
            Some(Command::Run(args)) => args.run(),
            Some(Command::Runs(args)) => args.run(),
            Some(Command::Stats(args)) => args.run(),
            Some(Command::Summarize(args)) => args.run(),
            Some(Command::Merge(args)) => args.run(),
            Some(Command::Completions(args)) => args.run(),
            Some(Command::Man(args)) => args.run(),
            None => {
                if let Some(input) = self.report.first_input() {
                    tell_near_command(input);
                }
                self.report.run()
            }
        };
        match done {
            Ok(code) => code,
            Err(error) => {
                let unreadable = unreadable(&error);
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

/// Ends the program: what was said of a command, or of the program where that is none, makes no sense.
fn refuse(command: Option<&str>, kind: ErrorKind, message: impl Display) -> ! {
    let mut all = Cli::command();
    all.build(); // gives commands the program's name
    match command.and_then(|name| all.find_subcommand_mut(name)) {
        Some(command) => command.error(kind, message).exit(),
        None => all.error(kind, message).exit(),
    }
}

/// Tells of a file that is not there and is called much like a command.
fn tell_near_command(input: &Path) {
    let Some(name) = input.to_str().filter(|_| !input.exists()) else { return };
    let all = Cli::command();
    // Nearer than `near` asks for: to that `records` is near `report`.
    let mut commands = all.get_subcommands().map(clap::Command::get_name);
    if let Some(near) = commands.find(|command| strsim::osa_distance(name, command) == 1) {
        tell(&format!("waterfall: `{name}` is taken for a file; the command is `waterfall {near}`"));
    }
}

/// Why nothing could be read, if that is what it is.
fn unreadable(error: &anyhow::Error) -> Option<&sources::Error> {
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(waterfall::Error::Read(error)), _) | (_, Some(waterfall::stats::Error::Read(error))) => {
            Some(error)
        }
        _ => error.downcast_ref(),
    }
}
