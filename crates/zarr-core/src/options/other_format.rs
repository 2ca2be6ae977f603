//! From an array's metadata to the options of an array of the other format that holds the same. `zarr-metadata` converts
//! metadata; here is only what a *new* array may have otherwise.

use serde_json::json;
use zarr_metadata::codecs::Codecs;
use zarr_metadata::{
    ArrayMetadata, ChunkGridMetadata, ChunkKeyEncoding, DataType, Extension, MetadataError,
    Separator, ZarrFormat, v3,
};

use super::from_array::sharding;
use super::{ArrayOptions, Fill};
use crate::Error;

impl ArrayOptions {
    /// As [`like`](Self::like) and with the attributes, for a format: codecs that have other names there are
    /// converted, names of axes become the attribute `_ARRAY_DIMENSIONS` or are taken out of it, shards become
    /// chunks of the shape of their inner ones in format 2, and chunks are named as the format names them.
    ///
    /// # Errors
    /// Where the format has nothing like something of the array, which is named.
    pub fn like_in(array: &ArrayMetadata, format: ZarrFormat) -> Result<Self, MetadataError> {
        if array.format() == format {
            let mut options = Self::like(array);
            options.attributes.clone_from(array.attributes());
            return Ok(options);
        }
        let options = match array {
            ArrayMetadata::V3(array) => to_v2(array.clone())?,
            ArrayMetadata::V2 { .. } => Self::like_in(&array.convert(format)?.metadata, format)?,
        };
        Ok(Self {
            chunk_key_encoding: None,
            ..options
        })
    }

    /// Sets the whole chain of codecs, in place of the shards of the array that these options are like. Its chunk
    /// shape stays.
    pub(super) fn use_chain(&mut self, codecs: Vec<Extension>) {
        let old = self.like.as_ref().map(|like| Self::like(like));
        if old.is_some_and(|old| old.shards == self.shards) {
            self.shards = None;
            self.shard_settings.clear();
        }
        self.codecs = Some(codecs);
    }

    /// Whether these are the same options, whichever format they name.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let named = Self {
            zarr_format: other.zarr_format,
            ..self.clone()
        };
        named == *other
    }

    /// Makes the options independent of the array that they are like. A chain that was chosen replaces the array's
    /// filters, serializer and compressors, and what was not chosen otherwise is converted to the format. Attributes
    /// are converted where they are the array's; otherwise only the names of its axes are added, where the format
    /// keeps them among the attributes.
    pub(super) fn resolve_like(&mut self, format: ZarrFormat) -> Result<(), Error> {
        let Some(like) = self.like.take() else {
            return Ok(());
        };
        let mut old = Self::like(&like);
        if self.codecs.is_some() && self.codecs != old.codecs {
            if self.filters == old.filters {
                self.filters = Codecs::Auto;
            }
            if self.serializer == old.serializer {
                self.serializer = None;
            }
            if self.compressors == old.compressors {
                self.compressors = Codecs::Auto;
            }
        }
        if like.format() == format {
            return Ok(());
        }
        let mut there = Self::like_in(&like, format).map_err(|error| {
            let text = format!("format {format} cannot express the other array: {error}");
            Error::not_in_format("zarr_format", text)
        })?;
        if self.attributes == *like.attributes() {
            old.attributes.clone_from(like.attributes());
        } else {
            there.attributes.retain(|key, _| key == "_ARRAY_DIMENSIONS");
        }
        self.replace_unchanged(&old, &there);
        Ok(())
    }

    /// Options that are those of `old` become those of `new`.
    fn replace_unchanged(&mut self, old: &Self, new: &Self) {
        macro_rules! replace {
            ($($field:ident),* $(,)?) => {$(
                if self.$field == old.$field {
                    self.$field.clone_from(&new.$field);
                }
            )*};
        }
        replace!(
            shape,
            data_type,
            chunks,
            shards,
            shard_settings,
            codecs,
            filters,
            serializer,
            compressors,
            fill_value,
            order,
            chunk_key_encoding,
            dimension_names,
            attributes,
        );
    }
}

fn to_v2(mut array: v3::ArrayMetadataV3) -> Result<ArrayOptions, MetadataError> {
    // Chunks are written anew, whatever their keys were.
    array.chunk_key_encoding = ChunkKeyEncoding::V2(Separator::Dot);
    if let Some((inner, codecs, _)) = sharding(&array.codecs) {
        array.chunk_grid = ChunkGridMetadata::Regular { chunk_shape: inner };
        array.codecs = codecs;
    }
    // Objects of format 2 are made bytes by a filter that comes with the data type. The rest of the array is converted as
    // if its elements were bytes.
    let variable = match array.codecs.first_mut() {
        Some(first) if matches!(&*first.name, "vlen-utf8" | "vlen-bytes") => {
            *first = Extension::new("bytes");
            let fill = std::mem::replace(&mut array.fill_value, json!(0));
            let data_type = std::mem::replace(&mut array.data_type, DataType::UInt8);
            Some((data_type, Fill::Value(fill)))
        }
        _ => None,
    };
    let converted = ArrayMetadata::V3(array).convert(ZarrFormat::V2)?;
    let mut options = ArrayOptions::like_in(&converted.metadata, ZarrFormat::V2)?;
    if let Some((data_type, fill_value)) = variable {
        (options.data_type, options.fill_value) = (data_type, fill_value);
    }
    Ok(options)
}
