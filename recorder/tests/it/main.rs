//! The recorder as its users meet it: what is in the files after a program has run, or was killed.
//!
//! One module per promise, one test per situation. What a whole process does (its losses, switches,
//! its end) is tested in a process of its own: see [`records::Records::child`].

mod counters;
#[cfg(unix)]
mod crashes;
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
