//! The options of a new array, and the metadata that they make, with everything checked that can be checked
//! without a store.

mod chunk_grid;
mod conversions;
mod from_array;
mod other_format;
mod validate;

use std::sync::Arc;

use serde_json::{Map, Value, json};
use zarr_metadata::codecs;
use zarr_metadata::{
    ArrayMetadata, Attributes, AxisChunks, ChunkKeyEncoding, DataType, Endian, Extension,
    FillValue, Order, Separator, ZarrFormat, v2, v3,
};

use crate::{Config, Error, Result, defaults};

pub use from_array::codec_parts;
pub use validate::{check_new, check_new_array};

/// The options of a new array. Only shape and data type have no default.
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
    /// What is done to bytes; format 2 has one compressor at most.
    pub compressors: Codecs,
    /// The value of elements that were never written.
    pub fill_value: Fill,
    /// How elements lie in a chunk (format 2), or how those that are read lie in memory (format 3).
    pub order: Option<Order>,
    /// The format; the context's default if absent.
    pub zarr_format: Option<ZarrFormat>,
    /// How chunks are named.
    pub chunk_key_encoding: Option<ChunkKeyEncoding>,
    /// Names of the axes (format 3).
    pub dimension_names: Option<Vec<Option<String>>>,
    /// The user's attributes.
    pub attributes: Attributes,
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
    /// Guessed, of at most this many bytes before they are encoded.
    Bytes(u64),
    /// One chunk for the whole array.
    Whole,
    /// The same length on every axis.
    Uniform(u64),
    /// This shape.
    Shape(Vec<u64>),
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

/// Codecs of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Codecs {
    /// The default of the format and data type.
    #[default]
    Auto,
    /// These, in this order; none if empty.
    List(Vec<Extension>),
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
}

impl ArrayOptions {
    /// An array of this shape and type, with defaults for all else.
    pub fn new(shape: impl Into<Vec<u64>>, data_type: DataType) -> Self {
        Self {
            shape: shape.into(),
            data_type,
            chunks: Chunks::Auto,
            shards: None,
            shard_settings: Map::new(),
            codecs: None,
            filters: Codecs::Auto,
            serializer: None,
            compressors: Codecs::Auto,
            fill_value: Fill::Default,
            order: None,
            zarr_format: None,
            chunk_key_encoding: None,
            dimension_names: None,
            attributes: Attributes::new(),
            like: None,
        }
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
        if let (Chunks::Auto, Some(bytes)) = (&self.chunks, config.target_chunk_size_bytes) {
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
        let metadata = self.unchecked(default)?;
        check_new(&metadata.clone().into())?;
        Ok(metadata)
    }

    /// As [`metadata`](Self::metadata), for the copy of an array: what breaks the format in the source may do so in the
    /// copy.
    pub(crate) fn unchecked(mut self, default: ZarrFormat) -> Result<ArrayMetadata> {
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
        if self
            .dimension_names
            .as_ref()
            .is_some_and(|names| names.len() != self.shape.len())
        {
            let text = format!("one name is needed for each of {} axes", self.shape.len());
            return Err(Error::wrong_shape("dimension_names", text));
        }
        let fill_value = self.fill_value(FillValue::to_json)?;
        let mut metadata = v3::ArrayMetadataV3::new(self.shape, self.data_type, vec![]);
        metadata.chunk_grid = grid;
        metadata.chunk_key_encoding = self.chunk_key_encoding.unwrap_or_default();
        metadata.fill_value = fill_value;
        metadata.codecs = codecs;
        metadata.attributes = self.attributes;
        metadata.dimension_names = self.dimension_names;
        Ok(ArrayMetadata::V3(metadata))
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
            return Ok(codecs.clone());
        }
        let serializer = self.serializer.clone();
        let mut codecs = self.filters.or(Vec::new);
        codecs.push(serializer.unwrap_or_else(|| v3::default_serializer(&self.data_type)));
        codecs.extend(self.compressors.or(|| vec![defaults::compressor()]));
        Ok(codecs)
    }

