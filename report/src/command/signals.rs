//! Signals: those that reach this process while a command runs go to the command.
//!
//! They are caught before the command starts, so that none is lost. They are sent only while the id is surely that
//! of the command: it is not reaped until the last one has been sent. What the caller ignored stays ignored, so
//! that `nohup` works. The exceptions are SIGCHLD, without which nobody learns how the command ended, and SIGPIPE,
//! which std resets. The command starts with every other signal at its default, because the system removes handlers
//! when it starts a program. The first process of a container (pid 1) gets no signal whose action is the default, not
//! even from itself. So it exits with a code where another process dies of the signal. Knows nothing of records.

pub(crate) use sys::signal;
pub(super) use sys::{Caught, Gate, die_of_key};

#[cfg(unix)]
mod sys {
    use std::fs::{self, File};
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, ExitStatus};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use rustix::io::retry_on_intr;
    use rustix::process::{self, Pid, Signal, WaitId, WaitIdOptions};
    use rustix::termios;
    use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};
    use wait4::{ResUse, Wait4};

    /// The signals that go to the command.
    const PASSED: [i32; 6] = [SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGINT, SIGQUIT];

    /// Those of them that ask a program to end.
    const ENDING: [i32; 4] = [SIGTERM, SIGHUP, SIGINT, SIGQUIT];

    /// Signals that are caught and do nothing. An ignored SIGCHLD would hide how the command ended. A SIGXFSZ would
    /// kill us before the command has started, if a record may not be written.
    const DISARMED: [i32; 2] = [SIGCHLD, SIGXFSZ];

    /// The signals that come from now on. `None` if no file can be opened for them.
    pub(in crate::command) struct Caught(Option<Signals>);

    impl Caught {
        pub(in crate::command) fn new() -> Caught {
            let ignored = ignored();
            let wanted = PASSED.iter().chain(&DISARMED);
            let caught = wanted.filter(|&&signal| signal == SIGCHLD || ignored & (1 << (signal - 1)) == 0);
            Caught(Signals::new(caught).ok())
        }

        /// Waits for a command, and passes on the signals that come and those that have come already. Calls `ended`
        /// when the command has ended, before it is reaped. Returns whether any signal asked to end, whichever
        /// process got it.
        pub(in crate::command) fn wait(
            self,
            child: &mut Child,
            ended: impl FnOnce(),
        ) -> (io::Result<ResUse>, bool) {
            let command = Pid::from_child(child);
            let is_asked_to_end = Arc::new(AtomicBool::new(false));
            let passing = self.0.map(|mut signals| {
                let take = {
                    let is_asked_to_end = Arc::clone(&is_asked_to_end);
                    move |signal| {
                        if ENDING.contains(&signal) {
                            is_asked_to_end.store(true, Ordering::Relaxed);
                        }
                    }
                };
                // The command may not have existed yet when these came. Twice is better than not at all.
                for signal in signals.pending() {
                    take(signal);
                    send(command, signal);
                }
                let handle = signals.handle();
                let thread = thread::Builder::new().spawn(move || {
                    for signal in signals.forever() {
                        take(signal);
                        if !is_typed(signal) {
                            send(command, signal);
                        }
                    }
                });
                (handle, thread)
            });
            let _ = retry_on_intr(|| {
                process::waitid(WaitId::Pid(command), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
            });
            ended();
            if let Some((handle, thread)) = passing {
                handle.close();
                let _ = thread.map(thread::JoinHandle::join);
            }
            (child.wait4(), is_asked_to_end.load(Ordering::Relaxed))
        }
    }

    /// What signals do to this process while no command runs. While the gate is open, they end it, as they end any
    /// program.
    pub(in crate::command) struct Gate(Arc<AtomicBool>);

    impl Gate {
        /// An open gate.
        pub(in crate::command) fn new() -> Gate {
            let is_open = Arc::new(AtomicBool::new(true));
            let ignored = ignored();
            for signal in PASSED.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0) {
                let is_open = Arc::clone(&is_open);
                // A signal that cannot be caught does what it always did.
                let _ = if can_kill_itself() {
                    flag::register_conditional_default(signal, is_open)
                } else {
                    flag::register_conditional_shutdown(signal, 128 + signal, is_open)
                };
            }
            Gate(is_open)
        }

        pub(in crate::command) fn set_open(&self, is_open: bool) {
            self.0.store(is_open, Ordering::SeqCst);
        }
    }

    /// The signal that ended a command.
    pub(crate) fn signal(status: ExitStatus) -> Option<i32> {
        status.signal()
    }

    /// Dies of SIGINT, if that ended the command, this process is in the foreground of a terminal, and it can.
    pub(in crate::command) fn die_of_key(status: ExitStatus) {
        if can_kill_itself() && status.signal().is_some_and(|signal| signal == SIGINT && is_typed(signal)) {
            let _ = low_level::emulate_default_handler(SIGINT);
        }
    }

    /// Whether a signal whose action is the default ends this process. It does not if this is the first process of a
    /// pid namespace, and a process that tries to die of it crashes instead.
    fn can_kill_itself() -> bool {
        std::process::id() != 1
    }

    /// An error means that the command has ended, or now belongs to another user. Neither can be helped.
    fn send(command: Pid, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal).filter(|_| PASSED.contains(&signal)) {
            let _ = process::kill_process(command, signal);
        }
    }

    /// Whether a signal was typed, as Ctrl-C is. The terminal sends such a signal to all processes in its
    /// foreground, also to the command. A signal that was sent to us alone, while we are in the foreground, looks
    /// the same.
    fn is_typed(signal: i32) -> bool {
        let is_key = matches!(signal, SIGINT | SIGQUIT);
        is_key && is_in_foreground().unwrap_or(false)
    }

    fn is_in_foreground() -> io::Result<bool> {
        let terminal = File::open("/dev/tty")?;
        Ok(termios::tcgetpgrp(terminal)? == process::getpgrp())
    }

    /// The signals that this process ignores because its caller did, one bit each; 0 without `/proc`.
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

    use wait4::{ResUse, Wait4};

    /// There are no signals to catch.
    pub(in crate::command) struct Caught;

    impl Caught {
        pub(in crate::command) fn new() -> Caught {
            Caught
        }

        pub(in crate::command) fn wait(
            self,
            child: &mut Child,
            ended: impl FnOnce(),
        ) -> (io::Result<ResUse>, bool) {
            let status = child.wait4();
            ended();
            (status, false)
        }
    }

    /// There are no signals to let through.
    pub(in crate::command) struct Gate;

    impl Gate {
        pub(in crate::command) fn new() -> Gate {
            Gate
        }

        pub(in crate::command) fn set_open(&self, _: bool) {}
    }

    /// No key ends a command.
    pub(in crate::command) fn die_of_key(_: ExitStatus) {}

    /// No signal ends a command.
    pub(crate) fn signal(_: ExitStatus) -> Option<i32> {
        None
    }
}
