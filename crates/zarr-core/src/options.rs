//! The options of a new array, and the metadata that they make, with everything checked that can be checked
//! without a store.

mod chunk_grid;
mod conversions;
mod fill;
mod from_array;
mod lengths;
mod other_format;
mod setters;
mod v2;
mod validate;

use std::sync::Arc;

use serde_json::{Map, Value};
use zarr_metadata::codecs::{self, Codecs};
use zarr_metadata::{
    ArrayMetadata, Attributes, AxisChunks, ChunkKeyEncoding, DataType, Extension, FillValue, Order,
    Separator, ZarrFormat, v3,
};

use crate::{Config, Error, Refused, Result, Values, defaults};

pub use from_array::codec_parts;
pub use lengths::{IntoLengths, Length, Shape};
pub use validate::{check_new, check_new_array};

/// The options of a new array. Only shape and data type have no default.
///
/// An argument that cannot be taken, such as a negative length, is the error of [`metadata`](Self::metadata).
///
/// ```
/// use zarr_core::ArrayOptions;
/// use zarr_metadata::ZarrFormat;
/// let options = ArrayOptions::new((100, 60), "float32").chunks([10, -1]).dimension_separator(".");
/// assert_eq!(options.metadata(ZarrFormat::V2)?.shape(), [100, 60]);
/// # Ok::<(), zarr_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayOptions {
    /// Elements per axis.
    pub shape: Vec<u64>,
    /// The element type.
    pub data_type: DataType,
    /// The chunks: the inner chunks where there are shards.
    pub chunks: Chunks,
    /// The shards, if there are to be any (format 3).
    pub shards: Option<Chunks>,
    /// Settings of the sharding codec other than its chunk shape and codecs.
    pub shard_settings: Map<String, Value>,
    /// The whole chain in one list (format 3), in place of filters, serializer and compressors.
    pub codecs: Option<Vec<Extension>>,
    /// What is done to arrays before they become bytes (format 3), or the filters (format 2).
    pub filters: Codecs,
    /// What turns an array into bytes (format 3).
    pub serializer: Option<Extension>,
    /// What is done to bytes. In format 2 the last is the compressor, and others become filters.
    pub compressors: Codecs,
    /// What turns objects into bytes (format 2): the first filter.
    pub object_codec: Option<Extension>,
    /// The value of elements that were never written.
    pub fill_value: Fill,
    /// How elements lie in a chunk (format 2), or how those that are read lie in memory (format 3).
    pub order: Option<Order>,
    /// The format; the context's default if absent.
    pub zarr_format: Option<ZarrFormat>,
    /// How chunks are named.
    pub chunk_key_encoding: Option<ChunkKeyEncoding>,
    /// The separator in the names of chunks, in place of `chunk_key_encoding`.
    pub dimension_separator: Option<Separator>,
    /// Names of the axes (format 3).
    pub dimension_names: Option<Vec<Option<String>>>,
    /// Whether format 2, which has no names of axes, stores them as the attribute `_ARRAY_DIMENSIONS`, as xarray does.
    pub array_dimensions: bool,
    /// The user's attributes.
    pub attributes: Attributes,
    /// Whether chunks that hold only the fill value are stored; the context's default if absent.
    pub write_empty_chunks: Option<bool>,
    /// Whether chunks that are not stored are read as the fill value; the context's default if absent.
    pub read_missing_chunks: Option<bool>,
    /// The first argument that could not be taken.
    refused: Refused,
    /// The array that these options are like: in another format its metadata is converted.
    pub(crate) like: Option<Arc<ArrayMetadata>>,
}

/// A chunk shape, or how to find one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chunks {
    /// Chunks guessed from shape and element size, as zarr-python does; shards of at most 64 MiB.
    #[default]
    Auto,
    /// What `None` stands for, as in zarr-python: chunks are guessed, and there are no shards.
    Unset,
    /// Guessed, of at most this many bytes before they are encoded.
    Bytes(u64),
    /// One chunk for the whole array.
    Whole,
    /// The same length on every axis.
    Uniform(u64),
    /// This shape.
    Shape(Vec<u64>),
    /// This shape, in which -1 stands for the length of the axis.
    Axes(Shape),
    /// Along each axis one length, or the length of every chunk (format 3): a rectilinear grid. Lists
    /// end where their axis does; the last chunk may reach beyond it.
    Rectilinear(Vec<AxisChunks>),
}

