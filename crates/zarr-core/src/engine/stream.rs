//! Reads more than fits in memory: the cells of a selection chunk by chunk, in blocks that the caller owns.
//! Each block is an ordinary read of the cells that one chunk holds.

use std::iter;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_codecs::{AxisRange, Projection, Projections, Region};
use zarr_metadata::Order;

use super::block::{Block, BlockPlace};
use super::output::Destination;
use super::plan;
use super::read::ReadJob;
use crate::cells::Cells;
use crate::{ChunkedArray, Error, ErrorKind, ResolvedSelection, Result};
use zarr_store::runtime::Budget;

/// What one stream needs for each of its blocks.
struct StreamJob {
    array: Arc<ChunkedArray>,
    selection: ResolvedSelection,
    align: usize,
    boxes: Projections,
    ahead: usize,
    /// Not the context's: the owner of a stream may start another operation between two blocks, and that
    /// operation would wait for the context's bytes for ever.
    budget: Arc<Budget>,
    /// How many chunks were asked for, and how many of them were absent.
    asked: AtomicUsize,
    absent: AtomicUsize,
}

impl ChunkedArray {
    /// Reads the cells of a selection chunk by chunk, for what does not fit in memory: one block for
    /// each chunk that is touched (each shard, of a sharded array), in no promised order, into
    /// memory of this alignment.
    ///
    /// At most `ahead` blocks are begun and not yet taken; if not given, as many as keep workers and
    /// requests busy. Together they take no more than [`Context::memory`](crate::Context::memory), of which each stream has
    /// its own; a block above it is read alone. Blocks that are begun go on between two polls as far
    /// as workers can bring them. Dropping the stream drops all that was not taken.
    ///
    /// An error concerns its block alone; the other blocks still come.
    ///
    /// ```
    /// use std::{pin::pin, sync::Arc};
    ///
    /// use futures_util::TryStreamExt;
    /// use zarr_core::{ChunkedArray, Selection};
    /// # use zarr_core::{ArrayOptions, Chunks, Context, Elements, Values};
    /// # use zarr_metadata::{DataType, NodePath, ZarrFormat};
    /// # use zarr_store::{BlockingStore, Location, MemoryStore, runtime::wait};
    ///
    /// /// The sum of all elements, with a few chunks in memory at a time.
    /// async fn sum(array: Arc<ChunkedArray>) -> zarr_core::Result<f64> {
    ///     let all = array.resolve(&Selection::All)?;
    ///     let mut blocks = pin!(array.stream_as::<f32>(all, None)?);
    ///     let mut sum = 0.0;
    ///     while let Some((_place, block)) = blocks.try_next().await? {
    ///         sum += block.iter().map(|&x| f64::from(x)).sum::<f64>();
    ///     }
    ///     Ok(sum)
    /// }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut options = ArrayOptions::new([100, 30], DataType::Float32);
    /// # options.chunks = Chunks::Uniform(16);
    /// # let metadata = options.metadata(ZarrFormat::V3)?;
    /// # let location = Location::root(MemoryStore::new().into_store());
    /// # let (context, config) = (Context::default(), Default::default());
    /// # let array = ChunkedArray::new(location, NodePath::root(), metadata, context, config)?;
    /// # let array = Arc::new(array);
    /// # let halves = Elements::Scalar(Values::Fixed(0.5_f32.to_ne_bytes().to_vec().into()));
    /// # wait(Arc::clone(&array).write(array.resolve(&Selection::All)?, halves))?;
    /// assert_eq!(wait(sum(array))?, 1500.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`chain`](Self::chain), and if the selection is a list, a mask or points.
    pub fn stream(
        self: Arc<Self>,
        selection: ResolvedSelection,
        align: usize,
        ahead: Option<NonZeroUsize>,
    ) -> Result<impl Stream<Item = Result<Block>> + Send + use<>> {
        self.decoder()?;
        let Some(boxes) = self.project(&selection)?.boxes().cloned() else {
            let text =
                "a list, a mask or points have no block for each chunk: stream a box of slices";
            return Err(Error::argument("selection", text));
        };
        let enough = self.at_once();
        let job = Arc::new(StreamJob {
            budget: Budget::new(self.context().memory()),
            ahead: ahead.map_or(enough, NonZeroUsize::get),
            array: self,
            selection,
            align,
            boxes,
            asked: AtomicUsize::new(0),
            absent: AtomicUsize::new(0),
        });
        let (ahead, next, listing) = (job.ahead, Arc::clone(&job), Arc::clone(&job));
        let asked = iter::from_fn(move || next.next());
        let asked = stream::iter(asked)
            .map(move |i| Arc::clone(&job).block(i, false))
            .buffer_unordered(ahead);
        let listed = stream::once(listing.rest()).try_flatten();
        let blocks = asked.chain(listed);
        Ok(blocks.filter_map(|block| async move { block.transpose() }))
    }
}

