//! Has the system forget what it has in memory of an array, so that the next read waits for the disk.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{Advice, fadvise, sync};

/// Who may, drops all caches, also those of directories and of the files' descriptions. Otherwise the contents of these
/// files are dropped.
pub(crate) fn evict(array: &Path) -> io::Result<()> {
    // What is not on the disk yet cannot be dropped.
    sync();
    match fs::write("/proc/sys/vm/drop_caches", "3") {
        Ok(()) => Ok(()),
        Err(_) => evict_files(array),
    }
}

fn evict_files(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        match path.is_dir() {
            true => evict_files(&path)?,
            false => fadvise(File::open(&path)?, 0, None, Advice::DontNeed)?,
        }
    }
    Ok(())
}
