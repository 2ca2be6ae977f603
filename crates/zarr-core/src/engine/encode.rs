//! Makes the bytes of one chunk from new elements and, where they do not cover it, its old bytes. The
//! counterpart of `request::read`; knows no store beyond an open object.

mod new_cells;

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{
    ByteLen, CodecChain, CodecErrorKind, Fields, NdView, NdViewMut, Region, Scratch, ShardIndex,
    ShardingCodec, VlenHeap, all_equal, fill,
};
use zarr_store::Payload;

use new_cells::NewCells;

use super::compact::unused;
use super::decode;
use super::elements::{Elements, Places};
use super::plan::check_held;
use super::pool::{Workers, with_scratch};
use super::source::{ChunkSource, check_len};
use crate::broadcast::Broadcast;
use crate::cells::{CellRun, Cells};
use crate::{ChunkError, ChunkedArray, Error, ErrorKind, ResolvedSelection, Values};

/// A shard in a shard may hold unused bytes, up to this size.
const LARGEST_SHARD: usize = 2 << 30;

/// The elements of a write, as chunks take them.
pub(super) struct NewElements {
    elements: Bytes,
    /// Which of them each cell becomes.
    places: Places,
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
    /// Takes the elements for the cells of a selection. Elements of variable length go to a heap of their own.
    pub(super) fn new(
        array: &ChunkedArray,
        selection: &ResolvedSelection,
        elements: Elements,
    ) -> Result<Self, Error> {
        let heap = VlenHeap::new(array.chain()?.spec().fill.as_bytes().to_vec());
        let (values, places) = elements.into_places(selection)?;
        let elements = in_heap(array, values, &heap)?;
        // The limit is for what is read from the old chunks; the new elements are in memory already.
        let heap = Arc::new(heap.at_most(array.context().memory()));
        Self::of(array, elements, places, heap)
    }

    /// The same for a heap that several writes share.
    pub(super) fn within(
        array: &ChunkedArray,
        selection: &ResolvedSelection,
        elements: Elements,
        heap: &Arc<VlenHeap>,
    ) -> Result<Self, Error> {
        let (values, places) = elements.into_places(selection)?;
        let elements = in_heap(array, values, heap)?;
        Self::of(array, elements, places, Arc::clone(heap))
    }

    fn of(
        array: &ChunkedArray,
        elements: Bytes,
        places: Places,
        heap: Arc<VlenHeap>,
    ) -> Result<Self, Error> {
        let chain = Arc::clone(array.chain()?);
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
            heap,
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

    /// Whether some cells of the selection are not written.
    pub(super) fn is_masked(&self) -> bool {
        matches!(self.places, Places::Masked(..))
    }

    /// What cells like these become.
    fn cells(&self, cells: &Cells) -> Option<NewCells<'_>> {
        let view = |places: &Broadcast| places.view(&self.elements, self.elem);
        Some(match (&self.places, cells) {
            (Places::Same, _) => NewCells::Scalar(&self.elements),
            (Places::Masked(places, mask), _) => {
                NewCells::Masked(view(places)?, places.view(mask, 1)?)
            }
            (Places::Each(places), Cells::Box { .. }) => NewCells::Each(view(places)?),
            (Places::Each(places), Cells::Scattered(_)) => NewCells::Scattered(self, places),
        })
    }

    /// Puts the elements of these cells into memory of this shape, and a 1 for each into the bytes of a mask.
    /// `None` where they do not suit it.
    pub(super) fn put(
        &self,
        cells: &Cells,
        memory: &mut [u8],
        mask: &mut [u8],
        shape: &[u64],
    ) -> Option<()> {
        let new = self.cells(cells)?.of(cells)?;
        new.write(cells, None, memory, shape, self.elem)?;
        let ones = match new {
            NewCells::Masked(_, mask) => NewCells::Masked(mask.clone(), mask),
            _ => NewCells::Scalar(&[1]),
        };
        ones.write(cells, None, mask, shape, 1)
    }

    /// Whether absent chunks stay absent when these elements are written to them.
    pub(super) fn leave_absent(&self) -> bool {
        // A handle of an element of variable length tells nothing of it, but zeros stand for the fill value.
        let is_scalar = matches!(self.places, Places::Same);
        let is_fill = is_scalar && self.elements == self.chain.spec().fill_element();
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
        let change = ChunkChange {
            cells,
            covers,
            new: self.cells(cells).ok_or(ChunkError::INTERNAL)?,
            fields: self.fields.as_deref(),
            old,
            keep_empty: self.keep_empty,
        };
        let parts = chunk(chain, change, workers)?;
        Ok(parts.map(|parts| parts.into_iter().collect()))
    }

