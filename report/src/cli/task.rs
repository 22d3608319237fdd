//! `waterfall task`: runs a command and records it as one span.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process;

use clap::Args;
use recorder::format;

use super::terminal::{note_plain, print_error, warn};
use crate::command::Signals;
use crate::task::{self, Task};

pub(super) const HELP: &str = "\
Example, in a shell script:
  waterfall task --group build --task 'compile a.c' -- cc -O2 -c a.c &
  waterfall task --group build --task 'compile b.c' -- cc -O2 -c b.c &
  wait
  waterfall

Attributes of the span:
  exit_code  exit code of the command, or
  signal     number of the signal that ended it, and
  cpu        CPU time of the command and its child processes, if WATERFALL_CPU is set
and those of --attribute, for example --attribute \"file=$file\"

Environment variables:
  WATERFALL=0                record nothing
  WATERFALL_TASKS=GLOB,GLOB  record only tasks that match
  WATERFALL_CPU=1            record the CPU time of the command
  WATERFALL_BIAS=MIN         write times with this UTC offset, in minutes
  WATERFALL_TIMING=1         print how long the task took

Exit codes: the command's own; or
  2      wrong usage
  126    the command could not be started
  127    the command was not found
  128+N  signal N ended the command
If recording fails, a message goes to stderr, and the exit code does not change.";

#[derive(Debug, Args)]
pub(super) struct TaskArgs {
    /// Directory for the records [default: $WATERFALL_DIR, else ./records]
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// Group that the task belongs to, such as the script's name
    #[arg(long, value_name = "G")]
    group: String,

    /// Name of the task; tasks of the same name share a lane
    #[arg(long, value_name = "T")]
    task: String,

    /// Attribute of the span, such as its input; can be given several times
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<(String, String)>,

    /// Colour of the span, as #rrggbb [default: chosen by the report]
    #[arg(long, value_name = "C", value_parser = color)]
    color: Option<String>,

    /// Record the command as waiting, for example for a lock or another process
    #[arg(long, conflicts_with = "color")]
    wait: bool,

    /// Command to run, with its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl TaskArgs {
    pub(super) fn run(self) -> ! {
        let task = Task {
            attributes: self.attributes,
            color: if self.wait { Some(format::WAIT.to_owned()) } else { self.color },
            signals: Signals::Passed,
            ..Task::from_env(self.group, self.task, self.directory)
        };
        if let Some(message) = task::unknown_switch() {
            warn(message);
        }
        let (program, arguments) = self.command.split_first().expect("clap requires a command");
        let outcome = task.run(process::Command::new(program).args(arguments));
        if let Err(error) = &outcome.status {
            print_error(error);
        }
        if let Some(loss) = &outcome.loss {
            print_error(loss);
        }
        if let Some(line) = &outcome.timing {
            note_plain(line);
        }
        outcome.exit()
    }
}

/// Parses an attribute.
fn attribute(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        None | Some(("", _)) => Err("expected NAME=VALUE, for example file=a.c"),
        Some((name, _)) if name.starts_with('@') => Err("names that begin with '@' are reserved"),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
    }
}

/// Parses a colour.
fn color(text: &str) -> Result<String, &'static str> {
    if format::is_color(text) { Ok(text.to_owned()) } else { Err("expected a colour such as #ca562c") }
}
