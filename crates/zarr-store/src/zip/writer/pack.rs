//! Encodes a value as it goes into an archive: stored, or deflated if a level is set and that is shorter. No I/O.

use super::records;
use crate::{
    Key, Payload,
    zip::{
        backends::deflate::{Crc32, deflate},
        entry::{DEFLATE, FileHeader, STORED},
    },
};

/// The header and the bytes of an entry. Its offset in the archive is set later.
/// `level` is 1 to 12, or `None` to store.
pub(super) fn pack(key: &Key, value: &Payload, level: Option<i32>) -> (FileHeader, Payload) {
    let mut crc = Crc32::new();
    value.parts().iter().for_each(|part| crc.update(part));
    let packed = level.and_then(|level| deflate(&value.clone().into_bytes(), level));
    let (method, packed) = match packed {
        Some(packed) => (DEFLATE, packed.into()),
        None => (STORED, value.clone()),
    };
    let header = FileHeader {
        offset: 0,
        compressed_size: packed.len() as u64,
        size: value.len() as u64,
        crc32: crc.sum(),
        method,
        flags: records::flags(key),
    };
    (header, packed)
}
