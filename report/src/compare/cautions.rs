//! Cautions: what makes two sides hard to compare.
//!
//! Takes two sides; gives sentences, which outputs show before the figures. None of them changes a verdict.

use std::collections::BTreeSet;

use super::load::unequal_load;
use super::notes::first_of;
use super::side::{Side, SideRun};
use crate::gate::Design;
use crate::runs::Machine;
use crate::text::{quoted, terminal};

/// All cautions on two sides. Sides that took turns have commands of their own on purpose: a note names them.
pub(super) fn cautions(sides: [&Side; 2], design: Design) -> Vec<String> {
    let commands = commands(sides).filter(|_| !design.is_paired());
    machines(sides).into_iter().chain(commands).chain(unequal_load(sides)).collect()
}

fn machines(sides: [&Side; 2]) -> Option<String> {
    let machine = |of: &Machine| {
        let cores = of.cores.map_or(String::new(), |cores| format!(", {cores} cores"));
        terminal::plain(&format!("{} ({}{cores})", of.host, of.system))
    };
    let [one, other] = differing(sides, |run| run.machine.as_ref().map(machine))?;
    Some(format!(
        "The sides were made on different machines or systems: the baseline on {one}, the candidate on {other}."
    ))
}

pub(super) fn commands(sides: [&Side; 2]) -> Option<String> {
    let command = |command: &Vec<String>| {
        let joined = shlex::try_join(command.iter().map(String::as_str));
        quoted(&joined.unwrap_or_else(|_| command.join(" "))) // a command has no NUL
    };
    let [one, other] = differing(sides, |run| run.command.as_ref().map(command))?;
    Some(format!("The sides ran different commands: the baseline {one}, the candidate {other}."))
}

/// What the runs of each side have, in words; `None` if both have the same, or if it is not known.
fn differing(sides: [&Side; 2], of: impl Fn(&SideRun) -> Option<String>) -> Option<[String; 2]> {
    let all = sides.map(|side| side.runs.iter().filter_map(&of).collect::<BTreeSet<String>>());
    let is_known = all.iter().all(|all| !all.is_empty());
    let listed = |all: BTreeSet<String>| first_of(&all.into_iter().collect::<Vec<_>>());
    (is_known && all[0] != all[1]).then(|| all.map(listed))
}
