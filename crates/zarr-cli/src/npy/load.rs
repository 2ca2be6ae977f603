//! An array from a file that a user names, or from standard input.

use std::fs::File;
use std::io;
use std::path::Path;

use zarr::DynData;

use crate::failure::Failure;

/// Reads the array at a path; `-` is standard input.
pub(crate) fn load(path: &Path) -> Result<DynData, Failure> {
    if path.as_os_str() == "-" {
        return super::read(&mut io::stdin().lock(), None)
            .map_err(|error| Failure::npy("cannot read", "standard input", &error));
    }
    let name = path.to_string_lossy();
    let open = || {
        let file = File::open(path)?;
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // A pipe has no size that means anything.
        Ok((file, found.is_file().then_some(found.len())))
    };
    let opened: io::Result<_> = open();
    let (mut file, size) = opened.map_err(|error| Failure::io("cannot read", &name, &error))?;
    super::read(&mut file, size).map_err(|error| Failure::npy("cannot read", &name, &error))
}
