//! What to try instead of an address where no node is. Looks around, and opens no array's data.

use std::path::Path;

use zarr::Node;
use zarr::blocking::Wait;
use zarr::tools::documents;

use crate::{nearest, recognise};

pub(crate) fn is_node(directory: &Path) -> bool {
    documents::OF_NODES
        .iter()
        .any(|name| directory.join(name).is_file())
}

/// An address without the document at its end.
pub(crate) fn without_document(address: &str) -> Option<&str> {
    let path = address.split('?').next().unwrap_or(address);
    let (above, name) = path.rsplit_once('/')?;
    let is_document = documents::ALL.contains(&name);
    is_document.then_some(above)
}

/// What to try instead of a path where no node is; `open` opens the node of a directory.
pub(crate) fn path(path: &Path, open: impl Fn(&str) -> zarr::Result<Node>) -> String {
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
    // A way that goes on behind a file leads into it.
    if let Some(file) = path.ancestors().find(|above| above.is_file()) {
        let what = recognise::file(file);
        let what = what.unwrap_or_else(|| {
            "this is a file: name the directory of an array or group".to_owned()
        });
        return match file == path {
            true => what,
            false => format!("{}: {what}", file.display()),
        };
    }
    if path.is_dir() {
        let what = recognise::directory(path);
        return what.unwrap_or_else(|| "this directory is neither, check the path".to_owned());
    }
    missing(path)
}

/// What to try instead of a path below the directory of a node.
fn below(path: &Path, above: &Path, open: impl Fn(&str) -> zarr::Result<Node>) -> String {
    let store = shown(Some(above));
    let rest = path.strip_prefix(above).ok().and_then(Path::to_str);
    match (open(&store), rest) {
        (Ok(Node::Array(_)), _) if path.exists() => {
            format!("this lies in an array: did you mean {store}?")
        }
        (Ok(Node::Array(_)), _) => format!("nothing lies below an array: did you mean {store}?"),
        (node, Some(rest)) => match meant(node, rest) {
            Some(found) => format!("did you mean {}?", above.join(found).display()),
            None => format!("`zarr tree {store}` lists what there is"),
        },
        _ => "check the path".to_owned(),
    }
}

/// What to try instead of a path where nothing is.
fn missing(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with('~') {
        return "`~` is a name like any other here: the shell reads it outside of quotes alone, so write $HOME".to_owned();
    }
    if text.contains(['*', '?']) {
        return "patterns are the shell's: it reads them outside of quotes alone, where some name matches".to_owned();
    }
    // The first name on the way that is not there.
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

/// The directory that a path names; none is this one.
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

/// The name of a node below a group that somebody may have meant, by the first name that is not there.
pub(crate) fn meant(above: zarr::Result<Node>, rest: &str) -> Option<String> {
    let Ok(Node::Group(group)) = above else {
        return None;
    };
    let names = group.keys().wait().ok()?;
    let wanted = rest.split('/').next()?;
    let found = nearest::nearest(wanted, names.iter().map(String::as_str))?;
    Some(found.to_owned())
}
