//! Encodes and decodes a chunk that it has fetched itself: no stores, no threads, no C.

use zarr_codecs::{ChunkSpec, CodecChain, CodecRegistry, NdView, NdViewMut, Scratch};
use zarr_metadata::{DataType, Extension, FillValue};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fill = FillValue::from_bytes(&DataType::UInt16, &0_u16.to_ne_bytes())?;
    let spec = ChunkSpec::new(&[2, 3], DataType::UInt16, fill)?;
    let codecs = [
        Extension::new("bytes").with("endian", "big"),
        Extension::new("crc32c"),
    ];
    let chain = CodecChain::new(&codecs, spec, &CodecRegistry::default())?;

    let elements: Vec<u8> = (1_u16..7).flat_map(u16::to_ne_bytes).collect();
    let view = NdView::new(&elements, &[2, 3], 2).ok_or("12 bytes are 2 by 3 elements")?;
    let mut scratch = Scratch::default();
    let mut encoded = Vec::new();
    chain.encode(&view, &mut encoded, &mut scratch)?;
    // Big-endian numbers, and four bytes of a checksum.
    assert_eq!(encoded[..4], [0, 1, 0, 2]);
    assert_eq!(encoded.len(), 16);

    let mut decoded = vec![0; 12];
    let out = NdViewMut::over(&mut decoded, &[2, 3], 2).ok_or("the same")?;
    chain.decode(&encoded, out, &mut scratch)?;
    assert_eq!(decoded, elements);
    // What is damaged is an error.
    encoded[0] ^= 1;
    let out = NdViewMut::over(&mut decoded, &[2, 3], 2).ok_or("the same")?;
    assert!(chain.decode(&encoded, out, &mut scratch).is_err());
    Ok(())
}
