//! Whether the chunks of one array are those of another, byte for byte. Compares documents; resolves
//! no codec, so that chunks of unknown ones can be copied too.

use std::borrow::Cow;

use zarr_metadata::{ArrayMetadata, ZarrFormat};

/// Whether an encoded chunk of one array is that of the other, at the same place of the same grid,
/// and an absent one means the same cells. Only keys, names and attributes may differ.
pub(super) fn same_chunks(a: &ArrayMetadata, b: &ArrayMetadata) -> bool {
    // What they say may not exist in format 3.
    if let (ArrayMetadata::V2 { array: a, .. }, ArrayMetadata::V2 { array: b, .. }) = (a, b)
        && a == b
    {
        return true;
    }
    let (Some(a), Some(b)) = (canonical(a), canonical(b)) else {
        return false;
    };
    let same_fill = match (a.fill_value(), b.fill_value()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    a.shape() == b.shape()
        && a.data_type() == b.data_type()
        && a.chunk_grid() == b.chunk_grid()
        && a.codecs() == b.codecs()
        && (same_fill || a == b)
}

/// The array converted to format 3.
fn canonical(array: &ArrayMetadata) -> Option<Cow<'_, ArrayMetadata>> {
    match array.format() {
        ZarrFormat::V3 => Some(Cow::Borrowed(array)),
        ZarrFormat::V2 => {
            let converted = array.convert(ZarrFormat::V3).ok()?;
            Some(Cow::Owned(converted.metadata))
        }
    }
}
