//! Whether two places are one, or one lies in the other, whichever stores they are reached through.

use zarr_store::{Location, RealPath};

use crate::{Error, Result};

/// What is copied, and where it lies.
pub(super) struct Ground {
    source: RealPath,
}

fn site(location: &Location) -> RealPath {
    location.store().real_path(location.path())
}

impl Ground {
    /// `dest` is where the topmost node comes to lie.
    ///
    /// # Errors
    /// Where that is the source itself, or lies in it.
    pub(super) fn new(source: &Location, dest: &Location) -> Result<Self> {
        let ground = Self {
            source: site(source),
        };
        ground.check(dest, false)?;
        Ok(ground)
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
                    "{place} and what is copied are one, or one lies in the other; copy to \
                     another place"
                );
                Err(Error::argument("dest", text))
            }
        }
    }
}
