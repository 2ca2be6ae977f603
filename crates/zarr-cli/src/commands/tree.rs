//! `zarr tree`: shows a group and everything below it. Reads metadata only, and with `--sizes` lists sizes.

use std::io::Write;

use zarr::{GroupMetadata, Node, NodeMetadata, TreeView};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::node_list::{self, NodeList};
use crate::output::{self, text};

/// Show a group and everything below it as a tree.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr tree demo.zarr
  zarr tree --depth 1 demo.zarr::ocean
  zarr tree --sizes demo.zarr
  zarr tree --json demo.zarr | jq -r '.nodes[].path'")]
pub(crate) struct TreeArgs {
    /// Directory of the node, or STORE::PATH of a node in a store
    pub(crate) path: Address,

    /// Print a JSON object with a flat list of the nodes (schema zarr.tree/1)
    #[arg(long)]
    json: bool,

    /// How many levels to show; 1 shows the children alone
    #[arg(long, value_name = "N")]
    depth: Option<usize>,

    /// Also show how many bytes each node stores, including everything below it
    #[arg(long)]
    sizes: bool,
}

/// Names are bold, which `out` removes unless it is a terminal.
pub(crate) fn run(args: &TreeArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let (root, view, members) = match args.path.open_or_implicit()? {
        Node::Array(array) => {
            let view = TreeView::of_array(&array.name(), array.metadata());
            (NodeMetadata::Array(array.metadata().clone()), view, vec![])
        }
        Node::Group(group) => {
            let members = node_list::members(&group, args.depth, place)?;
            let view = TreeView::of_each(&group.name(), &members);
            (NodeMetadata::Group(bare(group.metadata())), view, members)
        }
    };
    let list = [(String::new(), Ok(root))].into_iter().chain(members);
    let nodes = NodeList::new(&args.path, list.collect(), args.sizes)?;
    let text = match args.json {
        true => nodes.report("tree", place),
        false => view
            .with_notes(|path| nodes.size(path).map(text::bytes))
            .ansi(),
    };
    output::print(out, &text)?;
    nodes.warn_of_invalid_names(&args.path, args.depth);
    Ok(nodes.report_unreadable(place))
}

/// The same without consolidated metadata.
fn bare(group: &GroupMetadata) -> GroupMetadata {
    GroupMetadata::new(group.format(), group.attributes().clone())
}
