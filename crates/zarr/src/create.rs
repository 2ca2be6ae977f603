//! Creates arrays. The builder checks all of its arguments before it changes the store.

pub(crate) mod dry_run;
pub(crate) mod filled;
pub(crate) mod group;
pub(crate) mod nodes;
pub(crate) mod shape;
pub(crate) mod source;

use std::fmt::Display;

use serde::Serialize;
use zarr_core::hierarchy::{self, CreatePlan};
use zarr_core::{
    ArrayConfig, ArrayOptions, Chunks, Codecs, Context, Fill, Result, Shape, check_new_array,
};
use zarr_metadata::{ChunkKeyEncoding, DataType, NodeMetadata, Order, Separator, ZarrFormat};

use crate::arguments::format::FormatArgument;
use crate::create::source::Checked;
use crate::environment::default_context;
use crate::operation::operation;
use crate::target::access::{Access, array_handle_setters, handle_setters, store_setters};
use crate::{Array, DimensionName, Source, Target};

/// Creates an array: at the root of the store, unless you set [`name`](CreateArray::name).
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
    CreateArray::new(store, ArrayOptions::new(shape, dtype))
}

/// Creates an array, of `float64` by default: the older form of [`create_array`], as in zarr-python.
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

/// Creates an array with the shape and type of the data, and writes the data.
///
/// If `.dtype(..)` asks for another type than the data has, that is an error, unless you ask for a
/// [cast](CreateArray::cast).
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

/// Creates an array from another one, with its structure and attributes, or from a closure that computes it
/// block by block. It does the same as [`array()`], under zarr-python's name.
///
/// By default everything is kept: chunks, shards, codecs, fill value, dimension names. A copy in the other
/// format translates what has another name there. Chunks are copied as they are stored if they mean the
/// same in the copy, and absent chunks stay absent: see [`copy()`](crate::copy()).
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

/// An array to create: see [`create_array`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateArray {
    target: Target,
    name: String,
    options: ArrayOptions,
    format: FormatArgument,
    overwrite: bool,
    context: Option<Context>,
    access: Access,
    source: Option<Source>,
    /// Whether the source's elements are written, too, or only its structure is used.
    write_data: bool,
    /// Whether numbers of the source become numbers of another type.
    cast: bool,
}
store_setters!(CreateArray, access);
handle_setters!(CreateArray, access);
array_handle_setters!(CreateArray, access);

impl CreateArray {
    pub(crate) fn new(store: impl Into<Target>, options: ArrayOptions) -> Self {
        Self {
            target: store.into(),
            name: String::new(),
            options,
            format: FormatArgument::default(),
            overwrite: false,
            context: None,
            access: Access::default(),
            source: None,
            write_data: true,
            cast: false,
        }
    }

    /// The shape, in place of the one that this array is made with.
    pub fn shape(mut self, shape: impl Into<Shape>) -> Self {
        self.options = self.options.shape(shape);
        self
    }

    /// The data type: a [`DataType`], or a text in any spelling of NumPy or of a format, such as `"<f4"`.
    pub fn dtype(mut self, dtype: impl Into<DataType>) -> Self {
        self.options = self.options.dtype(dtype);
        self
    }

    /// The array's path in the store. Missing groups above it are created.
    pub fn name(mut self, name: impl AsRef<str>) -> Self {
        self.name = name.as_ref().to_owned();
        self
    }

    /// The same as [`name`](Self::name).
    pub fn path(self, path: impl AsRef<str>) -> Self {
        self.name(path)
    }

    /// The chunk shape; of a sharded array, the shape of the inner chunks.
    ///
    /// `true`, the default, guesses; `false` makes one chunk; a number is the length along every axis, and -1 the
    /// whole of an axis: `[10, -1]`. A list per axis gives the length of every chunk (format 3): `[vec![31, 28,
    /// 31], vec![20, 20, 5]]`. Another array gives its own chunks, rectilinear ones too: `&array`. So does
    /// [`array.chunks()`](Array::chunks) where they have one shape; where it is `None`, chunks are guessed, as
    /// zarr-python does for `chunks=None`.
    pub fn chunks(mut self, chunks: impl Into<Chunks>) -> Self {
        self.options = self.options.chunks(chunks);
        self
    }

    /// The same as [`chunks`](Self::chunks).
    pub fn chunk_shape(self, chunks: impl Into<Chunks>) -> Self {
        self.chunks(chunks)
    }

    /// Stores chunks together in shards of this shape, a multiple of the chunk shape (format 3).
    ///
    /// A read takes only the chunks it needs out of a shard. A write of a part of a shard stores the whole shard
    /// again: the chunks that change are encoded, the others are read and stored as they are. So write whole
    /// shards, or use an [`Array::writer`], which holds the parts until a shard is whole; in a directory,
    /// [`ArrayConfig::append_to_shards`] stores no more than what changes.
    ///
    /// `true` guesses a shard of at most 64 MiB, [`Chunks::Bytes`] one of at most that many bytes; a list per
    /// axis gives the length of every shard. [`array.shards()`](Array::shards) gives those of another array; where it
    /// is `None`, there are none, as with [`without_shards`](Self::without_shards).
    pub fn shards(mut self, shards: impl Into<Chunks>) -> Self {
        self.options = self.options.shards(shards);
        self
    }