impl Chunks {
    /// The most bytes of a chunk that is guessed: 64 MiB, before it is encoded.
    pub const LARGEST_GUESS: u64 = defaults::LARGEST_CHUNK as u64;
    /// The most bytes of an inner chunk of a shard that is guessed: 1 MiB.
    pub const LARGEST_INNER_GUESS: u64 = defaults::LARGEST_INNER_CHUNK as u64;
    /// The most bytes of a shard that is guessed: 64 MiB.
    pub const LARGEST_SHARD_GUESS: u64 = defaults::LARGEST_SHARD;
}

/// A fill value as it is given.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Fill {
    /// The default of the data type: "not a time" for dates and durations, the data type's
    /// zero for all others.
    #[default]
    Default,
    /// The data type's zero: an empty text, a record of zeros, the moment at which time begins.
    Zero,
    /// The data type's one; only numbers and bools have it.
    One,
    /// `null`, which only format 2 has: elements that were never written have no promised value, and
    /// are read as zero.
    Null,
    /// A value in the JSON form of the specification: a number, `"NaN"`, `"0x7fc00001"`, …
    Value(Value),
    /// One element of a data type that has the form of the array's: a date of any unit, a text of any length.
    Element(DataType, Values),
}

impl ArrayOptions {
    /// An array of this shape and type, with defaults for all else.
    pub fn new(shape: impl Into<Shape>, data_type: impl Into<DataType>) -> Self {
        let options = Self {
            shape: vec![],
            data_type: data_type.into(),
            chunks: Chunks::Auto,
            shards: None,
            shard_settings: Map::new(),
            codecs: None,
            filters: Codecs::Auto,
            serializer: None,
            compressors: Codecs::Auto,
            object_codec: None,
            fill_value: Fill::Default,
            order: None,
            zarr_format: None,
            chunk_key_encoding: None,
            dimension_separator: None,
            dimension_names: None,
            array_dimensions: false,
            attributes: Attributes::new(),
            write_empty_chunks: None,
            read_missing_chunks: None,
            refused: Refused::default(),
            like: None,
        };
        options.shape(shape)
    }

    /// Takes out the order that is asked for of the handle on a new array of format 3, where it is not stored.
    pub fn take_memory_order(&mut self, default: ZarrFormat) -> Option<Order> {
        let is_stored = self.zarr_format.unwrap_or(default) == ZarrFormat::V2;
        // Of an array that these options are like, it was stored and is converted.
        let is_converted = self
            .like
            .as_ref()
            .is_some_and(|like| Self::like(like).order == self.order);
        match is_stored || is_converted {
            true => None,
            false => self.order.take(),
        }
    }

    /// Takes what is not set from the settings of a context.
    #[must_use]
    pub fn or_config(mut self, config: &Config) -> Self {
        let format = config.default_zarr_format.unwrap_or(ZarrFormat::V3);
        let format = *self.zarr_format.get_or_insert(format);
        if format == ZarrFormat::V2 {
            self.order = self.order.or(config.order);
        }
        if let Some(compressors) = &config.compressors
            && self.compressors == Codecs::Auto
            && self.codecs.is_none()
        {
            self.compressors = Codecs::List(compressors.clone());
        }
        if let (Chunks::Auto | Chunks::Unset, Some(bytes)) =
            (&self.chunks, config.target_chunk_size_bytes)
        {
            self.chunks = Chunks::Bytes(bytes);
        }
        if let (Some(Chunks::Auto), Some(bytes)) = (&self.shards, config.target_shard_size_bytes) {
            self.shards = Some(Chunks::Bytes(bytes));
        }
        self
    }

    /// The metadata of such an array, which every reader opens: settings of codecs that were left out
    /// are [filled in](ArrayMetadata::complete_codecs). `default` is the format where none was asked
    /// for.
    ///
    /// # Errors
    /// An argument that is wrong by itself, conflicts with another, or does not exist in the format.
    pub fn metadata(self, default: ZarrFormat) -> Result<ArrayMetadata> {
        self.check_type()?;
        let metadata = self.unchecked(default)?;
        check_new(&metadata.clone().into())?;
        Ok(metadata)
    }

    /// As [`metadata`](Self::metadata), for the copy of an array: what breaks the format in the source may do so in the
    /// copy.
    pub(crate) fn unchecked(mut self, default: ZarrFormat) -> Result<ArrayMetadata> {
        self.refused.check()?;
        self.shards.take_if(|shards| *shards == Chunks::Unset);
        let format = self.zarr_format.unwrap_or(default);
        self.resolve_like(format)?;
        let mut metadata = match format {
            ZarrFormat::V2 => self.v2(),
            ZarrFormat::V3 => self.v3(),
        }?;
        metadata.complete_codecs();
        Ok(metadata)
    }

