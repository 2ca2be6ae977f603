//! What `--fix` does. It deletes nothing that can still be read.

use std::fs::{self, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use zarr::blocking::Wait;
use zarr::{Indent, Location, ZarrFormat};

use super::finding::{Finding, Fix};
use crate::address::Address;
use crate::address::archives::finish;
use crate::failure::Failure;

/// Makes all repairs.
pub(super) fn all(
    location: &Location,
    address: &Address,
    found: &mut [Finding],
) -> Result<(), Failure> {
    let place = address.as_str();
    for pass_number in 0..=2 {
        for finding in found.iter_mut() {
            match &finding.fix {
                Some(fix) if pass(fix) == pass_number => finding.fixed = one(location, fix, place)?,
                _ => {}
            }
        }
    }
    finish(location.store(), place)
}

/// The pass in which a repair is made. Consolidated metadata comes last, since it describes what the others leave.
fn pass(fix: &Fix) -> u8 {
    match fix {
        Fix::MakeGroup(..) => 0,
        Fix::DeleteKey(_) | Fix::DeleteOutside(..) | Fix::DeleteFile(_) | Fix::DeleteLock(_) => 1,
        Fix::Compact(..) => 1,
        Fix::Consolidate(_) => 2,
    }
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
        Fix::Compact(chunk) => {
            chunk.compact().wait().map_err(fail)?;
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
    for (name, text) in group.documents(Indent::default()) {
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
#[expect(
    clippy::incompatible_msrv,
    reason = "the libraries keep to the minimum Rust; the command is built with the latest stable one"
)]
fn delete_lock(path: &Path) -> io::Result<bool> {
    let file = OpenOptions::new().write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => fs::remove_file(path).map(|()| true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
