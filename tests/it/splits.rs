//! `waterfall stats --by NAME`: the figures of tasks by the values of an attribute, in every format and on the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::processes::{Bounded, WATERFALL, program};

fn stats(input: &Path, arguments: &[&str]) -> Output {
    let mut command = program(WATERFALL);
    command.arg("stats").arg(input).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command.run()
}

#[track_caller]
fn told(input: &Path, arguments: &[&str]) -> String {
    let output = stats(input, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The entries of `tasks`.
#[track_caller]
fn entries(input: &Path, arguments: &[&str]) -> Vec<Value> {
    let text = told(input, &[arguments, &["--format", "json"]].concat());
    serde_json::from_str::<Value>(&text).unwrap()["tasks"].as_array().unwrap().clone()
}

/// One lane of spans in a row: task, length in ms, and the cells of further columns.
fn records(directory: &Path, columns: &str, spans: &[(&str, u64, &str)]) -> PathBuf {
    let stamp = |ms: u64| format!("2026-03-05T10:00:{:02}.{:03}Z", ms / 1000, ms % 1000);
    let mut text = format!("group,task,start,end,color,{columns}\n");
    let mut at = 0;
    for (task, length, cells) in spans {
        text.push_str(&format!("g,{task},{},{},,{cells}\n", stamp(at), stamp(at + length)));
        at += length;
    }
    let path = directory.join("mine.csv");
    fs::write(&path, text).unwrap();
    path
}

/// Images, one of them slow, and a task without attributes.
fn images(directory: &Path) -> PathBuf {
    let spans = [
        ("save", 10, "a.png,1200"),
        ("save", 400, "b.png,90"),
        ("save", 30, "a.png,7"),
        ("save", 5, ","),
        ("zip", 100, ","),
    ];
    records(directory, "url,bytes", &spans)
}

/// The data of a page with this room for attributes, and the page.
#[track_caller]
fn page(input: &Path, room: Option<u64>) -> (Value, String) {
    let report = waterfall::Report { attributes: room, ..waterfall::Report::of(input) };
    let html = report.render().unwrap().html;
    let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
    (serde_json::from_str(json).unwrap(), html)
}

#[test]
fn which_image_was_slow_is_answered_in_every_format() {
    let directory = tempfile::tempdir().unwrap();
    let path = images(directory.path());
    let text = told(&path, &["--by", "url"]);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..4], ["task", "value", "count", "total"]);
    assert_eq!(lines[1][..7], ["g", "/", "save", "b.png", "1", "400", "ms"]);
    assert_eq!(lines[2][..7], ["g", "/", "save", "a.png", "2", "40.0", "ms"]);
    assert_eq!(lines[3][..8], ["g", "/", "save", "(no", "url)", "1", "5.00", "ms"]);
    assert_eq!(lines[4][..8], ["g", "/", "zip", "(no", "url)", "1", "100", "ms"]);

    let markdown = told(&path, &["--by", "url", "--task", "save", "--format", "markdown"]);
    assert!(markdown.starts_with("| task | value | count |"), "{markdown}");
    assert!(markdown.contains("\n| g / save | b.png | 1 | 400 ms |"), "{markdown}");
    assert!(!markdown.contains("zip"), "{markdown}");

    let csv = told(&path, &["--by", "url", "--format", "csv"]);
    let ends: Vec<&str> =
        csv.lines().map(|line| line.rsplit_once("true,").map_or(line, |(_, end)| end)).collect();
    assert!(ends[0].ends_with(",open_at_once,by,value,from,to,more_than"), "{csv}");
    assert_eq!(ends[1..], [",url,b.png,,,", ",url,a.png,,,", ",,,,,", ",,,,,"]);

    let entries = entries(&path, &["--by", "url"]);
    let by: Vec<&Value> = entries.iter().map(|entry| &entry["by"]).collect();
    assert_eq!(by[0], &json!({"name": "url", "value": "b.png"}));
    assert_eq!(by[2], &json!({"name": "url", "value": null}));
    assert_eq!((&entries[1]["count"], &entries[1]["mean_ns"]), (&json!(2), &json!(20_000_000)));
}

#[test]
fn without_by_nothing_is_split() {
    let directory = tempfile::tempdir().unwrap();
    let entries = entries(&images(directory.path()), &[]);
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry.get("by").is_none()));
}

