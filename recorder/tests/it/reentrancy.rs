//! Calls of the recorder from inside itself: here by an allocator that records.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::OnceLock;

use waterfall_recorder::{Loss, Recorder};

use crate::records::Records;

/// Records each allocation, once a test has set the Recorder.
struct RecordingAllocator;

static PP: OnceLock<Recorder> = OnceLock::new();

#[expect(unsafe_code, reason = "an allocator cannot be made without")]
// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for RecordingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if let Some(pp) = PP.get() {
            pp.start("allocate");
        }
        // SAFETY: as promised by our caller.
        let memory = unsafe { System.alloc(layout) };
        if let Some(pp) = PP.get() {
            pp.dump();
        }
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as promised by our caller; `alloc` took it from there.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: RecordingAllocator = RecordingAllocator;

#[test]
fn an_allocator_that_records_is_counted_where_it_meets_the_recorder() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        PP.get_or_init(|| pp.clone());
        let thread = std::thread::spawn(|| std::hint::black_box(vec![1_u8; 100]));
        assert_eq!(thread.join().unwrap().len(), 100);
        let losses = pp.losses();
        assert!(losses.count(Loss::Reentrant) > 0, "{losses}");
        // An allocation after the thread's state is gone has a start, but no stack to keep it.
        let others = losses.total() - losses.count(Loss::Reentrant);
        assert_eq!(losses.count(Loss::NotStarted), others, "{losses}");
    });
    child.env("WATERFALL_TIMING", "1").succeed();
    assert!(records.spans().iter().filter(|span| span.end_ns.is_some()).count() > 1);
}
