//! Pipelines: a store inside a value of another store, such as a zip archive on S3.

use std::sync::Arc;

use super::{
    archives,
    finish::Finish,
    paths,
    refusal::refused,
    simple::{below, open_elsewhere, path_of, scheme},
};
use crate::{Key, Result, Store};

/// A layer over a value, as the address names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layer<'a> {
    /// What kind: `zip`.
    kind: &'a str,
    /// The directory in it that is meant.
    path: &'a str,
}

/// An address as what lies below and its last layer, if it is a pipeline: `base|kind:path`, or
/// `x.zip::path` for short. A file may have `|` in its name; only a layer's name makes it a pipeline.
pub(super) fn split(address: &str) -> Option<(&str, Layer<'_>)> {
    if let Some((base, layer)) = address.rsplit_once('|')
        && let Some((kind, path)) = layer.split_once(':')
        && kind.len() >= 2
        && kind
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    {
        return Some((base, Layer { kind, path }));
    }
    let (base, path) = address.split_once("::")?;
    archives::is_named(base.as_bytes()).then_some((base, Layer { kind: "zip", path }))
}

/// The store that `layer` makes of the value at `base`.
pub(super) async fn open(
    address: &str,
    base: &str,
    layer: Layer<'_>,
    options: &[(&str, &str)],
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    if split(base).is_some() {
        return Err(refused(
            address,
            "a layer on top of another one; extract the inner archive",
        ));
    }
    if layer.kind != "zip" {
        return Err(refused(address, "this layer; the only one is `zip:`"));
    }
    if let Some(path) = path_of(base)? {
        let archive = paths::open_archive(address, &path, options, finish).await?;
        return below(archive, layer.path);
    }
    let (directory, key) = parent(base).ok_or_else(|| {
        refused(
            address,
            "a layer over this address; it needs the path of one file",
        )
    })?;
    let store = open_elsewhere(&directory, options)?;
    let archive = archives::open(address, store, Key::new(key)?).await?;
    below(archive, layer.path)
}

/// The archive that a service has under a name as archives have it, if it is one.
pub(super) async fn named(
    address: &str,
    options: &[(&str, &str)],
) -> Result<Option<Arc<dyn Store>>> {
    let is_service = scheme(address).is_some_and(|(scheme, _)| scheme != "memory");
    match parent(address) {
        Some((directory, name)) if is_service && archives::is_named(name.as_bytes()) => {
            archives::find(open_elsewhere(&directory, options)?, Key::new(name)?).await
        }
        _ => Ok(None),
    }
}

/// The address of the directory that a value lies in, and the value's name. A query belongs to the
/// address.
fn parent(base: &str) -> Option<(String, &str)> {
    let (path, query) = match base.contains("://") {
        true => base.split_at(base.find('?').unwrap_or(base.len())),
        false => (base, ""),
    };
    let authority = path.find("://").map_or(0, |at| at + 3);
    let (directory, name) = match path[authority..].rfind('/') {
        Some(slash) => path.split_at(authority + slash),
        // A file beside us; but a bucket is no value.
        None if authority == 0 => (".", path),
        None => return None,
    };
    let name = name.strip_prefix('/').unwrap_or(name);
    let directory = match directory {
        "" => "/",
        directory => directory,
    };
    (!name.is_empty()).then(|| ([directory, query].concat(), name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::wait;

    #[test]
    fn pipelines_are_split() {
        let table = [
            ("s3://b/x.zip|zip:a/b", Some(("s3://b/x.zip", "zip", "a/b"))),
            ("x.zip|zip:", Some(("x.zip", "zip", ""))),
            ("dir/x.zip::a", Some(("dir/x.zip", "zip", "a"))),
            ("a|b.zarr", None),
            ("a::b", None),
            ("a|B:c", None),
            ("x.zip", None),
        ];
        for (address, want) in table {
            let got = split(address).map(|(base, layer)| (base, layer.kind, layer.path));
            assert_eq!(got, want, "{address}");
        }
    }

    #[test]
    fn values_are_split_from_their_directory() {
        let table = [
            ("s3://b/d/x.zip", Some(("s3://b/d", "x.zip"))),
            ("s3://b/x.zip", Some(("s3://b", "x.zip"))),
            (
                "https://h/d/x.zip?sig=/a",
                Some(("https://h/d?sig=/a", "x.zip")),
            ),
            ("x.zip", Some((".", "x.zip"))),
            ("/x.zip", Some(("/", "x.zip"))),
            ("d/x.zip", Some(("d", "x.zip"))),
            ("s3://b", None),
            ("d/", None),
        ];
        for (base, want) in table {
            let got = parent(base);
            let got = got
                .as_ref()
                .map(|(directory, name)| (directory.as_str(), *name));
            assert_eq!(got, want, "{base}");
        }
    }

    #[test]
    fn layers_stand_on_values_and_not_on_layers() {
        for address in ["x.zip|tar:a", "x.zip|zip:y.zip|zip:a", "s3://b|zip:a"] {
            assert!(wait(crate::open_store(address, &[])).is_err(), "{address}");
        }
    }
}
