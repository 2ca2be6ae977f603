//! `ObjectStore`: S3, Google Cloud Storage, Azure and HTTP(S), through the crate `object_store`. It
//! owns what a key means there and what an answer proves; addresses are parsed in `location`.

mod background;
mod cause;
mod failure;
mod last_status;
mod list;
pub(crate) mod options;
mod probe;
mod read;
mod scrub;
mod service;
mod transport;
mod write;

use std::{fmt, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use object_store::{ObjectStoreExt, path::Path};

use self::{
    background::{WhenDropped, spawn},
    failure::Failure,
    options::Settings,
    service::{Connection, Service, connect},
    write::WriteOutcome,
};
use crate::{
    BoxFuture, BoxStream, ByteRange, Conditions, Entry, Found, Identity, IoHints, Key, KeyLock,
    Listing, LockName, Op, Payload, Prefix, PutMode, RealPath, Result, Store, StoreError,
    StoreErrorKind, Version, without_secrets,
};

/// A store on a service of the network: a bucket of S3 or Google Cloud Storage, a container of Azure,
/// a directory of a web server, or any client of the crate `object_store`.
///
/// ```no_run
/// use zarr_store::{Key, ObjectStore, StoreExt, runtime};
///
/// let store = ObjectStore::open("s3://bucket/data.zarr", [("region", "eu-central-1")])?;
/// let bytes = runtime::wait(store.get_all(&Key::new("zarr.json")?))?;
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
///
/// **Requests run on threads of their own**, one runtime for the process, started by the first
/// request. So this store can be waited for from anywhere: inside any runtime or without one.
///
/// **Options** are pairs of texts. Those of the service have the names that `object_store` gives them
/// (`region`, `endpoint`, `access_key_id`, `account_name`, `allow_http`, `timeout`, …), and what no
/// option says is taken from the usual environment variables (`AWS_…`, `GOOGLE_…`, `AZURE_…`), except
/// over plain HTTP. For every service:
///
/// | option | meaning | default |
/// |---|---|---|
/// | `anonymous` | ask without credentials | `false` |
/// | `untrusted` | nobody vouches for the address: see below | `false` |
/// | `authorization` | the header of that name; HTTP only | none |
/// | `max_retries`, `retry_timeout` | how often, and for how long in all, a failed request is made again | `10`, `180s` |
/// | `init_backoff`, `max_backoff`, `backoff_base` | the pause before the first retry, the longest, and how it grows | `100ms`, `15s`, `2` |
/// | `connect_timeout`, `timeout` | limits of one connection, one request | `5s`, `600s` |
/// | `read_timeout` | how long nothing (less than 1 KiB) may arrive | `30s` |
/// | `operation_timeout` | limit of one call, retries included | none |
/// | `missing_statuses` | statuses besides 404 that mean "not there", such as `403` | none |
/// | `conditional_put` | `disabled` where the service ignores conditions: see [`probe`](Self::probe) | `etag` |
/// | `put_limit` | larger values are written in parts, in bytes | 64 MiB |
///
/// **An address that others wrote** is opened with `untrusted` set to `true`. Then requests go over TLS,
/// without a proxy, to its host alone and only if that is one of the public internet: an address of this
/// machine or of a private network, the link-local ones of cloud metadata among them, is refused,
/// whatever name stands for it, and so are redirects to other hosts, plain HTTP and `allow_http`. No
/// credential is taken from the environment; only what the options give is sent, and to no other host.
///
/// **Absent** is what the service says is absent (404), and nothing else. Every answer is compared
/// with what was asked: its range, its length, its version.
///
/// **A write whose future is dropped** is given up if it was conditional; a condition keeps it from
/// landing on a newer value. Others go on to their end, and later writes of this process to that key
/// wait for them. A service may carry out a request long after its answer was given up, so a plain
/// write that timed out may still land; conditional ones do no harm then.
///
/// **A web server** is read-only, and has no listing.
#[derive(Clone)]
pub struct ObjectStore {
    inner: Arc<Inner>,
    conditions: Conditions,
}

/// What every request needs.
struct Inner {
    client: Arc<dyn object_store::ObjectStore>,
    service: Service,
    settings: Settings,
    name: String,
    root: Prefix,
    secrets: Vec<String>,
    identity: Identity,
    world: Identity,
}

impl ObjectStore {
    /// The store at a URL: `s3:`, `gs:`, `az:`, `abfs:`, `abfss:`, `http:` or `https:`. Makes no
    /// request.
    ///
    /// # Errors
    /// `Unsupported` for other URLs; an error that names the option if one is unknown or unreadable.
    pub fn open<K, V>(url: &str, options: impl IntoIterator<Item = (K, V)>) -> Result<Self>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let refuse = |kind| StoreError::text(Op::OpenStore, url, kind);
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        let service = Service::of(scheme).ok_or_else(|| {
            refuse(StoreErrorKind::Unsupported(
                "this kind of address; services are `s3:`, `gs:`, `az:`, `abfs:`, `http:` and `https:`",
            ))
        })?;
        let pairs = options
            .into_iter()
            .map(|(name, value)| (name.into().to_ascii_lowercase(), value.into()))
            .collect();
        let (settings, rest) = Settings::take(pairs).map_err(refuse)?;
        let connection = connect(service, url, &settings, rest).map_err(refuse)?;
        Ok(Self::on(connection, settings))
    }

    /// The store of any client: all that lies in it. `name` is how the store prints itself.
    ///
    /// No condition is trusted, since nobody says which there are: see
    /// [`with_conditions`](Self::with_conditions) and [`probe`](Self::probe).
    pub fn from_client(client: Arc<dyn object_store::ObjectStore>, name: &str) -> Self {
        let connection = Connection {
            client,
            service: Service::Given,
            name: without_secrets(name),
            identity: Identity::unique(),
            world: Identity::unique(),
            root: Prefix::root(),
            secrets: Vec::new(),
        };
        Self::on(connection, Settings::default())
    }

    fn on(connection: Connection, settings: Settings) -> Self {
        let Connection {
            client,
            service,
            name,
            identity,
            world,
            root,
            secrets,
        } = connection;
        let conditions = match settings.conditional {
            true if service != Service::Given => service.conditions(),
            _ => Conditions::NONE,
        };
        let inner = Inner {
            client,
            service,
            settings,
            name,
            root,
            secrets,
            identity,
            world,
        };
        ObjectStore {
            inner: Arc::new(inner),
            conditions,
        }
    }

    /// The same store, trusting these conditions. Deleting on a condition is never offered: no client
    /// asks for it.
    #[must_use]
    pub fn with_conditions(self, conditions: Conditions) -> Self {
        let conditions = Conditions {
            delete: false,
            ..conditions
        };
        ObjectStore { conditions, ..self }
    }

    /// The same store, each call of which ends within `limit`, retries included.
    #[must_use]
    pub fn with_timeout(self, limit: Duration) -> Self {
        let settings = Settings {
            timeout: Some(limit),
            ..self.inner.settings.clone()
        };
        let inner = Arc::new(self.inner.with_settings(settings));
        ObjectStore { inner, ..self }
    }

    fn writable(&self) -> bool {
        self.inner.service != Service::Http
    }

    /// Runs one call on the threads for requests, within its time.
    async fn run<T, F>(
        &self,
        op: Op,
        name: &str,
        when_dropped: WhenDropped,
        call: impl FnOnce(Arc<Inner>) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let work = call(Arc::clone(&self.inner));
        let timeout = self.inner.settings.timeout;
        let limited = async move {
            match timeout {
                Some(timeout) => tokio::time::timeout(timeout, work).await.ok(),
                None => Some(work.await),
            }
        };
        let stopped = |e| self.inner.error(op, name, StoreErrorKind::Io(e));
        let answer = spawn(limited, when_dropped).map_err(stopped)?.await;
        answer
            .map_err(stopped)?
            .unwrap_or_else(|| Err(self.inner.error(op, name, StoreErrorKind::Timeout)))
    }

    /// Waits until no earlier write of the key is on its way.
    async fn landing(&self, key: &Key) -> KeyLock {
        KeyLock::acquire(self.inner.lock_name(key).for_landing()).await
    }

    fn offers(&self, op: Op, key: &Key, mode: &PutMode) -> Result<()> {
        let offered = match mode {
            PutMode::Overwrite => true,
            PutMode::Create => self.conditions.create,
            PutMode::Update(_) => self.conditions.update,
        };
        match (self.writable(), offered) {
            (false, _) => Err(self.inner.error(op, key, StoreErrorKind::ReadOnly)),
            (true, true) if matches!(mode, PutMode::Update(version) if Service::is_dated(version)) =>
            {
                let why = "replacing a value that the service names by a weak ETag alone; overwrite the value";
                Err(self.inner.error(op, key, StoreErrorKind::Unsupported(why)))
            }
            (true, true) => Ok(()),
            (true, false) => {
                let why = "conditional writes, which this service does not make, or not reliably; overwrite the value";
                Err(self.inner.error(op, key, StoreErrorKind::Unsupported(why)))
            }
        }
    }

    fn listable(&self, op: Op, prefix: &Prefix) -> Result<()> {
        match self.inner.service {
            Service::Http => {
                let why = "listing a web server: HTTP has no such question; open what you look for by its path, or \
                           consolidate the metadata";
                Err(self
                    .inner
                    .error(op, prefix, StoreErrorKind::Unsupported(why)))
            }
            _ => Ok(()),
        }
    }
}