#[test]
fn many_numbers_are_in_ranges_that_sum_to_the_task() {
    let directory = tempfile::tempdir().unwrap();
    let numbers: Vec<String> = (-20..180).map(|number| format!("{}", number * 7)).collect();
    let spans: Vec<_> = numbers.iter().map(|number| ("save", 3, number.as_str())).collect();
    let entries = entries(&records(directory.path(), "bytes", &spans), &["--by", "bytes"]);
    assert!((6..=12).contains(&entries.len()), "{entries:?}");
    assert_eq!(entries[0]["by"], json!({"name": "bytes", "from": -1000.0, "to": -100.0}));
    let sum = |key: &str| entries.iter().map(|entry| entry[key].as_i64().unwrap()).sum::<i64>();
    assert_eq!((sum("count"), sum("total_ns"), sum("self_ns")), (200, 600_000_000, 600_000_000));
    let edges: Vec<(f64, f64)> = (entries.iter())
        .map(|entry| (entry["by"]["from"].as_f64().unwrap(), entry["by"]["to"].as_f64().unwrap()))
        .collect();
    assert!(edges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{edges:?}");
}

#[test]
fn more_than_a_hundred_thousand_texts_are_not_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let row = |second: usize, cells: &str| {
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let stamp = format!("2026-03-{:02}T{:02}:{minute:02}:{second:02}", 5 + hour / 24, hour % 24);
        format!("g,save,{stamp}.0Z,{stamp}.5Z,,{cells}\n")
    };
    let rows: String = (0..=100_000).map(|number| row(number, &format!("x{number}"))).collect();
    let path = directory.path().join("mine.csv");
    fs::write(&path, format!("group,task,start,end,color,id\n{rows}{}", row(100_001, ""))).unwrap();
    let entries = entries(&path, &["--by", "id"]);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["by"], json!({"name": "id", "more_than": 100_000}));
    assert_eq!((&entries[0]["count"], &entries[1]["count"]), (&json!(100_001), &json!(1)));
    let text = told(&path, &["--by", "id"]);
    assert!(text.contains("(more than 100,000 values)  100,001  "), "{text}");
    assert!(text.contains("(no id)                           1"), "{text}");
    assert!(text.contains("~500 ms"), "{text}");
}

