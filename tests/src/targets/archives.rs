//! Zip archives that nobody vouches for: they open, list and read, or are refused.

use zarr_store::runtime::wait;
use zarr_store::zip::ZipLimits;
use zarr_store::{BlockingStore, ByteRange, Key, MemoryStore, Prefix, PutMode, Store, ZipStore};

use super::{Bound, Target};

/// No entry is decompressed to more bytes than this.
const ENTRY_BYTES: u64 = 1 << 20;

pub(super) fn targets() -> Vec<Target> {
    vec![Target {
        name: "zip_open",
        run: open,
        seeds,
        // An entry of 46 bytes in the directory is a record, a key and a node of the map; besides
        // there are the archive itself, once more what is read of it, and one decoded entry.
        bound: Bound {
            per_byte: 16,
            fixed: (256 << 10) + 2 * ENTRY_BYTES as usize,
        },
    }]
}

fn open(bytes: &[u8]) {
    let memory = MemoryStore::new();
    let name = Key::new("x.zip").unwrap();
    memory
        .put(&name, &bytes.to_vec().into(), PutMode::Overwrite)
        .unwrap();
    let limits = ZipLimits {
        directory_bytes: bytes.len() as u64,
        entry_bytes: ENTRY_BYTES,
    };
    let opened = ZipStore::open_within(memory.into_store(), name, limits);
    let Ok(archive) = wait(opened) else {
        return;
    };
    let face: &dyn BlockingStore = archive.as_blocking().unwrap();
    for entry in face.list(&Prefix::root()).unwrap() {
        let half = ByteRange::Bounded(entry.size / 3..entry.size.div_ceil(2));
        // Parts first: the other order knows already where the data is.
        let part = wait(Store::get(&archive, &entry.key, half, None));
        // Copied, since a part of a decoded value holds all of it.
        let part = part.ok().map(|found| found.unwrap().data.to_vec());
        let whole = wait(Store::get(&archive, &entry.key, ByteRange::All, None)).ok();
        let object = face.open(&entry.key).unwrap().unwrap();
        let again = object.read(0..entry.size).ok();
        // The two faces agree, and a part is a part.
        let whole = whole.map(|found| found.unwrap().data);
        assert_eq!(whole, again, "{}", entry.key);
        if let (Some(whole), Some(part)) = (whole, part) {
            assert_eq!(whole.len() as u64, entry.size);
            let start = (entry.size / 3) as usize;
            assert!(whole[start..].starts_with(&part));
        }
    }
}

/// What other programs write, and a zip64 archive.
fn seeds() -> Vec<Vec<u8>> {
    macro_rules! archive {
        ($name:literal) => {
            include_bytes!(concat!(
                "../../../crates/zarr-store/tests/zip/archives/",
                $name
            ))
            .to_vec()
        };
    }
    vec![
        archive!("streamed.zip"),
        archive!("infozip.zip"),
        archive!("zstd.zip"),
        archive!("zeros.zip"),
        archive!("doubled.zip"),
        archive!("after_a_program.zip"),
        archive!("zarr_v3.zip"),
        zip64(),
    ]
}

/// One stored value, all of whose numbers stand in zip64 fields and records.
fn zip64() -> Vec<u8> {
    let full = [0xff; 4];
    let value = b"x";
    let crc = 0x8cdc_1683_u32.to_le_bytes();
    let number = |n: u64| n.to_le_bytes();
    let mut out = [
        b"PK\x03\x04-\0\0\0\0\0\0\0!\0",
        &crc[..],
        &full,
        &full,
        b"\x01\0\x14\0a\x01\0\x10\0",
    ]
    .concat();
    out.extend([number(1), number(1)].concat());
    out.extend(value);
    let at = out.len() as u64;
    out.extend(
        [
            b"PK\x01\x02-\x03-\0\0\0\0\0\0\0!\0",
            &crc[..],
            &full,
            &full,
            b"\x01\0\x1c\0\0\0\0\0\0\0\0\0\xa4\x81",
        ]
        .concat(),
    );
    out.extend(
        [
            &full[..],
            b"a\x01\0\x18\0",
            &number(1),
            &number(1),
            &number(0),
        ]
        .concat(),
    );
    let end = out.len() as u64;
    out.extend([b"PK\x06\x06", &number(44)[..], b"-\x03-\0\0\0\0\0\0\0\0\0"].concat());
    out.extend([number(1), number(1), number(end - at), number(at)].concat());
    out.extend([b"PK\x06\x07\0\0\0\0", &number(end)[..], b"\x01\0\0\0"].concat());
    out.extend(
        [
            b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff",
            &full[..],
            &full,
            b"\0\0",
        ]
        .concat(),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_is_an_archive() {
        for seed in seeds() {
            let memory = MemoryStore::new();
            let name = Key::new("x.zip").unwrap();
            memory.put(&name, &seed.into(), PutMode::Create).unwrap();
            let archive = wait(ZipStore::open(memory.into_store(), name)).unwrap();
            for entry in BlockingStore::list(&archive, &Prefix::root()).unwrap() {
                wait(Store::get(&archive, &entry.key, ByteRange::All, None)).unwrap();
            }
        }
    }
}
