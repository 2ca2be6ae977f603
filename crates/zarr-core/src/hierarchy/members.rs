//! The nodes below a group, found by listing. Knows no consolidated metadata.

use std::future::Future;
use std::pin::Pin;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_metadata::{NodeMetadata, NodePath, ZarrFormat};
use zarr_store::Location;

use super::{path_of, read};
use crate::Result;

/// How far below a group to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Down to this many levels; 1 is the group's children.
    Levels(usize),
    /// All of it.
    All,
}

impl Depth {
    /// Whether a node this many levels down is still looked at.
    pub(super) fn reaches(self, levels: usize) -> bool {
        match self {
            Self::All => true,
            Self::Levels(deepest) => levels <= deepest,
        }
    }

    /// What is left one level further down; `None` where that is nothing.
    fn below(self) -> Option<Self> {
        match self {
            Self::All => Some(Self::All),
            Self::Levels(levels) => match levels.checked_sub(1)? {
                0 => None,
                rest => Some(Self::Levels(rest)),
            },
        }
    }
}

type Found = Vec<(NodePath, NodeMetadata)>;

/// All nodes of one format below a group, sorted by path. Each child costs a read of the document
/// that makes it a node; what is neither an array nor a group is passed over.
///
/// # Errors
/// Where the store cannot list, or a document cannot be read or is not valid.
pub async fn members(location: &Location, format: ZarrFormat, depth: Depth) -> Result<Found> {
    let mut found = match depth {
        Depth::Levels(0) => vec![],
        depth => below(location.clone(), format, depth).await?,
    };
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn below(
    location: Location,
    format: ZarrFormat,
    depth: Depth,
) -> Pin<Box<dyn Future<Output = Result<Found>> + Send>> {
    Box::pin(async move {
        let store = location.store();
        let limit = store.hints().concurrency.max(1);
        let listing = store.list_dir(location.path()).await?;
        let children = listing.prefixes.into_iter().map(|prefix| {
            let child = Location::new(std::sync::Arc::clone(store), prefix);
            async move {
                let Some(node) = read(&child, Some(format)).await? else {
                    return Ok::<Found, crate::Error>(vec![]);
                };
                let mut found = match (&node, depth.below()) {
                    (NodeMetadata::Group(_), Some(depth)) => {
                        below(child.clone(), format, depth).await?
                    }
                    _ => vec![],
                };
                found.push((path_of(&child)?, node));
                Ok(found)
            }
        });
        let found: Vec<Found> = stream::iter(children)
            .buffer_unordered(limit)
            .try_collect()
            .await?;
        Ok(found.into_iter().flatten().collect())
    })
}