    /// Where the index of a shard lies: `"end"`, which is the default, or `"start"`.
    pub fn index_location(mut self, location: impl Into<String>) -> Self {
        self.options = self.options.index_location(location);
        self
    }

    /// Stores every chunk by itself, even if this array is made like a sharded one.
    pub fn without_shards(mut self) -> Self {
        self.options = self.options.without_shards();
        self
    }

    /// The array→array codecs (format 3) or the filters (format 2): [typed](crate::codecs), by name, as JSON, one
    /// or several.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, ZarrFormat, json};
    /// # fn main() -> zarr::Result<()> {
    /// use zarr::codecs::{Delta, Zstd};
    ///
    /// let new = || zarr::create_array(Target::Memory, [100], DataType::Int32);
    /// let typed = new().filters(Delta::default()).compressors(Zstd::new(3)).wait()?;
    /// let named = new().filters("delta").compressors(json!({"id": "zstd", "level": 3})).wait()?;
    /// assert_eq!(typed.metadata(), named.metadata());
    /// // In format 2 the same is written in the words of numcodecs.
    /// new().filters("delta").compressors(Zstd::new(3)).zarr_format(ZarrFormat::V2).wait()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn filters(mut self, filters: impl Into<Codecs>) -> Self {
        self.options = self.options.filters(filters);
        self
    }

    /// The bytes→bytes codecs: zstd by default, none with `()`. In format 2 the last of several is the compressor,
    /// and the others stand behind the filters.
    pub fn compressors(mut self, compressors: impl Into<Codecs>) -> Self {
        self.options = self.options.compressors(compressors);
        self
    }

    /// The same as [`compressors`](Self::compressors).
    pub fn compressor(self, compressor: impl Into<Codecs>) -> Self {
        self.compressors(compressor)
    }

    /// The array→bytes codec: by default `bytes`, little-endian.
    pub fn serializer(mut self, serializer: impl Into<Codecs>) -> Self {
        self.options = self.options.serializer(serializer);
        self
    }

    /// All codecs in one list, instead of filters, serializer and compressors (format 3). An array that is
    /// made like a sharded one then has no shards, unless you call [`shards`](Self::shards) after this.
    pub fn codecs(mut self, codecs: impl Into<Codecs>) -> Self {
        self.options = self.options.codecs(codecs);
        self
    }

    /// The value of elements that were never written; zero by default.
    pub fn fill_value(mut self, value: impl Into<Fill>) -> Self {
        self.options = self.options.fill_value(value);
        self
    }

    /// The order of the elements in memory. Format 2 stores chunks in it. In format 3 nothing of it is stored: it is
    /// how the elements of a box lie that are [read](Array::read) by the handle that is returned.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Order, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [4, 6], DataType::Int32).order(Order::F).wait()?;
    /// assert_eq!(a.read::<i32>(..).wait()?.strides(), [1, 4]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An [`Order`], `"C"` or `'F'`.
    pub fn order(mut self, order: impl TryInto<Order, Error: Display>) -> Self {
        self.options = self.options.order(order);
        self
    }

    /// The format: a [`ZarrFormat`], 2 or 3. By default that of the group, or the context's default.
    pub fn zarr_format(mut self, format: impl TryInto<ZarrFormat, Error: Display>) -> Self {
        self.format.set_format(format);
        self.options.zarr_format = self.format.given().or(self.options.zarr_format);
        self
    }

    /// The old name of [`zarr_format`](Self::zarr_format). Different values for both are an error.
    pub fn zarr_version(mut self, format: impl TryInto<ZarrFormat, Error: Display>) -> Self {
        self.format.set_version(format);
        self.options.zarr_format = self.format.given().or(self.options.zarr_format);
        self
    }

    /// How the keys of chunks are formed: a [`ChunkKeyEncoding`], its name and separator, such as `("v2", ".")`,
    /// one of these, or its JSON.
    pub fn chunk_key_encoding(
        mut self,
        encoding: impl TryInto<ChunkKeyEncoding, Error: Display>,
    ) -> Self {
        self.options = self.options.chunk_key_encoding(encoding);
        self
    }

    /// The separator in the keys of chunks: `"/"` or `"."`. Otherwise keys are formed as the format does by
    /// default.
    pub fn dimension_separator(
        mut self,
        separator: impl TryInto<Separator, Error: Display>,
    ) -> Self {
        self.options = self.options.dimension_separator(separator);
        self
    }

    /// The dimension names (format 3; in format 2 with [`array_dimensions`](Self::array_dimensions)).
    pub fn dimension_names<N: Into<DimensionName>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        let names = names.into_iter().map(|name| name.into().0);
        self.options = self.options.dimension_names(names);
        self
    }

    /// Whether format 2, which has no dimension names, stores them as the attribute `_ARRAY_DIMENSIONS`, as xarray
    /// does. By default they are an error there.
    pub fn array_dimensions(mut self, yes: bool) -> Self {
        self.options = self.options.array_dimensions(yes);
        self
    }

    /// The user's attributes: a JSON object, a map, pairs of a name and a value, or anything else that serde makes
    /// an object of. NaN and the infinities, which JSON cannot express, are kept. `json!` turns them into `null`.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [2], "float32").attributes([("missing_value", f64::NAN)]);
    /// assert_eq!(a.wait()?.attrs().to_string(), r#"{"missing_value":NaN}"#);
    /// # Ok(())
    /// # }
    /// ```
    pub fn attributes(mut self, attributes: impl Serialize) -> Self {
        self.options = self.options.attributes(attributes);
        self
    }

    /// Takes over the attributes of the array that this one is [like](crate::zeros_like).
    pub fn with_attributes(mut self) -> Self {
        self.options = self.options.with_attributes();
        self
    }

    /// The codec that turns objects into bytes (format 2), which becomes the first filter.
    pub fn object_codec(mut self, codec: impl Into<Codecs>) -> Self {
        self.options = self.options.object_codec(codec);
        self
    }

    /// Whether to store chunks that hold only the fill value. By default they are not stored.
    pub fn write_empty_chunks(mut self, yes: bool) -> Self {
        self.options = self.options.write_empty_chunks(yes);
        self
    }

    /// Whether a chunk that is not stored is read as the fill value, which is the default, or is an error.
    pub fn read_missing_chunks(mut self, yes: bool) -> Self {
        self.options = self.options.read_missing_chunks(yes);
        self
    }

    /// Whether to write the given data, which is the default, or only to create the array.
    pub fn write_data(mut self, yes: bool) -> Self {
        self.write_data = yes;
        self
    }

    /// Casts the numbers of the given data to the array's type, as [`Write::cast`](crate::Write::cast) does.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::array(Target::Memory, [1, 2]).dtype(DataType::Float32).cast().wait()?;
    /// assert_eq!(a.read::<f32>(..).wait()?.sum(), 3.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn cast(mut self) -> Self {
        self.cast = true;
        self
    }

    /// Replaces the node at this path, if there is one. All arguments are checked before anything is deleted.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits. The default is the context of the [`Group`](crate::Group) that creates the
    /// array, or [`default_context`](crate::default_context()).
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    /// The structure of the array, as far as it is set.
    pub fn options(&self) -> &ArrayOptions {
        &self.options
    }

    /// The structure and the configuration of the array, defaults included.
    pub(crate) fn decided(self) -> Result<(ArrayOptions, ArrayConfig)> {
        let context = self.context.clone().unwrap_or_else(default_context);
        let config = self.array_config(&context);
        self.format.get()?;
        Ok((self.options.or_config(context.config()), config))
    }

    fn array_config(&self, context: &Context) -> ArrayConfig {
        let config = self.options.array_config(context.array_config());
        self.access.array_config(config)
    }

    pub(crate) fn default_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format.get_or_insert(format);
        self
    }

    /// Checks everything that can be checked before the place of the array is looked at.
    pub(crate) async fn prepare(mut self) -> Result<Prepared> {
        let context = self.context.clone().unwrap_or_else(default_context);
        self.format.get()?;
        let mut config = self.array_config(&context);
        let location = self
            .target
            .reach(&self.name, &self.access, &context)
            .await?;
        if self.options.zarr_format.is_none() {
            self.options.zarr_format = hierarchy::format_above(&location).await?;
        }
        let mut options = self.options.or_config(context.config());
        let order = options.take_memory_order(context.default_format());
        config.order = order.unwrap_or(config.order);
        let metadata = options.metadata(context.default_format())?;
        let array = Array::new(location, metadata, context, config)?;
        check_new_array(array.chunked())?;
        let source = self.source.take().filter(|_| self.write_data);
        Ok(Prepared {
            elements: source
                .map(|source| source.check(&array, self.overwrite, self.cast))
                .transpose()?,
            array,
            overwrite: self.overwrite,
            access: self.access,
        })
    }

    pub(crate) async fn plan(self) -> Result<CreatePlan> {
        let Prepared {
            array, overwrite, ..
        } = self.prepare().await?;
        let node = NodeMetadata::Array(array.metadata().clone());
        hierarchy::plan_create(array.location(), &node, overwrite, array.context()).await
    }

    async fn run(self) -> Result<Array> {
        self.prepare().await?.create().await
    }
}
operation!(CreateArray => Array);

/// An array whose arguments are checked.
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
