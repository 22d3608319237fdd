//! `waterfall task`: the attributes of its span.

use waterfall::model::Trace;

use crate::processes::{Bounded, WATERFALL};
use crate::task::{Records, WAIT, check, started, unswitched};

/// The attributes of each span, as `name=value ...`.
fn attributes(trace: &Trace) -> Vec<String> {
    let lanes = trace.lanes().iter();
    let spans = lanes.flat_map(|lane| (0..lane.spans.len()).map(move |span| (lane, span)));
    spans
        .map(|(lane, span)| {
            let mut own: Vec<_> =
                lane.spans.attributes().of(span).map(|(name, value)| format!("{name}={value}")).collect();
            own.sort();
            own.join(" ")
        })
        .collect()
}

#[test]
fn a_span_has_the_given_attributes_and_how_its_command_ended() {
    let records = Records::new();
    let mut command = unswitched(WATERFALL);
    command.args(["task", "--group", "build", "--task", "compile", "--directory"]).arg(records.path());
    command.args([
        "--attribute",
        "file=a,\"b\".c",
        "--attribute",
        "flags=-O2 -DX=1",
        "--attribute",
        "empty=",
    ]);
    check(&command.args(["--", "sh", "-c", "exit 3"]).run(), 3, "", "");
    assert_eq!(attributes(&records.trace()), ["empty= exit_code=3 file=a,\"b\".c flags=-O2 -DX=1"]);

    let records = Records::new();
    check(&records.task("step").args(["sh", "-c", "kill -9 $$"]).run(), 137, "", "");
    assert_eq!(attributes(&records.trace()), ["signal=9"]);
    assert_eq!(records.task("step").arg("no-such-program").run().status.code(), Some(127));
    assert_eq!(records.task("other").arg("true").run().status.code(), Some(0));
    let mut found = attributes(&records.trace());
    found.sort();
    assert_eq!(found, ["", "exit_code=0", "signal=9"]);
}

#[test]
fn the_attributes_of_a_running_command_are_in_the_records() {
    let records = Records::new();
    let mut command = unswitched(WATERFALL);
    command.args(["task", "--group", "build", "--task", "step", "--directory"]).arg(records.path());
    let running = started({
        command.args(["--attribute", "file=a.c", "--"]).args(WAIT);
        command
    });
    assert_eq!(attributes(&records.trace()), ["file=a.c"]);
    drop(running);
}

#[test]
fn tasks_of_one_shell_keep_their_attributes_apart() {
    let records = Records::new();
    let steps = (0..12).map(|step| {
        let task = format!("{WATERFALL} task --group build --task 'step {}'", step % 4);
        format!("{task} --directory '{}' --attribute step={step} -- true\n", records.path().display())
    });
    let mut shell = unswitched("sh");
    check(&shell.args(["-c", &steps.collect::<String>()]).run(), 0, "", "");
    let mut found = attributes(&records.trace());
    found.sort();
    let mut expected: Vec<_> = (0..12).map(|step| format!("exit_code=0 step={step}")).collect();
    expected.sort();
    assert_eq!(found, expected);
    for lane in records.trace().lanes() {
        let name = &lane.identity.thread;
        let steps = lane.spans.attributes().columns().iter().filter(|column| column.name() == "step");
        for (column, (_, value)) in steps.flat_map(|column| column.iter().map(move |entry| (column, entry))) {
            let step: usize = column.value(value).parse().unwrap();
            assert_eq!(*name, format!("step {}", step % 4));
        }
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_and_a_message_says_so() {
    let long = "x".repeat(1001);
    for (name, attribute, cut) in [
        (&*long, "a=b".to_owned(), "the name of the task"),
        ("t", format!("a={long}"), "the value of an attribute"),
        ("t", format!("{long}=b"), "the name of an attribute"),
    ] {
        let records = Records::new();
        let mut command = unswitched(WATERFALL);
        command.args(["task", "--group", "build", "--task", name, "--directory"]).arg(records.path());
        let told = format!("waterfall: the record has only the first 1,000 bytes of {cut}\n");
        check(&command.args(["--attribute", &attribute, "--", "sh", "-c", "exit 3"]).run(), 3, "", &told);
        assert!(attributes(&records.trace())[0].contains("exit_code=3"));
    }
}

#[test]
fn an_attribute_without_a_name_is_wrong_usage() {
    for (attribute, told) in
        [("file", "expected NAME=VALUE"), ("=a.c", "expected NAME=VALUE"), ("@of=x", "are reserved")]
    {
        let mut command = unswitched(WATERFALL);
        command.args(["task", "--group", "g", "--task", "t", "--attribute", attribute, "--", "true"]);
        let output = command.run();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && stderr.contains(told), "{stderr}");
    }
}

/// The CPU time of the only span, if it has one, and its duration.
fn cpu(records: &Records) -> (Option<i64>, i64) {
    let trace = records.trace();
    let spans = &trace.lanes()[0].spans;
    (spans.cpu_ns(0), spans.at(0).duration_ns().unwrap())
}

#[test]
fn a_task_has_the_cpu_time_of_its_command_and_of_the_children_it_waited_for() {
    // Counts until the system has counted a quarter of a second for the shell or its child.
    let busy = "n=0; while :; do n=$((n + 1)); [ $((n % 2000)) -gt 0 ] || ! awk '{ exit !($14 + $15 >= 25) }' \
                /proc/$$/stat || exit 0; done";
    for (command, is_busy) in [
        (busy.to_owned(), true),
        (format!("sh -c '{}'; :", busy.replace('\'', "'\\''")), true),
        ("sleep 0.25".into(), false),
    ] {
        let records = Records::new();
        let output = records.task("step").env("WATERFALL_CPU", "1%").args(["sh", "-c", &command]).run();
        check(&output, 0, "", "");
        let (cpu_ns, duration_ns) = cpu(&records);
        let cpu_ns = cpu_ns.unwrap();
        assert!(
            cpu_ns <= duration_ns && (cpu_ns > 200_000_000) == is_busy,
            "{cpu_ns} of {duration_ns}: {command}"
        );
        assert_eq!(attributes(&records.trace()), ["exit_code=0"], "it is in a column of its own");
    }
}

#[test]
fn a_task_has_no_cpu_time_unless_it_is_asked_for() {
    for value in [None, Some("0"), Some("off")] {
        let records = Records::new();
        let mut task = records.task("step");
        task.envs(value.map(|value| ("WATERFALL_CPU", value)));
        check(&task.arg("true").run(), 0, "", "");
        assert_eq!(cpu(&records).0, None, "{value:?}");
    }
    let records = Records::new();
    let line = "waterfall: unknown value \"banana\" of WATERFALL_CPU: use 0, 1, a duration such as 50us, or a percentage \
                such as 1%\n";
    check(&records.task("step").env("WATERFALL_CPU", "banana").arg("true").run(), 0, "", line);
    assert_eq!(cpu(&records).0, None);
}
