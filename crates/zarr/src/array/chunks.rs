//! Handles on the chunks of an array. `zarr-core` does the work.

use futures_util::Stream;
use zarr_core::{Chunk, Result, Selection, Shape, VerifiedChunk};

use crate::Array;

impl Array {
    /// A handle on the chunk of this index in the chunk grid; of a sharded array, on the shard. It need not be
    /// stored. The index is given as a shape is: `[0, 1]`, `(i, j)`, `&index[..]`, of any integers.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [6, 6], DataType::UInt8).chunks([4, 4]).wait()?;
    /// a.write(sel![..4, 4..], 7_u8).wait()?;
    /// let chunk = a.chunk([0, 1])?;
    /// assert_eq!(chunk.region().to_string(), "[0:4, 4:6]");
    /// assert_eq!(chunk.key()?.as_str(), "c/0/1");
    /// assert_eq!(chunk.decode::<u8>().wait()?.sum(), 7 * 8);
    /// // Its encoded bytes are a chunk elsewhere, too.
    /// let bytes = chunk.bytes().wait()?.expect("it is stored");
    /// a.chunk([1, 1])?.write_bytes(bytes).wait()?;
    /// assert_eq!(a.read::<u8>(sel![4.., 4..]).wait()?.sum(), 7 * 4);
    /// assert!(a.chunk([1, 1])?.write_bytes(b"no chunk".as_slice()).wait().is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the grid has no such chunk.
    pub fn chunk(&self, index: impl Into<Shape>) -> Result<Chunk> {
        self.chunked().chunk(&index.into().index()?)
    }

    /// The chunks (of a sharded array, shards) that hold cells of a selection, each once, stored or not. They are
    /// computed one by one, without a request to the store.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [6, 6], DataType::UInt8).chunks([4, 4]).wait()?;
    /// let row: Vec<_> = a.chunks_of(sel![5, ..])?.map(|chunk| chunk.region().to_string()).collect();
    /// assert_eq!(row, ["[4:6, 0:4]", "[4:6, 4:6]"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the selection does not suit the array, or there are too many chunks to count.
    pub fn chunks_of<S: Into<Selection>>(
        &self,
        selection: S,
    ) -> Result<impl Iterator<Item = Chunk> + Send + use<S>> {
        let selection = self.chunked().resolve(&selection.into())?;
        self.chunked().chunks_of(&selection)
    }

    /// The stored chunks (of a sharded array, shards), each with its size in bytes, as a listing of the store shows
    /// them: in no defined order, and without a list of all of them in memory.
    ///
    /// ```
    /// # use zarr::{DataType, Target, blocking, blocking::Wait, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [6, 6], DataType::UInt8).chunks([4, 4]).compressors(()).wait()?;
    /// a.write(sel![.., 4..], 7_u8).wait()?;
    /// for stored in blocking::iter(a.stored_chunks()) {
    ///     let (chunk, size) = stored?;
    ///     assert_eq!((chunk.index()[1], size), (1, 16));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An item is an error if the store cannot be listed.
    pub fn stored_chunks(&self) -> impl Stream<Item = Result<(Chunk, u64)>> + Send + use<'_> {
        self.chunked().stored_chunks()
    }

    /// Reads and decodes every stored chunk, which compares all checksums, and says what is wrong with each. A few
    /// chunks are read at a time, within [`Context::memory`](crate::Context::memory), and no list of all is held.
    ///
    /// ```
    /// # use zarr::{DataType, Target, blocking, blocking::Wait};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [8], DataType::UInt8).chunks([4]).wait()?;
    /// a.write(.., 7_u8).wait()?;
    /// a.chunk([1])?.write_bytes_unchecked(b"damaged".as_slice()).wait()?;
    /// let mut broken = Vec::new();
    /// for verified in blocking::iter(a.verify()?) {
    ///     let verified = verified?;
    ///     broken.extend((!verified.problems.is_empty()).then(|| verified.chunk.region().to_string()));
    /// }
    /// assert_eq!(broken, ["[4:8]"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An item is an error if the store cannot be listed.
    ///
    /// # Errors
    /// If the codecs are unknown or do not apply.
    pub fn verify(&self) -> Result<impl Stream<Item = Result<VerifiedChunk>> + Send + use<'_>> {
        self.chunked().verify()
    }
}
