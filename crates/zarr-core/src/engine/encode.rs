//! Makes the bytes of one chunk from new elements and, where they do not cover it, its old bytes. The
//! counterpart of `request::read`; knows no store beyond an open object.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{
    ByteLen, CodecChain, CodecErrorKind, Fields, NdView, NdViewMut, Region, Scratch, ShardingCodec,
    VlenHeap, all_equal, fill,
};
use zarr_store::Payload;

use super::decode;
use super::plan::check_held;
use super::pool::{Workers, with_scratch};
use super::source::{ChunkSource, check_len};
use crate::broadcast::Broadcast;
use crate::cells::{CellRun, Cells};
use crate::{ChunkError, ChunkedArray, Error, ErrorKind, ResolvedSelection, Values};

/// A shard in a shard may hold unused bytes, up to this size.
const LARGEST_SHARD: usize = 2 << 30;

/// The elements of a write.
#[derive(Clone, Debug)]
pub enum Elements {
    /// One element for every cell.
    Scalar(Values),
    /// One element per cell of the selection, in C order.
    Each(Values),
    /// An array that is broadcast to the shape of the selection, as NumPy does. What is repeated is not copied.
    Array {
        /// The length of each axis.
        shape: Vec<u64>,
        /// The elements, in C order.
        values: Values,
    },
}

/// The elements of a write, as chunks take them.
pub(super) struct NewElements {
    elements: Bytes,
    /// Which of them each cell becomes; `None` where all become the same one.
    places: Option<Broadcast>,
    /// Bytes of one.
    elem: usize,
    /// Of records, the fields that are written.
    fields: Option<Arc<Fields>>,
    /// Whether chunks that hold only fill values are stored.
    keep_empty: bool,
    heap: Arc<VlenHeap>,
    /// The codecs of the largest chunk.
    chain: Arc<CodecChain>,
}

impl NewElements {
    /// Takes the elements for the cells of a selection. Elements of variable length go to the heap.
    pub(super) fn new(
        array: &ChunkedArray,
        selection: &ResolvedSelection,
        elements: Elements,
    ) -> Result<Self, Error> {
        let chain = Arc::clone(array.chain()?);
        let heap = VlenHeap::new(chain.spec().fill.as_bytes().to_vec());
        let (values, places) = match elements {
            Elements::Scalar(values) => (values, None),
            Elements::Each(values) => (values, Some(Broadcast::each(selection))),
            Elements::Array { shape, values } => {
                let places = Broadcast::new(&shape, selection);
                let places = places.ok_or_else(|| does_not_fit(&shape, selection))?;
                (values, Some(places))
            }
        };
        let elements = values.into_elements(&heap).map_err(|source| {
            let path = array.path().clone();
            ErrorKind::Codec { path, source }
        })?;
        let elem = match array.picked() {
            Some(fields) => fields.data_type().size().unwrap_or(0),
            None => chain.spec().elem(),
        };
        Ok(Self {
            elements,
            places,
            elem,
            fields: array.picked().cloned(),
            keep_empty: array.config().write_empty_chunks,
            // The limit is for what is read from the old chunks; the new elements are in memory already.
            heap: Arc::new(heap.at_most(array.context().memory())),
            chain,
        })
    }

    /// The codecs of the largest chunk.
    pub(super) fn chain(&self) -> &Arc<CodecChain> {
        &self.chain
    }

    /// The elements of variable length.
    pub(super) fn heap(&self) -> &Arc<VlenHeap> {
        &self.heap
    }

    /// Whether absent chunks stay absent when these elements are written to them.
    pub(super) fn leave_absent(&self) -> bool {
        // A handle of an element of variable length tells nothing of it, but zeros stand for the fill value.
        let is_fill = self.places.is_none() && self.elements == self.chain.spec().fill_element();
        is_fill && self.fields.is_none() && !self.keep_empty
    }

