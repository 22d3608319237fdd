//! Inputs in which every row is refused: that is the message, with the form that is wanted, and not an empty page.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::dump::data;
use crate::processes::{Bounded, WATERFALL, program};

const REFUSED: &str = "group,task,start,end,color\ng,t,yesterday,today,\ng,t,12.5,13,\n";
const MESSAGE: &str = "none of its 2 rows could be read. Line 2: start `yesterday` is not a date and time: write it as \
                       2026-11-20T22:43:18.5+08:00. A row of group,task,start,end,color looks like \
                       `download,save,2026-11-20T22:43:18.5+08:00,2026-11-20T22:43:19+08:00,`";
const GOOD: &str = "group,task,start,end,color\ng,t,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n";

fn waterfall(directory: &Path, arguments: &[&str]) -> Output {
    program(WATERFALL).current_dir(directory).args(arguments).run()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn no_row_at_all_is_an_error_that_says_why_in_every_command() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.csv"), REFUSED).unwrap();
    for command in [&["report"][..], &["stats"], &["stats", "--format", "json"], &["summarize"]] {
        let output = waterfall(directory.path(), &[command, &["x.csv"]].concat());
        let told = text(&output.stderr);
        assert_eq!(
            (output.status.code(), text(&output.stdout).as_str()),
            (Some(3), ""),
            "{command:?}: {told}"
        );
        assert!(told.starts_with(&format!("x.csv: {MESSAGE}\n")), "{told}");
        assert!(told.ends_with("waterfall: no row could be read in x.csv\n"), "{told}");
    }
    assert!(!directory.path().join("waterfall.html").exists());
}

#[test]
fn beside_good_files_a_refused_one_is_the_first_problem_of_the_page() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("good.csv"), GOOD).unwrap();
    fs::write(directory.path().join("x.csv"), REFUSED).unwrap();
    let output = waterfall(directory.path(), &["report", "."]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).starts_with(&format!("./x.csv: {MESSAGE}\n")), "{}", text(&output.stderr));
    let page = fs::read_to_string(directory.path().join("waterfall.html")).unwrap();
    let place = |problem: &str| page.find(problem).unwrap_or_else(|| panic!("{problem} is not in the page"));
    assert!(place("none of its 2 rows could be read") < place("row skipped: start"));
}

#[test]
fn a_file_without_rows_and_one_whose_only_row_is_being_written_are_no_error() {
    let journal = "host.7-18f32c0000000000.0-main.0.csv";
    let torn = "group,task,start,end,color\r\ng,t,2026-11-20T22:00:0";
    for (name, records) in [("x.csv", "group,task,start,end,color\n"), (journal, ""), (journal, torn)] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(name), records).unwrap();
        let output = waterfall(directory.path(), &["stats", "."]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).ends_with("no spans\n"));
    }
}

#[test]
fn counters_and_performance_pys_rows_are_told_in_their_own_form() {
    for (refused, example) in [
        (
            "group,counter,time,value\ng,c,now,1\ng,c,later,2\n",
            "A row of group,counter,time,value looks like `download,queue,2026-11-20T22:43:18.5+08:00,17`",
        ),
        (
            "Task,Start,Finish,Description,Color\n[g-p1tM] x,now,later,1 ms,na\n[g-p1tM] x,now,later,1 ms,na\n",
            "A row of Task,Start,Finish,Description,Color looks like `[download-p17tMainThread] save,2026-11-20 \
             22:43:18.500000,2026-11-20 22:43:19.000000,500 ms,na`",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("x.csv"), refused).unwrap();
        let output = waterfall(directory.path(), &["stats", "x.csv"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains("none of its 2 rows could be read") && told.contains(example), "{told}");
        // The example itself is a row.
        let header = refused.lines().next().unwrap();
        let row = example.split('`').nth(1).unwrap();
        fs::write(directory.path().join("x.csv"), format!("{header}\n{row}\n")).unwrap();
        let output = waterfall(directory.path(), &["stats", "x.csv", "--bias", "0"]);
        assert!(text(&output.stderr).ends_with("0 problems\n"), "{}", text(&output.stderr));
    }
}

#[test]
fn where_only_counters_were_read_nobody_says_that_no_span_was_recorded() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("c.csv"), "group,counter,time,value\ng,c,2026-11-20T22:00:00Z,1\n")
        .unwrap();
    fs::write(directory.path().join("x.csv"), REFUSED).unwrap();
    let output = waterfall(directory.path(), &["stats", "."]);
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stderr);
    assert!(told.starts_with(&format!("./x.csv: {MESSAGE}\n")), "{told}");
    assert!(text(&output.stdout).ends_with("\nno spans\n"), "{}", text(&output.stdout));
    waterfall(directory.path(), &["report", "."]);
    let page = fs::read_to_string(directory.path().join("waterfall.html")).unwrap();
    assert!(page.contains("none of its 2 rows could be read") && !page.contains("No spans recorded"));
}

