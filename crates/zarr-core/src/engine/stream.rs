//! Reading more than memory holds: the cells of a selection chunk by chunk, each block by itself and
//! owned by whoever takes it. Each block is an ordinary read of the cells that one chunk holds.

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, stream};
use zarr_codecs::{AxisRange, Projection, Projections, Region};

use super::output::{Output, Room};
use super::{read, work};
use crate::units::{Unit, Units};
use crate::{ChunkedArray, Error, ErrorKind, Resolved, Result};
use zarr_store::runtime::Budget;

/// The cells of a selection that one chunk holds.
#[derive(Debug)]
pub struct Block {
    /// Where they stand in the output of the whole selection, in its shape as numpy has it.
    pub region: Region,
    /// The elements, in C order.
    pub output: Output,
}

/// What one stream needs for each of its blocks.
struct Job {
    array: Arc<ChunkedArray>,
    selection: Resolved,
    align: usize,
    boxes: Projections,
    ahead: usize,
    /// Not the context's: whoever holds a stream may do something else between two blocks, and what
    /// waits for the context's bytes then would wait for ever.
    budget: Arc<Budget>,
}

/// The blocks of a selection, in no promised order, at most `ahead` of them begun and not yet taken.
pub(crate) fn stream(
    array: Arc<ChunkedArray>,
    selection: Resolved,
    align: usize,
    ahead: Option<NonZeroUsize>,
) -> Result<impl Stream<Item = Result<Block>> + Send + use<>> {
    array.decoder()?;
    let Units::Boxes(boxes) = array.project(&selection)? else {
        let text = "a list, a mask or points have no block for each chunk: stream a box of slices";
        return Err(Error::argument("selection", text));
    };
    let enough = match array.store().as_blocking() {
        Some(_) => array.context().threads().saturating_mul(2),
        None => array.store().hints().concurrency.max(1),
    };
    let job = Arc::new(Job {
        budget: Budget::new(array.context().memory()),
        ahead: ahead.map_or(enough, NonZeroUsize::get),
        array,
        selection,
        align,
        boxes,
    });
    let blocks = stream::iter(0..job.boxes.len());
    let ahead = job.ahead;
    Ok(blocks
        .map(move |i| Arc::clone(&job).block(i))
        .buffer_unordered(ahead)
        .filter_map(|block| async move { block.transpose() }))
}

impl Job {
    async fn block(self: Arc<Self>, i: usize) -> Result<Option<Block>> {
        let Some(projection) = self.boxes.get(i) else {
            return Ok(None);
        };
        let region = self.selection.in_out_shape(&projection.to);
        let cells = self.cells(&projection);
        self.check_block(&projection)?;
        // All that the block needs at once: who holds a part and waits for more could wait for ever.
        let _until_taken = self.budget.take(self.most(projection)).await;
        let (array, budget) = (Arc::clone(&self.array), Budget::unlimited());
        let room = Room::New { align: self.align };
        let output = read::one_of(self.ahead, array, cells, room, budget).await?;
        Ok(Some(Block { region, output }))
    }

    /// The cells of the array that a projection means.
    fn cells(&self, projection: &Projection) -> Resolved {
        let chunk = self.array.grid().region(&projection.chunk);
        let axes = chunk.ranges.iter().zip(&projection.part.ranges);
        // The cells of a chunk are cells of the array.
        let cells =
            |(chunk, part): (&AxisRange, &AxisRange)| part.behind(chunk.start()).unwrap_or(*part);
        let region = Region {
            ranges: axes.map(cells).collect(),
        };
        Resolved::of_region(self.selection.shape(), region)
    }

    /// Whoever asks for a stream has not asked for any amount at once.
    fn check_block(&self, projection: &Projection) -> Result<()> {
        let elem = self.array.decoder()?.spec().elem() as u64;
        let cells = projection.to.volume().unwrap_or(u64::MAX);
        let (asked, limit) = (
            cells.saturating_mul(elem),
            self.array.context().chunk_bytes(),
        );
        let what = "a block of a stream";
        match asked <= limit {
            true => Ok(()),
            false => Err(ErrorKind::Limit { what, asked, limit }.into()),
        }
    }

    /// The most bytes a block takes: its elements and, from afar, what they are decoded from.
    fn most(&self, projection: Projection) -> u64 {
        let Ok(chain) = self.array.decoder() else {
            return 0;
        };
        let Ok(chain) = self.array.chain_of(chain, &projection.chunk) else {
            return 0;
        };
        let cells = projection.to.volume().unwrap_or(u64::MAX);
        let decoded = cells.saturating_mul(chain.spec().elem() as u64);
        let store = self.array.store();
        let encoded = match store.as_blocking() {
            Some(_) => 0,
            None => {
                let part = Unit::from(projection).cells;
                work::most_fetched(&chain, &part, store.hints().merge_gap)
            }
        };
        decoded.saturating_add(encoded)
    }
}
