//! Unix: the calls that `std` lacks, each behind a function that is safe to call.
//!
//! Linux has all of them. On other systems a handler wipes the word after a fork, and no files are mapped. Every value
//! that a call fills in is plain memory of ours that outlives the call.
#![expect(unsafe_code, reason = "std has neither these clocks nor limits, file systems and forks")]

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::num::NonZeroI64;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use super::{Identity, Resource};

pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.write_at(bytes, offset)
}

/// Writes a beginning and then the same block as many times as needed, in one call. So the system takes many pages at
/// once, which halves the cost of a page.
#[cfg(target_os = "linux")]
pub(super) fn write_filled_at(
    file: &File,
    beginning: &[u8],
    block: &[u8],
    length: usize,
    offset: u64,
) -> io::Result<usize> {
    const MOST: usize = 64;
    let part =
        |bytes: &[u8]| libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    let mut parts = [part(block); MOST + 1];
    parts[0] = part(beginning);
    let filled = length.saturating_sub(beginning.len()).min(MOST * block.len());
    let blocks = filled.div_ceil(block.len());
    if blocks > 0 {
        parts[blocks] = part(&block[..filled - (blocks - 1) * block.len()]);
    }
    let offset = libc::off_t::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: each entry is `beginning` or a part of `block`, which are only read.
    let written =
        unsafe { libc::pwritev(file.as_raw_fd(), parts.as_ptr(), 1 + blocks as libc::c_int, offset) };
    usize::try_from(written).map_err(|_| io::Error::last_os_error())
}

pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(bytes, offset)
}

/// Writes to stderr if that is still the file that it was when [`remember_stderr`] was called. Does not write to a file
/// at the limit on file sizes: the system would kill the process.
pub(super) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
    let mut stderr = stderr();
    let metadata = stderr.metadata()?;
    if identity_in(&metadata) != STDERR.get() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let is_at_limit = |limit| metadata.is_file() && metadata.len() + bytes.len() as u64 > limit;
    if limit(Resource::FileSize).is_some_and(is_at_limit) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    stderr.write_all(bytes)
}

/// Remembers what stderr is, once. A program that closes it may get the same number for a file of its own.
pub(crate) fn remember_stderr() {
    if STDERR.get() == UNKNOWN {
        STDERR.set(stderr().metadata().map_or(CLOSED, |metadata| identity_in(&metadata)));
    }
}

/// Whatever is open under the number of stderr. It is not closed here.
fn stderr() -> ManuallyDrop<File> {
    // SAFETY: it is not dropped, so what owns the number keeps it.
    ManuallyDrop::new(unsafe { File::from_raw_fd(libc::STDERR_FILENO) })
}

/// What was open as stderr.
static STDERR: Remembered = Remembered { device: AtomicU64::new(0), inode: AtomicU64::new(0) };

/// Identities that no file has: before the first look, and of a stderr that was closed then.
const UNKNOWN: Identity = (0, 0);
const CLOSED: Identity = (0, u64::MAX);

/// An identity that any thread may read. Two threads that set it at the same time set the same one.
struct Remembered {
    device: AtomicU64,
    inode: AtomicU64,
}

impl Remembered {
    fn get(&self) -> Identity {
        let inode = self.inode.load(Ordering::Acquire);
        if inode == 0 { UNKNOWN } else { (self.device.load(Ordering::Relaxed), inode) }
    }

    fn set(&self, (device, inode): Identity) {
        self.device.store(device, Ordering::Relaxed);
        self.inode.store(inode, Ordering::Release);
    }
}

/// How many names a file has: 0 once it is removed.
pub(crate) fn link_count(metadata: &Metadata) -> u64 {
    metadata.nlink()
}

/// Distinguishes a file from every other, whatever their names. Takes about 0.5 us.
pub(crate) fn identity(file: &File) -> io::Result<Identity> {
    match identity_alone(file) {
        Some(identity) => Ok(identity),
        None => file.metadata().map(|metadata| identity_in(&metadata)),
    }
}

/// The identity without the times of the file. After times were asked for, the next write to the file takes 1 us
/// longer, because Linux (6.13 and later) makes sure that it changes them. `None` where the system cannot tell this
/// way.
fn identity_alone(file: &File) -> Option<Identity> {
    #[cfg(all(target_os = "linux", any(target_env = "gnu", target_env = "musl"), not(miri)))]
    {
        let mut status = MaybeUninit::<libc::statx>::uninit();
        // SAFETY: fills in `status`, or fails. By number, because glibc has the function only since 2.28.
        let result = unsafe {
            libc::syscall(
                libc::SYS_statx,
                file.as_raw_fd(),
                c"".as_ptr(),
                libc::AT_EMPTY_PATH | libc::AT_STATX_DONT_SYNC,
                libc::STATX_INO,
                status.as_mut_ptr(),
            )
        };
        if result != 0 {
            return None;
        }
        // SAFETY: the call has succeeded.
        let status = unsafe { status.assume_init() };
        Some((libc::makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino))
    }
    #[cfg(not(all(target_os = "linux", any(target_env = "gnu", target_env = "musl"), not(miri))))]
    {
        let _ = file;
        None
    }
}

fn identity_in(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The same file under a number above that of stderr. Programs print to the numbers below, even after they have closed
/// what was open there.
pub(crate) fn above_stderr(file: File) -> io::Result<File> {
    if file.as_raw_fd() > libc::STDERR_FILENO {
        return Ok(file);
    }
    // SAFETY: opens a new number for a file that is open.
    let number = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_DUPFD_CLOEXEC, libc::STDERR_FILENO + 1) };
    if number < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just opened, and nothing else owns it.
    Ok(unsafe { File::from_raw_fd(number) })
}

