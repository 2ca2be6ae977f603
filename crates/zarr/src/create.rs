//! Creating arrays: a builder whose arguments are checked, all of them, before the store is touched.

use std::sync::Arc;

use serde_json::Value;
use zarr_core::{
    ArrayConfig, ArrayOptions, Chunks, Codecs, Context, Elements, Error, Fill, Resolved, Result,
    Selection, hierarchy,
};
use zarr_metadata::{
    Attributes, ChunkKeyEncoding, DataType, Extension, NodeMetadata, Order, ZarrFormat,
};

use crate::operation::operation;
use crate::{Array, Data, DimensionName, Shape, Target};

/// Creates an array. Without [`name`](CreateArray::name) it is the root of the store.
///
/// ```
/// use zarr::blocking::Wait;
/// use zarr::{DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::create_array(Target::Memory, [1000, 1000], DataType::Float64)
///     .name("a/b")
///     .chunks([100, 100])
///     .shards([500, 500])
///     .fill_value(f64::NAN)
///     .wait()?;
/// assert_eq!(a.name(), "/a/b");
/// # Ok(())
/// # }
/// ```
pub fn create_array(
    store: impl Into<Target>,
    shape: impl Into<Shape>,
    dtype: impl Into<DataType>,
) -> CreateArray {
    CreateArray::new(store, ArrayOptions::new(shape.into().0, dtype.into()))
}

/// Creates an array of `float64`, unless told otherwise: [`create_array`] as zarr-python's first
/// version had it.
///
/// ```
/// # use zarr::{blocking::Wait, DataType, Target};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::create(Target::Memory, [10]).wait()?;
/// assert_eq!(a.dtype(), &DataType::Float64);
/// let b = zarr::create(Target::Memory, [10]).dtype(DataType::Int8).wait()?;
/// assert_eq!(b.dtype(), &DataType::Int8);
/// # Ok(())
/// # }
/// ```
pub fn create(store: impl Into<Target>, shape: impl Into<Shape>) -> CreateArray {
    create_array(store, shape, DataType::Float64)
}

/// Creates an array of the shape and type of data, and writes the data.
///
/// Data of another type than `.dtype(..)` asks for is refused: nothing is cast.
///
/// ```
/// # use zarr::{blocking::Wait, Target};
/// # fn main() -> zarr::Result<()> {
/// let data = ndarray::array![[1_i16, 2], [3, 4]];
/// let a = zarr::array(Target::Memory, &data).chunks([1, 2]).wait()?;
/// assert_eq!(a.read::<i16>(..).wait()?, data.into_dyn());
/// # Ok(())
/// # }
/// ```
pub fn array(store: impl Into<Target>, data: impl Into<Data>) -> CreateArray {
    let data = data.into();
    let mut create = CreateArray::new(store, data.structure());
    create.data = Some(data);
    create
}

/// An array to be created: see [`create_array`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateArray {
    target: Target,
    name: String,
    options: ArrayOptions,
    config: ArrayConfig,
    attributes: Option<Value>,
    overwrite: bool,
    context: Option<Context>,
    data: Option<Data>,
}

impl CreateArray {
    pub(crate) fn new(store: impl Into<Target>, options: ArrayOptions) -> Self {
        Self {
            target: store.into(),
            name: String::new(),
            options,
            config: ArrayConfig::default(),
            attributes: None,
            overwrite: false,
            context: None,
            data: None,
        }
    }

    /// The element type.
    pub fn dtype(mut self, dtype: impl Into<DataType>) -> Self {
        self.options.data_type = dtype.into();
        self
    }

