//! Reading cells that lie anywhere in a chunk: the box that holds them is decoded once, and each cell
//! goes to its place. Knows nothing of how the box is read.

use zarr_codecs::{ChunkAccess, CodecChain, Dims, NdViewMut, Region, ShardingCodec};

use super::chunk;
use super::output::Output;
use super::pieces::Pieces;
use super::pool::{Crew, with_scratch};
use super::source::{READ_COST, Source};
use super::wants::There;
use super::work::check_held;
use crate::ChunkError;
use crate::places::Places;

/// Of what lies in the store as it is, no more bytes are read at once: a chunk can be much larger.
const MOST: u64 = 16 << 20;

/// Reads the cells of a chunk to their places; where there is no chunk, fill values, unless the output
/// holds these already.
pub(super) fn read(
    there: There<'_>,
    chain: &CodecChain,
    places: &Places,
    (output, filled): (&Output, bool),
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let (spec, bounds) = (chain.spec(), places.bounds());
    let elem = spec.elem();
    let source = match (there, chain.shard()) {
        (There::Chunk(source), Some(shard)) => {
            let pieces = Pieces::within(source, shard)?;
            return inner(&pieces, shard, places, (output, filled), crew);
        }
        (There::Pieces(pieces), Some(shard)) => {
            return inner(pieces, shard, places, (output, filled), crew);
        }
        (There::Chunk(source), None) => source,
        (There::Nothing | There::Pieces(_), _) => {
            if filled {
                return Ok(());
            }
            let fill = spec.fill_element();
            output.scatter(elem, &places.runs(&bounds).0, |_, memory| {
                let cells = memory.chunks_exact_mut(elem.max(1));
                cells.for_each(|to| to.copy_from_slice(fill));
            });
            return Ok(());
        }
    };
    // What is decoded as a whole is decoded once; of what is not, nothing is read that lies between.
    let is_whole = !matches!(chain.access(&bounds), ChunkAccess::Cells(_));
    let origin: Dims<u64> = spec.shape.iter().map(|_| 0).collect();
    let read = |region: &Region, bounds: &Region, places: &Places| {
        boxed(source, chain, region, bounds, places, output, crew)
    };
    dense_boxes(&origin, places, elem, is_whole, &read)
}

/// Reads what is wanted of each inner chunk, each by whichever worker is free.
fn inner(
    pieces: &Pieces<'_>,
    shard: &ShardingCodec,
    places: &Places,
    to: (&Output, bool),
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let groups = places.split(&shard.inner().spec().shape);
    crew.each(groups.len(), |i| {
        let Some((index, places)) = groups.get(i) else {
            return Ok(());
        };
        let source = pieces.get(shard.number(&index));
        let there = source.as_ref().map_or(There::Nothing, There::Chunk);
        read(there, shard.inner(), &places, to, crew)
    })
}

/// Calls `read` for boxes that the cells fill well: with the box in the chunk, and as the places,
/// which count from `origin` on, know it.
fn dense_boxes(
    origin: &[u64],
    places: &Places,
    elem: usize,
    is_whole: bool,
    read: &dyn Fn(&Region, &Region, &Places) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    let bounds = places.bounds();
    let (start, shape) = (bounds.start(), bounds.shape());
    let volume = bounds.volume().unwrap_or(u64::MAX);
    let bytes = volume.saturating_mul(elem as u64);
    // One read of the box, or at best one for each cell.
    let is_dense = bytes <= READ_COST.saturating_mul(places.len() as u64).min(MOST);
    if is_whole || is_dense || volume <= 1 {
        let start: Dims<u64> = start.iter().zip(origin).map(|(s, o)| s + o).collect();
        return read(&Region::dense(&start, &shape), &bounds, places);
    }
    // Halves of the longest axis: parts of a grid that has one chunk along all others.
    let longest = (0..shape.len()).max_by_key(|&axis| shape[axis]);
    let mut half: Dims<u64> = start.iter().zip(&shape).map(|(s, n)| s + n).collect();
    if let Some(axis) = longest {
        half[axis] = shape[axis].div_ceil(2);
    }
    let groups = places.split(&half);
    (0..groups.len())
        .filter_map(|i| groups.get(i))
        .try_for_each(|(at, places)| {
            let axes = origin.iter().zip(at.iter().zip(&half));
            let origin: Dims<u64> = axes.map(|(o, (c, n))| o + c * n).collect();
            dense_boxes(&origin, &places, elem, false, read)
        })
}

/// Reads one box of the chunk and takes the cells from it.
fn boxed(
    source: &Source<'_>,
    chain: &CodecChain,
    region: &Region,
    bounds: &Region,
    places: &Places,
    output: &Output,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let elem = chain.spec().elem();
    let len = region
        .volume()
        .and_then(|n| usize::try_from(n).ok()?.checked_mul(elem));
    let len = len.ok_or(ChunkError::Worker)?;
    if len as u64 > crew.chunk_bytes() {
        // What is stored as it is was cut into smaller boxes.
        check_held(chain, crew.chunk_bytes())?;
    }
    let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
    let view = NdViewMut::over(&mut memory, &region.shape(), elem).ok_or(ChunkError::Worker)?;
    chunk::read(source, chain, region, view, crew)?;
    take(&memory, bounds, places, output, elem);
    with_scratch(|cx| cx.buffers.give(memory));
    Ok(())
}

/// Takes cells from the elements of the box that the places call `bounds`.
pub(super) fn take(memory: &[u8], bounds: &Region, places: &Places, output: &Output, elem: usize) {
    output.scatter(elem, &places.runs(bounds).0, |run, place| {
        if let Some(cells) = memory.get(run.from * elem..(run.from + run.len) * elem) {
            place.copy_from_slice(cells);
        }
    });
}
