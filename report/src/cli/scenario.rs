//! `--scenario`: finds a scenario in `waterfall.toml`.

use std::env;
use std::process;

use anyhow::Context;

use super::exit;
use super::terminal::tell_error;
use crate::run::Scenario;

/// The scenario of this name; an empty one without a name. If there is no such scenario, prints why and ends the
/// program.
pub(super) fn find(name: Option<&str>) -> anyhow::Result<Scenario> {
    let Some(name) = name else { return Ok(Scenario::default()) };
    let directory = env::current_dir().context("cannot determine the working directory")?;
    Ok(Scenario::find(name, &directory).unwrap_or_else(|error| {
        tell_error(&error);
        process::exit(exit::USAGE.into());
    }))
}
