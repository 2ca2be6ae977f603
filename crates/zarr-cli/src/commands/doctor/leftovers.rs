//! Finds what lies in a directory but in no store: temporary files and locks of writers, and symbolic links that
//! form a cycle.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use zarr::tools::AuxiliaryFile;

use super::finding::{Finding, Fix};
use super::rules;

/// The ends of their names.
pub(super) const TEMPORARY: &str = AuxiliaryFile::Temporary.suffix();
pub(super) const LOCK: &str = AuxiliaryFile::Lock.suffix();

/// What cannot be examined is skipped, since it could not be deleted either. Links are not followed.
pub(super) fn find(directory: &Path, older_than: u64, found: &mut Vec<Finding>) {
    let mut rest = vec![directory.to_owned()];
    while let Some(directory) = rest.pop() {
        let Ok(entries) = fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.path().symlink_metadata() else {
                continue;
            };
            if metadata.is_dir() {
                rest.push(entry.path());
                continue;
            }
            let path = entry.path();
            let shown = path.to_string_lossy().into_owned();
            if metadata.is_symlink() && leads_around(&directory, &path) {
                let what = "a symbolic link to a directory that contains it";
                found.push(Finding::new(&rules::CYCLE, shown.clone(), what));
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let (what, fix) = match name.starts_with('.') {
                true if name.ends_with(TEMPORARY) => {
                    ("a value that was never completed", Fix::DeleteFile(path))
                }
                true if name.ends_with(LOCK) => {
                    ("a lock that was left behind", Fix::DeleteLock(path))
                }
                _ => continue,
            };
            let age = metadata
                .modified()
                .ok()
                .and_then(|time| SystemTime::now().duration_since(time).ok());
            if age.unwrap_or_default() < Duration::from_secs(older_than) {
                continue;
            }
            found.push(Finding::new(&rules::LEFTOVER, shown, what).with_fix(fix));
        }
    }
}

/// Whether a link leads to a directory that contains it.
fn leads_around(directory: &Path, link: &Path) -> bool {
    match (directory.canonicalize(), link.canonicalize()) {
        (Ok(directory), Ok(target)) => directory.starts_with(target),
        _ => false,
    }
}
