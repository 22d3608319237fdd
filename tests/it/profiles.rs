//! Inputs without times: sampled profiles and durations of a log. They are tables, and no chart is drawn of nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::processes::{Bounded, WATERFALL, program};

fn waterfall(arguments: &[&str], inputs: &[&Path]) -> Output {
    let mut command = program(WATERFALL);
    command.args(arguments).args(inputs).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.run()
}

/// What a command prints and says.
#[track_caller]
fn told(arguments: &[&str], inputs: &[&Path]) -> (String, String) {
    let output = waterfall(arguments, inputs);
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(0), "{err}");
    (out, err)
}

#[track_caller]
fn json_of(inputs: &[&Path]) -> Value {
    serde_json::from_str(&told(&["stats", "--format", "json"], inputs).0).unwrap()
}

fn real(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/real").join(file)
}

/// A file of this name and text.
fn file(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn page(input: &Path) -> Value {
    let html = waterfall::Report::of(input).render().unwrap().html;
    let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(json).unwrap()
}

/// Self and total of a function.
#[track_caller]
fn weights(profile: &Value, function: &str) -> (i64, i64) {
    let functions = profile["functions"].as_array().unwrap();
    let own = functions.iter().find(|own| own["function"] == function).unwrap();
    (own["self"].as_i64().unwrap(), own["total"].as_i64().unwrap())
}

#[test]
fn a_profile_of_py_spy_has_the_weights_of_each_thread_and_no_timeline() {
    let path = real("py-spy/threads-speedscope.json");
    let all = json_of(&[&path]);
    assert_eq!((&all["spans"], &all["lanes"], &all["problem_count"]), (&json!(0), &json!(0), &json!(0)));
    let found: Vec<_> = (all["profiles"].as_array().unwrap().iter())
        .map(|of| [of["name"].clone(), of["unit"].clone(), of["stacks"].clone(), of["total"].clone()])
        .collect();
    let profile = |name: &str, stacks: u32, ms: u64| {
        [json!(name), json!("nanoseconds"), json!(stacks), json!(ms * 1_000_000)]
    };
    let expected = [
        profile("Thread 15118 \"MainThread\"", 36, 180),
        profile("Thread 15134 \"\"", 176, 880),
        profile("Thread 15142 \"sleepy, \"x\"\"", 24, 120),
        profile("Thread 15143 \"zlib;1\"", 80, 400),
    ];
    assert_eq!(found, expected);
    for of in all["profiles"].as_array().unwrap() {
        let own: i64 =
            of["functions"].as_array().unwrap().iter().map(|own| own["self"].as_i64().unwrap()).sum();
        assert_eq!(own, of["total"].as_i64().unwrap(), "every sample ends in a function");
    }
    assert_eq!(weights(&all["profiles"][3], "compress (/srv/app/work.py)"), (400_000_000, 400_000_000));
    let (text, summary) = told(&["stats"], &[&path]);
    assert!(text.contains("Thread 15143 \"zlib;1\": 80 stacks, 400 ms\n"), "{text}");
    assert_eq!(summary, "4 profiles, 0 problems\n");
}

#[test]
fn folded_stacks_are_a_table_of_functions() {
    let path = real("py-spy/threads-raw.txt");
    let all = json_of(&[&path]);
    let profile = &all["profiles"][0];
    assert_eq!(
        (&profile["unit"], &profile["stacks"], &profile["total"]),
        (&json!("none"), &json!(12), &json!(288))
    );
    for (root, samples) in [
        ("thread (15194): sleepy, \"x\"", 29),
        ("thread (15195): zlib", 67), // of `zlib;1`
        ("thread (15186)", 3),
        ("thread (15186): MainThread", 64),
        ("thread (15193): busy-1", 125),
    ] {
        assert_eq!(weights(profile, root), (0, samples), "{root}");
    }
    assert_eq!(weights(profile, "inner (work.py:5)"), (30, 125));
}

#[test]
fn a_log_of_timings_has_statistics_and_budgets() {
    let path = real("neurospatial/timing-log.txt");
    let all = json_of(&[&path]);
    assert_eq!((&all["timings"], &all["spans"], &all["wall_ns"]), (&json!(12), &json!(0), &json!(0)));
    let found: Vec<_> = (all["tasks"].as_array().unwrap().iter())
        .map(|of| {
            (of["task"].as_str().unwrap(), of["count"].as_u64().unwrap(), of["total_ns"].as_u64().unwrap())
        })
        .collect();
    let expected = [
        ("render_field_to_rgb", 2, 143_610_000),
        ("outer", 1, 11_950_000),
        ("my_function", 3, 10_330_000),
        ("my operation: \"a\", b", 3, 7_410_000),
        ("thread 0", 1, 3_250_000),
        ("thread 1", 1, 3_150_000),
        ("raises", 1, 10_000),
    ];
    assert_eq!(found, expected);
    let first = &all["tasks"][0];
    assert_eq!(
        (&first["self_ns"], &first["rate_hz"], &first["timings"]),
        (&json!(0), &Value::Null, &json!(2))
    );
    assert_eq!((&first["max_ns"], &first["p50_ns"]), (&json!(76_770_000), &json!(71_805_000)));
    assert_eq!(told(&["stats"], &[&path]).1, "12 timings, 0 problems\n");
    for (budget, code) in [("my_function=5ms@max", 0), ("my_function=4ms@max", 1), ("outer=12ms@mean", 0)] {
        let output = waterfall(&["stats", "--budget", budget], &[&path]);
        assert_eq!(output.status.code(), Some(code), "{budget}");
    }
    let (text, _) = told(&["stats", "--task", "my_function"], &[&path]);
    assert!(text.contains("3 spans") || text.contains("3.08 ms"), "{text}");
}

#[test]
fn beside_records_both_are_tables_and_change_no_figure_of_the_timeline() {
    let directory = tempfile::tempdir().unwrap();
    let records = file(
        directory.path(),
        "mine.csv",
        "group,task,start,end,color\ng,save,2026-03-05T10:00:00.0Z,2026-03-05T10:00:01.0Z,\n",
    );
    let folded = file(directory.path(), "a.folded", "main;save 3\nmain 1\n");
    let log = file(directory.path(), "a.log", "[TIMING] save: 7 ms\n[TIMING] save: 9 ms\n");
    let alone = json_of(&[&records]);
    let mut all = json_of(&[&records, &folded, &log]);
    assert_eq!(all["profiles"][0]["total"], 4);
    assert_eq!(
        (&all["tasks"][1]["task"], &all["tasks"][1]["total_ns"]),
        (&json!("save"), &json!(16_000_000))
    );
    assert_eq!(all["tasks"][1]["rate_hz"], Value::Null);
    for added in ["profiles", "timings", "inputs"] {
        all[added] = alone[added].clone();
    }
    all["tasks"].as_array_mut().unwrap().truncate(1);
    assert_eq!(all, alone);
    let (_, summary) = told(&["stats"], &[&records, &folded, &log]);
    assert_eq!(summary, "1 span in 1 lane of 1 process, 1.00 s, 2 timings, 1 profile, 0 problems\n");
    // In a directory the log is not read: it may be of the program that wrote the records.
    let of_directory = json_of(&[directory.path()]);
    assert_eq!((&of_directory["timings"], &of_directory["profiles"][0]["total"]), (&json!(0), &json!(4)));
}

#[test]
fn a_page_of_profiles_has_no_lane_and_no_wall_time() {
    let data = page(&real("py-spy/threads-raw.txt"));
    assert_eq!((&data["lanes"], &data["tasks"]), (&json!([]), &json!([])));
    let profile = &data["profiles"][0];
    assert_eq!(
        (&profile["stacks"], &profile["total"], &profile["more"]),
        (&json!(12), &json!(288.0), &json!(0))
    );
    let html = waterfall::Report::of(real("py-spy/threads-raw.txt")).render().unwrap().html;
    assert!(
        !html.contains("<dt>wall time</dt>") && html.contains("<dt>stacks</dt>"),
        "figures that make sense"
    );
}

#[test]
fn many_functions_are_counted_where_there_is_no_room_for_them() {
    let directory = tempfile::tempdir().unwrap();
    let lines: String = (0..1500).map(|n| format!("main;f{n} {}\n", n + 1)).collect();
    let path = file(directory.path(), "x.folded", &lines);
    let profile = &page(&path)["profiles"][0];
    assert_eq!(profile["functions"].as_array().unwrap().len(), 1000);
    assert_eq!((&profile["more"], &profile["functions"][0]["name"]), (&json!(501), &json!("f1499")));
    let (text, _) = told(&["stats"], &[&path]);
    assert!(text.contains("\n1,481 more functions: --format json lists all of them\n"), "{text}");
    assert_eq!(json_of(&[&path])["profiles"][0]["functions"].as_array().unwrap().len(), 1501);
    let (csv, said) = told(&["stats", "--format", "csv"], &[&path]);
    assert_eq!(csv.lines().count(), 1, "a table of tasks");
    assert!(said.starts_with("1 profile not in the CSV"), "{said}");
}

#[test]
fn a_bad_line_of_stacks_is_told_and_the_others_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut text = "# a comment\nmain;read 2\n\nmain;<b>&amp;\u{202e};x\ty 1.5\n".repeat(10);
    text.push_str("no weight\nmain;read -3\nmain;read 1e99\nmain;\u{1b}[31m 1");
    let path = file(directory.path(), "x.collapsed", &text);
    let all = json_of(&[&path]);
    assert_eq!(weights(&all["profiles"][0], "read"), (20, 20));
    assert_eq!((&all["profiles"][0]["stacks"], &all["profiles"][0]["total"]), (&json!(21), &json!(36)));
    let whats: Vec<_> =
        all["problems"].as_array().unwrap().iter().map(|of| of["what"].as_str().unwrap()).collect();
    assert_eq!(
        whats,
        ["no weight", "main;read -3", "main;read 1e99"]
            .map(|line| format!("stack skipped: `{line}` does not end in a blank and a weight"))
    );
    let (text, _) = told(&["stats"], &[&path]);
    assert!(!text.contains("\u{1b}[31m") && !text.contains('\u{202e}'), "{text}");
    let (markdown, _) = told(&["stats", "--format", "markdown"], &[&path]);
    assert!(markdown.contains("&lt;b&gt;") && !markdown.contains("<b>"), "{markdown}");
}

