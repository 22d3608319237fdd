//! What a process of this bench is there for: the first one runs itself again for each measurement.

use std::env;
use std::io::Read;
use std::process::{Child, Command};

/// What a child is to do; it is told in one variable of its environment.
pub(crate) enum Role {
    /// Measure this case with criterion.
    Case(String),
    /// Record so many pairs, beside other processes, and print their CPU time in nanoseconds.
    Process { pairs: u64 },
    /// Measure how long single runs of this body take, and print it.
    Latency(String),
}

const VARIABLE: &str = "WATERFALL_BENCH_ROLE";

/// The role of this process; `None` for the first one.
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
    let mut command = Command::new(env::current_exe().expect("the system tells a program's path"));
    let value = match role {
        Role::Case(name) => format!("case {name}"),
        Role::Process { pairs } => format!("process {pairs}"),
        Role::Latency(body) => format!("latency {body}"),
    };
    command.args(env::args_os().skip(1)).env(VARIABLE, value);
    command
}

/// What a child prints, once it has ended.
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
