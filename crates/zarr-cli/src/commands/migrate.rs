//! `zarr migrate`: writes documents of the other format for nodes whose chunks stay. `plan` converts and checks
//! everything, `write` writes in an order in which nothing is lost.

mod plan;
mod write;

use std::io::Write;

use serde_json::{Map, Value, json};
use zarr::ZarrFormat;
use zarr::tools::Problem;

use crate::address::Address;
use crate::arguments::format;
use crate::failure::{Exit, Failure};
use crate::hierarchy::format_number;
use crate::output::{self, text};

use self::plan::{MigratedNode, Migration};

/// Convert the metadata of nodes to the other format; chunks stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr migrate v3 --dry-run old.zarr
  zarr migrate v3 old.zarr             adds zarr.json beside .zarray and .zgroup
  zarr migrate v3 --replace old.zarr   puts zarr.json in their place
  zarr migrate v3 old.zarr new.zarr    writes each zarr.json to new.zarr instead
  zarr migrate v2 new.zarr             adds .zarray and .zgroup

All nodes below are migrated, too. Everything is converted before anything is written, and everything is written \
    before anything is deleted. What the new format cannot express is named. A node whose chunks could not be read \
    without it, or whose document is broken, is named and stays as it is, while all others are migrated; with \
    --replace, nothing is written then.

Chunks are never touched, so format 2 needs chunks with the keys of format 2, as arrays have them that were migrated \
    from it. `zarr copy --zarr-format 2` converts all others.")]
pub(crate) struct MigrateArgs {
    /// The format to migrate to
    #[arg(value_name = "FORMAT", value_parser = format::name())]
    to: ZarrFormat,

    /// Directory of the node, or STORE::PATH of a node in a store
    path: Address,

    /// Where to write the new documents, if not beside the old ones; chunks are not copied there
    out: Option<Address>,

    /// Delete the old documents once all new ones are written; those in OUT, if it is given
    #[arg(long)]
    replace: bool,

    /// The same as --replace, as zarr-python calls it
    #[arg(long)]
    remove_v2_metadata: bool,

    /// Replace existing documents of the new format
    #[arg(long)]
    overwrite: bool,

    /// With --overwrite, replace documents in OUT even if no valid one of the old format says the same there
    #[arg(long, requires = "overwrite")]
    force: bool,

    /// Show what would be written, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// Print a JSON object (schema zarr.migrate/1)
    #[arg(long)]
    json: bool,
}

impl MigrateArgs {
    /// Its addresses.
    pub(crate) fn addresses(&mut self) -> Vec<&mut Address> {
        [&mut self.path].into_iter().chain(&mut self.out).collect()
    }

    /// Where the documents are written.
    fn target(&self) -> &Address {
        self.out.as_ref().unwrap_or(&self.path)
    }

    /// Whether the old documents are deleted in the end.
    fn replaces(&self) -> bool {
        self.replace || self.remove_v2_metadata
    }
}

pub(crate) fn run(args: &MigrateArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    if args.remove_v2_metadata && args.to == ZarrFormat::V2 {
        let what = "--remove-v2-metadata: format 2 is what is migrated to";
        return Err(Failure::usage(what).advice("--replace removes the documents of format 3"));
    }
    let migration = plan::plan(args)?;
    if !args.dry_run {
        write::write(args, &migration.nodes)?;
        args.target().warn_of_stale_metadata_above();
    }
    let text = match args.json {
        true => text::report("migrate", to_json(args, &migration)),
        false => to_text(args, &migration.nodes),
    };
    output::print(out, &text)?;
    for failure in &migration.failed {
        text::error(&failure.to_string());
    }
    Ok(migration.failed.first().map_or(Exit::Done, Failure::exit))
}

fn to_text(args: &MigrateArgs, nodes: &[MigratedNode]) -> String {
    let mut text = String::new();
    for node in nodes {
        let line = format!("{}: {}", node.document_path(), node.kind);
        text.push_str(&text::escaped(&line));
        text.push('\n');
        for problem in &node.lost {
            text.push_str(&text::escaped(&format!("  {problem}")));
            text.push('\n');
        }
    }
    let count = text::count(nodes.len() as u64, "node");
    let old = args.to.other();
    let did = match (args.dry_run, &args.out, args.replaces()) {
        (true, ..) => format!("{count} would be migrated"),
        (_, Some(out), _) => format!("{count} migrated to {}, without their chunks", out.as_str()),
        (_, None, true) => format!("{count} migrated; the documents of format {old} are gone"),
        (_, None, false) => {
            format!("{count} migrated; the documents of format {old} are still there")
        }
    };
    text.push_str(&text::escaped(&did));
    text.push('\n');
    text
}

fn to_json(args: &MigrateArgs, migration: &Migration) -> Value {
    let nodes = migration.nodes.iter().map(|node| {
        let lost = |problem: &Problem| {
            json!({"pointer": problem.pointer.as_str(), "message": problem.kind.to_string()})
        };
        let documents = node.documents.iter().map(|(name, text)| {
            let document: Option<Value> = serde_json::from_slice(text).ok();
            ((*name).to_owned(), document.into())
        });
        json!({
            "path": format!("/{}", node.path),
            "node_type": node.kind,
            "documents": documents.collect::<Map<String, Value>>(),
            "lost": node.lost.iter().map(lost).collect::<Vec<Value>>(),
        })
    });
    json!({
        "path": args.path.as_str(),
        "out": args.out.as_ref().map(Address::as_str),
        "zarr_format": format_number(args.to),
        "dry_run": args.dry_run,
        "replaced": args.replaces() && !args.dry_run,
        "nodes": nodes.collect::<Vec<Value>>(),
        "failed": migration.failed.iter().map(Failure::to_string).collect::<Vec<_>>(),
    })
}
