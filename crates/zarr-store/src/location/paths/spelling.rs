//! How the bytes of an address spell a path on this system.

#[cfg(unix)]
mod unix;
#[cfg(any(windows, test))]
mod windows;

#[cfg(unix)]
pub(super) use unix::path;
#[cfg(windows)]
pub(super) use windows::path;
