//! Waits and CPU times: what records, attributes and options say of them is in every figure, and sums are exact.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use waterfall::model::Trace;
use waterfall::{Inputs, Reading};

use crate::dump::{data, problems, read, read_spans, root};
use crate::processes::{Bounded, WATERFALL, program};

const HEADER: &str = "group,task,start,end,color\r\n";
/// As a recorder names a file.
const JOURNAL: &str = "build.16243-18f32c0000000000.0-main.0.csv";

fn waterfall(arguments: &[&str], input: &Path) -> Output {
    let mut command = program(WATERFALL);
    command.args(arguments).arg(input).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.run()
}

#[track_caller]
fn printed(arguments: &[&str], input: &Path) -> String {
    let output = waterfall(arguments, input);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn stats(arguments: &[&str], input: &Path) -> Value {
    let text = printed(&[&["stats", "--format", "json"], arguments].concat(), input);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["inputs"] = Value::Null; // the same records are at several places
    document
}

/// What was wrong, and the only lane's spans as `task`, `wait` or `-`, and CPU time.
fn spans(trace: &Trace) -> Vec<String> {
    let spans = trace.lanes().iter().flat_map(|lane| (0..lane.spans.len()).map(|index| (&lane.spans, index)));
    let told = spans.map(|(spans, index)| {
        let key = trace.keys().key(spans.at(index).key);
        let cpu = spans.cpu_ns(index).map_or("-".into(), |ns| ns.to_string());
        format!("{} {} {cpu}", trace.keys().name(key.task), if key.is_wait() { "wait" } else { "-" })
    });
    told.collect()
}

/// The parts of a division: on CPU, wait, off CPU, not known.
fn parts(division: &Value) -> [i128; 4] {
    ["on_cpu_ns", "wait_ns", "off_cpu_ns", "not_known_ns"]
        .map(|part| division[part].as_i64().unwrap_or_else(|| panic!("{part} in {division}")).into())
}

/// A summary as `waterfall summarize` writes it, with these options.
fn summary(directory: &Path, options: &[&str]) -> String {
    let root = directory.to_str().unwrap();
    printed(&[&["summarize", "--root", root], options].concat(), directory)
}

#[test]
fn what_records_and_attribute_files_say_of_waits_and_cpu_time_is_read() {
    let (trace, found) = read(&data("waits/1"));
    let left_out = |count: &str| {
        format!(
            "CPU time of {count} left out: negative, more than 1 % + 100 us longer than the span, or of an unfinished \
             span"
        )
    };
    let told = [format!("{JOURNAL}: {}", left_out("1 span")), format!("mine.csv: {}", left_out("2 spans"))];
    assert_eq!(problems(&found), told, "one for each file");
    assert_eq!(
        spans(&trace),
        [
            "lock wait -",
            "work - 1500000000",
            "work - -",
            "work - -",
            "work - -",
            "queue.pop wait -",
            "write - 250000000",
            "compile - 1750000000",
            "jobserver wait 12000",
            "parse - 500000000",
            "read, \"lock\" wait -",
            "link - 1000004321",
            "jobserver wait -",
        ]
    );
    let attributes: Vec<_> = (trace.lanes().iter())
        .flat_map(|lane| (0..lane.spans.len()).flat_map(|index| lane.spans.attributes().of(index)))
        .collect();
    assert_eq!(
        attributes,
        [("note", "warm"), ("cpu", "core 3"), ("cpu", "core 3"), ("file", "a.c")],
        "the others are CPU times"
    );
}

#[test]
fn busy_time_is_divided_to_the_nanosecond() {
    let figures = stats(&[], &data("waits/1"));
    // 4.49 s = compile 1.249988 + parse 0.5 + link 1 + write 0.25 + work 1.5; 5.15 s = 0.75 + 0.4 + 3 + 1.
    assert_eq!(parts(&figures["division"]), [4_499_988_000, 5_150_000_000, 3_350_012_000, 3_000_000_000]);
    let task = |name: &str| {
        let tasks = figures["tasks"].as_array().unwrap();
        parts(&tasks.iter().find(|task| task["task"] == name).unwrap()["division"])
    };
    assert_eq!(task("compile"), [1_249_988_000, 0, 1_000_012_000, 0]);
    assert_eq!(task("link"), [1_000_000_000, 0, 0, 0], "no more than it lasted");
    assert_eq!(task("jobserver"), [0, 750_000_000, 0, 0]);
    assert_eq!(task("work"), [1_500_000_000, 0, 500_000_000, 3_000_000_000]);
}

#[test]
fn tables_have_columns_for_waits_and_cpu_time_where_there_are_any() {
    let of = |arguments: &[&str], input: &str| printed(&[&["stats"], arguments].concat(), &data(input));
    let rows = |text: &str| -> Vec<Vec<String>> {
        let cells = |line: &str| {
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
        };
        text.lines().map(cells).collect()
    };
    let text = of(&[], "waits/1");
    let table = rows(&text);
    let row = |task: &str| table.iter().find(|row| row[0] == task).unwrap()[1..6].to_vec();
    assert_eq!(table[0][1..6], ["count", "total", "self", "cpu", "wait"]);
    assert_eq!(row("build / compile"), ["1", "4.00 s", "2.25 s", "1.25 s", "-"]);
    assert_eq!(row("build / jobserver"), ["1", "750 ms", "750 ms", "-", "750 ms"]);
    assert_eq!(row("sh / work"), ["4", "5.00 s", "5.00 s", "≥ 1.50 s", "-"]);
    assert!(text.contains("\n≥ at least: the CPU time of a part of the time is not known\n"), "{text}");
    let markdown = of(&["--format", "markdown"], "waits/1");
    assert!(markdown.contains("| task | count | total | self | cpu | wait | mean |"), "{markdown}");
    assert!(
        markdown.contains("| io / queue.pop | 1 | 3.00 s | 3.00 s | – | 3.00 s | 3.00 s |"),
        "{markdown}"
    );
    let csv = of(&["--format", "csv"], "waits/1");
    assert!(csv.starts_with("group,task,"), "{csv}");
    let heading = csv.lines().next().unwrap();
    assert!(heading.ends_with(",open_at_once,on_cpu_ns,wait_ns,off_cpu_ns,not_known_ns"), "{heading}");
    assert!(
        csv.lines().any(|line| line.starts_with("io,write,") && line.ends_with(",250000000,0,1750000000,0"))
    );

    // Only the tasks that are shown decide.
    let only = of(&["--task", "jobserver"], "waits/1");
    assert!(
        !only.lines().next().unwrap().contains("cpu") && only.lines().next().unwrap().contains("wait"),
        "{only}"
    );
    for format in ["text", "markdown", "csv"] {
        let plain = of(&["--format", format], "records/1");
        assert!(!plain.contains("cpu") && !plain.contains("wait") && !plain.contains('≥'), "{plain}");
    }
    let figures = stats(&[], &data("records/1"));
    assert_eq!(parts(&figures["division"]), [0, 0, 0, figures["busy_ns"].as_i64().unwrap().into()]);
}

#[test]
fn the_slowest_spans_are_listed_with_their_cpu_time() {
    let figures = stats(&["--task", "work", "--task", "parse"], &data("waits/1"));
    let of = |task: usize| figures["slowest"][task]["spans"].as_array().unwrap().clone();
    let cpu: Vec<Value> = of(0).iter().map(|span| span["cpu_ns"].clone()).collect();
    assert_eq!(cpu, [json!(1_500_000_000), json!(null), json!(null), json!(null)]);
    assert_eq!(of(1)[0]["cpu_ns"], 500_000_000);
    assert_eq!(of(1)[0]["attributes"], json!({"file": "a.c"}));
    let text = printed(&["stats", "--task", "work", "--slowest", "2"], &data("waits/1"));
    assert!(text.contains("2.00 s  1.50 s on CPU  "), "{text}");
    let text = printed(&["stats", "--task", "jobserver"], &data("waits/1"));
    assert!(text.contains("12.0 us on CPU") || text.contains("12.0 µs on CPU"), "{text}");

    let output = waterfall(
        &["stats", "--by", "cpu", "--task", "parse"],
        &data("waits/1/build.16243-18f32c0000000000.0-main.0.csv"),
    );
    assert_eq!(output.status.code(), Some(2), "without its attribute file there is none");
    let output = waterfall(&["stats", "--by", "cpu"], &data("waits/1"));
    assert_eq!(output.status.code(), Some(0), "`core 3` is no time");
    let directory = tempfile::tempdir().unwrap();
    let times = "2026-11-20T14:43:04Z,2026-11-20T14:43:05Z";
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,cpu\ng,t,{times},1ms\n"))
        .unwrap();
    let output = waterfall(&["stats", "--by", "cpu"], directory.path());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("no attribute matches `cpu`: CPU times are in the column `cpu`"), "{told}");
}