impl Inner {
    fn with_settings(&self, settings: Settings) -> Inner {
        Inner {
            client: Arc::clone(&self.client),
            service: self.service,
            settings,
            name: self.name.clone(),
            root: self.root.clone(),
            secrets: self.secrets.clone(),
            identity: self.identity,
            world: self.world,
        }
    }

    /// The same lock for one value, whichever part of the container the handle is on.
    fn lock_name(&self, key: &Key) -> LockName {
        LockName::new(self.identity, [self.root.as_str(), key.as_str()].concat())
    }

    /// Where in the container a key lies.
    fn path(&self, op: Op, key: &Key) -> Result<Path> {
        self.named(
            op,
            key.as_str(),
            &[self.root.as_str(), key.as_str()].concat(),
        )
    }

    fn named(&self, op: Op, name: &str, whole: &str) -> Result<Path> {
        Path::parse(whole).map_err(|_| {
            let why = "names with control characters, which services do not take";
            self.error(op, name, StoreErrorKind::Unsupported(why))
        })
    }

    fn error(&self, op: Op, name: impl AsRef<str>, kind: StoreErrorKind) -> StoreError {
        StoreError::new(op, self, name, kind)
    }

    fn failed(&self, op: Op, name: impl AsRef<str>, failure: &Failure) -> StoreError {
        let (kind, retry) = failure.tell(self.service, &self.secrets);
        StoreError {
            retry,
            ..self.error(op, name, kind)
        }
    }

