//! `zarr migrate`: writes documents of format 3 for nodes of format 2, whose chunks stay. The library converts;
//! this writes in an order in which nothing is lost.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::tools::{NodeDocuments, Payload, Problem, PutMode, Reader};
use zarr::{NodeMetadata, ZarrFormat};

use crate::address::Address;
use crate::address::archives::finish;
use crate::failure::{Exit, Failure};
use crate::hierarchy::directories::Directory;
use crate::output::{self, text};
use zarr::tools::documents::{self, ZARR_JSON, ZMETADATA};

/// Convert the metadata of nodes from format 2 to format 3; chunks stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr migrate --dry-run old.zarr
  zarr migrate old.zarr             adds zarr.json beside .zarray and .zgroup
  zarr migrate --replace old.zarr   puts zarr.json in their place

All nodes below are migrated, too. Everything is converted before anything is written, and everything is written \
    before anything is deleted. What format 3 cannot express is named. A node whose chunks could not be read without \
    it, or whose document is broken, is named and stays as it is, while all others are migrated; with --replace, \
    nothing is written then.")]
pub(crate) struct MigrateArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Delete the documents of format 2 once all of format 3 are written
    #[arg(long)]
    replace: bool,

    /// Replace existing documents of format 3
    #[arg(long)]
    overwrite: bool,

    /// Show what would be written, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// Print a JSON object (schema zarr.migrate/1)
    #[arg(long)]
    json: bool,
}

/// A node and its new document.
struct MigratedNode<'a> {
    directory: &'a Directory,
    text: Vec<u8>,
    kind: &'static str,
    lost: Vec<Problem>,
}

pub(crate) fn run(args: &MigrateArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let directories = args.path.directories()?;
    let old = |directory: &&Directory| {
        documents::NODE_V2
            .iter()
            .any(|name| directory.document(name).is_some() || directory.has_unread(name))
    };
    let (mut steps, mut failed) = (Vec::new(), Vec::new());
    for directory in directories.iter().filter(old) {
        match convert(args, directory) {
            Ok(step) => steps.push(step),
            // A hierarchy that is half in each format was not asked for.
            Err(failure) if args.replace || failure.exit() == Exit::Conflict => {
                return Err(failure);
            }
            Err(failure) => failed.push(failure),
        }
    }
    if steps.is_empty() {
        if let Some(failure) = failed.into_iter().next() {
            return Err(failure);
        }
        let why = "there is no array or group of format 2";
        return Err(Failure::new(Exit::NotFound, "cannot migrate", path, why));
    }
    let consolidated = directories
        .iter()
        .filter(|directory| directory.document(ZMETADATA).is_some());
    let consolidated: Vec<&Directory> = consolidated.collect();
    if !args.dry_run {
        write(args, &steps, &consolidated)?;
    }
    let text = match args.json {
        true => text::report("migrate", to_json(args, &steps, &failed)),
        false => to_text(args, &steps),
    };
    output::print(out, &text)?;
    for failure in &failed {
        text::error(&failure.to_string());
    }
    Ok(failed.first().map_or(Exit::Done, Failure::exit))
}

fn convert<'a>(args: &MigrateArgs, directory: &'a Directory) -> Result<MigratedNode<'a>, Failure> {
    let at = format!("{}::{}", args.path.as_str(), directory.path);
    let at = at.trim_end_matches("::");
    if directory.document(ZARR_JSON).is_some() && !args.overwrite {
        let why = "zarr.json already exists";
        let failure = Failure::new(Exit::Conflict, "cannot migrate", at, why);
        return Err(failure.advice("replace it with --overwrite, or remove one of the two"));
    }
    if let Some((_, error)) = directory.unread.first() {
        return Err(Failure::zarr("cannot migrate", at, error));
    }
    let documents = NodeDocuments {
        zarr_json: None,
        ..directory.of_node()
    };
    let bad = |exit, error: &dyn std::fmt::Display| Failure::new(exit, "cannot migrate", at, error);
    let node = Reader::default().node(&documents);
    let Some(node) = node.map_err(|error| bad(Exit::Corrupt, &error))? else {
        return Err(bad(Exit::NotFound, &"no node of format 2 is there"));
    };
    let new = node.convert(ZarrFormat::V3);
    let new = new.map_err(|error| bad(Exit::Unsupported, &error))?;
    let kind = match &new.metadata {
        NodeMetadata::Array(_) => "array",
        NodeMetadata::Group(_) => "group",
    };
    let text = new
        .metadata
        .documents()
        .into_iter()
        .map(|(_, text)| text)
        .next();
    let text = text.unwrap_or_default();
    // Attributes are nested deeper in the new document, perhaps deeper than readers accept.
    if let Err(error) = Reader::default().zarr_json(&text) {
        return Err(bad(Exit::Limit, &error));
    }
    Ok(MigratedNode {
        directory,
        text,
        kind,
        lost: new.lost,
    })
}

