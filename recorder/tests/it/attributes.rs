//! Attributes: names and values that belong to a span, in files of their own.

use std::fmt::{self, Display, Formatter};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use waterfall_recorder::format::Content;
use waterfall_recorder::{Loss, Recorder};

use crate::records::{Given, Records, assert_lost, name_of};

/// A value that runs a closure while it is formatted.
struct Formatted<F: Fn()>(F);

impl<F: Fn()> Display for Formatted<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("before ")?;
        (self.0)();
        f.write_str("after")
    }
}

#[test]
fn attributes_of_a_guard_are_kept_with_its_span() {
    let records = Records::new();
    let pp = records.recorder();
    pp.start("around");
    let span = pp.span("request").with("url", "https://example.org/1.png").with("bytes", 81_233);
    span.record("status", 200);
    pp.instant("between");
    span.record(String::from("is cached"), false);
    drop(span);
    pp.dump();
    let expected = ["url=https://example.org/1.png", "bytes=81233", "status=200", "is cached=false"];
    assert_eq!(records.attributes_of("request"), expected);
    assert_eq!(records.given().len(), 4);
}

#[test]
fn attributes_of_a_started_span_are_those_of_the_one_that_dump_would_end() {
    let records = Records::new();
    let (pp, qq) = (records.recorder(), records.recorder_of("q", 0));
    pp.start_with("outer", &[("path", &"a.png"), ("size", &format_args!("{}x{}", 640, 480))]);
    pp.start("inner");
    pp.record("of", "inner");
    qq.start_with("of another Recorder", &[]);
    pp.record("of", "inner again");
    pp.dump();
    pp.record("of", "outer");
    pp.dump();
    qq.record("of", "another");
    qq.dump();
    assert_eq!(records.attributes_of("outer"), ["path=a.png", "size=640x480", "of=outer"]);
    assert_eq!(records.attributes_of("inner"), ["of=inner", "of=inner again"]);
    assert_eq!(records.attributes_of("of another Recorder"), ["of=another"]);
}

#[test]
fn only_a_thread_that_gives_attributes_has_a_file_for_them() {
    let records = Records::new();
    let pp = records.recorder();
    pp.instant("t");
    assert!(records.files_of(Content::Attributes).is_empty());
    let clone = pp.clone();
    thread::spawn(move || drop(clone.span("t").with("n", 1).with("n", 2))).join().unwrap();
    let files = records.files_of(Content::Attributes);
    assert_eq!((records.files().len(), files.len()), (2, 1));
    assert!(records.files().iter().all(|file| name_of(file).lane != name_of(&files[0]).lane));
}

#[test]
fn another_thread_may_give_and_end() {
    let records = Records::new();
    let pp = records.recorder();
    let span = pp.span("handed over").with("by", "first");
    let span = &span;
    thread::scope(|scope| {
        scope.spawn(move || span.record("by", "second"));
    });
    let given = records.given();
    assert_eq!(records.attributes_of("handed over"), ["by=first", "by=second"]);
    // The reader takes the value of the thread with the newest file.
    assert!(name_of(&given[0].file).lane < name_of(&given[1].file).lane);
}

#[test]
fn an_attribute_is_given_after_the_thread_of_its_span_has_ended() {
    let records = Records::new();
    let pp = records.recorder();
    let span = thread::spawn(move || pp.span("outlives its thread")).join().unwrap();
    drop(span.with("late", true));
    assert_eq!(records.attributes_of("outlives its thread"), ["late=true"]);
    assert!(records.span("outlives its thread").end_ns.is_some());
}

#[test]
fn names_and_values_of_any_kind_are_kept() {
    let records = Records::new();
    let pp = records.recorder();
    let span = pp.span("t, \"quoted\"");
    let texts = [",", "\"", "a,\"b\"", "größe 大小", "<b>&amp;", "=1+1", "", " spaced "];
    for text in texts {
        span.record(text, text);
    }
    span.record("lines", "one\r\ntwo\u{1b}[2J");
    drop(span);
    let mut expected: Vec<_> = texts.iter().map(|text| format!("{text}={text}")).collect();
    expected.push("lines=one  two [2J".to_owned());
    assert_eq!(records.attributes_of("t, \"quoted\""), expected);
}

