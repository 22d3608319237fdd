//! Calls of the recorder from inside itself, here by an allocator that records; and how often it calls an allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::{self, Display, Formatter};
use std::sync::OnceLock;

use waterfall_recorder::{Loss, Recorder};

use crate::records::Records;

/// Records each allocation, once a test has set the Recorder.
struct RecordingAllocator;

static PP: OnceLock<Recorder> = OnceLock::new();

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[expect(unsafe_code, reason = "an allocator cannot be made without")]
// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for RecordingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if let Some(pp) = PP.get() {
            pp.start_with("allocate", &[("bytes", &layout.size()), ("a,\"b\"", &"\",")]);
        }
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised by our caller.
        let memory = unsafe { System.alloc(layout) };
        if let Some(pp) = PP.get() {
            pp.dump();
        }
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if let Some(pp) = PP.get() {
            pp.start_with("free", &[("bytes", &layout.size())]);
        }
        // SAFETY: as promised by our caller; `alloc` took it from there.
        unsafe { System.dealloc(memory, layout) }
        if let Some(pp) = PP.get() {
            pp.record("is late", true);
            pp.dump();
        }
    }
}

#[global_allocator]
static ALLOCATOR: RecordingAllocator = RecordingAllocator;

/// A value that allocates, and so records, while it is formatted.
struct Allocating;

impl Display for Allocating {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&std::hint::black_box("x").repeat(10))
    }
}

#[test]
fn an_allocator_that_records_is_counted_where_it_meets_the_recorder() {
    for cpu in ["0", "1"] {
        let records = Records::new();
        let child = records.child(|records| {
            let pp = records.recorder();
            PP.get_or_init(|| pp.clone());
            let thread = std::thread::spawn(|| {
                PP.get().unwrap().start_with("outer", &[("text", &Allocating)]);
                PP.get().unwrap().dump();
                std::hint::black_box(vec![1_u8; 100])
            });
            assert_eq!(thread.join().unwrap().len(), 100);
            let losses = pp.losses();
            assert!(losses.count(Loss::Reentrant) > 0, "{losses}");
            // An allocation after the thread's state is gone has a start, but no stack to keep it.
            let others = losses.total() - losses.count(Loss::Reentrant);
            assert_eq!(losses.count(Loss::NotStarted), others, "{losses}");
        });
        child.env("WATERFALL_TIMING", "1").env("WATERFALL_CPU", cpu).succeed();
        assert!(records.spans().iter().filter(|span| span.end_ns.is_some()).count() > 1);
        assert_eq!(records.attributes_of("outer")[0], "text=xxxxxxxxxx");
        // Each of a span that has it.
        let given = records.given();
        for (name, task) in
            [("bytes", "allocate"), ("a,\"b\"", "allocate"), ("bytes", "free"), ("is late", "free")]
        {
            assert!(
                given.iter().any(|given| given.name == name && given.span.task == task),
                "{name}: {given:?}"
            );
        }
        assert!(cpu == "0" || given.iter().any(|given| given.name == "cpu" && given.span.task == "allocate"));
        assert!(given.iter().all(|given| given.name != "a,\"b\"" || given.value == "\","), "{given:?}");
    }
}

#[test]
fn a_thread_allocates_nothing_after_its_first_rows_of_a_kind() {
    let records = Records::new();
    let pp = records.recorder();
    let give = |number: u64| {
        pp.start_with("save, \"all\"", &[("url", &"a.example/1,2.png"), ("json", &r#"{"a": [1, 2]}"#)]);
        pp.record("größe, \u{85}", format_args!("{number} \u{e9}"));
        drop(pp.span("request").with("number", number).with("text", "\n"));
        pp.dump();
    };
    give(0);
    let before = ALLOCATIONS.get();
    (1..=20).for_each(give);
    assert_eq!(ALLOCATIONS.get(), before);
    assert_eq!(records.given().len(), 21 * 5);
}

#[cfg(unix)]
#[test]
fn a_thread_allocates_nothing_for_cpu_times_after_the_first() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let record = |_| {
            pp.start("started");
            drop(pp.span("guarded"));
            drop(pp.wait("waiting"));
            pp.dump();
        };
        record(0);
        let before = ALLOCATIONS.get();
        (1..=20).for_each(record);
        assert_eq!(ALLOCATIONS.get(), before);
    });
    child.env("WATERFALL_CPU", "1").succeed();
    assert_eq!(records.given().len(), 21 * 3);
}
