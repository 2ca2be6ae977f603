//! Addresses of nodes as users write them: `demo.zarr`, `demo.zarr/ocean/sst` or `demo.zarr::ocean/sst`. Opens
//! nodes and finds the place for new ones.

pub(crate) mod archives;
mod consolidated;
pub(crate) mod foreign_formats;
mod implicit_group;
mod node_directory;
pub(crate) mod store_options;
pub(crate) mod suggestions;

use std::fmt;
use std::future::ready;
use std::path::Path;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;

use futures_util::TryStreamExt;
use zarr::blocking::Wait;
use zarr::tools::{store_and_path, without_secrets};
use zarr::{
    Array, ChunkKeyEncoding, ErrorClass, Location, Mode, Node, NodePath, Store, ZarrFormat,
};

use self::node_directory::{directory_of, is_node, is_url, outermost};
use crate::address::store_options::StoreOptions;
use crate::address::suggestions::similar_child;
use crate::failure::{Exit, Failure};
use zarr::tools::documents;

/// The address of a node.
#[derive(Clone)]
pub(crate) struct Address {
    /// The address without secrets, to be shown.
    shown: String,
    /// The store and path as written: without `::` a path is a store of its own, and so is an existing directory with
    /// `::` in its name.
    written: StorePath,
    /// The store and path that are used if no link may lead out of the store.
    confined: Option<StorePath>,
    /// The options of its store.
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
        let (store, path) = store_and_path(text);
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

/// Where a new node is created: its store and path there, and the format of the group that it is in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NewNodeLocation {
    pub(crate) store: String,
    pub(crate) options: StoreOptions,
    pub(crate) name: String,
    pub(crate) format: Option<ZarrFormat>,
}

impl NewNodeLocation {
    /// The place itself, in its store.
    pub(crate) async fn location(&self) -> zarr::Result<Location> {
        let root = Location::open(&self.store, &self.options.pairs()).await?;
        zarr::tools::place_in(&root, &self.name).await
    }
}

