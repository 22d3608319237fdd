//! The command line: arguments in, exit code out.
//!
//! One file per command. `reading` has the options that all reading commands share, `exit` decides the exit codes,
//! `terminal` prints. Only this folder names clap and anyhow. Holds nothing that a user of the library would miss.

mod baseline;
mod calibrate;
mod compare;
mod exit;
mod formats;
mod history;
mod in_turn;
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

use crate::compare::CompareError;
use crate::reading::Error as ReadError;
use crate::text::quoted;

use calibrate::CalibrateArgs;
use compare::CompareArgs;
use exit::Usage;
use formats::FormatsArgs;
use history::HistoryArgs;
use report::ReportArgs;
use run::RunArgs;
use runs::RunsArgs;
use shell::{CompletionsArgs, ManArgs};
use stats::StatsArgs;
use summary::{MergeArgs, SummarizeArgs};
use task::TaskArgs;
use terminal::print_problems;

/// Runs the program `waterfall` with the arguments of this process, and returns its exit code.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => cli.run(),
        Err(error) => terminal::print_usage(&error),
    }
}

/// Show where the wall time of a parallel program went.
///
/// Merges the records of all its threads and processes into one interactive HTML page and prints the page's path.
#[derive(Debug, Parser)]
#[command(name = "waterfall", version, args_conflicts_with_subcommands = true, args_override_self = true, after_help = report::HELP)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Merge records into one page (the default command)
    #[command(after_help = report::HELP)]
    Report(ReportArgs),
    /// Run a command and record it as one span
    ///
    /// The command inherits input, output and environment, and receives the signals sent to `waterfall`. The steps of
    /// one script become the lanes of one process: one lane per task, more if runs of that task overlap.
    #[command(after_help = task::HELP)]
    Task(TaskArgs),
    /// Run a command, and keep its records and resource use under a name
    ///
    /// Creates a new directory, sets WATERFALL_DIR so that the command records there, samples the CPU, memory and I/O
    /// of its processes (Linux), and writes the page. The command inherits input, output and environment, and receives
    /// the signals sent to `waterfall`.
    #[command(after_help = run::HELP)]
    Run(RunArgs),
    /// List the runs kept by `waterfall run`
    #[command(after_help = runs::HELP)]
    Runs(RunsArgs),
    /// Show task statistics and check budgets
    #[command(after_help = stats::HELP)]
    Stats(StatsArgs),
    /// Compare two sides of runs, with a verdict for each figure
    ///
    /// A side is the name of kept runs, a directory or a file of any format. The verdict is a regression, an improvement,
    /// no change, or inconclusive: then the runs do not show what changed.
    #[command(after_help = compare::HELP)]
    Compare(CompareArgs),
    /// Measure the noise of a command, and derive thresholds from it
    ///
    /// Runs the command 20 times or more, and prints how much these runs differ, how often a comparison of them finds a
    /// change although nothing changed, and the smallest change that it would find. With --scenario, writes thresholds to
    /// waterfall.toml.
    #[command(after_help = calibrate::HELP)]
    Calibrate(CalibrateArgs),
    /// Show how the figures of all kept runs of a name changed over time
    ///
    /// Medians and spread of the wall time and of each task over all runs, in order, with the runs at which their level
    /// changed, as a page, text or JSON.
    #[command(after_help = history::HELP)]
    History(HistoryArgs),
    /// Write a summary of records to stdout: all that a report shows except single spans
    ///
    /// For clusters: summarise the records on each machine, merge the summaries, and make a report of the result. Give
    /// each file to one summary only. A lane can have several files (parts), whose names differ only in the part
    /// number; these may go into different summaries.
    #[command(after_help = summary::HELP)]
    Summarize(SummarizeArgs),
    /// Merge summaries in any order, and write the result to stdout
    #[command(after_help = summary::HELP)]
    Merge(MergeArgs),
    /// List the formats that can be read, and what is read of each
    #[command(after_help = formats::HELP)]
    Formats(FormatsArgs),
    /// Print shell completions
    #[command(after_help = shell::COMPLETIONS_HELP)]
    Completions(CompletionsArgs),
    /// Print a manual page
    #[command(after_help = shell::MAN_HELP)]
    Man(ManArgs),
}

impl Cli {
    /// Runs the command and returns the exit code. Prints errors on stderr, one line each.
    fn run(self) -> ExitCode {
        let can_say_where = matches!(self.command, None | Some(Command::Report(_) | Command::Stats(_)));
        let done = match self.command {
            Some(Command::Task(args)) => args.run(),
            Some(Command::Report(args)) => args.run(),
            Some(Command::Run(args)) => args.run(),
            Some(Command::Runs(args)) => args.run(),
            Some(Command::Stats(args)) => args.run(),
            Some(Command::Compare(args)) => args.run(),
            Some(Command::Calibrate(args)) => args.run(),
            Some(Command::History(args)) => args.run(),
            Some(Command::Summarize(args)) => args.run(),
            Some(Command::Merge(args)) => args.run(),
            Some(Command::Formats(args)) => args.run(),
            Some(Command::Completions(args)) => args.run(Cli::command()),
            Some(Command::Man(args)) => args.run(Cli::command()),
            None => {
                if let Some(input) = self.report.first_input() {
                    print_near_command(input);
                }
                self.report.run()
            }
        };
        done.map_or_else(|error| fail(&error, can_say_where), ExitCode::from)
    }
}

/// Prints why a command failed, and returns the exit code.
fn fail(error: &anyhow::Error, can_say_where: bool) -> ExitCode {
    if let Some(usage) = error.downcast_ref() {
        return print_usage(usage);
    }
    let unread = exit::read_error(error);
    if let Some(problems) = unread.and_then(ReadError::problems) {
        print_problems(problems);
    }
    let hint = match unread {
        Some(_) if error.is::<CompareError>() => "",
        Some(ReadError::NothingReadable { inputs, .. }) if inputs.iter().any(|input| input.is_dir()) => {
            "; use --directory to say where the records are; name a file to read it whatever its ending"
        }
        Some(ReadError::NothingReadable { .. }) if can_say_where => {
            "; use --directory to say where the records are"
        }
        _ => "",
    };
    terminal::warn(format_args!("{error:#}{hint}"));
    exit::code(error)
}

/// Prints what is wrong with the arguments of a command, and its usage. Returns the exit code.
fn print_usage(error: &Usage) -> ExitCode {
    let mut all = Cli::command();
    all.build(); // puts the program's name before those of the commands
    let named = error.command.and_then(|name| all.find_subcommand(name)).cloned();
    terminal::print_usage(&named.unwrap_or(all).error(error.kind, error))
}

/// Suggests a command if the first input does not exist and its name is one edit away from that command.
fn print_near_command(input: &Path) {
    let Some(name) = input.to_str().filter(|_| !input.exists() && reading::run_of(input).is_none()) else {
        return;
    };
    let all = Cli::command();
    // Stricter than `near`, for which `records` is near `report`.
    let mut commands = all.get_subcommands().map(clap::Command::get_name);
    if let Some(near) = commands.find(|command| strsim::osa_distance(name, command) == 1) {
        terminal::warn(format_args!(
            "reading {} as a file name; did you mean the command `waterfall {near}`?",
            quoted(name)
        ));
    }
}
