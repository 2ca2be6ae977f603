//! Listings of the values in one ordered map: what lies in a directory, without a step for each value that lies
//! deeper.

use std::{collections::BTreeMap, ops::Bound};

use crate::{Entry, Key, Listing, Prefix};

/// The values below `prefix` whose keys are not less than `from`, in order.
pub(crate) fn below<'a, V>(
    values: &'a BTreeMap<Key, V>,
    prefix: &'a Prefix,
    from: &str,
) -> impl Iterator<Item = (&'a Key, &'a V)> + use<'a, V> {
    values
        .range::<str, _>((Bound::Included(from), Bound::Unbounded))
        .take_while(|(key, _)| prefix.contains(key))
}

/// Everything below `prefix`, in order.
pub(crate) fn list<V>(
    values: &BTreeMap<Key, V>,
    prefix: &Prefix,
    size: impl Fn(&V) -> u64,
) -> Vec<Entry> {
    below(values, prefix, prefix.as_str())
        .map(|(key, value)| Entry {
            key: key.clone(),
            size: size(value),
        })
        .collect()
}

/// Takes out everything below `prefix`, for the caller to drop.
pub(crate) fn remove_below<V>(values: &mut BTreeMap<Key, V>, prefix: &Prefix) -> Vec<V> {
    let keys: Vec<Key> = below(values, prefix, prefix.as_str())
        .map(|(key, _)| key.clone())
        .collect();
    keys.iter().filter_map(|key| values.remove(key)).collect()
}

/// What lies directly in `prefix`. One step per name: behind a directory, it goes on behind all
/// that is in it.
pub(crate) fn list_dir<V>(
    values: &BTreeMap<Key, V>,
    prefix: &Prefix,
    size: impl Fn(&V) -> u64,
) -> Listing {
    let mut listing = Listing::default();
    let mut from = prefix.as_str().to_owned();
    while let Some((key, value)) = below(values, prefix, &from).next() {
        let rest = &key.as_str()[prefix.as_str().len()..];
        from = match rest.find('/') {
            Some(slash) => {
                let directory = &key.as_str()[..=prefix.as_str().len() + slash];
                listing.prefixes.push(Prefix::trusted(directory));
                // `0` is the character that follows `/`.
                [&directory[..directory.len() - 1], "0"].concat()
            }
            None => {
                listing.keys.push(Entry {
                    key: key.clone(),
                    size: size(value),
                });
                // NUL is in no key, so this is the least text behind this key.
                [key.as_str(), "\0"].concat()
            }
        };
    }
    listing
}
