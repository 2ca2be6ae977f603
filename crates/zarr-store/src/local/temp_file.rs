//! `TempFile`: a value that is being written, as a hidden file beside its place, which is deleted unless it is
//! renamed.

use std::{
    fs::{File, FileTimes},
    hash::{BuildHasher, RandomState},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags, fchmod, linkat, openat, renameat, unlinkat},
    io::{Errno, retry_on_intr},
};

use super::{
    content::Content,
    platform,
    root::{PathAt, permissions},
    stat::FileStat,
};
use crate::AuxiliaryFile;

const SUFFIX: &str = AuxiliaryFile::Temporary.suffix();

/// A file that is not in its place yet.
pub(super) struct TempFile<'p> {
    place: &'p PathAt,
    /// In the directory of `place`.
    path: PathBuf,
    /// `None` once closed.
    file: Option<File>,
    /// Of the file that is to be replaced, if there is one.
    mode: Option<Mode>,
    /// Whether it is still under its temporary name.
    remains: bool,
}

impl<'p> TempFile<'p> {
    /// A new, empty file in the directory of `place`; `NotFound` if that directory is not there.
    /// `mode` is that of the file which it is to replace: whoever may not read that one may not read
    /// this one either.
    pub(super) fn create(place: &'p PathAt, mode: Option<Mode>) -> io::Result<Self> {
        // Never somebody else's file, never one for a child process.
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let new = mode.unwrap_or(Mode::from_raw_mode(0o666));
        loop {
            let path = place.path().with_file_name(name_beside(place.path()));
            match openat(place.at(), &path, flags, new) {
                Ok(file) => {
                    return Ok(TempFile {
                        place,
                        path,
                        file: Some(file.into()),
                        mode,
                        remains: true,
                    });
                }
                // Left behind by a process that had our number: the next name is another one.
                Err(Errno::EXIST) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Writes everything, stamps the time, if `durable` waits for the disk, and closes.
    pub(super) fn fill(&mut self, value: &Content<'_>, durable: bool) -> io::Result<FileStat> {
        let Some(mut file) = self.file.take() else {
            return Err(io::Error::other("a temporary file was written twice"));
        };
        value.write_to(&mut file)?;
        // Some network file systems let nobody set times; versions are then as fine as their clock.
        let _ = file.set_times(FileTimes::new().set_modified(stamp()));
        if durable {
            file.sync_data()?;
        }
        let metadata = file.metadata()?;
        if let Some(mode) = self.mode
            && permissions(metadata.mode()) != mode
        {
            // What the process's mask took away. Where it may not be given back, it is gone.
            let _ = fchmod(&file, mode);
        }
        let described = FileStat::new(&metadata)?;
        close(file)?;
        Ok(described)
    }

    /// Puts the file in its place, whatever is there.
    pub(super) fn rename(mut self) -> io::Result<()> {
        let (dir, to) = (self.place.at(), self.place.path());
        renameat(dir, &self.path, dir, to)?;
        self.remains = false;
        Ok(())
    }

    /// Puts the file in its place, or fails with `AlreadyExists`.
    pub(super) fn rename_to_new(mut self) -> io::Result<()> {
        let (dir, to) = (self.place.at(), self.place.path());
        match platform::rename_to_new(dir, &self.path, to) {
            Ok(()) => self.remains = false,
            // Not in this system or file system. A second name does the same; the first goes with
            // `self`.
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
                ) =>
            {
                linkat(dir, &self.path, dir, to, AtFlags::empty()).map_err(|e| match e {
                    // How Linux says that a file system has no hard links.
                    Errno::PERM => io::ErrorKind::Unsupported.into(),
                    e => io::Error::from(e),
                })?;
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }
}

impl Drop for TempFile<'_> {
    fn drop(&mut self) {
        if self.remains {
            // If even this fails, `clean_temp` finds it: nothing better can be done here.
            let _ = retry_on_intr(|| unlinkat(self.place.at(), &self.path, AtFlags::empty()));
        }
    }
}

/// `.<name>.<process>-<count>-<random>.zarr-tmp`: the random number keeps apart processes of
/// several machines, or containers, that share a directory and a process number.
fn name_beside(target: &Path) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static RANDOM: OnceLock<u64> = OnceLock::new();
    let random = RANDOM.get_or_init(|| RandomState::new().hash_one(process::id()));
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = target
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    // The whole must be a file name too, of at most 255 bytes.
    let end = (0..=name.len().min(180))
        .rev()
        .find(|&end| name.is_char_boundary(end))
        .unwrap_or(0);
    let name = &name[..end];
    format!(".{name}.{}-{count:x}-{random:x}{SUFFIX}", process::id())
}

/// The time of now, in nanoseconds that no other value written by this process has.
fn stamp() -> SystemTime {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
    let next = |last: u64| Some(now.max(last.saturating_add(1)));
    // Always `Ok`: `next` is never `None`.
    let last = LAST
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
        .unwrap_or(now);
    UNIX_EPOCH + Duration::from_nanos(now.max(last.saturating_add(1)))
}

/// Closes and tells the error, which dropping a `File` would hide: network file systems and quotas
/// report here what could not be written.
fn close(file: File) -> io::Result<()> {
    match nix::unistd::close(file) {
        // Linux has closed it all the same; closing again could hit somebody else's file.
        Ok(()) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
