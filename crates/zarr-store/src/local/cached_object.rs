//! `CachedObject`: an open file, of which only what the system has in memory is read.

use std::{
    fs::File,
    io,
    ops::Range,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;

use super::{
    errors::store_error,
    object::{bytes_from, memory_for},
    root::Root,
    stat::FileStat,
    system,
};
use crate::{Key, Object, Op, Result, StoreError, StoreErrorKind, Version, descriptors::KeepOpen};

/// Copying more bytes takes too long on a thread that serves others.
const MOST: u64 = 1 << 20;

/// A file that was opened at once.
pub(super) struct CachedObject {
    file: File,
    _kept: KeepOpen,
    /// Asked for once, and only if somebody wants size or version.
    described: OnceLock<FileStat>,
    /// Whether the file system has all of its files in memory, as a read found.
    in_memory: AtomicBool,
    root: Root,
    key: Key,
}

impl CachedObject {
    /// Opens a file of which the system has all directories in memory; `WouldBlock` where not.
    pub(super) fn open(root: &Root, key: &Key, leave: Option<KeepOpen>) -> io::Result<Self> {
        let leave = leave.ok_or(io::ErrorKind::WouldBlock)?;
        Ok(Self {
            file: root.open_cached(key.as_str())?,
            _kept: leave,
            described: OnceLock::new(),
            in_memory: AtomicBool::new(false),
            root: root.clone(),
            key: key.clone(),
        })
    }

    fn described(&self) -> Result<&FileStat> {
        if let Some(described) = self.described.get() {
            return Ok(described);
        }
        let described = FileStat::of(&self.file).map_err(|e| self.error(e))?;
        Ok(self.described.get_or_init(|| described))
    }

    /// Reads as much as the system has in memory.
    fn read_cached(&self, memory: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.in_memory.load(Ordering::Relaxed) {
            return system::read_at(&self.file, memory, offset);
        }
        match system::read_cached(&self.file, memory, offset) {
            Err(e)
                if e.kind() == io::ErrorKind::Unsupported && system::is_in_memory(&self.file) =>
            {
                self.in_memory.store(true, Ordering::Relaxed);
                system::read_at(&self.file, memory, offset)
            }
            Err(e) if e.kind() == io::ErrorKind::Unsupported => {
                Err(io::ErrorKind::WouldBlock.into())
            }
            read => read,
        }
    }

    fn error(&self, e: io::Error) -> StoreError {
        at_once_error(&self.root, Op::Get, &self.key, e)
    }
}

impl Object for CachedObject {
    fn size(&self) -> Result<u64> {
        Ok(self.described()?.size)
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(Some(self.described()?.version.clone()))
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let outside = |size| {
            let kind = StoreErrorKind::out_of_range(range.clone(), size);
            StoreError::new(Op::Get, &self.root, &self.key, kind)
        };
        let Some(len) = range.end.checked_sub(range.start) else {
            return Err(outside(self.size()?));
        };
        if len > MOST {
            return Err(self.error(io::ErrorKind::WouldBlock.into()));
        }
        let len = len as usize;
        let (mut memory, start) = memory_for(len).map_err(|e| self.error(e))?;
        memory.resize(start + len, 0);
        let mut filled = 0;
        while filled < len {
            let rest = &mut memory[start + filled..start + len];
            let offset = range.start + filled as u64;
            match self.read_cached(rest, offset) {
                Ok(0) => return Err(outside(offset)),
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.error(e)),
            }
        }
        Ok(bytes_from(memory, start))
    }
}

/// What goes wrong with what is asked for at once.
pub(super) fn at_once_error(root: &Root, op: Op, key: &Key, e: io::Error) -> StoreError {
    match e.kind() {
        io::ErrorKind::WouldBlock => StoreError::new(op, root, key, StoreErrorKind::WouldWait),
        _ => store_error(root, op, key, e),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{BlockingStore, LocalStore, Symlinks};

    #[test]
    fn what_is_in_memory_is_read_and_what_is_absent_is_told() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a"), [7; 100]).unwrap();
        let store = LocalStore::new(dir.path());
        for store in [store.clone(), store.symlinks(Symlinks::Inside)] {
            let key = Key::new("a").unwrap();
            let object = match store.open_at_once(&key) {
                // An old kernel.
                Err(e) if matches!(e.kind, StoreErrorKind::WouldWait) => return,
                object => object.unwrap().unwrap(),
            };
            assert_eq!(object.size().unwrap(), 100);
            let same = store.open(&key).unwrap().unwrap();
            assert_eq!(object.version().unwrap(), same.version().unwrap());
            assert_eq!(object.read(10..20).unwrap(), [7; 10].as_slice());
            let outside = object.read(90..101).unwrap_err().kind;
            assert!(matches!(outside, StoreErrorKind::OutOfRange { .. }));
            let absent = Key::new("b").unwrap();
            assert!(matches!(store.open(&absent), Ok(None)));
            assert!(matches!(store.open_at_once(&absent), Ok(None)));
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_outside() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::write(dir.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("a")).unwrap();
        let store = LocalStore::new(&root).symlinks(Symlinks::Inside);
        assert!(store.open_at_once(&Key::new("a").unwrap()).is_err());
    }
}
