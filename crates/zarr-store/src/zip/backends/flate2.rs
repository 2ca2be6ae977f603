//! Deflate by `flate2`, and its checksum, in Rust.

use crc32fast::Hasher;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// A checksum of bytes that come one by one.
pub(in crate::zip) struct Crc32(Hasher);

impl Crc32 {
    pub(in crate::zip) fn new() -> Self {
        Self(Hasher::new())
    }

    pub(in crate::zip) fn of(bytes: &[u8]) -> u32 {
        crc32fast::hash(bytes)
    }

    pub(in crate::zip) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(in crate::zip) fn sum(self) -> u32 {
        self.0.finalize()
    }
}

/// Exactly `size` bytes, or `None`.
pub(in crate::zip) fn inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let (mut state, mut value) = (Decompress::new(false), vec![0; size]);
    loop {
        let (used, made) = (state.total_in() as usize, state.total_out() as usize);
        let (from, to) = (packed.get(used..)?, value.get_mut(made..)?);
        let status = state.decompress(from, to, FlushDecompress::Finish).ok()?;
        let now = (state.total_in() as usize, state.total_out() as usize);
        match status {
            Status::StreamEnd => return (now.1 == size).then_some(value),
            // One call takes four GiB at most.
            _ if now != (used, made) => {}
            _ => return None,
        }
    }
}

/// Fewer bytes than `value` has, at a level of 1 to 12, or `None`. There are 9 levels; more is the highest.
pub(in crate::zip) fn deflate(value: &[u8], level: i32) -> Option<Vec<u8>> {
    let level = Compression::new(level.clamp(1, 9) as u32);
    let (mut state, mut packed) = (Compress::new(level, false), vec![0; value.len()]);
    loop {
        let (used, made) = (state.total_in() as usize, state.total_out() as usize);
        let (from, to) = (value.get(used..)?, packed.get_mut(made..)?);
        let status = state.compress(from, to, FlushCompress::Finish).ok()?;
        let now = (state.total_in() as usize, state.total_out() as usize);
        match status {
            Status::StreamEnd => {
                packed.truncate(now.1);
                return (packed.len() < value.len()).then_some(packed);
            }
            // One call takes four GiB at most.
            _ if now != (used, made) => {}
            _ => return None,
        }
    }
}
