//! Addresses of nodes as users write them: `demo.zarr`, `demo.zarr/ocean/sst` or `demo.zarr::ocean/sst`. Opens
//! nodes and finds the place for new ones.

pub(crate) mod archives;
mod consolidated;
pub(crate) mod foreign_formats;
mod implicit_group;
pub(crate) mod store_options;
pub(crate) mod suggestions;

use std::fmt;
use std::future::ready;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::TryStreamExt;
use zarr::blocking::Wait;
use zarr::tools::without_secrets;
use zarr::{
    Array, ChunkKeyEncoding, ErrorClass, Location, Node, Store, UseConsolidated, ZarrFormat,
};

use self::consolidated::outermost;
use crate::address::store_options::StoreOptions;
use crate::address::suggestions::{is_node, similar_child};
use crate::failure::{Exit, Failure};
use crate::hierarchy::document_names;
use crate::output::text;

/// The address of a node.
#[derive(Clone)]
pub(crate) struct Address {
    /// As it may be shown: without what is secret in it.
    shown: String,
    /// As it is written: a directory is a store of its own, unless `::` says otherwise; a directory with `::` in its
    /// name still is one.
    written: StorePath,
    /// Where it is looked for if no link may lead out of a directory.
    confined: Option<StorePath>,
    /// What its store is told.
    options: StoreOptions,
    /// Whether consolidated metadata above is left as it is.
    leaves_consolidated: bool,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

/// A store, and a path in it.
#[derive(Clone)]
struct StorePath {
    store: String,
    path: String,
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text.is_empty() || text.starts_with("::") {
            return Err("no store is named; `.` is the current directory");
        }
        let (store, path) = match text.split_once("::") {
            // No path is a URL: an address like `zip::https://…` is one that the library refuses.
            Some((_, url)) if url.contains("://") => (text, ""),
            Some(parts) if !Path::new(text).exists() => parts,
            _ => (text, ""),
        };
        Ok(Self {
            shown: without_secrets(text),
            written: StorePath {
                store: store.to_owned(),
                path: path.to_owned(),
            },
            confined: None,
            options: StoreOptions::default(),
            leaves_consolidated: false,
        })
    }
}

/// Where a new node goes: below which store, and of which format its neighbours are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewNodeLocation {
    pub(crate) store: String,
    pub(crate) options: StoreOptions,
    pub(crate) name: String,
    pub(crate) format: Option<ZarrFormat>,
}

