//! The elements of a chunk that is stored as it is, one after the other as they lie there, whatever the order of its axes.

use std::cmp::Reverse;

use bytes::Bytes;
use zarr_codecs::{ChunkAccess, CodecChain, Dims, NdViewMut, Region, StridedLayout};

use super::{PartialReader, SLAB};
use crate::ChunkError;
use crate::engine::source::{ByteSource, ChunkSource, READ_COST};

/// A copy of neighbouring elements in memory costs about as much as this many more bytes in another one.
const COPY_COST: u64 = 1 << 10;

/// The elements of a chunk that is stored as it is, to be read in the order in which they lie there.
pub(in crate::engine) struct StoredElements<'a> {
    bytes: ElementBytes<'a>,
    chain: &'a CodecChain,
    /// Where the first one lies.
    offset: u64,
    /// The bytes of each.
    elem: usize,
    /// The axes of the chunk, the outermost first.
    axes: Dims<usize>,
}

enum ElementBytes<'a> {
    Object(PartialReader<'a>),
    Memory(Bytes),
}

impl<'a> StoredElements<'a> {
    /// `None` if the chunk is not stored as it is, or does not have the length that its metadata says, which is for
    /// [`read`] to tell.
    pub(in crate::engine) fn new(
        source: &'a ChunkSource<'a>,
        chain: &'a CodecChain,
    ) -> Result<Option<Self>, ChunkError> {
        let shape = &chain.spec().shape;
        let ChunkAccess::Cells(at) = chain.access(&Region::whole(shape)) else {
            return Ok(None);
        };
        let mut axes: Dims<usize> = (0..shape.len()).collect();
        axes.sort_by_key(|&axis| {
            Reverse(
                at.strides
                    .get(axis)
                    .map_or(0, |stride| stride.unsigned_abs()),
            )
        });
        let picked = |axis: &usize| Some((*at.strides.get(*axis)?, *shape.get(*axis)?));
        let (strides, lengths): (Dims<isize>, Dims<u64>) = axes.iter().filter_map(picked).unzip();
        let in_order = StridedLayout { strides, ..at };
        let len = chain.encoded_len().max() as u64;
        let source = match &source.at {
            ByteSource::Decoded(_) => return Ok(None),
            ByteSource::PartialObject(partial) => ChunkSource::object(&**partial),
            _ => source.clone(),
        };
        if !in_order.is_dense(&lengths) || source.size()? != len {
            return Ok(None);
        }
        let object_from = |object, start| {
            ElementBytes::Object(PartialReader {
                object,
                start,
                chain,
            })
        };
        let bytes = match &source.at {
            _ if source.is_in_memory() => ElementBytes::Memory(source.read(0..len)?),
            ByteSource::Object(object) => object_from(*object, 0),
            ByteSource::Window(object, window) => object_from(*object, window.start),
            _ => return Ok(None),
        };
        Ok(Some(Self {
            bytes,
            chain,
            offset: in_order.offset,
            elem: in_order.elem,
            axes,
        }))
    }

    /// The axes of the chunk, the outermost first.
    pub(in crate::engine) fn axes(&self) -> &[usize] {
        &self.axes
    }

    /// How many elements are better read with their neighbours than left out.
    pub(in crate::engine) fn gap(&self) -> u64 {
        let bytes = match &self.bytes {
            ElementBytes::Object(_) => READ_COST,
            ElementBytes::Memory(_) => COPY_COST,
        };
        bytes / (self.elem as u64).max(1)
    }

    /// How many elements are read at a time.
    pub(in crate::engine) fn most(&self) -> u64 {
        (SLAB / (self.elem as u64).max(1)).max(1)
    }

    /// Reads the elements from the `first` one on.
    pub(in crate::engine) fn read(&self, first: u64, dst: NdViewMut<'_>) -> Result<(), ChunkError> {
        let at = StridedLayout {
            offset: self.offset + first * self.elem as u64,
            strides: [self.elem as isize].into_iter().collect(),
            elem: self.elem,
        };
        match &self.bytes {
            ElementBytes::Object(reader) => reader.read(&at, dst),
            ElementBytes::Memory(bytes) => Ok(self.chain.gather(&at, 0, bytes, dst)?),
        }
    }
}