#[test]
fn a_column_of_cpu_times_is_found_whatever_its_case_and_the_sign_of_its_unit() {
    let directory = tempfile::tempdir().unwrap();
    let times = "2026-11-20T14:43:04Z,2026-11-20T14:43:05Z";
    for name in ["cpu", "CPU", " Cpu "] {
        for value in ["1500us", "1500 \u{b5}s", "1500\u{3bc}s", "1.5 ms"] {
            let text = format!("group,task,start,end,{name}\ng,t,{times},{value}\n");
            fs::write(directory.path().join("x.csv"), text).unwrap();
            let figures = stats(&[], directory.path());
            assert_eq!(figures["division"]["on_cpu_ns"], 1_500_000, "{name}: {value}");
        }
    }
}

#[test]
fn a_value_of_an_attribute_is_a_wait_as_its_task_is() {
    let directory = tempfile::tempdir().unwrap();
    let row = |task: &str, second: u32, color: &str, name: &str| {
        format!("g,{task},2026-11-20T14:43:{second:02}Z,2026-11-20T14:43:{:02}Z,{color},{name}\n", second + 1)
    };
    let rows = [row("lock", 1, "wait", "a"), row("lock", 2, "wait", "b"), row("work", 3, "", "a")].concat();
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,color,name\n{rows}")).unwrap();
    let figures = stats(&["--by", "name"], directory.path());
    let of: Vec<_> =
        figures["tasks"].as_array().unwrap().iter().map(|task| parts(&task["division"])).collect();
    assert_eq!(of, [[0, 1_000_000_000, 0, 0], [0, 1_000_000_000, 0, 0], [0, 0, 0, 1_000_000_000]]);
}

