//! Writes the new documents, and then deletes the old ones if that was asked for.

use zarr::blocking::Wait;
use zarr::tools::{Payload, PutMode};

use super::MigrateArgs;
use super::plan::{DOING, MigratedNode};
use crate::address::archives::finish;
use crate::failure::Failure;

pub(super) fn write(args: &MigrateArgs, nodes: &[MigratedNode]) -> Result<(), Failure> {
    let written = write_all(args, nodes).wait();
    let place = args.target().as_str();
    written.map_err(|error| Failure::zarr(DOING, place, &error))?;
    let stores = nodes.first().map(|node| node.target.location.store());
    stores.map_or(Ok(()), |store| finish(store, place))
}

async fn write_all(args: &MigrateArgs, nodes: &[MigratedNode]) -> zarr::Result<()> {
    // From the leaves up, so that a group of the new format is never found without its members.
    for node in nodes.iter().rev() {
        write_documents(args, node).await?;
    }
    for node in nodes.iter().rev().filter(|node| node.is_consolidated) {
        let group = zarr::consolidate_metadata(node.target.location.clone());
        group.zarr_format(args.to).await?;
    }
    if !args.replaces() {
        return Ok(());
    }
    // If the power fails, at least one of the two documents is there. Archives change as a whole.
    if let Some(node) = nodes.first() {
        let store = node.target.location.store();
        if !store.hints().held_back {
            store.sync().await?;
        }
    }
    for node in nodes {
        let old = node.target.documents_of(args.to.other());
        node.target.delete(&old).await?;
    }
    Ok(())
}

/// What makes the node is written last, and what it does not have any more is deleted then.
async fn write_documents(args: &MigrateArgs, node: &MigratedNode) -> zarr::Result<()> {
    let location = &node.target.location;
    for (name, text) in node.documents.iter().rev() {
        let (key, value) = (location.key(name)?, Payload::from(text.clone()));
        let (value, mode) = match args.overwrite {
            true => (value.durable(), PutMode::Overwrite),
            false => (value, PutMode::Create),
        };
        location.store().put(&key, value, mode).await?;
    }
    let mut gone = node.target.documents_of(args.to);
    gone.retain(|name| !node.documents.iter().any(|(written, _)| written == name));
    node.target.delete(&gone).await
}