#[test]
fn long_names_and_values_are_cut_and_counted_apart() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let long = format!("{}é", "x".repeat(999));
        pp.start_with("t", &[(&long, &"fits"), ("fits", &long), ("fits too", &"y".repeat(1000))]);
        pp.record("twice", &long);
        pp.dump();
        assert_lost(&pp, &[(Loss::NameCut, 1), (Loss::ValueCut, 2)]);
        assert_eq!(pp.losses().total(), 0);
    });
    let stderr = child.succeed();
    assert_eq!(
        stderr.matches("waterfall: a value was cut to 1,000 bytes: attribute fits").count(),
        1,
        "{stderr}"
    );
    let cut = "x".repeat(999);
    let expected = [
        format!("{cut}=fits"),
        format!("fits={cut}"),
        format!("fits too={}", "y".repeat(1000)),
        format!("twice={cut}"),
    ];
    assert_eq!(records.attributes_of("t"), expected);
}

#[test]
fn a_value_that_records_while_it_is_formatted_is_at_its_own_span() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let recording = Formatted(|| {
            pp.start_with("inside", &[("of", &"inside")]);
            pp.dump();
            pp.record("of", "the newest one");
        });
        let ending = Formatted(|| pp.dump());
        drop(pp.span("guarded").with("guarded", "first"));
        pp.start("around");
        pp.start_with("outer", &[("first", &recording), ("second", &ending), ("third", &3)]);
        pp.record("around", Formatted(|| pp.start("left open")));
        pp.dump();
        pp.dump();
        assert_lost(&pp, &[]);
    });
    child.succeed();
    let text = "before after";
    let expected =
        ["of=the newest one".to_owned(), format!("first={text}"), format!("second={text}"), "third=3".into()];
    assert_eq!(records.attributes_of("outer"), expected);
    assert_eq!(records.attributes_of("inside"), ["of=inside"]);
    assert_eq!(records.attributes_of("around"), [format!("around={text}")]);
    assert_eq!(records.attributes_of("guarded"), ["guarded=first"]);
    assert!(records.attributes_of("left open").is_empty());
    assert!(records.spans().iter().all(|span| span.end_ns.is_some()));
}

#[test]
fn a_value_that_panics_costs_only_itself() {
    let records = Records::new();
    let pp = records.recorder();
    let panicking = || Formatted(|| panic::resume_unwind(Box::new("not printed")));
    let panics = |give: &dyn Fn()| assert!(panic::catch_unwind(AssertUnwindSafe(give)).is_err());
    panics(&|| pp.start_with("started", &[("first", &1), ("second", &panicking()), ("third", &3)]));
    panics(&|| pp.record("fourth", panicking()));
    pp.record("fifth", 5);
    pp.dump();
    panics(&|| drop(pp.span("guarded").with("first", 1).with("second", panicking())));
    pp.time("afterwards", || ());
    assert_eq!(records.attributes_of("started"), ["first=1", "fifth=5"]);
    assert_eq!(records.attributes_of("guarded"), ["first=1"]);
    assert!(records.spans().iter().all(|span| span.end_ns.is_some()) && records.spans().len() == 3);
}

#[test]
fn an_attribute_without_a_span_is_counted() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let _guarded = pp.span("guarded");
        pp.record("of a guard", "not of dump");
        pp.start("t");
        pp.dump();
        pp.record("too late", 1);
        assert_lost(&pp, &[(Loss::NotStarted, 2)]);
    });
    child.succeed();
    assert!(records.files_of(Content::Attributes).is_empty());
}

