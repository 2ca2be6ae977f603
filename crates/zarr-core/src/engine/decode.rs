//! Reading a box of cells of one chunk that is no shard: all of it is decoded, or only the bytes that hold
//! the cells are read. Knows neither drivers nor who else wants something of the chunk.

use zarr_codecs::{ByteLen, ChunkAccess, CodecChain, CodecErrorKind, NdViewMut, Region};

use super::cache::DecodedChunk;
use super::pool::Workers;
use super::source::{ByteSource, ChunkSource};
use super::{partial, work};
use crate::ChunkError;

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
pub(super) fn read(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
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
        ChunkAccess::Cells(at) => {
            match partial::partial_reader(source, chain, &at, &dst, workers.chunk_bytes())? {
                Some(apart) => apart.read(&at, dst),
                None => whole(source, chain, part, dst, workers),
            }
        }
        ChunkAccess::Whole => whole(source, chain, part, dst, workers),
        // Each of its inner chunks is read by itself.
        ChunkAccess::Shard(_) => Err(ChunkError::Worker),
    }
}

fn whole(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
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
fn large(source: &ChunkSource<'_>, chain: &CodecChain, part: &Region) -> Result<bool, ChunkError> {
    let found = source.size()?;
    if let ByteLen::Exact(expected) = chain.encoded_len()
        && expected as u64 != found
    {
        let expected = expected as u64;
        return Err(CodecErrorKind::Length { expected, found }
            .of("chunk")
            .into());
    }
    Ok(source.is_in_memory() && matches!(chain.access(part), ChunkAccess::Cells(_)))
}

/// The elements of a whole chunk.
fn decoded(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
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
    chain: &CodecChain,
    part: &Region,
    mut dst: NdViewMut<'_>,
) -> Result<(), ChunkError> {
    let done = decoded.copy(chain.spec(), part, &mut dst).then_some(());
    done.ok_or(ChunkError::Worker)
}

fn encoded(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
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
