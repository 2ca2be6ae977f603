//! `TempFile`: a value that is being written, as a hidden file beside its place, which is deleted unless it is
//! renamed.

use std::{
    fs::{File, FileTimes},
    hash::{BuildHasher, RandomState},
    io,
    path::{Path, PathBuf},
    process,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{
    content::Content,
    root::PathAt,
    stat::FileStat,
    system::{self, Permissions, TIME_STEP},
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
    permissions: Option<Permissions>,
    /// Whether it is still under its temporary name.
    remains: bool,
}

impl<'p> TempFile<'p> {
    /// A new, empty file in the directory of `place`; `NotFound` if that directory is not there.
    /// `permissions` are those of the file which it is to replace: whoever may not read that one may not
    /// read this one either.
    pub(super) fn create(place: &'p PathAt, permissions: Option<Permissions>) -> io::Result<Self> {
        loop {
            let path = place.path().with_file_name(name_beside(place.path()));
            match system::create_new(place.at(), &path, permissions) {
                Ok(file) => {
                    return Ok(TempFile {
                        place,
                        path,
                        file: Some(file),
                        permissions,
                        remains: true,
                    });
                }
                // Left behind by a process that had our number: the next name is another one.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
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
        let metadata = system::metadata_of(&file)?;
        system::keep_permissions(&file, &metadata, self.permissions);
        let described = FileStat::new(&metadata)?;
        system::close(file)?;
        Ok(described)
    }

    /// Puts the file in its place, whatever is there.
    pub(super) fn rename(mut self) -> io::Result<()> {
        let (dir, to) = (self.place.at(), self.place.path());
        system::rename(dir, &self.path, to)?;
        self.remains = false;
        Ok(())
    }

    /// Puts the file in its place, or fails with `AlreadyExists`.
    pub(super) fn rename_to_new(mut self) -> io::Result<()> {
        let (dir, to) = (self.place.at(), self.place.path());
        self.remains = !system::rename_to_new(dir, &self.path, to)?;
        Ok(())
    }
}

impl Drop for TempFile<'_> {
    fn drop(&mut self) {
        if self.remains {
            // If even this fails, `clean_temp` finds it: nothing better can be done here.
            let _ = system::unlink(self.place.at(), &self.path);
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

/// The time of now, to the nanosecond or as finely as files have times here, and such that no other value written by
/// this process has it.
fn stamp() -> SystemTime {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
    let after = |last: u64| now.max(last.saturating_add(TIME_STEP));
    // Always `Ok`: there is always a next one.
    let last = LAST
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            Some(after(last))
        })
        .unwrap_or(now);
    UNIX_EPOCH + Duration::from_nanos(after(last))
}
