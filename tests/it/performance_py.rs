//! PerformancePy's own files: the page shows what its users meant.

use waterfall::internals::of_trace;

use crate::dump::{data, dump, read};

#[test]
fn a_real_run_is_drawn_whole() {
    let (trace, problems) = read(&data("performance_py/records"));
    assert_eq!((trace.span_count(), trace.lanes().len(), trace.processes().len()), (50, 19, 7));
    assert_eq!(problems.total(), 0);
    // truth.json, computed from the files by another program, in us.
    assert_eq!(trace.origin_ns(), 1_795_215_290_618_527_000);
    assert_eq!(trace.unix_ns(trace.end()), 1_795_215_291_589_123_000);
    let analysis = of_trace(&trace);
    assert_eq!(analysis.busy_ns, 882_178_000);
    let thumbnails = (analysis.tasks.iter())
        .filter(|row| row.task.names(trace.keys()).1 == "make thumbnail")
        .map(|row| (row.count, row.total_ns))
        .fold((0, 0), |(count, total), row| (count + row.0, total + row.1));
    assert_eq!(thumbnails, (24, 515_072_000));
    let colored = |color: &str| {
        let is_color = |span: &waterfall::model::Span| {
            trace.keys().key(span.key).color().is_some_and(|it| it.to_string() == color)
        };
        trace.lanes().iter().flat_map(|lane| lane.spans.iter()).filter(is_color).count()
    };
    assert_eq!((colored("#008b8b"), colored("#ca562c")), (24, 1));
}

#[test]
fn a_real_run_says_where_its_time_went() {
    let (trace, _) = read(&data("performance_py/records"));
    let sentences = waterfall::internals::sentences(&trace, &of_trace(&trace));
    insta::assert_snapshot!(sentences.join("\n"), @"
    thumbs1 / make thumbnail took the most time: 315 ms, 35.7 % of all busy time, in 12 spans, 26.2 ms each on average.
    For 367 ms (378 ms to 745 ms after the start), one lane or none was busy (0.303 on average); thumbs1 / make thumbnail took 85.6 % of the busy time there.
    The longest span of thumbs1 / make thumbnail took 146 ms, 13.7 times the median of 10.6 ms (12 spans).
    ");
}

/// Checks the spans in a folder of `broken`, in the form of `dump`. For us, nothing in these files is a problem.
#[track_caller]
fn check(folder: &str, expected: &str) {
    let (trace, problems) = read(&data("performance_py/broken").join(folder));
    assert_eq!(dump(&trace), expected);
    assert_eq!(problems.total(), 0);
}

#[test]
fn commas_in_names_are_names() {
    check(
        "comma-all",
        "17538 MainThread\n  g | copy a.jpg, b.jpg | 0 2130000\n  g | copy c.jpg, d.jpg | 2229000 2116000\n",
    );
    check(
        "comma-later",
        "17538 MainThread\n  g | first | 0 2127000\n  g | copy a.jpg, b.jpg | 2487000 2122000\n  g | last | 4706000 2108000\n",
    );
    check("group-comma", "17538 MainThread\n  g,h | a | 0 2118000\n  g,h | b | 2211000 2100000\n");
}

#[test]
fn quotes_brackets_and_markup_in_names_are_names() {
    check(
        "quote-at-start",
        "17538 MainThread\n  g | \"quoted\" first | 0 2101000\n  g | x | 2195000 2121000\n",
    );
    check("group-quote", "17538 MainThread\n  \"g | a | 0 2126000\n  \"g | b | 2220000 2131000\n");
    check(
        "regex-paren",
        "17538 MainThread\n  g | save (1/3) | 0 2129000\n  g | save (2/3) | 2225000 2120000\n",
    );
    check("regex-invalid", "17538 MainThread\n  g | f(x | 0 2120000\n  g | g | 2218000 2118000\n");
    check(
        "html",
        "17538 MainThread\n  g | <b>bold</b> | 0 2122000\n  g | <script>alert(1)</script> | 2218000 2125000\n  \
         g | <img src=x onerror=alert(1)> | 4437000 2130000\n",
    );
}

#[test]
fn a_line_end_in_a_name_is_a_name() {
    check("newline", "17538 MainThread\n  g | two\nlines | 0 2150000\n  g | x | 2256000 2122000\n");
}

#[test]
fn a_task_without_a_name_is_a_span() {
    check("empty-task", "17538 MainThread\n  g |  | 0 2117000\n  g | x | 2241000 2147000\n");
}

#[test]
fn a_colour_belongs_to_the_task_that_has_it() {
    check(
        "substring-colour",
        "17538 MainThread\n  zip | create archive | 0 2130000 #ca562c\n  zip | archive | 2252000 2110000\n  \
         zip | zip | 4457000 2099000\n  zip | create | 6681000 2129000\n",
    );
    check(
        "colour-race",
        "803 MainThread\n  g | copy | 0 2097000\n  g | copy fast | 2449000 5631000 #ff0000\n",
    );
}

#[test]
fn what_its_own_faults_left_in_the_file_is_drawn() {
    check("overwrite", "17538 MainThread\n  same | kept | 0 1000\n");
    check("group-slash", "17538 MainThread\n  g | a | 0 2125000\n");
}

#[test]
fn times_without_an_offset_are_told_beside_records_that_have_one() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("a.csv"),
        "Task,Start,Finish,Description,Color\n[g-p1tM] x,2026-11-20 22:43:18.2,2026-11-20 22:43:18.4,200 ms,na\n",
    )
    .unwrap();
    let record = "g,t,2026-11-20T22:43:18+08:00,2026-11-20T22:43:19+08:00,\n";
    std::fs::write(directory.path().join("b.csv"), format!("group,task,start,end,color\n{record}")).unwrap();
    let mut report = waterfall::Report::of(directory.path());
    let html = report.render().unwrap().html;
    assert!(html.contains("1 of 2 spans have no UTC offset: read as UTC. Use --bias to set another."));
    report.reading.assumed_offset_s = Some(8 * 3600);
    let rendered = report.render().unwrap();
    assert_eq!(rendered.wall_ns, 1_000_000_000);
    assert!(rendered.html.contains("1 of 2 spans have no UTC offset: read as +08:00"));
}

