//! The command line: arguments in, exit code out.
//!
//! A file a command; `reading` has the options of all that read, `exit` decides the exit codes, `terminal` prints. Only
//! this folder names clap and anyhow. Holds nothing that a user of the library would miss.

mod exit;
mod progress_line;
mod reading;
mod report;
mod run;
mod runs;
mod scenario;
mod shell;
mod stats;
mod summary;
mod task;
mod terminal;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::reading::Error as ReadError;

use exit::Usage;
use report::ReportArgs;
use run::RunArgs;
use runs::RunsArgs;
use shell::{CompletionsArgs, ManArgs};
use stats::StatsArgs;
use summary::{MergeArgs, SummarizeArgs};
use task::TaskArgs;
use terminal::tell_problems;

/// Runs the program `waterfall` with the arguments of this process, and gives its exit code.
pub fn main() -> ExitCode {
    Cli::parse().run()
}

/// Tell where the wall time of a parallel program went.
///
/// Merges the records of all its threads and processes into one interactive HTML page and prints the
/// page's path.
#[derive(Debug, Parser)]
#[command(name = "waterfall", version, args_conflicts_with_subcommands = true, after_help = report::HELP)]
struct Cli {
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
    /// Does what was asked, gives the exit code. Errors are printed on stderr, one line each.
    fn run(self) -> ExitCode {
        let can_say_where = matches!(self.command, None | Some(Command::Report(_) | Command::Stats(_)));
        let done = match self.command {
            Some(Command::Task(args)) => args.run(),
            Some(Command::Report(args)) => args.run(),
            Some(Command::Run(args)) => args.run(),
            Some(Command::Runs(args)) => args.run(),
            Some(Command::Stats(args)) => args.run(),
            Some(Command::Summarize(args)) => args.run(),
            Some(Command::Merge(args)) => args.run(),
            Some(Command::Completions(args)) => args.run(Cli::command()),
            Some(Command::Man(args)) => args.run(Cli::command()),
            None => {
                if let Some(input) = self.report.first_input() {
                    tell_near_command(input);
                }
                self.report.run()
            }
        };
        done.unwrap_or_else(|error| fail(&error, can_say_where))
    }
}

/// Prints why a command failed, gives the exit code.
fn fail(error: &anyhow::Error, can_say_where: bool) -> ExitCode {
    if let Some(usage) = error.downcast_ref() {
        print_usage(usage);
        return ExitCode::from(exit::code(error));
    }
    let mut hint = "";
    if let Some(ReadError::NothingReadable { problems, .. }) = exit::read_error(error) {
        tell_problems(problems);
        hint = if can_say_where { "; --directory says where to look" } else { "" };
    }
    terminal::tell_line(&format!("waterfall: {error:#}{hint}"));
    ExitCode::from(exit::code(error))
}

/// Prints what is wrong with the arguments of a command, with its usage.
fn print_usage(error: &Usage) {
    let mut all = Cli::command();
    all.build(); // gives commands the program's name
    let named = error.command.and_then(|name| all.find_subcommand(name)).cloned();
    let _ = named.unwrap_or(all).error(error.kind, error).print(); // there is nowhere to say that this failed
}

/// Tells of a file that is not there and is called much like a command.
fn tell_near_command(input: &Path) {
    let Some(name) = input.to_str().filter(|_| !input.exists()) else { return };
    let all = Cli::command();
    // Nearer than `near` asks for: to that `records` is near `report`.
    let mut commands = all.get_subcommands().map(clap::Command::get_name);
    if let Some(near) = commands.find(|command| strsim::osa_distance(name, command) == 1) {
        terminal::tell(&format!(
            "waterfall: `{name}` is taken for a file; the command is `waterfall {near}`"
        ));
    }
}
