//! Whether two places are the same, or one lies in the other, through whichever stores they are reached.

use zarr_store::{Location, RealPath};

use crate::{Error, Result};

/// Refuses places that overlap with the source of a copy.
pub(super) struct OverlapCheck {
    source: RealPath,
}

fn site(location: &Location) -> RealPath {
    location.store().real_path(location.path())
}

impl OverlapCheck {
    /// `dest` is where the topmost node comes to lie.
    ///
    /// # Errors
    /// Where that is the source itself, or lies in it.
    pub(super) fn new(source: &Location, dest: &Location) -> Result<Self> {
        let check = Self {
            source: site(source),
        };
        check.check(dest, false)?;
        Ok(check)
    }

    /// Whether a node may be written at a place, or all there is replaced by it.
    ///
    /// # Errors
    /// Where the place is the source, lies in it, or would take it away.
    pub(super) fn check(&self, place: &Location, replaced: bool) -> Result<()> {
        let there = site(place);
        let inside = self.source.contains(&there);
        let around = replaced && there.contains(&self.source);
        match inside || around {
            false => Ok(()),
            true => {
                let text = format!(
                    "{place} is the source of the copy, or one of them lies in the other; copy to another place"
                );
                Err(Error::conflicting("dest", text))
            }
        }
    }
}
