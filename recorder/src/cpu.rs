//! The CPU time of spans: for which spans a Recorder reads it, and how much of its time a thread spends on that.
//!
//! The CPU time of a span is that of its thread from its start to its end. The wall clock is read before the thread's
//! clock at the start, and after it at the end. So the CPU time is not greater than the duration. Each reading is a
//! call to the system, so a [share](CpuTimes::of) limits them. Must not know files or stacks.

mod lengths;

use std::hint::black_box;
use std::num::{NonZeroI64, NonZeroU32};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use crate::clock;
use crate::format::{Attribute, Row};
use crate::switches::CpuSwitch;
use crate::system;
use crate::thread::RecorderId;
use lengths::{Last, Lengths, Task};

/// For which spans a Recorder reads the CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CpuTimes {
    /// Shorter spans get none.
    least_ns: i64,
    /// Time of the thread that the CPU time of one span takes up. 0 without a limit.
    price_ns: i64,
    /// Time that a thread can save for it.
    savings_ns: i64,
}

impl CpuTimes {
    /// What a switch asks for. `None` if it is off.
    ///
    /// With a share of 1 %, a span that costs 1 us takes up 100 us of its thread's time. A thread saves up to 20 ms for
    /// later: this is how long it takes to earn [`SAVED_COST_NS`].
    pub(crate) fn of(switch: CpuSwitch) -> Option<Self> {
        let unlimited = Self { least_ns: 0, price_ns: 0, savings_ns: 0 };
        match switch {
            CpuSwitch::Off => None,
            CpuSwitch::Every => Some(unlimited),
            CpuSwitch::AtLeast(least) => {
                let least_ns = i64::try_from(least.as_nanos()).unwrap_or(i64::MAX);
                Some(Self { least_ns, ..unlimited })
            }
            CpuSwitch::Share(share) => Some(Self::of_share(share, cost_ns())),
        }
    }

    fn of_share(share: f64, cost_ns: i64) -> Self {
        let time_ns = |cost_ns: i64| (cost_ns as f64 / share) as i64; // saturates
        Self { least_ns: 0, price_ns: time_ns(cost_ns).max(1), savings_ns: time_ns(SAVED_COST_NS) }
    }
}

/// What a thread has spent on reading its CPU time.
#[derive(Debug)]
pub(crate) struct Meter {
    /// The number of the thread, which no other thread of the process has.
    thread: NonZeroU32,
    /// The time of the thread up to here is taken up.
    spent_until_ns: i64,
    /// Used for a share only.
    lengths: Lengths,
}

/// What is known of a span that starts, for its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The CPU time of the thread. `None` if only the length of the span is to be noted.
    cpu_ns: Option<NonZeroI64>,
    least_ns: i64,
    thread: NonZeroU32,
    /// The task whose length is to be noted.
    task: Option<Task>,
}

impl Reading {
    #[inline]
    pub(crate) fn is_measured(&self) -> bool {
        self.cpu_ns.is_some()
    }
}

impl Meter {
    pub(crate) fn new() -> Self {
        static NEXT_THREAD: AtomicU32 = AtomicU32::new(1);

        let thread = NonZeroU32::new(NEXT_THREAD.fetch_add(1, Ordering::Relaxed)).unwrap_or(NonZeroU32::MAX);
        Self { thread, spent_until_ns: i64::MIN, lengths: Lengths::new() }
    }

    /// Reads the clock for a span that starts now, if the thread may spend that.
    #[cold]
    pub(crate) fn begin(
        &mut self,
        times: &CpuTimes,
        recorder: RecorderId,
        task: &str,
        now_ns: i64,
    ) -> Option<Reading> {
        let CpuTimes { least_ns, price_ns, .. } = *times;
        let mut reading = Reading { cpu_ns: None, least_ns, thread: self.thread, task: None };
        if price_ns > 0 {
            let task = Task::new(recorder, task);
            reading.task = Some(task);
            let may_be_long = match self.lengths.last(task) {
                Last::None => true,
                Last::Took(length_ns) => length_ns >= price_ns,
                Last::Forgotten => false,
            };
            if !self.spend(times, may_be_long, now_ns) {
                return Some(reading);
            }
        }
        reading.cpu_ns = Some(system::thread_cpu_ns()?);
        Some(reading)
    }

    /// Notes how long a span took, for the next one of its task.
    #[inline]
    pub(crate) fn note(&mut self, reading: Reading, length_ns: i64) {
        if let Some(task) = reading.task {
            self.lengths.note(task, length_ns);
        }
    }

    /// Reads the thread's clock for a span that ends now, and then the time. Returns the time, and the CPU time since
    /// the start if it is known and the span is long enough.
    #[cold]
    pub(crate) fn end(&mut self, reading: Reading, start_ns: i64, now_ns: i64) -> (i64, Option<i64>) {
        if reading.thread != self.thread {
            return (now_ns, None);
        }
        let length_ns = now_ns.saturating_sub(start_ns);
        self.note(reading, length_ns);
        let Some(begin_ns) = reading.cpu_ns else { return (now_ns, None) };
        if length_ns < reading.least_ns {
            return (now_ns, None);
        }
        let cpu_ns = system::thread_cpu_ns();
        let now_ns = clock::boot_ns();
        (now_ns, cpu_ns.map(|cpu_ns| (cpu_ns.get() - begin_ns.get()).max(0)))
    }