    /// Encodes a chunk of which these cells are new: all cells if it `covers` the chunk; the others are those of
    /// the old chunk. `None` if nothing is to be stored.
    pub(super) fn encode(
        &self,
        chain: &CodecChain,
        cells: &Cells,
        covers: bool,
        old: Option<ChunkSource<'_>>,
        workers: Workers<'_>,
    ) -> Result<Option<Payload>, ChunkError> {
        let new = match (&self.places, cells) {
            (None, _) => Some(NewCells::Scalar(&self.elements)),
            (Some(places), Cells::Box { .. }) => {
                places.view(&self.elements, self.elem).map(NewCells::Each)
            }
            (Some(places), Cells::Scattered(_)) => Some(NewCells::Scattered(self, places)),
        };
        let change = ChunkChange {
            cells,
            covers,
            new: new.ok_or(ChunkError::INTERNAL)?,
            fields: self.fields.as_deref(),
            old,
            keep_empty: self.keep_empty,
        };
        let parts = chunk(chain, change, workers)?;
        Ok(parts.map(|parts| parts.into_iter().collect()))
    }

    /// The elements of neighbouring cells.
    fn run(&self, places: &Broadcast, run: &CellRun) -> Option<Cow<'_, [u8]>> {
        let bytes = |place: usize, len: usize| {
            let start = place.checked_mul(self.elem)?;
            let end = start.checked_add(len.checked_mul(self.elem)?)?;
            self.elements.get(start..end)
        };
        if places.is_each() {
            return bytes(run.to, run.len).map(Cow::Borrowed);
        }
        let mut elements = Vec::new();
        for i in run.to..run.to + run.len {
            elements.extend_from_slice(bytes(places.place(i), 1)?);
        }
        Some(elements.into())
    }
}

/// The error that an array cannot be broadcast to a selection.
pub(super) fn does_not_fit(shape: &[u64], selection: &ResolvedSelection) -> Error {
    let wanted = selection.out_shape();
    let text = format!(
        "an array of shape {shape:?} does not fit a selection of shape {wanted:?}: counted from the last axis, \
         their lengths must be equal, or that of the array 1"
    );
    Error::wrong_shape("data", text)
}

/// New cells: one element for all of them, or one each. Of boxes, there is a view of the part that is meant;
/// scattered cells say themselves which of all elements they mean.
#[derive(Clone)]
enum NewCells<'e> {
    Scalar(&'e [u8]),
    Each(NdView<'e>),
    Scattered(&'e NewElements, &'e Broadcast),
}

impl<'e> NewCells<'e> {
    /// What is meant for one part of the cells. `None` where it lies outside.
    fn of(&self, cells: &Cells) -> Option<NewCells<'e>> {
        Some(match (self, cells) {
            (Self::Each(view), Cells::Box { to, .. }) => NewCells::Each(view.region(to)?),
            (new, _) => new.clone(),
        })
    }

    /// Writes the cells of `part`, or these fields of them, into a chunk of this shape. `None` where
    /// they do not suit it.
    fn write(
        &self,
        cells: &Cells,
        fields: Option<&Fields>,
        memory: &mut [u8],
        shape: &[u64],
        elem: usize,
    ) -> Option<()> {
        match cells {
            Cells::Box { cells, .. } => {
                let mut cells = NdViewMut::over(memory, shape, elem)?.region(cells)?;
                self.put(fields, &mut cells)
            }
            Cells::Scattered(cells) => {
                for run in cells.runs(&Region::whole(shape)) {
                    let cells = memory.get_mut(run.from * elem..(run.from + run.len) * elem)?;
                    let new = match self {
                        Self::Scattered(all, places) => Some((all.run(places, &run)?, all.elem)),
                        _ => None,
                    };
                    if let (Some((new, _)), None) = (&new, fields) {
                        cells.copy_from_slice(new);
                        continue;
                    }
                    let count = [run.len as u64];
                    let mut cells = NdViewMut::over(cells, &count, elem)?;
                    let new = match &new {
                        Some((new, n)) => NewCells::Each(NdView::new(new, &count, *n)?),
                        None => self.clone(),
                    };
                    new.put(fields, &mut cells)?;
                }
                Some(())
            }
        }
    }

    /// Whether all cells become `value`, as far as that is told at once.
    fn all_equal(&self, cells: &Cells, value: &[u8]) -> bool {
        match (self, cells) {
            (Self::Scalar(element), _) => *element == value,
            (Self::Each(view), Cells::Box { .. }) => all_equal(view, value),
            _ => false,
        }
    }

    /// The elements as a whole chunk of this shape, if they are in its order.
    fn as_chunk(&self, cells: &Cells, shape: &[u64]) -> Option<&NdView<'e>> {
        match (self, cells) {
            (Self::Each(view), Cells::Box { cells, .. }) => cells.is_whole(shape).then_some(view),
            _ => None,
        }
    }

    /// Puts the elements into cells of as many.
    fn put(&self, fields: Option<&Fields>, cells: &mut NdViewMut<'_>) -> Option<()> {
        let done = match (self, fields) {
            (Self::Scalar(element), None) => {
                fill(cells, element);
                true
            }
            (Self::Scalar(element), Some(fields)) => fields.fill(element, cells),
            (Self::Each(view), None) => cells.copy_from(view),
            (Self::Each(view), Some(fields)) => fields.write(view, cells),
            (Self::Scattered(..), _) => false,
        };
        done.then_some(())
    }
}

