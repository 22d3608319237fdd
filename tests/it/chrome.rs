//! Chrome traces: what other programs wrote is what our users see, to the nanosecond.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::dump::{data, dump, dump_counters, problems, read};
use crate::processes::{Bounded, WATERFALL, program};

fn stats(path: &Path) -> Output {
    program(WATERFALL).env_remove("WATERFALL_DIR").arg("stats").arg("--format=json").arg(path).run()
}

/// A file with these events in an array.
fn events(name: &str, events: &[&str]) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    fs::write(&path, format!("[{}]", events.join(",\n"))).unwrap();
    (directory, path)
}

/// Checks the rows of events in the form of `dump`, and the problems.
#[track_caller]
fn check(given: &[&str], expected: &str, expected_problems: &[&str]) {
    let (_directory, path) = events("a.json", given);
    let (trace, found) = read(&path);
    assert_eq!(dump(&trace), expected);
    assert_eq!(problems(&found), expected_problems);
}

#[test]
fn counters_of_real_traces_have_a_series_for_each_number() {
    let samples = |file: &str| -> Vec<(String, usize)> {
        let (trace, _) = read(&data(file));
        (trace.counters().iter()).map(|counter| (counter.name.clone(), counter.samples.len())).collect()
    };
    assert_eq!(samples("real/napari/slicing-traces-latest.json"), [("frames.shown".into(), 30)]);
    let of_pool = samples("real/viztracer/pool-min.json");
    for name in ["garbage collection.collected", "garbage collection.collecting", "ratio"] {
        let count: usize = of_pool.iter().filter(|(own, _)| own == name).map(|(_, count)| count).sum();
        assert_eq!(count, 8, "{name}");
    }
}

#[test]
fn threads_and_processes_have_the_names_that_the_trace_gives_them() {
    let truth = fs::read(data("real/TRUTH.json")).unwrap();
    let truth: BTreeMap<String, Value> = serde_json::from_slice(&truth).unwrap();
    for (file, expected) in truth {
        if expected.get("phases").is_none() {
            continue; // not a Chrome trace
        }
        let (trace, _) = read(&data("real").join(&file));
        for lane in trace.lanes() {
            let process = &trace.processes()[lane.process].identity;
            let pid = process.pid.unwrap();
            let name = &expected["process_names"][pid.to_string()];
            assert_eq!(name.as_str().or(process.name.as_deref()), process.name.as_deref(), "{file}");
            let Some((_, tid)) = lane.identity.identity.rsplit_once(" t") else { continue }; // asynchronous
            let name = expected["thread_names"][format!("{pid}/{tid}")].as_str();
            let shown = name.map_or_else(|| format!("thread {tid}"), str::to_owned);
            assert_eq!(lane.identity.thread, shown, "{file}");
        }
    }
}

#[test]
fn arguments_are_attributes_and_nested_ones_are_json() {
    let (trace, _) = read(&data("real/viztracer/args.json"));
    let spans = &trace.lanes()[0].spans;
    let of = |span: usize| spans.attributes().of(span).collect::<Vec<_>>();
    let named = |name: &str| {
        (0..spans.len())
            .find(|&span| trace.keys().name(trace.keys().key(spans.at(span).key).task).contains(name))
    };
    let fib = named("fib (").unwrap();
    assert_eq!(of(fib), [("func_args", "{\"n\":\"6\"}"), ("return_value", "8")]);
    let (trace, _) = read(&data("real/tracing-chrome/trace-threaded.json"));
    let spans = &trace.lanes()[0].spans;
    let main: Vec<_> = spans.attributes().of(0).collect();
    assert_eq!(main[..2], [(".file", "src/main.rs"), (".line", "24")]);
}

#[test]
fn a_begin_and_its_end_are_a_span_whatever_their_order_in_the_file() {
    check(
        &[
            r#"{"ph":"E","pid":1,"tid":1,"ts":3}"#,
            r#"{"ph":"B","name":"a","pid":1,"tid":1,"ts":1}"#,
            r#"{"ph":"X","name":"p","pid":1,"tid":1,"ts":0.5,"dur":9}"#,
        ],
        "1 thread 1\n   | p | 0 9000\n   | a | 500 2000\n",
        &[],
    );
}

