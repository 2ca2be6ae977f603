//! `Root`: the directory of a store, and how far links may lead from it. `PathAt`: a name in a directory, as `openat`
//! and its kin take it. Names are relative to the root; the empty name is the root itself.

use std::{
    fmt,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    errors::is_absent,
    stat::FileStat,
    system::{self, DirRef, Kind, Metadata, OpenDir, Permissions},
};
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

    pub(super) fn symlinks(&self) -> Symlinks {
        self.links
    }

    /// Opens a file for reading.
    pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
        system::check_name(self, name)?;
        system::open_file(self, name)
    }

    /// The same if the system has all of the way in memory; `WouldBlock` where not.
    pub(super) fn open_cached(&self, name: &str) -> io::Result<File> {
        system::check_name(self, name)?;
        system::open_cached(self, name)
    }

    /// Opens a directory for listing and syncing.
    pub(super) fn open_dir(&self, name: &str) -> io::Result<OpenDir> {
        system::check_name(self, name)?;
        system::open_dir(self, name)
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
    pub(super) fn metadata(&self, name: &str) -> io::Result<Metadata> {
        system::check_name(self, name)?;
        system::metadata(self, name)
    }

    /// The place of a name, which need not be there; its directory must: `NotFound`.
    pub(super) fn path_at(&self, name: &str) -> io::Result<PathAt> {
        match self.links {
            Symlinks::Follow => {
                system::check_name(self, name)?;
                Ok(PathAt {
                    dir: None,
                    path: self.path(name),
                })
            }
            Symlinks::Inside => self.path_in_open_dir(name),
        }
    }

    /// The place of a name in its directory, which is opened: `NotFound` where it is not there.
    pub(super) fn path_in_open_dir(&self, name: &str) -> io::Result<PathAt> {
        let (parent, last) = split(name);
        system::check_name(self, name)?;
        match system::open_dir(self, parent) {
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
            return system::make_root(&self.dir);
        }
        let make = || -> io::Result<()> {
            let place = self.path_at(dir)?;
            match system::make_dir(place.at(), &place.path) {
                // Whoever made it may have removed it since; a link to nothing stays one.
                Err(e)
                    if e.kind() == io::ErrorKind::AlreadyExists
                        && (!place.is_link()? || self.metadata(dir).is_ok()) =>
                {
                    Ok(())
                }
                made => made,
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
                .and_then(|place| system::remove_dir(place.at(), &place.path));
            if removed.is_err() {
                return;
            }
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        system::shown(&self.dir).fmt(f)
    }
}

/// An absolute path with the links of its existing part resolved, so that equal directories have
/// equal names. Where that fails, the path as given: opening a value will say why.
pub(super) fn resolved(path: &Path) -> PathBuf {
    // Windows takes some names for devices, wherever they are said to lie.
    if system::check_root(path).is_err() {
        return path.to_owned();
    }
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
    RealPath::new(Identity::named("file"), system::spelled(path))
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
    dir: Option<OpenDir>,
    path: PathBuf,
}

impl PathAt {
    pub(super) fn at(&self) -> DirRef<'_> {
        self.dir().unwrap_or(system::cwd())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The directory, where it is open.
    pub(super) fn dir(&self) -> Option<DirRef<'_>> {
        self.dir.as_ref().map(system::dir_ref)
    }

    /// Who may use the file that is replaced; `None` if there is no file.
    pub(super) fn permissions(&self) -> Option<Permissions> {
        system::permissions_at(self.at(), &self.path)
    }

    fn is_link(&self) -> io::Result<bool> {
        match system::kind_at(self.at(), &self.path) {
            Ok(kind) => Ok(kind == Kind::Link),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }
}
