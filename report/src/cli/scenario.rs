//! `--scenario`: finds a scenario in `waterfall.toml`.

use std::env;

use anyhow::Context;

use crate::run::Scenario;

/// The scenario of this name; an empty one without a name.
pub(super) fn find(name: Option<&str>) -> anyhow::Result<Scenario> {
    let Some(name) = name else { return Ok(Scenario::default()) };
    let directory = env::current_dir().context("cannot determine the working directory")?;
    Ok(Scenario::find(name, &directory)?)
}
