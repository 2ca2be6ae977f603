//! What numcodecs calls a filter: it sees a chunk as one run of numbers, whatever its axes, and
//! makes another run of them. The two adapters here give it its place in a chain: among the
//! array→array codecs in v3, among the bytes→bytes codecs in v2. Knows no single filter.

use std::borrow::Cow;
use std::fmt::Debug;
use std::sync::Arc;

use zarr_metadata::{Endian, FillValue, Swap};

use crate::number::Stored;
use crate::scratch::Scratch;
use crate::sink::Sink;
use crate::{
    ArrayToArray, BytesToBytes, ChunkSpec, CodecError, CodecErrorKind, Len, NdView, NdViewMut,
    buffer, kernels,
};

/// A filter of numcodecs, between numbers of two types. As in numcodecs its data are bytes, which it
/// reads as numbers of its own type and byte order, whatever they were before.
pub(crate) trait Filter: Debug + Send + Sync + 'static {
    /// Its id.
    fn name(&self) -> &'static str;
    /// What it encodes.
    fn decoded(&self) -> Stored;
    /// What it makes.
    fn encoded(&self) -> Stored;
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
fn check_whole(name: &str, bytes: &[u8], of: Stored) -> Result<(), CodecError> {
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
pub(crate) struct OnBytes(pub(crate) Arc<dyn Filter>);

impl BytesToBytes for OnBytes {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn encoded_len(&self, decoded: Len) -> Len {
        let (from, to) = (self.0.decoded().size(), self.0.encoded().size());
        decoded.map(|len| self.0.encoded_count(len / from).saturating_mul(to))
    }

    fn decode(&self, src: &[u8], dst: &mut Sink<'_>, cx: &mut Scratch) -> Result<(), CodecError> {
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
#[derive(Debug)]
pub(crate) struct OnArrays(pub(crate) Arc<dyn Filter>);

impl ArrayToArray for OnArrays {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let (from, to) = (self.0.decoded(), self.0.encoded());
        if decoded.elem() != from.size() {
            return Err(CodecErrorKind::DataType(Box::new(decoded.dtype.clone())).of(self.name()));
        }
        let backend = |e| CodecErrorKind::Backend(Box::new(e)).of(self.name());
        let dtype = to.number.data_type();
        let count = crate::volume(&decoded.shape).and_then(|n| usize::try_from(n).ok());
        let count = count.ok_or_else(|| {
            CodecErrorKind::Config("the chunk has too many elements".to_owned()).of(self.name())
        })?;
        let encoded = self.0.encoded_count(count);
        if encoded == count {
            let mut fill = vec![];
            self.0
                .encode(&little(decoded.fill.as_bytes(), from.size()), &mut fill)?;
            let fill = native(fill, to);
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
        let (from, to) = (self.0.encoded(), self.0.decoded());
        let encoded = stored(src, from);
        let expected = dst.byte_len();
        crate::error::check_len(self.name(), expected, decoded_len(&*self.0, &encoded)?)?;
        let mut decoded = vec![0; expected];
        self.0.decode(&encoded, &mut decoded)?;
        Sink::elements(dst, Swap::None).put(self.name(), &little(&decoded, to.size()))
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (from, to) = (self.0.decoded(), self.0.encoded());
        let decoded = elements(src);
        let mut encoded = vec![];
        self.0
            .encode(&little(&decoded, from.size()), &mut encoded)?;
        Sink::elements(dst, Swap::None).put(self.name(), &native(encoded, to))
    }
}

/// The elements of a view in C order.
fn elements<'a>(view: &NdView<'a>) -> Cow<'a, [u8]> {
    view.as_slice()
        .map_or_else(|| view.to_vec().into(), Cow::from)
}

/// Elements of an array as bytes in little-endian order, which a filter then reads in its own: so
/// does numpy on the machines that wrote what there is.
fn little(native: &[u8], size: usize) -> Cow<'_, [u8]> {
    if Endian::NATIVE == Endian::Little || size == 1 {
        return native.into();
    }
    let mut bytes = native.to_vec();
    kernels::swap_bytes(&mut bytes, size, &Swap::Width(size));
    bytes.into()
}

/// What a filter made, as elements of an array.
fn native(encoded: Vec<u8>, of: Stored) -> Vec<u8> {
    if of.endian == Endian::NATIVE || of.size() == 1 {
        return encoded;
    }
    of.load(&encoded)
}

/// The reverse of [`native`].
fn stored<'a>(array: &NdView<'a>, of: Stored) -> Cow<'a, [u8]> {
    let elements = elements(array);
    if of.endian == Endian::NATIVE || of.size() == 1 {
        return elements;
    }
    of.load(&elements).into()
}
