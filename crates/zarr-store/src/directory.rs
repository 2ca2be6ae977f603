//! Directories in an ordered map of keys, which has none: what lies below a prefix, and directly in
//! it. It knows no store.

use std::{collections::BTreeMap, ops::Bound};

use crate::{Entry, Key, Listing, Prefix};

/// What lies below `prefix` from the text `from` on.
pub(crate) fn below<'a, V>(
    values: &'a BTreeMap<Key, V>,
    prefix: &'a Prefix,
    from: &str,
) -> impl Iterator<Item = (&'a Key, &'a V)> + use<'a, V> {
    values
        .range::<str, _>((Bound::Included(from), Bound::Unbounded))
        .take_while(|(key, _)| prefix.contains(key))
}

/// What lies directly in `prefix`; `size` tells the bytes of a value.
pub(crate) fn list_dir<V>(
    values: &BTreeMap<Key, V>,
    prefix: &Prefix,
    size: impl Fn(&V) -> u64,
) -> Listing {
    let mut listing = Listing::default();
    let mut from = prefix.as_str().to_owned();
    // One step per name, not per value: behind a directory, go on behind all that is in it.
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