    fn v2(self) -> Result<ArrayMetadata> {
        let only_v3 = |name| Err(Error::not_in_format(name, "only format 3 has this"));
        if self.codecs.is_some() {
            return only_v3("codecs");
        }
        if self.shards.is_some() {
            return only_v3("shards");
        }
        if self.dimension_names.is_some() {
            return only_v3("dimension_names");
        }
        let endian = match self
            .serializer
            .as_ref()
            .map(|s| (s.name.as_str(), s.get::<String>("endian")))
        {
            None => None,
            Some(("bytes", Ok(endian))) => match endian.as_deref() {
                Some("big") => Some(Endian::Big),
                _ => None,
            },
            Some(_) => return only_v3("serializer"),
        };
        let separator = match self.chunk_key_encoding {
            None => Separator::Dot,
            Some(ChunkKeyEncoding::V2(separator)) => separator,
            Some(_) => {
                let text = "format 2 names chunks by their numbers alone: `ChunkKeyEncoding::V2`";
                return Err(Error::not_in_format("chunk_key_encoding", text));
            }
        };
        let mut compressors = self.compressors.or(|| vec![v2_compressor()]).into_iter();
        let compressor = compressors.next().map(|codec| v2_codec(&codec));
        if compressors.next().is_some() {
            let text = "format 2 has one compressor; put the others among `filters`";
            return Err(Error::not_in_format("compressors", text));
        }
        let mut filters: Vec<_> = self.filters.or(Vec::new).iter().map(v2_codec).collect();
        // Objects need a filter that makes bytes of them, before all others.
        if let Some(codec) = v2::object_codec(&self.data_type)
            && !filters
                .iter()
                .filter_map(|filter| codecs::by_id(&filter.id))
                .any(|known| known.is_object_codec)
        {
            filters.insert(0, codec);
        }
        let chunks = self.chunk_shape("chunks", &self.chunks, defaults::LARGEST_CHUNK)?;
        let swaps = self.data_type.has_byte_order();
        let dtype = v2::DType::new(
            self.data_type.clone(),
            swaps.then_some(endian.unwrap_or(Endian::Little)),
        );
        let fill_value = match self.fill_value {
            Fill::Null => Value::Null,
            _ => self.fill_value(|fill, _| dtype.fill_value_to_json(fill))?,
        };
        let mut array = v2::ArrayMetadataV2::new(self.shape, dtype, chunks);
        array.compressor = compressor;
        array.filters = filters;
        array.fill_value = fill_value;
        array.order = self.order.unwrap_or_default();
        array.dimension_separator = separator;
        Ok(ArrayMetadata::V2 {
            array,
            attributes: self.attributes,
        })
    }

    fn fill_value(&self, to_json: impl FnOnce(&FillValue, &DataType) -> Value) -> Result<Value> {
        let data_type = &self.data_type;
        let unknown = || {
            let text = format!("{data_type} cannot be created: it is only a name here");
            Error::argument("dtype", text)
        };
        let fill = match &self.fill_value {
            Fill::Value(value) => FillValue::from_json(value, data_type)
                .map_err(|error| Error::argument("fill_value", error.to_string()))?,
            Fill::Default | Fill::Null => FillValue::default_for(data_type).ok_or_else(unknown)?,
            Fill::Zero => FillValue::zero(data_type).ok_or_else(unknown)?,
            Fill::One => one(data_type)
                .ok_or_else(|| Error::argument("fill_value", format!("{data_type} has no 1")))?,
        };
        Ok(to_json(&fill, data_type))
    }
}

/// The one of a number, real or complex, or of a bool.
fn one(data_type: &DataType) -> Option<FillValue> {
    use DataType as T;
    let one = match data_type {
        T::Bool => json!(true),
        T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::SmallInt(_) => json!(1),
        T::UInt8 | T::UInt16 | T::UInt32 | T::UInt64 => json!(1),
        T::Float16 | T::Float32 | T::Float64 | T::BFloat16 | T::SmallFloat(_) => json!(1.0),
        T::Complex64
        | T::Complex128
        | T::ComplexFloat16
        | T::ComplexBFloat16
        | T::ComplexSmall(_) => json!([1.0, 0.0]),
        _ => return None,
    };
    FillValue::from_json(&one, data_type).ok()
}

impl Codecs {
    fn or(&self, default: impl FnOnce() -> Vec<Extension>) -> Vec<Extension> {
        match self {
            Self::Auto => default(),
            Self::List(codecs) => codecs.clone(),
        }
    }
}

fn list(codecs: &[Extension]) -> Value {
    codecs.iter().map(Extension::to_json).collect()
}

/// A codec as format 2 writes it: its name is its `id`, its configuration stands beside it.
fn v2_codec(extension: &Extension) -> v2::Codec {
    let codec = v2::Codec::new(extension.name.clone());
    extension
        .configuration
        .iter()
        .fold(codec, |codec, (key, value)| {
            // numcodecs leaves out a checksum that is off, and older versions refuse it.
            let off = extension.name == "zstd" && key == "checksum" && *value == Value::Bool(false);
            if off {
                codec
            } else {
                codec.with(key.clone(), value.clone())
            }
        })
}

fn v2_compressor() -> Extension {
    Extension::new("zstd").with("level", 0)
}
