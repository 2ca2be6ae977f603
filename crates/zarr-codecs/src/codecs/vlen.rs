//! The codecs `vlen-utf8`, `vlen-bytes` and `vlen-array`: the number of elements, then each element
//! after its number of bytes, all numbers as 32 bits, little-endian. In memory elements are handles into the
//! heap of the worker.
//! Format: numcodecs `vlen`; registered for Zarr v3 as `vlen-utf8` and `vlen-bytes`.

use zarr_metadata::{DataType, Endian, Extension, Layout, Swap, v2};

use crate::array::heap::VlenHandle;
use crate::array::kernels;
use crate::chain::codec::outside;
use crate::codecs::setting;
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, NdView, NdViewMut, Region,
    Scratch,
};

/// The most bytes that an encoded chunk may have. Nothing in the metadata bounds it. What compressors make of so many must
/// fit into memory, too, which is little where addresses have 32 bits.
pub(crate) const MAX_ENCODED: usize = if usize::BITS < 64 { 1 << 28 } else { 1 << 31 };

/// Elements of variable length, each after its length.
#[derive(Clone, Debug)]
pub struct VlenCodec {
    elements: ElementKind,
}

/// What the bytes of an element are.
#[derive(Clone, Debug)]
enum ElementKind {
    Utf8,
    Bytes,
    /// Numbers of a type of fixed size, and what to swap in each.
    Numbers {
        size: usize,
        swap: Swap,
    },
}

impl VlenCodec {
    /// Texts: `vlen-utf8`.
    #[must_use]
    pub const fn utf8() -> Self {
        Self {
            elements: ElementKind::Utf8,
        }
    }

    /// Byte strings: `vlen-bytes`.
    #[must_use]
    pub const fn bytes() -> Self {
        Self {
            elements: ElementKind::Bytes,
        }
    }

    /// Lists of numbers: `vlen-array` with `{"dtype": a v2 type string}`.
    ///
    /// # Errors
    /// For a type without a fixed size.
    pub fn parse_array(extension: &Extension) -> Result<Self, CodecError> {
        let wrong = || setting::bad(extension, "dtype", "a type string such as \"<i4\"");
        let given = extension.configuration.get("dtype").cloned();
        let dtype = given.and_then(|given| v2::DType::from_json(given).ok());
        let dtype = dtype.ok_or_else(wrong)?;
        let Some(Layout::Fixed { size, swap }) = dtype
            .data_type
            .layout()
            .filter(|_| dtype.data_type.size().is_some_and(|size| size > 0))
        else {
            return Err(wrong());
        };
        let swap = match dtype.endian {
            None | Some(Endian::NATIVE) => Swap::None,
            Some(_) => swap,
        };
        Ok(Self {
            elements: ElementKind::Numbers { size, swap },
        })
    }

    fn check(&self, spec: &ChunkSpec) -> Result<(), CodecError> {
        let fits = match (&self.elements, &spec.dtype) {
            (ElementKind::Utf8, DataType::String) | (ElementKind::Bytes, DataType::Bytes) => true,
            (ElementKind::Numbers { size, .. }, DataType::Ragged(inner)) => {
                inner.size() == Some(*size)
            }
            _ => false,
        };
        match fits {
            true => Ok(()),
            false => Err(CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(self.name())),
        }
    }

    fn corrupt(&self, what: String) -> CodecError {
        CodecErrorKind::Corrupt(what).of(self.name())
    }

    /// Where in `src` each of a chunk's `count` elements begins with its length: numbers of 32 bits, in
    /// order. For elements that take no bytes these are as many as `src` has.
    fn places(&self, src: &[u8], count: usize) -> Result<Vec<u8>, CodecError> {
        let short = || self.corrupt(format!("{} bytes end within an element", src.len()));
        check_encoded(self.name(), src.len() as u64)?;
        let (found, mut rest) = take_u32(src).ok_or_else(short)?;
        if found as usize != count {
            return Err(self.corrupt(format!("holds {found} elements, the chunk has {count}")));
        }
        // Each element takes four bytes or more, so this allocates no more than `src`.
        if rest.len() / PLACE < count {
            return Err(short());
        }
        let mut places = Vec::with_capacity(count * PLACE);
        for _ in 0..count {
            // Below the most that an encoded chunk has, which was compared.
            places.extend_from_slice(&((src.len() - rest.len()) as u32).to_ne_bytes());
            let (len, element) = take_u32(rest).ok_or_else(short)?;
            rest = element.get(len as usize..).ok_or_else(short)?;
        }
        match rest.len() {
            0 => Ok(places),
            extra => Err(self.corrupt(format!("{extra} bytes follow the last element"))),
        }
    }