#[test]
fn profiles_and_timings_survive_summaries_in_any_order() {
    let directory = tempfile::tempdir().unwrap();
    let folded = file(directory.path(), "a.folded", "main;tab\there 3\nmain 0.5\n");
    let log = file(directory.path(), "a.log", "[TIMING] save: 7 ms\n[TIMING] a\\b: 9 ms\n");
    let summary = |input: &Path| {
        let output = program(WATERFALL).args(["summarize", "--root"]).arg(directory.path()).arg(input).run();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let (one, other) = (summary(&folded), summary(&log));
    let [ab, ba] = [[&one, &other], [&other, &one]].map(|texts| {
        let path = file(directory.path(), "all.summary", &texts.map(String::as_str).concat());
        told(&["merge"], &[&path]).0
    });
    assert_eq!(ab, ba);
    let merged = file(directory.path(), "all.merged", &ab);
    assert_eq!(told(&["merge"], &[&merged]).0, ab);
    let all = json_of(&[&merged]);
    assert_eq!(all["problem_count"], 0, "{all}");
    assert_eq!((&all["timings"], &all["profiles"][0]["total"]), (&json!(2), &json!(3.5)));
    assert_eq!(weights(&all["profiles"][0], "tab\there"), (3, 3));
    assert_eq!(all["tasks"][0]["p50_ns"], 9_000_000);
}

#[test]
fn a_table_whose_texts_look_like_stacks_or_timings_is_a_table() {
    let directory = tempfile::tempdir().unwrap();
    let row = |message: &str| {
        format!("group,task,start,end,message\ng,save,2026-11-20T14:00:00Z,2026-11-20T14:00:01Z,{message}\n")
    };
    for (name, text) in [
        ("rec.csv", row("INFO [TIMING] x: 3 ms")),
        ("host.7-18f.0-main.0.csv", row("INFO [TIMING] x: 3 ms").replace('\n', "\r\n")),
        ("rec.tsv", row("a;b 12").replace(',', "\t")),
        ("other.csv", "task,start,end,note 1\nsave,0,1,x;y 5\n".to_owned()),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        let document = json_of(&[&path]);
        assert_eq!((&document["spans"], &document["timings"]), (&json!(1), &json!(0)), "{name}");
        assert_eq!(document["profiles"], json!([]), "{name}");
    }
}