#[test]
fn an_end_says_more_of_its_span() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"B","name":"a","pid":1,"tid":1,"ts":1,"args":{"in":1,"both":"begin"}}"#,
            r#"{"ph":"B","name":"b","pid":1,"tid":1,"ts":2}"#,
            r#"{"ph":"E","pid":1,"tid":1,"ts":3,"args":{"of":"b"}}"#,
            r#"{"ph":"E","pid":1,"tid":1,"ts":4,"args":{"out":[1, 2],"both":"end"}}"#,
        ],
    );
    let (trace, _) = read(&path);
    let attributes = trace.lanes()[0].spans.attributes();
    assert_eq!(attributes.of(0).collect::<Vec<_>>(), [("both", "end"), ("in", "1"), ("out", "[1,2]")]);
    assert_eq!(attributes.of(1).collect::<Vec<_>>(), [("of", "b")]);
}

#[test]
fn an_end_with_another_name_ends_what_began_last_and_says_so() {
    check(
        &[
            r#"{"ph":"B","name":"a","pid":1,"tid":1,"ts":1}"#,
            r#"{"ph":"B","name":"b","pid":1,"tid":1,"ts":2}"#,
            r#"{"ph":"E","name":"a","pid":1,"tid":1,"ts":3}"#,
            r#"{"ph":"E","name":"b","pid":1,"tid":1,"ts":4}"#,
            r#"{"ph":"E","name":"c","pid":1,"tid":1,"ts":5}"#,
            r#"{"ph":"B","name":"d","pid":1,"tid":1,"ts":6}"#,
        ],
        "1 thread 1\n   | a | 0 3000\n   | b | 1000 1000\n   | d | 5000 unfinished\n",
        &[
            "a.json:3: an end named `a` ends `b`, which began last",
            "a.json:4: an end named `b` ends `a`, which began last",
            "a.json:5: end of `c` skipped: nothing has begun",
        ],
    );
}

#[test]
fn asynchronous_events_of_one_id_are_a_lane() {
    check(
        &[
            r#"{"ph":"b","cat":"net","name":"get","id":"0x1","pid":1,"tid":1,"ts":1}"#,
            r#"{"ph":"b","cat":"net","name":"get","id":"0x2","pid":1,"tid":1,"ts":2}"#,
            r#"{"ph":"b","cat":"net","name":"read","id":"0x1","pid":1,"tid":2,"ts":3}"#,
            r#"{"ph":"e","cat":"net","name":"get","id":"0x2","pid":1,"tid":1,"ts":4}"#,
            r#"{"ph":"e","cat":"net","name":"read","id":"0x1","pid":1,"tid":2,"ts":5}"#,
            r#"{"ph":"e","cat":"net","name":"get","id":"0x1","pid":1,"tid":1,"ts":6}"#,
            r#"{"ph":"S","cat":"db","name":"old","id":18446744073709551615,"pid":1,"tid":1,"ts":7}"#,
            r#"{"ph":"F","cat":"db","name":"old","id":18446744073709551615,"pid":1,"tid":1,"ts":9}"#,
        ],
        "1 async 0x1\n  net | get | 0 5000\n  net | read | 2000 2000\n1 async 0x2\n  net | get | 1000 2000\n\
         1 async 18446744073709551615\n  db | old | 6000 2000\n",
        &[],
    );
}

