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
