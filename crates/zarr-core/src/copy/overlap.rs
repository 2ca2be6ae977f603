//! Whether two places are one, or one lies in the other, whichever stores they are reached through.

use zarr_store::{Key, Location, LockName};

use crate::{Error, Result};

/// What is copied, and where it lies.
pub(super) struct Ground {
    /// The topmost node, then the places above it.
    source: Vec<Name>,
    /// Whether anything of the destination may lie in the source, or around it.
    touches: bool,
}

/// A place as its store knows it.
#[derive(PartialEq)]
struct Name {
    lock: LockName,
    /// Stores that are not asked from a thread may show one place under several keys.
    text: Option<String>,
}

fn name(location: &Location) -> Option<Name> {
    // Only a name: nothing is stored there.
    let key: Key = location.key(".copy").ok()?;
    let store = location.store();
    Some(match store.as_blocking() {
        Some(store) => Name {
            lock: store.lock_name(&key),
            text: None,
        },
        None => Name {
            lock: LockName::new(store.hints().identity, &key),
            text: Some(location.to_string()),
        },
    })
}

/// A place and all above it.
fn upwards(location: &Location) -> impl Iterator<Item = Name> {
    let places = std::iter::successors(Some(location.clone()), Location::parent);
    places.filter_map(|place| name(&place))
}

impl Ground {
    /// `dest` is where the topmost node comes to lie.
    ///
    /// # Errors
    /// Where that is the source itself, or lies in it.
    pub(super) fn new(source: &Location, dest: &Location) -> Result<Self> {
        let names: Vec<Name> = upwards(source).collect();
        let mut ground = Self {
            source: names,
            touches: true,
        };
        ground.check(dest, false)?;
        ground.touches = name(dest).is_some_and(|dest| ground.source.contains(&dest));
        Ok(ground)
    }

    /// Whether a node may be written at a place, or all there is replaced by it.
    ///
    /// # Errors
    /// Where the place is the source, lies in it, or would take it away.
    pub(super) fn check(&self, place: &Location, replaced: bool) -> Result<()> {
        if !self.touches {
            return Ok(());
        }
        let top = self.source.first();
        let inside = upwards(place).any(|name| Some(&name) == top);
        let around = replaced && name(place).is_some_and(|name| self.source.contains(&name));
        match inside || around {
            false => Ok(()),
            true => {
                let text = format!(
                    "{place} and what is copied are one, or one lies in the other; copy to \
                     another place"
                );
                Err(Error::argument("dest", text))
            }
        }
    }
}