    /// The answer to a read, with its failure told.
    fn settle<T>(&self, op: Op, key: &Key, answer: Result<T, Failure>) -> Result<T> {
        answer.map_err(|failure| match failure.is_conflict() {
            true => self.error(op, key, StoreErrorKind::Conflict),
            false => self.failed(op, key, &failure),
        })
    }
}

impl Store for ObjectStore {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        let (name, same) = (key.clone(), same.cloned());
        let call = |inner: Arc<Inner>| async move { inner.get(&name, range, same).await };
        Box::pin(self.run(Op::Get, key.as_str(), WhenDropped::Abort, call))
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        let name = key.clone();
        let call = |inner: Arc<Inner>| async move { inner.head(&name).await };
        Box::pin(self.run(Op::Head, key.as_str(), WhenDropped::Abort, call))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            self.offers(Op::Put, key, &mode)?;
            let path = self.inner.path(Op::Put, key)?;
            let landing = self.landing(key).await;
            if mode != PutMode::Overwrite {
                return self.put_if(key, path, value, mode, landing).await;
            }
            let upload = match self.inner.is_large(&value, &mode) {
                true => Some(self.send_parts(key, &path, &value).await?),
                false => None,
            };
            let name = key.clone();
            let call = |inner: Arc<Inner>| async move {
                let _landing = landing;
                let written = match upload {
                    Some(upload) => inner.complete(&path, upload).await,
                    None => inner.overwrite(&path, &value).await,
                };
                written.map_err(|failure| inner.failed(Op::Put, &name, &failure))
            };
            self.run(Op::Put, key.as_str(), WhenDropped::Finish, call)
                .await
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.offers(Op::Delete, key, &PutMode::Overwrite)?;
            if same.is_some() {
                let why = "deleting one version only; write a value that means the same";
                let kind = StoreErrorKind::Unsupported(why);
                return Err(self.inner.error(Op::Delete, key, kind));
            }
            let path = self.inner.path(Op::Delete, key)?;
            let landing = self.landing(key).await;
            let name = key.clone();
            let call = |inner: Arc<Inner>| async move {
                let _landing = landing;
                match Failure::watch(inner.client.delete(&path)).await {
                    Err(failure) if !failure.is_absence(&[]) => {
                        Err(inner.failed(Op::Delete, &name, &failure))
                    }
                    _ => Ok(()),
                }
            };
            self.run(Op::Delete, key.as_str(), WhenDropped::Finish, call)
                .await
        })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        let name = prefix.clone();
        Box::pin(async move {
            if !self.writable() {
                let kind = StoreErrorKind::ReadOnly;
                return Err(self.inner.error(Op::DeletePrefix, prefix, kind));
            }
            let call = |inner: Arc<Inner>| async move { inner.delete_prefix(&name).await };
            self.run(Op::DeletePrefix, prefix.as_str(), WhenDropped::Abort, call)
                .await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        let name = prefix.clone();
        Box::pin(async move {
            self.listable(Op::List, prefix)?;
            let call = |inner: Arc<Inner>| async move { inner.list_dir(&name).await };
            self.run(Op::List, prefix.as_str(), WhenDropped::Abort, call)
                .await
        })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        match self.listable(Op::List, prefix) {
            Ok(()) => self.inner.list(prefix),
            Err(e) => Box::pin(futures_util::stream::iter([Err(e)])),
        }
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        let name = self.inner.lock_name(key);
        Box::pin(async move { Ok(KeyLock::acquire(name).await) })
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        let name = [self.inner.root.as_str(), prefix.as_str()].concat();
        RealPath::new(self.inner.world, name)
    }

    fn hints(&self) -> IoHints {
        IoHints {
            writable: self.writable(),
            listable: self.inner.service != Service::Http,
            absence_is_certain: self.inner.service != Service::Http,
            conditions: self.conditions,
            ..IoHints::remote(self.inner.identity)
        }
    }
}