impl Address {
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }

    /// From here on, follows no link that leads out of the store. If the store lies below a node, the outermost node
    /// above is taken as the store, so that links on the way from there are links inside of it.
    pub(crate) fn confine(&mut self) {
        let StorePath { store, path } = &self.written;
        let confined = directory_of(store).and_then(|store| below_outermost(&store, path));
        self.confined = Some(confined.unwrap_or_else(|| self.written.clone()));
    }

    fn store_and_path(&self) -> (&str, &str) {
        let StorePath { store, path } = self.confined.as_ref().unwrap_or(&self.written);
        (store, path)
    }

    /// The directory of the node, unless the address names a store and a path in it, or is a URL.
    pub(crate) fn directory(&self) -> Option<&Path> {
        let StorePath { store, path } = &self.written;
        (path.is_empty() && !is_url(store)).then(|| Path::new(store))
    }

    /// Sets the options of its store.
    pub(crate) fn set_options(&mut self, options: StoreOptions) {
        self.options = options;
    }

    /// Whether its store may have an option of this name.
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

    /// The options of its store. Only directories have links; archives are finished at the end of the command.
    pub(crate) fn options(&self) -> StoreOptions {
        let options = self.options.clone().with("finish", "sync");
        match self.confined.is_some() && self.is_files() {
            true => options.with("symlinks", "inside"),
            false => options,
        }
    }

    /// The node at a path in a store that this address leads to, which must be there.
    async fn node(&self, store: &str, path: &str) -> zarr::Result<Node> {
        let place = self.place_in(store, path).await?;
        existing(zarr::open(place.clone()), &place)
            .context(&self.context())
            .await
    }

    /// The directory `path` of such a store.
    async fn place_in(&self, store: &str, path: &str) -> zarr::Result<Location> {
        let mut options = self.options();
        if let Some(time) = zarr::default_context().config().timeout
            && self.accepts_option("operation_timeout")
            && !options.has("operation_timeout")
        {
            options = options.with("operation_timeout", &format!("{}s", time.as_secs_f64()));
        }
        let root = Location::open(store, &options.pairs()).await?;
        let path = NodePath::parse(path)?;
        zarr::tools::place_in(&root, path.as_str()).await
    }

    /// Opens the node. In stores that cannot be listed, such as web servers, a group uses consolidated metadata if
    /// there is any.
    pub(crate) fn open(&self) -> Result<Node, Failure> {
        let (store, path) = self.store_and_path();
        let opened = async {
            match self.node(store, path).await? {
                Node::Group(group) if !group.store().hints().listable => {
                    let again = zarr::open_group(&group).mode(existing_mode(group.location()));
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
                Some(path) => Some(suggestions::for_path(path, |store| {
                    self.node(store, "").wait()
                })),
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

    /// The location of the node, whatever is there.
    pub(crate) fn location(&self) -> Result<Location, Failure> {
        let (store, path) = self.store_and_path();
        let location = self.place_in(store, path).wait();
        location.map_err(|error| Failure::zarr("cannot open", &self.shown, &error))
    }

    /// The archive at this address, which may not exist yet.
    pub(crate) fn archive(&self) -> Option<Arc<dyn Store>> {
        let (store, _) = self.store_and_path();
        if is_url(store) && !store.starts_with("file:") {
            return None;
        }
        // The command itself reports what is wrong.
        let store = Arc::clone(self.place_in(store, "").wait().ok()?.store());
        store.hints().held_back.then_some(store)
    }

    /// The same address, from which no link leads out of the store, for data that others may read.
    pub(crate) fn confined(&self) -> Self {
        let mut address = self.clone();
        address.confined = Some(address.confined.unwrap_or_else(|| self.written.clone()));
        address
    }

    /// The location of a new node. A path below a group belongs to that group: then the groups in between are
    /// created, and nothing is put into an array.
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
            // The library refuses this.
            Ok(Node::Array(_)) => {}
            Err(error) if error.class() == ErrorClass::NotFound => {}
            Err(error) => {
                let store = without_secrets(&place.store);
                return Err(Failure::zarr("cannot open", &store, &error));
            }
        }
        Ok(place)
    }

    /// Refuses to replace a directory of other files: it was named by mistake, and they would be lost.
    pub(crate) fn check_replaceable(&self) -> Result<(), Failure> {
        let (store, path) = self.store_and_path();
        match self.node(store, path).wait() {
            Err(error) if error.class() == ErrorClass::NotFound => {}
            // A node, a broken node, or an error that creating reports again.
            _ => return Ok(()),
        }
        let listing = async {
            let here = self.place_in(store, path).await?;
            let below = here.store().list_keys(here.path());
            // What remains of an array may be cleared.
            let is_other = |key: &zarr::tools::Key| {
                let name = key.strip(here.path());
                let name = name.as_ref().map_or("", |name| name.as_str());
                !documents::ALL.contains(&name) && !ChunkKeyEncoding::is_likely(name)
            };
            let other = below.try_filter(|key| ready(is_other(key)));
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

    /// The store of a path and the rest of the path, by names alone: the outermost of the nodes that lie directly one
    /// in the other above it, so that the consolidated metadata of all of them is kept; if there is none, the nearest
    /// directory above with the name of a store.
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
                // A name that is not UTF-8 is in no store.
                name: node_path(path.strip_prefix(store).ok()?)?,
                format: None,
            })
        });
        Ok(place)
    }

    /// A suggestion for a path in a store at which there is no node.
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

/// The mode in which commands open what is there: nothing is ever created by looking for it.
pub(crate) fn existing_mode(place: &Location) -> Mode {
    match place.store().hints().writable {
        true => Mode::ReadWrite,
        false => Mode::Read,
    }
}

/// Opens the node at a place that is there, as its own documents say.
pub(crate) fn existing(open: zarr::Open, place: &Location) -> zarr::Open {
    open.mode(existing_mode(place)).use_consolidated(false)
}

/// The path of a node below another one, as directories have it: with slashes, whatever the system writes between them.
fn node_path(below: &Path) -> Option<String> {
    let names = below.iter().map(|name| name.to_str());
    Some(names.collect::<Option<Vec<_>>>()?.join("/"))
}

/// The outermost node above a store, by names alone, and the path in it that leads to a path in the store.
fn below_outermost(store: &Path, path: &str) -> Option<StorePath> {
    let store = std::path::absolute(store).ok()?;
    let above = store.ancestors().skip(1).filter(|above| is_node(above));
    let root = above.last()?;
    let rest = node_path(store.strip_prefix(root).ok()?)?;
    Some(StorePath {
        store: root.to_str()?.to_owned(),
        path: [&rest, path].join("/").trim_end_matches('/').to_owned(),
    })
}
