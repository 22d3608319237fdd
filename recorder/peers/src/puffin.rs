//! `puffin`: scopes of frames, once with each scope the outermost of its thread, once with 1,000 inside another one.
//!
//! A thread passes its scopes on when the outermost one ends, and a frame goes to the sinks when the next one begins.
//! In its documentation the sinks are viewers. This sink writes each frame to a file, packed, as those do that send
//! frames over the network. So a kill loses the incomplete frame. With the crate's own view in memory, which is saved
//! at the end, it would lose everything. Not comparable: it draws one frame at a time, and a frame of a game has
//! hundreds of scopes, not seconds of work.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use puffin::{FrameData, GlobalProfiler};

use crate::job::Job;
use crate::peer::Peer;

pub(crate) const OUTERMOST: Peer = Peer {
    name: "puffin, outermost scopes",
    record: record_outermost,
    count: |directory| count(directory, 0),
};

pub(crate) const INNER: Peer = Peer {
    name: "puffin, 1,000 scopes in another",
    record: record_inner,
    count: |directory| count(directory, 1),
};

fn record_outermost(job: &Job) {
    write_frames(job);
    job.repeat(|batch| {
        for _ in batch.spans() {
            puffin::profile_scope!("save");
        }
        batch.spans_ended();
        GlobalProfiler::lock().new_frame();
    });
}

fn record_inner(job: &Job) {
    write_frames(job);
    job.repeat(|batch| {
        {
            puffin::profile_scope!("batch");
            for _ in batch.spans() {
                puffin::profile_scope!("save");
            }
            batch.spans_ended();
        }
        GlobalProfiler::lock().new_frame();
    });
}

fn write_frames(job: &Job) {
    let file = File::create(job.file()).expect("the file can be made");
    GlobalProfiler::lock().add_sink(Box::new(move |frame| {
        frame.write_into(None, &mut &file).expect("the file can be written");
    }));
    puffin::set_scopes_on(true);
}

/// The scopes of all whole frames, without `outer` of each.
fn count(directory: &Path, outer: usize) -> u64 {
    let mut file = BufReader::new(File::open(directory.join("spans")).expect("it can be opened"));
    let frames = std::iter::from_fn(|| FrameData::read_next(&mut file).ok().flatten());
    frames.map(|frame| (frame.meta().num_scopes - outer) as u64).sum()
}
