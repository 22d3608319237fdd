//! Which files a command reads.

use std::path::{Path, PathBuf};

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct InputArgs {
    /// Read every *.csv and *.csv.gz below this directory [default: $WATERFALL_DIR, else ./records]
    #[arg(short, long, value_name = "DIR")]
    directory: Option<PathBuf>,

    /// More files and directories to read
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,
}

impl InputArgs {
    /// The first that was named without an option.
    pub(super) fn first(&self) -> Option<&Path> {
        self.inputs.first().map(PathBuf::as_path)
    }

    /// The directory and the inputs; where there are none that of the environment, else `records`.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let paths: Vec<PathBuf> = self.directory.iter().chain(&self.inputs).cloned().collect();
        if !paths.is_empty() {
            return paths;
        }
        let directory = std::env::var_os("WATERFALL_DIR").filter(|directory| !directory.is_empty());
        vec![directory.map_or("records".into(), PathBuf::from)]
    }
}
