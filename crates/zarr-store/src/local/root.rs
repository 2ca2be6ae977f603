//! `Root`: the directory of a store, and how far links may lead from it. `PathAt`: a name in a directory, as `openat`
//! and its kin take it. Names are relative to the root; the empty name is the root itself.

use std::{
    fmt,
    fs::{self, File},
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, mkdirat, openat, statat, unlinkat},
    io::{Errno, retry_on_intr},
};

use super::{errors::is_absent, platform, stat::FileStat};
use crate::{Identity, RealPath};

/// How symbolic links below the root are treated. The root itself may always be reached through links, and a value that
/// is a link is replaced, not what it leads to. A link to a directory that it lies in is not listed, since a walk
/// through it would never end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Symlinks {
    /// They are followed wherever they lead: data may lie on several disks.
    #[default]
    Follow,
    /// For a tree that somebody else made: nothing outside of the root is read, written, listed or
    /// deleted, and asking for it is an error. A link that stays inside is followed where the
    /// system can tell (Linux from 5.6 on), else refused like the others.
    Inside,
}

/// How often a call begins again because somebody deletes its directory, or writes into one that it removes, meanwhile.
pub(super) const TRIES: u32 = 64;

/// A directory and what may be reached from it.
#[derive(Debug, Clone)]
pub(super) struct Root {
    dir: Arc<Path>,
    links: Symlinks,
    /// Whether a listing left out what leads outside.
    left_out: Arc<AtomicBool>,
}

impl Root {
    pub(super) fn new(dir: PathBuf, links: Symlinks) -> Self {
        Root {
            dir: dir.into(),
            links,
            left_out: Arc::default(),
        }
    }

    /// Whether no listing has left anything out so far.
    pub(super) fn lists_all(&self) -> bool {
        !self.left_out.load(Ordering::Acquire)
    }

    /// To be called by a listing that leaves out a link which leads outside.
    pub(super) fn leave_out(&self) {
        self.left_out.store(true, Ordering::Release);
    }