    /// The array's path in the store; groups that are missing above it are made.
    #[doc(alias = "path")]
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = name.as_ref().to_owned();
        self
    }

    /// The chunks, or the inner chunks of shards; guessed if not given. `true` guesses, `false` is
    /// one chunk, a number is that length on every axis.
    #[doc(alias = "chunk_shape")]
    pub fn chunks(mut self, chunks: impl Into<Chunks>) -> Self {
        self.options.chunks = chunks.into();
        self
    }

    /// Stores chunks together in shards of this shape, a multiple of the chunks (format 3).
    pub fn shards(mut self, shards: impl Into<Chunks>) -> Self {
        self.options.shards = Some(shards.into());
        self
    }

    /// Stores every chunk by itself, also where the array that this one is like has shards.
    pub fn without_shards(mut self) -> Self {
        self.options.shards = None;
        self.options.shard_settings.clear();
        self
    }

    /// What is done to arrays before they become bytes (format 3), or the filters (format 2).
    pub fn filters(mut self, filters: impl Into<Codecs>) -> Self {
        self.options.filters = filters.into();
        self
    }

    /// What is done to bytes; zstd if not given, none with `()`. Format 2 has one at most.
    #[doc(alias = "compressor")]
    pub fn compressors(mut self, compressors: impl Into<Codecs>) -> Self {
        self.options.compressors = compressors.into();
        self
    }

    /// What turns arrays into bytes; `bytes`, little-endian, if not given.
    pub fn serializer(mut self, serializer: Extension) -> Self {
        self.options.serializer = Some(serializer);
        self
    }

    /// All codecs in one list, in place of filters, serializer and compressors (format 3).
    pub fn codecs(mut self, codecs: impl IntoIterator<Item = Extension>) -> Self {
        self.options.codecs = Some(codecs.into_iter().collect());
        self
    }

    /// The value of elements that were never written; zero if not given.
    pub fn fill_value(mut self, value: impl Into<Fill>) -> Self {
        self.options.fill_value = value.into();
        self
    }

    /// How elements lie in a chunk (format 2).
    pub fn order(mut self, order: Order) -> Self {
        self.options.order = Some(order);
        self
    }

    /// The format; that of the group, or the context's default, if not given.
    pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format = Some(format);
        self
    }

    /// How chunks are named.
    #[doc(alias = "dimension_separator")]
    pub fn chunk_key_encoding(mut self, encoding: ChunkKeyEncoding) -> Self {
        self.options.chunk_key_encoding = Some(encoding);
        self
    }

    /// Names of the axes (format 3).
    pub fn dimension_names<N: Into<DimensionName>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let names = names.into_iter().map(|name| name.into().0);
        self.options.dimension_names = Some(names.collect());
        self
    }

    /// The user's attributes: a JSON object.
    pub fn attributes(mut self, attributes: impl Into<Value>) -> Self {
        self.attributes = Some(attributes.into());
        self
    }

    /// Stores chunks that hold only the fill value, which are otherwise left out.
    pub fn write_empty_chunks(mut self, yes: bool) -> Self {
        self.config.write_empty_chunks = yes;
        self
    }

    /// Writes the data that was given, which is the default, or creates the array alone.
    pub fn write_data(mut self, yes: bool) -> Self {
        self.data = self.data.filter(|_| yes);
        self
    }

    /// Replaces whatever is at this place. Nothing is deleted before all arguments are checked.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits other than the default ones.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// What the array is to be, as far as it was said.
    pub fn options(&self) -> &ArrayOptions {
        &self.options
    }

    /// What was said of the array and of writing it.
    pub(crate) fn decided(self) -> Result<(ArrayOptions, ArrayConfig)> {
        let mut options = self.options;
        if self.attributes.is_some() {
            options.attributes = object(self.attributes)?;
        }
        Ok((options, self.config))
    }

    pub(crate) fn default_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format.get_or_insert(format);
        self
    }

    /// Checks everything that can be known without asking the store for any document.
    pub(crate) async fn prepare(self) -> Result<Prepared> {
        let context = self.context.unwrap_or_default();
        let location = self.target.location(&self.name).await?;
        let mut options = self.options;
        if self.attributes.is_some() {
            options.attributes = object(self.attributes)?;
        }
        let metadata = options.metadata(context.default_format())?;
        let array = Array::new(location, metadata, context, self.config)?;
        array.chunked().check_writable()?;
        let elements = |data: Data| {
            let all = array.chunked().resolve(&Selection::from(..))?;
            let elements = data.into_elements(array.path(), array.dtype(), &all)?;
            Ok::<_, Error>((all, elements))
        };
        Ok(Prepared {
            elements: self.data.map(elements).transpose()?,
            array,
            overwrite: self.overwrite,
        })
    }

    async fn run(self) -> Result<Array> {
        self.prepare().await?.create().await
    }
}
operation!(CreateArray => Array);

/// An array that can be created, as far as is known without asking the store.
pub(crate) struct Prepared {
    array: Array,
    elements: Option<(Resolved, Elements)>,
    overwrite: bool,
}

impl Prepared {
    pub(crate) fn array(&self) -> &Array {
        &self.array
    }

    pub(crate) async fn create(self) -> Result<Array> {
        let array = self.array;
        let node = NodeMetadata::Array(array.metadata().clone());
        hierarchy::create(array.chunked().location(), &node, self.overwrite).await?;
        if let Some((all, elements)) = self.elements {
            Arc::clone(array.chunked()).write(all, elements).await?;
        }
        Ok(array)
    }
}

pub(crate) fn object(attributes: Option<Value>) -> Result<Attributes> {
    match attributes {
        None => Ok(Attributes::new()),
        Some(Value::Object(attributes)) => Ok(attributes),
        Some(other) => Err(Error::argument(
            "attributes",
            format!("a JSON object is needed, found {other}"),
        )),
    }
}
