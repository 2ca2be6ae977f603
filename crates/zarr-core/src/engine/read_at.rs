//! Reads bytes of an object into memory, never at a distance at which copying is slow.
//!
//! Systems copy out of their page cache with `rep movsb`. On processors that make short copies by it fast, long ones are
//! slow if the destination lies a few bytes behind the source, apart from whole pages: AMD's Zen 3 then copies 1.5 GB in
//! a second instead of 14, and glibc avoids up to 63 bytes on Intel's. Files begin where pages do, and large memory of
//! glibc 16 bytes behind, so without care that is the usual case.

use std::ops::Range;

use zarr_codecs::buffer::{self, FilledFront, Uninit};
use zarr_store::Object;

use super::pool::with_scratch;
use crate::ChunkError;

const PAGE: usize = 4096;
/// The distances, modulo a page, at which copying is slow. Nothing is known of other processors.
const SLOW: Range<usize> = if cfg!(target_arch = "x86_64") {
    1..64
} else {
    0..0
};
/// Fewer bytes are copied soon enough at any distance.
const LONG: usize = 32 << 10;
/// The bytes that are copied by way of other memory at a time: they stay in the processor's cache.
const PIECE: usize = 256 << 10;

/// What [`Object::read_at`] does.
pub(super) fn read_at<'d>(
    object: &dyn Object,
    offset: u64,
    dst: &'d mut Uninit,
) -> Result<&'d mut [u8], ChunkError> {
    let is_slow = SLOW.contains(&distance(offset, dst.as_ptr().addr()));
    if !is_slow || dst.len() < LONG {
        return Ok(object.read_at(offset, dst)?);
    }
    // Copying twice takes less time.
    let len = dst.len();
    let mut front = FilledFront::new(dst);
    with_scratch(|cx| {
        let mut memory = cx.buffers.take();
        let mut done = 0;
        while done < len {
            let wanted = PIECE.min(len - done);
            memory.clear();
            let bytes = append(object, offset + done as u64, &mut memory, wanted)?;
            let read = bytes.len();
            front.push(read, |dst| buffer::copied(dst, bytes));
            done += read;
            if read < wanted {
                break;
            }
        }
        cx.buffers.give(memory);
        Ok(front.into_filled())
    })
}

/// Reads up to `wanted` bytes to the end of `memory`, behind as many others as make the distance a good one, and returns
/// what was read.
pub(super) fn append<'m>(
    object: &dyn Object,
    offset: u64,
    memory: &'m mut Vec<u8>,
    wanted: usize,
) -> Result<&'m [u8], ChunkError> {
    if wanted >= LONG {
        memory.reserve(wanted.saturating_add(PAGE));
        let end = memory.as_ptr().addr() + memory.len();
        // Half a page: good towards the source, and towards any memory that has a slow distance to the source.
        let gap = (PAGE + PAGE / 2 - distance(offset, end)) % PAGE;
        memory.resize(memory.len() + gap, 0);
    }
    let start = memory.len();
    buffer::append(memory, wanted, |memory| object.read_at(offset, memory))?;
    Ok(memory.get(start..).unwrap_or_default())
}

/// How far an address lies behind an offset in a file, modulo a page.
fn distance(offset: u64, address: usize) -> usize {
    address.wrapping_sub(offset as usize) % PAGE
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use bytes::Bytes;
    use zarr_store::{Result, Version};

    use super::*;

    /// Fills the reader's memory, as open files do on Unix.
    struct Filling(Vec<u8>);

    impl Object for Filling {
        fn size(&self) -> Result<u64> {
            Ok(self.0.len() as u64)
        }

        fn version(&self) -> Result<Option<Version>> {
            Ok(None)
        }

        fn read(&self, range: Range<u64>) -> Result<Bytes> {
            let range = range.start as usize..range.end as usize;
            Ok(Bytes::copy_from_slice(&self.0[range]))
        }

        fn read_at<'d>(&self, offset: u64, dst: &'d mut Uninit) -> Result<&'d mut [u8]> {
            Ok(buffer::copied(dst, &self.0[offset as usize..]))
        }
    }

    #[test]
    fn bytes_are_the_same_at_any_distance() {
        let bytes: Vec<u8> = (0..600_000_u32).map(|i| (i * 7 % 251) as u8).collect();
        let object = Filling(bytes.clone());
        let mut memory = vec![MaybeUninit::uninit(); bytes.len() + 2 * PAGE];
        let to_page = memory.as_ptr().addr().wrapping_neg() % PAGE;
        for (offset, from_page) in [(0, 0), (0, 16), (4095, 1), (100, 150), (599_999, 0)] {
            let rest = &bytes[offset..];
            let dst = &mut memory[to_page + from_page..][..rest.len()];
            assert_eq!(read_at(&object, offset as u64, dst).unwrap(), rest);
            // No more than there is.
            let dst = &mut memory[to_page + from_page..][..rest.len() + 100];
            assert_eq!(read_at(&object, offset as u64, dst).unwrap(), rest);
            let mut vec = vec![];
            let appended = append(&object, offset as u64, &mut vec, rest.len()).unwrap();
            assert_eq!(appended, rest);
            let far = distance(offset as u64, appended.as_ptr().addr());
            assert!(rest.len() < LONG || far == PAGE / 2);
        }
    }
}
