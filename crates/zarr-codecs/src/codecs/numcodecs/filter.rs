//! What numcodecs calls a filter: it takes a chunk as one run of numbers, whatever its axes, and makes another
//! run of numbers. Two adapters give filters their place in a chain: among the array→array codecs in v3, among
//! the bytes→bytes codecs in v2.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use zarr_metadata::{DataType, Endian, Extension, Swap};

use crate::array::buffer;
use crate::array::number::Number;
use crate::array::stored_number::{StoredNumber, cast_all};
use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ByteLen, BytesToBytesCodec, ChunkSpec, CodecError, CodecErrorKind,
    DecodeTarget, NdView, NdViewMut, Scratch,
};

/// A filter of numcodecs, between numbers of two types. As in numcodecs it takes bytes, which it reads as
/// numbers of its own type and byte order, whatever they were before.
pub(crate) trait Filter: Debug + Send + Sync + 'static {
    /// The id in numcodecs.
    fn name(&self) -> &'static str;
    /// The numbers on both sides.
    fn types(&self) -> FilterTypes;
    /// How many numbers this many are encoded to.
    fn encoded_count(&self, count: usize) -> usize {
        count
    }
    /// How many numbers `src` decodes to; it holds whole numbers.
    fn decoded_count(&self, src: &[u8]) -> Result<usize, CodecError> {
        Ok(src.len() / self.types().encoded.size())
    }
    /// Encodes `src`, which holds whole numbers, and appends it to `dst`.
    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError>;
    /// Fills `dst`, which has room for [`decoded_count`](Self::decoded_count) numbers.
    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError>;
}

/// The types of numbers between which a filter works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterTypes {
    /// The numbers that it encodes.
    pub(crate) decoded: StoredNumber,
    /// The numbers that it encodes them to.
    pub(crate) encoded: StoredNumber,
    /// Whether zarr-python takes the encoded type from the settings. Otherwise it takes it for the decoded type.
    pub(crate) is_declared: bool,
}

impl FilterTypes {
    /// Reads `{"dtype": dtype, "astype": dtype}`. The default of `dtype` are the numbers `given`, and that of
    /// `astype` is `dtype`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let decoded = setting::dtype(extension, "dtype", given)?;
        Ok(Self {
            decoded,
            encoded: setting::dtype(extension, "astype", Some(decoded))?,
            is_declared: setting::given(extension, "astype").is_some(),
        })
    }

    /// Checks both types; `expected` says which are good.
    pub(crate) fn check(
        self,
        extension: &Extension,
        is_good: impl Fn(Number) -> bool,
        expected: &str,
    ) -> Result<Self, CodecError> {
        for (key, stored) in [("dtype", self.decoded), ("astype", self.encoded)] {
            if !is_good(stored.number) {
                return Err(setting::bad(extension, key, expected));
            }
        }
        Ok(self)
    }
}

/// Checks that bytes are a whole number of elements of a type.
fn check_whole(name: &str, bytes: &[u8], of: StoredNumber) -> Result<(), CodecError> {
    if bytes.len().is_multiple_of(of.size()) {
        return Ok(());
    }
    let type_name = of.number.data_type();
    let text = format!(
        "{} bytes are not a whole number of {type_name}",
        bytes.len()
    );
    Err(CodecErrorKind::Corrupt(text).of(name))
}

/// Checks `src` and returns how many bytes it decodes to.
fn decoded_len(filter: &dyn Filter, src: &[u8]) -> Result<usize, CodecError> {
    let types = filter.types();
    check_whole(filter.name(), src, types.encoded)?;
    let count = filter.decoded_count(src)?;
    Ok(count.saturating_mul(types.decoded.size()))
}

/// A filter as a codec from bytes to bytes, as in v2.
#[derive(Debug)]
pub(crate) struct FilterOnBytes(pub(crate) Arc<dyn Filter>);

impl BytesToBytesCodec for FilterOnBytes {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        let types = self.0.types();
        let (from, to) = (types.decoded.size(), types.encoded.size());
        decoded.map(|len| self.0.encoded_count(len / from).saturating_mul(to))
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let found = decoded_len(&*self.0, src)?;
        let max = dst.expected().max();
        if found > max {
            let (expected, found) = (max as u64, found as u64);
            return Err(CodecErrorKind::Length { expected, found }.of(self.name()));
        }
        dst.fill(self.name(), found, cx, |memory, _| {
            let memory = buffer::zeroed(memory);
            self.0.decode(src, memory)?;
            Ok(memory)
        })
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        check_whole(self.name(), src, self.0.types().decoded)?;
        self.0.encode(src, dst)
    }
}