impl ObjectStore {
    /// A conditional write. Given up with its future: its condition keeps it from doing harm.
    async fn put_if(
        &self,
        key: &Key,
        path: Path,
        value: Payload,
        mode: PutMode,
        landing: KeyLock,
    ) -> Result<Option<Version>> {
        let name = key.clone();
        let call = |inner: Arc<Inner>| async move {
            let _landing = landing;
            match (inner.write_if(&path, &value, &mode).await, mode) {
                (WriteOutcome::Written(version), _) => Ok(version),
                (WriteOutcome::Refused, PutMode::Create) => {
                    Err(inner.error(Op::Put, &name, StoreErrorKind::AlreadyExists))
                }
                (WriteOutcome::Refused, _) => {
                    Err(inner.error(Op::Put, &name, StoreErrorKind::Conflict))
                }
                (WriteOutcome::Failed(failure), _) => Err(inner.failed(Op::Put, &name, &failure)),
            }
        };
        self.run(Op::Put, key.as_str(), WhenDropped::Abort, call)
            .await
    }

    /// Sends the parts of a large value. Given up with its future: nothing of them is seen yet.
    async fn send_parts(&self, key: &Key, path: &Path, value: &Payload) -> Result<write::Upload> {
        let (name, path, value) = (key.clone(), path.clone(), value.clone());
        let call = |inner: Arc<Inner>| async move {
            let sent = inner.send_parts(&path, &value).await;
            sent.map_err(|failure| inner.failed(Op::Put, &name, &failure))
        };
        self.run(Op::Put, key.as_str(), WhenDropped::Abort, call)
            .await
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Display for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

/// By its address alone: clients print their credentials.
impl fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectStore")
            .field(&self.inner.name)
            .finish()
    }
}
