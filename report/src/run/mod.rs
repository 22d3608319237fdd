//! Runs a command under a name, and keeps what it recorded, what it used, and a description of the run.
//!
//! Takes a plan, or two that take turns; gives the outcome of each run. The command inherits input, output and
//! environment, and receives the signals that are meant for us. Prints nothing and draws no page. A run that fails ends
//! the plan.

mod check;
#[cfg(target_os = "linux")]
mod delays;
mod in_turn;
mod load;
mod machine_time;
mod plan;
mod pruning;
mod resources;
mod scenario;
mod series;
mod tree;

pub(crate) use in_turn::{ExecutedTurns, Turns};
pub(crate) use plan::{Event, Plan, Run, now};
pub(crate) use scenario::{Error as ScenarioError, Scenario};
pub(crate) use series::Executed;