/// Nanoseconds since some moment before this process, by a clock that nobody can set and that runs while the machine
/// sleeps. Takes about 25 ns.
#[inline]
pub(crate) fn boot_ns() -> i64 {
    #[cfg(target_os = "linux")]
    const CLOCK: libc::clockid_t = libc::CLOCK_BOOTTIME;
    // On macOS this one runs during sleep.
    #[cfg(not(target_os = "linux"))]
    const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;
    clock_ns(CLOCK)
}

/// The CPU time of this thread so far, in nanoseconds. `None` if the system does not know it. Takes a call to the
/// system, 100 to 400 ns.
pub(crate) fn thread_cpu_ns() -> Option<NonZeroI64> {
    NonZeroI64::new(clock_ns(libc::CLOCK_THREAD_CPUTIME_ID))
}

/// Reads a clock of the system, or gives 0.
#[inline]
fn clock_ns(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills in `time`. It cannot fail for a clock that exists, and would leave zeros.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    #[expect(clippy::useless_conversion, reason = "both are narrower on 32-bit systems")]
    let (seconds, ns) = (i64::from(time.tv_sec), i64::from(time.tv_nsec));
    seconds * 1_000_000_000 + ns
}

/// The size of a page of memory, in bytes.
pub(crate) fn page_size() -> usize {
    // SAFETY: asks for a number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).ok().filter(|size| size.is_power_of_two()).unwrap_or(1 << 16)
}

/// The limit of a resource. `None` if there is no limit, or it is not known.
#[cfg(not(miri))]
pub(crate) fn limit(resource: Resource) -> Option<u64> {
    let resource = match resource {
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::FileSize => libc::RLIMIT_FSIZE,
        Resource::AddressSpace => libc::RLIMIT_AS,
    };
    let mut limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: fills in `limit`. An error leaves it as it is.
    unsafe { libc::getrlimit(resource, &raw mut limit) };
    #[expect(clippy::useless_conversion, reason = "narrower on 32-bit systems")]
    (limit.rlim_cur != libc::RLIM_INFINITY).then(|| u64::from(limit.rlim_cur))
}

/// Miri knows no limits.
#[cfg(miri)]
pub(crate) fn limit(_resource: Resource) -> Option<u64> {
    None
}

/// Linux's number for the kind of a file's file system.
pub(crate) fn file_system(file: &File) -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let mut status = MaybeUninit::<libc::statfs>::uninit();
        // SAFETY: fills in `status`, or fails.
        let result = unsafe { libc::fstatfs(file.as_raw_fd(), status.as_mut_ptr()) };
        if result != 0 {
            return None;
        }
        // SAFETY: the call has succeeded.
        let status = unsafe { status.assume_init() };
        // The type is signed on some machines, and the numbers have 32 bits.
        Some(u64::from(status.f_type as u32))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (file.as_raw_fd(), MaybeUninit::<u8>::uninit());
        None
    }
}

/// A word of this process that is zero until something is stored, and zero again in every forked child. Reading it
/// takes 0.5 ns; asking for the pid takes 75.
///
/// Nothing may be stored to the word that this returns before [`make_fork_word`].
#[inline]
pub(crate) fn fork_word() -> &'static AtomicU64 {
    // SAFETY: it points to words that are never freed: `ZERO`, or that of `make_fork_word`.
    unsafe { &*WORD.load(Ordering::Acquire) }
}

static WORD: AtomicPtr<AtomicU64> = AtomicPtr::new((&raw const ZERO).cast_mut());
static ZERO: AtomicU64 = AtomicU64::new(0);

/// Makes the word of this process, unless another thread has made it.
pub(crate) fn make_fork_word() {
    let zero = (&raw const ZERO).cast_mut();
    if WORD.load(Ordering::Acquire) == zero {
        let made = wiped_page().unwrap_or_else(handled_word);
        let made = std::ptr::from_ref(made).cast_mut();
        // Of two threads that race here, one leaves its page unused: once in the life of a process.
        let _ = WORD.compare_exchange(zero, made, Ordering::AcqRel, Ordering::Relaxed);
    }
}

/// A word on a page that the system wipes in forked children.
fn wiped_page() -> Option<&'static AtomicU64> {
    #[cfg(all(target_os = "linux", not(miri)))]
    {
        let length = page_size();
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: the system chooses a place where nothing of ours is.
        let page = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, -1, 0) };
        if page == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the page is ours.
        if unsafe { libc::madvise(page, length, libc::MADV_WIPEONFORK) } != 0 {
            // SAFETY: the page is ours, and nothing points there.
            unsafe { libc::munmap(page, length) };
            return None;
        }
        // SAFETY: zeroed, aligned to a page, used for nothing else, and never unmapped. A fork wipes it in the child
        // before anything runs there.
        Some(unsafe { AtomicU64::from_ptr(page.cast()) })
    }
    #[cfg(not(all(target_os = "linux", not(miri))))]
    None
}

/// A word that a handler wipes in forked children, where the system has no such page.
fn handled_word() -> &'static AtomicU64 {
    static HANDLED: AtomicU64 = AtomicU64::new(0);
    #[cfg(not(miri))]
    {
        extern "C" fn wipe() {
            HANDLED.store(0, Ordering::Relaxed);
        }
        // SAFETY: the handler does nothing but store to a static.
        unsafe { libc::pthread_atfork(None, None, Some(wipe)) };
    }
    &HANDLED
}
