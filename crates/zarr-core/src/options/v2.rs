//! The metadata of format 2 that options make.

use serde_json::{Value, json};
use zarr_metadata::{ArrayMetadata, ChunkKeyEncoding, Endian, Extension, Separator, codecs, v2};

use super::{ArrayOptions, Fill};
use crate::{Error, Result, defaults};

impl ArrayOptions {
    pub(super) fn v2(mut self) -> Result<ArrayMetadata> {
        let only_v3 = |name| Err(Error::not_in_format(name, "only format 3 has this"));
        if self.codecs.is_some() {
            return only_v3("codecs");
        }
        if self.shards.is_some() {
            return only_v3("shards");
        }
        self.check_names()?;
        if let Some(names) = self.dimension_names.take() {
            if !self.array_dimensions {
                let text = "only format 3 has this; `array_dimensions` stores the names as xarray does, in the \
                            attribute `_ARRAY_DIMENSIONS`";
                return Err(Error::not_in_format("dimension_names", text));
            }
            let Some(names) = names.into_iter().collect::<Option<Vec<String>>>() else {
                let text = "the attribute `_ARRAY_DIMENSIONS` needs a name for every axis";
                return Err(Error::argument("dimension_names", text));
            };
            self.attributes.set("_ARRAY_DIMENSIONS", json!(names));
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
        let separator = match self.encoding(ChunkKeyEncoding::V2)? {
            None => Separator::Dot,
            Some(ChunkKeyEncoding::V2(separator)) => separator,
            Some(_) => {
                let text = "format 2 names chunks by their numbers alone: use `dimension_separator`, or \
                            `ChunkKeyEncoding::V2`";
                return Err(Error::not_in_format("chunk_key_encoding", text));
            }
        };
        // Format 2 has one compressor, the last; what is done to bytes before it is a filter.
        let mut compressors = self.compressors.or(|| vec![v2_compressor()]);
        let compressor = compressors.pop().map(|codec| v2_codec(&codec));
        let mut filters = self.filters.or(Vec::new);
        filters.extend(compressors);
        filters.splice(0..0, self.object_codec.take());
        let mut filters: Vec<_> = filters.iter().map(v2_codec).collect();
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
            _ => self.fill_json(|fill, _| dtype.fill_value_to_json(fill))?,
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
