//! The documents that every node gets, converted and checked before anything is written.

use zarr::blocking::Wait;
use zarr::tools::documents::{self, ZMETADATA};
use zarr::tools::{Problem, Reader};
use zarr::{GroupMetadata, Indent, Location, NodeMetadata, ZarrFormat};

use super::MigrateArgs;
use crate::failure::{Exit, Failure};
use crate::hierarchy::directories::Directory;

/// A node, and its documents in the new format.
pub(super) struct MigratedNode {
    /// Its path below the start.
    pub(super) path: String,
    pub(super) kind: &'static str,
    pub(super) documents: Vec<(&'static str, Vec<u8>)>,
    /// What the new format cannot express.
    pub(super) lost: Vec<Problem>,
    /// Whether it is a group with consolidated metadata.
    pub(super) is_consolidated: bool,
    /// Where they are written, with the documents that are there before.
    pub(super) target: Directory,
}

/// What is migrated, and what cannot be.
pub(super) struct Migration {
    /// At least one, in the order of their paths.
    pub(super) nodes: Vec<MigratedNode>,
    pub(super) failed: Vec<Failure>,
}

impl MigratedNode {
    /// The path of the document that makes it a node.
    pub(super) fn document_path(&self) -> String {
        let name = self.documents.first().map_or("", |(name, _)| name);
        self.target.path_of(name)
    }
}

pub(super) fn plan(args: &MigrateArgs) -> Result<Migration, Failure> {
    let old = args.to.other();
    let is_old = |directory: &Directory| {
        let names = documents::making_node(old).iter();
        names
            .clone()
            .any(|name| directory.document(name).is_some() || directory.has_unread(name))
    };
    let directories = args.path.directories()?;
    let out = match &args.out {
        Some(out) => {
            let place = out.new_node_location()?.location().wait();
            let failed = |error| Failure::zarr("cannot open", out.as_str(), &error);
            Some(place.map_err(failed)?)
        }
        None => None,
    };
    let (mut nodes, mut failed) = (Vec::new(), Vec::new());
    for directory in directories.into_iter().filter(is_old) {
        match migrate(args, directory, out.as_ref()) {
            Ok(node) => nodes.push(node),
            // A hierarchy that is half in each format was not asked for.
            Err(failure) if args.replaces() || failure.exit() == Exit::Conflict => {
                return Err(failure);
            }
            Err(failure) => failed.push(failure),
        }
    }
    if nodes.is_empty() {
        return Err(failed.into_iter().next().unwrap_or_else(|| {
            let why = format!("there is no array or group of format {old}");
            Failure::new(Exit::NotFound, DOING, args.path.as_str(), why)
        }));
    }
    Ok(Migration { nodes, failed })
}

pub(super) const DOING: &str = "cannot migrate";

/// The node in a directory, in the new format. `out` is where it is written, if not in this directory.
fn migrate(
    args: &MigrateArgs,
    directory: Directory,
    out: Option<&Location>,
) -> Result<MigratedNode, Failure> {
    let at = format!("{}::{}", args.path.as_str(), directory.path);
    let at = at.trim_end_matches("::");
    let bad = |exit, error: &dyn std::fmt::Display| Failure::new(exit, DOING, at, error);
    if let Some((_, error)) = directory.unread.first() {
        return Err(Failure::zarr(DOING, at, error));
    }
    let old = directory.node_of(args.to.other());
    let Some(mut old) = old.map_err(|error| bad(Exit::Corrupt, &error))? else {
        let why = format!("no node of format {} is there", args.to.other());
        return Err(bad(Exit::NotFound, &why));
    };
    // It is consolidated again, from the new documents.
    let is_consolidated = match &mut old {
        NodeMetadata::Group(GroupMetadata::V2 { .. }) => directory.document(ZMETADATA).is_some(),
        NodeMetadata::Group(GroupMetadata::V3(group)) => {
            group.consolidated_metadata.take().is_some()
        }
        NodeMetadata::Array(_) => false,
    };
    let new = old.convert(args.to).map_err(|error| {
        let failure = bad(Exit::Unsupported, &error);
        match args.to {
            ZarrFormat::V2 => failure.advice("`zarr copy --zarr-format 2` rewrites the chunks"),
            ZarrFormat::V3 => failure,
        }
    })?;
    let kind = match &new.metadata {
        NodeMetadata::Array(_) => "array",
        NodeMetadata::Group(_) => "group",
    };
    let target = match out {
        None => directory,
        Some(out) => {
            let read = async {
                let place = out.join(&directory.path)?;
                zarr::Result::Ok(Directory::read(out, place).await)
            };
            let read = read.wait();
            read.map_err(|error| Failure::zarr(DOING, at, &error))?
        }
    };
    check_target(args, &target)?;
    let documents = new.metadata.documents(Indent::default());
    // Attributes are nested deeper in a `zarr.json`, perhaps deeper than readers accept.
    for (_, text) in documents.iter().filter(|_| args.to == ZarrFormat::V3) {
        let readable = Reader::default().zarr_json(text);
        readable.map_err(|error| bad(Exit::Limit, &error))?;
    }
    Ok(MigratedNode {
        path: target.path.clone(),
        kind,
        documents,
        lost: new.lost,
        is_consolidated,
        target,
    })
}

/// Refuses to replace what is there, unless that was asked for and loses nothing, or was forced.
fn check_target(args: &MigrateArgs, target: &Directory) -> Result<(), Failure> {
    let at = format!("{}::{}", args.target().as_str(), target.path);
    let at = at.trim_end_matches("::");
    if let Some((_, error)) = target.unread.first() {
        return Err(Failure::zarr(DOING, at, error));
    }
    let there = target.documents_of(args.to);
    let Some(name) = there.last() else {
        return Ok(());
    };
    let old = args.to.other();
    if !args.overwrite {
        let failure = Failure::new(Exit::Conflict, DOING, at, format!("{name} already exists"));
        return Err(failure.advice("replace it with --overwrite, or remove one of the two"));
    }
    if !args.force && !matches!(target.node_of(old), Ok(Some(_))) {
        let why = format!("{name} would be lost: no valid document of format {old} is beside it");
        let failure = Failure::new(Exit::Conflict, DOING, at, why);
        return Err(failure.advice("replace it all the same with --force"));
    }
    Ok(())
}
