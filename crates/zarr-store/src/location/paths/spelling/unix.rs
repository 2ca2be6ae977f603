//! Unix: a path is bytes.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};

#[expect(clippy::unnecessary_wraps, reason = "other systems refuse some")]
pub(in crate::location::paths) fn path(bytes: &[u8]) -> Result<&Path, &'static str> {
    Ok(Path::new(OsStr::from_bytes(bytes)))
}
