//! `zarr ls`: lists the members of a group. Reads metadata only, and with `-l` lists sizes.

use std::io::Write;

use zarr::{Node, NodeMetadata};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::node_list::{self, NodeList};
use crate::output::{self, text};

/// List the members of a group.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr ls demo.zarr
  zarr ls -l demo.zarr::ocean
  zarr ls -lR demo.zarr
  zarr ls -R --json demo.zarr | jq -r '.nodes[].path'")]
pub(crate) struct LsArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Also show kind, format, data type, shape and stored bytes
    #[arg(long, short)]
    long: bool,

    /// Also list the members of the groups below
    #[arg(long, short = 'R')]
    recursive: bool,

    /// Print a JSON object (schema zarr.ls/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &LsArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let list = match args.path.open_or_implicit()? {
        // As with files, what is not a directory is listed itself.
        Node::Array(array) => vec![(
            String::new(),
            Ok(NodeMetadata::Array(array.metadata().clone())),
        )],
        Node::Group(group) => {
            let depth = (!args.recursive).then_some(1);
            node_list::members(&group, depth, place)?
        }
    };
    let nodes = NodeList::new(&args.path, list, args.long)?;
    let text = if args.json {
        nodes.report("ls", place)
    } else {
        let shown = |path: &str| match path {
            "" => text::escaped(place),
            path => text::escaped(path),
        };
        let rows = nodes.list.iter().map(|(path, node)| match args.long {
            true => {
                let mut row = long(node);
                row.push(nodes.size(path).map_or(String::new(), text::bytes));
                row.push(shown(path));
                row
            }
            false => vec![shown(path)],
        });
        text::columns(&rows.collect::<Vec<_>>())
    };
    output::print(out, &text)?;
    nodes.warn_of_invalid_names(&args.path, (!args.recursive).then_some(1));
    Ok(nodes.report_unreadable(place))
}

/// The columns before sizes and names.
fn long(node: &zarr::Result<NodeMetadata>) -> Vec<String> {
    let Ok(node) = node else {
        let blank = String::new;
        return vec!["broken".to_owned(), blank(), blank(), blank()];
    };
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