#[test]
fn asynchronous_spans_of_one_id_may_cross_and_an_end_says_which_it_ends() {
    check(
        &[
            r#"{"ph":"b","cat":"net","name":"a","id":1,"pid":1,"tid":1,"ts":10}"#,
            r#"{"ph":"b","cat":"net","name":"b","id":1,"pid":1,"tid":1,"ts":20}"#,
            r#"{"ph":"e","cat":"net","name":"a","id":1,"pid":1,"tid":1,"ts":30}"#,
            r#"{"ph":"b","cat":"net","name":"c","id":1,"pid":1,"tid":1,"ts":40}"#,
            r#"{"ph":"e","cat":"net","id":1,"pid":1,"tid":1,"ts":50}"#,
            r#"{"ph":"e","cat":"net","name":"d","id":1,"pid":1,"tid":1,"ts":90}"#,
        ],
        "1 async 1\n  net | a | 0 20000\n  net | b | 10000 70000\n  net | c | 30000 10000\n",
        &["a.json:6: an end named `d` ends `b`, which began last"],
    );
}

#[test]
fn an_event_with_a_fault_takes_no_other_with_it() {
    let event =
        |name: &str, ts: u32| format!(r#"{{"ph":"X","name":"{name}","pid":1,"tid":1,"ts":{ts},"dur":1}}"#);
    let no_json = "event skipped: it is not valid JSON";
    let no_end_yet = "event skipped: it has no end before the event in line 3";
    let no_end = "event skipped: it has no end before the event in line 6";
    for (broken, first, second) in [
        (r#"{"ph":"X","name":"b","args":{"n":1}"#, no_end_yet, no_end),
        (r#"{"ph":"X","name":"b","args":{"n":[1}}"#, no_end_yet, no_end),
        (r#"{"ph":"X","name":"b}"#, no_json, no_end),
        (r#"{"ph":"X","name":"b","ts":[1"#, no_end_yet, no_end),
        (
            r#"{"ph":"X"},"name":"b"}"#,
            "`:` is not expected in an array: skipped up to the event in line 3",
            "`:`",
        ),
    ] {
        // The second fault is far from the first, which shows where events begin.
        let given = [&event("a", 1), broken, &event("c", 3), &event("d", 5), broken, &event("e", 7)];
        let (_directory, path) = events("a.json", &given);
        let (trace, found) = read(&path);
        let rows =
            "1 thread 1\n   | a | 0 1000\n   | c | 2000 1000\n   | d | 4000 1000\n   | e | 6000 1000\n";
        assert_eq!(dump(&trace), rows, "{broken}");
        let found = problems(&found);
        for (line, message) in [(2, first), (5, second)] {
            let expected = format!("a.json:{line}: {message}");
            assert!(
                found.iter().any(|found| found.starts_with(&expected)),
                "{broken}: {expected} in {found:?}"
            );
        }
    }
}

#[test]
fn of_thousands_of_ids_those_that_do_not_overlap_share_lanes() {
    let given: Vec<String> = (0..3000)
        .flat_map(|id| {
            let side = |ph: &str, ts: u32| {
                format!(r#"{{"ph":"{ph}","cat":"net","name":"get","id":{id},"pid":1,"tid":1,"ts":{ts}}}"#)
            };
            [side("b", id * 10), side("e", id * 10 + 15)]
        })
        .collect();
    let (_directory, path) = events("a.json", &given.iter().map(String::as_str).collect::<Vec<_>>());
    let (trace, found) = read(&path);
    assert_eq!(found.total(), 0, "{:?}", found.first());
    assert_eq!((trace.lanes().len(), trace.span_count()), (2, 3000));
    assert_eq!(trace.lanes()[0].identity.thread, "async 1");
    let attributes = trace.lanes()[0].spans.attributes();
    assert_eq!(attributes.of(1).collect::<Vec<_>>(), [("id", "2")]);
}

#[test]
fn a_local_id_is_of_its_process_and_a_global_one_of_all() {
    check(
        &[
            r#"{"ph":"b","cat":"c","name":"l","id2":{"local":"0x1"},"pid":1,"tid":1,"ts":1}"#,
            r#"{"ph":"b","cat":"c","name":"l","id2":{"local":"0x1"},"pid":2,"tid":1,"ts":2}"#,
            r#"{"ph":"e","cat":"c","name":"l","id2":{"local":"0x1"},"pid":1,"tid":1,"ts":3}"#,
            r#"{"ph":"e","cat":"c","name":"l","id2":{"local":"0x1"},"pid":2,"tid":1,"ts":5}"#,
            r#"{"ph":"b","cat":"c","name":"g","id2":{"global":"0x1"},"pid":1,"tid":1,"ts":6}"#,
            r#"{"ph":"e","cat":"c","name":"g","id2":{"global":"0x1"},"pid":2,"tid":1,"ts":9}"#,
        ],
        "1 async 0x1\n  c | l | 0 2000\n1 async 0x1\n  c | g | 5000 3000\n2 async 0x1\n  c | l | 1000 3000\n",
        &[],
    );
}

#[test]
fn no_nanosecond_and_no_digit_of_an_id_is_lost() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"X","name":"a","pid":18446744073709551615,"tid":9007199254740993,"ts":1795187333622021.123,"dur":0.001}"#,
            r#"{"ph":"X","name":"b","pid":18446744073709551615,"tid":9007199254740992,"ts":"1795187333622021.125","dur":1e-3}"#,
        ],
    );
    let (trace, found) = read(&path);
    assert_eq!(found.total(), 0);
    assert_eq!(
        dump(&trace),
        "- thread 9007199254740993\n   | a | 0 1\n- thread 9007199254740992\n   | b | 2 1\n"
    );
    assert_eq!(trace.processes()[0].identity.name.as_deref(), Some("process 18446744073709551615"));
}

#[test]
fn what_cannot_be_used_is_named_with_its_line() {
    check(
        &[
            r#"{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":1}"#,
            r#"{"ph":"X","name":"b","pid":1,"tid":1,"dur":1}"#,
            r#"{"ph":"X","name":"c","pid":1,"tid":1,"ts":1e308,"dur":1}"#,
            r#"{"ph":"X","name":"d","pid":1,"tid":1,"ts":NaN,"dur":1}"#,
            r#"{"ph":"X","name":"e","pid":1,"tid":1,"ts":9223372036854775,"dur":1}"#,
            r#"{"ph":"X","name":"f","pid":1,"tid":1,"ts":"soon","dur":1}"#,
            r#"{"ph":"X","name":"g","pid":1,"tid":1,"ts":2,"dur":-1}"#,
            r#"{"ph":"X" "name":"h"}"#,
            r#"{"ph":"C","name":"i","pid":1,"ts":2}"#,
        ],
        "1 thread 1\n   | a | 0 1000\n   | g | 1000 0\n",
        &[
            "a.json:2: event skipped: it has no ts",
            "a.json:3: event skipped: ts `1e308` is too large",
            "a.json:4: event skipped: ts `NaN` is not finite",
            "a.json:5: event skipped: its time is more than 290 years after the origin of the trace, or a year before",
            "a.json:6: event skipped: ts `soon` is not a number",
            "a.json:7: the event has a negative dur: drawn with a length of 0",
            "a.json:8: event skipped: it is not valid JSON: expected `,` or `}` at line 1 column 11",
            "a.json:9: event skipped: a counter without a number in args",
        ],
    );
}

#[test]
fn a_counter_with_one_number_has_its_own_name() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"C","name":"queue","pid":1,"ts":1,"args":{"value":3}}"#,
            r#"{"ph":"C","name":"load","pid":1,"ts":1,"args":{"load":"0.5"}}"#,
            r#"{"ph":"C","name":"heap","cat":"gc","id":"0x7","pid":1,"ts":1,"args":{"used":3,"free":1e3}}"#,
        ],
    );
    let (trace, found) = read(&path);
    assert_eq!(found.total(), 0);
    let expected = "1  | load | 0:0.5\n1  | queue | 0:3.0\n1 gc | heap[0x7].free | 0:1000.0\n\
                    1 gc | heap[0x7].used | 0:3.0\n";
    assert_eq!(dump_counters(&trace), expected);
}

