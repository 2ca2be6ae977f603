//! Deflate by the C library libdeflate, which encodes and decodes a stream as a whole.

use libdeflater::{CompressionLvl, Compressor};

pub(crate) use crate::array::buffer::Inflater;

/// For each level of zlib the one of libdeflate whose streams are no larger, by more than a hair. It takes no longer
/// for them.
const LIKE_ZLIB: [i32; 10] = [0, 2, 4, 5, 5, 5, 7, 8, 9, 11];

/// The state of an encoder, for one level.
pub(crate) struct Deflater(Compressor);

impl Deflater {
    /// `None` if there is no such level.
    pub(crate) fn new(level: i32) -> Option<Self> {
        let level = CompressionLvl::new(level).ok()?;
        Some(Self(Compressor::new(level)))
    }

    /// The level that compresses as zlib does at this one.
    pub(crate) fn level_like_zlib(level: u8) -> Option<i32> {
        LIKE_ZLIB.get(usize::from(level)).copied()
    }

    /// The room that any stream of so many bytes fits, in either wrapping.
    pub(crate) fn bound(&mut self, len: usize) -> usize {
        let gzip = self.0.gzip_compress_bound(len);
        gzip.max(self.0.zlib_compress_bound(len))
    }

    /// Encodes `src` as a gzip file to the front of `dst`: its length, or `None` if it does not fit.
    pub(crate) fn gzip(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        self.0.gzip_compress(src, dst).ok()
    }

    /// As [`gzip`](Self::gzip), a zlib stream.
    pub(crate) fn zlib(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        self.0.zlib_compress(src, dst).ok()
    }
}
