//! Making one chunk's bytes from new elements and, where they do not cover it, its old bytes.
//! The counterpart of `chunk::read`; knows no store beyond an open object.

use std::collections::HashSet;
use std::ops::Range;

use bytes::Bytes;
use zarr_codecs::{
    ByteLen, CodecChain, CodecErrorKind, Fields, NdView, NdViewMut, Region, Scratch, ShardingCodec,
    all_equal, fill,
};

use super::chunk as stored;
use super::pool::{Crew, with_scratch};
use super::source::{Source, check_len};
use super::work::check_held;
use crate::units::{Part, Unit};
use crate::{ChunkError, Values};

/// A shard in a shard may hold any number of bytes that are nobody's, within reason.
const LARGEST_SHARD: usize = 2 << 30;

/// The elements of a write.
#[derive(Clone, Debug)]
pub enum Elements {
    /// One element for every cell.
    Scalar(Values),
    /// One element per cell of the selection, in C order.
    Each(Values),
}

/// New elements: one for all cells, or those of a view. Of boxes, the view is of the part that is
/// meant; places say themselves which of all elements they mean.
#[derive(Clone)]
pub(crate) enum New<'e> {
    Scalar(&'e [u8]),
    Each(NdView<'e>),
}

impl<'e> New<'e> {
    /// What is meant for one part of the cells. `None` where it lies outside.
    pub(crate) fn of(&self, part: &Part) -> Option<New<'e>> {
        Some(match (self, part) {
            (Self::Each(view), Part::Box { to, .. }) => New::Each(view.region(to)?),
            (new, _) => new.clone(),
        })
    }

    /// Writes the cells of `part`, or these fields of them, into a chunk of this shape. `None` where
    /// they do not suit it.
    fn write(
        &self,
        part: &Part,
        fields: Option<&Fields>,
        memory: &mut [u8],
        shape: &[u64],
        elem: usize,
    ) -> Option<()> {
        match part {
            Part::Box { part, .. } => {
                let mut cells = NdViewMut::over(memory, shape, elem)?.region(part)?;
                self.put(fields, &mut cells)
            }
            Part::Places(places) => {
                let all = match self {
                    Self::Scalar(_) => None,
                    Self::Each(view) => Some((view.as_slice()?, view.elem())),
                };
                for run in places.runs(&Region::whole(shape)).0 {
                    let cells = memory.get_mut(run.from * elem..(run.from + run.len) * elem)?;
                    let new = match all {
                        Some((all, n)) => Some((all.get(run.to * n..(run.to + run.len) * n)?, n)),
                        None => None,
                    };
                    if let (Some((new, _)), None) = (new, fields) {
                        cells.copy_from_slice(new);
                        continue;
                    }
                    let count = [run.len as u64];
                    let mut cells = NdViewMut::over(cells, &count, elem)?;
                    let new = match new {
                        Some((new, n)) => New::Each(NdView::new(new, &count, n)?),
                        None => self.clone(),
                    };
                    new.put(fields, &mut cells)?;
                }
                Some(())
            }
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
        };
        done.then_some(())
    }
}

/// What is to be done to one chunk.
pub(crate) struct Change<'e> {
    /// The cells that change.
    pub(crate) part: &'e Part,
    /// Whether these are all that change, whole elements each, so that nothing old stays.
    pub(crate) covers: bool,
    /// What they become.
    pub(crate) new: New<'e>,
    /// Of records, the fields that change; the others stay.
    pub(crate) fields: Option<&'e Fields>,
    /// The chunk so far, where not all cells change. Absent: the fill value.
    pub(crate) old: Option<Source<'e>>,
    /// Whether a chunk of fill values only is stored all the same.
    pub(crate) keep_empty: bool,
}

