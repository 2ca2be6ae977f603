//! System calls that differ between Unix systems.

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use linux::{NO_ACCESS, barrier, is_network, open_beneath, open_cached, rename_to_new};
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::local) use linux::{is_in_memory, read_cached};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use other::{NO_ACCESS, barrier, is_network, open_beneath, open_cached, rename_to_new};
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::local) use other::{is_in_memory, read_cached};

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, openat, statat},
    io::{Errno, retry_on_intr},
};

/// Opens what lies below `root`, part by part, and refuses every link with `XDEV`, which is how
/// Linux says that a name leads outside.
pub(super) fn walk_beneath(root: &OwnedFd, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
    let open = |dir: &OwnedFd, part: &str, flags: OFlags| {
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        retry_on_intr(|| openat(dir.as_fd(), part, flags, Mode::empty())).map_err(|e| {
            // Asked for a directory, a system may say of a link that it is none: "not there".
            match statat(dir.as_fd(), part, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => {
                    Errno::XDEV
                }
                _ => e,
            }
        })
    };
    let Some((dirs, last)) = name.rsplit_once('/') else {
        return refuse_link(open(root, name, flags)?);
    };
    let mut parts = dirs.split('/');
    let way = NO_ACCESS | OFlags::DIRECTORY;
    let first = open(root, parts.next().unwrap_or_default(), way)?;
    let dir = parts.try_fold(first, |dir, part| open(&dir, part, way))?;
    refuse_link(open(&dir, last, flags)?)
}