/// The change of one chunk.
struct ChunkChange<'e> {
    /// The cells that change.
    cells: &'e Cells,
    /// Whether the new cells are all of the chunk, with all their fields, so that nothing old stays.
    covers: bool,
    /// What they become.
    new: NewCells<'e>,
    /// Of records, the fields that change; the others stay.
    fields: Option<&'e Fields>,
    /// The old chunk, if not all cells change. `None` stands for fill values.
    old: Option<ChunkSource<'e>>,
    /// Whether a chunk that holds only fill values is stored.
    keep_empty: bool,
}

/// The bytes of the changed chunk, in parts; `None` if nothing is to be stored.
fn chunk(
    chain: &CodecChain,
    mut change: ChunkChange<'_>,
    workers: Workers<'_>,
) -> Result<Option<Vec<Bytes>>, ChunkError> {
    let new = change.new.of(change.cells);
    change.new = new.ok_or_else(|| too_large(chain))?;
    match chain.shard() {
        Some(shard) => shard_parts(shard, &change, workers),
        None => Ok(plain(chain, &change, workers)?.map(|bytes| vec![bytes])),
    }
}

fn plain(
    chain: &CodecChain,
    change: &ChunkChange<'_>,
    workers: Workers<'_>,
) -> Result<Option<Bytes>, ChunkError> {
    let spec = chain.spec();
    let value = spec.fill_element();
    let keeps_nothing = change.covers || change.fields.is_none() && change.old.is_none();
    if keeps_nothing && !change.keep_empty && change.new.all_equal(change.cells, value) {
        return Ok(None);
    }
    check_held(chain, workers.chunk_bytes())?;
    workers.scratch(|cx| {
        let whole = change.new.as_chunk(change.cells, &spec.shape);
        if let Some(view) = whole.filter(|_| change.fields.is_none()) {
            return encode(chain, view, cx).map(Some);
        }
        // The chunk as it was, or as it is where nothing was, then the new cells over it.
        let mut memory = cx.buffers.take();
        let wrong = || too_large(chain);
        let (len, elem) = (spec.byte_len().ok_or_else(wrong)?, spec.elem());
        memory.resize(len, 0);
        let mut whole = NdViewMut::over(&mut memory, &spec.shape, elem).ok_or_else(wrong)?;
        match &change.old {
            Some(old) if !change.covers => {
                let all = Region::whole(&spec.shape);
                decode::read(old, chain, &all, whole.reborrow(), workers)?;
            }
            _ => fill(&mut whole, value),
        }
        let write = change
            .new
            .write(change.cells, change.fields, &mut memory, &spec.shape, elem);
        write.ok_or_else(wrong)?;
        let whole = NdView::new(&memory, &spec.shape, elem).ok_or_else(wrong)?;
        let encoded = if !change.keep_empty && all_equal(&whole, value) {
            None
        } else {
            Some(encode(chain, &whole, cx)?)
        };
        cx.buffers.give(memory);
        Ok(encoded)
    })
}

/// The encoded chunk in memory of its own size: compressors ask for more than they use, and a shard
/// of half-empty buffers would hold a multiple of what it writes.
fn encode(chain: &CodecChain, view: &NdView<'_>, cx: &mut Scratch) -> Result<Bytes, ChunkError> {
    if let ByteLen::Exact(len) = chain.encoded_len() {
        let mut encoded = Vec::with_capacity(len);
        chain.encode(view, &mut encoded, cx)?;
        return Ok(encoded.into());
    }
    let mut buffer = cx.buffers.take();
    chain.encode(view, &mut buffer, cx)?;
    let encoded = Bytes::copy_from_slice(&buffer);
    cx.buffers.give(buffer);
    Ok(encoded)
}

