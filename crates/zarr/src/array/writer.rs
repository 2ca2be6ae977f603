//! `Array::writer`: writes parts of chunks, which are stored together. `zarr-core` does the work.

use zarr_core::{Result, Selection};

use crate::array::fields::ArrayFields;
use crate::data::Conversion;
use crate::operation::operation;
use crate::{Array, Data};

impl Array {
    /// A writer for data that comes in parts smaller than a chunk, or than a shard of a sharded array: frames of
    /// a camera, rows of a table, time steps of a model.
    ///
    /// A part of a chunk costs as much as the whole chunk, since the chunk is read, changed, encoded and stored
    /// again. The writer holds parts until their chunk (of a sharded array, their shard) is whole, and then
    /// stores it once. [`finish`](ArrayWriter::finish) stores the rest.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [100, 32, 32], DataType::UInt16)
    ///     .chunks([1, 32, 32])
    ///     .shards([20, 32, 32])
    ///     .wait()?;
    /// let mut writer = a.writer();
    /// for i in 0..100 {
    ///     let frame = ndarray::Array2::from_elem((32, 32), i as u16);
    ///     writer.write(sel![i, .., ..], frame).wait()?; // every twentieth stores a shard
    /// }
    /// writer.finish().wait()?;
    /// assert_eq!(a.read::<u16>(sel![99, 0, 0]).wait()?.sum(), 99);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Held chunks take at most [`Context::memory`](crate::Context::memory), with one byte per element more
    /// than the elements have. If another chunk does not fit, the fullest one is stored before it is whole.
    /// Chunks that are larger than that are not held.
    ///
    /// **Only [`finish`](ArrayWriter::finish) and [`flush`](ArrayWriter::flush) say that everything is stored.**
    /// A writer that is dropped stores nothing of what it holds, and reads do not see it.
    ///
    /// The writer knows the array as it was at its first write: a resize does not change it.
    pub fn writer(&self) -> ArrayWriter {
        ArrayWriter {
            array: ArrayFields::all(self.chunked()),
            begun: None,
        }
    }
}

/// Holds parts of chunks until they are whole: see [`Array::writer`].
#[must_use = "what it holds is stored by `finish`"]
#[derive(Debug)]
pub struct ArrayWriter {
    array: ArrayFields,
    /// Set by the first write.
    begun: Option<zarr_core::ArrayWriter>,
}

impl ArrayWriter {
    /// Takes an array for a selection, or a scalar for every cell of it, as [`Array::write`] does, and stores the
    /// chunks that are whole by now.
    ///
    /// An error may concern a chunk of an earlier write. A chunk that could not be stored is still held, and
    /// the next call tries again.
    pub fn write(
        &mut self,
        selection: impl Into<Selection>,
        data: impl Into<Data>,
    ) -> BufferedWrite<'_> {
        BufferedWrite {
            writer: self,
            selection: selection.into(),
            data: data.into(),
            cast: false,
        }
    }

    /// Stores everything that is held. Parts of chunks are merged with what is stored.
    ///
    /// # Errors
    /// If a chunk cannot be read, encoded or stored. It is still held.
    pub async fn flush(&mut self) -> Result<()> {
        match &mut self.begun {
            Some(writer) => writer.flush().await,
            None => Ok(()),
        }
    }

    /// Stores everything that is held and ends the writer.
    ///
    /// # Errors
    /// If a chunk cannot be read, encoded or stored. It is lost; [`flush`](Self::flush) keeps it.
    pub async fn finish(mut self) -> Result<()> {
        self.flush().await
    }

    /// The number of bytes that are held in memory.
    pub fn held_bytes(&self) -> u64 {
        let begun = self.begun.as_ref();
        begun.map_or(0, zarr_core::ArrayWriter::held_bytes)
    }

    async fn begin(&mut self) -> Result<&mut zarr_core::ArrayWriter> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => zarr_core::ArrayWriter::new(self.array.clone().current().await?)?,
        };
        Ok(self.begun.insert(begun))
    }
}

/// A pending write to an [`ArrayWriter`]: see [`ArrayWriter::write`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct BufferedWrite<'w> {
    writer: &'w mut ArrayWriter,
    selection: Selection,
    data: Data,
    cast: bool,
}

impl BufferedWrite<'_> {
    /// Casts numbers of another type to the stored one, as [`Write::cast`](crate::Write::cast) does.
    #[doc(alias = "astype")]
    pub fn cast(self) -> Self {
        Self { cast: true, ..self }
    }

    async fn run(self) -> Result<()> {
        let writer = self.writer.begin().await?;
        let array = writer.array();
        let selection = array.resolve(&self.selection)?;
        let elements = self.data.into_elements(Conversion {
            path: array.path(),
            stored: array.data_type(),
            cast: self.cast,
        })?;
        writer.write(selection, elements).await
    }
}
operation!(BufferedWrite<'w> => ());
