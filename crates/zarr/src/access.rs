//! How the store of a node is reached: what people say beside its place. Each is a store around the
//! store, so that nothing else has to know of it.

use std::fmt;
use std::sync::Arc;

use zarr_core::{ArrayConfig, Context, Error, Result};
use zarr_metadata::documents;
use zarr_store::{Hook, Hooked, IoHints, Key, Location, Prefixed, ReadOnly, Reads, Split, Store};

use crate::Target;
use crate::finish::Finish;

/// Which writers of one chunk are kept apart.
///
/// zarr-python 3 has the parameter and ignores it; 2 needed one to be given, and kept the lock in
/// memory or beside the data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Synchronizer {
    /// All, as far as the store can: by locks in this process, by locks of the system on local files,
    /// by conditional writes on services.
    #[default]
    #[doc(alias = "ProcessSynchronizer")]
    Process,
    /// Those of this process alone: local files get no lock files beside them.
    #[doc(alias = "ThreadSynchronizer")]
    Thread,
}

/// What was said about the store.
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

/// The value of an option, which may be a password: never shown.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The setters of all builders that open a store.
macro_rules! access {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Options for the service behind a URL, such as `region`, or `symlinks` and `finish` for a path given as text: see
            /// [`open_store`](zarr_store::open_store). Any other place has none, and then it is an
            /// error to give some.
            pub fn storage_options<K: Into<String>, V: Into<String>>(
                mut self,
                options: impl IntoIterator<Item = (K, V)>,
            ) -> Self {
                let options = options.into_iter();
                let secret = |value: V| crate::access::Secret(value.into());
                let options = options.map(|(name, value)| (name.into(), secret(value)));
                self.$($field).+.storage_options.extend(options);
                self
            }

            /// Another store for chunks, under the keys they would have here; documents stay in the
            /// store.
            pub fn chunk_store(mut self, store: impl Into<crate::Target>) -> Self {
                self.$($field).+.chunk_store = Some(Box::new(store.into()));
                self
            }

            /// Which writers of one chunk are kept apart; all of them, if not given.
            pub fn synchronizer(mut self, which: crate::Synchronizer) -> Self {
                self.$($field).+.synchronizer = which;
                self
            }
        }
    };
}
pub(crate) use access;

/// The setters of builders that give a handle.
macro_rules! handle {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Gives a handle that changes nothing.
            pub fn read_only(mut self, yes: bool) -> Self {
                self.$($field).+.read_only = yes;
                self
            }

            /// Whether `read_attrs` gives the attributes that the handle has, which is the default,
            /// or those that the store has by then.
            pub fn cache_attrs(mut self, yes: bool) -> Self {
                self.$($field).+.reload_attributes = !yes;
                self
            }
        }
    };
}
pub(crate) use handle;

/// The setter of builders that give a handle on an array.
macro_rules! array_handle {
    ($builder:ident, $($field:ident).+) => {
        impl $builder {
            /// Whether an array is taken to be as its handle knows it, which is the default, or its
            /// documents are read again before each read and write: then it is as long as others have
            /// made it by then.
            pub fn cache_metadata(mut self, yes: bool) -> Self {
                self.$($field).+.reload_metadata = !yes;
                self
            }
        }
    };
}
pub(crate) use array_handle;

/// The documents of nodes; all other keys are chunks.
fn is_document(key: &Key) -> bool {
    documents::ALL.contains(&key.name())
}

impl Target {
    /// The place `path` below this target, reached so; writable as the store is.
    pub(crate) async fn reach(
        &self,
        path: &str,
        access: &Access,
        context: &Context,
    ) -> Result<Location> {
        let opened = self.opened(access, context).await?;
        let mut location = opened.location(path, access.finish).await?;
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
        Ok(location)
    }

    /// The target with its store opened as the options say, where they say anything.
    async fn opened(&self, access: &Access, context: &Context) -> Result<Self> {
        if access.synchronizer == Synchronizer::Thread {
            return match access.storage_options.first() {
                None => self.without_lock_files(access.finish).await,
                Some(_) => {
                    let text = "none can be given together with a synchronizer; make the store with its own methods";
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
                    "`{name}` means nothing here: only stores that are opened by an address, as text, have options"
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
        // An archive has one lock, for its writer.
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

    /// Stores that are ready have chosen; those without lock files have nothing to choose.
    fn refuse_synchronizer(&self) -> Result<Self> {
        match self {
            Self::At(location) if location.store().kind() == "LocalStore" => {
                let text = "this store is open already; make it with `LocalStore::locking`";
                Err(Error::argument("synchronizer", text))
            }
            other => Ok(other.clone()),
        }
    }
}

impl Access {
    /// How an array is read and written, with what was said here.
    pub(crate) fn array_config(&self, mut config: ArrayConfig) -> ArrayConfig {
        config.reload_metadata = self.reload_metadata;
        config.reload_attributes = self.reload_attributes;
        config
    }

    /// The place as a handle may use it that was asked to change nothing.
    pub(crate) fn finish(&self, location: Location) -> Location {
        match self.read_only {
            true => unchanging(&location),
            false => location,
        }
    }
}

/// The place as one that nobody changes through it.
pub(crate) fn unchanging(location: &Location) -> Location {
    let (store, path) = (Arc::clone(location.store()), location.path().clone());
    match store.hints().writable {
        true => Location::new(Arc::new(ReadOnly::new(store)), path),
        false => Location::new(store, path),
    }
}

/// Asks for fewer requests at once.
#[derive(Debug)]
struct AtMost(usize);

impl Hook for AtMost {
    const READS: Reads = Reads::Pass;

    fn hints(&self, inner: IoHints) -> IoHints {
        let mut hints = inner;
        hints.concurrency = inner.concurrency.min(self.0);
        hints
    }
}
