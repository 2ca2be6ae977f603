//! `zarr remove-metadata`: deletes the documents of one format, where those of the other say the same.

use std::io::Write;

use serde_json::{Value, json};
use zarr::ZarrFormat;
use zarr::blocking::Wait;

use crate::address::Address;
use crate::address::archives::finish;
use crate::arguments::format;
use crate::failure::{Exit, Failure};
use crate::hierarchy::directories::Directory;
use crate::hierarchy::format_number;
use crate::output::{self, text};

/// Delete the metadata of one format, of a node and everything below it; chunks stay.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr remove-metadata v2 --dry-run demo.zarr
  zarr remove-metadata v2 demo.zarr   after `zarr migrate v3 demo.zarr`

v2 stands for .zarray, .zgroup, .zattrs and .zmetadata, v3 for zarr.json. Where a node has no valid document of the \
    other format, nothing at all is deleted; with --force, its chunks stay without metadata.")]
pub(crate) struct RemoveMetadataArgs {
    /// The format whose documents are deleted
    #[arg(value_name = "FORMAT", value_parser = format::name())]
    format: ZarrFormat,

    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Delete documents even where no valid one of the other format says the same
    #[arg(long)]
    force: bool,

    /// Show what would be deleted, and delete nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// Print a JSON object (schema zarr.remove-metadata/1)
    #[arg(long)]
    json: bool,
}

const DOING: &str = "cannot remove metadata";

pub(crate) fn run(args: &RemoveMetadataArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let directories = args.path.directories()?;
    for directory in &directories {
        check(args, directory)?;
    }
    let names = |directory: &Directory| directory.documents_of(args.format);
    let removed = directories.iter().flat_map(|directory| {
        let names = names(directory).into_iter();
        names.map(|name| directory.path_of(name))
    });
    let removed: Vec<String> = removed.collect();
    if removed.is_empty() {
        let why = format!("there is no document of format {}", args.format);
        return Err(Failure::new(Exit::NotFound, DOING, path, why));
    }
    if !args.dry_run {
        let delete = async {
            // From the leaves up, so that what is left of an interrupted deletion can be found.
            for directory in directories.iter().rev() {
                directory.delete(&names(directory)).await?;
            }
            Ok(())
        };
        let deleted: zarr::Result<()> = delete.wait();
        deleted.map_err(|error| Failure::zarr(DOING, path, &error))?;
        finish(args.path.location()?.store(), path)?;
        args.path.warn_of_stale_metadata_above();
    }
    let text = match args.json {
        true => text::report("remove-metadata", to_json(args, &removed)),
        false => to_text(args, &removed),
    };
    output::print(out, &text)?;
    Ok(Exit::Done)
}

/// Refuses to delete what says something that no other document says.
fn check(args: &RemoveMetadataArgs, directory: &Directory) -> Result<(), Failure> {
    let at = format!("{}::{}", args.path.as_str(), directory.path);
    let at = at.trim_end_matches("::");
    if let Some((_, error)) = directory.unread.first() {
        return Err(Failure::zarr(DOING, at, error));
    }
    let other = args.format.other();
    let Some(name) = directory.documents_of(args.format).pop() else {
        return Ok(());
    };
    let why = match directory.node_of(other) {
        _ if args.force => return Ok(()),
        Ok(Some(_)) => return Ok(()),
        Ok(None) => format!("{name} would be lost: no document of format {other} is beside it"),
        Err(error) => {
            format!("{name} would be lost: the document of format {other} is invalid: {error}")
        }
    };
    let advice = match args.format {
        ZarrFormat::V2 => "`zarr migrate v3` writes one; --force deletes it all the same",
        ZarrFormat::V3 => "`zarr migrate v2` writes one; --force deletes it all the same",
    };
    Err(Failure::new(Exit::Conflict, DOING, at, why).advice(advice))
}

fn to_text(args: &RemoveMetadataArgs, removed: &[String]) -> String {
    let mut text = String::new();
    for path in removed {
        text.push_str(&text::escaped(path));
        text.push('\n');
    }
    let count = text::count(removed.len() as u64, "document");
    let did = match args.dry_run {
        true => "would be deleted",
        false => "deleted",
    };
    text.push_str(&format!("{count} {did}\n"));
    text
}

fn to_json(args: &RemoveMetadataArgs, removed: &[String]) -> Value {
    json!({
        "path": args.path.as_str(),
        "zarr_format": format_number(args.format),
        "dry_run": args.dry_run,
        "removed": removed,
    })
}
