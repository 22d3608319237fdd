//! What the system lets this process do: open files, and let files grow.
//!
//! Read anew at each call from `/proc/self/limits`, so a changed limit is seen. Where that file does
//! not exist: few open files, and no limit on their size. Must not know what the files are.

use std::fs;
use std::io::ErrorKind;

/// How many files the recorder may keep open: a quarter of what the process may have. About 20 us.
pub(crate) fn open_files() -> usize {
    match soft_limit("Max open files") {
        Known::Limit(limit) => usize::try_from(limit / 4).unwrap_or(usize::MAX),
        Known::Unlimited => usize::MAX,
        // A quarter of the 256 that macOS gives.
        Known::Nothing => 64,
    }
}

/// How long a file may become, in bytes; growing one beyond kills the process by SIGXFSZ.
/// About 20 us.
pub(crate) fn file_size() -> u64 {
    match soft_limit("Max file size") {
        Known::Limit(limit) => limit,
        Known::Unlimited | Known::Nothing => u64::MAX,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Limit(u64),
    Unlimited,
    Nothing,
}

fn soft_limit(name: &str) -> Known {
    match fs::read_to_string("/proc/self/limits") {
        Ok(table) => parse(&table, name),
        Err(error) if error.kind() == ErrorKind::NotFound => Known::Nothing,
        // The system has limits but cannot tell them now, most likely because no file can be
        // opened: until it can, nothing may be opened or grow.
        Err(_) => Known::Limit(0),
    }
}

/// The first of the two columns after the name, each padded with spaces: `Max open files  1024  4096`.
fn parse(table: &str, name: &str) -> Known {
    let mut rows = table.lines().filter_map(|line| line.strip_prefix(name));
    match rows.next().and_then(|limits| limits.split_whitespace().next()) {
        Some("unlimited") => Known::Unlimited,
        Some(limit) => limit.parse().map_or(Known::Nothing, Known::Limit),
        None => Known::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let table = "Limit                     Soft Limit           Hard Limit           Units     \n\
                     Max file size             unlimited            unlimited            bytes     \n\
                     Max open files            1024                 4096                 files     \n";
        assert_eq!(parse(table, "Max open files"), Known::Limit(1024));
        assert_eq!(parse(table, "Max file size"), Known::Unlimited);
        assert_eq!(parse(table, "Max locked memory"), Known::Nothing);
        assert_eq!(parse("Max open files", "Max open files"), Known::Nothing);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_its_limits() {
        assert_ne!(soft_limit("Max open files"), Known::Nothing);
        assert_ne!(soft_limit("Max file size"), Known::Nothing);
    }
}
