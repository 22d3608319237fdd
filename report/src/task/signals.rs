//! Signals: those that reach this process while a command runs go to the command.
//!
//! They are caught before the command starts, so that none is lost, and sent only as long as its id is surely
//! its own: the command is looked at without being reaped until the last one has been sent. What the caller
//! had ignored stays ignored, so that `nohup` keeps its word, but for SIGCHLD, without which nobody learns how
//! the command ended, and SIGPIPE, which std resets. The command starts with every other signal at its default,
//! since the system takes handlers away when it starts a program. Knows nothing of records.

pub(super) use sys::{Caught, code, die_of_key};

#[cfg(unix)]
mod sys {
    use std::fs::{self, File};
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, ExitStatus};
    use std::thread;

    use rustix::io::retry_on_intr;
    use rustix::process::{self, Pid, Signal, WaitId, WaitIdOptions};
    use rustix::termios;
    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    /// What goes to the command.
    const PASSED: [i32; 6] = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGQUIT];

    /// What is caught and does nothing: an ignored SIGCHLD would hide how the command ended, and a SIGXFSZ
    /// would kill us where a record may not be written, before the command has started.
    const DISARMED: [i32; 2] = [SIGCHLD, SIGXFSZ];

    /// Signals that are kept from now on. `None` when there is no file left to open for that.
    pub(in crate::task) struct Caught(Option<Signals>);

    impl Caught {
        /// Catches them.
        pub(in crate::task) fn new() -> Caught {
            let ignored = ignored();
            let wanted = PASSED.iter().chain(&DISARMED);
            let caught = wanted.filter(|&&signal| signal == SIGCHLD || ignored & (1 << (signal - 1)) == 0);
            Caught(Signals::new(caught).ok())
        }

        /// Waits for a command, and passes on what comes and what has come.
        pub(in crate::task) fn wait(self, child: &mut Child) -> io::Result<ExitStatus> {
            let Some(mut signals) = self.0 else { return child.wait() };
            let command = Pid::from_child(child);
            // The command may not have been there yet when these came: one more is better than none.
            signals.pending().for_each(|signal| send(command, signal));
            let handle = signals.handle();
            let passing = thread::Builder::new().spawn(move || {
                let meant_for_us = signals.forever().filter(|&signal| !is_typed(signal));
                meant_for_us.for_each(|signal| send(command, signal));
            });
            let _ = retry_on_intr(|| {
                process::waitid(WaitId::Pid(command), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
            });
            handle.close();
            let _ = passing.map(thread::JoinHandle::join);
            child.wait()
        }
    }

    /// 128 + the signal that ended a command.
    pub(in crate::task) fn code(status: ExitStatus) -> Option<i32> {
        status.signal().map(|signal| 128 + signal)
    }

    /// Dies of the SIGINT of which a command in the terminal's foreground has died.
    pub(in crate::task) fn die_of_key(status: ExitStatus) {
        if status.signal().is_some_and(|signal| signal == SIGINT && is_typed(signal)) {
            let _ = low_level::emulate_default_handler(SIGINT);
        }
    }

    /// An error means that the command has ended, or has become another user's: neither can be helped.
    fn send(command: Pid, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal).filter(|_| PASSED.contains(&signal)) {
            let _ = process::kill_process(command, signal);
        }
    }

    /// Whether a signal was typed, as Ctrl-C is: the terminal sends that to all processes in its foreground, the
    /// command among them. One that was sent to us alone, while we are there, cannot be told from it.
    fn is_typed(signal: i32) -> bool {
        let is_key = matches!(signal, SIGINT | SIGQUIT);
        is_key && is_in_foreground().unwrap_or(false)
    }

    fn is_in_foreground() -> io::Result<bool> {
        let terminal = File::open("/dev/tty")?;
        Ok(termios::tcgetpgrp(terminal)? == process::getpgrp())
    }

    /// The signals that this process ignores because its caller did, a bit each. None where there is no
    /// `/proc`.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod sys {
    use std::io;
    use std::process::{Child, ExitStatus};

    /// There are no signals to catch.
    pub(in crate::task) struct Caught;

    impl Caught {
        /// Does nothing.
        pub(in crate::task) fn new() -> Caught {
            Caught
        }

        /// Waits.
        pub(in crate::task) fn wait(self, child: &mut Child) -> io::Result<ExitStatus> {
            child.wait()
        }
    }

    /// No key ends a command.
    pub(in crate::task) fn die_of_key(_: ExitStatus) {}

    /// No signal ends a command.
    pub(in crate::task) fn code(_: ExitStatus) -> Option<i32> {
        None
    }
}