impl Change<'_> {
    /// Whether the chunk will hold nothing but `value`, as far as the new elements alone tell.
    fn is_empty(&self, value: &[u8]) -> bool {
        let replaces_nothing = self.fields.is_none() && self.old.is_none();
        (self.covers || replaces_nothing)
            && match (&self.new, self.part) {
                (New::Scalar(element), _) => *element == value,
                (New::Each(view), Part::Box { .. }) => all_equal(view, value),
                (New::Each(_), Part::Places(_)) => false,
            }
    }

    /// The new elements as the whole chunk, if they are in its order.
    fn whole(&self, shape: &[u64]) -> Option<&NdView<'_>> {
        match (&self.new, self.part) {
            (New::Each(view), Part::Box { part, .. })
                if self.fields.is_none() && part.is_whole(shape) =>
            {
                Some(view)
            }
            _ => None,
        }
    }
}

/// The bytes of the changed chunk, in parts; `None` where nothing is to be stored.
pub(crate) fn chunk(
    chain: &CodecChain,
    change: &Change<'_>,
    crew: Crew<'_>,
) -> Result<Option<Vec<Bytes>>, ChunkError> {
    match chain.shard() {
        Some(shard) => shard_parts(shard, change, crew),
        None => Ok(plain(chain, change, crew)?.map(|bytes| vec![bytes])),
    }
}

fn plain(
    chain: &CodecChain,
    change: &Change<'_>,
    crew: Crew<'_>,
) -> Result<Option<Bytes>, ChunkError> {
    let spec = chain.spec();
    let value = spec.fill_element();
    if !change.keep_empty && change.is_empty(value) {
        return Ok(None);
    }
    check_held(chain, crew.chunk_bytes())?;
    crew.scratch(|cx| {
        if let Some(view) = change.whole(&spec.shape) {
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
                stored::read(old, chain, &all, whole.reborrow(), crew)?;
            }
            _ => fill(&mut whole, value),
        }
        let write = change
            .new
            .write(change.part, change.fields, &mut memory, &spec.shape, elem);
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
    change: &Change<'_>,
    crew: Crew<'_>,
) -> Result<Option<Vec<Bytes>>, ChunkError> {
    let changed = change.part.split(&shard.inner().spec().shape);
    let changed = changed.ok_or_else(|| too_large(shard.inner()))?;
    let old = match &change.old {
        Some(source) if !change.covers => Some((source, source.index(shard)?)),
        _ => None,
    };
    let one = |i: usize| -> Result<Option<(usize, Option<Bytes>)>, ChunkError> {
        let Some(unit) = changed.get(i) else {
            return Ok(None);
        };
        let number = shard.number(&unit.chunk);
        let old = old
            .as_ref()
            .and_then(|(source, index)| Some(source.window(index.get(number)?)));
        let bytes = inner_chunk(shard, change, &unit, old, crew)?;
        Ok(Some((number, bytes)))
    };
    let made = crew.map(changed.len(), one)?;
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

/// Whether inner chunks are no more bytes than the shard they lie in: where many are the same bytes, the
/// shard that is written, in which each has its own, would be of any size.
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
    change: &Change<'_>,
    unit: &Unit,
    old: Option<Source<'_>>,
    crew: Crew<'_>,
) -> Result<Option<Bytes>, ChunkError> {
    let inner = shard.inner();
    let change = Change {
        part: &unit.cells,
        // A part of what covers everything covers everything it can.
        covers: change.covers
            || (change.fields.is_none() && unit.cells.covers(&inner.spec().shape)),
        fields: change.fields,
        new: change.new.of(&unit.cells).ok_or_else(|| too_large(inner))?,
        old,
        keep_empty: change.keep_empty,
    };
    Ok(chunk(inner, &change, crew)?.map(join))
}

/// A nested shard is one run of bytes in its shard.
fn join(parts: Vec<Bytes>) -> Bytes {
    match <[Bytes; 1]>::try_from(parts) {
        Ok([only]) => only,
        Err(parts) => parts.concat().into(),
    }
}
