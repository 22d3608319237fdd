//! Counters: the numbers in the files are the numbers in the trace and on the page.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine;

use crate::dump::{data, dump, dump_counters, problems, read};
use crate::processes::{Bounded, WATERFALL, program};

fn waterfall(directory: &Path) -> Command {
    let mut command = program(WATERFALL);
    command.env_remove("WATERFALL_DIR").arg("-d").arg(directory);
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A directory with files of these names and texts.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

/// The data for the scripts of the page.
fn page_data(html: &str) -> serde_json::Value {
    let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(json).unwrap()
}

/// The values of each series of a page, in its order. All must be in one chunk.
fn page_values(html: &str) -> Vec<Vec<f64>> {
    let base64 = html.split_once(r#"id="samples-0">"#).unwrap().1.split_once("</script>").unwrap().0;
    let gzip = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    let mut planes = Vec::new();
    flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut planes).unwrap();
    let mut rest = planes.into_iter();
    let data = page_data(html);
    let series =
        data["counters"].as_array().unwrap().iter().flat_map(|counter| counter["series"].as_array().unwrap());
    series
        .map(|series| {
            let [count, gap] = ["count", "gap"].map(|field| series[field].as_u64().unwrap() as usize);
            rest.by_ref().take(count * gap).for_each(drop);
            let mut values = vec![[0; 8]; count];
            for (byte, index) in (0..8).flat_map(|byte| (0..count).map(move |index| (byte, index))) {
                values[index][byte] = rest.next().unwrap();
            }
            values.into_iter().map(f64::from_le_bytes).collect()
        })
        .collect()
}

#[test]
fn files_of_version_1_are_read_for_ever() {
    let (trace, found) = read(&data("counters/1"));
    insta::assert_snapshot!(dump_counters(&trace), @r#"
    16243 download | bytes, "in" flight | 376543211:3400000000.0 1376543211:1e21
    16243 download | queue | -123456789:17.0 376543211:16.0 876543211:12.0 876543211:-0.5 2876543211:5e-324
    16250 download | queue | 626543211:3.0
    "#);
    let torn = "build.16243-18f32c0000000000.1-io-1.0.counters.csv:4: incomplete row skipped: its writer did not finish it (or an editor changed the line ends: then give the file another name)";
    assert_eq!(problems(&found), [torn]);
    assert_eq!(dump(&trace), "16243 main\n  download | image | 0 1876543211\n", "counters make no lane");
    assert_eq!((trace.offset_s(), trace.origin_ns()), (Some(8 * 3600), 1_795_185_798_123_456_789));
    assert_eq!(trace.end().ns(), 1_876_543_211, "the samples do not lengthen the run");
}

#[test]
fn what_was_counted_is_what_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let pp = recorder::Recorder::new("a, \"b\"", directory.path(), 480);
    pp.start("t");
    for value in [17.0, -0.5, 1e21, 5e-324] {
        pp.counter("queue, \"in\"", value);
    }
    let clone = pp.clone();
    std::thread::spawn(move || clone.counter("queue, \"in\"", 3.0)).join().unwrap();
    pp.dump();
    let (trace, found) = read(directory.path());
    assert_eq!(problems(&found), [""; 0]);
    let counters = dump_counters(&trace);
    let (names, samples) = counters.trim_end().rsplit_once(" | ").unwrap();
    assert!(names.ends_with(" a, \"b\" | queue, \"in\"") && counters.lines().count() == 1, "{counters}");
    let values: Vec<_> = samples.split(' ').map(|sample| sample.split_once(':').unwrap().1).collect();
    assert_eq!(values, ["17.0", "-0.5", "1e21", "5e-324", "3.0"]);
    let html = waterfall::Report::of(directory.path()).render().unwrap().html;
    assert_eq!(page_data(&html)["counters"].as_array().unwrap().len(), 1);
}

#[test]
fn files_of_another_name_or_gzipped_are_the_same_counters() {
    let journal = data("counters/1").join("build.16243-18f32c0000000000.0-main.0.counters.csv");
    let text = fs::read(&journal).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let samples = |path: &Path| -> Vec<String> {
        let (trace, found) = read(path);
        assert_eq!(found.total(), 0);
        dump_counters(&trace).lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
    };
    let expected = samples(&journal);
    assert_eq!(expected.len(), 2);

    let renamed = directory.path().join("mine.CSV");
    fs::write(&renamed, &text).unwrap();
    assert_eq!(samples(&renamed), expected);

    let gzipped = directory.path().join("build.16243-18f32c0000000000.0-main.0.counters.csv.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(fs::File::create(&gzipped).unwrap(), flate2::Compression::fast());
    encoder.write_all(&text).unwrap();
    encoder.finish().unwrap();
    assert_eq!(samples(&gzipped), expected);
}

#[test]
fn counters_alone_are_a_page_that_says_so() {
    let directory = directory(&[(
        "x.csv",
        "group,counter,time,value\ng,queue,2026-11-20T22:00:00Z,1\ng,queue,2026-11-20T22:00:03Z,2\n",
    )]);
    let output = waterfall(directory.path()).run();
    let told = "0 spans in 0 lanes of 0 processes, 1 counter, 3.00 s, 0 problems\n";
    assert_eq!((stderr(&output).as_str(), output.status.code()), (told, Some(0)));
    let html = fs::read_to_string(directory.path().join("waterfall.html")).unwrap();
    for text in [
        "2026-11-20 22:00:00 +00:00",
        "0 processes, 0 spans, 0 unfinished, 1 counter",
        "No spans: only counters are shown.",
        "<li>g / queue: min 1, max 2, last 2, in 1 process</li>",
    ] {
        assert!(html.contains(text), "{text}");
    }
    let series = &page_data(&html)["counters"][0]["series"][0];
    assert_eq!(series.to_string(), r#"{"count":2,"first_ns":0,"gap":4,"process":0}"#);
    assert_eq!(page_values(&html), [[1.0, 2.0]]);
}

#[test]
fn without_a_counter_nothing_is_said_of_counters() {
    let rendered = waterfall::Report::of(data("performance_py/records")).render().unwrap();
    assert_eq!(rendered.counters, 0);
    let body = rendered.html.split_once("<body>").unwrap().1.split_once("<script").unwrap().0;
    let (before, list) =
        body.split_once(r#"<ul id="counters" class="unseen" aria-label="Counters" hidden>"#).unwrap();
    let (items, after) = list.split_once("</ul>").unwrap();
    assert_eq!(items.trim(), "", "their list is hidden and empty");
    assert!(!before.contains("ounter") && !after.contains("ounter"), "{body}");
}

#[test]
fn bad_values_are_told_with_file_and_line_and_strict_fails() {
    let directory = directory(&[(
        "x.csv",
        "group,counter,time,value\ng,queue,2026-11-20T22:00:00Z,many\ng,queue,2026-11-20T22:00:03Z,2\n",
    )]);
    let output = waterfall(directory.path()).arg("--strict").run();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("x.csv:2: row skipped: value `many` is not a number\n"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn groups_choose_among_counters_and_tasks_do_not() {
    let at = |second: u32| format!("2026-11-20T22:00:{second:02}Z");
    let spans =
        format!("group,task,start,end,color\na,load,{},{},\nb,save,{},{},\n", at(0), at(9), at(20), at(30));
    let samples: String = [("a", 1), ("b", 5), ("b", 15), ("b", 25)]
        .map(|(group, second)| format!("{group},queue,{},{second}\n", at(second)))
        .concat();
    let directory =
        directory(&[("x.csv", &spans), ("y.csv", &format!("group,counter,time,value\n{samples}"))]);
    let counters = |arguments: &[&str]| {
        let page = directory.path().join("page.html");
        let output = waterfall(directory.path()).args(arguments).arg("-o").arg(&page).run();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let html = fs::read_to_string(&page).unwrap();
        let data = page_data(&html);
        (data["counters"].as_array().unwrap().iter())
            .zip(page_values(&html))
            .map(|(counter, values)| format!("{} {values:?}", counter["group"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(counters(&[]), [r#""a" [1.0]"#, r#""b" [5.0, 15.0, 25.0]"#]);
    assert_eq!(counters(&["--group", "b"]), [r#""b" [5.0, 15.0, 25.0]"#]);
    assert_eq!(counters(&["--task", "save"]), [r#""a" [1.0]"#, r#""b" [5.0, 15.0, 25.0]"#]);
    // A sample holds until the next one, so the window begins with the value of the last sample before it. A span
    // that reaches into the window keeps its counters.
    assert_eq!(counters(&["--from", "+10s", "--to", "+18s"]), [r#""a" [1.0]"#, r#""b" [5.0, 15.0]"#]);
    assert_eq!(counters(&["--from", "+22s", "--to", "+23s"]), [r#""a" [1.0]"#, r#""b" [15.0, 25.0]"#]);
    assert_eq!(counters(&["--to", "+4s"]), [r#""a" [1.0]"#, r#""b" [5.0]"#]);
}

#[test]
fn times_without_an_offset_are_said_to_be_assumed() {
    let directory = directory(&[("x.csv", "group,counter,time,value\ng,queue,2026-11-20 22:00:00,1\n")]);
    let output = waterfall(directory.path()).args(["--bias", "60"]).run();
    assert_eq!(output.status.code(), Some(0));
    let html = fs::read_to_string(directory.path().join("waterfall.html")).unwrap();
    assert!(html.contains("1 of 1 sample have no UTC offset: read as +01:00. Use --bias to set another."));
}

#[test]
fn names_are_text_wherever_they_stand() {
    let hostile = "</script><img src=x onerror=alert(1)>";
    let text = format!("group,counter,time,value\n{hostile},{hostile},2026-11-20T22:00:00Z,1\n");
    let directory = directory(&[(&format!("{}.csv", "<b>"), &text)]);
    let html = waterfall::Report::of(directory.path()).render().unwrap().html;
    assert!(!html.contains("<img src=x"));
    let data = page_data(&html);
    assert_eq!((&data["counters"][0]["name"], &data["counting"][0]), (&hostile.into(), &"<b>.csv".into()));
}

#[test]
fn many_processes_give_the_same_page_each_time() {
    let files: Vec<(String, String)> = (0..40)
        .map(|process| {
            let rows: String = (0..50)
                .map(|row| format!("g,c{},2026-11-20T22:00:{:02}Z,{}\r\n", row % 20, row % 7, process * row))
                .collect();
            (format!("h.{process}-ff.0-main.0.counters.csv"), format!("group,counter,time,value\r\n{rows}"))
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let directory = directory(&files);
    let render = || waterfall::Report::of(directory.path()).render().unwrap().html;
    let html = render();
    assert!(html == render(), "two pages of the same records differ");
    let data = page_data(&html);
    assert_eq!((data["counters"].as_array().unwrap().len(), &data["more_counters"]), (12, &8.into()));
    assert_eq!(data["counting"][9], "9", "processes stand by their numbers");
}