#[test]
fn a_series_has_one_name_however_many_numbers_an_event_has() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"C","name":"heap","pid":1,"ts":1,"args":{"used":3}}"#,
            r#"{"ph":"C","name":"heap","pid":1,"ts":2,"args":{"used":4,"free":9,"unit":"MB"}}"#,
            r#"{"ph":"C","name":"load","pid":1,"ts":1,"args":{"value":3,"most":8}}"#,
            r#"{"ph":"C","name":"load","pid":1,"ts":2,"args":{"value":4}}"#,
        ],
    );
    let loaded = waterfall::Reading::of(&path).load().unwrap();
    assert_eq!(loaded.problems.total(), 0, "{:?}", loaded.problems.first());
    let expected = "1  | heap.free | 1000:9.0\n1  | heap.used | 0:3.0 1000:4.0\n1  | load | 0:3.0 1000:4.0\n\
                    1  | load.most | 0:8.0\n";
    assert_eq!(dump_counters(&loaded.trace), expected);
    let output = program(WATERFALL).arg("stats").arg(&path).run();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(text.contains("1 value of counters that are no numbers: not read"), "{text}");
}

#[test]
fn fields_of_the_format_are_no_attributes_and_none_of_the_others_is_lost() {
    let (_directory, path) = events(
        "a.json",
        &[concat!(
            r#"{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":1,"cname":"good","sf":7,"esf":8,"stack":[1],"#,
            r#""estack":[2],"bind_id":"0x1","flow_in":true,"flow_out":true,"bp":"e","tts":3,"s":"t","scope":"x","#,
            r#""id2":{"local":1},"own":1,"size":2,"id":"0x7","args":{"size":3,"id":4}}"#
        )],
    );
    let (trace, found) = read(&path);
    assert_eq!(found.total(), 0, "{:?}", found.first());
    let attributes: Vec<_> = trace.lanes()[0].spans.attributes().of(0).collect();
    assert_eq!(attributes, [(".id", "x:1"), (".size", "2"), ("id", "4"), ("own", "1"), ("size", "3")]);
}

