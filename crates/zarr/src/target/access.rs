//! `Access`: how an operation uses its store (storage options, a chunk store, a synchronizer, read-only, caches).
//! Most of these wrap the store, so nothing else depends on them.

use std::num::NonZeroUsize;
use std::sync::Arc;

use zarr_core::{ArrayConfig, CacheMetadata, Config, Context, Error, Result};
use zarr_metadata::documents;
use zarr_store::{
    Hook, Hooked, IoHints, Key, Location, Prefixed, ReadOnly, Reads, Split, Store, ThreadLocks,
};

use crate::Target;
use crate::target::finish::Finish;
use crate::target::secret::Secret;

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
    /// Only the writers of this process: no lock files are made beside local files. In all other stores this is the
    /// same as `Process`.
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
    pub(crate) cache_metadata: CacheMetadata,
    pub(crate) cache_attrs: CacheMetadata,
    pub(crate) finish: Finish,
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
                let secret = |value: V| crate::target::secret::Secret(value.into());
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

            /// How long `read_attrs` returns the attributes that the handle keeps, instead of reading them from
            /// the store: `true`, the default, is always, `false` is never, a `Duration` is so long.
            pub fn cache_attrs(mut self, how_long: impl Into<crate::CacheMetadata>) -> Self {
                self.$($field).+.cache_attrs = how_long.into();
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
            /// How long operations on elements use the metadata that the handle keeps: `true`, the default, is
            /// always; `false` is never, so each reads it from the store and sees the shape to which others
            /// resized the array; a `Duration` is so long.
            pub fn cache_metadata(mut self, how_long: impl Into<crate::CacheMetadata>) -> Self {
                self.$($field).+.cache_metadata = how_long.into();
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
        let options = self.options(access, context)?;
        let mut location = self.location(path, &options).await?;
        if let Some(chunks) = &access.chunk_store {
            let far = chunks.options(&access.without_options(), context)?;
            let far = Box::pin(chunks.location("", &far)).await?;
            let far: Arc<dyn Store> = match far.path().is_root() {
                true => Arc::clone(far.store()),
                false => Arc::new(Prefixed::new(Arc::clone(far.store()), far.path().clone())),
            };
            let both = Split::new(Arc::clone(location.store()), far, is_document);
            location = Location::new(Arc::new(both), location.path().clone());
        }
        if access.synchronizer == Synchronizer::Thread {
            let store = ThreadLocks::new(Arc::clone(location.store()));
            location = Location::new(Arc::new(store), location.path().clone());
        }
        let limits = RequestLimits::of(context.config());
        let hints = location.store().hints();
        if limits.hints(hints) != hints {
            let store = Hooked::with(Arc::clone(location.store()), limits);
            location = Location::new(Arc::new(store), location.path().clone());
        }
        Ok(context.metered(location))
    }

    /// The options with which the store is opened.
    fn options(&self, access: &Access, context: &Context) -> Result<Vec<(String, Secret)>> {
        let Self::Address(address) = self else {
            return match access.storage_options.first() {
                None => Ok(access.finish.options()),
                Some((name, _)) => {
                    let text = format!(
                        "`{name}` has no effect here: only a store opened by an address, given as a string, has options"
                    );
                    Err(Error::argument("storage_options", text))
                }
            };
        };
        let is_service = address.contains("://")
            && !address.starts_with("memory:")
            && !address.starts_with("file:");
        let mut options = access.finish.options();
        options.extend(access.storage_options.iter().cloned());
        if let (true, Some(time)) = (is_service, context.config().timeout)
            && options.iter().all(|(name, _)| name != "operation_timeout")
        {
            options.push((
                "operation_timeout".to_owned(),
                Secret(format!("{}s", time.as_secs_f64())),
            ));
        }
        Ok(options)
    }
}

impl Access {
    /// For an operation that returns no handle, and finishes the archive that it is in.
    pub(crate) fn finished() -> Self {
        Self {
            finish: Finish::Here,
            ..Self::default()
        }
    }

    /// The same without storage options, which belong to one store alone.
    fn without_options(&self) -> Self {
        Self {
            finish: self.finish,
            ..Self::default()
        }
    }

    /// The configuration of an array with the caches that were asked for.
    pub(crate) fn array_config(&self, mut config: ArrayConfig) -> ArrayConfig {
        config.cache_metadata = self.cache_metadata;
        config.cache_attrs = self.cache_attrs;
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

/// What the context's settings change in how a store is asked.
#[derive(Clone, Copy, Debug)]
struct RequestLimits {
    concurrency: Option<NonZeroUsize>,
    merge_gap: Option<u64>,
    merge_limit: Option<u64>,
}

impl RequestLimits {
    fn of(config: &Config) -> Self {
        Self {
            concurrency: config.concurrency,
            merge_gap: config.sharding_coalesce_max_gap_bytes,
            merge_limit: config.sharding_coalesce_max_bytes,
        }
    }
}

impl Hook for RequestLimits {
    const READS: Reads = Reads::Pass;
    const COPIES: bool = true;

    fn hints(&self, inner: IoHints) -> IoHints {
        let mut hints = inner;
        let most = self.concurrency.map_or(usize::MAX, NonZeroUsize::get);
        hints.concurrency = inner.concurrency.min(most);
        hints.merge_gap = self.merge_gap.unwrap_or(inner.merge_gap);
        hints.merge_limit = self.merge_limit.unwrap_or(inner.merge_limit);
        hints
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// H6: every operation opens its store with these options.
    #[test]
    fn services_are_given_the_timeout_of_the_context() {
        let config = Config {
            timeout: Some(Duration::from_millis(1500)),
            ..Config::default()
        };
        let context = Context::builder().config(config).build();
        let options = |target: &str, access: &Access| {
            let options = Target::from(target).options(access, &context).unwrap();
            let pairs = options.into_iter().map(|(name, value)| (name, value.0));
            pairs.collect::<Vec<_>>()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let timeout = pair("operation_timeout", "1.5s");
        let plain = Access::default();
        let one = std::slice::from_ref(&timeout);
        assert_eq!(options("s3://bucket/a.zarr::b", &plain), one);
        let finish = pair("finish", "sync");
        assert_eq!(
            options("https://host/a", &Access::finished()),
            [finish, timeout]
        );
        for path in ["a.zarr", "memory://a", "file:///a"] {
            assert_eq!(options(path, &plain), []);
        }
        let own = Access {
            storage_options: vec![("operation_timeout".to_owned(), Secret("9s".to_owned()))],
            ..Access::default()
        };
        assert_eq!(
            options("s3://bucket", &own),
            [pair("operation_timeout", "9s")]
        );
    }
}