    /// An element as it is in memory, if it is one.
    fn native<'s>(&self, element: &'s [u8], own: &'s mut Vec<u8>) -> Result<&'s [u8], CodecError> {
        match &self.elements {
            ElementKind::Utf8 => match std::str::from_utf8(element) {
                Ok(_) => Ok(element),
                Err(error) => Err(self.corrupt(format!("a text is not UTF-8: {error}"))),
            },
            ElementKind::Bytes => Ok(element),
            ElementKind::Numbers { size, .. } if !element.len().is_multiple_of(*size) => {
                let len = element.len();
                Err(self.corrupt(format!(
                    "a list of {len} bytes is not a whole number of numbers of {size} bytes"
                )))
            }
            ElementKind::Numbers { size, swap } => Ok(swapped(element, *size, swap, own)),
        }
    }

    /// What is written for an element.
    fn stored<'s>(&self, element: &'s [u8], own: &'s mut Vec<u8>) -> &'s [u8] {
        match &self.elements {
            ElementKind::Utf8 | ElementKind::Bytes => element,
            ElementKind::Numbers { size, swap } => swapped(element, *size, swap, own),
        }
    }
}

/// The numbers in the other byte order, where there is one.
fn swapped<'s>(element: &'s [u8], size: usize, swap: &Swap, own: &'s mut Vec<u8>) -> &'s [u8] {
    if let Swap::None = swap {
        return element;
    }
    own.clear();
    own.extend_from_slice(element);
    kernels::swap_bytes(own, size, swap);
    own
}

/// Bytes of an element's place.
const PLACE: usize = size_of::<u32>();

/// The element that begins with its length at a place.
fn element(src: &[u8], place: u32) -> Option<&[u8]> {
    let (len, rest) = take_u32(src.get(place as usize..)?)?;
    rest.get(..len as usize)
}

/// `Ok` if an encoded chunk may have so many bytes.
pub(crate) fn check_encoded(codec: &str, asked: u64) -> Result<(), CodecError> {
    crate::error::check_limit(codec, "an encoded chunk", asked, MAX_ENCODED as u64)
}

fn take_u32(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number), rest))
}

impl ArrayToBytesCodec for VlenCodec {
    fn name(&self) -> &str {
        match self.elements {
            ElementKind::Utf8 => "vlen-utf8",
            ElementKind::Bytes => "vlen-bytes",
            ElementKind::Numbers { .. } => "vlen-array",
        }
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        self.check(spec)?;
        Ok(ByteLen::AtMost(MAX_ENCODED))
    }

    fn decode(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.decode_part(spec, src, &Region::whole(&spec.shape), dst, cx)
    }

    /// Only the bytes of the wanted elements are kept.
    fn decode_part(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        part: &Region,
        mut dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let outside = || outside(self.name(), part, &spec.shape);
        let count = crate::volume(&spec.shape).and_then(|n| usize::try_from(n).ok());
        let places = self.places(src, count.ok_or_else(outside)?)?;
        let places = NdView::new(&places, &spec.shape, PLACE);
        let wanted = places
            .and_then(|all| all.region(part))
            .ok_or_else(outside)?;
        let mut handles = vec![];
        let mut segment = cx.heap(self.name())?.segment();
        let mut own = vec![];
        let mut result = Ok(());
        wanted.runs(|run| {
            result = run.as_chunks().0.iter().try_for_each(|place| {
                let element = element(src, u32::from_ne_bytes(*place)).unwrap_or_default();
                let handle = segment.push(self.native(element, &mut own)?)?;
                handles.extend_from_slice(&handle.to_bytes());
                Ok(())
            });
            result.is_ok()
        });
        result?;
        segment.finish();
        let handles = NdView::new(&handles, &part.shape(), VlenHandle::SIZE);
        match handles.is_some_and(|handles| dst.copy_from(&handles)) {
            true => Ok(()),
            false => Err(outside()),
        }
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let asked = crate::volume(&spec.shape).unwrap_or(u64::MAX);
        let count = u32::try_from(asked).map_err(|_| {
            let (what, limit) = ("the elements of a chunk", u64::from(u32::MAX));
            CodecErrorKind::Limit { what, asked, limit }.of(self.name())
        })?;
        let heap = cx.heap(self.name())?.elements();
        // Before any is copied: few elements may stand in many cells.
        let mut bytes = 4 + 4 * u64::from(count);
        src.runs(|run| {
            bytes = bytes.saturating_add(heap.byte_len(run));
            true
        });
        check_encoded(self.name(), bytes)?;
        dst.reserve(usize::try_from(bytes).unwrap_or(0));
        dst.extend_from_slice(&count.to_le_bytes());
        let mut own = vec![];
        let mut result = Ok(());
        src.runs(|run| {
            result = VlenHandle::all(run).try_for_each(|handle| {
                let element = self.stored(heap.element(self.name(), handle)?, &mut own);
                // A handle's length has 32 bits.
                dst.extend_from_slice(&(element.len() as u32).to_le_bytes());
                dst.extend_from_slice(element);
                Ok(())
            });
            result.is_ok()
        });
        result
    }
}

// Among others behind a compressor.
#[cfg(all(
    any(feature = "gzip", feature = "gzip-rust"),
    any(feature = "zstd", feature = "zstd-rust")
))]
#[cfg(test)]
mod tests;
