//! `waterfall stats`: figures that agree with a plain computation in every format, and budgets.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::dump::{data, read};
use crate::processes::{Bounded, WATERFALL, program};

fn stats(input: &Path, arguments: &[&str]) -> Output {
    let mut command = program(WATERFALL);
    command.arg("stats").arg(input).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.run()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(input: &Path) -> Value {
    let output = stats(input, &["--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A quantile as NumPy computes it by default, in integers; `thousandths` of the whole, rounded down.
fn quantile(sorted: &[i64], thousandths: i64) -> i64 {
    let position = (sorted.len() as i64 - 1) * thousandths;
    let (rank, rest) = ((position / 1000) as usize, position % 1000);
    let next = sorted[(rank + 1).min(sorted.len() - 1)];
    sorted[rank] + (next - sorted[rank]) * rest / 1000
}

/// Requests of one async worker: one begins each microsecond, and `open` of them are open at once. Every second one is
/// an upload.
fn async_worker(requests: u64, open: u64) -> String {
    let stamp = |us: u64| format!("2026-03-05T10:00:{:02}.{:06}Z", us / 1_000_000, us % 1_000_000);
    let row = |at: u64| {
        let task = if at.is_multiple_of(2) { "upload" } else { "request" };
        format!("svc,{task},{},{}\n", stamp(at), stamp(at + open))
    };
    format!("group,task,start,end\n{}", (0..requests).map(row).collect::<String>())
}

#[test]
fn the_requests_of_an_async_worker_share_its_time_and_say_how_many_were_open_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let records = directory.path().join("worker.csv");
    fs::write(&records, async_worker(1000, 50)).unwrap();

    let figures = json(&records);
    assert_eq!(figures["busy_ns"], 1_049_000);
    assert_eq!(figures["open_at_once"], 50);
    let tasks = figures["tasks"].as_array().unwrap();
    assert_eq!(tasks.iter().map(|task| task["share"].as_f64().unwrap()).sum::<f64>(), 1.0);
    assert_eq!(tasks.iter().map(|task| task["self_ns"].as_i64().unwrap()).sum::<i64>(), 1_049_000);
    for task in tasks {
        assert_eq!((&task["total_ns"], &task["open_at_once"]), (&25_000_000.into(), &50.into()));
        assert_eq!(task["self_exact"], false);
    }

    let told = text(&stats(&records, &[]).stdout);
    let note = "* spans of a lane overlap without nesting, up to 50 of them open at once: time counts for the one that \
                started last";
    assert!(told.contains(note), "{told}");
    let markdown = text(&stats(&records, &["--format", "markdown"]).stdout);
    assert!(markdown.contains("up to 50 of them open at once"), "{markdown}");
    let csv = text(&stats(&records, &["--format", "csv"]).stdout);
    assert!(csv.lines().skip(1).all(|line| line.ends_with(",50")), "{csv}");
}

#[test]
fn a_hundred_thousand_requests_open_at_once_are_no_trouble() {
    // This would take minutes if a request cost more the more of them are open.
    let directory = tempfile::tempdir().unwrap();
    let records = directory.path().join("worker.csv");
    fs::write(&records, async_worker(300_000, 100_000)).unwrap();
    assert_eq!(json(&records)["open_at_once"], 100_000);
}

#[test]
fn where_spans_nest_nothing_is_said_of_open_spans() {
    let figures = json(&data("records/1"));
    assert!(figures["open_at_once"].is_null() && figures["tasks"][0]["open_at_once"].is_null());
}

#[test]
fn figures_agree_to_the_ns_with_a_plain_computation() {
    for input in ["performance_py/records", "records/1"] {
        let (trace, _) = read(&data(input));
        let mut durations: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
        for span in trace.lanes().iter().flat_map(|lane| lane.spans.iter()) {
            let key = trace.keys().key(span.key);
            let name = |id| trace.keys().name(id).to_owned();
            let own = durations.entry((name(key.group), name(key.task))).or_default();
            own.extend(span.duration_ns());
        }
        let found = json(&data(input));
        assert_eq!(found["tasks"].as_array().unwrap().len(), durations.len());
        for task in found["tasks"].as_array().unwrap() {
            let name = |key: &str| task[key].as_str().unwrap().to_owned();
            let own = durations.get_mut(&(name("group"), name("task"))).unwrap();
            own.sort_unstable();
            assert_eq!(task["count"], own.len());
            let total: i64 = own.iter().sum();
            assert_eq!(task["total_ns"], total);
            if own.is_empty() {
                assert!(task["p50_ns"].is_null() && task["max_ns"].is_null());
                continue;
            }
            let count = own.len() as i64;
            let figure = |key: &str| task[key].as_i64().unwrap();
            assert_eq!(figure("mean_ns"), total / count);
            assert_eq!((figure("min_ns"), figure("max_ns")), (own[0], own[own.len() - 1]));
            for (key, thousandths) in [("p50_ns", 500), ("p95_ns", 950), ("p99_ns", 990)] {
                assert_eq!(figure(key), quantile(own, thousandths), "{key} of {task}");
            }
            let mean = total as f64 / count as f64;
            let variance = own.iter().map(|&ns| (ns as f64 - mean).powi(2)).sum::<f64>() / count as f64;
            assert!((figure("sd_ns") as f64 - variance.sqrt()).abs() <= 1.0 + variance.sqrt() * 1e-9);
            assert_eq!(task["quantile_error"], 0.0);
        }
    }
}

/// The truth comes from an independent script (Python, integers) that read PerformancePy's files. Their times are
/// in us, and are read as UTC. For each input it has the tasks with the largest sums, by name alone, whatever their
/// groups.
#[test]
fn figures_of_performance_py_are_the_truth() {
    let truth = fs::read(data("performance_py/truth.json")).unwrap();
    let truth: BTreeMap<String, Value> = serde_json::from_slice(&truth).unwrap();
    assert_eq!(truth.len(), 16);
    for (input, expected) in truth {
        let found = json(&data("performance_py").join(&input));
        for (key, truly) in [
            ("spans", "spans"),
            ("processes", "processes"),
            ("lanes", "threads"),
            ("instants", "instants"),
            ("max_depth", "max_depth"),
        ] {
            assert_eq!(found[key], expected[truly], "{key} of {input}");
        }
        assert_eq!(found["unfinished"], 0, "{input}");
        let us = |key: &str| expected[key].as_i64().unwrap();
        assert_eq!(found["wall_ns"], (us("max_end") - us("min_start")) * 1000, "{input}");
        assert_eq!(found["busy_ns"], us("busy_sum_over_tracks") * 1000, "{input}");
        for (name, truly) in expected["top"].as_object().unwrap() {
            let named: Vec<&Value> =
                found["tasks"].as_array().unwrap().iter().filter(|task| task["task"] == **name).collect();
            let all = |key: &str| named.iter().map(|task| task[key].as_i64().unwrap()).collect::<Vec<_>>();
            assert_eq!(all("count").iter().sum::<i64>(), truly["count"], "{name} in {input}");
            for (key, figure) in [
                ("sum", all("total_ns").iter().sum()),
                ("min", all("min_ns").into_iter().min().unwrap()),
                ("max", all("max_ns").into_iter().max().unwrap()),
            ] {
                let expected: i64 = truly[key].as_i64().unwrap() * 1000;
                assert_eq!(figure, expected, "{key} of {name} in {input}");
            }
        }
    }
}

#[test]
fn a_summary_has_the_figures_of_its_records() {
    let directory = tempfile::tempdir().unwrap();
    let summary = directory.path().join("x.summary");
    let written =
        program(WATERFALL).args(["summarize", "--root"]).args([data("records/1"), data("records/1")]).run();
    fs::write(&summary, written.stdout).unwrap();
    let (mut of_records, mut of_summary) = (json(&data("records/1")), json(&summary));
    for document in [&mut of_records, &mut of_summary] {
        document["problems"] = Value::Null; // their paths differ
        document["inputs"] = Value::Null; // a summary has lanes, not files
    }
    assert_eq!(of_records, of_summary);
}

fn hostile() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let row = |task: &str, end: u32| format!("g,\"{task}\",2026-11-20T22:43:18Z,2026-11-20T22:43:{end}Z,\n");
    let names = ["=1+1", "a|b<i>[x](y)", "\u{1b}[31mred", "plain"];
    let rows: String = names.iter().enumerate().map(|(index, name)| row(name, 20 + index as u32)).collect();
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,color\n{rows}")).unwrap();
    directory
}

#[test]
fn hostile_names_do_no_harm_in_any_format() {
    let directory = hostile();
    let told = |format: &str| text(&stats(directory.path(), &["--format", format]).stdout);
    assert!(told("csv").contains("g,'=1+1,1,"));
    assert!(told("markdown").contains(r"g / a\|b&lt;i&gt;\[x\](y)"));
    let table = told("text");
    assert!(table.contains(r"\u{1b}[31mred") && !table.contains('\u{1b}'), "{table}");
    let document: Value = serde_json::from_str(&told("json")).unwrap();
    let names: Vec<&str> =
        document["tasks"].as_array().unwrap().iter().map(|task| task["task"].as_str().unwrap()).collect();
    assert!(names.contains(&"\u{1b}[31mred") && names.contains(&"=1+1"));
}

#[test]
fn one_task_has_a_histogram_and_its_slowest_spans() {
    let output = stats(&data("performance_py/records"), &["--task", "make thumb*"]);
    let told = text(&output.stdout);
    assert!(told.contains("thumbs1 / make thumbnail: 12 spans\n"), "{told}");
    assert!(told.contains('█') && told.contains("slowest spans\n") && told.contains("  146 ms\n"), "{told}");
}

#[test]
fn a_name_that_matches_nothing_proposes_near_ones() {
    for arguments in [["--task", "plane"], ["--budget", "plane=1s@max"]] {
        let output = stats(hostile().path(), &arguments);
        assert_eq!(output.status.code(), Some(2));
        let told = text(&output.stderr);
        assert!(told.contains("no task matches `plane`; did you mean `plain`?"), "{told}");
    }
}

#[test]
fn names_as_tables_have_them_are_found_and_ones_that_exclude_each_other_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let row =
        |group: &str, task: &str| format!("{group},{task},2026-11-20T22:43:18Z,2026-11-20T22:43:19Z,\n");
    let rows = [row("one", "save"), row("two", "load")].concat();
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,color\n{rows}")).unwrap();
    let output = stats(directory.path(), &["--task", "one / save", "--format", "csv"]);
    assert_eq!(text(&output.stdout).lines().count(), 2);
    let output = stats(directory.path(), &["--group", "two", "--task", "save"]);
    let told = text(&output.stderr);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{told}");
    assert!(told.contains("no task of these groups matches `save`; known: `load`"), "{told}");
    assert!(told.contains("Usage: waterfall stats"), "{told}");
}

#[test]
fn a_distribution_has_a_page_that_says_what_the_table_says() {
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("folder/page.html");
    let path = page.to_str().unwrap();
    fs::write(page.parent().unwrap(), "").unwrap();
    let output = stats(&data("performance_py/records"), &["--task", "make*", "-o", path]);
    assert_eq!(output.status.code(), Some(5), "a file is in the way: {}", text(&output.stderr));
    fs::remove_file(page.parent().unwrap()).unwrap();
    let output = stats(&data("performance_py/records"), &["--task", "make*", "-o", path, "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains(path));
    serde_json::from_slice::<Value>(&output.stdout).expect("the page's path is not between the figures");
    let html = fs::read_to_string(&page).unwrap();
    let (_, json) = html.split_once("id=\"data\">").unwrap();
    let drawn: Value = serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap();
    let asked = drawn["asked"].as_array().unwrap();
    let of_asked = asked.iter().map(|row| &drawn["distributions"][row.as_u64().unwrap() as usize]);
    let counts: Vec<u64> = of_asked
        .map(|of| {
            let values = of["quantiles_ns"].as_array().unwrap();
            let row = &drawn["tasks"][of["task"].as_u64().unwrap() as usize];
            assert_eq!(row["count"], values.len(), "few are all drawn");
            assert_eq!(of["slowest"].as_array().unwrap().len(), values.len().min(10));
            assert_eq!(of["slowest"][0]["duration_ns"], row["max_ns"]);
            values.len() as u64
        })
        .collect();
    assert!(drawn["distributions"].as_array().unwrap().len() > asked.len(), "all tasks have theirs");
    let (trace, _) = read(&data("performance_py/records"));
    let of_task =
        |id: waterfall::model::KeyId| trace.keys().name(trace.keys().key(id).task).starts_with("make");
    let spans = trace.lanes().iter().flat_map(|lane| lane.spans.iter());
    assert_eq!(counts.iter().sum::<u64>(), spans.filter(|span| of_task(span.key)).count() as u64);
    for arguments in [&["-o", path][..], &["--task", "make*", "-o", "-"]] {
        let output = stats(&data("performance_py/records"), arguments);
        assert_eq!(output.status.code(), Some(2), "of which tasks, and where?");
    }
    let output = stats(&data("performance_py/records"), &["--task", "mak", "-o", path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(fs::read_to_string(&page).unwrap() == html, "a wrong name writes no page");
}

#[test]
fn a_page_has_the_distributions_of_the_first_hundred_tasks_and_of_those_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let rows = |task: &str, count: u32| {
        let row = format!("g,{task},2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n");
        row.repeat(count as usize)
    };
    let few: String = (0..1001).map(|n| rows(&format!("few {n}"), 2)).collect();
    let all = format!("group,task,start,end,color\n{}{few}{}", rows("many", 4097), rows("rare", 1));
    fs::write(directory.path().join("records.csv"), all).unwrap();
    let page = directory.path().join("page.html");
    let page = |task: &str| {
        let output = stats(directory.path(), &["--task", task, "-o", page.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let html = fs::read_to_string(&page).unwrap();
        let (_, json) = html.split_once("id=\"data\">").unwrap();
        let data: Value = serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap();
        (html, data)
    };
    let len = |data: &Value, list: &str| data[list].as_array().unwrap().len();
    let (html, many) = page("many");
    assert_eq!(
        (len(&many, "distributions"), &many["asked"], &many["more_asked"]),
        (100, &json!([1]), &json!(0))
    );
    assert_eq!(len(&many["distributions"][0], "quantiles_ns"), 128);
    assert_eq!(many["tasks"][1]["exact_quantiles"], false);
    let none = "No task that was asked for has a row on this page";
    assert!(!html.contains(none));
    let (_, few) = page("few*");
    assert_eq!((len(&few, "asked"), &few["more_asked"]), (12, &json!(989)), "those without a row count too");
    let (_, late) = page("few 777");
    let rows: Vec<&Value> = late["distributions"].as_array().unwrap().iter().map(|of| &of["task"]).collect();
    assert_eq!((rows.len(), rows[100]), (101, &late["asked"][0]), "beyond the first hundred");
    let (html, rare) = page("rare");
    assert_eq!((len(&rare, "asked"), &rare["more_asked"]), (0, &json!(1)));
    assert!(html.contains(none));
}

#[test]
fn a_broken_budget_is_told_and_fails() {
    let directory = hostile();
    for (budget, verdict, code) in [("plain=5s@p95", "met", 0), ("plain=4.9s@p95", "broken", 1)] {
        let output = stats(directory.path(), &["--budget", budget]);
        let told = text(&output.stdout);
        let line = told.lines().last().unwrap();
        assert!(line.ends_with(verdict) && line.contains("5.00 s"), "{told}");
        assert_eq!(output.status.code(), Some(code));
        let document = text(&stats(directory.path(), &["--budget", budget, "--format", "json"]).stdout);
        let document: Value = serde_json::from_str(&document).unwrap();
        assert_eq!(document["budgets"][0]["met"], code == 0);
        let output = stats(directory.path(), &["--budget", budget, "--format", "csv"]);
        assert!(!text(&output.stdout).contains(verdict), "the rows have no place for it");
        assert!(text(&output.stderr).lines().any(|line| line.ends_with(verdict)), "{}", text(&output.stderr));
    }
    let output = stats(directory.path(), &["--budget", "wall=1h", "--budget", "peak_memory=100GB"]);
    let told = text(&output.stdout);
    assert!(
        told.ends_with("limit 60.0 min: met\npeak memory not recorded, limit 100 GB: broken\n"),
        "{told}"
    );
    let colored = program(WATERFALL)
        .args(["stats", "--budget", "plain=1s@max"])
        .arg(directory.path())
        .env_remove("NO_COLOR")
        .env("CLICOLOR_FORCE", "1")
        .run();
    assert!(text(&colored.stdout).contains("\u{1b}[1m\u{1b}[31mbroken"));
}

#[test]
fn records_without_a_span_have_statistics() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.csv"), "group,task,start,end,color\r\n").unwrap();
    let found = json(directory.path());
    assert!(found["start"].is_null() && found["end"].is_null());
    assert_eq!((&found["spans"], &found["max_depth"], &found["wall_ns"]), (&0.into(), &0.into(), &0.into()));
    assert!(text(&stats(directory.path(), &[]).stdout).ends_with("no spans\n"));
}
