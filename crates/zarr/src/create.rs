//! Creating arrays: a builder whose arguments are checked, all of them, before the store is touched.

pub(crate) mod filled;
pub(crate) mod group;
pub(crate) mod nodes;
pub(crate) mod shape;
pub(crate) mod source;

use zarr_core::{
    ArrayConfig, ArrayOptions, Chunks, Codecs, Context, Error, Fill, Result, hierarchy,
};
use zarr_metadata::{
    Attribute, ChunkKeyEncoding, DataType, Extension, NodeMetadata, Order, ZarrFormat,
};

use crate::create::source::Checked;
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::{Access, access, array_handle, handle};
use crate::{Array, DimensionName, Shape, Source, Target};

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
pub fn array(store: impl Into<Target>, data: impl Into<Source>) -> CreateArray {
    let data = data.into();
    let mut create = CreateArray::new(store, data.structure());
    create.source = Some(data);
    create
}

/// Creates an array from another, with its structure and attributes, or from a closure that makes it
/// block by block: [`array()`], by the name zarr-python has for it.
///
/// Whatever is not said to be otherwise is kept: chunks, shards, codecs, fill value, names of axes. In
/// the other format what has another name there is translated. Chunks are copied as they are stored
/// where that means the same, and absent ones stay absent: see [`copy()`](crate::copy()).
///
/// ```
/// # use zarr::{blocking::Wait, Target, ZarrFormat};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::full(Target::Memory, [40, 60], 7).chunks([20, 20]).wait()?;
/// let b = zarr::from_array(Target::Memory, &a).zarr_format(ZarrFormat::V2).wait()?;
/// assert_eq!((b.chunks(), b.fill_value()?), (a.chunks(), a.fill_value()?));
/// # Ok(())
/// # }
/// ```
pub fn from_array(store: impl Into<Target>, data: impl Into<Source>) -> CreateArray {
    array(store, data)
}

/// An array to be created: see [`create_array`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateArray {
    target: Target,
    name: String,
    options: ArrayOptions,
    object_codec: Option<Extension>,
    write_empty_chunks: Option<bool>,
    read_missing_chunks: Option<bool>,
    attributes: Option<Attribute>,
    overwrite: bool,
    context: Option<Context>,
    access: Access,
    source: Option<Source>,
    /// Whether the source is what the array is like, and not written.
    write_data: bool,
}
access!(CreateArray, access);
handle!(CreateArray, access);
array_handle!(CreateArray, access);

