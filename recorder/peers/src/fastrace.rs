//! `fastrace`: once with each span a root of its own, as its documentation begins, once with local spans below a root.
//!
//! Spans go through queues to a collector thread, which passes them to a reporter: once a second, or earlier when the
//! queue is half full. The crate has no reporter for files, so this one writes a line for each span. A span that finds
//! its queue full waits in the thread and is dropped when the thread ends, even after a flush. Not comparable: it has
//! ids of traces and spans for requests that cross machines. And local spans of one root are passed on together, when
//! its guard ends, and at most 4,096 of them.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use fastrace::Span;
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::local::LocalSpan;

use crate::job::Job;
use crate::peer::Peer;

pub(crate) const ROOTS: Peer = Peer { name: "fastrace, a root per span", record: record_roots, count };

pub(crate) const LOCAL: Peer =
    Peer { name: "fastrace, 1,000 local spans per root", record: record_local, count };

fn record_roots(job: &Job) {
    report_to_file(job);
    job.repeat(|batch| {
        for _ in batch.spans() {
            let root = Span::root("save", SpanContext::random());
            let _guard = root.set_local_parent();
        }
    });
    fastrace::flush();
}

fn record_local(job: &Job) {
    report_to_file(job);
    job.repeat(|batch| {
        let root = Span::root("batch", SpanContext::random());
        let _guard = root.set_local_parent();
        batch.spans().for_each(|_| drop(LocalSpan::enter_with_local_parent("save")));
        batch.spans_ended();
    });
    fastrace::flush();
}

struct FileReporter(BufWriter<File>);

impl Reporter for FileReporter {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        for span in spans {
            let SpanRecord { trace_id, span_id, parent_id, name, begin_time_unix_ns, duration_ns, .. } = span;
            let (trace_id, span_id, parent_id) = (trace_id.0, span_id.0, parent_id.0);
            let line = writeln!(
                self.0,
                "{trace_id:x},{span_id:x},{parent_id:x},{name},{begin_time_unix_ns},{duration_ns}"
            );
            line.expect("the file can be written");
        }
        self.0.flush().expect("the file can be written");
    }
}

fn report_to_file(job: &Job) {
    let file = File::create(job.file()).expect("the file can be made");
    fastrace::set_reporter(FileReporter(BufWriter::new(file)), Config::default());
}

fn count(directory: &Path) -> u64 {
    let text = fs::read_to_string(directory.join("spans")).expect("it is text");
    text.split_inclusive('\n').filter(|line| line.ends_with('\n') && line.contains(",save,")).count() as u64
}