fn too_large(chain: &CodecChain) -> ChunkError {
    let limit = isize::MAX as u64;
    let asked = zarr_codecs::volume(&chain.spec().shape).unwrap_or(u64::MAX);
    CodecErrorKind::Limit {
        what: "a decoded chunk",
        asked,
        limit,
    }
    .of("bytes")
    .into()
}

/// A shard: its changed inner chunks are made in parallel, the others stay the bytes they are.
fn shard_parts(
    shard: &ShardingCodec,
    change: &ChunkChange<'_>,
    workers: Workers<'_>,
) -> Result<Option<Vec<Bytes>>, ChunkError> {
    let changed = change.cells.by_inner_chunk(shard)?;
    let old = match &change.old {
        Some(source) if !change.covers => Some((source, source.index(shard)?)),
        _ => None,
    };
    let one = |i: usize| -> Result<Option<(usize, Option<Bytes>)>, ChunkError> {
        let Some((chunk, cells)) = changed.get(i) else {
            return Ok(None);
        };
        let number = shard.number(&chunk);
        let old = old
            .as_ref()
            .and_then(|(source, index)| Some(source.window(index.get(number)?)));
        let bytes = inner_chunk(shard, change, &cells, old, workers)?;
        Ok(Some((number, bytes)))
    };
    let made = workers.map(changed.len(), one)?;
    let mut chunks: Vec<Option<Bytes>> = vec![None; shard.count()];
    if let Some((source, index)) = &old {
        let touched: HashSet<usize> = made.iter().flatten().map(|(number, _)| *number).collect();
        let kept = |number: &usize| !touched.contains(number);
        let (numbers, ranges): (Vec<_>, Vec<_>) = (0..shard.count())
            .filter(kept)
            .filter_map(|number| Some((number, index.get(number)?)))
            .unzip();
        let inner = shard.inner();
        let longest = match inner.shard() {
            Some(_) => ByteLen::AtMost(inner.encoded_len().max().max(LARGEST_SHARD)),
            None => inner.encoded_len(),
        };
        for range in &ranges {
            check_len(longest, range.end - range.start)?;
        }
        check_apart(&ranges, source.size()?)?;
        for (number, bytes) in numbers.into_iter().zip(source.read_all(&ranges)?) {
            if let Some(place) = chunks.get_mut(number) {
                *place = Some(bytes);
            }
        }
    }
    for (number, bytes) in made.into_iter().flatten() {
        if let Some(place) = chunks.get_mut(number) {
            *place = bytes;
        }
    }
    let parts = with_scratch(|cx| shard.assemble(chunks, cx))?;
    Ok((!parts.is_empty()).then_some(parts))
}

/// Checks that inner chunks have no more bytes than their shard. If many of them share the same bytes, the
/// shard that is written, in which each has its own, could have any size.
fn check_apart(inner: &[Range<u64>], limit: u64) -> Result<(), ChunkError> {
    let lengths = inner.iter().map(|range| range.end - range.start);
    let asked = lengths.fold(0, u64::saturating_add);
    let what = "inner chunks that overlap";
    match asked <= limit {
        true => Ok(()),
        false => Err(CodecErrorKind::Limit { what, asked, limit }
            .of("sharding_indexed")
            .into()),
    }
}

fn inner_chunk(
    shard: &ShardingCodec,
    change: &ChunkChange<'_>,
    cells: &Cells,
    old: Option<ChunkSource<'_>>,
    workers: Workers<'_>,
) -> Result<Option<Bytes>, ChunkError> {
    let inner = shard.inner();
    let change = ChunkChange {
        cells,
        // A part of what covers everything covers everything it can.
        covers: change.covers || (change.fields.is_none() && cells.covers(&inner.spec().shape)),
        fields: change.fields,
        new: change.new.clone(),
        old,
        keep_empty: change.keep_empty,
    };
    Ok(chunk(inner, change, workers)?.map(join))
}

/// A nested shard is one run of bytes in its shard.
fn join(parts: Vec<Bytes>) -> Bytes {
    match <[Bytes; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) => parts.concat().into(),
    }
}