    /// Takes the price of a span from the thread's time, if there is enough.
    ///
    /// Only a span that may be long can spend the first half of the savings. If the last span of its task was worth its
    /// price, the thread has earned that meanwhile. So short spans leave enough for long ones, whatever runs beside or
    /// inside them.
    fn spend(&mut self, times: &CpuTimes, may_be_long: bool, now_ns: i64) -> bool {
        let &CpuTimes { price_ns, savings_ns, .. } = times;
        let kept_ns = if may_be_long { 0 } else { savings_ns / 2 };
        let spent_until_ns =
            self.spent_until_ns.max(now_ns.saturating_sub(savings_ns)).saturating_add(price_ns);
        let has_enough = spent_until_ns.saturating_add(kept_ns) <= now_ns;
        if has_enough {
            self.spent_until_ns = spent_until_ns;
        }
        has_enough
    }
}

/// How much a thread can spend at once, after it has saved for a while.
const SAVED_COST_NS: i64 = 200_000;

/// What the CPU time of a span costs on this machine: two readings, and a row. Measured once in a process, as the
/// median of some.
fn cost_ns() -> i64 {
    static COST_NS: AtomicI64 = AtomicI64::new(0);
    const TIMES: usize = 15;

    let known = COST_NS.load(Ordering::Relaxed);
    if known > 0 {
        return known;
    }
    let mut row = Row::with_memory();
    let mut costs = [0; TIMES].map(|_: i64| {
        let start_ns = clock::boot_ns();
        black_box((system::thread_cpu_ns(), system::thread_cpu_ns()));
        let (lane, part, row_at, fraction_ns) = (0, 0, start_ns as u64, 123_456_789);
        let attribute =
            Attribute { lane, part, row: row_at, start_ns: fraction_ns, name: NAME, value: "81233ns" };
        black_box(&mut row).fill_attribute(&attribute);
        clock::boot_ns() - start_ns
    });
    costs.sort_unstable();
    // A row is also stored, and its file grows: measured as 70 to 90 ns of 860.
    let cost_ns = costs[TIMES / 2].max(8) * 9 / 8;
    COST_NS.store(cost_ns, Ordering::Relaxed);
    cost_ns
}

/// The name of the attribute.
pub(crate) const NAME: &str = "cpu";

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread whose spans cost 1 us each, of which it may spend 1 %: 100 us of its time for a span.
    const TIMES: CpuTimes = CpuTimes { least_ns: 0, price_ns: 100_000, savings_ns: 20_000_000 };

    /// How many short spans with these starts the thread can pay.
    fn paid(meter: &mut Meter, starts_ns: impl Iterator<Item = i64>) -> usize {
        starts_ns.filter(|&now_ns| meter.spend(&TIMES, false, now_ns)).count()
    }

    #[test]
    fn a_share_is_a_price_in_time() {
        assert_eq!(CpuTimes::of_share(0.01, 1_000), TIMES);
        let (never, mut meter) = (CpuTimes::of_share(1e-300, 1_000), Meter::new());
        assert_eq!((never.price_ns, never.savings_ns), (i64::MAX, i64::MAX));
        assert_eq!([0, 1, 1 << 62].map(|now_ns| meter.spend(&never, true, now_ns)), [true, false, false]);
    }

    #[test]
    fn a_thread_spends_its_savings_and_then_its_share() {
        for begin_ns in [0, 1 << 60] {
            let mut meter = Meter::new();
            let second = |from_ns: i64| (from_ns..from_ns + 1_000_000_000).step_by(1_000);
            assert_eq!(paid(&mut meter, second(begin_ns)), 100 + 10_000 - 1);
            // An hour later it has saved no more than at its beginning.
            assert_eq!(paid(&mut meter, second(begin_ns + 3_600_000_000_000)), 100 + 10_000 - 1);
            // What it has saved for long spans is still there.
            let later_ns = begin_ns + 3_600_999_999_000;
            assert_eq!((0..200).filter(|_| meter.spend(&TIMES, true, later_ns)).count(), 100);
        }
    }

    #[test]
    fn long_spans_are_paid_whatever_runs_inside_them() {
        let mut meter = Meter::new();
        let mut inner = [0, 0];
        for outer_ns in (0..1_000_000_000).step_by(10_000_000) {
            assert!(meter.spend(&TIMES, true, outer_ns), "{outer_ns}");
            for middle_ns in (outer_ns..outer_ns + 10_000_000).step_by(1_000_000) {
                assert!(meter.spend(&TIMES, true, middle_ns), "{middle_ns}");
                let starts_ns = (middle_ns..middle_ns + 1_000_000).step_by(1_000);
                inner[usize::from(outer_ns > 0)] += paid(&mut meter, starts_ns);
            }
        }
        // A hundredth of their time is 100 in 10 ms, of which the 11 around them take some.
        assert!((8_000..=9_000).contains(&inner[1]), "{inner:?}");
    }

    #[test]
    fn long_spans_are_paid_whatever_runs_beside_them() {
        let mut meter = Meter::new();
        let (mut long, mut short) = (0, 0);
        // A thousand short ones in 250 us, and then one of 100 us.
        for round_ns in (0..1_000_000_000).step_by(350_000) {
            short += paid(&mut meter, (round_ns..round_ns + 250_000).step_by(250));
            assert!(meter.spend(&TIMES, true, round_ns + 250_000), "{round_ns}");
            long += 1;
        }
        // And no more than a hundredth of the time, and what it had at its beginning.
        assert!((10_000..10_200).contains(&(long + short)), "{long}, {short}");
    }

    #[test]
    fn without_a_limit_every_span_is_paid() {
        assert_eq!(CpuTimes::of(CpuSwitch::Off), None);
        let times = CpuTimes::of(CpuSwitch::Every).unwrap();
        assert_eq!((times.least_ns, times.price_ns), (0, 0));
    }

    #[test]
    fn the_cost_is_measured_once() {
        assert!(cost_ns() > 0);
        assert_eq!(cost_ns(), cost_ns());
    }
}
