//! c-blosc behind two safe functions: the reader and writer that Blosc frames are compared with. Knows
//! nothing of the workspace.
#![allow(unsafe_code)]

use std::ffi::CString;

use blosc_src::{blosc_compress_ctx, blosc_decompress_ctx};

/// Bytes of a header: a frame is never longer than its data by more.
pub const OVERHEAD: usize = 16;

/// How a frame is written.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// `blosclz`, `lz4`, `lz4hc`, `snappy`, `zlib` or `zstd`.
    pub cname: &'a str,
    /// 0 to 9.
    pub level: u8,
    /// 0 none, 1 bytes, 2 bits.
    pub shuffle: u8,
    /// Bytes of an element.
    pub typesize: usize,
    /// Bytes of a block; 0 leaves that to the level.
    pub block: usize,
}

/// The frame that c-blosc makes of `data`, with one thread. `None` where it refuses.
#[must_use]
pub fn compress(settings: Settings<'_>, data: &[u8]) -> Option<Vec<u8>> {
    let mut frame = vec![0; data.len() + OVERHEAD];
    let len = compress_into(settings, data, &mut frame)?;
    frame.truncate(len);
    Some(frame)
}

/// As [`compress`], into the front of `frame`. Returns how many bytes that made.
#[must_use]
pub fn compress_into(settings: Settings<'_>, data: &[u8], frame: &mut [u8]) -> Option<usize> {
    let name = CString::new(settings.cname).ok()?;
    // SAFETY: both pointers are those of slices whose lengths go with them, and the name ends with
    // a zero byte.
    let len = unsafe {
        blosc_compress_ctx(
            settings.level.into(),
            settings.shuffle.into(),
            settings.typesize,
            data.len(),
            data.as_ptr().cast(),
            frame.as_mut_ptr().cast(),
            frame.len(),
            name.as_ptr(),
            settings.block,
            1,
        )
    };
    usize::try_from(len).ok().filter(|&len| len > 0)
}

/// Decodes a frame that is known to be good into `data`, with one thread. `false` where c-blosc
/// refuses, or makes another number of bytes.
///
/// # Panics
/// Where `frame` is shorter than the length in its own header, which c-blosc would trust.
#[must_use]
pub fn decompress(frame: &[u8], data: &mut [u8]) -> bool {
    let len = frame.get(12..OVERHEAD).and_then(|len| len.try_into().ok());
    let len = len.map(u32::from_le_bytes);
    assert_eq!(len, u32::try_from(frame.len()).ok(), "a whole frame");
    // SAFETY: the frame is as long as its header says, which is all that c-blosc goes by, and
    // nothing is written beyond `data`. Tests hand over frames from a compressor, not from outside.
    let made = unsafe {
        blosc_decompress_ctx(
            frame.as_ptr().cast(),
            data.as_mut_ptr().cast(),
            data.len(),
            1,
        )
    };
    usize::try_from(made) == Ok(data.len())
}
