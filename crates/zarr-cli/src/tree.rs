//! `zarr tree`: a group and what is below it. Looks at metadata alone.

use std::io::Write;

use serde_json::{Map, Value, json};
use zarr::blocking::Wait;
use zarr::{ArrayMetadata, Node, NodeMetadata, TreeView};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::text;

/// Draw a group and what is below it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr tree demo.zarr
  zarr tree --depth 1 demo.zarr::ocean
  zarr tree --json demo.zarr | jq -r '.nodes[].path'")]
pub(crate) struct Args {
    /// Directory of the node, or STORE::PATH of a node in a store
    path: Address,

    /// Print a JSON object with a flat list of nodes (schema zarr.tree/1)
    #[arg(long)]
    json: bool,

    /// How many levels to look down; 1 is the children, without it all
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
}

/// Names are bold: `out` is to take that away where it leads to no terminal.
pub(crate) fn run(args: &Args, out: &mut impl Write) -> Result<Exit, Failure> {
    let text = match args.path.open()? {
        Node::Array(array) if args.json => {
            let root = Value::Object(array_json("/".to_owned(), array.metadata()));
            list(args, &[root])
        }
        Node::Array(array) => TreeView::of_array(&array.name(), array.metadata()).ansi(),
        Node::Group(group) => {
            let members = match args.depth {
                Some(levels) => group.members().depth(levels),
                None => group.members().all(),
            };
            let members = members
                .metadata()
                .wait()
                .map_err(|error| Failure::zarr("cannot list", args.path.as_str(), &error))?;
            if args.json {
                let below = members.iter().map(|(path, node)| match node {
                    NodeMetadata::Array(array) => {
                        Value::Object(array_json(path.to_string(), array))
                    }
                    NodeMetadata::Group(_) => group_json(&path.to_string()),
                });
                let nodes: Vec<Value> = [group_json("/")].into_iter().chain(below).collect();
                list(args, &nodes)
            } else {
                TreeView::new(&group.name(), &members).ansi()
            }
        }
    };
    out.write_all(text.as_bytes())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

/// A flat list, however deep the hierarchy: paths begin at the node that was asked for.
fn list(args: &Args, nodes: &[Value]) -> String {
    text::json(&json!({
        "schema": "zarr.tree/1",
        "path": args.path.as_str(),
        "nodes": nodes,
    }))
}

fn group_json(path: &str) -> Value {
    json!({"path": path, "node_type": "group"})
}

fn array_json(path: String, array: &ArrayMetadata) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("path".to_owned(), path.into());
    object.insert("node_type".to_owned(), "array".into());
    object.insert("shape".to_owned(), array.shape().into());
    object.insert("data_type".to_owned(), array.data_type().to_json());
    object
}
