//! `waterfall calibrate`: noise, false alarms and thresholds from repeats of one program.
//!
//! The programs write record files with durations of their own, so that no figure depends on the machine's speed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::processes::{text, waterfall};

/// What `save` takes in each run, in ms: it varies by 1.1 %, and neighbours are no more alike than others.
const SAVE_MS: [u32; 20] = [
    1008, 982, 994, 998, 1000, 1002, 1014, 1006, 996, 986, 984, 1000, 1018, 992, 1010, 1012, 1004, 988, 1016,
    990,
];

/// What the thresholds of these runs are.
const THRESHOLDS: [&str; 3] = ["wall=2%", "sim/save=3%", "sim/load=1% and 10ms"];

/// A record of `load`, which takes 500 ms, and `save`.
fn records(save_ms: u32) -> String {
    let day = "2020-01-01T00:00:0";
    let end_ms = 500 + save_ms;
    format!(
        "group,task,start,end,color\r\n\
         sim,load,{day}0.000000000+00:00,{day}0.500000000+00:00,\r\n\
         sim,save,{day}0.500000000+00:00,{day}{}.{:03}000000+00:00,\r\n",
        end_ms / 1000,
        end_ms % 1000
    )
}

/// A directory with numbered runs in `name`.
fn runs(directory: &Path, name: &str, save_ms: impl IntoIterator<Item = u32>) {
    for (index, ms) in save_ms.into_iter().enumerate() {
        let run = directory.join(format!("{name}/{}", index + 1));
        fs::create_dir_all(&run).unwrap();
        fs::write(run.join("records.csv"), records(ms)).unwrap();
    }
}

