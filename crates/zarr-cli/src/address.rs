//! Where a node is, as a user writes it: `demo.zarr`, `demo.zarr/ocean/sst` or `demo.zarr::ocean/sst`.
//! Finds nodes and places for new ones; knows no command.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use zarr::blocking::Wait;
use zarr::tools::{BlockingStore, without_secrets};
use zarr::{Array, ErrorClass, LocalStore, Location, Node, Symlinks, UseConsolidated, ZarrFormat};

use crate::failure::{Exit, Failure};
use crate::nearest;

/// The documents that make a directory a node.
const DOCUMENTS: [&str; 3] = ["zarr.json", ".zarray", ".zgroup"];

/// The address of a node.
#[derive(Clone)]
pub(crate) struct Address {
    text: String,
    /// The same as it may be shown.
    shown: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text.is_empty() || text.starts_with("::") {
            true => Err("no store is named; `.` is the current directory"),
            false => Ok(Self {
                text: text.to_owned(),
                shown: without_secrets(text),
            }),
        }
    }
}

/// Where a new node goes: below which store, and of which format its neighbours are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) store: String,
    pub(crate) name: String,
    pub(crate) format: Option<ZarrFormat>,
}

impl Address {
    /// As it may be shown: without what is secret in it.
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }

    /// The store and the path in it. A directory is a store of its own, unless `::` says otherwise; a
    /// directory with `::` in its name still is one. No path is a URL: an address like `zip::https://…` is
    /// one that the library refuses.
    fn split(&self) -> (&str, &str) {
        match self.text.split_once("::") {
            Some((_, url)) if url.contains("://") => (&self.text, ""),
            Some((store, path)) if !Path::new(&self.text).exists() => (store, path),
            _ => (&self.text, ""),
        }
    }

    /// The directory this is, unless it is in a store that was named, or no path at all.
    pub(crate) fn directory(&self) -> Option<&Path> {
        let (store, path) = self.split();
        let url =
            store.contains("://") || ["file:", "memory:"].iter().any(|s| store.starts_with(s));
        (path.is_empty() && !url).then(|| Path::new(store))
    }

    /// Opens the node. Where nothing can be listed, as on web servers, a group knows what is below it
    /// from consolidated metadata, if there is some.
    pub(crate) fn open(&self) -> Result<Node, Failure> {
        let (store, path) = self.split();
        let opened = async {
            match zarr::open(store).path(path).await? {
                Node::Group(group) if !group.store().hints().listable => {
                    let again = zarr::open_group(&group).use_consolidated(UseConsolidated::Auto);
                    again.await.map(Node::Group)
                }
                node => Ok(node),
            }
        };
        opened.wait().map_err(|error: zarr::Error| {
            let failure = Failure::zarr("cannot open", &self.shown, &error);
            match (error.class(), self.directory()) {
                (ErrorClass::NotFound, Some(path)) => failure.advice(advice(path)),
                (ErrorClass::NotFound, None) => match inside(store, path) {
                    Some(advice) => failure.advice(advice),
                    None => failure,
                },
                _ => failure,
            }
        })
    }

    /// Opens the array that must be here.
    pub(crate) fn array(&self, doing: &str) -> Result<Array, Failure> {
        match self.open()? {
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
        let (store, path) = self.split();
        let location = async { Ok(Location::parse(store).await?.join(path)?) };
        let location: zarr::Result<Location> = location.wait();
        location.map_err(|error| Failure::zarr("cannot open", &self.shown, &error))
    }

    /// The same for others to look into: nothing outside of a directory is reached, wherever links in it lead.
    pub(crate) fn confined(&self) -> Result<Location, Failure> {
        let (store, path) = self.split();
        if !Path::new(store).is_dir() {
            return self.location();
        }
        let store = LocalStore::new(store).symlinks(Symlinks::Inside);
        let location = Location::root(store.into_store()).join(path);
        location.map_err(|error| Failure::zarr("cannot open", &self.shown, &error.into()))
    }

    /// Finds the place for a new node here. Of a path below a group, the group is where it belongs:
    /// only so are the groups between them made, and nothing is put into an array.
    pub(crate) fn place(&self) -> Result<Place, Failure> {
        let (store, name) = self.split();
        let here = Place {
            store: store.to_owned(),
            name: name.to_owned(),
            format: None,
        };
        let above = match self.directory() {
            None if name.is_empty() => None,
            None => Some(here.clone()),
            Some(path) => match above(path) {
                Ok(found) => found,
                Err(error) => return Err(Failure::io("cannot look above", &self.shown, &error)),
            },
        };
        let Some(mut place) = above else {
            return Ok(here);
        };
        match zarr::open(place.store.as_str()).wait() {
            Ok(Node::Group(group)) => place.format = Some(group.zarr_format()),
            // For the library to refuse.
            Ok(Node::Array(_)) => {}
            Err(error) if error.class() == ErrorClass::NotFound => {}
            Err(error) => {
                return Err(Failure::zarr(
                    "cannot open",
                    &without_secrets(&place.store),
                    &error,
                ));
            }
        }
        Ok(place)
    }

    /// Refuses to replace what is no node: whoever names a directory of other files has the wrong one,
    /// and it would be gone.
    pub(crate) fn check_replaceable(&self) -> Result<(), Failure> {
        let (store, path) = self.split();
        match zarr::open(store).path(path).wait() {
            Err(error) if error.class() == ErrorClass::NotFound => {}
            // A node, or a broken one, or an error that creating meets again.
            _ => return Ok(()),
        }
        let listing = async {
            let here = Location::parse(store).await?.join(path)?;
            Ok(here.store().list_dir(here.path()).await?)
        };
        let listing = listing
            .wait()
            .map_err(|error| Failure::zarr("cannot list", &self.shown, &error))?;
        if listing.keys.is_empty() && listing.prefixes.is_empty() {
            return Ok(());
        }
        let why = "other files are there, and no array or group that could be replaced";
        Err(
            Failure::new(Exit::Conflict, "cannot overwrite", &self.shown, why)
                .advice("remove them yourself, or choose another path"),
        )
    }
}

