//! What creating a node would do, without doing it.

use std::fmt;
use std::pin::pin;

use futures_util::StreamExt;
use zarr_metadata::{NodeMetadata, NodePath};
use zarr_store::Location;

use super::create::check;
use super::{Depth, each_member, path_of, read};
use crate::{Context, Result};

/// What creating a node would do. `Display` has a line for each node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatePlan {
    /// The nodes that would be deleted, with all that is stored in them.
    pub deleted: Vec<NodePath>,
    /// The nodes that would be made: missing groups above, then the node.
    pub made: Vec<NodePath>,
}

impl fmt::Display for CreatePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deleted = self.deleted.iter().map(|path| ("delete", path));
        let mut lines = deleted.chain(self.made.iter().map(|path| ("create", path)));
        lines.try_for_each(|(what, path)| writeln!(f, "{what} {path}"))
    }
}

/// Checks everything that [`create`](super::create()) checks, and says what it would do. Changes nothing.
///
/// # Errors
/// As [`create`](super::create()).
pub async fn plan_create(
    location: &Location,
    node: &NodeMetadata,
    overwrite: bool,
    context: &Context,
) -> Result<CreatePlan> {
    let new = check(location, node, overwrite, context).await?;
    let mut plan = CreatePlan::default();
    let path = path_of(location)?;
    if new.replaces {
        plan.deleted.push(path.clone());
        // A node whose documents cannot be read is replaced with all below it, too.
        let format = read(location, None).await.ok().flatten();
        let format = format.map(|node| node.format());
        let mut below = pin!(each_member(location.clone(), format, Depth::All, false));
        while let Some((member, _)) = below.next().await {
            plan.deleted.push(path_of(&location.join(&member)?)?);
        }
        plan.deleted.sort();
    }
    for place in new.missing.iter().rev() {
        plan.made.push(path_of(place)?);
    }
    plan.made.push(path);
    Ok(plan)
}
