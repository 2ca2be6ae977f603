//! `LocalObject`: one open file, its positioned reads and, where asked for, its size and version.

use std::{
    fs::File,
    io,
    mem::MaybeUninit,
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

use super::{
    errors::{is_absent, store_error},
    root::Root,
    stat::FileStat,
    system,
    waits::Waits,
};
use crate::{Key, Object, Op, Result, StoreError, StoreErrorKind, Version, descriptors::KeepOpen};

/// One open file, or one that is opened for each read because too many are open.
pub(super) struct LocalObject {
    /// Kept open, and given back with the leave.
    kept: Option<(File, KeepOpen)>,
    /// Asked for once, and only if somebody wants size or version, or reads a file that is not kept.
    described: OnceLock<FileStat>,
    root: Root,
    key: Key,
    waits: Arc<Waits>,
}

impl LocalObject {
    /// Keeps the file open, if there is leave.
    pub(super) fn open(
        root: &Root,
        key: &Key,
        leave: Option<KeepOpen>,
        waits: &Arc<Waits>,
    ) -> io::Result<Self> {
        let file = root.open_file(key.as_str())?;
        let mut object = LocalObject {
            kept: None,
            described: OnceLock::new(),
            root: root.clone(),
            key: key.clone(),
            waits: Arc::clone(waits),
        };
        // Without leave it is opened again, and becomes the version that is there then.
        object.kept = leave.map(|leave| (file, leave));
        Ok(object)
    }

    fn described(&self) -> Result<&FileStat> {
        if let Some(described) = self.described.get() {
            return Ok(described);
        }
        let described = self.with_file(|file| FileStat::of(file).map_err(|e| self.error(e)))?;
        Ok(self.described.get_or_init(|| described))
    }

    /// The file that was opened: itself, or one that must be the same version.
    fn with_file<T>(&self, f: impl FnOnce(&File) -> Result<T>) -> Result<T> {
        if let Some((file, _)) = &self.kept {
            return f(file);
        }
        let reopen = || {
            let file = self.root.open_file(self.key.as_str())?;
            let stat = FileStat::of(&file)?;
            Ok((file, stat))
        };
        let (file, stat) = match reopen() {
            Err(e) if is_absent(&e) => return Err(self.changed()),
            reopened => reopened.map_err(|e: io::Error| self.error(e))?,
        };
        let first = self.described.get_or_init(|| stat.clone());
        match first.version == stat.version {
            true => f(&file),
            false => Err(self.changed()),
        }
    }

    fn changed(&self) -> StoreError {
        StoreError::new(Op::Get, &self.root, &self.key, StoreErrorKind::Conflict)
    }

    fn error(&self, e: impl Into<io::Error>) -> StoreError {
        store_error(&self.root, Op::Get, &self.key, e.into())
    }

    fn outside(&self, range: Range<u64>, size: u64) -> StoreError {
        let kind = StoreErrorKind::out_of_range(range, size);
        StoreError::new(Op::Get, &self.root, &self.key, kind)
    }
}

impl Object for LocalObject {
    fn size(&self) -> Result<u64> {
        Ok(self.described()?.size)
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(Some(self.described()?.version.clone()))
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        // A damaged index may ask for more than there is: no memory is taken for that. Small reads
        // skip the question, which would cost a call.
        let is_large = range.end.saturating_sub(range.start) > 1 << 20;
        if range.start > range.end || is_large && range.end > self.size()? {
            return Err(self.outside(range, self.size()?));
        }
        let len = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let read = |file: &File| self.waits.during(len, || read_range(file, &range));
        let data = self.with_file(|file| read(file).map_err(|e| self.error(e)))?;
        let end = range.start + data.len() as u64;
        match end < range.end {
            true => Err(self.outside(range, end)),
            false => Ok(data),
        }
    }

    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        if !system::READS_IN_PLACE {
            return Ok(&mut []);
        }
        self.with_file(|file| {
            let read = self
                .waits
                .during(dst.len(), || system::read_once(file, dst, offset));
            read.map_err(|e| self.error(e))
        })
    }
}

/// Memory for so many bytes of a file, and what of it is left free in front of them. Processors copy slowly to memory
/// that lies a few bytes behind the source, apart from whole pages: files begin where pages do, and large memory of glibc
/// 16 bytes behind.
pub(super) fn memory_for(len: usize) -> io::Result<(Vec<u8>, usize)> {
    const ALIGNMENT: usize = 64;
    /// Fewer bytes are copied soon enough to anywhere.
    const LONG: usize = 32 << 10;
    let room = if len < LONG { 0 } else { ALIGNMENT };
    let mut memory = Vec::<u8>::new();
    let reserved = memory.try_reserve_exact(len.saturating_add(room));
    reserved.map_err(|_| io::ErrorKind::OutOfMemory)?;
    let start = match room {
        0 => 0,
        _ => memory.as_ptr().align_offset(ALIGNMENT),
    };
    memory.resize(start, 0);
    Ok((memory, start))
}

/// The bytes from there on.
pub(super) fn bytes_from(memory: Vec<u8>, start: usize) -> Bytes {
    let bytes = Bytes::from(memory);
    match start {
        0 => bytes,
        _ => bytes.slice(start..),
    }
}

/// The bytes of a range of a file, or fewer where it ends before.
pub(crate) fn read_range(file: &File, range: &Range<u64>) -> io::Result<Bytes> {
    let len = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
    let (mut buffer, start) = memory_for(len)?;
    while buffer.len() < start + len {
        let offset = range.start + (buffer.len() - start) as u64;
        match system::append_from(file, &mut buffer, offset) {
            Ok(0) => break,
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    // There may be more room than was asked for, and that was filled too.
    buffer.truncate(start + len);
    Ok(bytes_from(buffer, start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockingStore, LocalStore, PutMode};

    #[test]
    fn what_is_not_kept_open_is_the_same_version_or_a_conflict() {
        let dir = tempfile::tempdir().unwrap();
        let store = LocalStore::new(dir.path());
        let key = Key::new("a").unwrap();
        let put = |value: u8| {
            let value = vec![value; 100].into();
            store.put(&key, &value, PutMode::Overwrite).unwrap();
        };
        put(1);
        let object = LocalObject::open(&store.root, &key, None, &store.waits).unwrap();
        assert_eq!(object.size().unwrap(), 100);
        assert_eq!(object.read(10..20).unwrap(), [1; 10].as_slice());
        let mut memory = [MaybeUninit::uninit(); 20];
        let in_place = object.read_at(90, &mut memory).unwrap();
        assert_eq!(
            in_place,
            &[1; 10][..if system::READS_IN_PLACE { 10 } else { 0 }]
        );
        assert!(matches!(
            object.read(90..101).unwrap_err().kind,
            StoreErrorKind::OutOfRange { .. }
        ));
        put(2);
        assert!(object.read(10..20).unwrap_err().is_conflict());
        store.delete(&key, None).unwrap();
        assert!(object.read(10..20).unwrap_err().is_conflict());
    }
}
