//! The `bytes` codec: elements in C order, in one byte order.
//! Specification: Zarr v3 codecs, `bytes`.

use std::sync::Arc;

use serde_json::Value;
use zarr_metadata::{Endian, Extension, Layout, Swap, SwapField};

use crate::array::kernels;
use crate::chain::codec::outside;
use crate::codecs::setting;
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, Dims, NdView,
    NdViewMut, Region, Scratch, StridedLayout,
};

const NAME: &str = "bytes";

/// Elements in C order, in one byte order.
#[derive(Clone, Debug)]
pub struct BytesCodec {
    order: ByteOrder,
}

#[derive(Clone, Debug)]
enum ByteOrder {
    /// None: for elements of single bytes.
    None,
    Of(Endian),
    /// That of this machine, except for these numbers of a record.
    Swapped(Arc<[SwapField]>),
}

impl BytesCodec {
    /// Elements in this byte order; `None` is for elements of single bytes.
    pub const fn new(endian: Option<Endian>) -> Self {
        let order = match endian {
            None => ByteOrder::None,
            Some(endian) => ByteOrder::Of(endian),
        };
        Self { order }
    }

    /// Reads `{"endian": "little" | "big"}`; `endian` may be left out.
    ///
    /// # Errors
    /// For any other value.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let endian = match extension.configuration.get("endian") {
            None => None,
            Some(value) => match value.as_str() {
                Some("little") => Some(Endian::Little),
                Some("big") => Some(Endian::Big),
                _ => return Err(setting::bad(extension, "endian", "\"little\" or \"big\"")),
            },
        };
        Ok(Self::new(endian))
    }

    /// Reads the settings of a v2 array, where `endian` may list the numbers of a record that are
    /// stored in either order: `{"little": [[offset, width, count], ..], "big": [..]}`.
    ///
    /// # Errors
    /// For any other value.
    pub fn parse_v2(extension: &Extension) -> Result<Self, CodecError> {
        let Some(Value::Object(lists)) = extension.configuration.get("endian") else {
            return Self::parse(extension);
        };
        let foreign = match Endian::NATIVE {
            Endian::Little => Endian::Big,
            Endian::Big => Endian::Little,
        };
        let list = lists.get(foreign.as_str()).and_then(Value::as_array);
        let fields: Option<Arc<[SwapField]>> = list.into_iter().flatten().map(field).collect();
        let bad = || setting::bad(extension, "endian", "lists of numbers of a record");
        let order = ByteOrder::Swapped(fields.ok_or_else(bad)?);
        Ok(Self { order })
    }

    /// What to swap between memory and the encoded chunk.
    fn swap(&self, spec: &ChunkSpec) -> Result<Swap, CodecError> {
        match (&spec.layout, &self.order) {
            (
                Layout::Fixed {
                    swap: Swap::None, ..
                },
                _,
            ) => Ok(Swap::None),
            (Layout::Fixed { .. }, ByteOrder::Of(Endian::NATIVE)) => Ok(Swap::None),
            (Layout::Fixed { swap, .. }, ByteOrder::Of(_)) => Ok(swap.clone()),
            (Layout::Fixed { .. }, ByteOrder::Swapped(fields)) => {
                Ok(Swap::Fields(Arc::clone(fields)))
            }
            (Layout::Fixed { .. }, ByteOrder::None) => {
                let problem = format!("is required for data type {}", spec.dtype);
                Err(setting::error(NAME, "endian", problem))
            }
            _ => Err(CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME)),
        }
    }
}

impl ArrayToBytesCodec for BytesCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        self.swap(spec)?;
        let len = spec.byte_len().ok_or_else(|| too_large(spec))?;
        Ok(ByteLen::Exact(len))
    }

    fn decode(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        DecodeTarget::elements(dst, self.swap(spec)?).put(NAME, src)
    }

    fn decode_part(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        part: &Region,
        mut dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let expected = self.encoded_len(spec)?.max();
        crate::error::check_len(NAME, expected, src.len())?;
        let swap = self.swap(spec)?;
        let cells = NdView::new(src, &spec.shape, dst.elem()).and_then(|view| view.region(part));
        if !cells.is_some_and(|cells| dst.copy_from(&cells)) {
            return Err(outside(NAME, part, &spec.shape));
        }
        kernels::swap_view(&mut dst, &swap);
        Ok(())
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let swap = self.swap(spec)?;
        let start = dst.len();
        dst.reserve(self.encoded_len(spec)?.max());
        src.runs(|run| {
            dst.extend_from_slice(run);
            true
        });
        kernels::swap_bytes(&mut dst[start..], src.elem(), &swap);
        Ok(())
    }

    fn placed(&self, spec: &ChunkSpec) -> Option<Swap> {
        self.swap(spec).ok()
    }

    fn borrow<'a>(&self, spec: &ChunkSpec, src: &NdView<'a>) -> Option<&'a [u8]> {
        matches!(self.swap(spec), Ok(Swap::None)).then(|| src.as_slice())?
    }

    fn locate(&self, spec: &ChunkSpec, part: &Region) -> Option<StridedLayout> {
        if !part.fits(&spec.shape) {
            return None;
        }
        let mut stride = isize::try_from(spec.elem()).ok()?;
        let mut strides: Dims<isize> = spec.shape.iter().map(|_| 0).collect();
        let mut offset = 0_u64;
        let axes = strides.iter_mut().zip(&spec.shape).zip(&part.ranges);
        for ((of_axis, &len), range) in axes.rev() {
            *of_axis = stride.checked_mul(isize::try_from(range.step()).ok()?)?;
            offset = offset.checked_add(range.start().checked_mul(u64::try_from(stride).ok()?)?)?;
            stride = stride.checked_mul(isize::try_from(len).ok()?)?;
        }
        Some(StridedLayout {
            offset,
            strides,
            elem: spec.elem(),
        })
    }
}

/// A run of numbers that ends somewhere an element can.
fn field(value: &Value) -> Option<SwapField> {
    let numbers: Option<Vec<usize>> = value
        .as_array()?
        .iter()
        .map(|n| n.as_u64().and_then(|n| usize::try_from(n).ok()))
        .collect();
    let [offset, width, count] = numbers?.try_into().ok()?;
    let end = offset.checked_add(width.checked_mul(count)?)?;
    (end <= isize::MAX as usize).then_some(SwapField {
        offset,
        width,
        count,
    })
}

fn too_large(spec: &ChunkSpec) -> CodecError {
    let cells = crate::volume(&spec.shape).unwrap_or(u64::MAX);
    let asked = cells.saturating_mul(spec.elem() as u64);
    CodecErrorKind::Limit {
        what: "a decoded chunk",
        asked,
        limit: isize::MAX as u64,
    }
    .of(NAME)
}
