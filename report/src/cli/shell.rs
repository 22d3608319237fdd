//! `waterfall completions` and `waterfall man`: shell completions and manual pages, generated from the arguments.

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::exit::{Outcome, Usage};
use super::terminal::print;
use crate::text::{self, quoted};

pub(super) const COMPLETIONS_HELP: &str = "\
Example, for bash:
  waterfall completions bash > ~/.local/share/bash-completion/completions/waterfall";

pub(super) const MAN_HELP: &str = "\
Examples:
  waterfall man | man -l -
  waterfall man stats > waterfall-stats.1";

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Name of the shell
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Command to describe [default: waterfall itself, with the list of its commands]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

impl CompletionsArgs {
    /// `all` is the program with its commands.
    pub(super) fn run(self, mut all: Command) -> anyhow::Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut all, "waterfall", &mut script);
        print(&script).context("cannot write the completions to stdout")?;
        Ok(Outcome::Done)
    }
}

impl ManArgs {
    /// `all` is the program with its commands.
    pub(super) fn run(self, mut all: Command) -> anyhow::Result<Outcome> {
        all.build();
        let command = match &self.command {
            None => all,
            Some(name) => named(&all, name)?,
        };
        let mut page = Vec::new();
        let source = format!("waterfall {}", env!("CARGO_PKG_VERSION"));
        Man::new(command).source(source).render(&mut page).context("cannot make the page")?;
        print(&page).context("cannot write the page to stdout")?;
        Ok(Outcome::Done)
    }
}

fn named(all: &Command, name: &str) -> Result<Command, Usage> {
    if let Some(command) = all.find_subcommand(name) {
        return Ok(command.clone());
    }
    let names = all.get_subcommands().map(Command::get_name);
    let message = format!("unknown command {}{}", quoted(name), text::proposal(name, names));
    Err(Usage::new(Some("man"), ErrorKind::InvalidValue, message))
}