fn is_node(directory: &Path) -> bool {
    DOCUMENTS.iter().any(|name| directory.join(name).is_file())
}

/// The nearest node above a path and the rest of the way, as far as names alone lead.
fn above(path: &Path) -> std::io::Result<Option<Place>> {
    let path = std::path::absolute(path)?;
    let mut names: Vec<&str> = Vec::new();
    let mut here = path.as_path();
    // No name, or one that is no text: what is above is not a store this could be in.
    while let (Some(name), Some(parent)) =
        (here.file_name().and_then(|n| n.to_str()), here.parent())
    {
        names.insert(0, name);
        if is_node(parent) {
            let Some(store) = parent.to_str() else { break };
            let (store, name) = (store.to_owned(), names.join("/"));
            return Ok(Some(Place {
                store,
                name,
                format: None,
            }));
        }
        here = parent;
    }
    Ok(None)
}

/// The name of a node below a group that somebody may have meant, by the first name that is not there.
fn meant(above: zarr::Result<Node>, rest: &str) -> Option<String> {
    let Ok(Node::Group(group)) = above else {
        return None;
    };
    let names = group.keys().wait().ok()?;
    let wanted = rest.split('/').next()?;
    let found = nearest::nearest(wanted, names.iter().map(String::as_str))?;
    Some(found.to_owned())
}

/// What to try instead of a path in a store.
fn inside(store: &str, path: &str) -> Option<String> {
    let steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
    let (above, rest) = (0..steps.len()).rev().find_map(|n| {
        let above = steps.get(..n)?.join("/");
        zarr::open(store).path(&above).wait().ok()?;
        Some((above, steps.get(n..)?.join("/")))
    })?;
    let found = meant(zarr::open(store).path(&above).wait(), &rest)?;
    let slash = if above.is_empty() { "" } else { "/" };
    let store = without_secrets(store);
    Some(format!("did you mean {store}::{above}{slash}{found}?"))
}

/// What to try instead of a path where no node is.
fn advice(path: &Path) -> String {
    if path.is_file() {
        return "this is a file: name the directory of an array or group".to_owned();
    }
    match path.ancestors().skip(1).find(|above| is_node(above)) {
        Some(above) => {
            let rest = path.strip_prefix(above).ok().and_then(Path::to_str);
            let rest = rest.unwrap_or_default();
            if let Some(found) = meant(zarr::open(above).wait(), rest) {
                return format!("did you mean {}?", above.join(found).display());
            }
            let above = if above.as_os_str().is_empty() {
                Path::new(".")
            } else {
                above
            };
            format!("`zarr tree {}` lists what there is", above.display())
        }
        None if path.is_dir() => "this directory is neither, check the path".to_owned(),
        None => "check the path".to_owned(),
    }
}