#[test]
fn two_processes_with_one_pid_at_the_same_time_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let write = |group: &str, start: &str, finish: &str| {
        let row = format!(
            "[{group}-p1tMainThread] serve,2026-11-20 22:54:{start},2026-11-20 22:54:{finish},2000 ms,na\n"
        );
        let text = format!("Task,Start,Finish,Description,Color\n{row}");
        std::fs::write(directory.path().join(format!("{group}-1.csv")), text).unwrap();
    };
    write("web", "50.000000", "52.000000");
    write("worker", "51.000000", "53.000000");
    let mut report = waterfall::Report::of(directory.path());
    report.reading.assumed_offset_s = Some(0);
    let html = report.render().unwrap().html;
    let told = "may be two processes with the pid 1, such as in two containers: on the thread `MainThread`, tasks of \
                the groups `web` and `worker` overlap without nesting";
    assert!(html.contains(told));
    // One inside the other, as in one process.
    write("worker", "51.000000", "51.500000");
    assert!(!report.render().unwrap().html.contains("may be two processes"));
}

#[test]
fn groups_of_different_biases_are_both_drawn() {
    // The files do not say that the groups overlap. They say eight hours apart, and the page shows that to the
    // width of a bin.
    let html = waterfall::Report::of(data("performance_py/broken/mixed-bias")).render().unwrap().html;
    assert!(html.contains(
        "Nothing ran for 7.99 h of the wall time. Are these several runs, or groups recorded with different"
    ));
    check("mixed-bias", "17538 MainThread\n  utc | a | 0 2106000\n  gmt8 | a | 28800002252000 2132000\n");
}
