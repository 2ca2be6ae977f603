//! What is wanted of one chunk, by one request or several, and where it goes. The one place that knows
//! how boxes and scattered cells are read: what several requests want is decoded once, and an inner
//! chunk of a shard is a chunk again.

use std::ops::Range;

use smallvec::SmallVec;
use zarr_codecs::{
    ChunkAccess, ChunkSpec, CodecChain, Dims, DisjointParts, NdView, NdViewMut, Projection, Region,
    ShardingCodec, fill as fill_view,
};

use super::output::Output;
use super::plan::{self, ChunkPlan};
use super::pool::Workers;
use super::source::{ChunkData, ChunkSource, InnerChunks};
use super::{decode, gather};
use crate::ChunkError;
use crate::cells::{ChunkSelections, ScatteredByChunk, ScatteredCells};
use crate::stored::LIST_FROM;

/// Cells of a chunk, and where they go.
pub(super) enum ChunkRequest<'d> {
    Box {
        cells: Region,
        to: NdViewMut<'d>,
        /// Whether `to` holds fill values already.
        filled: bool,
    },
    Scattered {
        cells: ScatteredCells,
        to: &'d Output,
        filled: bool,
    },
}

/// What is wanted of a shard, by its inner chunks.
#[expect(
    clippy::large_enum_variant,
    reason = "one for each request that shares the shard"
)]
enum SplitRequest<'d> {
    Boxes(DisjointParts<'d>, bool),
    Scattered(&'d ScatteredByChunk, &'d Output, bool),
}

