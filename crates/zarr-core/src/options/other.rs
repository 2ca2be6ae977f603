//! From an array's documents to what an array of the other format is to be that holds the same.
//! Words are translated by `zarr-metadata`; here is only what a *new* array may have otherwise.

use serde_json::json;
use zarr_metadata::{
    ArrayMetadata, ChunkGridMetadata, ChunkKeyEncoding, DataType, Extension, MetadataError,
    Separator, ZarrFormat, v3,
};

use super::like::shard;
use super::{ArrayOptions, Codecs, Fill};
use crate::Error;

impl ArrayOptions {
    /// As [`like`](Self::like) and with the attributes, in the words of a format: codecs that have
    /// other names there are translated, names of axes become the attribute `_ARRAY_DIMENSIONS` or
    /// are taken out of it, shards become plain chunks of the size of their inner ones in format 2,
    /// and chunks are named as the format names them.
    ///
    /// # Errors
    /// Where the format has no word for something, which is named.
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

    /// Takes a whole chain in place of all that makes one, the shards of the array that this was made like
    /// among them. Its chunks stay.
    pub fn use_chain(&mut self, codecs: Vec<Extension>) {
        let old = self.like.as_ref().map(|like| Self::like(like));
        if old.is_some_and(|old| old.shards == self.shards) {
            self.shards = None;
            self.shard_settings.clear();
        }
        self.codecs = Some(codecs);
    }

    /// Whether an array would be the same by these, whichever format is named.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let named = Self {
            zarr_format: other.zarr_format,
            ..self.clone()
        };
        named == *other
    }

    /// Takes leave of the array that this was made like. A chain that was chosen stands in place of its
    /// filters, serializer and compressors; and what nobody chose otherwise is said in the words of the
    /// format. Its attributes follow where they were taken; else only the names of its axes do, where
    /// the format has them there.
    pub(super) fn settle(&mut self, format: ZarrFormat) -> Result<(), Error> {
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
            let text = format!("format {format} has no word for what the other array has: {error}");
            Error::argument("zarr_format", text)
        })?;
        if self.attributes == *like.attributes() {
            old.attributes.clone_from(like.attributes());
        } else {
            there.attributes.retain(|key, _| key == "_ARRAY_DIMENSIONS");
        }
        self.rebase(&old, &there);
        Ok(())
    }

    /// What was not chosen otherwise than `old` has it becomes what `new` has.
    fn rebase(&mut self, old: &Self, new: &Self) {
        macro_rules! follow {
            ($($field:ident),* $(,)?) => {$(
                if self.$field == old.$field {
                    self.$field.clone_from(&new.$field);
                }
            )*};
        }
        follow!(
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
    if let Some((inner, codecs, _)) = shard(&array.codecs) {
        array.chunk_grid = ChunkGridMetadata::Regular { chunk_shape: inner };
        array.codecs = codecs;
    }
    // Objects of format 2 are made bytes by a filter that comes with the type. All else about the
    // array is said as if its elements were bytes.
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