/// Gives attributes to a span of each kind. Fails if a value is formatted.
fn give_in_vain(pp: &Recorder, task: &str) {
    let formatted = Mutex::new(0);
    let value = Formatted(|| *formatted.lock().unwrap() += 1);
    pp.start_with(task, &[("n", &value)]);
    pp.record("n", &value);
    pp.dump();
    let span = pp.span(task).with("n", &value);
    span.record("n", &value);
    drop(span);
    assert_eq!(*formatted.lock().unwrap(), 0);
}

#[test]
fn nothing_is_formatted_for_a_span_that_is_not_recorded() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        give_in_vain(&pp, "left out");
        drop(pp.span("save").with("n", 1));
        assert_lost(&pp, &[]);
    });
    child.env("WATERFALL_TASKS", "save").succeed();
    assert_eq!(records.attributes_of("save"), ["n=1"]);
    assert_eq!(records.given().len(), 1);

    let records = Records::new();
    let child = records.child(|records| {
        give_in_vain(&records.recorder(), "t");
        assert_lost(&records.recorder(), &[]);
    });
    child.env("WATERFALL", "0").succeed();
    assert!(!records.path().exists());
}

#[test]
fn attributes_are_written_where_no_file_is_mapped() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start_with("t, t", &[("a,b", &"c,\"d\""), ("plain", &1)]);
        drop(pp.span("guarded").with("n", 1));
        pp.record("late", 2);
        pp.dump();
        assert_lost(&pp, &[]);
    });
    child.env("WATERFALL_JOURNAL", "write").succeed();
    assert_eq!(records.attributes_of("t, t"), ["a,b=c,\"d\"", "plain=1", "late=2"]);
    assert_eq!(records.attributes_of("guarded"), ["n=1"]);
}

#[test]
fn a_thread_may_give_attributes_in_several_directories() {
    let (one, other) = (Records::new(), Records::new());
    let (pp, qq) = (one.recorder(), other.recorder());
    let (span, other_span) = (pp.span("one"), qq.span("other"));
    for n in 0..3 {
        span.record("n", n);
        other_span.record("n", 10 * n);
    }
    drop((span, other_span));
    assert_eq!(one.attributes_of("one"), ["n=0", "n=1", "n=2"]);
    assert_eq!(other.attributes_of("other"), ["n=0", "n=10", "n=20"]);
    assert_eq!(one.files_of(Content::Attributes).len(), 1);
}

#[test]
fn a_reader_of_live_files_finds_the_row_of_each_attribute() {
    let records = Records::new();
    let pp = records.recorder();
    let running = AtomicUsize::new(2);
    thread::scope(|scope| {
        for n in 0..2 {
            let (pp, running) = (pp.clone(), &running);
            scope.spawn(move || {
                for _ in 0..2000 {
                    pp.start_with(format!("task {n}"), &[("n", &n)]);
                    drop(pp.span("inner").with("n", n));
                    pp.dump();
                    thread::yield_now();
                }
                running.fetch_sub(1, Ordering::Relaxed);
            });
        }
        // Fails if the row of an attribute is not there.
        while running.load(Ordering::Relaxed) > 0 {
            records.given();
        }
    });
    assert_eq!(records.given().len(), 8000);
}

#[test]
fn thousands_of_short_threads_of_one_name_leave_few_attribute_files() {
    let records = Records::new();
    let child = records.child(|records| {
        for n in 0..1000 {
            let pp = records.recorder();
            thread::spawn(move || drop(pp.span(format!("work {n}")).with("n", n))).join().unwrap();
        }
        assert_lost(&records.recorder(), &[]);
    });
    child.succeed();
    let given = records.given();
    assert!(given.iter().all(|given| given.span.task == format!("work {}", given.value)));
    let number = |given: &Given| given.value.parse::<usize>().unwrap();
    for file in given.chunk_by(|one, next| one.file == next.file) {
        assert!(file.is_sorted_by_key(number), "{}", file[0].file.display());
    }
    let mut numbers: Vec<_> = given.iter().map(number).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..1000));
    assert!(records.files_of(Content::Attributes).len() < 10);
}
