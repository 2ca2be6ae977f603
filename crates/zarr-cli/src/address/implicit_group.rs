//! Directories that contain nodes but have no document of their own.

use zarr::blocking::Wait;
use zarr::{Group, Node};

use super::{Address, existing_mode};
use crate::failure::{Exit, Failure};
use crate::output::text;

impl Address {
    /// Like [`open`](Self::open), but a directory that contains nodes and has no document of its own is a group, with
    /// a warning.
    pub(crate) fn open_or_implicit(&self) -> Result<Node, Failure> {
        let failure = match self.open() {
            Err(failure) if failure.exit() == Exit::NotFound => failure,
            opened => return opened,
        };
        match self.implicit_group() {
            Ok(group) => {
                let what = format!(
                    "{}: this group has no document of its own, so that other tools do not open it; `zarr doctor --fix` \
                     writes one",
                    self.shown
                );
                text::warning(&text::escaped(&what));
                Ok(Node::Group(group))
            }
            Err(_) => Err(failure),
        }
    }

    /// The names of the nodes in a directory that is not a node itself.
    pub(super) fn names_below(&self) -> Option<String> {
        let names = self.implicit_group().ok()?.keys().wait().ok()?;
        let shown: Vec<String> = names
            .iter()
            .take(5)
            .map(|name| format!("{name:?}"))
            .collect();
        let more = if names.len() > 5 { ", …" } else { "" };
        let names = shown.join(", ");
        Some(format!(
            "it has no document of its own, but holds {names}{more}: name one of these, or see `zarr tree {}`",
            self.shown
        ))
    }

    fn implicit_group(&self) -> zarr::Result<Group> {
        let (store, path) = self.store_and_path();
        let opened = async {
            let place = self.place_in(store, path).await?;
            let mode = existing_mode(&place);
            let open = zarr::open_group(place).mode(mode).implicit(true);
            open.use_consolidated(false).await
        };
        opened.wait()
    }
}
