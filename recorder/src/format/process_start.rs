//! The number in a file's name that distinguishes processes with one pid.
//!
//! Takes what Linux shows of a process, gives the same number in every program that asks. Reads no file.

use std::fmt::{self, Write};

/// The number for [`FileName::process_start_ns`](super::FileName::process_start_ns) of a process on Linux.
///
/// It is the start of the process in nanoseconds since the system's boot, plus a hash below 10,000,000, because Linux
/// counts starts in 10 ms. So all recorders of a process take the same number, and another process with the same pid
/// has another one: a later process, a process after the next boot, or one in another container.
///
/// - `start_ticks`: field 22 of `/proc/<pid>/stat`, in hundredths of a second
/// - `boot_id`: `/proc/sys/kernel/random/boot_id` without its line end
/// - `pid_namespace`: what the link `/proc/<pid>/ns/pid` contains, such as `pid:[4026531836]`
/// - `pid`: the id of the process in that namespace
///
/// The hash is the 64-bit FNV-1a of the text `<boot_id> <pid_namespace> <pid>`, modulo 10,000,000.
///
/// ```
/// use waterfall_recorder::format::process_start_ns;
/// let boot_id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
/// let number = process_start_ns(4711, boot_id, "pid:[4026531836]", 1);
/// assert_eq!(number / 10_000_000, 4711);
/// assert_ne!(number, process_start_ns(4711, boot_id, "pid:[4026532170]", 1));
/// ```
#[must_use]
pub fn process_start_ns(start_ticks: u64, boot_id: &str, pid_namespace: &str, pid: u32) -> u64 {
    let mut hash = Fnv(FNV_OFFSET);
    let _ = write!(hash, "{boot_id} {pid_namespace} {pid}"); // never fails
    start_ticks.saturating_mul(TICK_NS).saturating_add(hash.0 % TICK_NS)
}

/// Linux counts the starts of processes in hundredths of a second on every machine of today.
const TICK_NS: u64 = 10_000_000;

/// A 64-bit FNV-1a of the text that is written to it.
struct Fnv(u64);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        Ok(())
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    const NAMESPACE: &str = "pid:[4026531836]";

    #[test]
    fn the_number_is_that_of_the_specification() {
        // As other languages compute it.
        assert_eq!(process_start_ns(4711, BOOT, NAMESPACE, 1), 47_113_675_401);
        let mut hash = Fnv(FNV_OFFSET);
        hash.write_str("a").unwrap();
        assert_eq!(hash.0, 0xaf63_dc4c_8601_ec8c, "a published test vector");
        assert_eq!(process_start_ns(u64::MAX, BOOT, NAMESPACE, 1), u64::MAX);
    }

    #[test]
    fn it_differs_in_another_boot_namespace_or_tick() {
        let number = process_start_ns(4711, BOOT, NAMESPACE, 1);
        for other in [
            process_start_ns(4711, "", NAMESPACE, 1),
            process_start_ns(4711, BOOT, "pid:[4026531837]", 1),
            process_start_ns(4712, BOOT, NAMESPACE, 1),
            process_start_ns(4711, BOOT, NAMESPACE, 11),
        ] {
            assert_ne!(other, number);
        }
    }
}
