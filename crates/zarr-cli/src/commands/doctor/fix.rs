//! What `--fix` does. It deletes nothing that can still be read.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use zarr::blocking::Wait;
use zarr::tools::Key;
use zarr::{Array, Location, ZarrFormat};

use super::Finding;
use crate::address::Address;
use crate::address::archives::finish;
use crate::failure::Failure;

/// One repair.
#[derive(Debug)]
pub(super) enum Fix {
    DeleteKey(Key),
    /// A chunk, if it still lies outside of its array.
    DeleteOutside(Array, Vec<u64>),
    DeleteFile(PathBuf),
    /// The file of a lock, unless somebody holds it.
    DeleteLock(PathBuf),
    Consolidate(Location),
    MakeGroup(Location, ZarrFormat),
}

impl Fix {
    /// Consolidated metadata comes last, since it is made of what the others leave.
    fn turn(&self) -> u8 {
        match self {
            Self::MakeGroup(..) => 0,
            Self::DeleteKey(_)
            | Self::DeleteOutside(..)
            | Self::DeleteFile(_)
            | Self::DeleteLock(_) => 1,
            Self::Consolidate(_) => 2,
        }
    }
}

/// Makes all repairs.
pub(super) fn all(
    location: &Location,
    address: &Address,
    found: &mut [Finding],
) -> Result<(), Failure> {
    let place = address.as_str();
    for turn in 0..=2 {
        for finding in found.iter_mut() {
            match &finding.fix {
                Some(fix) if fix.turn() == turn => finding.fixed = one(location, fix, place)?,
                _ => {}
            }
        }
    }
    finish(location.store(), place)
}

/// Whether the repair was made: a lock that a process holds stays.
fn one(location: &Location, fix: &Fix, place: &str) -> Result<bool, Failure> {
    let fail = |error: zarr::Error| Failure::zarr("cannot repair", place, &error);
    match fix {
        Fix::DeleteKey(key) => {
            let deleted = location.store().delete(key, None).wait();
            deleted.map_err(|error| fail(error.into()))?;
        }
        Fix::DeleteOutside(array, chunk) => {
            // If the array has grown meanwhile, it is a chunk of the array now, and nothing is wrong.
            let deleted = array.chunked().delete_outside(vec![chunk.clone()]);
            deleted.wait().map_err(fail)?;
        }
        Fix::DeleteFile(path) => {
            fs::remove_file(path).map_err(|error| undeleted(path, &error))?;
        }
        Fix::DeleteLock(path) => {
            return delete_lock(path).map_err(|error| undeleted(path, &error));
        }
        Fix::Consolidate(location) => {
            zarr::consolidate_metadata(location.clone())
                .wait()
                .map_err(fail)?;
        }
        Fix::MakeGroup(location, format) => {
            make_group(location, *format).wait().map_err(fail)?;
        }
    }
    Ok(true)
}

/// Writes only the document: what lies in the directory becomes part of the group.
async fn make_group(location: &Location, format: ZarrFormat) -> zarr::Result<()> {
    let group = zarr::GroupMetadata::new(format, zarr::Attributes::new());
    for (name, text) in group.documents() {
        let key = location.key(name)?;
        let value = zarr::tools::Payload::from(text);
        location
            .store()
            .put(&key, value, zarr::tools::PutMode::Create)
            .await?;
    }
    Ok(())
}

fn undeleted(path: &Path, error: &io::Error) -> Failure {
    Failure::io("cannot delete", &path.to_string_lossy(), error)
}

/// Safe even if another process waits for the lock: once it has it, it checks that the file still exists.
fn delete_lock(path: &Path) -> io::Result<bool> {
    let file = OpenOptions::new().write(true).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => fs::remove_file(path).map(|()| true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
