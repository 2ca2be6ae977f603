//! `zarr migrate`: documents of format 3 for nodes of format 2, whose chunks stay as they are. What documents
//! become is the library's to say; this writes them, in an order in which nothing is lost.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::tools::documents::OF_V2_NODES;
use zarr::tools::{NodeDocuments, Payload, Problem, PutMode, Reader};
use zarr::{NodeMetadata, ZarrFormat};

use crate::address::Address;
use crate::documents::Place;
use crate::failure::{Exit, Failure};
use crate::layout::finish;
use crate::text;

/// Give nodes of format 2 documents of format 3; no chunk is read or written.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr migrate --dry-run old.zarr
  zarr migrate old.zarr             zarr.json beside .zarray, .zgroup and .zattrs
  zarr migrate --replace old.zarr   zarr.json instead of them

All nodes below are migrated too. Everything is converted before anything is written, and all is written before
anything is deleted. What format 3 has no way to say is named. A node whose chunks could not be read without it, or
whose document is broken, stays as it is and is named, while all others are migrated; with --replace nothing is
written then.")]
pub(crate) struct Args {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Delete the documents of format 2 when all of format 3 are written
    #[arg(long)]
    replace: bool,

    /// Replace documents of format 3 that are there
    #[arg(long)]
    overwrite: bool,

    /// Say what would be written, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// Print a JSON object (schema zarr.migrate/1)
    #[arg(long)]
    json: bool,
}

/// A node and what it becomes.
struct Step<'a> {
    place: &'a Place,
    text: Vec<u8>,
    kind: &'static str,
    lost: Vec<Problem>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    let path = args.path.as_str();
    let places = args.path.places()?;
    let old = |place: &&Place| {
        [".zarray", ".zgroup"]
            .iter()
            .any(|name| place.document(name).is_some() || place.has_unread(name))
    };
    let (mut steps, mut failed) = (Vec::new(), Vec::new());
    for place in places.iter().filter(old) {
        match convert(args, place) {
            Ok(step) => steps.push(step),
            // Half of a hierarchy in each format is what was not asked for.
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
    let consolidated = places
        .iter()
        .filter(|place| place.document(".zmetadata").is_some());
    let consolidated: Vec<&Place> = consolidated.collect();
    if !args.dry_run {
        write(args, &steps, &consolidated)?;
    }
    let text = match args.json {
        true => text::report("migrate", to_json(args, &steps, &failed)),
        false => to_text(args, &steps),
    };
    out.write_all(text.as_bytes())
        .map_err(|error| Failure::output(&error))?;
    for failure in &failed {
        text::error(&failure.to_string());
    }
    Ok(failed.first().map_or(Exit::Done, Failure::exit))
}

fn convert<'a>(args: &Args, place: &'a Place) -> Result<Step<'a>, Failure> {
    let at = format!("{}::{}", args.path.as_str(), place.path);
    let at = at.trim_end_matches("::");
    if place.document("zarr.json").is_some() && !args.overwrite {
        let why = "there is a zarr.json already";
        let failure = Failure::new(Exit::Conflict, "cannot migrate", at, why);
        return Err(failure.advice("replace it with --overwrite, or remove one of the two"));
    }
    if let Some((_, error)) = place.unread.first() {
        return Err(Failure::zarr("cannot migrate", at, error));
    }
    let documents = NodeDocuments {
        zarr_json: None,
        ..place.of_node()
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
    // Attributes lie deeper in the new document, which may be more than readers take.
    if let Err(error) = Reader::default().zarr_json(&text) {
        return Err(bad(Exit::Limit, &error));
    }
    Ok(Step {
        place,
        text,
        kind,
        lost: new.lost,
    })
}

fn write(args: &Args, steps: &[Step<'_>], consolidated: &[&Place]) -> Result<(), Failure> {
    let path = args.path.as_str();
    let mode = match args.overwrite {
        true => PutMode::Overwrite,
        false => PutMode::Create,
    };
    let store = args.path.location()?;
    let written = async {
        // From the leaves up: who finds a group of format 3 finds all that is in it.
        for step in steps.iter().rev() {
            let location = &step.place.location;
            let (key, value) = (location.key("zarr.json")?, Payload::from(step.text.clone()));
            let value = match args.overwrite {
                true => value.durable(),
                false => value,
            };
            location.store().put(&key, value, mode.clone()).await?;
        }
        for place in consolidated {
            let group = zarr::consolidate_metadata(place.location.clone());
            group.zarr_format(ZarrFormat::V3).await?;
        }
        if args.replace {
            // The power may go: then at least one of the two is there. An archive is old or new as a whole.
            if !store.store().hints().held_back {
                store.store().sync().await?;
            }
            for step in steps {
                let location = &step.place.location;
                for name in OF_V2_NODES
                    .iter()
                    .filter(|name| step.place.document(name).is_some())
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

fn to_text(args: &Args, steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps {
        let name = step.place.path_of("zarr.json");
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

fn to_json(args: &Args, steps: &[Step<'_>], failed: &[Failure]) -> Value {
    let nodes: Vec<Value> = steps
        .iter()
        .map(|step| {
            let lost = |problem: &Problem| {
                json!({"pointer": problem.pointer.as_str(), "message": problem.kind.to_string()})
            };
            json!({
                "path": format!("/{}", step.place.path),
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
