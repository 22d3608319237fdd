//! The recorder as users see it: the content of the files after a program has run, or was killed.
//!
//! One module for each promise, one test for each situation. What concerns a whole process (its losses, switches and
//! end) is tested in a process of its own: see [`records::Records::child`].

mod attributes;
mod counters;
#[cfg(unix)]
mod cpu;
#[cfg(unix)]
mod crashes;
#[cfg(unix)]
mod crashes_attributes;
#[cfg(unix)]
mod descriptors;
#[cfg(target_os = "linux")]
mod disks;
mod files;
#[cfg(unix)]
mod forks;
mod guards;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(unix)]
mod progress;
mod python;
mod records;
mod reentrancy;
mod rotation;
mod stacks;
mod switches;
mod threads;
mod waits;
