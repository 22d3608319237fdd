//! The role of a process of this bench. The first process runs itself again for each measurement.

use std::env;
use std::io::Read;
use std::process::{Child, Command};

/// The work of a child, passed in one environment variable.
pub(crate) enum Role {
    /// Measure this case with criterion.
    Case(String),
    /// Record this many pairs beside other processes, and print their CPU time in nanoseconds.
    Process { pairs: u64 },
    /// Measure the time of single runs of this body, and print the figures.
    Latency(String),
}

const VARIABLE: &str = "WATERFALL_BENCH_ROLE";

/// The role of this process, or `None` for the first one.
pub(crate) fn mine() -> Option<Role> {
    let value = env::var(VARIABLE).ok()?;
    let (kind, of) = value.split_once(' ')?;
    match kind {
        "case" => Some(Role::Case(of.to_owned())),
        "process" => Some(Role::Process { pairs: of.parse().ok()? }),
        "latency" => Some(Role::Latency(of.to_owned())),
        _ => None,
    }
}

/// This program once more, with the same arguments.
pub(crate) fn command(role: Role) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of this program is known"));
    let value = match role {
        Role::Case(name) => format!("case {name}"),
        Role::Process { pairs } => format!("process {pairs}"),
        Role::Latency(body) => format!("latency {body}"),
    };
    command.args(env::args_os().skip(1)).env(VARIABLE, value);
    command
}

/// Waits for a child and returns what it printed.
pub(crate) fn printed(mut child: Child) -> String {
    let mut text = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut text).expect("it is text");
    assert!(child.wait().expect("it can be waited for").success(), "a child failed");
    text
}

/// The number that a child prints.
pub(crate) fn printed_number(child: Child) -> u64 {
    printed(child).trim().parse().expect("it is a number")
}
