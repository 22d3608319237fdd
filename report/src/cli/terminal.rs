//! Output: results go to stdout, everything else goes to stderr, one line each.
//!
//! Names and paths in messages have no control characters. Stdout gets the exact bytes.

use std::borrow::Cow;
use std::env;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use terminal_size::{Width, terminal_size_of};

use crate::text::{Problems, terminal, units};

/// The number of problems that are printed; the page lists more.
const PROBLEMS_SHOWN: usize = 5;

/// Prints an error and its cause as one line.
pub(super) fn print_error(error: &dyn Error) {
    let cause = error.source().map_or(String::new(), |cause| format!(": {cause}"));
    warn(format_args!("{error}{cause}"));
}

pub(super) fn print_problems(problems: &Problems) {
    for problem in problems.first().iter().take(PROBLEMS_SHOWN) {
        note_plain(&format!("{}: {}", problem.place(), problem.message));
    }
    let shown = problems.first().len().min(PROBLEMS_SHOWN) as u64;
    if problems.total() > shown {
        note(&format!("... and {}", units::counted(problems.total() - shown, "more problem")));
    }
}

/// Prints what clap says of the arguments, or the help that was asked for. Returns the exit code. Lines of arguments
/// without end lose their middle, and then all lose their colours.
pub(super) fn print_usage(said: &clap::Error) -> ExitCode {
    let text = said.to_string();
    let lines: Vec<Cow<'_, str>> = text.lines().map(terminal::cut).collect();
    if said.use_stderr() && lines.iter().any(|line| matches!(line, Cow::Owned(_))) {
        note(&lines.join("\n"));
    } else {
        let _ = said.print(); // a failure to print cannot be reported
    }
    u8::try_from(said.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// A path as one line with its exact bytes, so that a shell's `$(...)` can open it.
pub(super) fn line(path: &Path) -> Vec<u8> {
    let mut line = path.as_os_str().as_encoded_bytes().to_vec();
    line.push(b'\n');
    line
}

/// Writes to stdout. A closed pipe is not an error.
pub(super) fn print(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints text on stderr as a message of this program: one line without control characters.
pub(super) fn warn(text: impl Display) {
    note_plain(&format!("waterfall: {text}"));
}

/// Prints text on stderr as one line without control characters. A very long text loses its middle.
pub(super) fn note_plain(text: &str) {
    note(&terminal::plain(&terminal::cut(text)));
}

/// Writes a line to stderr. A failure cannot be reported.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes coloured text to stdout. Removes the colours if stdout is not a terminal; NO_COLOR and CLICOLOR_FORCE
/// override that.
pub(super) fn print_styled(text: &str) -> io::Result<()> {
    let mut bytes = Vec::new();
    let choice = anstream::AutoStream::choice(&io::stdout());
    anstream::AutoStream::new(&mut bytes, choice).write_all(text.as_bytes())?;
    print(&bytes)
}

/// The width of the terminal on stdout, or COLUMNS if that is set; `None` if stdout is not a terminal.
pub(super) fn stdout_width() -> Option<usize> {
    let (Width(columns), _) = terminal_size_of(io::stdout())?;
    let wanted = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    Some(wanted.unwrap_or(usize::from(columns))).filter(|columns| *columns > 0)
}

/// What has no time, in a summary line before the problems: `12 timings, 4 profiles, `.
pub(super) fn timeless(timings: u64, profiles: u64) -> String {
    let all = [(timings, "timing"), (profiles, "profile")];
    let all = all.iter().filter(|(count, _)| *count > 0);
    all.map(|(count, noun)| format!("{}, ", units::counted(*count, noun))).collect()
}