impl CreateArray {
    pub(crate) fn new(store: impl Into<Target>, options: ArrayOptions) -> Self {
        Self {
            target: store.into(),
            name: String::new(),
            options,
            object_codec: None,
            write_empty_chunks: None,
            read_missing_chunks: None,
            attributes: None,
            overwrite: false,
            context: None,
            access: Access::default(),
            source: None,
            write_data: true,
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
    /// one chunk, a number is that length on every axis, and lists have the length of every chunk
    /// (format 3): `[vec![31, 28, 31], vec![20, 20, 5]]`.
    #[doc(alias = "chunk_shape")]
    pub fn chunks(mut self, chunks: impl Into<Chunks>) -> Self {
        self.options.chunks = chunks.into();
        self
    }

    /// Stores chunks together in shards of this shape, a multiple of the chunks (format 3); `true`
    /// guesses one of at most 64 MiB, [`Chunks::Bytes`] of at most so many bytes. Lists have the length
    /// of every shard.
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

    /// All codecs in one list, in place of filters, serializer and compressors (format 3). An array that is made
    /// like another takes nothing of its shards then: call [`shards`](Self::shards) after this for some.
    pub fn codecs(mut self, codecs: impl IntoIterator<Item = Extension>) -> Self {
        self.options.use_chain(codecs.into_iter().collect());
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

    /// The user's attributes: a JSON object. NaN and the infinities, for which JSON has no word, are kept
    /// in [`Attributes`]; `json!` makes `null` of them.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let mut attributes = zarr::Attributes::new();
    /// attributes.set("missing_value", f64::NAN);
    /// let a = zarr::create_array(Target::Memory, [2], DataType::Float32).attributes(attributes);
    /// assert_eq!(a.wait()?.attrs().to_string(), r#"{"missing_value":NaN}"#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn attributes(mut self, attributes: impl Into<Attribute>) -> Self {
        self.attributes = Some(attributes.into());
        self
    }

    /// The codec that makes bytes of objects (format 2): the first of the filters.
    pub fn object_codec(mut self, codec: Extension) -> Self {
        self.object_codec = Some(codec);
        self
    }

    /// Stores chunks that hold only the fill value, which are otherwise left out.
    pub fn write_empty_chunks(mut self, yes: bool) -> Self {
        self.write_empty_chunks = Some(yes);
        self
    }

    /// Reads chunks that are not stored as fill values, which is the default, or as an error.
    pub fn read_missing_chunks(mut self, yes: bool) -> Self {
        self.read_missing_chunks = Some(yes);
        self
    }

    /// Writes the data that was given, which is the default, or creates the array alone.
    pub fn write_data(mut self, yes: bool) -> Self {
        self.write_data = yes;
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
        let context = self.context.clone().unwrap_or_else(default_context);
        let config = self.array_config(&context);
        Ok((self.resolved_options(&context)?, config))
    }

    fn array_config(&self, context: &Context) -> ArrayConfig {
        let mut config = self.access.array_config(context.array_config());
        config.write_empty_chunks = self.write_empty_chunks.unwrap_or(config.write_empty_chunks);
        config.read_missing_chunks = self
            .read_missing_chunks
            .unwrap_or(config.read_missing_chunks);
        config
    }

    /// What the array is to be, with what the context chooses.
    fn resolved_options(&self, context: &Context) -> Result<ArrayOptions> {
        let mut options = self.options.clone();
        if self.attributes.is_some() {
            options.attributes = hierarchy::object(self.attributes.clone())?;
        }
        let mut options = options.or_config(context.config());
        if let Some(codec) = &self.object_codec {
            if options.zarr_format != Some(ZarrFormat::V2) {
                let text = "only format 2 has it; in format 3 it is the `serializer`";
                return Err(Error::argument("object_codec", text));
            }
            let mut filters = vec![codec.clone()];
            if let Codecs::List(others) = options.filters {
                filters.extend(others);
            }
            options.filters = Codecs::List(filters);
        }
        Ok(options)
    }

    pub(crate) fn default_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format.get_or_insert(format);
        self
    }

    /// Checks everything that can be known without asking the store for any document.
    pub(crate) async fn prepare(mut self) -> Result<Prepared> {
        let context = self.context.clone().unwrap_or_else(default_context);
        let config = self.array_config(&context);
        let metadata = self.resolved_options(&context)?;
        let metadata = metadata.metadata(context.default_format())?;
        let location = self
            .target
            .reach(&self.name, &self.access, &context)
            .await?;
        let array = Array::new(location, metadata, context, config)?;
        array.chunked().check_writable()?;
        let source = self.source.take().filter(|_| self.write_data);
        Ok(Prepared {
            elements: source
                .map(|source| source.check(&array, self.overwrite))
                .transpose()?,
            array,
            overwrite: self.overwrite,
            access: self.access,
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
    elements: Option<Checked>,
    overwrite: bool,
    access: Access,
}

impl Prepared {
    pub(crate) fn array(&self) -> &Array {
        &self.array
    }

    pub(crate) async fn create(self) -> Result<Array> {
        let array = self.array;
        let node = NodeMetadata::Array(array.metadata().clone());
        hierarchy::create(
            array.chunked().location(),
            &node,
            self.overwrite,
            array.context(),
        )
        .await?;
        if let Some(elements) = self.elements {
            elements.write(array.chunked()).await?;
        }
        match self.access.read_only {
            true => array.at(self.access.finish(array.chunked().location().clone())),
            false => Ok(array),
        }
    }
}
