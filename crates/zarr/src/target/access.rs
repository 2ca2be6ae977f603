//! `Access`: how an operation uses its store (storage options, a chunk store, a synchronizer, read-only, caches).
//! Most of these wrap the store, so nothing else depends on them.

use std::fmt;
use std::sync::Arc;

use zarr_core::{ArrayConfig, Context, Error, Result, hierarchy};
use zarr_metadata::{NodePath, documents};
use zarr_store::{Hook, Hooked, IoHints, Key, Location, Prefixed, ReadOnly, Reads, Split, Store};

use crate::Target;
use crate::target::finish::Finish;

/// Which writers are kept from writing to one chunk at the same time.
///
/// zarr-python 3 has this parameter and ignores it. In version 2 writers were synchronized only with this
/// parameter, by a lock in memory or in files beside the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronizer {
    /// All writers, as far as the store can: by locks in this process, by system locks on local files, by
    /// conditional writes to services.
    #[default]
    #[doc(alias = "ProcessSynchronizer")]
    Process,
    /// Only the writers of this process. There are no lock files beside local files.
    #[doc(alias = "ThreadSynchronizer")]
    Thread,
}

/// How an operation uses its store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Access {
    pub(crate) storage_options: Vec<(String, Secret)>,
    pub(crate) chunk_store: Option<Box<Target>>,
    pub(crate) synchronizer: Synchronizer,
    pub(crate) read_only: bool,
    pub(crate) reload_metadata: bool,
    pub(crate) reload_attributes: bool,
    pub(crate) finish: Finish,
}

/// The value of a storage option. It may be a password and is never shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The setters of all builders that open a store.
macro_rules! store_setters {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Options for the service behind a URL, such as `region`, or `symlinks` and `finish` for a path
            /// given as a string: see [`open_store`](zarr_store::open_store). Other targets have no options;
            /// giving one is an error.
            pub fn storage_options<K: Into<String>, V: Into<String>>(
                mut self,
                options: impl IntoIterator<Item = (K, V)>,
            ) -> Self {
                let options = options.into_iter();
                let secret = |value: V| crate::target::access::Secret(value.into());
                let options = options.map(|(name, value)| (name.into(), secret(value)));
                self.$($field).+.storage_options.extend(options);
                self
            }

            /// Another store for the chunks, under the same keys. Metadata stays in this store.
            pub fn chunk_store(mut self, store: impl Into<crate::Target>) -> Self {
                self.$($field).+.chunk_store = Some(Box::new(store.into()));
                self
            }

            /// Which writers are kept from writing to one chunk at the same time; by default all.
            pub fn synchronizer(mut self, which: crate::Synchronizer) -> Self {
                self.$($field).+.synchronizer = which;
                self
            }
        }
    };
}
pub(crate) use store_setters;

/// The setters of builders that return a handle.
macro_rules! handle_setters {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Whether the handle is read-only.
            pub fn read_only(mut self, yes: bool) -> Self {
                self.$($field).+.read_only = yes;
                self
            }

            /// Whether `read_attrs` returns the attributes that the handle keeps, which is the default, or
            /// reads them from the store.
            pub fn cache_attrs(mut self, yes: bool) -> Self {
                self.$($field).+.reload_attributes = !yes;
                self
            }
        }
    };
}
pub(crate) use handle_setters;

/// The setter of builders that return a handle on an array.
macro_rules! array_handle_setters {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Whether reads and writes use the metadata that the handle keeps, which is the default, or
            /// read it from the store each time, and so see the shape to which others resized the array.
            pub fn cache_metadata(mut self, yes: bool) -> Self {
                self.$($field).+.reload_metadata = !yes;
                self
            }
        }
    };
}
pub(crate) use array_handle_setters;

/// Whether a key is a metadata document; all other keys are chunks.
fn is_document(key: &Key) -> bool {
    documents::ALL.contains(&key.name())
}

impl Target {
    /// The location `path` below this target, with the wrappers that `access` and the context ask for, except
    /// read-only.
    pub(crate) async fn reach(
        &self,
        path: &str,
        access: &Access,
        context: &Context,
    ) -> Result<Location> {
        let opened = self.opened(access, context).await?;
        let mut location = match (self, &opened) {
            // The store was opened with options.
            (Self::Address(_), Self::At(root)) => {
                let path = NodePath::parse(path)?;
                hierarchy::place_in(root, path.as_str()).await?
            }
            _ => opened.location(path, access.finish).await?,
        };
        if let Some(chunks) = &access.chunk_store {
            let far = Box::pin(chunks.location("", access.finish)).await?;
            let far: Arc<dyn Store> = match far.path().is_root() {
                true => Arc::clone(far.store()),
                false => Arc::new(Prefixed::new(Arc::clone(far.store()), far.path().clone())),
            };
            let both = Split::new(Arc::clone(location.store()), far, is_document);
            location = Location::new(Arc::new(both), location.path().clone());
        }
        if let Some(most) = context.config().concurrency
            && location.store().hints().concurrency > most.get()
        {
            let store = Hooked::with(Arc::clone(location.store()), AtMost(most.get()));
            location = Location::new(Arc::new(store), location.path().clone());
        }
        Ok(context.metered(location))
    }

