//! Windows: a directory is its path. What another program has open may be in the way for a moment, so calls that it can
//! refuse are made again for a while. Paths are verbatim (`\\?\C:\…`), so they may be long.

mod dir_lock;
mod directory;
mod exact;
mod file;
mod lock;
mod open;
mod patience;

#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) use self::file::{copy_front, open_lock_to_write, replace, sync_names, write_at};
pub(crate) use self::file::{metadata_at, metadata_of, read_once, version};
pub(in crate::local) use self::{
    dir_lock::{DirLock, lock_dir},
    directory::{
        Entries, Entry, check_root, kind_at, make_dir, make_root, modified_at, permissions_at,
        remove_dir, rename, rename_to_new, sync_dir, unlink,
    },
    file::{
        Metadata, Permissions, READS_IN_PLACE, TIME_STEP, append_from, close, create_new, id,
        is_in_memory, keep_permissions, read_at, read_cached,
    },
    lock::{is_a_link, is_named, is_unsupported, open_lock, try_lock},
    open::{
        DirRef, OpenDir, barrier, check_name, cwd, dir_ref, is_shortage, metadata, open_cached,
        open_dir, open_dir_at, open_file, shown, spelled,
    },
};

/// Numbers of errors, as Windows calls them.
mod code {
    pub(super) const TOO_MANY_OPEN_FILES: i32 = 4;
    pub(super) const ACCESS_DENIED: i32 = 5;
    pub(super) const NOT_ENOUGH_MEMORY: i32 = 8;
    pub(super) const SHARING_VIOLATION: i32 = 32;
    pub(super) const LOCK_VIOLATION: i32 = 33;
    pub(super) const NOT_SUPPORTED: i32 = 50;
    pub(super) const INVALID_FUNCTION: i32 = 1;
    pub(super) const CANNOT_ACCESS_LINK: i32 = 1920;
    pub(super) const MAPPED: i32 = 1224;
}
