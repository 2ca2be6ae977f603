//! How many bytes each node of a hierarchy stores.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use zarr::Location;
use zarr::blocking::Wait;
use zarr::tools::Entry;

use crate::failure::Failure;

/// The bytes stored below each of the paths, by one listing of the store.
pub(crate) fn below<'a>(
    location: &Location,
    place: &str,
    paths: impl Iterator<Item = &'a String>,
) -> Result<BTreeMap<String, u64>, Failure> {
    let mut sizes: BTreeMap<String, u64> = paths.map(|path| (path.clone(), 0)).collect();
    let prefix = location.path().as_str();
    let add = |entry: Entry| {
        let key = entry.key.as_str();
        let mut name = key.strip_prefix(prefix).unwrap_or(key);
        loop {
            name = name.rsplit_once('/').map_or("", |(above, _)| above);
            if let Some(size) = sizes.get_mut(name) {
                *size = size.saturating_add(entry.size);
            }
            if name.is_empty() {
                break;
            }
        }
    };
    let listed = async {
        let mut add = add;
        let mut entries = location.store().list(location.path());
        while let Some(entry) = entries.try_next().await? {
            add(entry);
        }
        Ok::<(), zarr::Error>(())
    };
    let listed = listed.wait();
    listed.map_err(|error| Failure::zarr("cannot find out how much is stored", place, &error))?;
    Ok(sizes)
}

/// A summary of sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SizeSummary {
    pub(crate) min: u64,
    pub(crate) median: u64,
    pub(crate) max: u64,
    pub(crate) sum: u64,
}

impl SizeSummary {
    pub(crate) fn of(sizes: impl Iterator<Item = u64>) -> Option<Self> {
        let mut sizes: Vec<u64> = sizes.collect();
        sizes.sort_unstable();
        Some(Self {
            min: *sizes.first()?,
            median: *sizes.get(sizes.len() / 2)?,
            max: *sizes.last()?,
            sum: sizes.iter().fold(0, |sum, size| sum.saturating_add(*size)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_sizes() {
        let spread = |sizes: &[u64]| SizeSummary::of(sizes.iter().copied());
        let expected = SizeSummary {
            min: 1,
            median: 5,
            max: 9,
            sum: 15,
        };
        assert_eq!(spread(&[9, 1, 5]), Some(expected));
        assert_eq!(spread(&[]), None);
    }
}
