//! Reads an array out of a store of its own: files that are part of the program, and cannot be written.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr::blocking::Wait;
use zarr::testing::{
    BlockingStore, ByteRange, Conditions, Entry, Identity, IoHints, Key, Listing, Object, Op,
    Payload, Prefix, PutMode, StoreError, StoreErrorKind, Version,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Names and contents, in ascending order.
const FILES: &[(&str, &[u8])] = &[
    ("c/0", &[1, 2]),
    (
        "zarr.json",
        br#"{"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "uint8", "fill_value": 9,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
            "chunk_key_encoding": {"name": "default"}, "codecs": [{"name": "bytes"}]}"#,
    ),
];

#[derive(Debug)]
struct Embedded(Identity);

struct File(&'static [u8]);

impl Embedded {
    fn refuse<T>(&self, op: Op, name: impl AsRef<str>) -> Result<T> {
        Err(StoreError::new(op, self, name, StoreErrorKind::ReadOnly))
    }
}

impl BlockingStore for Embedded {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let found = FILES.iter().find(|(name, _)| *name == key.as_str());
        Ok(found.map(|(_, contents)| Arc::new(File(contents)) as Arc<dyn Object>))
    }

    fn put(&self, key: &Key, _: &Payload, _: PutMode) -> Result<Option<Version>> {
        self.refuse(Op::Put, key)
    }

    fn delete(&self, key: &Key, _: Option<&Version>) -> Result<()> {
        self.refuse(Op::Delete, key)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.refuse(Op::DeletePrefix, prefix)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        let mut listing = Listing::default();
        for (name, contents) in FILES {
            let key = Key::new(name)?;
            match name
                .strip_prefix(prefix.as_str())
                .map(|rest| rest.split_once('/'))
            {
                None => {}
                Some(None) => listing.keys.push(Entry {
                    key,
                    size: contents.len() as u64,
                }),
                Some(Some((directory, _))) => listing.prefixes.push(prefix.join(directory)?),
            }
        }
        listing.prefixes.dedup();
        Ok(listing)
    }

    fn hints(&self) -> IoHints {
        let mut hints = IoHints::memory(self.0);
        hints.writable = false;
        hints.conditions = Conditions::NONE;
        hints
    }
}

impl Object for File {
    fn size(&self) -> Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(None)
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.slice(range.clone()).ok_or_else(|| {
            let (asked, size) = (ByteRange::Bounded(range), self.0.len() as u64);
            let kind = StoreErrorKind::OutOfRange { asked, size };
            StoreError::new(Op::Get, "the program", "", kind)
        })
    }

    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
        self.0.get(range).map(Bytes::from_static)
    }
}

impl fmt::Display for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the program's files")
    }
}

fn main() -> zarr::Result<()> {
    let store = Embedded(Identity::unique()).into_store();
    let array = zarr::open_array(store).mode("r").wait()?;
    let all = array.read::<u8>(..).wait()?;
    // The second chunk is not there.
    assert_eq!(all, zarr::ndarray::array![1, 2, 9, 9].into_dyn());
    Ok(())
}
