//! The program `waterfall`: the library's command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    waterfall::main()
}
