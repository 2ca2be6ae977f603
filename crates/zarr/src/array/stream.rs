//! Reading an array block by block, for what is larger than memory. Decides nothing but what is asked
//! of `zarr-core`.

use std::fmt;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt, TryFutureExt};
use ndarray::ArrayD;
use zarr_codecs::Region;
use zarr_core::{Element, Result, Selection};

use crate::Array;
use crate::array::fields::{Picked, picking};

impl Array {
    /// Reads the cells of a selection block by block: one block for each chunk that is touched (each
    /// shard, of a sharded array), with its place in what [`read`](Array::read) would give. The blocks
    /// come in no promised order.
    ///
    /// At most [`Context::memory`](crate::Context::memory) bytes are on their way, so that arrays of
    /// any size can be gone through. This sums one of 32 MiB, of which no more than a MiB is in memory
    /// at a time:
    ///
    /// ```
    /// use zarr::{Context, DataType, Target, blocking::Wait};
    ///
    /// # fn main() -> zarr::Result<()> {
    /// let little = Context::builder().memory(1 << 20).build();
    /// let a = zarr::create_array(Target::Memory, [2048, 2048], DataType::Float64)
    ///     .chunks([256, 256])
    ///     .fill_value(0.5)
    ///     .context(&little)
    ///     .wait()?;
    /// let mut sum = 0.0;
    /// for block in a.stream::<f64>(..).wait() {
    ///     let (_place, block) = block?;
    ///     sum += block.sum();
    /// }
    /// assert_eq!(sum, 0.5 * 2048.0 * 2048.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is a [`Stream`], too:
    ///
    /// ```
    /// use futures_util::TryStreamExt;
    /// # use zarr::{DataType, Target, sel};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> zarr::Result<()> {
    /// # let a = zarr::create_array(Target::Memory, [30, 30], DataType::Int32).fill_value(1).await?;
    /// let mut blocks = a.stream::<i32>(sel![..10, ..]).prefetch(4);
    /// let mut cells = 0;
    /// while let Some((_place, block)) = blocks.try_next().await? {
    ///     cells += block.len();
    /// }
    /// assert_eq!(cells, 300);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An error concerns one block; the others still come. What is wrong with the operation itself is
    /// the first and only item: among it a selection by lists, masks or points, which has no blocks.
    pub fn stream<T: Element>(&self, selection: impl Into<Selection>) -> BlockStream<T> {
        let picked = Picked::all(self.chunked());
        let (selection, ahead, running) = (selection.into(), None, None);
        BlockStream {
            picked,
            selection,
            ahead,
            running,
        }
    }
}

/// A block, and its place in the output of the whole selection.
type Item<T> = Result<(Region, ArrayD<T>)>;

type Running<T> = Pin<Box<dyn Stream<Item = Item<T>> + Send>>;

/// Blocks of an array, one after the other: see [`Array::stream`].
#[must_use = "nothing is read until the blocks are asked for"]
pub struct BlockStream<T> {
    picked: Picked,
    selection: Selection,
    ahead: Option<NonZeroUsize>,
    /// Since the first block was asked for.
    running: Option<Running<T>>,
}

picking!(BlockStream<T>);

impl<T> BlockStream<T> {
    /// How many blocks are begun and not yet taken, at most; at least one. If not set, as many as keep
    /// workers and requests busy.
    pub fn prefetch(mut self, blocks: usize) -> Self {
        self.ahead = NonZeroUsize::new(blocks.max(1));
        self
    }
}

impl<T: Element> BlockStream<T> {
    /// The blocks as an iterator that waits for each, with no runtime.
    pub fn wait(self) -> Blocks<T> {
        Blocks(self)
    }

    fn start(&self) -> Running<T> {
        let picked = self.picked.clone();
        let (selection, ahead) = (self.selection.clone(), self.ahead);
        let begun = async move {
            let array = picked.current().await?;
            let selection = array.resolve(&selection)?;
            array.stream_as(selection, ahead)
        };
        Box::pin(begun.try_flatten_stream())
    }
}

impl<T: Element> Stream for BlockStream<T> {
    type Item = Item<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let running = self.running.take().unwrap_or_else(|| self.start());
        self.running.insert(running).as_mut().poll_next(cx)
    }
}

impl<T> fmt::Debug for BlockStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockStream")
            .field("array", &self.picked)
            .field("selection", &self.selection)
            .field("prefetch", &self.ahead)
            .finish_non_exhaustive()
    }
}

/// Blocks of an array, each waited for: see [`BlockStream::wait`].
#[must_use = "nothing is read until the blocks are asked for"]
#[derive(Debug)]
pub struct Blocks<T>(BlockStream<T>);

impl<T: Element> Iterator for Blocks<T> {
    type Item = Item<T>;

    fn next(&mut self) -> Option<Self::Item> {
        zarr_store::runtime::wait(self.0.next())
    }
}