#[test]
fn spans_that_touch_in_fractions_of_a_nanosecond_do_not_cross() {
    check(
        &[
            r#"{"ph":"X","name":"outer","pid":1,"tid":1,"ts":1.0004,"dur":2.0004}"#,
            r#"{"ph":"X","name":"inner","pid":1,"tid":1,"ts":2.0005,"dur":1.0003}"#,
        ],
        "1 thread 1\n   | outer | 0 2001\n   | inner | 1001 1000\n",
        &[],
    );
}

#[test]
fn the_moment_of_a_trace_that_is_said_well_counts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.json");
    let rest = r#""traceEvents":[{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":1}]"#;
    for moments in [
        r#""baseTimeNanoseconds":1795187333622021123,"beginningOfTime":"soon","baseTimeNanoseconds":null"#,
        r#""beginningOfTime":5,"baseTimeNanoseconds":1795187333622021123"#,
        r#""baseTimeNanoseconds":1795187333622021123,"beginningOfTime":5"#,
    ] {
        fs::write(&path, format!("{{{moments},{rest}}}")).unwrap();
        assert_eq!(read(&path).0.origin_ns(), 1_795_187_333_622_022_123, "{moments}");
    }
}

#[test]
fn threads_are_told_apart_whatever_is_in_their_ids() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"X","name":"a","pid":"1\u0000t2","tid":"3","ts":1,"dur":1}"#,
            r#"{"ph":"X","name":"b","pid":"1","tid":"2\u00003","ts":1,"dur":1}"#,
            r#"{"ph":"b","name":"c","cat":"x\u0000y","id":"z","pid":1,"ts":1}"#,
            r#"{"ph":"b","name":"d","cat":"x","id":"y\u0000z","pid":1,"ts":1}"#,
            r#"{"ph":"X","name":"e","pid":"5 t6","tid":"7","ts":1,"dur":1}"#,
            r#"{"ph":"X","name":"f","pid":"5","tid":"6 t7","ts":1,"dur":1}"#,
            r#"{"ph":"X","name":"g","cat":"c","ts":1,"dur":1}"#,
        ],
    );
    let (trace, _) = read(&path);
    let identities: BTreeMap<_, _> =
        trace.lanes().iter().map(|lane| (&*lane.identity.identity, lane.spans.len())).collect();
    assert_eq!(identities.values().collect::<Vec<_>>(), [&1; 7], "{identities:?}");
    let shown = path.display().to_string();
    assert!(trace.processes().iter().any(|process| process.identity.identity == shown));
}

