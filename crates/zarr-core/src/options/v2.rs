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
        let mut compressors = self.compressors.or(|| vec![v2_compressor()]);
        let compressor = compressors.pop();
        let compressor = compressor.map(|codec| in_v2("compressors", &codec));
        let compressor = compressor.transpose()?;
        // Format 2 has one compressor. Filters may be from bytes to bytes, too, and stand in front of it.
        let object_codec = self
            .object_codec
            .iter()
            .map(|codec| ("object_codec", codec));
        let filters = self.filters.or(Vec::new);
        let filters = filters.iter().map(|codec| ("filters", codec));
        let others = compressors.iter().map(|codec| ("compressors", codec));
        let filters = object_codec.chain(filters).chain(others);
        let filters = filters.map(|(argument, codec)| in_v2(argument, codec));
        let mut filters: Vec<v2::Codec> = filters.collect::<Result<_>>()?;
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

/// A codec as format 2 writes it.
fn in_v2(argument: &'static str, codec: &Extension) -> Result<v2::Codec> {
    let codec = codecs::in_v2(codec);
    if codecs::by_id(&codec.id).is_none() && codecs::by_name(&codec.id).is_some() {
        let text = format!("only format 3 has the codec `{}`", codec.id);
        return Err(Error::not_in_format(argument, text));
    }
    Ok(codec)
}

fn v2_compressor() -> Extension {
    Extension::new("zstd").with("level", 0)
}