fn write(
    args: &MigrateArgs,
    steps: &[MigratedNode<'_>],
    consolidated: &[&Directory],
) -> Result<(), Failure> {
    let path = args.path.as_str();
    let mode = match args.overwrite {
        true => PutMode::Overwrite,
        false => PutMode::Create,
    };
    let store = args.path.location()?;
    let written = async {
        // From the leaves up, so that a group of format 3 is never found without its members.
        for step in steps.iter().rev() {
            let location = &step.directory.location;
            let (key, value) = (location.key(ZARR_JSON)?, Payload::from(step.text.clone()));
            let value = match args.overwrite {
                true => value.durable(),
                false => value,
            };
            location.store().put(&key, value, mode.clone()).await?;
        }
        for directory in consolidated {
            let group = zarr::consolidate_metadata(directory.location.clone());
            group.zarr_format(ZarrFormat::V3).await?;
        }
        if args.replace {
            // If the power fails, at least one of the two documents is there. Archives change as a whole.
            if !store.store().hints().held_back {
                store.store().sync().await?;
            }
            for step in steps {
                let location = &step.directory.location;
                for name in documents::OF_V2_NODES
                    .iter()
                    .filter(|name| step.directory.document(name).is_some())
                {
                    location.store().delete(&location.key(name)?, None).await?;
                }
            }
        }
        Ok(())
    };
    let written: zarr::Result<()> = written.wait();
    written.map_err(|error| Failure::zarr("cannot migrate", path, &error))?;
    finish(store.store(), path)
}

fn to_text(args: &MigrateArgs, steps: &[MigratedNode<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        let name = step.directory.path_of(ZARR_JSON);
        text.push_str(&text::escaped(&format!("{name}: {}", step.kind)));
        text.push('\n');
        for problem in &step.lost {
            text.push_str(&text::escaped(&format!("  {problem}")));
            text.push('\n');
        }
    }
    let did = match (args.dry_run, args.replace) {
        (true, _) => "would be migrated",
        (false, true) => "migrated; the documents of format 2 are gone",
        (false, false) => "migrated; the documents of format 2 are still there",
    };
    text.push_str(&format!(
        "{} {did}\n",
        text::count(steps.len() as u64, "node")
    ));
    text
}

fn to_json(args: &MigrateArgs, steps: &[MigratedNode<'_>], failed: &[Failure]) -> Value {
    let nodes: Vec<Value> = steps
        .iter()
        .map(|step| {
            let lost = |problem: &Problem| {
                json!({"pointer": problem.pointer.as_str(), "message": problem.kind.to_string()})
            };
            json!({
                "path": format!("/{}", step.directory.path),
                "node_type": step.kind,
                "metadata": serde_json::from_slice::<Value>(&step.text).ok(),
                "lost": step.lost.iter().map(lost).collect::<Vec<Value>>(),
            })
        })
        .collect();
    json!({
        "path": args.path.as_str(),
        "dry_run": args.dry_run,
        "replaced": args.replace && !args.dry_run,
        "nodes": nodes,
        "failed": failed.iter().map(Failure::to_string).collect::<Vec<_>>(),
    })
}
