//! Replacing and deleting a value: a complete file is renamed over it, and a condition is checked under the lock that
//! keeps others from doing the same meanwhile.

use std::{cell::Cell, io, sync::MutexGuard};

use super::{
    Durability, LocalStore,
    content::Content,
    dir_lock::{self, LockMode},
    errors::{if_absent, is_absent, store_error, uninterrupted},
    lock_file::Locking,
    root::{PathAt, TRIES},
    stat::FileStat,
    system::{self, DirLock, Permissions},
    temp_file::TempFile,
};
use crate::{
    ByteRange, Copied, Key, Op, Payload, PutMode, Result, StoreError, StoreErrorKind, Version,
};

/// How one try to write ended.
enum PutOutcome {
    Written(Version),
    Refused(StoreErrorKind),
}

impl LocalStore {
    /// Writes a value if `mode` allows it, and says which version it became.
    pub(super) fn put_value(
        &self,
        key: &Key,
        value: &Content<'_>,
        mode: &PutMode,
    ) -> Result<Version> {
        let fail = |e| store_error(self, Op::Put, key, e);
        let refusal = |kind| StoreError::new(Op::Put, self, key, kind);
        let mut made_directories = false;
        for _ in 0..TRIES {
            match uninterrupted(|| self.try_put(key, value, mode)) {
                Ok(PutOutcome::Written(version)) => {
                    self.durability_of(value)
                        .sync_names(&self.root, key.as_str(), made_directories)
                        .map_err(fail)?;
                    return Ok(version);
                }
                Ok(PutOutcome::Refused(kind)) => return Err(refusal(kind)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    if matches!(mode, PutMode::Update(_) | PutMode::Append(_)) {
                        return Err(refusal(StoreErrorKind::Conflict));
                    }
                    // Never there, or deleted by `delete_prefix` since: then it is as if that had
                    // come first.
                    uninterrupted(|| self.root.make_parents(key.as_str())).map_err(fail)?;
                    made_directories = true;
                }
                Err(e) => return Err(fail(e)),
            }
        }
        Err(fail(io::Error::other(
            "its directory was deleted again and again while it was written",
        )))
    }

    /// Writes a value that is the one of the version `same` with `tail` behind it. The file that is there stays as it
    /// is until the longer one is renamed over it, so whoever reads it or dies meanwhile loses nothing; the longer
    /// one shares its blocks where the file system can.
    pub(super) fn append_value(
        &self,
        key: &Key,
        tail: &Payload,
        same: &Version,
    ) -> Result<Version> {
        // What is not that version is not there, which is a conflict.
        let open = || {
            let opened = self.root.open_file(key.as_str()).and_then(|file| {
                let version = FileStat::of(&file)?.version;
                Ok((version == *same).then_some(file))
            });
            match opened {
                Ok(Some(file)) => Ok(file),
                Ok(None) => Err(io::ErrorKind::NotFound.into()),
                Err(e) if is_absent(&e) => Err(io::ErrorKind::NotFound.into()),
                Err(e) => Err(e),
            }
        };
        let mode = PutMode::Update(same.clone());
        self.put_value(key, &Content::Appended(&open, tail), &mode)
    }

    /// Replaces a value by the file that another store has.
    pub(super) fn copy_file(
        &self,
        from: &LocalStore,
        key: &Key,
        to: &Key,
        most: u64,
    ) -> Result<Copied> {
        let fail = |e| store_error(from, Op::Get, key, e);
        let file = match from.root.open_file(key.as_str()) {
            Ok(file) => file,
            Err(e) if is_absent(&e) => return Ok(Copied::Absent),
            Err(e) => return Err(fail(e)),
        };
        let size = FileStat::of(&file).map_err(fail)?.size;
        ByteRange::AtMost(most)
            .resolve(size)
            .map_err(|kind| StoreError::new(Op::Get, from, key, kind))?;
        // Only a second try opens it again.
        let file = Cell::new(Some(file));
        let open = || match file.take() {
            Some(file) => Ok(file),
            None => from.root.open_file(key.as_str()),
        };
        self.put_value(to, &Content::File(&open), &PutMode::Overwrite)?;
        Ok(Copied::Stored { size: Some(size) })
    }

    /// Deletes a value, which must be the version `same`, where one is given.
    pub(super) fn delete_value(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let fail = |e| store_error(self, Op::Delete, key, e);
        let conflict = || StoreError::new(Op::Delete, self, key, StoreErrorKind::Conflict);
        match uninterrupted(|| self.try_delete(key, same)) {
            Ok(true) => self
                .durability
                .sync_names(&self.root, key.as_str(), false)
                .map_err(fail),
            Ok(false) => Err(conflict()),
            Err(e) if is_absent(&e) && same.is_some() => Err(conflict()),
            Err(e) => if_absent(e).map_err(fail),
        }
    }