/// Brings all that is wanted of a chunk to its place; where there is no chunk, fill values. Of a shard,
/// the plan says which inner chunks that are, if there is one already.
pub(super) fn read(
    chunk: &ChunkData<'_>,
    chain: &CodecChain,
    requests: SmallVec<[ChunkRequest<'_>; 1]>,
    plan: Option<&ChunkPlan>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let source = match (chunk, chain.shard()) {
        (ChunkData::Whole(source), None) => source,
        (ChunkData::Whole(source), Some(shard)) => {
            let inner = InnerChunks::within(source, shard)?;
            return read_shard(&inner, shard, requests, plan, workers);
        }
        (ChunkData::Inner(inner), Some(shard)) => {
            return read_shard(inner, shard, requests, plan, workers);
        }
        (ChunkData::Absent, _) => {
            let fill = chain.spec().fill_element();
            requests.into_iter().for_each(|request| request.fill(fill));
            return Ok(());
        }
        (ChunkData::Inner(_), None) => return Err(ChunkError::INTERNAL),
    };
    let mut requests = requests.into_iter();
    if requests.len() <= 1 || !is_best_shared(chain, workers) {
        return requests.try_for_each(|request| request.read(source, chain, workers));
    }
    let spec = chain.spec();
    let whole = Region::whole(&spec.shape);
    decode::with_box(source, chain, &whole, workers, |elements| {
        let copied = requests.try_for_each(|request| request.copy(elements, spec));
        copied.ok_or(ChunkError::INTERNAL)
    })?
}

/// Whether what two want of the chunk is best taken from all of it: not where rows lie in it as they are, so
/// that nothing is done twice, nor above the limit where it is read by the piece.
fn is_best_shared(chain: &CodecChain, workers: Workers<'_>) -> bool {
    let whole = Region::whole(&chain.spec().shape);
    match chain.access(&whole) {
        ChunkAccess::Cells(at) => {
            let in_order = at.is_dense(&whole.shape()) && at.elem == chain.spec().elem();
            !in_order && plan::check_held(chain, workers.context().chunk_bytes()).is_ok()
        }
        ChunkAccess::Whole | ChunkAccess::Shard(_) => true,
    }
}

/// Reads what is wanted of each inner chunk, each by whichever worker is free.
fn read_shard(
    inner: &InnerChunks<'_>,
    shard: &ShardingCodec,
    requests: SmallVec<[ChunkRequest<'_>; 1]>,
    plan: Option<&ChunkPlan>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let made;
    let plan = match plan {
        Some(plan) => plan,
        None => {
            let requests = requests.iter().map(|request| request.by_inner_chunk(shard));
            made = ChunkPlan::new(requests.collect::<Result<_, _>>()?);
            &made
        }
    };
    let split = requests.into_iter().zip(plan.requests());
    let split = split.map(|(request, selections)| request.split(selections));
    let split: Option<SmallVec<[SplitRequest<'_>; 1]>> = split.collect();
    let split = split.ok_or(ChunkError::INTERNAL)?;
    let read_one = |i: usize, workers: Workers<'_>| {
        let (mut requests, mut number) = (SmallVec::new(), 0);
        for (request, part) in plan.parts(i) {
            let taken = split.get(request).and_then(|request| request.take(part));
            let (chunk, request) = taken.ok_or(ChunkError::INTERNAL)?;
            number = shard.number(&chunk);
            requests.push(request);
        }
        read(&inner.get(number), shard.inner(), requests, None, workers)
    };
    if plan.len() <= LIST_FROM {
        return workers.each_piece(plan.len(), shard.inner().spec().byte_len(), read_one);
    }
    let stored = inner.stored_among(shard, plan);
    let read_stored = |i: usize, workers: Workers<'_>| match stored.get(i) {
        Some(&i) => read_one(i, workers),
        None => Ok(()),
    };
    workers.each_piece(stored.len(), shard.inner().spec().byte_len(), read_stored)?;
    let fill = shard.inner().spec().fill_element();
    let absent = plan::absent_runs(0..plan.len(), &stored, shard.inner());
    workers.each(absent.len(), |i| {
        let mut run = absent.get(i).cloned().unwrap_or_default();
        match split.as_slice() {
            [SplitRequest::Boxes(parts, filled)] => {
                fill_views(parts.take_run(run), *filled, fill).map(drop)
            }
            [SplitRequest::Scattered(_, _, true)] => Ok(()),
            _ => run.try_for_each(|i| read_one(i, workers)),
        }
    })
}

/// Puts this element into the cells of a run of absent chunks at once, and says how many bytes they are.
/// `None` where each chunk is to be filled by itself.
pub(super) fn fill_run(
    output: &Output,
    selections: &ChunkSelections,
    run: Range<usize>,
    element: &[u8],
) -> Option<Result<usize, ChunkError>> {
    let filled = output.is_filled();
    match selections {
        ChunkSelections::Boxes(_) => Some(fill_views(output.take_run(run), filled, element)),
        ChunkSelections::Scattered(by_chunk) => {
            filled.then(|| Ok(by_chunk.cells(run) * element.len()))
        }
    }
}

fn fill_views(
    views: Option<Vec<NdViewMut<'_>>>,
    filled: bool,
    element: &[u8],
) -> Result<usize, ChunkError> {
    let mut bytes = 0;
    for mut view in views.ok_or(ChunkError::INTERNAL)? {
        bytes += view.byte_len();
        if !filled {
            fill_view(&mut view, element);
        }
    }
    Ok(bytes)
}

impl<'d> ChunkRequest<'d> {
    /// What is wanted of the chunk of this selection, and which chunk that is. The output has each part once.
    pub(super) fn take(
        output: &'d Output,
        selections: &ChunkSelections,
        number: usize,
    ) -> Option<(Dims<u64>, Self)> {
        match selections {
            ChunkSelections::Boxes(_) => Self::of_box(output.take(number)?, output.is_filled()),
            ChunkSelections::Scattered(by_chunk) => {
                Self::scattered(by_chunk, number, output, output.is_filled())
            }
        }
    }

    fn of_box(
        (projection, to): (Projection, NdViewMut<'d>),
        filled: bool,
    ) -> Option<(Dims<u64>, Self)> {
        let cells = projection.part;
        Some((projection.chunk, Self::Box { cells, to, filled }))
    }

    fn scattered(
        by_chunk: &ScatteredByChunk,
        number: usize,
        to: &'d Output,
        filled: bool,
    ) -> Option<(Dims<u64>, Self)> {
        let (chunk, cells) = by_chunk.get(number)?;
        Some((chunk, Self::Scattered { cells, to, filled }))
    }

    /// The same once more, to be read again where reading failed: by then the memory may hold anything.
    pub(super) fn again(&mut self) -> ChunkRequest<'_> {
        match self {
            Self::Box { cells, to, filled } => ChunkRequest::Box {
                cells: cells.clone(),
                to: to.reborrow(),
                filled: std::mem::take(filled),
            },
            Self::Scattered { cells, to, filled } => ChunkRequest::Scattered {
                cells: cells.clone(),
                to,
                filled: std::mem::take(filled),
            },
        }
    }

    /// The bytes that are wanted, of elements of this size.
    pub(super) fn byte_len(&self, elem: usize) -> usize {
        match self {
            Self::Box { to, .. } => to.byte_len(),
            Self::Scattered { cells, .. } => cells.len() * elem,
        }
    }

    /// Puts this element into every cell.
    pub(super) fn fill(self, element: &[u8]) {
        match self {
            Self::Box { filled: true, .. } | Self::Scattered { filled: true, .. } => {}
            Self::Box { mut to, .. } => fill_view(&mut to, element),
            Self::Scattered { cells, to, .. } => {
                to.scatter(element.len(), |mut all| {
                    for run in cells.runs(&cells.bounds()) {
                        all.fill(element, run.to, run.len);
                    }
                });
            }
        }
    }

    /// Reads the cells of a chunk that is no shard, as if nobody else wanted anything of it.
    fn read(
        self,
        source: &ChunkSource<'_>,
        chain: &CodecChain,
        workers: Workers<'_>,
    ) -> Result<(), ChunkError> {
        match self {
            Self::Box { cells, to, .. } => decode::read(source, chain, &cells, to, workers),
            Self::Scattered { cells, to, .. } => gather::read(source, chain, &cells, to, workers),
        }
    }

    /// Copies the cells out of the elements of the whole chunk. `None` where they are not there.
    fn copy(self, elements: &[u8], spec: &ChunkSpec) -> Option<()> {
        match self {
            Self::Box { cells, mut to, .. } => {
                let chunk = NdView::new(elements, &spec.shape, spec.elem())?;
                to.copy_from(&chunk.region(&cells)?).then_some(())
            }
            Self::Scattered { cells, to, .. } => {
                let whole = Region::whole(&spec.shape);
                gather::copy(elements, &whole, &cells, to, spec.elem());
                Some(())
            }
        }
    }

    /// The cells of a shard by its inner chunks.
    fn by_inner_chunk(&self, shard: &ShardingCodec) -> Result<ChunkSelections, ChunkError> {
        Ok(match self {
            Self::Box { cells, .. } => ChunkSelections::Boxes(shard.project(cells)?),
            Self::Scattered { cells, .. } => {
                ChunkSelections::Scattered(cells.by_inner_chunk(shard)?)
            }
        })
    }

    /// The same by the inner chunks that the selections name. `None` where these are others.
    fn split(self, selections: &'d ChunkSelections) -> Option<SplitRequest<'d>> {
        Some(match (self, selections) {
            (Self::Box { to, filled, .. }, ChunkSelections::Boxes(boxes)) => {
                SplitRequest::Boxes(DisjointParts::new(to, boxes.clone())?, filled)
            }
            (Self::Scattered { to, filled, .. }, ChunkSelections::Scattered(by_chunk)) => {
                SplitRequest::Scattered(by_chunk, to, filled)
            }
            _ => return None,
        })
    }
}

impl SplitRequest<'_> {
    /// What is wanted of an inner chunk, and which one that is. Of boxes, each can be taken once.
    fn take(&self, number: usize) -> Option<(Dims<u64>, ChunkRequest<'_>)> {
        match *self {
            Self::Boxes(ref parts, filled) => ChunkRequest::of_box(parts.take(number)?, filled),
            Self::Scattered(by_chunk, to, filled) => {
                ChunkRequest::scattered(by_chunk, number, to, filled)
            }
        }
    }
}
