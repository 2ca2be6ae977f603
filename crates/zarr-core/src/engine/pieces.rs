//! The inner chunks of one shard, by their numbers: within the shard, or fetched one by one. Knows no
//! cells.

use std::collections::HashMap;
use std::sync::Arc;

use zarr_codecs::{ShardIndex, ShardingCodec};

use super::source::{At, Known, Source};
use crate::ChunkError;

/// Where the inner chunks of a shard are.
pub(super) enum Pieces<'s> {
    Within(&'s Source<'s>, Arc<ShardIndex>),
    /// All that are wanted and there, and the shard that they are of.
    Fetched(&'s HashMap<usize, At<'static>>, Known<'s>),
}

impl<'s> Pieces<'s> {
    pub(super) fn within(
        source: &'s Source<'s>,
        shard: &ShardingCodec,
    ) -> Result<Self, ChunkError> {
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
    pub(super) fn get(&self, number: usize) -> Option<Source<'s>> {
        match self {
            Self::Within(source, index) => Some(source.inner(number, index.get(number)?)),
            Self::Fetched(pieces, shard) => {
                let source = Source::from(pieces.get(&number)?.clone());
                Some(source.known(shard.inner(number)))
            }
        }
    }
}
