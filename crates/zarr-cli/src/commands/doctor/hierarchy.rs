//! Finds what is wrong between the nodes of a hierarchy, by names and documents alone.

use std::collections::BTreeMap;

use zarr::ZarrFormat;
use zarr::tools::documents::{self, ZARR_JSON};

use super::finding::{Finding, Fix};
use super::rules;
use crate::hierarchy::directories::Directory;
use crate::hierarchy::stale_metadata::StaleMetadata;

pub(super) fn find(directories: &[Directory], found: &mut Vec<Finding>) {
    let nodes: Vec<&Directory> = directories
        .iter()
        .filter(|directory| directory.is_node())
        .collect();
    for directory in directories {
        two_formats(directory, found);
        implicit(directory, &nodes, found);
        names(directory, found);
        if let Some(stale) = StaleMetadata::find(directory) {
            let finding = Finding::new(&rules::STALE, name(directory), stale.what);
            found.push(match stale.can_be_consolidated {
                true => finding.with_fix(Fix::Consolidate(directory.location.clone())),
                false => finding,
            });
        }
    }
}

fn two_formats(directory: &Directory, found: &mut Vec<Finding>) {
    let old = documents::NODE_V2
        .into_iter()
        .find(|name| directory.document(name).is_some());
    if let (Some(old), Some(_)) = (old, directory.document(ZARR_JSON)) {
        let what = format!("{ZARR_JSON} and {old} are both present");
        found.push(Finding::new(&rules::TWO_FORMATS, name(directory), what));
    }
}

/// `nodes` are all nodes, in the order of their paths.
fn implicit(directory: &Directory, nodes: &[&Directory], found: &mut Vec<Finding>) {
    if directory.is_node() {
        return;
    }
    let inside = match directory.path.as_str() {
        "" => String::new(),
        path => format!("{path}/"),
    };
    let first = nodes.partition_point(|node| node.path < inside);
    let node = nodes.get(first).copied();
    let Some(node) = node.filter(|node| node.path.starts_with(&inside)) else {
        return;
    };
    let format = match node.document(ZARR_JSON) {
        Some(_) => ZarrFormat::V3,
        None => ZarrFormat::V2,
    };
    let what = format!(
        "{} lies below, but this group has no document of its own",
        name(node)
    );
    let fix = Fix::MakeGroup(directory.location.clone(), format);
    found.push(Finding::new(&rules::IMPLICIT_GROUP, name(directory), what).with_fix(fix));
}

fn names(directory: &Directory, found: &mut Vec<Finding>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for prefix in &directory.listing.prefixes {
        if let Some(other) = seen.insert(prefix.name().to_lowercase(), prefix.name()) {
            let what = format!("it differs from {other:?} only in case");
            found.push(Finding::new(
                &rules::CASE,
                prefix.as_str().trim_end_matches('/'),
                what,
            ));
        }
    }
    let unknown = directory
        .listing
        .keys
        .iter()
        .filter(|entry| !documents::ALL.contains(&entry.key.name()));
    for entry in unknown {
        found.push(unknown_key(&entry.key));
    }
}

/// A key that belongs to no node.
pub(super) fn unknown_key(key: &zarr::tools::Key) -> Finding {
    match leftover_of_others(key.name()) {
        Some(who) => {
            let what = format!("left behind by {who}");
            Finding::new(&rules::LEFTOVER, key.as_str(), what).with_fix(Fix::DeleteKey(key.clone()))
        }
        None => Finding::new(
            &rules::UNKNOWN_KEY,
            key.as_str(),
            "neither a document nor a chunk",
        ),
    }
}

/// Temporary files of other writers, by their names.
fn leftover_of_others(name: &str) -> Option<&'static str> {
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some((_, random)) = name
        .strip_suffix(".partial")
        .and_then(|name| name.rsplit_once('.'))
        && hex(random)
    {
        return Some("zarr-python");
    }
    name.ends_with(".__lock").then_some("tensorstore")
}

/// The path of a directory, to be shown.
fn name(directory: &Directory) -> String {
    match directory.path.as_str() {
        "" => "/".to_owned(),
        path => path.to_owned(),
    }
}