#[test]
fn an_attribute_that_no_span_has_proposes_near_ones() {
    let directory = tempfile::tempdir().unwrap();
    let output = stats(&images(directory.path()), &["--by", "byte"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("no attribute matches `byte`; did you mean `bytes`?"), "{told}");
}

#[test]
fn budgets_are_of_whole_tasks_also_where_these_are_split() {
    let directory = tempfile::tempdir().unwrap();
    let path = images(directory.path());
    let output = stats(&path, &["--by", "url", "--budget", "save=200ms@max"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("400 ms"));
    assert_eq!(stats(&path, &["--by", "url", "--budget", "save=400ms@max"]).status.code(), Some(0));
}

#[test]
fn the_slowest_spans_of_a_task_have_their_attributes() {
    let directory = tempfile::tempdir().unwrap();
    let long = "x".repeat(1000);
    let spans = [("save", 10, format!("b.png,{long},3,4")), ("save", 20, "a.png,,,".to_owned())];
    let spans: Vec<_> = spans.iter().map(|(task, length, cells)| (*task, *length, cells.as_str())).collect();
    let path = records(directory.path(), "url,body,p,q", &spans);
    let text = told(&path, &["--task", "save"]);
    let middle = format!("{}…{}", "x".repeat(20), "x".repeat(19));
    assert!(text.contains(&format!("10.0 ms  url=b.png body={middle} p=3 +1\n")), "{text}");
    assert!(text.contains("20.0 ms  url=a.png\n"), "{text}");
    let json: Value = serde_json::from_str(&told(&path, &["--task", "save", "--format", "json"])).unwrap();
    assert_eq!(json["slowest"][0]["spans"][0]["attributes"], json!({"url": "a.png"}));
    assert_eq!(json["slowest"][0]["spans"][1]["attributes"]["body"], long);
}

#[test]
fn hostile_values_do_no_harm_in_any_format() {
    let directory = tempfile::tempdir().unwrap();
    let spans = [
        ("save", 9, "\"=HYPERLINK(\"\"http://evil\"\")\""),
        ("save", 8, "\"\u{1b}[31m | <img src=x> @all\u{202e}\""),
    ];
    let path = records(directory.path(), "\"@<b> `a`\"", &spans);
    let name = "@<b> `a`";
    for arguments in [["--by", name, "--format", "text"], ["--by", name, "--format", "markdown"]] {
        let text = told(&path, &arguments);
        assert!(!text.contains("\u{1b}[31m") && !text.contains('\u{202e}'), "{text}");
    }
    let markdown = told(&path, &["--by", name, "--format", "markdown"]);
    assert!(!markdown.contains("<img") && markdown.contains("\\| &lt;img src=x&gt; &#64;all"), "{markdown}");
    let csv = told(&path, &["--by", name, "--format", "csv"]);
    assert!(csv.contains("'@<b> `a`,\"'=HYPERLINK("), "{csv}");
    let page = directory.path().join("page.html");
    let output = stats(&path, &["--task", "save", "-o", page.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!fs::read_to_string(page).unwrap().contains("<img src=x>"));
}

#[test]
fn a_page_has_the_parts_of_its_tasks_and_says_what_the_table_says() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<String> = (0..15).map(|number| format!("v{number},")).chain([",".into()]).collect();
    let spans: Vec<_> =
        values.iter().zip(1..).map(|(cells, length)| ("save", length, cells.as_str())).collect();
    let path = records(directory.path(), "url,bytes", &spans);
    let (data, _) = page(&path, None);
    let splits = data["splits"].as_array().unwrap();
    assert_eq!(splits.len(), 1, "no span has bytes");
    let split = &splits[0];
    assert_eq!(
        (&split["name"], &split["values"], &split["more_than"]),
        (&json!("url"), &json!(15), &json!(null))
    );
    assert_eq!(split["rows"].as_array().unwrap().len(), 12);
    let entries = entries(&path, &["--by", "url"]);
    for (row, entry) in split["rows"].as_array().unwrap().iter().zip(&entries) {
        assert_eq!(row["value"], entry["by"]["value"]);
        for (own, other) in [("self_ns", "self_ns"), ("median_ns", "p50_ns"), ("max_ns", "max_ns")] {
            assert_eq!(row[own], entry[other]);
        }
    }
    assert_eq!((&split["others"]["count"], &split["others"]["total_ns"]), (&json!(3), &json!(6_000_000)));
    assert_eq!((&split["without"]["count"], &split["without"]["max_ns"]), (&json!(1), &json!(16_000_000)));
    assert_eq!(
        data["distributions"][0]["slowest"][1]["attributes"],
        json!([{"name": "url", "value": "v14", "cut": false}])
    );
}

#[test]
fn of_many_attributes_a_page_has_those_that_most_spans_have_and_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let columns: Vec<String> = (0..14).map(|column| format!("c{column:02}")).collect();
    let (all, last) = (["x"; 14].join(","), format!("{}x", ",".repeat(13)));
    let path = records(directory.path(), &columns.join(","), &[("save", 1, &all), ("save", 1, &last)]);
    let (data, html) = page(&path, None);
    let names: Vec<&str> =
        data["splits"].as_array().unwrap().iter().map(|split| split["name"].as_str().unwrap()).collect();
    assert_eq!((names.len(), names[0], names[11]), (12, "c00", "c13"));
    assert!(html.contains("2 tables not shown. Use waterfall stats --by to see them."));
}

/// Three tasks, whose spans have 300 attributes each. One value has 1,000 characters.
fn wide(directory: &Path) -> PathBuf {
    let columns: Vec<String> = (0..300).map(|column| format!("c{column:03}")).collect();
    let cells = format!("{},{}", "é".repeat(1000 / 2), ["x"; 299].join(","));
    let spans = ["save", "zip", "get"].map(|task| (task, 1, &*cells));
    records(directory, &columns.join(","), &spans)
}

#[test]
fn of_hundreds_of_attributes_a_page_has_some_and_counts_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let (data, html) = page(&wide(directory.path()), None);
    assert_eq!(data["splits"].as_array().unwrap().len(), 3 * 12);
    let row = &data["splits"][0]["rows"][0];
    assert_eq!((&row["value"], &row["cut"]), (&json!("é".repeat(200)), &json!(true)));
    assert_eq!(data["splits"][1]["rows"][0]["cut"], json!(false));
    for of in data["distributions"].as_array().unwrap() {
        let slow = &of["slowest"][0];
        assert_eq!(slow["attributes"].as_array().unwrap().len(), 12);
        assert_eq!(slow["attributes"][0], json!({"name": "c000", "value": "é".repeat(200), "cut": true}));
        assert_eq!(slow["more_attributes"], 288);
    }
    assert!(html.contains(
        "100 attribute names are not on this page: it has at most 200, those that most spans have."
    ));
    assert!(html.contains("864 tables not shown. Use waterfall stats --by to see them."));
}

