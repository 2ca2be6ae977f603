//! Reads and writes only some fields of an array of records.

use std::sync::{Arc, OnceLock};

use zarr_codecs::{CodecChain, Fields, FieldsError};
use zarr_metadata::DataType;
use zarr_store::Key;

use super::ChunkedArray;
use crate::{ChunkError, Error, Result};

/// The fields that a handle reads and writes, and the codecs that decode them.
#[derive(Debug)]
pub(super) struct PickedFields {
    fields: Arc<Fields>,
    chain: OnceLock<Arc<CodecChain>>,
}

impl ChunkedArray {
    /// A handle that reads and writes only one field of an array of records, as elements of the field's
    /// type. A read decodes whole chunks and copies the field from them. A write keeps the other fields, so
    /// it reads each chunk first.
    ///
    /// If the field is a record itself, one of its fields can be selected in turn.
    ///
    /// # Errors
    /// If the elements are not records, or have no such field.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use zarr_core::{ArrayOptions, ChunkedArray, Context, Elements, Selection, Values};
    /// use zarr_metadata::{DataType, Field, NodePath, ZarrFormat};
    /// use zarr_store::{BlockingStore, Location, MemoryStore, runtime::wait};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let field = |name, dtype| Field::new(name, dtype);
    /// let point = DataType::record([field("x", DataType::Float32), field("id", DataType::UInt8)]);
    /// let metadata = ArrayOptions::new([4], point).metadata(ZarrFormat::V3)?;
    /// let location = Location::root(MemoryStore::new().into_store());
    /// # let (context, config) = (Context::default(), Default::default());
    /// let points = ChunkedArray::new(location, NodePath::root(), metadata, context, config)?;
    /// let ids = Arc::new(points.field("id")?);
    /// let cells = ids.resolve(&Selection::from(1..))?;
    /// let seven = Elements::Scalar(Values::Fixed(vec![7].into()));
    /// wait(Arc::clone(&ids).write(cells.clone(), seven))?;
    /// assert_eq!(wait(ids.read_as::<u8>(cells))?.sum(), 21);
    /// # Ok(())
    /// # }
    /// ```
    pub fn field(&self, name: &str) -> Result<Self> {
        self.with_fields("field", Fields::one(self.data_type(), name))
    }

    /// Like [`field`](Self::field), for several fields: the elements are records of these fields, in the
    /// order of the names.
    ///
    /// # Errors
    /// The errors of [`field`](Self::field), and if a field is named twice, or no field is named.
    pub fn fields<N: AsRef<str>>(&self, names: &[N]) -> Result<Self> {
        self.with_fields("fields", Fields::several(self.data_type(), names))
    }

    fn with_fields(
        &self,
        argument: &'static str,
        picked: Result<Fields, FieldsError>,
    ) -> Result<Self> {
        let picked = picked.map_err(|error| {
            let text = format!("`{}`: {error}", self.path());
            Error::argument(argument, text)
        })?;
        let fields = Arc::new(match self.picked() {
            Some(outer) => outer.then(&picked),
            None => picked,
        });
        let chain = OnceLock::new();
        Ok(Self {
            fields: Some(Arc::new(PickedFields { fields, chain })),
            cached: self.cached.another(),
            ..self.with_config(self.config.clone())
        })
    }

    /// The data type that is read and written: the array's, or that of the selected fields.
    pub fn data_type(&self) -> &DataType {
        match &self.fields {
            Some(picked) => picked.fields.data_type(),
            None => self.whole_data_type(),
        }
    }

    /// The data type of the array: the known one, if elements of a type of the user's are stored as it.
    pub(super) fn whole_data_type(&self) -> &DataType {
        self.stored_as
            .as_ref()
            .unwrap_or_else(|| self.metadata.data_type())
    }

    /// The selected fields, if any.
    pub(crate) fn picked(&self) -> Option<&Arc<Fields>> {
        self.fields.as_ref().map(|picked| &picked.fields)
    }

    /// The codecs that decode what is read.
    pub(crate) fn decoder(&self) -> Result<&Arc<CodecChain>> {
        let Some(picked) = &self.fields else {
            return self.chain();
        };
        if let Some(chain) = picked.chain.get() {
            return Ok(chain);
        }
        let chain = self.chain()?.fields(&picked.fields);
        let chain = chain.map_err(|source| self.codec_error(source))?;
        Ok(picked.chain.get_or_init(|| Arc::new(chain)))
    }

    /// The key of a chunk and the codecs that decode it, given those of [`decoder`](Self::decoder).
    pub(crate) fn chunk_to_read(
        &self,
        largest: &Arc<CodecChain>,
        chunk: &[u64],
    ) -> Result<(Key, Arc<CodecChain>), ChunkError> {
        let stored = self.chains.largest().unwrap_or(largest);
        let chain = match (self.chain_of(stored, chunk)?, self.picked()) {
            (own, None) => own,
            (own, Some(_)) if Arc::ptr_eq(&own, stored) => Arc::clone(largest),
            (own, Some(fields)) => Arc::new(own.fields(fields)?),
        };
        Ok((self.chunk_key(chunk)?, chain))
    }
}
