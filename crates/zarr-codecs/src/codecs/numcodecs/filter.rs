//! What numcodecs calls a filter: it sees a chunk as one run of numbers, whatever its axes, and
//! makes another run of them. The two adapters here give it its place in a chain: among the
//! array→array codecs in v3, among the bytes→bytes codecs in v2. Knows no single filter.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use zarr_metadata::{DataType, Endian, FillValue, Swap};

use crate::array::buffer;
use crate::array::number::Number;
use crate::array::stored_number::{StoredNumber, cast_all};
use crate::chain::decode_target::DecodeTarget;
use crate::chain::scratch::Scratch;
use crate::{
    ArrayToArrayCodec, ByteLen, BytesToBytesCodec, ChunkSpec, CodecError, CodecErrorKind, NdView,
    NdViewMut,
};

/// A filter of numcodecs, between numbers of two types. As in numcodecs its data are bytes, which it
/// reads as numbers of its own type and byte order, whatever they were before.
pub(crate) trait Filter: Debug + Send + Sync + 'static {
    /// Its id.
    fn name(&self) -> &'static str;
    /// What it encodes.
    fn decoded(&self) -> StoredNumber;
    /// What it makes.
    fn encoded(&self) -> StoredNumber;
    /// Whether zarr-python goes by the settings for the type of what it makes, or takes it for the type of
    /// what it got.
    fn is_declared(&self) -> bool {
        false
    }
    /// How many numbers become of this many.
    fn encoded_count(&self, count: usize) -> usize {
        count
    }
    /// How many numbers these were; `src` holds whole numbers.
    fn decoded_count(&self, src: &[u8]) -> Result<usize, CodecError> {
        Ok(src.len() / self.encoded().size())
    }
    /// Appends what becomes of `src`, which holds whole numbers.
    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError>;
    /// Fills `dst`, which has room for [`decoded_count`](Self::decoded_count) numbers.
    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError>;
}

/// `Ok` where bytes are whole numbers of a type.
fn check_whole(name: &str, bytes: &[u8], of: StoredNumber) -> Result<(), CodecError> {
    if bytes.len().is_multiple_of(of.size()) {
        return Ok(());
    }
    let type_name = of.number.data_type();
    let text = format!("{} bytes are no whole number of {type_name}", bytes.len());
    Err(CodecErrorKind::Corrupt(text).of(name))
}

/// Checks `src` and tells how many bytes it decodes to.
fn decoded_len(filter: &dyn Filter, src: &[u8]) -> Result<usize, CodecError> {
    check_whole(filter.name(), src, filter.encoded())?;
    let count = filter.decoded_count(src)?;
    Ok(count.saturating_mul(filter.decoded().size()))
}

/// A filter as a codec from bytes to bytes, the way v2 runs it.
#[derive(Debug)]
pub(crate) struct FilterOnBytes(pub(crate) Arc<dyn Filter>);

impl BytesToBytesCodec for FilterOnBytes {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        let (from, to) = (self.0.decoded().size(), self.0.encoded().size());
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
        check_whole(self.name(), src, self.0.decoded())?;
        self.0.encode(src, dst)
    }
}

/// A filter as a codec from arrays to arrays, the way v3 runs it: over the elements in C order. The
/// result is an array of the same shape, or of one axis where the number of elements changes.
///
/// The array that a filter of numcodecs decodes is one of numpy's: it has the filter's own type and byte
/// order, and gives values by them. What it is given to decode it takes for its own encoded type, whatever
/// it was. Where both are the same, byte orders make no difference; where they are not, its bytes are what
/// zarr-python reads, and are read so here. What is written is the reverse of that.
#[derive(Debug)]
pub(crate) struct FilterOnArrays {
    filter: Arc<dyn Filter>,
    /// The elements of the decoded array.
    array: Number,
    /// The bytes of the decoded array, as numpy has them.
    decoded: StoredNumber,
    /// The bytes of the encoded array, likewise.
    encoded: StoredNumber,
}

/// In which byte order zarr-python has the array between two codecs of v3: as the data type says that it
/// makes of the settings, which is not always that of the array that it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FilterInput {
    endian: Endian,
    /// Whether a filter stands in front, which takes the array's bytes for numbers of its own.
    filtered: bool,
}

impl FilterInput {
    /// An array of values, whose byte order nobody sees.
    pub(crate) const VALUES: Self = Self {
        endian: Endian::Little,
        filtered: false,
    };

    /// The numbers of an array of this type, as far as they are numbers.
    pub(crate) fn stored(self, data_type: &DataType) -> Option<StoredNumber> {
        StoredNumber::of(data_type, self.endian)
    }
}

impl FilterOnArrays {
    /// The filter behind an array of this type, and how the array that it makes is held.
    pub(crate) fn new(
        filter: Arc<dyn Filter>,
        held: FilterInput,
        data_type: &DataType,
    ) -> (Self, FilterInput) {
        let (decoded, encoded) = (filter.decoded(), filter.encoded());
        let endian = held.endian;
        let number = StoredNumber::of(data_type, endian).filter(|of| of.size() == decoded.size());
        let (array, decoded) = match number {
            // Values are assigned to values, of whichever type.
            Some(number) if !held.filtered => (number.number, decoded),
            None if !held.filtered => (decoded.number, decoded),
            _ => (decoded.number, StoredNumber { endian, ..decoded }),
        };
        let encoded = match filter.is_declared() {
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

    /// What the filter makes of elements of the decoded array, as elements of the encoded one.
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
        let (from, to) = (self.filter.decoded(), self.filter.encoded());
        if decoded.elem() != from.size() {
            return Err(CodecErrorKind::DataType(Box::new(decoded.dtype.clone())).of(self.name()));
        }
        let backend = |e| CodecErrorKind::Backend(Box::new(e)).of(self.name());
        let dtype = to.number.data_type();
        let count = crate::volume(&decoded.shape).and_then(|n| usize::try_from(n).ok());
        let count = count.ok_or_else(|| {
            CodecErrorKind::ChunkShape("the chunk has too many elements".to_owned()).of(self.name())
        })?;
        let encoded = self.filter.encoded_count(count);
        // Some number of elements can become as many others, but not one by one.
        if self.filter.encoded_count(1) == 1 {
            let fill = self.encoded(decoded.fill.as_bytes())?;
            let fill = FillValue::from_bytes(&dtype, &fill).map_err(backend)?;
            return ChunkSpec::new(&decoded.shape, dtype, fill);
        }
        let zero = FillValue::from_bytes(&dtype, &vec![0; to.size()]).map_err(backend)?;
        ChunkSpec::new(&[encoded as u64], dtype, zero)
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
