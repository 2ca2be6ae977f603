//! Suggestions for an address at which there is no node.

use std::path::Path;

use zarr::Node;
use zarr::blocking::Wait;

use super::node_directory::is_node;
use crate::address::foreign_formats;
use crate::arguments::nearest;
use zarr::tools::documents;

/// An address without the document at its end.
pub(crate) fn without_document(address: &str) -> Option<&str> {
    let path = address.split('?').next().unwrap_or(address);
    let (above, name) = path.rsplit_once('/')?;
    documents::ALL.contains(&name).then_some(above)
}

/// A suggestion for a path at which there is no node; `open` opens the node of a directory.
pub(crate) fn for_path(path: &Path, open: impl Fn(&str) -> zarr::Result<Node>) -> String {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    if path.is_file() && documents::ALL.contains(&name) {
        return format!(
            "this is a document of a node: did you mean {}?",
            shown(path.parent())
        );
    }
    if let Some(above) = path.ancestors().skip(1).find(|above| is_node(above)) {
        return below(path, above, open);
    }
    // A path that continues after a file leads into that file.
    if let Some(file) = path.ancestors().find(|above| above.is_file()) {
        let what = foreign_formats::describe_file(file);
        let what = what.unwrap_or_else(|| {
            "this is a file: name the directory of an array or group".to_owned()
        });
        return match file == path {
            true => what,
            false => format!("{}: {what}", file.display()),
        };
    }
    if path.is_dir() {
        let what = foreign_formats::describe_directory(path);
        return what.unwrap_or_else(|| "this directory is not a node: check the path".to_owned());
    }
    missing(path)
}

/// A suggestion for a path below the directory of a node.
fn below(path: &Path, above: &Path, open: impl Fn(&str) -> zarr::Result<Node>) -> String {
    let store = shown(Some(above));
    let rest = path.strip_prefix(above).ok().and_then(Path::to_str);
    match (open(&store), rest) {
        (Ok(Node::Array(_)), _) if path.exists() => {
            format!("this lies in an array: did you mean {store}?")
        }
        (Ok(Node::Array(_)), _) => format!("nothing lies below an array: did you mean {store}?"),
        (node, Some(rest)) => match similar_child(node, rest) {
            Some(found) => format!("did you mean {}?", above.join(found).display()),
            None => format!("`zarr tree {store}` lists what there is"),
        },
        _ => "check the path".to_owned(),
    }
}

/// A suggestion for a path at which there is nothing.
fn missing(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('~') {
        return "the shell expands `~` only outside of quotes: write $HOME".to_owned();
    }
    if text.contains(['*', '?']) {
        return "the shell expands patterns only outside of quotes, and if a name matches"
            .to_owned();
    }
    // The first name of the path that does not exist.
    let above = path
        .ancestors()
        .skip(1)
        .find(|above| directory(above).is_dir());
    let wanted = above.and_then(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some((above, rest.components().next()?.as_os_str().to_str()?))
    });
    let Some((above, wanted)) = wanted else {
        return "check the path".to_owned();
    };
    let names = names_in(above);
    match nearest::nearest(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {}?", above.join(near).display()),
        None => "check the path".to_owned(),
    }
}

fn names_in(path: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory(path)).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The directory that a path names; the empty path names the current one.
fn directory(path: &Path) -> &Path {
    match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    }
}

fn shown(path: Option<&Path>) -> String {
    directory(path.unwrap_or(Path::new("")))
        .display()
        .to_string()
}

/// The name of a node below a group that is most like the first name of a path.
pub(crate) fn similar_child(above: zarr::Result<Node>, rest: &str) -> Option<String> {
    let Ok(Node::Group(group)) = above else {
        return None;
    };
    let names = group.keys().wait().ok()?;
    let wanted = rest.split('/').next()?;
    let found = nearest::nearest(wanted, names.iter().map(String::as_str))?;
    Some(found.to_owned())
}
