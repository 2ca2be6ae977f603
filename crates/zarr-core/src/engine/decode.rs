//! Reading the cells of one chunk, whatever it is: plain, a shard, or an inner chunk of one. Knows
//! neither drivers nor who else wants something of the chunk.

use zarr_codecs::{Access, Chain, CodecErrorKind, Len, NdViewMut, Region, Shard, Split, fill};

use super::cache::DecodedChunk;
use super::pieces::InnerChunks;
use super::pool::Workers;
use super::source::{ByteSource, ChunkSource};
use super::{listing, partial, work};
use crate::ChunkError;

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
///
/// A shard's inner chunk is a chunk in a window of the shard, so this calls itself: once per level.
pub(super) fn read(
    source: &ChunkSource<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    if let ByteSource::Decoded(decoded) = &source.at {
        return copied(decoded, chain, part, dst);
    }
    if let ByteSource::PartialObject(sparse) = &source.at {
        return read(&ChunkSource::object(&**sparse), chain, part, dst, workers);
    }
    match chain.access(part) {
        Access::Shard(shard) => inner(
            &InnerChunks::within(source, shard)?,
            shard,
            part,
            dst,
            workers,
        ),
        Access::Cells(at) => match partial::partial_reader(source, chain, &at, &dst)? {
            Some(apart) => apart.read(&at, dst),
            None => whole(source, chain, part, dst, workers),
        },
        Access::Whole => whole(source, chain, part, dst, workers),
    }
}

fn whole(
    source: &ChunkSource<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    if let Err(too_large) = work::check_held(chain, workers.chunk_bytes()) {
        return match large(source, chain, part)? {
            true => encoded(source, chain, part, dst, workers),
            false => Err(too_large),
        };
    }
    // Handles are of the heap of one operation.
    let is_kept = !chain.spec().fill.is_variable();
    let kept = is_kept.then(|| source.keeping(|| decoded(source, chain, workers)));
    if let Some(kept) = kept.flatten() {
        return copied(&*kept?, chain, part, dst);
    }
    encoded(source, chain, part, dst, workers)
}

/// Whether a chunk above the limit is in memory as it is, so that its cells are taken from there.
fn large(source: &ChunkSource<'_>, chain: &Chain, part: &Region) -> Result<bool, ChunkError> {
    let found = source.size()?;
    if let Len::Exact(expected) = chain.encoded_len()
        && expected as u64 != found
    {
        let expected = expected as u64;
        return Err(CodecErrorKind::Length { expected, found }
            .of("chunk")
            .into());
    }
    Ok(source.is_in_memory() && matches!(chain.access(part), Access::Cells(_)))
}

/// The elements of a whole chunk.
fn decoded(
    source: &ChunkSource<'_>,
    chain: &Chain,
    workers: Workers<'_>,
) -> Result<Vec<u8>, ChunkError> {
    let spec = chain.spec();
    // Its size was compared with the limit.
    let mut elements = vec![0; spec.byte_len().ok_or(ChunkError::Worker)?];
    let view = NdViewMut::over(&mut elements, &spec.shape, spec.elem());
    let (view, whole) = (view.ok_or(ChunkError::Worker)?, Region::whole(&spec.shape));
    encoded(source, chain, &whole, view, workers)?;
    Ok(elements)
}

fn copied(
    decoded: &DecodedChunk,
    chain: &Chain,
    part: &Region,
    mut dst: NdViewMut<'_>,
) -> Result<(), ChunkError> {
    let done = decoded.copy(chain.spec(), part, &mut dst).then_some(());
    done.ok_or(ChunkError::Worker)
}

fn encoded(
    source: &ChunkSource<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    workers.scratch(|cx| {
        source.lend(chain.encoded_len(), cx, |bytes, cx| {
            Ok(chain.decode_part(bytes, part, dst, cx)?)
        })
    })
}

/// Reads the wanted inner chunks, each by whichever worker is free.
pub(super) fn inner(
    pieces: &InnerChunks<'_>,
    shard: &Shard,
    part: &Region,
    dst: NdViewMut<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let parts = Split::new(dst, shard.project(part)?).ok_or(ChunkError::Worker)?;
    let one = |i: usize| {
        let (projection, dst) = parts.take(i).ok_or(ChunkError::Worker)?;
        match pieces.get(shard.number(&projection.chunk)) {
            Some(source) => read(&source, shard.inner(), &projection.part, dst, workers),
            None => {
                absent(shard.inner(), dst);
                Ok(())
            }
        }
    };
    if parts.len() <= listing::LIST_FROM {
        return workers.each(parts.len(), one);
    }
    let there = listing::inner_numbers(pieces, shard, parts.projections());
    workers.each(there.len(), |i| there.get(i).map_or(Ok(()), |&i| one(i)))?;
    let most = work::at_once(shard.inner());
    let runs = listing::between(0..parts.len(), &there, most);
    workers.each(runs.len(), |i| {
        let run = runs.get(i).cloned().and_then(|run| parts.take_run(run));
        for dst in run.ok_or(ChunkError::Worker)? {
            absent(shard.inner(), dst);
        }
        Ok(())
    })
}

/// What was never written holds the fill value.
pub(super) fn absent(chain: &Chain, mut dst: NdViewMut<'_>) {
    fill(&mut dst, chain.spec().fill_element());
}