#[test]
fn a_wait_is_read_in_gzip_in_any_case_and_in_files_of_both_line_ends() {
    let times = "2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.123456789+08:00";
    for (name, text) in [
        (JOURNAL, format!("{HEADER}g,t,{times},wait\r\n")),
        (JOURNAL, format!("{HEADER}g,t,{times},WAIT\r\n")),
        ("x.csv", format!("group,task,start,end,color\ng,t,{times}, Wait \n")),
        ("x.csv", format!("group,task,start,end,color\ng,t,{times},wait")),
        ("x.csv", format!("color,group,task,start,end\n\"wait\",g,t,{times}\n")),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let name_of_gzip = directory.path().join(format!("{name}.gz"));
        fs::write(&name_of_gzip, gzip.finish().unwrap()).unwrap();
        let (trace, found) = read(&name_of_gzip);
        assert_eq!((spans(&trace), found.total()), (vec!["t wait -".into()], 0), "{text}");
        fs::remove_file(name_of_gzip).unwrap();
        fs::write(directory.path().join(name), &text).unwrap();
        let (trace, found) = read(directory.path());
        assert_eq!((spans(&trace), found.total()), (vec!["t wait -".into()], 0), "{text}");
    }
}

#[test]
fn a_torn_wait_is_no_row_and_any_beginning_of_a_file_gives_the_beginning_of_its_rows() {
    let directory = tempfile::tempdir().unwrap();
    let whole = fs::read_to_string(data("waits/1").join(JOURNAL)).unwrap();
    let whole = format!("{}\r\n", whole.trim_end());
    for (name, whole) in [(JOURNAL, whole.clone()), ("x.csv", whole.replace("\r\n", "\n"))] {
        let path = directory.path().join(name);
        fs::write(&path, &whole).unwrap();
        let all = spans(&read(&path).0);
        assert_eq!(all.len(), 6);
        let mut least = 0;
        for cut in HEADER.len()..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let some = match Reading::of(&path).load() {
                Ok(loaded) => spans(&loaded.trace),
                Err(_) => Vec::new(),
            };
            // By hand, a last row may end in an empty colour.
            assert!(
                all.starts_with(&some) || name != JOURNAL && whole[..cut].ends_with(','),
                "{cut}: {some:?}"
            );
            assert!(some.len() >= least || name != JOURNAL, "{cut}: {some:?}");
            least = some.len();
        }
        assert_eq!(least, 6, "{name}");
        fs::remove_file(path).unwrap();
    }
    // Rows of a live file end in CRLF, whatever comes before it; by hand, a row may lack its line end.
    let times = "2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.123456789+08:00";
    for (name, end, told) in [
        (JOURNAL, "wai\n\n\n", "1 line is not a row"),
        ("x.csv", "wai", "incomplete last row skipped"),
        ("x.csv", "wai\n", "color `wai` is neither #rrggbb nor wait: the report chooses a colour"),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, format!("{HEADER}g,t,{times},wait\r\ng,t,{times},{end}")).unwrap();
        let (count, found) = read_spans(&path);
        let found = problems(&found);
        assert_eq!(count, if end == "wai\n" { 2 } else { 1 }, "{found:?}");
        let is_told = found.iter().any(|problem| problem.contains(told));
        assert!(is_told || name == JOURNAL, "{found:?}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_summary_says_the_same_of_waits_and_cpu_time_as_its_records_and_stays_as_it_is() {
    let inputs = Inputs::Below { root: root().join("tests/data"), paths: vec![data("waits/1")] };
    let (summary, found) = Reading { inputs, ..Reading::default() }.summarise().unwrap();
    let mut text = Vec::new();
    waterfall::write_summary(&summary, &found, &mut text).unwrap();
    let golden = fs::read_to_string(data("waits/version-1.summary")).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), golden);

    let merged = printed(&["merge"], &data("waits/version-1.summary"));
    assert_eq!(merged, golden, "merging one summary changes nothing");
    let mut of_records = stats(&["--task", "*"], &data("waits/1"));
    let mut of_summary = stats(&["--task", "*"], &data("waits/version-1.summary"));
    for document in [&mut of_records, &mut of_summary] {
        document["problems"].take();
        for task in document["slowest"].as_array_mut().unwrap() {
            task["summarised_lanes"].take();
            task["spans"].as_array_mut().unwrap().iter_mut().for_each(|span| drop(span["process"].take()));
        }
    }
    assert_eq!(of_records, of_summary);
    let written =
        of_summary["slowest"].as_array().unwrap().iter().find(|task| task["task"] == "write").unwrap();
    let written = &written["spans"][0];
    assert_eq!(
        (&written["cpu_ns"], &written["attributes"]),
        (&250_000_000.into(), &json!({"cpu": "core 3"}))
    );
}