#[test]
fn a_file_with_a_hole_and_one_that_an_editor_spoiled_give_their_reason_first() {
    let journal = "host.7-18f32c0000000000.0-main.0.csv";
    let row = "g,t,2026-11-20T22:00:00.000000000+00:00,2026-11-20T22:00:01.000000000+00:00,";
    for (name, records, first) in [
        (
            journal,
            format!("group,task,start,end,color\r\n{row}\n{row}\n"),
            ": none of its 2 rows could be read. Line 2: its writer did not finish it (or an editor changed the line \
             ends: then give the file another name)",
        ),
        (
            "x.csv",
            format!("group,task,start,end\r\n{row}\r\n{}\0\0\r\n", &row[..30]),
            ": none of its 2 rows could be read. Line 2: it has 5 fields, the header has 4. A row of \
             group,task,start,end,color looks like \
             `download,save,2026-11-20T22:43:18.5+08:00,2026-11-20T22:43:19+08:00,`",
        ),
        (
            "x.csv",
            "waterfall-summary\t9\nlane\tx\n".into(),
            ": its only row could not be read. Line 1: unknown version \"9\", expected 1; all lines up to the next \
             summary are skipped, too. Make the summary again",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(name), records).unwrap();
        let output = waterfall(directory.path(), &["stats", name]);
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(text(&output.stderr).lines().next().unwrap(), format!("{name}{first}"));
    }
}

#[test]
fn a_run_whose_records_are_all_refused_says_so() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("x.csv"), REFUSED).unwrap();
    let output = waterfall(directory.path(), &["run", "--", "sh", "-c", "cp x.csv \"$WATERFALL_DIR\""]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains(MESSAGE) && told.contains("the command recorded no span"), "{told}");
}

#[test]
fn files_met_in_the_field_are_read_or_say_what_to_do() {
    for (file, code, told) in [
        ("epoch-seconds.csv", 0, "times are numbers: read as seconds since 1970, UTC"),
        ("epoch-seconds.csv", 0, "2 spans in 1 lane"),
        ("python-logging.csv", 0, "1 span in 1 lane"),
        (
            "gnu-date.csv",
            3,
            "a decimal comma in the time `2026-03-05T10:00:00,123456789+00:00`: put the time in quotes",
        ),
        ("capital-header.csv", 0, "0 problems"),
        ("duplicate-columns.csv", 0, "column start is there twice, as columns 3 and 5: column 3 is read"),
        ("duplicate-columns.csv", 0, "column end is there twice, as columns 4 and 6: column 4 is read"),
    ] {
        let path = data("edited").join(file);
        let output = waterfall(Path::new("."), &["stats", path.to_str().unwrap()]);
        let found = text(&output.stderr);
        assert!(output.status.code() == Some(code) && found.contains(told), "{file}: {found}");
    }
}
