//! Reads scattered cells of one chunk that is no shard. What is encoded is decoded once, and the cells are copied from
//! there; of what is stored as it is, spans are read that hold cells which lie close together.

use zarr_codecs::{CodecChain, Dims, NdViewMut, Region};

use super::decode::{self, StoredElements};
use super::output::{ElementsMut, Output};
use super::pool::{Workers, with_scratch};
use super::source::ChunkSource;
use crate::ChunkError;
use crate::cells::{CellRows, CellRun, CellSpan, ListedCell, RowCells, ScatteredCells};

/// Reads the cells to their places.
pub(super) fn read(
    source: &ChunkSource<'_>,
    chain: &CodecChain,
    cells: &ScatteredCells,
    to: &Output,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let spec = chain.spec();
    if let Some(stored) = StoredElements::new(source, chain)? {
        return read_stored(&stored, &spec.shape, cells, to, spec.elem(), workers);
    }
    let part = match cells.bounds() {
        // Memory holds only those elements of variable length that are decoded.
        bounds if spec.fill.is_variable() => bounds,
        // What is decoded to its place as a whole need not be copied.
        bounds if is_most(&bounds, &spec.shape) => Region::whole(&spec.shape),
        bounds => bounds,
    };
    decode::with_box(source, chain, &part, workers, |elements| {
        copy(elements, &part, cells, to, spec.elem());
    })
}

/// Copies cells to their places, out of the elements of a box that holds them all.
pub(super) fn copy(
    elements: &[u8],
    within: &Region,
    cells: &ScatteredCells,
    to: &Output,
    elem: usize,
) {
    let all = (u64::MAX, u64::MAX);
    let order: Dims<usize> = (0..within.ranges.len()).collect();
    let rows = CellRows::new(cells, within, &order, all);
    for span in rows.spans(all) {
        let first = span.cells.start as usize;
        let elements = elements
            .get(first.saturating_mul(elem)..)
            .unwrap_or_default();
        to.scatter(elem, |all| copy_span(elements, &rows, &span, all));
    }
}

/// Whether a box has at least half of the cells of a chunk.
fn is_most(part: &Region, shape: &[u64]) -> bool {
    let whole = zarr_codecs::volume(shape);
    let part = part.volume().unwrap_or(u64::MAX);
    whole.is_some_and(|whole| part >= whole.div_ceil(2))
}

/// Reads cells of a chunk of this shape that is stored as it is, span by span.
fn read_stored(
    stored: &StoredElements<'_>,
    shape: &[u64],
    cells: &ScatteredCells,
    to: &Output,
    elem: usize,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let most = stored
        .most()
        .min(workers.context().chunk_bytes() / (elem as u64).max(1));
    let limits = (stored.gap(), most.max(1));
    let rows = CellRows::new(cells, &Region::whole(shape), stored.axes(), limits);
    for span in rows.spans(limits) {
        let count = span.cells.end - span.cells.start;
        let len = usize::try_from(count)
            .ok()
            .and_then(|count| count.checked_mul(elem));
        let len = len.ok_or(ChunkError::INTERNAL)?;
        let mut memory = with_scratch(|cx| cx.buffers.take_any(len));
        let view = NdViewMut::over(&mut memory, &[count], elem).ok_or(ChunkError::INTERNAL)?;
        stored.read(span.cells.start, view)?;
        to.scatter(elem, |all| copy_span(&memory, &rows, &span, all));
        with_scratch(|cx| cx.buffers.give(memory));
    }
    Ok(())
}

/// Copies the wanted cells of a span to their places, out of its elements.
fn copy_span(elements: &[u8], rows: &CellRows, span: &CellSpan, mut all: ElementsMut<'_>) {
    for (number, place, cells) in rows.within(span) {
        match cells {
            RowCells::Each(each) => {
                let numbers = |listed: &ListedCell| {
                    (number.wrapping_add(listed.cell as usize), place + listed.to)
                };
                all.copy_each(elements, each.iter().map(numbers));
            }
            RowCells::Runs(runs) => {
                for run in runs {
                    let (from, to) = (number.wrapping_add(run.from), place + run.to);
                    all.copy(
                        elements,
                        &CellRun {
                            from,
                            to,
                            len: run.len,
                        },
                    );
                }
            }
        }
    }
}
