//! Reads an array block by block, for arrays larger than memory. `zarr-core` does the work.

use std::fmt;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Stream, StreamExt, TryFutureExt};
use ndarray::ArrayD;
use zarr_core::{BlockPlace, Element, Result, Selection};

use crate::Array;
use crate::array::fields::{ArrayFields, field_setters};

impl Array {
    /// Reads the cells of a selection block by block: one block for each chunk that it touches (each shard
    /// of a sharded array), with its [place](BlockPlace) in the array that [`read`](Array::read) would return,
    /// which also names its cells and its chunk. The order of blocks is not defined.
    ///
    /// At most [`Context::memory`](crate::Context::memory) bytes are in flight, so arrays of any size can
    /// be read. This example sums an array of 32 MiB with no more than 1 MiB of it in memory at a time:
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
    /// The place of a block prints as the region that it is, and knows where the block comes from:
    ///
    /// ```
    /// # use zarr::{DataType, Target, blocking::Wait, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [20, 500], DataType::Int16).chunks([20, 250]).wait()?;
    /// let mut blocks = a.stream::<i16>(sel![.., 100..]).wait().collect::<zarr::Result<Vec<_>>>()?;
    /// blocks.sort_by_key(|(place, _)| place.chunk().to_vec());
    /// let (place, block) = &blocks[1];
    /// assert_eq!(place.to_string(), "[0:20, 150:400]");
    /// assert_eq!(place.cells().to_string(), "[0:20, 250:500]");
    /// assert_eq!((place.chunk(), block.shape()), (&[0, 1][..], &[20, 250][..]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// It is also a [`Stream`]:
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
    /// An error concerns one block; the others still arrive. If the operation itself is wrong, its error is
    /// the only item: for example a selection by lists, masks or points, which has no blocks.
    pub fn stream<T: Element>(&self, selection: impl Into<Selection>) -> BlockStream<T> {
        let array = ArrayFields::all(self.chunked());
        let (selection, ahead, running) = (selection.into(), None, None);
        BlockStream {
            array,
            selection,
            ahead,
            running,
        }
    }
}

/// A block, and its place.
type Item<T> = Result<(BlockPlace, ArrayD<T>)>;

type Running<T> = Pin<Box<dyn Stream<Item = Item<T>> + Send>>;

/// A stream of blocks of an array: see [`Array::stream`].
#[must_use = "nothing is read until the blocks are asked for"]
pub struct BlockStream<T> {
    array: ArrayFields,
    selection: Selection,
    ahead: Option<NonZeroUsize>,
    /// Set when the first block is asked for.
    running: Option<Running<T>>,
}

field_setters!(BlockStream<T>);

impl<T> BlockStream<T> {
    /// The most blocks that are begun and not yet taken, at least one. By default as many as keep workers
    /// and requests busy.
    pub fn prefetch(mut self, blocks: usize) -> Self {
        self.ahead = NonZeroUsize::new(blocks.max(1));
        self
    }
}

impl<T: Element> BlockStream<T> {
    /// The blocks as an iterator that waits for each of them and needs no runtime.
    pub fn wait(self) -> StreamIter<Self> {
        StreamIter(self)
    }

    fn start(&self) -> Running<T> {
        let array = self.array.clone();
        let (selection, ahead) = (self.selection.clone(), self.ahead);
        let begun = async move {
            let array = array.current().await?;
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
            .field("array", &self.array)
            .field("selection", &self.selection)
            .field("prefetch", &self.ahead)
            .finish_non_exhaustive()
    }
}

/// A blocking iterator over what a stream gives: see [`BlockStream::wait`], [`OuterIter::wait`](crate::OuterIter::wait) and
/// [`blocking::iter`](crate::blocking::iter).
#[must_use = "nothing is read until it is asked for"]
#[derive(Debug)]
pub struct StreamIter<S>(pub(crate) S);

impl<S: Stream + Unpin> Iterator for StreamIter<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<Self::Item> {
        zarr_store::runtime::wait(self.0.next())
    }
}