/// A filter as a codec from arrays to arrays, as in v3: over the elements in C order. The result is an array
/// of the same shape, or of one axis where the number of elements changes.
///
/// A filter of numcodecs decodes to a NumPy array of its own type and byte order, whose values follow from
/// these. It takes the bytes that it decodes for its encoded type, whatever they were. Where both types are
/// the same, byte orders make no difference. Where they are not, zarr-python goes on with the bytes, and so
/// does this. Encoding is the reverse.
#[derive(Debug)]
pub(crate) struct FilterOnArrays {
    filter: Arc<dyn Filter>,
    /// The elements of the decoded array.
    array: Number,
    /// The numbers of the decoded array, as NumPy has them.
    decoded: StoredNumber,
    /// The numbers of the encoded array, likewise.
    encoded: StoredNumber,
}

/// The array between two codecs of v3, as zarr-python has it. Its byte order is that of the data type which
/// zarr-python makes of the settings, and not always that of the array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterInput {
    endian: Endian,
    /// Whether it comes from a filter, which takes the bytes of an array for numbers of its own.
    filtered: bool,
}

impl FilterInput {
    /// An array of values, whose byte order does not matter.
    pub(crate) const VALUES: Self = Self {
        endian: Endian::Little,
        filtered: false,
    };

    /// The numbers of an array of this data type, if its elements are numbers.
    pub(crate) fn stored(self, data_type: &DataType) -> Option<StoredNumber> {
        StoredNumber::of(data_type, self.endian)
    }
}

impl FilterOnArrays {
    /// A filter for an array of this type, and the array that it makes.
    pub(crate) fn new(
        filter: Arc<dyn Filter>,
        held: FilterInput,
        data_type: &DataType,
    ) -> (Self, FilterInput) {
        let FilterTypes {
            decoded,
            encoded,
            is_declared,
        } = filter.types();
        let endian = held.endian;
        let number = StoredNumber::of(data_type, endian).filter(|of| of.size() == decoded.size());
        let (array, decoded) = match number {
            // Values are assigned to values, of whichever type.
            Some(number) if !held.filtered => (number.number, decoded),
            None if !held.filtered => (decoded.number, decoded),
            _ => (decoded.number, StoredNumber { endian, ..decoded }),
        };
        let encoded = match is_declared {
            true => encoded,
            false => StoredNumber { endian, ..encoded },
        };
        let behind = FilterInput {
            endian: encoded.endian,
            filtered: true,
        };
        let codec = Self {
            filter,
            array,
            decoded,
            encoded,
        };
        (codec, behind)
    }

    /// Encodes elements of the decoded array to elements of the encoded one.
    fn encoded(&self, elements: &[u8]) -> Result<Vec<u8>, CodecError> {
        let bytes = cast_all(
            StoredNumber::native(self.array),
            elements.into(),
            self.decoded,
        );
        let mut encoded = vec![];
        self.filter.encode(&bytes, &mut encoded)?;
        self.encoded.swap(&mut encoded);
        Ok(encoded)
    }
}

impl ArrayToArrayCodec for FilterOnArrays {
    fn name(&self) -> &str {
        self.filter.name()
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let types = self.filter.types();
        if decoded.elem() != types.decoded.size() {
            return Err(CodecErrorKind::DataType(Box::new(decoded.dtype.clone())).of(self.name()));
        }
        let dtype = types.encoded.number.data_type();
        let count = crate::volume(&decoded.shape).and_then(|n| usize::try_from(n).ok());
        let count = count.ok_or_else(|| {
            CodecErrorKind::ChunkShape("the chunk has too many elements".to_owned()).of(self.name())
        })?;
        let encoded = self.filter.encoded_count(count);
        // Some number of elements can become as many others, but not one by one.
        if self.filter.encoded_count(1) == 1 {
            let fill = self.encoded(decoded.fill.as_bytes())?;
            return ChunkSpec::from_fill_bytes(self.name(), &decoded.shape, dtype, &fill);
        }
        let zero = vec![0; types.encoded.size()];
        ChunkSpec::from_fill_bytes(self.name(), &[encoded as u64], dtype, &zero)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let native = StoredNumber::native(self.encoded.number);
        let encoded = cast_all(native, elements(src), self.encoded);
        let expected = dst.byte_len();
        crate::error::check_len(self.name(), expected, decoded_len(&*self.filter, &encoded)?)?;
        let mut bytes = vec![0; expected];
        self.filter.decode(&encoded, &mut bytes)?;
        let decoded = cast_all(self.decoded, bytes.into(), StoredNumber::native(self.array));
        DecodeTarget::elements(dst, Swap::None).put(self.name(), &decoded)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let encoded = self.encoded(&elements(src))?;
        DecodeTarget::elements(dst, Swap::None).put(self.name(), &encoded)
    }
}

/// The elements of a view in C order.
fn elements<'a>(view: &NdView<'a>) -> Cow<'a, [u8]> {
    view.as_slice()
        .map_or_else(|| view.to_vec().into(), Cow::from)
}