#[test]
fn what_a_recorder_writes_as_a_wait_is_one() {
    let directory = tempfile::tempdir().unwrap();
    let pp = recorder::Recorder::new("g", directory.path(), 480);
    pp.start("work");
    drop(pp.wait("guard"));
    pp.start_wait("started");
    pp.dump();
    pp.dump();
    let open = pp.wait("open");
    let (trace, found) = read(directory.path());
    drop(open);
    assert_eq!(
        (spans(&trace), found.total()),
        (["work - -", "guard wait -", "started wait -", "open wait -"].map(str::to_owned).to_vec(), 0)
    );
    let figures = stats(&[], directory.path());
    let [on_cpu, wait, off_cpu, not_known] = parts(&figures["division"]);
    assert!((on_cpu, off_cpu) == (0, 0) && wait > 0 && not_known > 0, "{figures}");
}

#[test]
fn a_cpu_time_is_none_of_the_names_of_attributes_of_which_a_lane_has_only_so_many() {
    let directory = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..1000).map(|number| format!("name {number}")).collect();
    let times = "2026-11-20T14:43:04Z,2026-11-20T14:43:05Z";
    let row = format!("g,t,{times},{},5ms\n", ["x"; 1000].join(","));
    let text = format!("group,task,start,end,{},cpu\n{row}", names.join(","));
    fs::write(directory.path().join("x.csv"), text).unwrap();
    let (trace, found) = read(directory.path());
    assert_eq!((spans(&trace), found.total()), (vec!["t - 5000000".into()], 0), "{:?}", problems(&found));
    assert_eq!(trace.lanes()[0].spans.attributes().of(0).count(), 1000);
}

#[test]
fn impossible_cpu_times_in_a_summary_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.summary");
    let golden = fs::read_to_string(data("waits/version-1.summary")).unwrap();
    for value in ["9000000000ns", "-5ns"] {
        let text = golden.replace("\tcpu\t1750000000ns", &format!("\tcpu\t{value}"));
        assert_ne!(text, golden);
        fs::write(&path, text).unwrap();
        let told = problems(&read(&path).1);
        assert!(
            told.iter().any(|told| told.starts_with("x.summary: CPU time of 1 span left out: ")),
            "{told:?}"
        );
    }
    // A lane whose bins cannot be is left out as a whole.
    let line = golden.lines().find(|line| line.starts_with("cpu\t")).unwrap();
    let (rest, bins) = line.rsplit_once('\t').unwrap();
    let (number, _) = bins.split_once(':').unwrap();
    let wrong = golden.replace(line, &format!("{rest}\t{number}:9000000000:1"));
    fs::write(&path, wrong).unwrap();
    let told = problems(&read(&path).1);
    assert!(
        told.iter().any(|told| told.ends_with("skipped: its CPU times exceed its busy time")),
        "{told:?}"
    );
}