impl Address {
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }

    /// Follows no link that leads out of a directory from here on. Of a store below a node, the outermost node above is
    /// the store: a link on the way from there is one inside of it.
    pub(crate) fn confine(&mut self) {
        let StorePath { store, path } = &self.written;
        let confined = files(store).and_then(|store| below_outermost(&store, path));
        self.confined = Some(confined.unwrap_or_else(|| self.written.clone()));
    }

    fn store_and_path(&self) -> (&str, &str) {
        let StorePath { store, path } = self.confined.as_ref().unwrap_or(&self.written);
        (store, path)
    }

    /// The directory this is, unless it is in a store that was named, or no path at all.
    pub(crate) fn directory(&self) -> Option<&Path> {
        let StorePath { store, path } = &self.written;
        (path.is_empty() && !is_url(store)).then(|| Path::new(store))
    }

    /// Tells its store these options.
    pub(crate) fn set_options(&mut self, options: StoreOptions) {
        self.options = options;
    }

    /// Whether its store may know an option of this name.
    pub(crate) fn accepts_option(&self, name: &str) -> bool {
        match (self.is_files(), name == "symlinks") {
            (true, is_of_files) => is_of_files,
            (false, is_of_files) => !is_of_files && !self.store_and_path().0.starts_with("memory:"),
        }
    }

    fn is_files(&self) -> bool {
        let (store, _) = self.store_and_path();
        store.starts_with("file:") || !is_url(store)
    }

    /// What its store is told. Links are an affair of files, and archives are finished when the command is done.
    pub(crate) fn options(&self) -> StoreOptions {
        let options = self.options.clone().with("finish", "sync");
        match self.confined.is_some() && self.is_files() {
            true => options.with("symlinks", "inside"),
            false => options,
        }
    }

    /// The node at a path in a store that this address leads to.
    fn node(&self, store: &str, path: &str) -> zarr::Open {
        let options = self.options();
        zarr::open(store)
            .path(path)
            .storage_options(options.pairs())
    }

    /// The directory `path` of such a store.
    async fn place_in(&self, store: &str, path: &str) -> zarr::Result<Location> {
        let options = self.options();
        Ok(Location::open(store, &options.pairs()).await?.join(path)?)
    }

    /// Opens the node. Where nothing can be listed, as on web servers, a group knows what is below it
    /// from consolidated metadata, if there is some.
    pub(crate) fn open(&self) -> Result<Node, Failure> {
        let (store, path) = self.store_and_path();
        let opened = async {
            match self.node(store, path).await? {
                Node::Group(group) if !group.store().hints().listable => {
                    let again = zarr::open_group(&group).use_consolidated(UseConsolidated::Auto);
                    again.await.map(Node::Group)
                }
                node => Ok(node),
            }
        };
        opened.wait().map_err(|error: zarr::Error| {
            let failure = Failure::zarr("cannot open", &self.shown, &error);
            if error.class() != ErrorClass::NotFound {
                return failure;
            }
            if let Some(children) = self.names_below() {
                return failure.advice(children);
            }
            let advice = match self.directory() {
                Some(path) => Some(suggestions::path(path, |store| self.node(store, "").wait())),
                None => match suggestions::without_document(&self.shown) {
                    Some(node) => Some(format!("did you mean {node}?")),
                    None => self.suggestion_in_store(store, path),
                },
            };
            match advice {
                Some(advice) => failure.advice(advice),
                None => failure,
            }
        })
    }

    /// Opens the array that must be here.
    pub(crate) fn open_array(&self, doing: &str) -> Result<Array, Failure> {
        self.array(self.open()?, doing)
    }

    /// The array that a node must be.
    fn array(&self, node: Node, doing: &str) -> Result<Array, Failure> {
        match node {
            Node::Array(array) => Ok(array),
            Node::Group(_) => {
                let why = "it is a group, not an array";
                let failure = Failure::new(Exit::Usage, doing, &self.shown, why);
                Err(failure.advice(format!("`zarr tree {}` lists its arrays", self.shown)))
            }
        }
    }

    /// The directory of its store, whatever is there.
    pub(crate) fn location(&self) -> Result<Location, Failure> {
        let (store, path) = self.store_and_path();
        let location = self.place_in(store, path).wait();
        location.map_err(|error| Failure::zarr("cannot open", &self.shown, &error))
    }

    /// The archive that can be written here, also where there is none yet.
    pub(crate) fn archive(&self) -> Option<Arc<dyn Store>> {
        let (store, _) = self.store_and_path();
        if is_url(store) && !store.starts_with("file:") {
            return None;
        }
        // Whatever is wrong, the command meets it and says so.
        let store = Arc::clone(self.place_in(store, "").wait().ok()?.store());
        store.hints().held_back.then_some(store)
    }

    /// The same for others to look into: nothing outside of a directory is reached, wherever links in it lead.
    pub(crate) fn confined(&self) -> Self {
        let mut address = self.clone();
        address.confined = Some(address.confined.unwrap_or_else(|| self.written.clone()));
        address
    }

    /// Finds the place for a new node here. Of a path below a group, the group is where it belongs:
    /// only so are the groups between them made, and nothing is put into an array.
    pub(crate) fn new_node_location(&self) -> Result<NewNodeLocation, Failure> {
        let (store, name) = self.store_and_path();
        let here = NewNodeLocation {
            store: store.to_owned(),
            options: self.options(),
            name: name.to_owned(),
            format: None,
        };
        let above = match self.directory().filter(|_| name.is_empty()) {
            None if name.is_empty() => None,
            None => Some(here.clone()),
            Some(path) => match self.above(path) {
                Ok(found) => found,
                Err(error) => {
                    return Err(Failure::io(
                        "cannot search the directories above",
                        &self.shown,
                        &error,
                    ));
                }
            },
        };
        let Some(mut place) = above else {
            return Ok(here);
        };
        match self.node(&place.store, "").wait() {
            Ok(Node::Group(group)) => place.format = Some(group.zarr_format()),
            // For the library to refuse.
            Ok(Node::Array(_)) => {}
            Err(error) if error.class() == ErrorClass::NotFound => {}
            Err(error) => {
                let store = without_secrets(&place.store);
                return Err(Failure::zarr("cannot open", &store, &error));
            }
        }
        Ok(place)
    }

    /// Refuses to replace what is no node: whoever names a directory of other files has the wrong one,
    /// and it would be gone.
    pub(crate) fn check_replaceable(&self) -> Result<(), Failure> {
        let (store, path) = self.store_and_path();
        match self.node(store, path).wait() {
            Err(error) if error.class() == ErrorClass::NotFound => {}
            // A node, or a broken one, or an error that creating meets again.
            _ => return Ok(()),
        }
        let listing = async {
            let here = self.place_in(store, path).await?;
            let below = here.store().list(here.path());
            // What is left of an array may be cleared.
            let is_other = |entry: &zarr::tools::Entry| {
                let name = entry.key.strip(here.path());
                let name = name.as_ref().map_or("", |name| name.as_str());
                !document_names::ALL.contains(&name) && !ChunkKeyEncoding::is_likely(name)
            };
            let other = below.try_filter(|entry| ready(is_other(entry)));
            Ok(pin!(other).try_next().await?.is_some())
        };
        let listing: zarr::Result<bool> = listing.wait();
        let has_others =
            listing.map_err(|error| Failure::zarr("cannot list", &self.shown, &error))?;
        if !has_others {
            return Ok(());
        }
        let why = "it holds other files, and no array or group to replace";
        Err(
            Failure::new(Exit::Conflict, "cannot overwrite", &self.shown, why)
                .advice("remove them yourself, or choose another path"),
        )
    }

    /// The store that a path lies in and the rest of the way, as far as names alone lead: the nearest node above,
    /// and what is above that as long as each is a node, so that consolidated metadata of all of them is kept;
    /// where there is none, the nearest directory above with the name of a store.
    fn above(&self, path: &Path) -> std::io::Result<Option<NewNodeLocation>> {
        let path = std::path::absolute(path)?;
        let above = || path.ancestors().skip(1);
        let nearest = above().find(|above| is_node(above));
        let store = match nearest {
            Some(nearest) => Some(outermost(nearest)),
            None => above().find(|above| above.extension().is_some_and(|end| end == "zarr")),
        };
        let place = store.and_then(|store| {
            Some(NewNodeLocation {
                store: store.to_str()?.to_owned(),
                options: self.options(),
                // A name that is no text is in no store.
                name: path.strip_prefix(store).ok()?.to_str()?.to_owned(),
                format: None,
            })
        });
        Ok(place)
    }

    /// What to try instead of a path in a store.
    fn suggestion_in_store(&self, store: &str, path: &str) -> Option<String> {
        let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        let (above, rest) = (0..steps.len()).rev().find_map(|n| {
            let above = steps.get(..n)?.join("/");
            self.node(store, &above).wait().ok()?;
            Some((above, steps.get(n..)?.join("/")))
        })?;
        let found = similar_child(self.node(store, &above).wait(), &rest)?;
        let slash = if above.is_empty() { "" } else { "/" };
        let store = without_secrets(store);
        Some(format!("did you mean {store}::{above}{slash}{found}?"))
    }
}

/// Whether a text names something else than files by their path.
fn is_url(store: &str) -> bool {
    store.contains("://") || ["file:", "memory:"].iter().any(|s| store.starts_with(s))
}

/// The directory that a store is, unless it is an archive or elsewhere.
fn files(store: &str) -> Option<PathBuf> {
    let path = match store.strip_prefix("file:") {
        Some(rest) => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            text::percent_decoded(path.strip_prefix("localhost").unwrap_or(path))?.into()
        }
        None if is_url(store) => return None,
        None => PathBuf::from(store),
    };
    let archive =
        store.contains("|zip:") || !path.is_dir() && (path.is_file() || store.ends_with(".zip"));
    (!archive).then_some(path)
}

/// The outermost node above a store, as far as names alone lead, and the rest of the way to a path in that.
fn below_outermost(store: &Path, path: &str) -> Option<StorePath> {
    let store = std::path::absolute(store).ok()?;
    let above = store.ancestors().skip(1).filter(|above| is_node(above));
    let root = above.last()?;
    let rest = store.strip_prefix(root).ok()?.to_str()?;
    Some(StorePath {
        store: root.to_str()?.to_owned(),
        path: [rest, path].join("/").trim_end_matches('/').to_owned(),
    })
}
