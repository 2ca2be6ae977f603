//! What tests over rows of numcodecs share: bytes of digits, and a chunk through a chain and back.

use zarr_codecs::{ChunkSpec, CodecChain, CodecError, CodecRegistry, NdView, NdViewMut, Scratch};
use zarr_metadata::{ArrayMetadata, ZarrFormat};

/// Bytes of their hexadecimal digits.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let digit = |c: &u8| char::from(*c).to_digit(16).unwrap() as u8;
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(&pair[0]) << 4 | digit(&pair[1]))
        .collect()
}

/// What a chain makes of elements.
pub(crate) fn encode(chain: &CodecChain, elements: &[u8]) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let view = NdView::new(elements, &spec.shape, spec.elem()).unwrap();
    let mut encoded = vec![];
    chain.encode(&view, &mut encoded, &mut Scratch::default())?;
    Ok(encoded)
}

/// The elements that a chain makes of bytes.
pub(crate) fn decode(chain: &CodecChain, encoded: &[u8]) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let mut decoded = vec![0; spec.byte_len().unwrap()];
    let view = NdViewMut::over(&mut decoded, &spec.shape, spec.elem()).unwrap();
    chain.decode(encoded, view, &mut Scratch::default())?;
    Ok(decoded)
}

/// The chain of an array of one chunk.
pub(crate) fn chain(array: &ArrayMetadata) -> Result<CodecChain, CodecError> {
    let dtype = array.data_type().clone();
    let spec = ChunkSpec::new(array.shape(), dtype, array.fill_value().unwrap())?;
    match array.format() {
        ZarrFormat::V2 => CodecChain::v2(&array.codecs(), spec, &CodecRegistry::default()),
        ZarrFormat::V3 => CodecChain::new(&array.codecs(), spec, &CodecRegistry::default()),
    }
}
