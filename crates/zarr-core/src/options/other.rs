//! From an array's documents to what an array of the other format is to be that holds the same.
//! Words are translated by `zarr-metadata`; here is only what a *new* array may have otherwise.

use zarr_metadata::{ArrayMetadata, ChunkGridMetadata, ChunkKeyEncoding, Separator, ZarrFormat};

use super::ArrayOptions;
use super::like::shard;
use crate::{Error, ErrorKind, Result};

impl ArrayOptions {
    /// As [`like`](Self::like) and with the attributes, in the words of a format: codecs that have
    /// other names there are translated, names of axes become the attribute `_ARRAY_DIMENSIONS` or
    /// are taken out of it, shards become plain chunks of the size of their inner ones in format 2,
    /// and chunks are named as the format names them.
    ///
    /// # Errors
    /// Where the format has no word for something, which is named.
    pub fn like_in(array: &ArrayMetadata, format: ZarrFormat) -> Result<Self> {
        if array.format() == format {
            let mut options = Self::like(array);
            options.attributes.clone_from(array.attributes());
            return Ok(options);
        }
        let mut array = array.clone();
        if let ArrayMetadata::V3(array) = &mut array {
            // Chunks are written anew, whatever their keys were.
            array.chunk_key_encoding = ChunkKeyEncoding::V2(Separator::Dot);
            if let Some((inner, codecs, _)) = shard(&array.codecs) {
                array.chunk_grid = ChunkGridMetadata::Regular { chunk_shape: inner };
                array.codecs = codecs;
            }
        }
        let converted = array.convert(format).map_err(|source| {
            Error::from(ErrorKind::Metadata {
                path: Default::default(),
                document: format!("what would become format {format}"),
                source,
            })
        })?;
        let mut options = Self::like_in(&converted.metadata, format)?;
        options.chunk_key_encoding = None;
        Ok(options)
    }

    /// What was not chosen otherwise than `old` has it becomes what `new` has.
    pub fn rebase(&mut self, old: &Self, new: &Self) {
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
