//! `STORE::PATH`: the address of a node, as its store and the path in it.

use std::path::Path;

/// An address as the store and the path in it: `demo.zarr::ocean/sst`, `s3://bucket/x.zip::a`. Without `::` it is a store,
/// and so is a path to something that is there with `::` in its name.
///
/// ```
/// use zarr_store::store_and_path;
/// assert_eq!(store_and_path("demo.zarr::ocean/sst"), ("demo.zarr", "ocean/sst"));
/// assert_eq!(store_and_path("s3://bucket/a.zarr::b"), ("s3://bucket/a.zarr", "b"));
/// assert_eq!(store_and_path("http://[::1]:80/a.zarr"), ("http://[::1]:80/a.zarr", ""));
/// ```
#[must_use]
pub fn store_and_path(address: &str) -> (&str, &str) {
    let whole = (address, "");
    // Colons in brackets belong to the number of a host.
    let host = address.find("://[").and_then(|at| {
        let end = address.get(at..)?.find(']')?;
        Some(at + end)
    });
    let from = host.unwrap_or(0);
    let Some(at) = address.get(from..).and_then(|rest| rest.find("::")) else {
        return whole;
    };
    let (store, rest) = address.split_at(from + at);
    let path = rest.strip_prefix("::").unwrap_or(rest);
    // No path is a URL: `zip::https://…` is refused as an address of a store.
    match store.is_empty() || path.contains("://") || Path::new(address).exists() {
        true => whole,
        false => (store, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        let table = [
            ("a.zarr", "a.zarr", ""),
            ("a.zarr::", "a.zarr", ""),
            ("a.zarr::b/c", "a.zarr", "b/c"),
            ("x.zip::a", "x.zip", "a"),
            ("memory://m::a", "memory://m", "a"),
            ("https://h/x?y=1::a", "https://h/x?y=1", "a"),
            ("https://[::1]/x::a", "https://[::1]/x", "a"),
            ("zip::https://h/x.zip", "zip::https://h/x.zip", ""),
            ("::a", "::a", ""),
        ];
        for (address, store, path) in table {
            assert_eq!(store_and_path(address), (store, path), "{address}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn colons_may_be_part_of_a_name_that_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let odd = dir.path().join("a::b");
        std::fs::create_dir(&odd).unwrap();
        let odd = odd.to_str().unwrap();
        assert_eq!(store_and_path(odd), (odd, ""));
    }
}
