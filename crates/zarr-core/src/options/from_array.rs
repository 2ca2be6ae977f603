//! From an array's metadata back to the options that make an array like it. Checks nothing: what cannot be used is an
//! error when the new array is created.

use std::sync::Arc;

use serde_json::{Map, Value};
use zarr_metadata::codecs::{CodecKind, Codecs};
use zarr_metadata::{
    ArrayMetadata, Attributes, ChunkGridMetadata, Endian, Extension, ZarrFormat, v2, v3,
};

use super::{ArrayOptions, Chunks, Fill};

impl ArrayOptions {
    /// The options that make an array like another: format, shape, data type, chunk grid, shards, codecs, names of
    /// chunks and axes, fill value. Not the attributes.
    pub fn like(array: &ArrayMetadata) -> Self {
        let options = match array {
            ArrayMetadata::V2 { array, .. } => Self::like_v2(array),
            ArrayMetadata::V3(array) => Self::like_v3(array),
        };
        Self {
            like: Some(Arc::new(array.clone())),
            ..options
        }
    }

    fn like_v3(array: &v3::ArrayMetadataV3) -> Self {
        let mut options = Self::new(array.shape.clone(), array.data_type.clone());
        options.zarr_format = Some(ZarrFormat::V3);
        options.chunk_key_encoding = Some(array.chunk_key_encoding);
        options.dimension_names.clone_from(&array.dimension_names);
        options.fill_value = Fill::Value(array.fill_value.clone());
        let outer = match &array.chunk_grid {
            ChunkGridMetadata::Regular { chunk_shape } => Chunks::Shape(chunk_shape.clone()),
            ChunkGridMetadata::Rectilinear { chunk_shapes } => {
                let axes = chunk_shapes.iter().zip(&array.shape);
                Chunks::Rectilinear(
                    axes.map(|(chunks, &length)| chunks.within(length))
                        .collect(),
                )
            }
            // Arrays of other grids cannot be opened.
            _ => Chunks::Auto,
        };
        let Some((inner, codecs, settings)) = sharding(&array.codecs) else {
            options.chunks = outer;
            options.set_codecs(&array.codecs);
            return options;
        };
        options.chunks = Chunks::Shape(inner);
        options.shards = Some(outer);
        options.shard_settings = settings;
        options.set_codecs(&codecs);
        options
    }

    fn like_v2(array: &v2::ArrayMetadataV2) -> Self {
        let mut options = Self::new(array.shape.clone(), array.dtype.data_type.clone());
        options.zarr_format = Some(ZarrFormat::V2);
        options.chunks = Chunks::Shape(array.chunks.clone());
        options.order = Some(array.order);
        options.chunk_key_encoding = Some(zarr_metadata::ChunkKeyEncoding::V2(
            array.dimension_separator,
        ));
        if array.dtype.endian == Some(Endian::Big) {
            options.serializer = Some(Extension::new("bytes").with("endian", "big"));
        }
        let list = |codecs: &[v2::Codec]| {
            Codecs::List(codecs.iter().map(v2::Codec::to_extension).collect())
        };
        options.filters = list(&array.filters);
        options.compressors = list(array.compressor.as_slice());
        options.fill_value = match &array.fill_value {
            Value::Null => Fill::Null,
            written => {
                let whole = ArrayMetadata::V2 {
                    array: array.clone(),
                    attributes: Attributes::new(),
                };
                let read = whole.fill_value().ok();
                Fill::Value(read.map_or_else(
                    || written.clone(),
                    |fill| fill.to_json(&array.dtype.data_type),
                ))
            }
        };
        options
    }

    fn set_codecs(&mut self, codecs: &[Extension]) {
        match codec_parts(codecs) {
            Some((filters, serializer, compressors)) => {
                self.filters = filters.to_vec().into();
                self.serializer = Some(serializer.clone());
                self.compressors = compressors.to_vec().into();
            }
            None => self.codecs = Some(codecs.to_vec()),
        }
    }
}

/// The inner chunk shape of the sharding codec, the codecs of inner chunks, and its other settings.
type ShardingSettings = (Vec<u64>, Vec<Extension>, Map<String, Value>);

/// The settings of the sharding codec, where it is the only one.
pub(super) fn sharding(codecs: &[Extension]) -> Option<ShardingSettings> {
    let [only] = codecs else { return None };
    if only.name != "sharding_indexed" {
        return None;
    }
    let inner = only.get("chunk_shape").ok()??;
    let codecs = only.get("codecs").ok()??;
    let mut settings = only.configuration.clone();
    settings.retain(|key, _| !matches!(key.as_str(), "chunk_shape" | "codecs"));
    Some((inner, codecs, settings))
}

/// The filters, the serializer and the compressors of a v3 chain; `None` where it cannot be told
/// which codec makes bytes of arrays.
pub fn codec_parts(codecs: &[Extension]) -> Option<(&[Extension], &Extension, &[Extension])> {
    let is_serializer =
        |codec: &Extension| CodecKind::of(&codec.name) == Some(CodecKind::ArrayToBytes);
    let at = codecs.iter().position(is_serializer)?;
    let (filters, rest) = codecs.split_at_checked(at)?;
    let (serializer, compressors) = rest.split_first()?;
    Some((filters, serializer, compressors))
}
