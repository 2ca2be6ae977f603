//! The setters of `ArrayOptions`. What cannot be taken is kept, and is the error of creating the array.

use std::fmt::Display;

use serde::Serialize;
use zarr_metadata::codecs::Codecs;
use zarr_metadata::{Attributes, ChunkKeyEncoding, DataType, Order, Separator, ZarrFormat};

use super::{ArrayOptions, Chunks, Fill, Shape};
use crate::ArrayConfig;

impl ArrayOptions {
    /// The shape.
    #[must_use]
    pub fn shape(mut self, shape: impl Into<Shape>) -> Self {
        let shape = self.refused.take("shape", shape.into().checked());
        self.shape = shape.unwrap_or_default();
        self
    }

    /// The data type.
    #[must_use]
    pub fn dtype(mut self, dtype: impl Into<DataType>) -> Self {
        self.data_type = dtype.into();
        self
    }

    /// The chunk shape: see [`Chunks`].
    #[must_use]
    #[doc(alias = "chunk_shape")]
    pub fn chunks(mut self, chunks: impl Into<Chunks>) -> Self {
        self.chunks = chunks.into();
        self
    }

    /// Stores chunks together in shards of this shape (format 3); `None` is [no shards](Self::without_shards).
    #[must_use]
    pub fn shards(mut self, shards: impl Into<Chunks>) -> Self {
        match shards.into() {
            Chunks::Unset => return self.without_shards(),
            shards => self.shards = Some(shards),
        }
        self
    }

    /// Where the index of a shard lies: `"end"`, which is the default, or `"start"`.
    #[must_use]
    pub fn index_location(mut self, location: impl Into<String>) -> Self {
        let location = location.into().into();
        self.shard_settings
            .insert("index_location".to_owned(), location);
        self
    }

    /// Stores every chunk by itself.
    #[must_use]
    pub fn without_shards(mut self) -> Self {
        self.shards = None;
        self.shard_settings.clear();
        self
    }

    /// The array→array codecs (format 3) or the filters (format 2).
    #[must_use]
    pub fn filters(mut self, filters: impl Into<Codecs>) -> Self {
        self.filters = filters.into();
        self
    }

    /// The array→bytes codec.
    #[must_use]
    pub fn serializer(mut self, serializer: impl Into<Codecs>) -> Self {
        self.serializer = serializer.into().into_one();
        self
    }

    /// The bytes→bytes codecs.
    #[must_use]
    #[doc(alias = "compressor")]
    pub fn compressors(mut self, compressors: impl Into<Codecs>) -> Self {
        self.compressors = compressors.into();
        self
    }

    /// All codecs in one list, instead of filters, serializer and compressors (format 3).
    #[must_use]
    pub fn codecs(mut self, codecs: impl Into<Codecs>) -> Self {
        match codecs.into() {
            Codecs::List(codecs) => self.use_chain(codecs),
            _ => self.codecs = None,
        }
        self
    }

    /// The codec that turns objects into bytes (format 2), which becomes the first filter.
    #[must_use]
    pub fn object_codec(mut self, codec: impl Into<Codecs>) -> Self {
        self.object_codec = codec.into().into_one();
        self
    }

    /// The value of elements that were never written.
    #[must_use]
    pub fn fill_value(mut self, value: impl Into<Fill>) -> Self {
        self.fill_value = value.into();
        self
    }

    /// The memory order: an [`Order`], `"C"` or `'F'`.
    #[must_use]
    pub fn order(mut self, order: impl TryInto<Order, Error: Display>) -> Self {
        self.order = self.refused.take("order", order.try_into());
        self
    }

    /// The format: a [`ZarrFormat`], 2 or 3.
    #[must_use]
    pub fn zarr_format(mut self, format: impl TryInto<ZarrFormat, Error: Display>) -> Self {
        self.zarr_format = self.refused.take("zarr_format", format.try_into());
        self
    }

    /// How the keys of chunks are formed: a [`ChunkKeyEncoding`], `("v2", ".")`, `"default"`, or its JSON.
    #[must_use]
    pub fn chunk_key_encoding(
        mut self,
        encoding: impl TryInto<ChunkKeyEncoding, Error: Display>,
    ) -> Self {
        let encoding = encoding.try_into();
        self.chunk_key_encoding = self.refused.take("chunk_key_encoding", encoding);
        self.dimension_separator = None;
        self
    }

    /// The separator in the keys of chunks, which are formed as the format does by default.
    #[must_use]
    pub fn dimension_separator(
        mut self,
        separator: impl TryInto<Separator, Error: Display>,
    ) -> Self {
        let separator = separator.try_into();
        self.dimension_separator = self.refused.take("dimension_separator", separator);
        self.chunk_key_encoding = None;
        self
    }

    /// The user's attributes: a JSON object, a map, a list of pairs of a name and a value, or anything else
    /// that serde makes an object of.
    #[must_use]
    pub fn attributes(mut self, attributes: impl Serialize) -> Self {
        let attributes = self.refused.take("attributes", Attributes::of(&attributes));
        self.attributes = attributes.unwrap_or_default();
        self
    }

    /// Names of the axes (format 3).
    #[must_use]
    pub fn dimension_names(mut self, names: impl IntoIterator<Item = Option<String>>) -> Self {
        self.dimension_names = Some(names.into_iter().collect());
        self
    }

    /// Whether format 2 stores the names of axes as the attribute `_ARRAY_DIMENSIONS`, as xarray does.
    #[must_use]
    pub fn array_dimensions(mut self, yes: bool) -> Self {
        self.array_dimensions = yes;
        self
    }

    /// The attributes of the array that these options are [like](Self::like).
    #[must_use]
    pub fn with_attributes(mut self) -> Self {
        if let Some(like) = &self.like {
            self.attributes.clone_from(like.attributes());
        }
        self
    }

    /// Whether to store chunks that hold only the fill value.
    #[must_use]
    pub fn write_empty_chunks(mut self, yes: bool) -> Self {
        self.write_empty_chunks = Some(yes);
        self
    }

    /// Whether chunks that are not stored are read as the fill value; otherwise they are an error.
    #[must_use]
    pub fn read_missing_chunks(mut self, yes: bool) -> Self {
        self.read_missing_chunks = Some(yes);
        self
    }

    /// The configuration of a handle on the array: that of its context, except for what is set here.
    pub fn array_config(&self, mut config: ArrayConfig) -> ArrayConfig {
        config.write_empty_chunks = self.write_empty_chunks.unwrap_or(config.write_empty_chunks);
        config.read_missing_chunks = self
            .read_missing_chunks
            .unwrap_or(config.read_missing_chunks);
        config
    }
}
