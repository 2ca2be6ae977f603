//! Reading the cells of one chunk, whatever it is: plain, a shard, or an inner chunk of one. Knows
//! neither drivers nor who else wants something of the chunk.

use zarr_codecs::{Access, Chain, CodecErrorKind, Len, NdViewMut, Region, Shard, Split, fill};

use super::chunk_cache::Decoded;
use super::pieces::Pieces;
use super::pool::Crew;
use super::source::{At, Source};
use super::{cells, stored, work};
use crate::ChunkError;

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
///
/// A shard's inner chunk is a chunk in a window of the shard, so this calls itself: once per level.
pub(super) fn read(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    if let At::Decoded(decoded) = &source.at {
        return copied(decoded, chain, part, dst);
    }
    if let At::Sparse(sparse) = &source.at {
        return read(&Source::object(&**sparse), chain, part, dst, crew);
    }
    match chain.access(part) {
        Access::Shard(shard) => inner(&Pieces::within(source, shard)?, shard, part, dst, crew),
        Access::Cells(at) => match cells::apart(source, chain, &at, &dst, crew.chunk_bytes())? {
            Some(apart) => apart.read(&at, dst),
            None => whole(source, chain, part, dst, crew),
        },
        Access::Whole => whole(source, chain, part, dst, crew),
    }
}

fn whole(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    if let Err(too_large) = work::check_held(chain, crew.chunk_bytes()) {
        return match large(source, chain, part)? {
            true => encoded(source, chain, part, dst, crew),
            false => Err(too_large),
        };
    }
    // Handles are of the heap of one operation.
    let is_kept = !chain.spec().fill.is_variable();
    let kept = is_kept.then(|| source.keeping(|| decoded(source, chain, crew)));
    if let Some(kept) = kept.flatten() {
        return copied(&*kept?, chain, part, dst);
    }
    encoded(source, chain, part, dst, crew)
}

/// Whether a chunk above the limit is in memory as it is, so that its cells are taken from there.
fn large(source: &Source<'_>, chain: &Chain, part: &Region) -> Result<bool, ChunkError> {
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
fn decoded(source: &Source<'_>, chain: &Chain, crew: Crew<'_>) -> Result<Vec<u8>, ChunkError> {
    let spec = chain.spec();
    // Its size was compared with the limit.
    let mut elements = vec![0; spec.byte_len().ok_or(ChunkError::Worker)?];
    let view = NdViewMut::over(&mut elements, &spec.shape, spec.elem());
    let (view, whole) = (view.ok_or(ChunkError::Worker)?, Region::whole(&spec.shape));
    encoded(source, chain, &whole, view, crew)?;
    Ok(elements)
}

fn copied(
    decoded: &Decoded,
    chain: &Chain,
    part: &Region,
    mut dst: NdViewMut<'_>,
) -> Result<(), ChunkError> {
    let done = decoded.copy(chain.spec(), part, &mut dst).then_some(());
    done.ok_or(ChunkError::Worker)
}

fn encoded(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    crew.scratch(|cx| {
        source.lend(chain.encoded_len(), cx, |bytes, cx| {
            Ok(chain.decode_part(bytes, part, dst, cx)?)
        })
    })
}

/// Reads the wanted inner chunks, each by whichever worker is free.
pub(super) fn inner(
    pieces: &Pieces<'_>,
    shard: &Shard,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let parts = Split::new(dst, shard.project(part)?).ok_or(ChunkError::Worker)?;
    let one = |i: usize| {
        let (projection, dst) = parts.take(i).ok_or(ChunkError::Worker)?;
        match pieces.get(shard.number(&projection.chunk)) {
            Some(source) => read(&source, shard.inner(), &projection.part, dst, crew),
            None => {
                absent(shard.inner(), dst);
                Ok(())
            }
        }
    };
    if parts.len() <= stored::LIST_FROM {
        return crew.each(parts.len(), one);
    }
    let there = stored::inner_numbers(pieces, shard, parts.projections());
    crew.each(there.len(), |i| there.get(i).map_or(Ok(()), |&i| one(i)))?;
    let most = work::at_once(shard.inner());
    let runs = stored::between(0..parts.len(), &there, most);
    crew.each(runs.len(), |i| {
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
