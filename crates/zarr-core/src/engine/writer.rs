//! `ArrayWriter`: many small writes as few large ones. Parts of a chunk are held until the chunk is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use zarr_codecs::{Dims, VlenHeap};

use super::elements::Elements;
use super::encode::NewElements;
use super::held::HeldChunk;
use super::write::write;
use crate::{ChunkError, ChunkedArray, ResolvedSelection, Result};

/// Writes an array in parts that are smaller than its chunks, or than the shards of a sharded array.
///
/// A part of a chunk costs as much as the chunk: what is stored of it is read, changed and stored again. So a writer
/// holds parts until the chunk is whole, and encodes and stores it then, once. [`finish`](Self::finish) stores the
/// rest. Readers do not see what is held.
///
/// Together, the held chunks take no more than [`Context::memory`](crate::Context::memory), with one byte more per
/// element than their elements have. If another one does not fit, the fullest is stored before it is whole. Chunks
/// that are larger than that are not held: each part is stored as it comes.
///
/// **Only `finish` or [`flush`](Self::flush) says that all is stored.** A writer that is dropped before stores nothing
/// of what it holds. If a chunk cannot be stored, it is held until the next call, which tries again.
///
/// Parts keep what others write to other cells of the same chunk meanwhile. Of the same cells, that stays which is
/// stored last.
///
/// ```
/// use std::sync::Arc;
///
/// use zarr_core::{ArrayWriter, Elements, Values, sel};
/// # use zarr_core::{ArrayOptions, ChunkedArray, Chunks, Context};
/// # use zarr_metadata::{DataType, NodePath, ZarrFormat};
/// # use zarr_store::{BlockingStore, Location, MemoryStore, runtime::wait};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut options = ArrayOptions::new([40, 8], DataType::UInt8);
/// # options.chunks = Chunks::Uniform(20);
/// # let metadata = options.metadata(ZarrFormat::V3)?;
/// # let location = Location::root(MemoryStore::new().into_store());
/// # let (context, config) = (Context::default(), Default::default());
/// # let array = ChunkedArray::new(location, NodePath::root(), metadata, context, config)?;
/// # let array = Arc::new(array);
/// // Forty rows in chunks of twenty.
/// let mut writer = ArrayWriter::new(Arc::clone(&array))?;
/// for i in 0..40 {
///     let row = Elements::Each(Values::Fixed(vec![i; 8].into()));
///     wait(writer.write(array.resolve(&sel![i64::from(i)])?, row))?;
/// }
/// wait(writer.finish())?;
/// let all = wait(Arc::clone(&array).read_as::<u8>(array.resolve(&sel![..])?))?;
/// assert_eq!(all[[39, 7]], 39);
/// # Ok(())
/// # }
/// ```
#[must_use = "what it holds is stored by `finish`"]
pub struct ArrayWriter {
    array: Arc<ChunkedArray>,
    held: BTreeMap<Dims<u64>, HeldChunk>,
    /// The bytes of all held chunks.
    bytes: u64,
    /// The held chunks that are whole.
    whole: BTreeSet<Dims<u64>>,
    /// The elements of variable length of all held chunks.
    heap: Arc<VlenHeap>,
    /// Whether chunks are held at all.
    holds: bool,
}

impl ArrayWriter {
    /// A writer of this array, as large as this handle knows it.
    ///
    /// # Errors
    /// The errors of [`check_writable`](ChunkedArray::check_writable).
    pub fn new(array: Arc<ChunkedArray>) -> Result<Self> {
        array.check_writable()?;
        let grid = array.grid();
        let largest = grid.largest_chunk().into_iter().zip(grid.shape());
        let largest: Dims<u64> = largest.map(|(chunk, &length)| chunk.min(length)).collect();
        let largest = HeldChunk::byte_len_of(&largest, elem(&array)?);
        let holds = largest.is_some_and(|bytes| bytes <= array.context().memory());
        // Of some fields of records, each cell keeps the others: nothing is ever whole.
        let holds = holds && array.picked().is_none();
        Ok(Self {
            heap: new_heap(&array)?,
            array,
            held: BTreeMap::new(),
            bytes: 0,
            whole: BTreeSet::new(),
            holds,
        })
    }

    /// The array that is written.
    pub fn array(&self) -> &Arc<ChunkedArray> {
        &self.array
    }

    /// Takes the elements for the cells of a selection, and stores all chunks that are whole by now.
    ///
    /// # Errors
    /// The errors of [`ChunkedArray::write`]. They may concern a chunk that was written to before.
    pub async fn write(&mut self, selection: ResolvedSelection, elements: Elements) -> Result<()> {
        let elements = elements.checked(&selection, self.array.data_type())?;
        if !self.holds {
            return write(Arc::clone(&self.array), selection, elements, 1).await;
        }
        let chunks = self.array.project(&selection)?;
        if self.array.data_type().is_variable() {
            self.make_room(elements.byte_len()).await?;
            self.renew_heap()?;
        }
        let new = NewElements::within(&self.array, &selection, elements, &self.heap)?;
        for (chunk, cells) in (0..chunks.len()).filter_map(|i| chunks.get(i)) {
            self.hold(&chunk).await?;
            let held = self.held.get_mut(&chunk);
            let put = held.and_then(|held| held.put(&new, &cells).map(|()| held.is_whole()));
            if put.ok_or_else(|| self.wrong(&chunk))? {
                self.whole.insert(chunk);
            }
            if self.whole.len() >= self.array.at_once() {
                self.store_whole().await?;
            }
        }
        self.store_whole().await
    }

