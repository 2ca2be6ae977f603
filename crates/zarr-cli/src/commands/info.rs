//! `zarr info`: describes one node and how much of it is stored; of what is below a group, only how many nodes and
//! bytes.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::{self, Wait};
use zarr::tools::{Limits, quote_bare_numbers};
use zarr::{Array, ArrayInfo, ArrayMetadata, Group, GroupMetadata, Location, Node, NodeMetadata};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::stored_sizes::{self, SizeSummary};
use crate::hierarchy::{self, directories};
use crate::output::{self, text};
use zarr::tools::documents::{ZARR_JSON, ZARRAY, ZGROUP};

/// Describe an array or a group.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr info demo.zarr
  zarr info demo.zarr/ocean/sst
  zarr info --json demo.zarr::ocean/sst | jq .shape")]
pub(crate) struct InfoArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Print a JSON object (schema zarr.info/1)
    #[arg(long)]
    json: bool,

    /// Also show how large the stored chunks are, or how much is stored below a group
    #[arg(long)]
    sizes: bool,
}

pub(crate) fn run(args: &InfoArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let node = args.path.open()?;
    let place = args.path.as_str();
    let mut text = match (&node, args.json) {
        (Node::Array(array), true) => text::report("info", array_json(array, args)?),
        (Node::Group(group), true) => text::report("info", group_json(group, args)?),
        (Node::Array(array), false) => complete(array.info_complete().wait(), array.info(), place),
        (Node::Group(group), false) => {
            let mut info = group.info();
            (info.arrays, info.groups) = count(group, place).unzip();
            format!("{info}\n")
        }
    };
    if args.sizes && !args.json {
        text.push_str(&in_words(&node, args)?);
    }
    output::print(out, &text)?;
    Ok(Exit::Done)
}

/// A node can be described even if its store cannot be listed.
fn or_warning<T>(stored: zarr::Result<T>, place: &str) -> Option<T> {
    let missing = |error: zarr::Error| {
        let exit = error.class().into();
        let failure = Failure::new(exit, "cannot find out how much is stored", place, error);
        text::warning(&failure.to_string());
    };
    stored.map_err(missing).ok()
}

fn complete(stored: zarr::Result<ArrayInfo>, without: ArrayInfo, place: &str) -> String {
    format!("{}\n", or_warning(stored, place).unwrap_or(without))
}

/// How many arrays and groups below a group can be read.
fn count(group: &Group, place: &str) -> Option<(u64, u64)> {
    let mut count = (0, 0);
    for (path, node) in group.members().all().each_metadata().wait() {
        match node {
            Ok(NodeMetadata::Array(_)) => count.0 += 1,
            Ok(NodeMetadata::Group(_)) => count.1 += 1,
            Err(error) => {
                let what = match path.as_str() {
                    "" => "cannot list what is below",
                    _ => "not counted, since it cannot be read",
                };
                let at = format!("{place}::{path}");
                let failure =
                    Failure::new(error.class().into(), what, at.trim_end_matches(':'), error);
                text::warning(&failure.to_string());
                if path.is_empty() {
                    return None;
                }
            }
        }
    }
    Some(count)
}

/// Sizes as text.
fn in_words(node: &Node, args: &InfoArgs) -> Result<String, Failure> {
    Ok(match node {
        Node::Array(array) => match spread(array, args)? {
            None => "Chunk sizes        : none is stored\n".to_owned(),
            Some(spread) => {
                let [min, median, max] = [spread.min, spread.median, spread.max].map(text::bytes);
                format!("Chunk sizes        : {min} to {max}, median {median}\n")
            }
        },
        Node::Group(_) => format!("Bytes stored: {}\n", text::bytes(below(args)?)),
    })
}

fn spread(array: &Array, args: &InfoArgs) -> Result<Option<SizeSummary>, Failure> {
    let stored = blocking::iter(array.stored_chunks());
    let sizes: zarr::Result<Vec<u64>> = stored.map(|stored| Ok(stored?.1)).collect();
    let sizes = sizes.map_err(|error| Failure::zarr("cannot list", args.path.as_str(), &error))?;
    Ok(SizeSummary::of(sizes.into_iter()))
}

fn below(args: &InfoArgs) -> Result<u64, Failure> {
    let root = String::new();
    let sizes = stored_sizes::below(
        &args.path.location()?,
        args.path.as_str(),
        [&root].into_iter(),
    )?;
    Ok(sizes.get("").copied().unwrap_or_default())
}

/// The document as it is stored, with bare numbers such as NaN as strings; `None` if it is gone meanwhile.
fn stored_document(location: &Location, name: &str) -> Option<Value> {
    let text = directories::read(location, name).wait().ok()??;
    serde_json::from_slice(&quote_bare_numbers(&text, Limits::default().depth)).ok()
}

fn array_json(array: &Array, args: &InfoArgs) -> Result<Value, Failure> {
    let place = args.path.as_str();
    let (name, known) = match array.metadata() {
        ArrayMetadata::V2 { array, .. } => (ZARRAY, array.to_json()),
        ArrayMetadata::V3(array) => (ZARR_JSON, array.to_json()),
    };
    let mut report = json!({
        "path": place,
        "node_type": "array",
        "zarr_format": hierarchy::format_number(array.zarr_format()),
        "shape": array.shape(),
        "chunks": array.chunks(),
        "shards": array.shards(),
        "data_type": array.dtype().to_json(),
        "nbytes": array.nbytes(),
        "nbytes_stored": or_warning(array.nbytes_stored().wait(), place),
        "nchunks": array.nchunks(),
        "nchunks_initialized": or_warning(array.nchunks_initialized().wait(), place),
        "attributes": array.attrs(),
        "metadata": stored_document(array.location(), name).unwrap_or(known),
    });
    if args.sizes {
        report["chunk_sizes"] = match spread(array, args)? {
            None => Value::Null,
            Some(SizeSummary {
                min,
                median,
                max,
                sum,
            }) => {
                json!({"min": min, "median": median, "max": max, "sum": sum})
            }
        };
    }
    Ok(report)
}

fn group_json(group: &Group, args: &InfoArgs) -> Result<Value, Failure> {
    let place = args.path.as_str();
    let (name, known) = match group.metadata() {
        GroupMetadata::V2 { group, .. } => (ZGROUP, group.to_json()),
        GroupMetadata::V3(group) => (ZARR_JSON, group.to_json()),
    };
    let count = count(group, place);
    let mut report = json!({
        "path": place,
        "node_type": "group",
        "zarr_format": hierarchy::format_number(group.zarr_format()),
        "nmembers": count.map(|(arrays, groups)| arrays + groups),
        "narrays": count.map(|(arrays, _)| arrays),
        "ngroups": count.map(|(_, groups)| groups),
        "attributes": group.attrs(),
        "metadata": stored_document(group.location(), name).unwrap_or(known),
    });
    if args.sizes {
        report["nbytes_stored"] = below(args)?.into();
    }
    Ok(report)
}