/// A directory with a program `./simulate`, which takes as long as `SAVE_MS` says, and this `waterfall.toml`.
fn project(toml: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    for (index, ms) in SAVE_MS.into_iter().enumerate() {
        fs::write(path.join(format!("{}.csv", index + 1)), records(ms)).unwrap();
    }
    let script =
        "#!/bin/sh\nnumber=${WATERFALL_DIR%/records}\ncp \"${number##*/}.csv\" \"$WATERFALL_DIR/sim.csv\"\n";
    fs::write(path.join("simulate"), script).unwrap();
    fs::set_permissions(path.join("simulate"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(path.join("waterfall.toml"), toml).unwrap();
    directory
}

#[track_caller]
fn calibrated(directory: &Path, arguments: &[&str]) -> String {
    let output = waterfall(directory, &[&["calibrate"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
fn json(directory: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&calibrated(directory, &[arguments, &["--format", "json"]].concat())).unwrap()
}

#[test]
fn a_scenario_gets_thresholds_from_its_own_noise_and_keeps_what_its_user_wrote() {
    let directory = project(
        "# ours\n[scenario.sim]\ncommand = [\"./simulate\"] # fast\n\n[scenario.sim.compare]\n\
         thresholds = [\"save=40%\", \"9%@p95\"] # by hand\n",
    );
    let path = directory.path();
    let told = calibrated(path, &["--scenario", "sim"]);
    assert!(
        told.starts_with("runs  sim-calibration: 20 runs, sim-calibration/1 to sim-calibration/20"),
        "{told}"
    );
    let change = "- \"save=40%\"\n+ \"sim/save=3%\"\n";
    assert!(told.contains(change) && told.contains("+ \"wall=2%\"\n"), "{told}");
    let toml = fs::read_to_string(path.join("waterfall.toml")).unwrap();
    assert!(toml.starts_with("# ours\n[scenario.sim]\ncommand = [\"./simulate\"] # fast\n\n"), "{toml}");
    assert!(toml.contains("\"sim/save=3%\"") && toml.contains("\"9%@p95\""), "{toml}");
    assert!(toml.trim_end().ends_with("] # by hand") && !toml.contains("40%"), "{toml}");

    let again = calibrated(path, &["sim-calibration", "--scenario", "sim"]);
    assert!(again.contains("already has these thresholds for scenario `sim`"), "{again}");
    assert_eq!(fs::read_to_string(path.join("waterfall.toml")).unwrap(), toml);

    let sides = ["compare", "sim-calibration@1..10", "sim-calibration@11..20", "--scenario", "sim"];
    let compared = waterfall(path, &[&sides[..], &["--format", "json"]].concat());
    let compared: Value = serde_json::from_slice(&compared.stdout).unwrap();
    let wall = &compared["checks"][0];
    assert_eq!((&wall["threshold"]["text"], &wall["verdict"]), (&"wall=2%".into(), &"no_change".into()));
}

#[test]
fn without_saving_the_file_stays_and_the_difference_is_shown() {
    let toml = "[scenario.sim]\ncommand = [\"true\"]\n";
    let directory = project(toml);
    runs(directory.path(), "kept", SAVE_MS);
    let told = calibrated(directory.path(), &["kept", "--scenario", "sim", "--no-save"]);
    assert!(told.contains("not written to scenario `sim`") && told.contains("+ \"wall=2%\""), "{told}");
    assert_eq!(fs::read_to_string(directory.path().join("waterfall.toml")).unwrap(), toml);
}

#[test]
fn the_noise_its_bound_and_the_false_alarms_are_known() {
    let directory = tempfile::tempdir().unwrap();
    runs(directory.path(), "kept", SAVE_MS);
    let found = json(directory.path(), &["kept"]);
    assert_eq!(found["thresholds"], serde_json::json!(THRESHOLDS));
    let save = &found["figures"][1];
    assert_eq!((&save["task"], &save["figure"]), (&"save".into(), &"total_ns".into()));
    let near = |value: &Value, expected: f64| (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-3;
    assert!(near(&save["noise"]["deviation"], 0.010955), "{save}");
    assert!(near(&save["noise"]["at_most"], 0.010955 * 1.27703), "the bound of chi-squared: {save}");
    assert!(near(&save["noise_in_pairs"]["deviation"], 0.011019), "{save}");
    let smallest: Vec<f64> =
        (0..3).map(|at| save["smallest_change"][at]["in_blocks"].as_f64().unwrap()).collect();
    assert!(smallest[0] > smallest[1] && smallest[1] > smallest[2], "{smallest:?}");
    let proposed = save["proposed"]["relative"].as_f64().unwrap();
    assert!(smallest[2] > proposed, "the threshold hides smaller changes: {smallest:?}");
    assert_eq!(found["drift"]["is_detected"], false);
    let five = &found["splits"][0];
    assert_eq!(
        (&five["design"], &five["splits"], &five["independent"]),
        (&"blocks".into(), &11.into(), &2.into())
    );
    assert_eq!(five["proposed"]["alarms"], 0);
    assert_eq!(found["splits"].as_array().unwrap().len(), 4, "there are too few runs for 20 a side");
    let told = calibrated(directory.path(), &["kept"]);
    assert!(told.contains("The runs show no drift") && told.contains("too few to say a rate"), "{told}");
    for threshold in THRESHOLDS {
        assert!(told.contains(&format!("  \"{threshold}\",\n")), "{told}");
    }
}

#[test]
fn who_has_a_machine_that_drifts_is_told_to_run_the_sides_in_turn() {
    let directory = tempfile::tempdir().unwrap();
    let drifting = SAVE_MS.into_iter().enumerate().map(|(run, ms)| ms + 10 * run as u32);
    runs(directory.path(), "kept", drifting);
    let found = json(directory.path(), &["kept"]);
    assert_eq!(found["drift"]["is_detected"], true);
    let alarms = |at: usize| found["splits"][at]["any_change"]["alarms"].as_u64().unwrap();
    assert!(alarms(0) > 2 && alarms(1) == 0, "{}", found["splits"]);
    let told = calibrated(directory.path(), &["kept"]);
    assert!(told.contains("The machine drifts") && told.contains("--baseline-command"), "{told}");
}

#[test]
fn a_figure_that_is_0_in_some_run_counts_as_one_that_a_comparison_tests() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    runs(path, "all", SAVE_MS);
    runs(path, "some", SAVE_MS);
    for run in 1..=20 {
        let rare = |name: &str, end: &str| {
            let file = path.join(format!("{name}/{run}/records.csv"));
            let begin = "2020-01-01T00:00:00.000000000+00:00";
            let row = format!("sim,rare,{begin},2020-01-01T00:00:00.{end}000000+00:00,\r\n");
            fs::write(&file, fs::read_to_string(&file).unwrap() + &row).unwrap();
        };
        rare("all", "400");
        rare("some", if run == 3 { "000" } else { "400" });
    }
    let (all, some) = (json(path, &["all"]), json(path, &["some"]));
    let figures = |of: &Value| of["figures"].as_array().unwrap().len();
    assert_eq!((figures(&all), figures(&some)), (4, 3));
    let note = "1 figure has no noise in percent: it is 0 in some run. It counts";
    assert!(some["notes"][0].as_str().unwrap().starts_with(note), "{}", some["notes"]);
    let smallest = |of: &Value| of["figures"][0]["smallest_change"].clone();
    assert_eq!(smallest(&all), smallest(&some), "the family is the same");
}

#[test]
fn what_cannot_be_calibrated_is_refused_with_the_reason() {
    let directory = project("[scenario.sim]\n");
    let path = directory.path();
    runs(path, "few", SAVE_MS.into_iter().take(19));
    for (arguments, code, why) in [
        (&["--runs", "19", "--", "true"][..], 2, "19 is not in 20.."),
        (&["few", "--", "true"], 2, "cannot be used with"),
        (&[], 2, "no command given"),
        (&["--scenario", "sim"], 2, "no command given"),
        (&["--no-save", "few"], 2, "--scenario"),
        (&["--scenario", "other", "--", "true"], 2, "has no scenario `other`"),
        (&["few"], 3, "`few` has 19 runs; a calibration needs at least 20"),
        (&["none"], 3, "no runs, file, directory or baseline is named `none`"),
        (&["--", "true"], 3, "the command recorded no span"),
        (&["--", "sh", "-c", "exit 7"], 7, "calibration/2 did not succeed (exit code 7)"),
    ] {
        let output = waterfall(path, &[&["calibrate"], arguments].concat());
        let stderr = text(&output.stderr);
        assert_eq!(
            (output.status.code(), output.stdout.is_empty()),
            (Some(code), true),
            "{arguments:?}: {stderr}"
        );
        assert!(stderr.contains(why), "{arguments:?}: no {why:?} in {stderr}");
    }
}