#[test]
fn tables_and_slowest_spans_take_a_quarter_of_the_room_for_attributes_or_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = wide(directory.path());
    for room in [0, 8000, 40_000] {
        let (data, html) = page(&path, Some(room));
        let splits = data["splits"].as_array().unwrap();
        let slowest = || data["distributions"].as_array().unwrap().iter().map(|of| &of["slowest"][0]);
        let taken: usize = (slowest().flat_map(|slow| slow["attributes"].as_array().unwrap()).chain(splits))
            .map(|part| part.to_string().len())
            .sum();
        assert!(taken as u64 <= room / 4, "{taken} of {room}");
        assert_eq!(taken == 0, room == 0);
        for slow in slowest() {
            let shown = slow["attributes"].as_array().unwrap().len() as u64;
            assert_eq!(shown + slow["more_attributes"].as_u64().unwrap(), 300);
        }
        let others = 3 * 12 - splits.len();
        assert!(others > 0);
        assert!(html.contains(&format!(
            "{others} tables by attribute are not on this page: it has no room for more."
        )));
        assert!(room == 8000 || html.contains(r#"id="attributes-0""#) == (room > 0));
    }
}

#[test]
fn as_many_of_the_slowest_spans_are_listed_as_are_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let values: Vec<String> = (0..25).map(|number| format!("{number}.png")).collect();
    let spans: Vec<_> =
        values.iter().zip(1..).map(|(cells, length)| ("save", length, cells.as_str())).collect();
    let path = records(directory.path(), "url", &spans);
    let unfinished = "g,save,2026-03-05T10:00:09Z,,,open.png\n";
    fs::write(&path, fs::read_to_string(&path).unwrap() + unfinished).unwrap();
    let listed = |arguments: &[&str]| {
        let arguments = [&["--task", "save", "--format", "json"], arguments].concat();
        let json: Value = serde_json::from_str(&told(&path, &arguments)).unwrap();
        let spans = json["slowest"][0]["spans"].as_array().unwrap().iter();
        spans.map(|span| span["attributes"]["url"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let slowest_first: Vec<String> = values.iter().rev().cloned().collect();
    assert_eq!(listed(&[]), slowest_first[..20]);
    assert_eq!(listed(&["--slowest", "1000"]), slowest_first);
    assert_eq!(listed(&["--slowest", "18446744073709551615"]), slowest_first);
    assert_eq!(listed(&["--slowest", "2"]), slowest_first[..2]);
    assert_eq!(listed(&["--slowest", "0"]), [""; 0]);
    let lines =
        |arguments: &[&str]| told(&path, &[&["--task", "save"], arguments].concat()).matches("url=").count();
    assert_eq!((lines(&[]), lines(&["--slowest", "7"]), lines(&["--slowest", "0"])), (5, 7, 0));
    assert_eq!(stats(&path, &["--slowest", "7"]).status.code(), Some(2), "it lists nothing without --task");
}

#[test]
fn a_number_is_a_number_for_a_spreadsheet_also_with_a_sign() {
    let directory = tempfile::tempdir().unwrap();
    let path =
        records(directory.path(), "bytes", &[("save", 3, "-5"), ("save", 2, "+1e-3"), ("save", 1, "-A1")]);
    let csv = told(&path, &["--by", "bytes", "--format", "csv"]);
    let ends: Vec<&str> = csv.lines().skip(1).map(|line| line.rsplit_once("true,").unwrap().1).collect();
    assert_eq!(ends, [",bytes,-5,,,", ",bytes,+1e-3,,,", ",bytes,'-A1,,,"]);
}