/// All files below a directory of test data, and all directories.
fn inputs(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            inputs(&path, found);
        }
        found.push(path);
    }
}

#[test]
fn in_every_trace_the_parts_sum_to_the_busy_time_of_lanes_tasks_and_bins() {
    let (mut all, mut traces) = (Vec::new(), 0);
    inputs(&data(""), &mut all);
    for path in all {
        let Ok(loaded) = Reading::of(&path).load() else { continue };
        let analysis = waterfall::internals::analyse(&loaded.trace, &loaded.summary, Default::default());
        let sum = |of: &mut dyn Iterator<Item = i128>| of.sum::<i128>();
        let by_lane = sum(&mut analysis.lanes.iter().map(|lane| lane.division.busy_ns()));
        let by_task = sum(&mut analysis.tasks.iter().map(|task| task.division.busy_ns()));
        let by_bin = sum(&mut analysis.concurrency.divisions.iter().map(|bin| bin.busy_ns()));
        let of_ledger = analysis.ledger.division.busy_ns();
        assert_eq!([by_lane, by_task, by_bin, of_ledger], [analysis.busy_ns; 4], "{}", path.display());
        for task in &analysis.tasks {
            assert_eq!(task.division.busy_ns(), task.self_ns, "{}", path.display());
        }
        traces += usize::from(analysis.spans > 0);
    }
    assert!(traces > 60, "{traces}");
}

/// Records whose waits are not declared, and the same with them. One of the tasks has colours.
fn records(directory: &Path) -> (PathBuf, PathBuf) {
    let text = fs::read_to_string(data("waits/1").join(JOURNAL)).unwrap();
    let (plain, declared) = (directory.join("plain"), directory.join("declared"));
    for (path, is_plain) in [(&plain, true), (&declared, false)] {
        fs::create_dir(path).unwrap();
        let text =
            if is_plain { text.replacen(",wait", ",#00ff00", 1).replace(",wait", ",") } else { text.clone() };
        fs::write(path.join(JOURNAL), text).unwrap();
    }
    (plain, declared)
}

#[test]
fn waits_that_an_option_declares_are_those_that_records_say() {
    let directory = tempfile::tempdir().unwrap();
    let (plain, declared) = records(directory.path());
    let wait = ["--wait", "job*", "--wait", "build/read*"];
    assert_eq!(stats(&wait, &plain), stats(&[], &declared));
    assert_eq!(stats(&["--wait", "*lock*", "--wait", "jobserver"], &plain), stats(&[], &declared));
    let whole = summary(&declared, &[]);
    assert_eq!(summary(&plain, &wait), whole);
    assert_eq!(summary(&declared, &wait), whole, "they were waits already");

    // To a summary, too, and to one that is merged.
    let path = directory.path().join("plain.summary");
    fs::write(&path, summary(&plain, &[])).unwrap();
    assert_eq!(printed(&[&["merge"], wait.as_slice()].concat(), &path), whole);
    assert_eq!(stats(&wait, &path), stats(&[], &declared));

    let page = |options: &[&str], input: &Path| {
        let html = printed(&[&["report", "-o", "-"], options].concat(), input);
        let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
        let data: Value = serde_json::from_str(json).unwrap();
        (html, data)
    };
    let ((html, ours), (_, theirs)) = (page(&wait, &plain), page(&[], &declared));
    for part in ["tasks", "ledger", "concurrency"] {
        assert_eq!(ours[part], theirs[part], "{part}");
    }
    assert!(html.contains("Declared as waits: tasks that match job*, build/read*."));
}

#[test]
fn a_pattern_of_waits_that_matches_nothing_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (plain, _) = records(directory.path());
    let told = "no task matches `jobsever`; did you mean `jobserver`?";
    for (command, code) in
        [(&["stats"][..], 2), (&["report", "-o", "-"], 0), (&["summarize", "--root", "/"], 0)]
    {
        let output = waterfall(&[command, &["--wait", "jobsever"]].concat(), &plain);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(told), "{stderr}");
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(command[0] != "report" || stdout.contains("Waits: no task matches"), "the page says it, too");
    }
    let output = waterfall(&["report", "-o", "-", "--task", "link", "--wait", "jobserver"], &plain);
    assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1, "it is there, but not shown");
}
