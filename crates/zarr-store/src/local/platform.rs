//! The two calls that systems spell differently.

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use linux::{barrier, rename_to_new};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use other::{barrier, rename_to_new};

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    //! Linux has both calls.

    use std::{fs::File, io, path::Path};

    use rustix::fs::{CWD, RenameFlags, renameat_with, syncfs};

    /// Writes out everything of the file system that `root` lies in.
    pub(in super::super) fn barrier(root: &File) -> io::Result<()> {
        Ok(syncfs(root)?)
    }

    /// Renames unless there is something at `to`: `AlreadyExists`. Some file systems cannot.
    pub(in super::super) fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
        Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod other {
    //! What other Unix systems have instead.

    use std::{fs::File, io, path::Path};

    /// Asks for everything to be written out; on some systems it has only begun when this returns.
    pub(in super::super) fn barrier(_: &File) -> io::Result<()> {
        rustix::fs::sync();
        Ok(())
    }

    /// A hard link does the same, so no attempt is made.
    pub(in super::super) fn rename_to_new(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
