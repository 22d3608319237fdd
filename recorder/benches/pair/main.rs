//! The cost of recording on the hot path, beside the floor that no recorder can avoid.
//!
//! Measures CPU time of the recording thread, except for the latencies, which are wall time. Runs itself again for each
//! measurement, with records in a directory that is removed at once. That is below `WATERFALL_BENCH_DIR`, or else
//! where temporary files are. At the end it prints tables for BENCHMARKS.md.
//!
//! Needs up to 2 GB there for a moment. `cargo bench -p waterfall-recorder -- quoted` measures one case and prints no
//! table, because a figure means little without the floor of the same run.

#![expect(clippy::print_stdout, reason = "its output is a table")]

mod cases;
mod clock;
mod cpu_time;
mod floor;
mod latency;
mod role;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use cases::{CASES, CRITERION_GROUP, FLOOR, PAIR};
use latency::{BODIES, Latency};
use role::Role;

fn main() {
    match role::mine() {
        None => measure_all(),
        Some(Role::Case(name)) => cases::measure(&name, &figures()),
        Some(Role::Process { pairs }) => println!("{}", cases::process_ns(pairs)),
        Some(Role::Latency(body)) => {
            println!("{}", latency::measure(&body).figures.map(|ns| ns.to_string()).join(" "));
        }
    }
}

fn measure_all() {
    let mut medians_ns = BTreeMap::new();
    for case in &CASES {
        let file = figures().join(CRITERION_GROUP).join(case.name).join("new/estimates.json");
        let _ = fs::remove_file(&file); // an earlier run may have left it
        in_a_directory(role::command(Role::Case(case.name.to_owned())), case.switch, |mut command| {
            assert!(command.status().expect("this program can be run").success(), "{} failed", case.name);
        });
        if let Some(median_ns) = read_median_ns(&file) {
            medians_ns.insert(case.name, median_ns);
        }
    }
    // A test run (`cargo test --benches`) or a filter leaves no figures.
    let (Some(&floor_ns), Some(&pair_ns)) = (medians_ns.get(FLOOR), medians_ns.get(PAIR)) else { return };

    let latencies = BODIES.map(|(body, label)| {
        let command = role::command(Role::Latency(body.to_owned()));
        let printed = in_a_directory(command, None, |mut command| {
            role::printed(command.stdout(Stdio::piped()).spawn().expect("this program can be run"))
        });
        let figures: Vec<u64> =
            printed.split_whitespace().map(|ns| ns.parse().expect("it is a number")).collect();
        (label, Latency { figures: figures.try_into().expect("a child prints all of them") })
    });

    println!("\n| CPU time of the recording thread | x floor | x pair | ns |\n|---|---:|---:|---:|");
    for case in &CASES {
        if let Some(&ns) = medians_ns.get(case.name) {
            let (floors, pairs) = (ns / floor_ns, ns / pair_ns);
            println!("| {} | {floors:.2} | {pairs:.2} | {ns:.1} |", case.label);
        }
    }
    println!("\n| wall time of one call, with two clock reads around it | p50 | p99 | p99.9 | longest |");
    println!("|---|---:|---:|---:|---:|");
    let floor = latencies[1].1.figures;
    let pair = latencies[2].1.figures;
    let cells = [0, 1, 2, 3].map(|n| format!("{:.2}", pair[n] as f64 / floor[n] as f64));
    println!("| `start` and `dump`, x floor | {} |", cells.join(" | "));
    for (label, latency) in latencies {
        println!("| {label}, ns | {} |", latency.figures.map(|ns| ns.to_string()).join(" | "));
    }
}

/// Runs a child whose records go to a directory of its own.
fn in_a_directory<R>(
    mut command: Command,
    switch: Option<(&str, &str)>,
    run: impl FnOnce(Command) -> R,
) -> R {
    let parent = env::var_os("WATERFALL_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).expect("a directory can be made");
    // No switch that is set here by chance changes the measurement.
    for name in ["", "_BIAS", "_TASKS", "_TIMING", "_CPU", "_JOURNAL"] {
        command.env_remove(format!("WATERFALL{name}"));
    }
    command.envs(switch).env("WATERFALL_DIR", directory.path());
    run(command)
}

/// The directory for criterion's figures. It stays, so that criterion compares a run with the last one.
fn figures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("criterion")
}

/// The median that criterion found, in nanoseconds for each call.
fn read_median_ns(file: &Path) -> Option<f64> {
    let estimates: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