    /// Encodes a chunk of which these cells are new, where its store appends: what comes behind an old shard is
    /// preferred. The shard is made anew if its index lies at the start, more than half of it is unused, it would be
    /// larger than readers accept, or nothing is left to be stored.
    pub(super) fn encode_or_append(
        &self,
        chain: &CodecChain,
        cells: &Cells,
        old: Option<ChunkSource<'_>>,
        workers: Workers<'_>,
    ) -> Result<NewChunk, ChunkError> {
        let shard = chain.shard().filter(|shard| shard.index_len().1);
        let (Some(shard), Some(old)) = (shard, &old) else {
            let whole = self.encode(chain, cells, false, old, workers)?;
            return Ok(whole.map_or(NewChunk::Absent, NewChunk::Whole));
        };
        let (size, index) = (old.size()?, old.index(shard)?);
        let new = self.cells(cells).and_then(|new| new.of(cells));
        let change = ChunkChange {
            cells,
            covers: false,
            new: new.ok_or(ChunkError::INTERNAL)?,
            fields: self.fields.as_deref(),
            old: None,
            keep_empty: self.keep_empty,
        };
        let made = inner_chunks(shard, &change, Some((old, &index)), workers)?;
        if unused(shard, &index, size) <= size / 2 {
            let changed = made.iter().flatten().cloned();
            let parts = with_scratch(|cx| shard.extend(&index, size, changed, cx))?;
            let tail: Option<Payload> = parts.map(|parts| parts.into_iter().collect());
            // No reader takes a larger shard, wherever it is copied to.
            let most = chain.encoded_len().max() as u64;
            let fits = |tail: &Payload| size.saturating_add(tail.len() as u64) <= most;
            if let Some(tail) = tail.filter(fits) {
                return Ok(NewChunk::Tail(tail));
            }
        }
        let parts = assemble(shard, made, Some((old, &index)))?;
        let whole = parts.map(|parts| parts.into_iter().collect());
        Ok(whole.map_or(NewChunk::Absent, NewChunk::Whole))
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

/// The elements as the engine has them.
fn in_heap(array: &ChunkedArray, values: Values, heap: &VlenHeap) -> Result<Bytes, Error> {
    values.into_elements(heap).map_err(|source| {
        let path = array.path().clone();
        ErrorKind::Codec { path, source }.into()
    })
}

/// What is stored of a chunk that has changed.
pub(super) enum NewChunk {
    /// Nothing.
    Absent,
    /// These bytes.
    Whole(Payload),
    /// The old bytes, and these behind them.
    Tail(Payload),
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
    check_held(chain, workers.context().chunk_bytes())?;
    workers.scratch(|cx| {
        let whole = change.new.as_chunk(change.cells, &spec.shape);
        if let Some(view) = whole.filter(|_| change.fields.is_none()) {
            return encode(chain, view, cx, workers).map(Some);
        }
        // The chunk as it was, or as it is where nothing was, then the new cells over it. Where that is what is stored,
        // it gets memory of its own.
        let is_stored = chain.is_identity();
        let wrong = || too_large(chain);
        let (len, elem) = (spec.byte_len().ok_or_else(wrong)?, spec.elem());
        let mut memory = match is_stored {
            true => vec![0; len],
            false => cx.buffers.take(),
        };
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
        } else if is_stored {
            return Ok(Some(memory.into()));
        } else {
            Some(encode(chain, &whole, cx, workers)?)
        };
        cx.buffers.give(memory);
        Ok(encoded)
    })
}

/// The encoded chunk in memory of its own size: compressors ask for more than they use, and a shard
/// of half-empty buffers would hold a multiple of what it writes.
fn encode(
    chain: &CodecChain,
    view: &NdView<'_>,
    cx: &mut Scratch,
    workers: Workers<'_>,
) -> Result<Bytes, ChunkError> {
    if let ByteLen::Exact(len) = chain.encoded_len() {
        let mut encoded = Vec::with_capacity(len);
        let encode = || chain.encode(view, &mut encoded, cx);
        workers.context().encoding(encode)?;
        return Ok(encoded.into());
    }
    let mut buffer = cx.buffers.take();
    let encode = || chain.encode(view, &mut buffer, cx);
    workers.context().encoding(encode)?;
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
    let old = match &change.old {
        Some(source) if !change.covers => Some((source, source.index(shard)?)),
        _ => None,
    };
    let indexed = old.as_ref().map(|(source, index)| (*source, &**index));
    let made = inner_chunks(shard, change, indexed, workers)?;
    assemble(shard, made, indexed)
}

/// The parts of a shard of new inner chunks and those of the old one that stay the bytes they are.
fn assemble(
    shard: &ShardingCodec,
    made: Vec<Option<NewInnerChunk>>,
    old: Option<(&ChunkSource<'_>, &ShardIndex)>,
) -> Result<Option<Vec<Bytes>>, ChunkError> {
    let mut chunks: Vec<Option<Bytes>> = vec![None; shard.count()];
    if let Some((source, index)) = old {
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

/// An inner chunk by its number; `None` is one that is not stored.
type NewInnerChunk = (usize, Option<Bytes>);

/// The inner chunks that change, made in parallel: of those that were in the old shard, the other cells stay.
fn inner_chunks(
    shard: &ShardingCodec,
    change: &ChunkChange<'_>,
    old: Option<(&ChunkSource<'_>, &ShardIndex)>,
    workers: Workers<'_>,
) -> Result<Vec<Option<NewInnerChunk>>, ChunkError> {
    let changed = change.cells.by_inner_chunk(shard)?;
    let one = |i: usize| -> Result<Option<NewInnerChunk>, ChunkError> {
        let Some((chunk, cells)) = changed.get(i) else {
            return Ok(None);
        };
        let new = change.new.of(&cells).ok_or(ChunkError::INTERNAL)?;
        if new.is_nothing() {
            return Ok(None);
        }
        let number = shard.number(&chunk);
        let old = old.and_then(|(source, index)| Some(source.window(index.get(number)?)));
        let bytes = inner_chunk(shard, change, &cells, old, workers)?;
        Ok(Some((number, bytes)))
    };
    workers.map(changed.len(), one)
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
    let is_all = change.new.of(cells).is_some_and(|new| new.is_all());
    let change = ChunkChange {
        cells,
        // A part of what covers everything covers everything it can.
        covers: change.covers
            || change.fields.is_none() && cells.covers(&inner.spec().shape) && is_all,
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
