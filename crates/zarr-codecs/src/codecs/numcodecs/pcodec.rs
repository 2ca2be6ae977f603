//! The codec `pcodec` of numcodecs: the numbers of a chunk as one standalone file of pco. In v3 it is an
//! array→bytes codec; in v2, where filters see bytes, it is told which numbers these are.
//! Format: pcodec, `docs/format.md`. Settings: numcodecs `pcodec`.

mod decode;
mod number;
mod settings;

use std::fmt::Debug;

use pco::ChunkConfig;
use pco::standalone::{guarantee, simple_compress_into};
use zarr_metadata::{Endian, Extension, Swap};

use crate::array::buffer::Uninit;
use crate::array::kernels;
use crate::array::number::Number;
use crate::array::stored_number::StoredNumber;
use crate::{
    ArrayToBytesCodec, ByteLen, BytesToBytesCodec, ChunkSpec, CodecError, CodecErrorKind,
    DecodeTarget, NdView, NdViewMut, Scratch,
};

use self::number::{NAME, PcodecNumber};

/// pco with one setting, for numbers of one type.
#[derive(Clone, Debug)]
pub struct PcodecCodec {
    type_: NumberCoder,
    config: ChunkConfig,
    /// The most numbers of a page.
    page: usize,
}

type Encode = fn(&[u8], &ChunkConfig, &mut Vec<u8>) -> Result<(), CodecError>;
type Decode = for<'d> fn(&[u8], &'d mut Uninit) -> Result<&'d mut [u8], CodecError>;

/// What this codec does with numbers of one type.
#[derive(Clone, Copy)]
struct NumberCoder {
    size: usize,
    encode: Encode,
    decode: Decode,
    /// The most bytes that a page of this many numbers takes.
    page_len: fn(usize) -> usize,
}

impl Debug for NumberCoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.size)
    }
}

impl NumberCoder {
    /// `None` for what numcodecs does not let pco compress.
    fn of(number: Number) -> Option<Self> {
        Some(match number {
            Number::I16 => Self::new::<i16>(),
            Number::I32 => Self::new::<i32>(),
            Number::I64 => Self::new::<i64>(),
            Number::U16 => Self::new::<u16>(),
            Number::U32 => Self::new::<u32>(),
            Number::U64 => Self::new::<u64>(),
            Number::F16 => Self::new::<half::f16>(),
            Number::F32 => Self::new::<f32>(),
            Number::F64 => Self::new::<f64>(),
            Number::Bool | Number::I8 | Number::U8 => return None,
        })
    }

    fn new<T: PcodecNumber>() -> Self {
        Self {
            size: size_of::<T>(),
            encode: encode::<T>,
            decode: decode::numbers::<T>,
            page_len: guarantee::chunk_size::<T::L>,
        }
    }
}

fn encode<T: PcodecNumber>(
    bytes: &[u8],
    config: &ChunkConfig,
    dst: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let numbers = T::from_bytes(bytes);
    let written = simple_compress_into(&numbers, config, dst);
    written.map_err(|error| CodecErrorKind::Backend(Box::new(error)).of(NAME))?;
    Ok(())
}

impl PcodecCodec {
    /// Reads the settings of numcodecs, for arrays of this type: `{"level": 0 to 12, "mode_spec": "auto" or
    /// "classic", "delta_spec": "auto", "no_op", "none", "try_consecutive" or "try_lookback",
    /// "paging_spec": "equal_pages_up_to", "delta_encoding_order": 0 to 7, "equal_pages_up_to": integer}`.
    /// The defaults are those of numcodecs (8, automatic, pages of 2¹⁸ numbers).
    ///
    /// # Errors
    /// For other values, and for all but integers and floats of two to eight bytes.
    pub fn parse(extension: &Extension, spec: &ChunkSpec) -> Result<Self, CodecError> {
        let type_ = Number::of(&spec.dtype).and_then(NumberCoder::of);
        let unfit = || CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME);
        Self::with_type(extension, type_.ok_or_else(unfit)?)
    }

    /// As [`parse`](Self::parse), for a v2 array and the numbers that reach the codec.
    pub(crate) fn parse_stored(
        extension: &Extension,
        stored: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let little = stored.filter(|stored| stored.endian == Endian::Little);
        let type_ = little.and_then(|stored| NumberCoder::of(stored.number));
        let unfit = || {
            let text = "takes little-endian integers and floats of two to eight bytes only, and is \
                        given something else here";
            CodecErrorKind::Input(text).of(NAME)
        };
        Self::with_type(extension, type_.ok_or_else(unfit)?)
    }

    fn with_type(extension: &Extension, type_: NumberCoder) -> Result<Self, CodecError> {
        let (config, page) = settings::parse(extension)?;
        Ok(Self {
            type_,
            config,
            page,
        })
    }

    /// Between numbers in memory and little-endian ones.
    fn swap(&self) -> Swap {
        match Endian::NATIVE {
            Endian::Little => Swap::None,
            Endian::Big => Swap::Width(self.type_.size),
        }
    }

    /// The most bytes that so many become. Pages are of about one size.
    fn max_len(&self, len: usize) -> usize {
        let count = len / self.type_.size;
        let pages = count.div_ceil(self.page).max(1);
        let page = (self.type_.page_len)(count.div_ceil(pages));
        // What stands around the pages.
        page.saturating_mul(pages).saturating_add(64)
    }
}

impl ArrayToBytesCodec for PcodecCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        let unfit = || CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME);
        let len = spec.byte_len().ok_or_else(unfit)?;
        Ok(ByteLen::AtMost(self.max_len(len)))
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (len, decode) = (dst.byte_len(), self.type_.decode);
        let mut target = DecodeTarget::elements(dst, self.swap());
        target.fill(NAME, len, cx, |memory, _| decode(src, memory))
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let encode = self.type_.encode;
        match (src.as_slice(), self.swap()) {
            (Some(bytes), Swap::None) => encode(bytes, &self.config, dst),
            (_, swap) => {
                let mut bytes = src.to_vec();
                kernels::swap_bytes(&mut bytes, self.type_.size, &swap);
                encode(&bytes, &self.config, dst)
            }
        }
    }
}

impl BytesToBytesCodec for PcodecCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        ByteLen::AtMost(self.max_len(decoded.max()))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        dst.fill_to_end(NAME, src, cx, |memory, _| (self.type_.decode)(src, memory))
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let (len, size) = (src.len(), self.type_.size);
        if !len.is_multiple_of(size) {
            let text = format!("{len} bytes are not a whole number of elements of {size}");
            return Err(CodecErrorKind::Corrupt(text).of(NAME));
        }
        (self.type_.encode)(src, &self.config, dst)
    }
}

#[cfg(test)]
#[path = "pcodec/tests.rs"]
mod tests;
