//! Unix: whatever is done in a directory is done relative to its descriptor, so that nobody can lead it elsewhere by
//! renaming what is on the way.

mod dir_lock;
mod directory;
mod file;
mod lock;
mod open;
mod platform;

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
        keep_permissions, read_at,
    },
    lock::{is_a_link, is_named, is_unsupported, open_lock, try_lock},
    open::{
        DirRef, OpenDir, barrier, check_name, cwd, dir_ref, is_shortage, metadata, open_cached,
        open_dir, open_dir_at, open_file, shown, spelled,
    },
    platform::{is_in_memory, read_cached},
};
