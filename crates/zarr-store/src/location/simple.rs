//! An address that is not a pipeline: what its scheme says, and which store it means where it is not a path.

use std::{borrow::Cow, sync::Arc};

use super::{
    named_memory,
    refusal::{refused, unknown_option},
    urls,
};
use crate::{BlockingStore, MemoryStore, Prefix, Prefixed, Result, Store};

/// The path that an address is.
pub(super) fn path_of(address: &str) -> Result<Option<Cow<'_, [u8]>>> {
    let refuse = |why| Err(refused(address, why));
    match scheme(address) {
        None if address.is_empty() => refuse("an empty address; `.` is the current directory"),
        None if is_chained(address) => refuse(
            "an address chained as fsspec writes it; an archive in a store is `https://host/x.zip|zip:path`",
        ),
        None => Ok(Some(address.as_bytes().into())),
        Some(("file", rest)) => {
            let path = match rest.strip_prefix("//") {
                Some(host) => host.strip_prefix("localhost").unwrap_or(host),
                None => rest,
            };
            if !path.starts_with('/') {
                return refuse("a `file:` URL needs an absolute path, as in `file:///data/a.zarr`");
            }
            match percent_decoded(path) {
                Some(path) => Ok(Some(path.into())),
                None => refuse("`%` must be followed by two hex digits"),
            }
        }
        Some(_) => Ok(None),
    }
}

/// The store at an address that is no path.
pub(super) fn open_elsewhere(address: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Store>> {
    let Some(("memory", name)) = scheme(address) else {
        return urls::open_url(address, options);
    };
    no_options(address, options)?;
    match name.strip_prefix("//") {
        None if !name.is_empty() => Err(refused(
            address,
            "a store in memory has no path; write `memory:`, or `memory://name` to share one",
        )),
        None | Some("") => Ok(MemoryStore::new().into_store()),
        Some(name) => open_named(name),
    }
}

fn open_named(name: &str) -> Result<Arc<dyn Store>> {
    let (name, path) = name.split_once('/').unwrap_or((name, ""));
    below(named_memory::store(name), path)
}

/// A directory of a store as a store of its own; all of it where no directory is named.
pub(super) fn below(store: Arc<dyn Store>, path: &str) -> Result<Arc<dyn Store>> {
    match Prefix::new(path.trim_matches('/'))? {
        root if root.is_root() => Ok(store),
        path => Ok(Arc::new(Prefixed::new(store, path))),
    }
}

/// For stores that have none.
fn no_options(address: &str, options: &[(&str, &str)]) -> Result<()> {
    match options.first() {
        None => Ok(()),
        Some((name, _)) => Err(unknown_option(address, name, "a store in memory has none")),
    }
}

/// What stands before and behind the colon, if that is a scheme: two characters or more, so that a
/// drive letter is none, and no slash before it.
pub(super) fn scheme(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    let known_shape = scheme.len() >= 2
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    // A file may be called `a:b`; only what can be nothing else is read as a scheme.
    (known_shape && (rest.starts_with("//") || matches!(scheme, "file" | "memory")))
        .then_some((scheme, rest))
}

/// Whether an address is like `zip::https://host/x.zip`. Taken for a path, it would be shown as one.
fn is_chained(address: &str) -> bool {
    let last = address.rsplit("::").next();
    last.is_some_and(|last| last.len() < address.len() && scheme(last).is_some())
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            b => b,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_schemes_are_schemes() {
        assert_eq!(scheme("s3://b"), Some(("s3", "//b")));
        assert_eq!(scheme("file:/x"), Some(("file", "/x")));
        for address in ["a:b", "./memory:x", "dir/x://y", "C:/x", "10:30.zarr"] {
            assert_eq!(scheme(address), None, "{address}");
        }
    }
}
