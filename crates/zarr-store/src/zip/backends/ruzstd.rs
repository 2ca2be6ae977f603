//! Zstandard by `ruzstd`, in Rust.

use ruzstd::decoding::FrameDecoder;

/// Whether this build can decode zstd.
pub(in crate::zip) const KNOWN: bool = true;

/// The window that every decoder should allow: RFC 8878, 3.1.1.1.2.
const WINDOW: u64 = 8 << 20;

/// Exactly `size` bytes, or `None`.
pub(in crate::zip) fn decode(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut decoder = FrameDecoder::new();
    // The decoder takes memory for a window, which a damaged entry may call large.
    decoder.set_max_window_size(WINDOW.max(size as u64));
    let mut value = vec![0; size];
    let made = decoder.decode_all(packed, &mut value).ok()?;
    (made == size).then_some(value)
}
