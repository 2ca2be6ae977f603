//! Names that no key can have, so that no command reaches what they name: found in listings, and reported.

use zarr::Location;
use zarr::blocking::Wait;
use zarr::tools::{Listing, Prefix};

use crate::address::Address;
use crate::output::text;

/// Why a name is left out.
pub(crate) const WHY: &str = "its name contains a backslash or bytes that are not UTF-8, or is too long to be a key; \
                              rename it";

/// At most this many are named; the rest are counted.
const MOST: usize = 20;

/// Warns of such names directly in these groups, given by their paths below the node.
pub(crate) fn warn<'a>(address: &Address, groups: impl Iterator<Item = &'a str>) {
    let Ok(location) = address.location() else {
        return;
    };
    if !location.store().hints().listable {
        return;
    }
    let places = groups.filter_map(|path| location.join(path).ok());
    let found: Vec<String> = places
        .flat_map(|place| list(&place, place.path()).unnamed)
        .collect();
    for name in found.iter().take(MOST) {
        text::warning(&text::escaped(&format!("left out: {name}: {WHY}")));
    }
    if found.len() > MOST {
        text::warning(&format!("and {} more are left out", found.len() - MOST));
    }
}

/// All such names below a location.
pub(crate) fn below(location: &Location) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = match location.store().hints().listable {
        true => vec![location.path().clone()],
        false => vec![],
    };
    while let Some(prefix) = rest.pop() {
        let listing = list(location, &prefix);
        found.extend(listing.unnamed);
        rest.extend(listing.prefixes);
    }
    found
}

/// Errors are ignored here: what cannot be listed is reported where it is listed for other reasons.
fn list(location: &Location, prefix: &Prefix) -> Listing {
    let listing = async { Ok::<_, zarr::Error>(location.store().list_dir(prefix).await?) };
    let listing: zarr::Result<Listing> = listing.wait();
    listing.unwrap_or_default()
}