    /// The target, with its store opened if there are options or a synchronizer.
    async fn opened(&self, access: &Access, context: &Context) -> Result<Self> {
        if access.synchronizer == Synchronizer::Thread {
            return match access.storage_options.first() {
                None => self.without_lock_files(access.finish).await,
                Some(_) => {
                    let text = "cannot be combined with `Synchronizer::Thread`; set both on a `LocalStore`, \
                                or leave out the synchronizer";
                    Err(Error::argument("storage_options", text))
                }
            };
        }
        let is_service = matches!(self, Self::Address(text)
            if text.contains("://") && !text.starts_with("memory:") && !text.starts_with("file:"));
        let mut options = access.storage_options.clone();
        if let (true, Some(time)) = (is_service, context.config().timeout)
            && options.iter().all(|(name, _)| name != "operation_timeout")
        {
            options.push((
                "operation_timeout".to_owned(),
                Secret(format!("{}s", time.as_secs_f64())),
            ));
        }
        match (self, options.first()) {
            (_, None) => Ok(self.clone()),
            (Self::Address(address), Some(_)) => {
                let given = options
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.0.as_str()));
                let pairs = access.finish.options().iter().copied();
                let pairs: Vec<(&str, &str)> = pairs.chain(given).collect();
                Ok(Self::At(Location::open(address, &pairs).await?))
            }
            (_, Some((name, _))) => {
                let text = format!(
                    "`{name}` has no effect here: only a store opened by an address, given as a string, has options"
                );
                Err(Error::argument("storage_options", text))
            }
        }
    }

    #[cfg(feature = "local")]
    async fn without_lock_files(&self, finish: Finish) -> Result<Self> {
        let path = match self {
            Self::Path(path) => path.clone(),
            Self::Address(text) if !text.contains([':', '|']) => text.into(),
            other => return other.refuse_synchronizer(),
        };
        // An archive has one lock, held by its writer, and no lock files for chunks.
        let store = self.location("", finish).await?;
        if store.store().kind() != "LocalStore" {
            return Ok(Self::At(store));
        }
        let store = zarr_store::LocalStore::new(path);
        Ok(store.locking(zarr_store::Locking::None).into())
    }

    #[cfg(not(feature = "local"))]
    async fn without_lock_files(&self, _: Finish) -> Result<Self> {
        self.refuse_synchronizer()
    }

    /// An error for a directory store that is already open; other stores have no lock files to omit.
    fn refuse_synchronizer(&self) -> Result<Self> {
        match self {
            Self::At(location) if location.store().kind() == "LocalStore" => {
                let text = "this store is already open; set its locks with `LocalStore::locking`";
                Err(Error::argument("synchronizer", text))
            }
            other => Ok(other.clone()),
        }
    }
}

impl Access {
    /// The configuration of an array with the caches that were asked for.
    pub(crate) fn array_config(&self, mut config: ArrayConfig) -> ArrayConfig {
        config.reload_metadata = self.reload_metadata;
        config.reload_attributes = self.reload_attributes;
        config
    }

    /// The location for the handle, read-only if that was asked for.
    pub(crate) fn finish(&self, location: Location) -> Location {
        match self.read_only {
            true => unchanging(&location),
            false => location,
        }
    }
}

/// The location with a read-only store.
pub(crate) fn unchanging(location: &Location) -> Location {
    let (store, path) = (Arc::clone(location.store()), location.path().clone());
    match store.hints().writable {
        true => Location::new(Arc::new(ReadOnly::new(store)), path),
        false => Location::new(store, path),
    }
}

/// Limits the number of concurrent requests.
#[derive(Debug)]
struct AtMost(usize);

impl Hook for AtMost {
    const READS: Reads = Reads::Pass;
    const COPIES: bool = true;

    fn hints(&self, inner: IoHints) -> IoHints {
        let mut hints = inner;
        hints.concurrency = inner.concurrency.min(self.0);
        hints
    }
}
