//! `--scenario`: which one of `waterfall.toml` is meant.

use std::env;
use std::process;

use anyhow::Context;

use super::exit;
use super::terminal::tell_error;
use crate::run::Scenario;

/// The scenario of a name, one that says nothing where there is none. Ends the program where the name means nothing.
pub(super) fn find(name: Option<&str>) -> anyhow::Result<Scenario> {
    let Some(name) = name else { return Ok(Scenario::default()) };
    let directory = env::current_dir().context("cannot determine the working directory")?;
    Ok(Scenario::find(name, &directory).unwrap_or_else(|error| {
        tell_error(&error);
        process::exit(exit::USAGE.into());
    }))
}
