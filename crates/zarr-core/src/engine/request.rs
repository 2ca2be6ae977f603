//! What is wanted of one chunk, by one request or several, and where it goes. The one place that knows
//! how boxes and scattered cells are read: what several requests want is decoded once, and an inner
//! chunk of a shard is a chunk again.

use std::ops::Range;

use smallvec::SmallVec;
use zarr_codecs::{
    AxisGrid, ChunkAccess, ChunkSpec, CodecChain, Dims, DisjointParts, NdView, NdViewMut,
    Projection, Region, ShardingCodec, fill as fill_view,
};

use super::decode;
use super::output::Output;
use super::plan::{self, ChunkPlan};
use super::pool::{Workers, with_scratch};
use super::source::{ChunkData, ChunkSource, InnerChunks, READ_COST};
use crate::ChunkError;
use crate::cells::{ChunkSelections, ScatteredByChunk, ScatteredCells};
use crate::stored::LIST_FROM;

/// Of what lies in the store as it is, no more bytes are read at once: a chunk can be much larger.
const MOST: u64 = 16 << 20;

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

/// All that is wanted of a chunk.
pub(super) type ChunkRequests<'d> = SmallVec<[ChunkRequest<'d>; 1]>;

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
    requests: ChunkRequests<'_>,
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
    with_box(source, chain, &whole, workers, |elements| {
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
            !in_order && plan::check_held(chain, workers.chunk_bytes()).is_ok()
        }
        ChunkAccess::Whole | ChunkAccess::Shard(_) => true,
    }
}

/// Whether cells lie in the chunk as they are.
fn is_stored_as_is(chain: &CodecChain) -> bool {
    let whole = Region::whole(&chain.spec().shape);
    matches!(chain.access(&whole), ChunkAccess::Cells(_))
}