    /// Stores all that is held. The parts of chunks that are not whole are merged with what is stored.
    ///
    /// # Errors
    /// The errors of [`ChunkedArray::write`]. What could not be stored is still held.
    pub async fn flush(&mut self) -> Result<()> {
        self.store_all().await?;
        self.renew_heap()
    }

    /// Stores all that is held, and ends. What cannot be stored is lost; [`flush`](Self::flush) would keep it.
    ///
    /// # Errors
    /// The errors of [`flush`](Self::flush).
    pub async fn finish(mut self) -> Result<()> {
        self.flush().await
    }

    /// How many bytes it holds.
    pub fn held_bytes(&self) -> u64 {
        self.heap.byte_len().saturating_add(self.bytes)
    }

    /// Holds a chunk, with room for all of its cells.
    async fn hold(&mut self, chunk: &[u64]) -> Result<()> {
        if self.held.contains_key(chunk) {
            return Ok(());
        }
        let (extent, elem) = (self.array.grid().chunk_extent(chunk), elem(&self.array)?);
        self.make_room(HeldChunk::byte_len_of(&extent, elem).unwrap_or(u64::MAX))
            .await?;
        let held = HeldChunk::new(extent, elem).ok_or_else(|| self.wrong(chunk))?;
        self.bytes += held.byte_len();
        self.held.insert(chunk.into(), held);
        Ok(())
    }

    /// Stores chunks until so many bytes more fit, or nothing is held.
    async fn make_room(&mut self, bytes: u64) -> Result<()> {
        let limit = self.array.context().memory();
        let fits = |writer: &Self| writer.held_bytes().saturating_add(bytes) <= limit;
        if fits(self) {
            return Ok(());
        }
        self.store_whole().await?;
        while !fits(self) && !self.held.is_empty() {
            if self.heap.byte_len() > 0 {
                // Elements of variable length leave the heap together.
                return self.store_all().await;
            }
            let held = self.held.iter();
            let fullest = held.max_by_key(|(_, held)| held.fullness());
            let fullest = fullest.map(|(chunk, _)| chunk.clone());
            self.store(fullest.into_iter().collect()).await?;
        }
        Ok(())
    }

    /// Frees the elements of variable length, if no chunk needs them.
    fn renew_heap(&mut self) -> Result<()> {
        if self.held.is_empty() && self.heap.byte_len() > 0 {
            self.heap = new_heap(&self.array)?;
        }
        Ok(())
    }

    async fn store_whole(&mut self) -> Result<()> {
        self.store(self.whole.iter().cloned().collect()).await
    }

    async fn store_all(&mut self) -> Result<()> {
        self.store(self.held.keys().cloned().collect()).await
    }

    /// Stores these held chunks, and holds those on that cannot be stored.
    async fn store(&mut self, chosen: Vec<Dims<u64>>) -> Result<()> {
        let (at_once, writer) = (self.array.at_once(), &*self);
        let stored: Vec<Result<Dims<u64>>> = stream::iter(chosen)
            .map(|chunk| writer.store_one(chunk))
            .buffer_unordered(at_once)
            .collect()
            .await;
        let mut result = Ok(());
        for chunk in stored {
            match chunk {
                Ok(chunk) => {
                    self.whole.remove(&chunk);
                    let held = self.held.remove(&chunk);
                    self.bytes -= held.map_or(0, |held| held.byte_len());
                }
                Err(error) => result = result.and(Err(error)),
            }
        }
        result
    }

    async fn store_one(&self, chunk: Dims<u64>) -> Result<Dims<u64>> {
        let array = &self.array;
        let heap = array.data_type().is_variable().then_some(&*self.heap);
        let elements = self.held.get(&chunk).and_then(|held| held.elements(heap));
        let elements = elements.ok_or_else(|| self.wrong(&chunk))?;
        let region = array.grid().region(&chunk);
        let selection = ResolvedSelection::of_region(array.grid().shape(), region);
        write(Arc::clone(array), selection, elements, array.at_once()).await?;
        Ok(chunk)
    }

    fn wrong(&self, chunk: &[u64]) -> crate::Error {
        self.array.chunk_error(chunk, ChunkError::INTERNAL)
    }
}

impl fmt::Debug for ArrayWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayWriter")
            .field("array", &self.array.path())
            .field("held", &self.held.len())
            .field("held_bytes", &self.held_bytes())
            .finish_non_exhaustive()
    }
}

/// The bytes of an element in memory.
fn elem(array: &ChunkedArray) -> Result<usize> {
    Ok(array.chain()?.spec().elem())
}

fn new_heap(array: &ChunkedArray) -> Result<Arc<VlenHeap>> {
    let fill = array.chain()?.spec().fill.as_bytes().to_vec();
    Ok(Arc::new(VlenHeap::new(fill)))
}
