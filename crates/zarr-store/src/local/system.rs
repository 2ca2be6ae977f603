//! What differs between operating systems, as the same items for each: files and directories are opened, described,
//! replaced, removed and locked here. This file chooses the system. What is made of these items, in the files above,
//! is the same everywhere.
//!
//! A name is given in one of two ways: relative to a [`Root`](super::root::Root), or as a path in a directory that may
//! be open ([`DirRef`]). Unix systems hold directories open and work relative to them. Windows cannot, so a directory is
//! its path there.

#[cfg(any(windows, test))]
mod names;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use self::unix as current;
#[cfg(windows)]
use self::windows as current;

/// What something in a directory is, without following it where it is a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Dir,
    Link,
    /// A pipe, a socket or a device.
    Other,
}

pub(crate) use current::{metadata_at, metadata_of, read_once, version};
// For the writer of archives.
#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) use current::{copy_front, open_lock_to_write, replace, sync_names, write_at};
// Names and errors.
pub(super) use current::{check_name, is_a_link, is_shortage, shown, spelled};
// Opening and describing.
pub(super) use current::{
    DirRef, Entries, Entry, Metadata, OpenDir, Permissions, cwd, dir_ref, id, kind_at, metadata,
    modified_at, open_cached, open_dir, open_dir_at, open_file, permissions_at,
};
// Reading.
pub(super) use current::{READS_IN_PLACE, append_from, is_in_memory, read_at, read_cached};
// Writing, replacing and removing.
pub(super) use current::{
    TIME_STEP, barrier, check_root, close, create_new, keep_permissions, make_dir, make_root,
    remove_dir, rename, rename_to_new, sync_dir, unlink,
};
// Locks.
pub(super) use current::{DirLock, is_named, is_unsupported, lock_dir, open_lock, try_lock};
