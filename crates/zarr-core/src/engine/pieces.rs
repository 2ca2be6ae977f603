//! The inner chunks of one shard, by their numbers: within the shard, or fetched one by one. Knows no
//! cells.

use std::collections::HashMap;
use std::sync::Arc;

use zarr_codecs::{Shard, ShardIndex};

use super::source::{ByteSource, ChunkId, ChunkSource};
use crate::ChunkError;

/// Where the inner chunks of a shard are.
pub(super) enum InnerChunks<'s> {
    Within(&'s ChunkSource<'s>, Arc<ShardIndex>),
    /// All that are wanted and there, and the shard that they are of.
    Fetched(&'s HashMap<usize, ByteSource<'static>>, ChunkId<'s>),
}

impl<'s> InnerChunks<'s> {
    pub(super) fn within(source: &'s ChunkSource<'s>, shard: &Shard) -> Result<Self, ChunkError> {
        Ok(Self::Within(source, source.index(shard)?))
    }

    /// The numbers of those that are there, in no order.
    pub(super) fn present(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Within(_, index) => Box::new(index.present()),
            Self::Fetched(pieces, _) => Box::new(pieces.keys().copied()),
        }
    }

    /// The inner chunk of this number, if it is there.
    pub(super) fn get(&self, number: usize) -> Option<ChunkSource<'s>> {
        match self {
            Self::Within(source, index) => Some(source.inner(number, index.get(number)?)),
            Self::Fetched(pieces, shard) => {
                let source = ChunkSource::from(pieces.get(&number)?.clone());
                Some(source.known(shard.inner(number)))
            }
        }
    }
}
