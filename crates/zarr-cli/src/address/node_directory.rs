//! The directories that addresses name, and which of them are nodes, by their names and files alone.

use std::path::{Path, PathBuf};

use zarr::tools::documents;

use crate::output::text;

/// Whether a directory has the document of a node.
pub(super) fn is_node(directory: &Path) -> bool {
    documents::OF_NODES
        .iter()
        .any(|name| directory.join(name).is_file())
}

/// The outermost of the nodes that lie directly one in the other, from this one upwards.
pub(super) fn outermost(node: &Path) -> &Path {
    let chain = node.ancestors().take_while(|above| is_node(above));
    chain.last().unwrap_or(node)
}

/// Whether a store is not given by the path of its files.
pub(super) fn is_url(store: &str) -> bool {
    store.contains("://") || ["file:", "memory:"].iter().any(|s| store.starts_with(s))
}

/// The directory of a store; `None` for an archive or a store elsewhere.
pub(super) fn directory_of(store: &str) -> Option<PathBuf> {
    let path = match store.strip_prefix("file:") {
        Some(rest) => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            text::percent_decoded(path.strip_prefix("localhost").unwrap_or(path))?.into()
        }
        None if is_url(store) => return None,
        None => PathBuf::from(store),
    };
    let archive =
        store.contains("|zip:") || !path.is_dir() && (path.is_file() || store.ends_with(".zip"));
    (!archive).then_some(path)
}