#[test]
fn the_cpu_time_of_an_event_is_that_of_its_span() {
    let (_directory, path) = events(
        "a.json",
        &[
            r#"{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":1000,"tts":5,"tdur":250.5}"#,
            r#"{"ph":"X","name":"b","pid":1,"tid":1,"ts":2000,"dur":1,"tdur":1000000}"#,
        ],
    );
    let (trace, found) = read(&path);
    let spans = &trace.lanes()[0].spans;
    assert_eq!((spans.cpu_ns(0), spans.cpu_ns(1)), (Some(250_500), None));
    assert_eq!(found.total(), 1, "{:?}", found.first());
}

#[test]
fn a_name_may_be_anything_and_is_kept() {
    check(
        &[
            r#"{"ph":"X","name":"\ud800 lone","pid":1,"tid":"main","ts":1,"dur":1}"#,
            r#"{"ph":"X","name":"nul\u0000 in","pid":1,"tid":"main","ts":3,"dur":1}"#,
            r#"{"ph":"X","name":null,"pid":1,"tid":"main","ts":5,"dur":1}"#,
            r#"{"ph":"X","name":"<b>","cat":"</script>","pid":1,"tid":"main","ts":7,"dur":1}"#,
        ],
        "1 main\n   | \u{FFFD}\u{FFFD}\u{FFFD} lone | 0 1000\n   | nul\0 in | 2000 1000\n   |  | 4000 1000\n  \
         </script> | <b> | 6000 1000\n",
        &[],
    );
}

#[test]
fn a_trace_may_be_an_object_lines_or_a_gzip_file_under_any_name() {
    let event = |ts: u32| format!(r#"{{"ph":"X","name":"a","pid":1,"tid":1,"ts":{ts},"dur":1}}"#);
    let directory = tempfile::tempdir().unwrap();
    let two = format!("{},\n{}", event(1), event(5));
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    for (name, bytes) in [
        ("a.json", format!("{{\"traceEvents\":[{two}],\"displayTimeUnit\":\"ns\"}}").into_bytes()),
        ("b.json", format!("{{\"meta\":{{\"a\":[1]}}, \"traceEvents\" : [{two}]}}").into_bytes()),
        ("c.json", format!("{}\n{}\n", event(1), event(5)).into_bytes()),
        ("d.csv", format!("[{two}]").into_bytes()),
        ("e.json.gz", gzip(&format!("[{two},\n"))),
        ("f.json", format!("\u{feff}[{two}]\0\0\0").into_bytes()),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        let (trace, _) = read(&path);
        assert_eq!(dump(&trace), "1 thread 1\n   | a | 0 1000\n   | a | 4000 1000\n", "{name}");
    }
}

#[test]
fn json_that_is_no_trace_says_what_was_expected() {
    let directory = tempfile::tempdir().unwrap();
    for (text, what) in [
        ("{\"hello\":[1,2]}", "JSON, but not a trace; expected Chrome trace events"),
        ("{}", "JSON, but not a trace; expected Chrome trace events"),
        ("[[[[3]]]]", "JSON, but not a trace; expected Chrome trace events"),
        (
            "{\"system\":{},\"benchmarks\":{}}",
            "figures of benchmarks, not a trace; `waterfall compare` compares two such files",
        ),
        (
            "{\"format\":\"waterfall baseline\",\"version\":1}",
            "a baseline, not a trace; `waterfall compare` compares runs with it",
        ),
    ] {
        let path = directory.path().join("a.json");
        fs::write(&path, text).unwrap();
        let output = stats(&path);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(stderr.contains(&format!("skipped: {what}")), "{stderr}");
    }
}
