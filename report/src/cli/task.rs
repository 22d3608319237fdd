//! `waterfall task`: a command as one span.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process;

use clap::Args;
use recorder::format;

use super::terminal::{tell_error, tell_line};
use crate::command::Signals;
use crate::task::Task;

pub(super) const HELP: &str = "\
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
pub(super) struct TaskArgs {
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

impl TaskArgs {
    pub(super) fn run(self) -> ! {
        let task = Task {
            color: self.color,
            signals: Signals::Passed,
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
            tell_line(line);
        }
        outcome.exit()
    }
}

/// An argument that must be a colour.
fn color(text: &str) -> Result<String, &'static str> {
    if format::is_color(text) { Ok(text.to_owned()) } else { Err("not like #ca562c") }
}
