//! The inner chunks of one shard, by their numbers: within the shard, or fetched one by one. Knows no
//! cells.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{Shard, ShardIndex};

use super::source::Source;
use crate::ChunkError;

/// Where the inner chunks of a shard are.
pub(super) enum Pieces<'s> {
    Within(&'s Source<'s>, Arc<ShardIndex>),
    /// All that are wanted and there.
    Fetched(&'s HashMap<usize, Bytes>),
}

impl<'s> Pieces<'s> {
    pub(super) fn within(source: &'s Source<'s>, shard: &Shard) -> Result<Self, ChunkError> {
        Ok(Self::Within(source, source.index(shard)?))
    }

    /// The inner chunk of this number, if it is there.
    pub(super) fn get(&self, number: usize) -> Option<Source<'s>> {
        match self {
            Self::Within(source, index) => Some(source.window(index.get(number)?)),
            Self::Fetched(bytes) => bytes.get(&number).cloned().map(Source::Bytes),
        }
    }
}
