//! Opening a node to change it, so that consolidated metadata in the groups above is kept or reported as out of
//! date.

use zarr::blocking::Wait;
use zarr::{Array, Config, Context, Location, Node};

use super::node_directory::{directory_of, is_node, outermost};
use super::{Address, existing_mode, node_path};
use crate::failure::Failure;
use crate::output::{text, warnings};

/// Warns of the consolidated metadata of this group and all above.
fn warn_from(mut place: Option<Location>, state: &str) {
    while let Some(here) = place {
        let group = zarr::open_group(here.clone())
            .mode(existing_mode(&here))
            .use_consolidated(true);
        if group.wait().is_ok() {
            let what = format!(
                "the consolidated metadata of {here} {state}; `zarr consolidate` updates it"
            );
            text::warning(&text::escaped(&what));
        }
        place = here.parent();
    }
}

impl Address {
    /// From here on, does not update consolidated metadata above.
    pub(crate) fn leave_consolidated(&mut self) {
        self.leaves_consolidated = true;
    }

    /// The context in which the node is changed.
    pub(crate) fn context(&self) -> Context {
        match self.leaves_consolidated {
            true => warnings::printing(self.config()).build(),
            false => warnings::context(),
        }
    }

    /// The context of a copy to this place, which may be given a limit on the memory for chunks.
    pub(crate) fn context_of_copy(&self, memory: Option<u64>) -> Context {
        let context = warnings::printing_for_copies(self.config());
        match memory {
            Some(bytes) => context.memory(bytes).build(),
            None => context.build(),
        }
    }

    fn config(&self) -> Config {
        let mut config = zarr::config_from_env();
        config.leave_consolidated |= self.leaves_consolidated;
        config
    }

    /// Warns of the consolidated metadata that is out of date after a change that did not update it.
    pub(crate) fn warn_of_stale_metadata(&self, changed: &Location) {
        if self.leaves_consolidated {
            warn_from(Some(changed.clone()), "is now out of date");
        }
    }

    /// Warns of the consolidated metadata of the groups above, after documents were written or deleted one by one.
    pub(crate) fn warn_of_stale_metadata_above(&self) {
        let place = self.new_node_location().ok();
        let place = place.and_then(|place| place.location().wait().ok());
        let above = place.and_then(|place| place.parent());
        warn_from(above, "may now be out of date");
    }

    /// Opens the node to change it, as part of the hierarchy that it lies in, so that consolidated metadata above is
    /// updated.
    pub(crate) fn open_to_change(&self) -> Result<Node, Failure> {
        let (store, path) = self.store_and_path();
        let root = directory_of(store).filter(|store| is_node(store));
        let inner = root.as_deref().and_then(|store| {
            let store = std::path::absolute(store).ok()?;
            let root = outermost(&store);
            let above = node_path(store.strip_prefix(root).ok()?)?;
            let path = [&above, path].join("/");
            Some((root.to_str()?.to_owned(), path.trim_matches('/').to_owned()))
        });
        let Some((store, path)) = inner else {
            return self.open();
        };
        let opened = self.node(&store, &path).wait();
        // For its error.
        opened.or_else(|_| self.open())
    }

    /// Opens the array that must be here, to change it.
    pub(crate) fn open_array_to_change(&self, doing: &str) -> Result<Array, Failure> {
        self.array(self.open_to_change()?, doing)
    }
}