impl StreamJob {
    /// The next block whose chunk is asked for, until most turn out to be absent.
    fn next(&self) -> Option<usize> {
        let i = self.asked.load(Ordering::Relaxed);
        let absent = self.absent.load(Ordering::Relaxed);
        if i >= self.boxes.len() || self.array.is_sparse(i, absent) {
            return None;
        }
        self.asked.store(i + 1, Ordering::Relaxed);
        Some(i)
    }

    /// The other blocks. If a listing says which of their chunks are stored, only these are asked for.
    async fn rest(
        self: Arc<Self>,
    ) -> Result<impl Stream<Item = Result<Option<Block>>> + Send + use<>> {
        let rest = self.asked.load(Ordering::Relaxed)..self.boxes.len();
        let find = |chunk: &[u64]| self.boxes.find(chunk);
        let listed = self.array.stored_among(rest.clone(), find).await?;
        let ahead = self.ahead;
        let block = move |i| {
            let is_absent = |listed: &Vec<usize>| listed.binary_search(&i).is_err();
            Arc::clone(&self).block(i, listed.as_ref().is_some_and(is_absent))
        };
        Ok(stream::iter(rest).map(block).buffer_unordered(ahead))
    }

    async fn block(self: Arc<Self>, i: usize, is_absent: bool) -> Result<Option<Block>> {
        let Some(projection) = self.boxes.get(i) else {
            return Ok(None);
        };
        let place = BlockPlace {
            region: self.selection.in_out_shape(&projection.to),
            cells: self.cells(&projection),
            chunk: projection.chunk.clone(),
        };
        let cells = ResolvedSelection::of_region(self.selection.shape(), place.cells.clone());
        self.check_block(&projection)?;
        // All that the block needs at once: a block that holds a part and waits for more could wait for ever.
        let _until_taken = self.budget.take(self.most(projection)).await;
        let (array, budget) = (Arc::clone(&self.array), Budget::unlimited());
        let destination = Destination::New {
            align: self.align,
            order: Order::C,
        };
        let job = ReadJob::new(array, iter::once((cells, destination)))?;
        let job = job.beside(self.ahead, budget);
        let (output, was_absent) = job.run_one(is_absent).await?;
        let was_absent = usize::from(was_absent);
        self.absent.fetch_add(was_absent, Ordering::Relaxed);
        Ok(Some(Block { place, output }))
    }

    /// The cells of the array that a projection means.
    fn cells(&self, projection: &Projection) -> Region {
        let chunk = self.array.grid().region(&projection.chunk);
        let axes = chunk.ranges.iter().zip(&projection.part.ranges);
        // The cells of a chunk are cells of the array.
        let cells =
            |(chunk, part): (&AxisRange, &AxisRange)| part.behind(chunk.start()).unwrap_or(*part);
        Region {
            ranges: axes.map(cells).collect(),
        }
    }

    /// Checks that a block may be in memory as a whole.
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

    /// The most bytes that a block takes: its elements and, from a remote store, their encoded bytes.
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
                let cells = Cells::from(projection.part);
                plan::most_fetched(&chain, &cells, store.hints().merge_gap)
            }
        };
        decoded.saturating_add(encoded)
    }
}
