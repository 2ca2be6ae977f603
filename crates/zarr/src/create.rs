//! Creating nodes: builders whose arguments are checked, all of them, before the store is touched.

use serde_json::Value;
use zarr_core::{
    ArrayConfig, ArrayOptions, Chunks, Codecs, Context, Error, Fill, Result, hierarchy,
};
use zarr_metadata::{
    Attributes, ChunkKeyEncoding, DataType, Extension, GroupMetadata, NodeMetadata, Order,
    ZarrFormat,
};

use crate::operation::operation;
use crate::{Array, Group, Target};

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
    CreateArray {
        target: store.into(),
        name: String::new(),
        options: ArrayOptions::new(shape.into().0, dtype.into()),
        config: ArrayConfig::default(),
        attributes: None,
        overwrite: false,
        context: None,
    }
}

/// Creates a group. Without [`path`](CreateGroup::path) it is the root of the store.
pub fn create_group(store: impl Into<Target>) -> CreateGroup {
    CreateGroup {
        target: store.into(),
        path: String::new(),
        zarr_format: None,
        attributes: None,
        overwrite: false,
        context: None,
    }
}

/// A shape: `[10, 20]`, a `Vec`, a slice, a single length, or `()` for a scalar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(pub Vec<u64>);

impl<const N: usize> From<[u64; N]> for Shape {
    fn from(shape: [u64; N]) -> Self {
        Self(shape.to_vec())
    }
}

impl From<Vec<u64>> for Shape {
    fn from(shape: Vec<u64>) -> Self {
        Self(shape)
    }
}

impl From<&[u64]> for Shape {
    fn from(shape: &[u64]) -> Self {
        Self(shape.to_vec())
    }
}

/// The shape of an array in memory.
impl From<&[usize]> for Shape {
    fn from(shape: &[usize]) -> Self {
        Self(shape.iter().map(|&n| n as u64).collect())
    }
}

impl From<u64> for Shape {
    fn from(length: u64) -> Self {
        Self(vec![length])
    }
}

impl From<()> for Shape {
    fn from((): ()) -> Self {
        Self(vec![])
    }
}

/// The name of an axis, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DimensionName(pub Option<String>);

impl From<&str> for DimensionName {
    fn from(name: &str) -> Self {
        Self(Some(name.to_owned()))
    }
}

impl From<String> for DimensionName {
    fn from(name: String) -> Self {
        Self(Some(name))
    }
}

impl From<Option<&str>> for DimensionName {
    fn from(name: Option<&str>) -> Self {
        Self(name.map(str::to_owned))
    }
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
}

impl CreateArray {
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

    pub(crate) fn default_format(mut self, format: ZarrFormat) -> Self {
        self.options.zarr_format.get_or_insert(format);
        self
    }

    async fn run(self) -> Result<Array> {
        let context = self.context.unwrap_or_default();
        let location = self.target.location(&self.name).await?;
        let mut options = self.options;
        options.attributes = object(self.attributes)?;
        let metadata = options.metadata(context.default_format())?;
        let array = Array::new(location.clone(), metadata.clone(), context, self.config)?;
        // Everything knowable is checked by now, or here, and nothing has been touched.
        array.chunked().check_writable()?;
        let node = NodeMetadata::Array(metadata);
        hierarchy::create(&location, &node, self.overwrite).await?;
        Ok(array)
    }
}
operation!(CreateArray => Array);

/// A group to be created: see [`create_group`].
#[must_use = "nothing is created until this is awaited or waited for"]
#[derive(Clone, Debug)]
pub struct CreateGroup {
    target: Target,
    path: String,
    zarr_format: Option<ZarrFormat>,
    attributes: Option<Value>,
    overwrite: bool,
    context: Option<Context>,
}

impl CreateGroup {
    /// The group's path in the store; groups that are missing above it are made.
    #[doc(alias = "name")]
    pub fn path(mut self, path: impl AsRef<str>) -> Self {
        self.path = path.as_ref().to_owned();
        self
    }

    /// The format; that of the group above, or the context's default, if not given.
    pub fn zarr_format(mut self, format: ZarrFormat) -> Self {
        self.zarr_format = Some(format);
        self
    }

    /// The user's attributes: a JSON object.
    pub fn attributes(mut self, attributes: impl Into<Value>) -> Self {
        self.attributes = Some(attributes.into());
        self
    }

    /// Replaces whatever is at this place, with all that lies below it.
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.overwrite = yes;
        self
    }

    /// Codecs, workers and limits other than the default ones, for the group's arrays.
    pub fn context(mut self, context: &Context) -> Self {
        self.context = Some(context.clone());
        self
    }

    async fn run(self) -> Result<Group> {
        let context = self.context.unwrap_or_default();
        let location = self.target.location(&self.path).await?;
        let format = self.zarr_format.unwrap_or_else(|| context.default_format());
        let metadata = GroupMetadata::new(format, object(self.attributes)?);
        let node = NodeMetadata::Group(metadata.clone());
        hierarchy::create(&location, &node, self.overwrite).await?;
        Group::new(location, metadata, context)
    }
}
operation!(CreateGroup => Group);

fn object(attributes: Option<Value>) -> Result<Attributes> {
    match attributes {
        None => Ok(Attributes::new()),
        Some(Value::Object(attributes)) => Ok(attributes),
        Some(other) => Err(Error::argument(
            "attributes",
            format!("a JSON object is needed, found {other}"),
        )),
    }
}
