//! The program `waterfall`: arguments in, exit code out.

mod cli;
mod progress_line;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
