//! Records of version 1: the trace has what the files have.

use std::path::Path;

use proptest::prelude::*;
use recorder::Recorder;

use crate::dump::{data, dump, problems, read, read_spans};

#[test]
fn files_of_version_1_are_read_for_ever() {
    let (trace, found) = read(&data("records/1"));
    insta::assert_snapshot!(dump(&trace), @r#"
    16243 main
      download | image | 0 876543211
      download | save, "a" | 376543211 250000000 #ca562c
      download | hit | 776543211 0
      zip | create archive | 976543211 unfinished
    16243 io-1
      download | image | 76543211 200000000
      download | image | 376543211 unfinished
      download | image | 1876543211 500000000
    "#);
    insta::assert_debug_snapshot!(problems(&found), @r#"
    [
        "build.16243-18f32c0000000000.1-io-1.0.csv:4: incomplete row skipped: its writer did not finish it (or an editor changed the line ends: then give the file another name)",
    ]
    "#);
    assert_eq!((trace.offset_s(), trace.origin_ns()), (Some(8 * 3600), 1_795_185_798_123_456_789));
}

#[test]
fn files_of_another_name_are_the_same_records() {
    let directory = tempfile::tempdir().unwrap();
    let journal = "build.16243-18f32c0000000000.0-main.0.csv";
    std::fs::copy(data("records/1").join(journal), directory.path().join("mine.CSV")).unwrap();
    let (trace, found) = read(directory.path());
    assert_eq!((trace.span_count(), found.total()), (4, 0));
    assert!(dump(&trace).starts_with("- mine.CSV\n"), "{}", dump(&trace));
}

#[test]
fn what_was_recorded_is_what_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let nasty = ["a, \"b\"\r\n", "</script>", "=1+1", "\u{202e}evil", "", "🦍"];
    for name in nasty {
        let pp = Recorder::new(name, directory.path(), 345);
        pp.start_colored(name, "#ca562c");
        pp.dump();
    }
    let (trace, found) = read(directory.path());
    assert_eq!(problems(&found), [""; 0]);
    let mut names: Vec<_> = (trace.lanes()[0].spans.iter())
        .map(|span| {
            let key = trace.keys().key(span.key);
            assert_eq!(trace.keys().name(key.group), trace.keys().name(key.task));
            assert_eq!(key.color().unwrap().to_string(), "#ca562c");
            trace.keys().name(key.task).to_owned()
        })
        .collect();
    names.sort();
    let mut expected = nasty.map(|name| name.replace(['\r', '\n'], " "));
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(trace.offset_s(), Some(345 * 60));
}

#[test]
fn lines_are_rows_only_after_a_line_that_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let stamp = "2026-11-20T22:43:18.123456789+08:00";
    let row = |task: &str, end: &str| format!("g,{task},{stamp},{stamp},{end}");
    let text = format!(
        "group,task,start,end,color\r\n{}{}{}{}",
        row("whole", "\r\n"),
        row("torn", "\n"),
        row("after torn", "\r\n"),
        row("whole again", "\r\n"),
    );
    let path = directory.path().join("host.7-18f32c0000000000.0-main.0.csv");
    std::fs::write(&path, &text).unwrap();
    let (trace, found) = read(&path);
    let names: Vec<_> =
        dump(&trace).lines().skip(1).map(|line| line.split(" | ").nth(1).unwrap().to_owned()).collect();
    assert_eq!(names, ["whole", "whole again"]);
    assert_eq!(found.total(), 2);
}

#[test]
fn hand_written_files_may_leave_out_the_last_line_end() {
    let directory = tempfile::tempdir().unwrap();
    let text = "group,task,end,start\ng,a,2026-11-20T22:00:01Z,2026-11-20T22:00:00Z";
    let (trace, found) = read_text(directory.path(), text);
    assert_eq!((trace.span_count(), trace.end().ns(), found.total()), (1, 1_000_000_000, 0));

    let (trace, found) = read_text(directory.path(), &text[..text.len() - 22]);
    assert_eq!(trace.span_count(), 0);
    assert_eq!(problems(&found), ["x.csv:2: incomplete last row skipped: its last field may be cut off"]);

    let names_last = "task,end,start,group\na,2026-11-20T22:00:01Z,2026-11-20T22:00:00Z,g";
    let (trace, found) = read_text(directory.path(), names_last);
    assert_eq!(trace.span_count(), 0);
    assert_eq!(problems(&found), ["x.csv:2: incomplete last row skipped: its last field may be cut off"]);
}

#[test]
fn a_names_comma_without_quotes_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let text = "group,task,start,end,color\ng,copy a, b,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n";
    let path = directory.path().join("x.csv");
    std::fs::write(&path, text).unwrap();
    let told = problems(&read_spans(&path).1);
    assert_eq!(told[1], "x.csv:2: row skipped: it has 6 fields, the header has 5");
}

fn read_text(directory: &Path, text: &str) -> (waterfall::model::Trace, waterfall::Problems) {
    let path = directory.join("x.csv");
    std::fs::write(&path, text).unwrap();
    read(&path)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_beginning_of_a_file_gives_the_beginning_of_its_rows(cut in 0usize..=600) {
        let journal = data("records/1/build.16243-18f32c0000000000.0-main.0.csv");
        let whole = std::fs::read(&journal).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(journal.file_name().unwrap());
        std::fs::write(&path, &whole[..cut.min(whole.len())]).unwrap();
        let rows = |path: &Path| dump(&read(path).0).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        let all = rows(&journal);
        let some = rows(&path);
        prop_assert_eq!(&all[..some.len()], &some[..]);
    }

    #[test]
    fn no_bytes_at_all_can_stop_the_reader(
        header in prop::sample::select(vec!["group,task,start,end,color\r\n", "Task,Start,Finish,Description,Color\n", ""]),
        body in prop::collection::vec(
            prop_oneof![
                Just(b"g,t,2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:18.123456789+08:00,\r\n".to_vec()),
                Just(b"[g-p1tM] x,2026-11-20 22:54:51.3,2026-11-20 22:54:51.4,1 ms,na\n".to_vec()),
                prop::collection::vec(prop::sample::select(b"\",\r\n\0[]-p1t 2:T#\xff".to_vec()), 0..40),
                prop::collection::vec(any::<u8>(), 0..20),
            ],
            0..12,
        ),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.csv");
        std::fs::write(&path, [header.as_bytes(), &body.concat()].concat()).unwrap();
        if let Ok(loaded) = waterfall::Reading::of(path).load() {
            let trace = loaded.trace;
            prop_assert!(trace.span_count() <= body.len() + body.iter().map(Vec::len).sum::<usize>());
            waterfall::internals::of_trace(&trace);
        }
    }
}