/// Without access, a link itself can be opened.
fn refuse_link(file: OwnedFd) -> io::Result<OwnedFd> {
    let stat = rustix::fs::fstat(&file)?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Symlink => Err(Errno::XDEV.into()),
        _ => Ok(file),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    //! Linux has them all.

    use std::{
        fs::File,
        io::{self, IoSliceMut},
        os::fd::{BorrowedFd, OwnedFd},
        path::Path,
        sync::atomic::{AtomicBool, Ordering},
    };

    use rustix::{
        fs::{Mode, OFlags, RenameFlags, ResolveFlags, fstatfs, openat2, renameat_with, syncfs},
        io::{Errno, ReadWriteFlags, preadv2},
    };

    /// To be passed through, or asked about; not to be read.
    pub(in crate::local) const NO_ACCESS: OFlags = OFlags::PATH;

    /// Writes out everything of the file system that `root` lies in.
    pub(in crate::local) fn barrier(root: &OwnedFd) -> io::Result<()> {
        Ok(syncfs(root)?)
    }

    /// Whether other machines may have these files too.
    pub(in crate::local) fn is_network(dir: BorrowedFd<'_>) -> bool {
        // NFS, Ceph, and three generations of SMB: see statfs(2).
        const KINDS: [u32; 5] = [0x6969, 0x00c3_6400, 0x517b, 0xff53_4d42, 0xfe53_4d42];
        // Its type differs from one processor to another.
        fstatfs(dir).is_ok_and(|system| KINDS.contains(&(system.f_type as u32)))
    }

    /// Renames unless there is something at `to`: `AlreadyExists`. Some file systems cannot.
    pub(in crate::local) fn rename_to_new(
        dir: BorrowedFd<'_>,
        from: &Path,
        to: &Path,
    ) -> io::Result<()> {
        Ok(renameat_with(dir, from, dir, to, RenameFlags::NOREPLACE)?)
    }

    /// Opens a path if the system has all of it in memory; `WouldBlock` where not. With `beneath`, no link may lead
    /// outside of `dir`.
    pub(in crate::local) fn open_cached(
        dir: BorrowedFd<'_>,
        path: &Path,
        flags: OFlags,
        beneath: bool,
    ) -> io::Result<OwnedFd> {
        let mut resolve = ResolveFlags::CACHED;
        if beneath {
            resolve |= ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        }
        openat2(dir, path, flags | OFlags::CLOEXEC, Mode::empty(), resolve).map_err(|e| match e {
            // An old kernel, a sandbox, or a directory that is renamed meanwhile.
            Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::INTR => Errno::AGAIN.into(),
            e => e.into(),
        })
    }

    /// Reads as much of a file as the system has in memory; `WouldBlock` if that is nothing, and `Unsupported` if its
    /// file system cannot tell.
    pub(in crate::local) fn read_cached(
        file: &File,
        memory: &mut [u8],
        offset: u64,
    ) -> io::Result<usize> {
        let mut memory = [IoSliceMut::new(memory)];
        Ok(preadv2(file, &mut memory, offset, ReadWriteFlags::NOWAIT)?)
    }

    /// Whether the file is nowhere but in memory.
    pub(in crate::local) fn is_in_memory(file: &File) -> bool {
        // How statfs(2) names tmpfs.
        const TMPFS: u32 = 0x0102_1994;
        fstatfs(file).is_ok_and(|system| system.f_type as u32 == TMPFS)
    }

    /// Opens what lies below `root`; `XDEV` if a link leads outside.
    pub(in crate::local) fn open_beneath(
        root: &OwnedFd,
        name: &str,
        flags: OFlags,
    ) -> io::Result<OwnedFd> {
        static MISSING: AtomicBool = AtomicBool::new(false);
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        while !MISSING.load(Ordering::Relaxed) {
            match openat2(root, name, flags, Mode::empty(), resolve) {
                Ok(file) => return Ok(file),
                // A directory was renamed meanwhile, so the kernel could not tell.
                Err(Errno::INTR | Errno::AGAIN) => {}
                // An old kernel, or a sandbox that knows no such call.
                Err(Errno::NOSYS | Errno::PERM) => MISSING.store(true, Ordering::Relaxed),
                Err(e) => return Err(e.into()),
            }
        }
        super::walk_beneath(root, name, flags)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod other {
    //! What other Unix systems have instead.

    use std::{
        fs::File,
        io,
        os::fd::{BorrowedFd, OwnedFd},
        path::Path,
    };

    use rustix::fs::OFlags;

    pub(in crate::local::system::unix) use super::walk_beneath as open_beneath;

    /// To be passed through, or asked about; here it must be readable for that.
    pub(in crate::local) const NO_ACCESS: OFlags = OFlags::NONBLOCK;

    /// Asks for everything to be written out; on some systems it has only begun when this returns.
    pub(in crate::local) fn barrier(_: &OwnedFd) -> io::Result<()> {
        rustix::fs::sync();
        Ok(())
    }

    /// Whether other machines may have these files too; systems differ in how they say so.
    pub(in crate::local) fn is_network(_: BorrowedFd<'_>) -> bool {
        false
    }

    /// What is in memory cannot be told here.
    pub(in crate::local) fn open_cached(
        _: BorrowedFd<'_>,
        _: &Path,
        _: OFlags,
        _: bool,
    ) -> io::Result<OwnedFd> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// As above.
    pub(in crate::local) fn is_in_memory(_: &File) -> bool {
        false
    }

    /// As above.
    pub(in crate::local) fn read_cached(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    /// A hard link does the same, so no attempt is made.
    pub(in crate::local) fn rename_to_new(_: BorrowedFd<'_>, _: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    /// Both ways must agree about everything but links that stay inside.
    #[test]
    fn nothing_outside_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/x"), "x").unwrap();
        fs::write(dir.path().join("canary"), "alive").unwrap();
        symlink(dir.path(), root.join("out")).unwrap();
        symlink("../..", root.join("a/up")).unwrap();
        symlink("/proc/self/root", root.join("a/magic")).unwrap();
        symlink(dir.path().join("canary"), root.join("a/file")).unwrap();
        let root: OwnedFd = fs::File::open(root).unwrap().into();
        for open in [walk_beneath, open_beneath] {
            for flags in [OFlags::RDONLY, NO_ACCESS] {
                assert!(open(&root, "a/b/x", flags).is_ok());
                assert!(open(&root, "a", flags | OFlags::DIRECTORY).is_ok());
                for name in ["out", "out/canary", "a/up/canary", "a/file", "a/magic/etc"] {
                    let error = open(&root, name, flags).unwrap_err();
                    assert_eq!(Errno::from_io_error(&error), Some(Errno::XDEV), "{name}");
                }
                for name in ["nothing", "a/nothing/x", "a/b/x/y"] {
                    let error = open(&root, name, flags).unwrap_err();
                    assert!(crate::local::is_absent(&error), "{name}: {error}");
                }
            }
        }
    }
}
