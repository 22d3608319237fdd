//! What users can rely on, one module per promise; every test runs what a user would run.

mod attributes;
#[cfg(unix)]
mod calibrate;
mod chrome;
mod clocks;
mod command_line;
mod compare;
mod compare_page;
mod compared_names;
mod concatenated;
mod copies;
mod counters;
mod damaged_input;
mod dump;
mod edited_files;
mod example;
#[cfg(target_os = "linux")]
mod first_process;
mod formats;
mod fuzz;
#[cfg(unix)]
mod gate_in_ci;
mod generate;
mod history;
#[cfg(unix)]
mod interleaved;
#[cfg(unix)]
mod kept_runs;
#[cfg(unix)]
mod kept_waits;
mod line_ends;
mod live;
#[cfg(target_os = "linux")]
mod machine;
mod modules;
mod names;
mod nasty;
mod page;
mod performance_py;
mod points;
mod processes;
mod profiles;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod python;
mod real;
mod records;
mod refused;
#[cfg(unix)]
mod run;
mod shell;
mod splits;
mod stats;
mod summary;
mod tables;
#[cfg(unix)]
mod task;
mod task_attributes;
mod tidy;
mod torn;
#[cfg(unix)]
mod waiting;
mod waits;
