//! Deflate by `flate2` over zlib-rs, zlib in Rust.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::array::buffer::{Byte, InflateError, Inflated};

/// The largest window that deflate has, as a power of two.
const WINDOW_BITS: u8 = 15;

/// A decoder. Its state is small and made for each stream, since that of a gzip file cannot be used again.
pub(crate) struct Inflater(());

impl Inflater {
    /// As that of libdeflate, which may lack the memory.
    #[allow(clippy::unnecessary_wraps, reason = "its twin may fail")]
    pub(crate) fn new() -> Option<Self> {
        Some(Self(()))
    }

    /// Decodes the member of a gzip file that `src` begins with to the front of `memory`. Returns
    /// what that made, and where in `src` the member ends.
    #[allow(clippy::unused_self, reason = "its twin keeps a state")]
    pub(crate) fn gzip<'d, B: Byte>(&mut self, src: &[u8], memory: &'d mut [B]) -> Inflated<'d> {
        inflate(Decompress::new_gzip(WINDOW_BITS), src, memory)
    }

    /// As [`gzip`](Self::gzip), for the zlib stream that `src` begins with.
    #[allow(clippy::unused_self, reason = "its twin keeps a state")]
    pub(crate) fn zlib<'d, B: Byte>(&mut self, src: &[u8], memory: &'d mut [B]) -> Inflated<'d> {
        inflate(Decompress::new(true), src, memory)
    }
}

fn inflate<'d, B: Byte>(mut state: Decompress, src: &[u8], memory: &'d mut [B]) -> Inflated<'d> {
    let memory = B::readable(memory);
    loop {
        let (used, made) = (state.total_in() as usize, state.total_out() as usize);
        let (from, to) = (&src[used..], &mut memory[made..]);
        let status = state.decompress(from, to, FlushDecompress::Finish);
        let (used_now, made_now) = (state.total_in() as usize, state.total_out() as usize);
        match status.map_err(|_| InflateError::Corrupt)? {
            Status::StreamEnd => return Ok((&mut memory[..made_now], used_now)),
            // One call takes four GiB at most.
            _ if (used, made) != (used_now, made_now) => {}
            _ if made_now == memory.len() => return Err(InflateError::Full),
            _ => return Err(InflateError::Corrupt),
        }
    }
}

/// Encoders of one level, each made when it is first wanted.
pub(crate) struct Deflater {
    level: Compression,
    gzip: Option<Compress>,
    zlib: Option<Compress>,
}

impl Deflater {
    /// `None` if there is no such level.
    pub(crate) fn new(level: i32) -> Option<Self> {
        let level = u32::try_from(level).ok().filter(|level| *level <= 9)?;
        Some(Self {
            level: Compression::new(level),
            gzip: None,
            zlib: None,
        })
    }

    /// The level that compresses as zlib does at this one.
    pub(crate) fn level_like_zlib(level: u8) -> Option<i32> {
        Some(i32::from(level))
    }

    /// The room that any stream of so many bytes fits, in either wrapping: at its fastest level the library codes
    /// bytes with nine bits.
    #[allow(clippy::unused_self, reason = "its twin asks the library")]
    pub(crate) fn bound(&mut self, len: usize) -> usize {
        len.saturating_add(len / 8).saturating_add(64)
    }

    /// Encodes `src` as a gzip file to the front of `dst`: its length, or `None` if it does not fit.
    pub(crate) fn gzip(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        let make = || Compress::new_gzip(self.level, WINDOW_BITS);
        deflate(self.gzip.get_or_insert_with(make), src, dst)
    }

    /// As [`gzip`](Self::gzip), a zlib stream.
    pub(crate) fn zlib(&mut self, src: &[u8], dst: &mut [u8]) -> Option<usize> {
        let make = || Compress::new(self.level, true);
        deflate(self.zlib.get_or_insert_with(make), src, dst)
    }
}

fn deflate(state: &mut Compress, src: &[u8], dst: &mut [u8]) -> Option<usize> {
    state.reset();
    loop {
        let (used, made) = (state.total_in() as usize, state.total_out() as usize);
        let (from, to) = (&src[used..], &mut dst[made..]);
        let status = state.compress(from, to, FlushCompress::Finish).ok()?;
        let (used_now, made_now) = (state.total_in() as usize, state.total_out() as usize);
        match status {
            Status::StreamEnd => return Some(made_now),
            // One call takes four GiB at most.
            _ if (used, made) != (used_now, made_now) => {}
            _ => return None,
        }
    }
}