/// Reads what is wanted of each inner chunk, each by whichever worker is free.
fn read_shard(
    inner: &InnerChunks<'_>,
    shard: &ShardingCodec,
    requests: ChunkRequests<'_>,
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
    let read_one = |i: usize| {
        let (mut requests, mut number) = (ChunkRequests::new(), 0);
        for (request, part) in plan.parts(i) {
            let taken = split.get(request).and_then(|request| request.take(part));
            let (chunk, request) = taken.ok_or(ChunkError::INTERNAL)?;
            number = shard.number(&chunk);
            requests.push(request);
        }
        read(&inner.get(number), shard.inner(), requests, None, workers)
    };
    if plan.len() <= LIST_FROM {
        return workers.each(plan.len(), read_one);
    }
    let stored = inner.stored_among(shard, plan);
    workers.each(stored.len(), |i| {
        stored.get(i).map_or(Ok(()), |&i| read_one(i))
    })?;
    let fill = shard.inner().spec().fill_element();
    let absent = plan::absent_runs(0..plan.len(), &stored, shard.inner());
    workers.each(absent.len(), |i| {
        let mut run = absent.get(i).cloned().unwrap_or_default();
        match split.as_slice() {
            [SplitRequest::Boxes(parts, filled)] => {
                fill_views(parts.take_run(run), *filled, fill).map(drop)
            }
            [SplitRequest::Scattered(_, _, true)] => Ok(()),
            _ => run.try_for_each(read_one),
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
                let runs = cells.runs(&cells.bounds());
                to.scatter(element.len(), &runs, |_, memory| {
                    let cells = memory.chunks_exact_mut(element.len().max(1));
                    cells.for_each(|to| to.copy_from_slice(element));
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
        let (cells, to) = match self {
            Self::Box { cells, to, .. } => {
                return decode::read(source, chain, &cells, to, workers);
            }
            Self::Scattered { cells, to, .. } => (cells, to),
        };
        let (spec, elem) = (chain.spec(), chain.spec().elem());
        let origin: Dims<u64> = spec.shape.iter().map(|_| 0).collect();
        // What is decoded is decoded once; of what is stored as it is, nothing is read that lies between.
        let most = is_stored_as_is(chain).then(|| MOST.min(workers.chunk_bytes()));
        dense_boxes(&origin, &cells, elem, most, &|region, cells, bounds| {
            with_box(source, chain, region, workers, |elements| {
                copy_scattered(elements, bounds, cells, to, elem);
            })
        })
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
                copy_scattered(elements, &whole, &cells, to, spec.elem());
                Some(())
            }
        }
    }

    /// The cells of a shard by its inner chunks.
    fn by_inner_chunk(&self, shard: &ShardingCodec) -> Result<ChunkSelections, ChunkError> {
        Ok(match self {
            Self::Box { cells, .. } => ChunkSelections::Boxes(shard.project(cells)?),
            Self::Scattered { cells, .. } => {
                ChunkSelections::Scattered(cells.by_inner_chunk(shard))
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

/// Reads a box of a chunk into scratch memory, and lends its elements.
fn with_box<T>(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    region: &Region,
    workers: Workers<'_>,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<T, ChunkError> {
    let elem = chain.spec().elem();
    let cells = region.volume().and_then(|n| usize::try_from(n).ok());
    let len = cells.and_then(|n| n.checked_mul(elem));
    let len = len.ok_or(ChunkError::INTERNAL)?;
    if len as u64 > workers.chunk_bytes() {
        // What is stored as it is was cut into smaller boxes.
        plan::check_held(chain, workers.chunk_bytes())?;
    }
    let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
    let view = NdViewMut::over(&mut memory, &region.shape(), elem).ok_or(ChunkError::INTERNAL)?;
    decode::read(source, chain, region, view, workers)?;
    let taken = take(&memory);
    with_scratch(|cx| cx.buffers.give(memory));
    Ok(taken)
}

/// Copies scattered cells out of the elements of a box, which is `bounds` where the cells count from.
fn copy_scattered(
    elements: &[u8],
    bounds: &Region,
    cells: &ScatteredCells,
    to: &Output,
    elem: usize,
) {
    to.scatter(elem, &cells.runs(bounds), |run, memory| {
        if let Some(cells) = elements.get(run.from * elem..(run.from + run.len) * elem) {
            memory.copy_from_slice(cells);
        }
    });
}

/// Calls `read` for boxes that the cells fill well, or for the one that holds them all: with the box in
/// the chunk, the cells in it, and the box as these know it, which count from `origin` on. No box but of a single
/// cell has more than `most` bytes; without it, one box holds all cells.
fn dense_boxes(
    origin: &[u64],
    cells: &ScatteredCells,
    elem: usize,
    most: Option<u64>,
    read: &dyn Fn(&Region, &ScatteredCells, &Region) -> Result<(), ChunkError>,
) -> Result<(), ChunkError> {
    let bounds = cells.bounds();
    let (start, shape) = (bounds.start(), bounds.shape());
    let volume = bounds.volume().unwrap_or(u64::MAX);
    let bytes = volume.saturating_mul(elem as u64);
    // One read of the box, or at best one for each cell.
    let at_best = READ_COST.saturating_mul(cells.len() as u64);
    if most.is_none_or(|most| bytes <= at_best.min(most)) || volume <= 1 {
        let start: Dims<u64> = start.iter().zip(origin).map(|(s, o)| s + o).collect();
        return read(&Region::dense(&start, &shape), cells, &bounds);
    }
    // Halves of the longest axis: parts of a grid that has one chunk along all others.
    let longest = (0..shape.len()).max_by_key(|&axis| shape[axis]);
    let mut half: Dims<u64> = start.iter().zip(&shape).map(|(s, n)| s + n).collect();
    if let Some(axis) = longest {
        half[axis] = shape[axis].div_ceil(2);
    }
    let halves = cells.by_chunk(&AxisGrid::each(&half));
    (0..halves.len())
        .filter_map(|i| halves.get(i))
        .try_for_each(|(at, cells)| {
            let axes = origin.iter().zip(at.iter().zip(&half));
            let origin: Dims<u64> = axes.map(|(o, (c, n))| o + c * n).collect();
            dense_boxes(&origin, &cells, elem, most, read)
        })
}