    /// One try to write: `Err(NotFound)` means that the directory is not there (any more).
    fn try_put(&self, key: &Key, value: &Content<'_>, mode: &PutMode) -> io::Result<PutOutcome> {
        let same = match mode {
            PutMode::Create => return self.try_create(key, value),
            PutMode::Overwrite => None,
            PutMode::Update(same) | PutMode::Append(same) => Some(same),
        };
        let permissions = self.root.path_at(key.as_str())?.permissions();
        if permissions.is_none() && same.is_none() {
            // Cheaper, and what a writer of a new array does for each chunk.
            let outcome = self.try_create(key, value)?;
            if matches!(outcome, PutOutcome::Written(_)) {
                return Ok(outcome);
            }
        }
        self.try_replace(key, value, permissions, same)
    }

    /// One try to put where nothing is. It needs no lock: a name that a conditional write compares
    /// stays taken until that is over, since whatever deletes waits for it.
    fn try_create(&self, key: &Key, value: &Content<'_>) -> io::Result<PutOutcome> {
        let place = self.root.path_at(key.as_str())?;
        let mut temp = TempFile::create(&place, None)?;
        let stat = temp.fill(value, self.durability_of(value) != Durability::None)?;
        match temp.rename_to_new() {
            Ok(()) => Ok(PutOutcome::Written(stat.version)),
            Err(e) => match e.kind() {
                io::ErrorKind::AlreadyExists => {
                    Ok(PutOutcome::Refused(StoreErrorKind::AlreadyExists))
                }
                io::ErrorKind::Unsupported => Ok(PutOutcome::Refused(StoreErrorKind::Unsupported(
                    "this file system can neither rename without replacing nor make hard links, so \
                     no value can be created safely; overwrite instead",
                ))),
                _ => Err(e),
            },
        }
    }

    /// One try to put over what is there, which must be the version `same`, where one is given.
    fn try_replace(
        &self,
        key: &Key,
        value: &Content<'_>,
        permissions: Option<Permissions>,
        same: Option<&Version>,
    ) -> io::Result<PutOutcome> {
        let place = self.path_at(key)?;
        let mut temp = TempFile::create(&place, permissions)?;
        let stat = temp.fill(value, self.durability_of(value) != Durability::None)?;
        let _lock = self.lock_to_replace(key, &place, LockMode::of(same))?;
        if !self.is_still(key, same)? {
            return Ok(PutOutcome::Refused(StoreErrorKind::Conflict));
        }
        temp.rename()?;
        Ok(PutOutcome::Written(stat.version))
    }

    /// The place of a value that is to be replaced or deleted. Where other processes are kept out, its
    /// directory is open, since that is what they lock.
    fn path_at(&self, key: &Key) -> io::Result<PathAt> {
        match self.locking {
            Locking::Os => self.root.path_in_open_dir(key.as_str()),
            Locking::None => self.root.path_at(key.as_str()),
        }
    }

    /// Lets nobody replace or delete the value meanwhile, until the answer is dropped.
    fn lock_to_replace<'p>(
        &self,
        key: &Key,
        place: &'p PathAt,
        mode: LockMode,
    ) -> io::Result<(Option<DirLock<'p>>, MutexGuard<'static, ()>)> {
        let threads = dir_lock::lock_path(&self.root.path(key.as_str()));
        let dir = place.dir().filter(|_| self.locking == Locking::Os);
        let processes = dir.map(|dir| system::lock_dir(dir, mode));
        Ok((processes.transpose()?, threads))
    }

    /// One try to delete; whether the value was the version that it should be.
    fn try_delete(&self, key: &Key, same: Option<&Version>) -> io::Result<bool> {
        let place = self.path_at(key)?;
        let _lock = self.lock_to_replace(key, &place, LockMode::of(same))?;
        if !self.is_still(key, same)? {
            return Ok(false);
        }
        system::unlink(place.at(), place.path())?;
        Ok(true)
    }

    /// Whether the value is the version `same`; without one, any is.
    fn is_still(&self, key: &Key, same: Option<&Version>) -> io::Result<bool> {
        let Some(same) = same else { return Ok(true) };
        let now = self.root.stat(key.as_str())?;
        Ok(now.is_some_and(|now| now.version == *same))
    }

    /// What a put of this value survives.
    fn durability_of(&self, value: &Content<'_>) -> Durability {
        match value.is_durable() {
            true => Durability::FileAndDir,
            false => self.durability,
        }
    }
}
