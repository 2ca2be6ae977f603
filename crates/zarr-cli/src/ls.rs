//! `zarr ls`: the names of what is in a group. Looks at metadata alone, and with `--sizes` at sizes.

use std::io::Write;

use serde_json::{Map, Value, json};
use zarr::blocking::Wait;
use zarr::{ArrayMetadata, Node, NodeMetadata};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::{sizes, text};

/// List what is in a group.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr ls demo.zarr
  zarr ls -l demo.zarr::ocean
  zarr ls -lR demo.zarr
  zarr ls -R --json demo.zarr | jq -r '.nodes[].path'")]
pub(crate) struct Args {
    /// Directory of the node, or STORE::PATH of a node in a store
    path: Address,

    /// Kind, format, type, shape, chunks and bytes stored before each name
    #[arg(long, short)]
    long: bool,

    /// Also what is in the groups below
    #[arg(long, short = 'R')]
    recursive: bool,

    /// Print a JSON object (schema zarr.ls/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let nodes: Vec<(String, NodeMetadata)> = match args.path.open()? {
        // As with files: what is no directory is shown itself.
        Node::Array(array) => {
            vec![(String::new(), NodeMetadata::Array(array.metadata().clone()))]
        }
        Node::Group(group) => {
            let members = match args.recursive {
                true => group.members().all(),
                false => group.members(),
            };
            let members = members.metadata().wait();
            let members = members.map_err(|error| Failure::zarr("cannot list", place, &error))?;
            let named = members.into_iter();
            named
                .map(|(path, node)| (path.as_str().to_owned(), node))
                .collect()
        }
    };
    let sizes = match args.long {
        true => Some(sizes::below(
            &args.path.location()?,
            place,
            nodes.iter().map(|(path, _)| path),
        )?),
        false => None,
    };
    let size = |path: &str| sizes.as_ref().and_then(|sizes| sizes.get(path)).copied();
    let text = if args.json {
        let nodes: Vec<Value> = nodes
            .iter()
            .map(|(path, node)| Value::Object(to_json(path, node, size(path))))
            .collect();
        text::report("ls", json!({"path": place, "nodes": nodes}))
    } else {
        let shown = |path: &str| match path {
            "" => text::escaped(place),
            path => text::escaped(path),
        };
        let rows: Vec<Vec<String>> = nodes
            .iter()
            .map(|(path, node)| match args.long {
                true => {
                    let mut row = long(node);
                    row.push(size(path).map_or(String::new(), text::bytes));
                    row.push(shown(path));
                    row
                }
                false => vec![shown(path)],
            })
            .collect();
        text::columns(&rows)
    };
    out.write_all(text.as_bytes())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

/// The columns before sizes and names.
fn long(node: &NodeMetadata) -> Vec<String> {
    let format = format!("v{}", node.format());
    match node {
        NodeMetadata::Group(_) => vec!["group".to_owned(), format, String::new(), String::new()],
        NodeMetadata::Array(array) => {
            let dtype = text::escaped(&array.data_type().to_string());
            vec![
                "array".to_owned(),
                format,
                dtype,
                text::tuple(array.shape()),
            ]
        }
    }
}

/// What reports say of a node in a list.
pub(crate) fn to_json(path: &str, node: &NodeMetadata, size: Option<u64>) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("path".to_owned(), format!("/{path}").into());
    match node {
        NodeMetadata::Group(_) => {
            object.insert("node_type".to_owned(), "group".into());
        }
        NodeMetadata::Array(array) => describe(array, &mut object),
    }
    if let Some(size) = size {
        object.insert("nbytes_stored".to_owned(), size.into());
    }
    object
}

fn describe(array: &ArrayMetadata, object: &mut Map<String, Value>) {
    object.insert("node_type".to_owned(), "array".into());
    object.insert("shape".to_owned(), array.shape().into());
    object.insert("data_type".to_owned(), array.data_type().to_json());
}
