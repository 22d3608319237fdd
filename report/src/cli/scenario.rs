//! `--scenario`: which one of `waterfall.toml` is meant.

use std::env;
use std::process;

use anyhow::Context;
use waterfall::run::Scenario;

use super::EXIT_USAGE;
use super::telling::tell_error;

/// The scenario of a name, one that says nothing where there is none. Ends the program where the name means nothing.
pub(super) fn find(name: Option<&str>) -> anyhow::Result<Scenario> {
    let Some(name) = name else { return Ok(Scenario::default()) };
    let directory = env::current_dir().context("cannot tell the working directory")?;
    Ok(Scenario::find(name, &directory).unwrap_or_else(|error| {
        tell_error(&error);
        process::exit(EXIT_USAGE.into());
    }))
}