    pub(super) fn links(self, links: Symlinks) -> Self {
        Root {
            links,
            left_out: Arc::default(),
            ..self
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The full path, to be shown and compared. Whoever opens it by this follows all links.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() {
            return self.dir.to_path_buf();
        }
        let mut path = PathBuf::with_capacity(self.dir.as_os_str().len() + 1 + name.len());
        path.push(&self.dir);
        path.push(name);
        path
    }

    /// Opens what is there; makes nothing.
    pub(super) fn open(&self, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC;
        match self.links {
            Symlinks::Follow => open_at(CWD, &self.path(name), flags),
            _ if name.is_empty() => open_at(CWD, &self.dir, flags),
            Symlinks::Inside => {
                let root = open_at(CWD, &self.dir, flags_of_way())?;
                platform::open_beneath(&root, name, flags)
            }
        }
    }

    /// The same if the system has all of the way in memory; `WouldBlock` where not.
    pub(super) fn open_cached(&self, name: &str, flags: OFlags) -> io::Result<OwnedFd> {
        match self.links {
            Symlinks::Follow => platform::open_cached(CWD, &self.path(name), flags, false),
            Symlinks::Inside => {
                let root = platform::open_cached(CWD, &self.dir, flags_of_way(), false)?;
                platform::open_cached(root.as_fd(), Path::new(name), flags, true)
            }
        }
    }

    /// Opens a directory for listing and syncing.
    pub(super) fn open_dir(&self, name: &str) -> io::Result<OwnedFd> {
        self.open(name, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    /// Size and version of the file, if there is one.
    pub(super) fn stat(&self, name: &str) -> io::Result<Option<FileStat>> {
        match self.metadata(name) {
            Ok(metadata) => FileStat::new(&metadata).map(Some),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// What lies there, behind all links.
    pub(super) fn metadata(&self, name: &str) -> io::Result<fs::Metadata> {
        match self.links {
            Symlinks::Follow => fs::metadata(self.path(name)),
            Symlinks::Inside => File::from(self.open(name, platform::NO_ACCESS)?).metadata(),
        }
    }

    /// The place of a name, which need not be there; its directory must: `NotFound`.
    pub(super) fn path_at(&self, name: &str) -> io::Result<PathAt> {
        match self.links {
            Symlinks::Follow => Ok(PathAt {
                dir: None,
                path: self.path(name),
            }),
            Symlinks::Inside => self.path_in_open_dir(name),
        }
    }

    /// The place of a name in its directory, which is opened: `NotFound` where it is not there.
    pub(super) fn path_in_open_dir(&self, name: &str) -> io::Result<PathAt> {
        let (parent, last) = split(name);
        match self.open_dir(parent) {
            Ok(dir) => Ok(PathAt {
                dir: Some(dir),
                path: last.into(),
            }),
            // A directory that may be written to and not be listed.
            Err(e)
                if e.kind() == io::ErrorKind::PermissionDenied
                    && self.links == Symlinks::Follow =>
            {
                self.path_at(name)
            }
            Err(e) => Err(e),
        }
    }

    /// Makes the directories that a name lies in. That some of them go meanwhile is no error.
    pub(super) fn make_parents(&self, name: &str) -> io::Result<()> {
        match self.make_dir(split(name).0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            made => made,
        }
    }

    fn make_dir(&self, dir: &str) -> io::Result<()> {
        if dir.is_empty() {
            return fs::create_dir_all(&self.dir);
        }
        let make = || -> io::Result<()> {
            let place = self.path_at(dir)?;
            match mkdirat(place.at(), &place.path, Mode::from_raw_mode(0o777)) {
                // Whoever made it may have removed it since; a link to nothing stays one.
                Err(Errno::EXIST) if !place.is_link()? || self.metadata(dir).is_ok() => Ok(()),
                made => Ok(made?),
            }
        };
        match make() {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                self.make_dir(split(dir).0)?;
                make()
            }
            made => made,
        }
    }

    /// Removes the directories that a name lies in, from the innermost on, as long as they are
    /// empty. The root stays.
    pub(super) fn remove_empty_parents(&self, name: &str) {
        for dir in parents(name).filter(|dir| !dir.is_empty()) {
            let removed = self
                .path_at(dir)
                .and_then(|place| Ok(unlinkat(place.at(), &place.path, AtFlags::REMOVEDIR)?));
            if removed.is_err() {
                return;
            }
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dir.display().fmt(f)
    }
}

/// An absolute path with the links of its existing part resolved, so that equal directories have
/// equal names. Where that fails, the path as given: opening a value will say why.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for existing in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (existing.canonicalize(), absolute.strip_prefix(existing)) {
            // Joining nothing would add a slash.
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    absolute
}

/// Where a file or directory is: one site, whichever of its parents was opened as a store.
pub(crate) fn real_path_of_file(path: &Path) -> RealPath {
    RealPath::new(Identity::named("file"), path.to_string_lossy())
}

/// The directories that a name lies in, the innermost first, the root last.
pub(super) fn parents(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(split(name).0), |dir| {
        (!dir.is_empty()).then(|| split(dir).0)
    })
}

/// The directory and the last part.
pub(super) fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').unwrap_or(("", name))
}

/// A name in a directory. What is done to it through [`at`](Self::at) and [`path`](Self::path)
/// stays in that directory, whatever becomes of the way there.
#[derive(Debug)]
pub(super) struct PathAt {
    /// Where it is not open, `path` is the whole way.
    dir: Option<OwnedFd>,
    path: PathBuf,
}

impl PathAt {
    pub(super) fn at(&self) -> BorrowedFd<'_> {
        self.dir.as_ref().map_or(CWD, AsFd::as_fd)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory, where it is open.
    pub(super) fn dir(&self) -> Option<BorrowedFd<'_>> {
        self.dir.as_ref().map(AsFd::as_fd)
    }

    /// What of the mode of the file is kept when it is replaced; `None` if there is no file.
    pub(super) fn permissions(&self) -> Option<Mode> {
        let stat = statat(self.at(), &self.path, AtFlags::empty()).ok()?;
        Some(permissions(stat.st_mode))
    }

    fn is_link(&self) -> io::Result<bool> {
        match statat(self.at(), &self.path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(FileType::from_raw_mode(stat.st_mode) == FileType::Symlink),
            Err(Errno::NOENT) => Ok(false),
            Err(e) => Err(e.into()),
        }
    }
}

/// Who may read, write and run a file of this mode.
pub(super) fn permissions(mode: u32) -> Mode {
    Mode::from_raw_mode(mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO)
}

/// Opens relative to a directory, and again if a signal came between.
pub(super) fn open_at(dir: impl AsFd, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let open = || openat(dir.as_fd(), path, flags | OFlags::CLOEXEC, Mode::empty());
    Ok(retry_on_intr(open)?)
}

/// For directories that are only passed through.
fn flags_of_way() -> OFlags {
    platform::NO_ACCESS | OFlags::DIRECTORY
}
