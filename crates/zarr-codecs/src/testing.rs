//! For tests of codecs and of what runs on them: chains from JSON, chunks through a chain and back, and a
//! codec that breaks the rules. It needs the feature `testing`, so no release build has it.
#![allow(clippy::unwrap_used, reason = "a test that panics says where")]

pub mod libraries;

use std::sync::Arc;

use serde_json::Value;
use zarr_metadata::{ArrayMetadata, DataType, Extension, FillValue, Swap, ZarrFormat};

use crate::{
    ByteLen, BytesToBytesCodec, ChunkSpec, CodecChain, CodecError, CodecRegistry, DecodeTarget,
    NdView, NdViewMut, Region, Scratch, VlenHandle, VlenHeap,
};

/// Bytes from hexadecimal digits.
pub fn bytes(hex: &str) -> Vec<u8> {
    let digit = |c: &u8| char::from(*c).to_digit(16).unwrap() as u8;
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| digit(&pair[0]) << 4 | digit(&pair[1]))
        .collect()
}

/// Elements in memory of little-endian ones of `size` bytes, or back.
pub fn little_endian(mut elements: Vec<u8>, size: usize) -> Vec<u8> {
    if cfg!(target_endian = "big") {
        elements.chunks_mut(size).for_each(<[u8]>::reverse);
    }
    elements
}

/// Panics with all of these reports, unless there are none.
pub fn assert_none(wrong: &[String]) {
    let (count, reports) = (wrong.len(), wrong.join("\n"));
    assert!(wrong.is_empty(), "{count} wrong:\n{reports}");
}

/// A chunk of this shape and type, whose fill value is zero or empty.
pub fn spec(shape: &[u64], dtype: DataType) -> ChunkSpec {
    let fill = FillValue::zero(&dtype).unwrap();
    ChunkSpec::new(shape, dtype, fill).unwrap()
}

/// The codecs of a JSON list, as `codecs` of a v3 document has them.
pub fn codecs(list: &Value) -> Vec<Extension> {
    serde_json::from_value(list.clone()).unwrap()
}

/// The chain of a JSON list of codecs.
///
/// # Errors
/// As [`CodecChain::new`].
pub fn chain(list: &Value, spec: &ChunkSpec) -> Result<CodecChain, CodecError> {
    CodecChain::new(&codecs(list), spec.clone(), &CodecRegistry::default())
}

/// The chain of an array that is one chunk.
///
/// # Errors
/// As [`CodecChain::new`] and [`CodecChain::v2`].
pub fn chain_of(array: &ArrayMetadata) -> Result<CodecChain, CodecError> {
    let dtype = array.data_type().clone();
    let spec = ChunkSpec::new(array.shape(), dtype, array.fill_value().unwrap())?;
    match array.format() {
        ZarrFormat::V2 => CodecChain::v2(&array.codecs(), spec, &CodecRegistry::default()),
        ZarrFormat::V3 => CodecChain::new(&array.codecs(), spec, &CodecRegistry::default()),
    }
}

/// What a chain makes of the elements of a chunk.
///
/// # Errors
/// As [`CodecChain::encode`].
pub fn encode(chain: &CodecChain, elements: &[u8]) -> Result<Vec<u8>, CodecError> {
    encode_with(chain, elements, &mut Scratch::default())
}

fn encode_with(
    chain: &CodecChain,
    elements: &[u8],
    scratch: &mut Scratch,
) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let view = NdView::new(elements, &spec.shape, spec.elem()).unwrap();
    let mut encoded = vec![];
    chain.encode(&view, &mut encoded, scratch)?;
    Ok(encoded)
}

/// The elements of a chunk that a chain makes of bytes.
///
/// # Errors
/// As [`CodecChain::decode`].
pub fn decode(chain: &CodecChain, encoded: &[u8]) -> Result<Vec<u8>, CodecError> {
    let spec = chain.spec();
    let mut decoded = vec![0xEE; spec.byte_len().unwrap()];
    let view = NdViewMut::over(&mut decoded, &spec.shape, spec.elem()).unwrap();
    chain.decode(encoded, view, &mut Scratch::default())?;
    Ok(decoded)
}

/// What a chain makes of elements of variable length.
///
/// # Errors
/// As [`CodecChain::encode`].
pub fn encode_vlen<E: AsRef<[u8]>>(
    chain: &CodecChain,
    elements: &[E],
) -> Result<Vec<u8>, CodecError> {
    let heap = heap(chain);
    let mut segment = heap.segment();
    let handles = elements.iter().map(|e| segment.push(e.as_ref()).unwrap());
    let handles: Vec<u8> = handles.flat_map(VlenHandle::to_bytes).collect();
    segment.finish();
    encode_with(chain, &handles, &mut worker(heap))
}

/// The elements of variable length of a part of a chunk.
///
/// # Errors
/// As [`CodecChain::decode_part`].
pub fn decode_vlen(
    chain: &CodecChain,
    encoded: &[u8],
    part: &Region,
) -> Result<Vec<Vec<u8>>, CodecError> {
    let heap = heap(chain);
    let count = part.volume().unwrap() as usize;
    let mut handles = vec![0xEE; count * VlenHandle::SIZE];
    let view = NdViewMut::over(&mut handles, &part.shape(), VlenHandle::SIZE).unwrap();
    chain.decode_part(encoded, part, view, &mut worker(Arc::clone(&heap)))?;
    let elements = heap.elements();
    let element = |handle| elements.get(handle).unwrap().to_vec();
    Ok(VlenHandle::all(&handles).map(element).collect())
}

fn heap(chain: &CodecChain) -> Arc<VlenHeap> {
    Arc::new(VlenHeap::new(chain.spec().fill.as_bytes().to_vec()))
}

/// The scratch memory of a worker for elements in this heap.
pub fn worker(heap: Arc<VlenHeap>) -> Scratch {
    Scratch {
        heap: Some(heap),
        ..Scratch::default()
    }
}

/// Puts a target of its own, which it fills, in the place of the one that it was lent.
#[derive(Clone, Copy, Debug)]
pub struct TargetThief;

impl BytesToBytesCodec for TargetThief {
    fn name(&self) -> &str {
        "thief"
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let own: &'static mut [u8] = Box::leak(vec![0; src.len()].into_boxed_slice());
        let view = NdViewMut::over(own, &[src.len() as u64], 1).unwrap();
        *dst = DecodeTarget::elements(view, Swap::None);
        dst.put(self.name(), src)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(src);
        Ok(())
    }
}