    fn v3(self) -> Result<ArrayMetadata> {
        if self.order == Some(Order::F) {
            let text = "format 3 stores no order; to store one, put a `transpose` codec among `filters`; to read in it, \
                        open or create the array with it";
            return Err(Error::not_in_format("order", text));
        }
        if self.object_codec.is_some() {
            let text = "only format 2 has it; in format 3 use `serializer`";
            return Err(Error::not_in_format("object_codec", text));
        }
        if self.fill_value == Fill::Null {
            return Err(Error::not_in_format(
                "fill_value",
                "null is a fill value in format 2 only",
            ));
        }
        let mut codecs = self.chain()?;

        let sharded = self.shards.is_some();
        let largest = if sharded {
            defaults::LARGEST_INNER_CHUNK
        } else {
            defaults::LARGEST_CHUNK
        };
        let grid = match &self.shards {
            None => self.grid("chunks", &self.chunks, largest)?,
            Some(shards) => {
                let inner = self.chunk_shape("chunks", &self.chunks, largest)?;
                let outer = self.shard_grid(shards, &inner)?;
                let codec = Extension::new("sharding_indexed")
                    .with("chunk_shape", inner)
                    .with("codecs", list(&codecs))
                    .with("index_codecs", list(&defaults::index_codecs()))
                    .with("index_location", "end");
                let settings = self.shard_settings.iter();
                codecs = vec![settings.fold(codec, |codec, (key, value)| {
                    codec.with(key.clone(), value.clone())
                })];
                outer
            }
        };
        self.check_names()?;
        let encoding = self.encoding(ChunkKeyEncoding::Default)?;
        let fill_value = match &self.fill_value {
            Fill::Value(value) if self.is_of_own_type() => value.clone(),
            _ => self.fill_json(FillValue::to_json)?,
        };
        let mut metadata = v3::ArrayMetadataV3::new(self.shape, self.data_type, vec![]);
        metadata.chunk_grid = grid;
        metadata.chunk_key_encoding = encoding.unwrap_or_default();
        metadata.fill_value = fill_value;
        metadata.codecs = codecs;
        metadata.attributes = self.attributes;
        metadata.dimension_names = self.dimension_names;
        Ok(ArrayMetadata::V3(metadata))
    }

    fn check_names(&self) -> Result<()> {
        let (names, rank) = (self.dimension_names.as_ref(), self.shape.len());
        if names.is_some_and(|names| names.len() != rank) {
            let text = format!("one name is needed for each of {rank} axes");
            return Err(Error::wrong_shape("dimension_names", text));
        }
        Ok(())
    }

    /// How chunks are named, if that was said. A separator alone is one of the format's own encoding, `of`.
    fn encoding(
        &self,
        of: impl FnOnce(Separator) -> ChunkKeyEncoding,
    ) -> Result<Option<ChunkKeyEncoding>> {
        match (self.chunk_key_encoding, self.dimension_separator) {
            (Some(_), Some(_)) => {
                let text = "the chunk key encoding has a separator, too; give one of them";
                Err(Error::conflicting("dimension_separator", text))
            }
            (encoding, separator) => Ok(encoding.or(separator.map(of))),
        }
    }

    /// The codecs of a chunk, or of an inner chunk, in format 3.
    fn chain(&self) -> Result<Vec<Extension>> {
        if let Some(codecs) = &self.codecs {
            let others = (&self.filters, &self.serializer, &self.compressors);
            if others != (&Codecs::Auto, &None, &Codecs::Auto) {
                let text = "this is the whole chain; give it, or its parts as `filters`, \
                            `serializer` and `compressors`";
                return Err(Error::conflicting("codecs", text));
            }
            return Ok(self.in_v3(codecs.clone()));
        }
        let serializer = self.serializer.clone();
        let mut codecs = self.filters.or(Vec::new);
        codecs.push(serializer.unwrap_or_else(|| v3::default_serializer(&self.data_type)));
        codecs.extend(self.compressors.or(|| vec![defaults::compressor()]));
        Ok(self.in_v3(codecs))
    }

    fn in_v3(&self, codecs: Vec<Extension>) -> Vec<Extension> {
        let size = self.data_type.size();
        let codecs = codecs.into_iter();
        codecs.map(|codec| codecs::in_v3(codec, size)).collect()
    }
}

fn list(codecs: &[Extension]) -> Value {
    codecs.iter().map(Extension::to_json).collect()
}
