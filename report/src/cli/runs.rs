//! `waterfall runs`: lists the kept runs.

use std::env;

use anyhow::Context;
use clap::Args;

use super::exit::Outcome;
use super::terminal::{note, note_plain, print_styled, stdout_width, warn};
use crate::runs::{self, Name, Store};
use crate::text::{self, quoted};

pub(super) const HELP: &str = "\
Examples:
  waterfall runs
  waterfall runs before

Lists the runs in .waterfall/runs/NAME/NUMBER/, in this directory or the nearest one above that has any. In each of \
them, run.json describes the run and waterfall.html is its page. Repeats share one page, stored with the last run. \
Runs older than the last ten of their name keep only run.json and a summary of their records: `kept` shows `summary` \
for them. You can still read them by name.";

#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// List only the runs of this name
    #[arg(value_name = "NAME")]
    name: Option<Name>,
}

impl RunsArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let directory = env::current_dir().context("cannot determine the working directory")?;
        let store = Store::near(&directory);
        let names = store.names().context("cannot list the runs")?;
        if let Some(name) = &self.name
            && !names.contains(name)
        {
            let proposal = text::proposal(name.as_str(), names.iter().map(Name::as_str));
            warn(format_args!("no run is named {}{proposal}", quoted(&name.to_string())));
            return Ok(Outcome::NoSuchName);
        }
        let mut runs = Vec::new();
        for name in names.iter().filter(|name| self.name.as_ref().is_none_or(|wanted| wanted == *name)) {
            for place in store.places(name).context("cannot list the runs")? {
                match store.read(&place) {
                    Ok(metadata) => runs.push((place, metadata)),
                    Err(error) => note_plain(&format!("{}: {error}", place.metadata().display())),
                }
            }
        }
        if runs.is_empty() {
            note("no runs yet: make one with `waterfall run -- CMD`");
            return Ok(Outcome::Done);
        }
        print_styled(&runs::list(&runs, stdout_width())).context("cannot write to stdout")?;
        Ok(Outcome::Done)
    }
}
