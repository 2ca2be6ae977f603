//! The calls of an `ObjectStore`: what is refused without a request, and how each call runs.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStoreExt, path::Path};

use super::{
    ObjectStore,
    background::{WhenDropped, spawn},
    connection::Connection,
    failure::Failure,
    service::Service,
    write::{Upload, WriteOutcome},
};
use crate::{
    BoxFuture, BoxStream, ByteRange, Copied, Entry, Found, IoHints, Key, KeyLock, Listing, Op,
    Origin, Payload, Prefix, PutMode, RealPath, Result, Store, StoreErrorKind, Version,
    http_rules::NO_LISTING,
};

impl ObjectStore {
    fn writable(&self) -> bool {
        self.connection.service != Service::Http
    }

    /// Runs one call on the threads for requests, within its time.
    async fn run<T, F>(
        &self,
        op: Op,
        name: &str,
        when_dropped: WhenDropped,
        call: impl FnOnce(Arc<Connection>) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let work = call(Arc::clone(&self.connection));
        let timeout = self.connection.settings.timeout;
        let limited = async move {
            match timeout {
                Some(timeout) => tokio::time::timeout(timeout, work).await.ok(),
                None => Some(work.await),
            }
        };
        let stopped = |e| self.connection.error(op, name, StoreErrorKind::Io(e));
        let answer = spawn(limited, when_dropped).map_err(stopped)?.await;
        answer
            .map_err(stopped)?
            .unwrap_or_else(|| Err(self.connection.error(op, name, StoreErrorKind::Timeout)))
    }

    /// Waits until no earlier write of the key is on its way.
    async fn write_turn(&self, key: &Key) -> KeyLock {
        KeyLock::acquire(self.connection.lock_name(key).for_write()).await
    }

    fn offers(&self, op: Op, key: &Key, mode: &PutMode) -> Result<()> {
        let kind = match mode {
            _ if !self.writable() => StoreErrorKind::ReadOnly,
            PutMode::Overwrite => return Ok(()),
            PutMode::Update(version) if self.conditions.update && Service::is_dated(version) => {
                let why = "replacing a value that the service identifies by a weak ETag alone; overwrite the value";
                StoreErrorKind::Unsupported(why)
            }
            PutMode::Append(_) => PutMode::CANNOT_APPEND,
            PutMode::Create if self.conditions.create => return Ok(()),
            PutMode::Update(_) if self.conditions.update => return Ok(()),
            PutMode::Create | PutMode::Update(_) => {
                let why = "conditional writes, which this service does not make, or not reliably; overwrite the value";
                StoreErrorKind::Unsupported(why)
            }
        };
        Err(self.connection.error(op, key, kind))
    }

    fn listable(&self, op: Op, prefix: &Prefix) -> Result<()> {
        if self.connection.service != Service::Http {
            return Ok(());
        }
        Err(self.connection.error(op, prefix, NO_LISTING))
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
        let call =
            |connection: Arc<Connection>| async move { connection.get(&name, range, same).await };
        Box::pin(self.run(Op::Get, key.as_str(), WhenDropped::Abort, call))
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        let name = key.clone();
        let call = |connection: Arc<Connection>| async move { connection.head(&name).await };
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
            let path = self.connection.path(Op::Put, key)?;
            let turn = self.write_turn(key).await;
            if mode != PutMode::Overwrite {
                return self.put_if(key, path, value, mode, turn).await;
            }
            let upload = match self.connection.is_large(&value, &mode) {
                true => Some(self.send_parts(key, &path, &value).await?),
                false => None,
            };
            let name = key.clone();
            let call = |connection: Arc<Connection>| async move {
                let _turn = turn;
                let written = match upload {
                    Some(upload) => connection.complete(&path, upload).await,
                    None => connection.overwrite(&path, &value).await,
                };
                written.map_err(|failure| connection.failed(Op::Put, &name, &failure))
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
                return Err(self.connection.error(Op::Delete, key, kind));
            }
            let path = self.connection.path(Op::Delete, key)?;
            let turn = self.write_turn(key).await;
            let name = key.clone();
            let call = |connection: Arc<Connection>| async move {
                let _turn = turn;
                match Failure::watch(connection.client.delete(&path)).await {
                    Err(failure) if !failure.is_absence(&[]) => {
                        Err(connection.failed(Op::Delete, &name, &failure))
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
                return Err(self.connection.error(Op::DeletePrefix, prefix, kind));
            }
            let call =
                |connection: Arc<Connection>| async move { connection.delete_prefix(&name).await };
            self.run(Op::DeletePrefix, prefix.as_str(), WhenDropped::Abort, call)
                .await
        })
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        let connection = &self.connection;
        let path = connection.path(Op::Copy, key).ok()?;
        let copies = connection.service.copies();
        copies.then(|| Origin::new((Arc::clone(connection), path)))
    }

    /// From any store on the same container, whichever directory of it that is.
    fn copy_from<'a>(
        &'a self,
        origin: &'a Origin,
        to: &'a Key,
        _: u64,
    ) -> BoxFuture<'a, Result<Copied>> {
        Box::pin(async move {
            let source = origin.place::<(Arc<Connection>, Path)>();
            let Some((_, from)) = source.filter(|(from, _)| self.connection.shares_container(from))
            else {
                return Ok(Copied::Elsewhere);
            };
            let path = self.connection.path(Op::Copy, to)?;
            // Services refuse to copy a value onto itself.
            if path == *from {
                return Ok(Copied::Elsewhere);
            }
            let turn = self.write_turn(to).await;
            let (from, name) = (from.clone(), to.clone());
            let call = |connection: Arc<Connection>| async move {
                let _turn = turn;
                let copied = connection.copy(&from, &path).await;
                copied.map_err(|failure| connection.failed(Op::Copy, &name, &failure))
            };
            self.run(Op::Copy, to.as_str(), WhenDropped::Finish, call)
                .await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        let name = prefix.clone();
        Box::pin(async move {
            self.listable(Op::List, prefix)?;
            let call =
                |connection: Arc<Connection>| async move { connection.list_dir(&name).await };
            self.run(Op::List, prefix.as_str(), WhenDropped::Abort, call)
                .await
        })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        match self.listable(Op::List, prefix) {
            Ok(()) => self.connection.list(prefix),
            Err(e) => Box::pin(futures_util::stream::iter([Err(e)])),
        }
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        let name = self.connection.lock_name(key);
        Box::pin(async move { Ok(KeyLock::acquire(name).await) })
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        let name = [self.connection.root.as_str(), prefix.as_str()].concat();
        RealPath::new(self.connection.container, name)
    }

    fn hints(&self) -> IoHints {
        IoHints {
            writable: self.writable(),
            listable: self.connection.service != Service::Http,
            absence_is_certain: self.connection.service != Service::Http,
            conditions: self.conditions,
            ..IoHints::remote(self.connection.identity)
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
        turn: KeyLock,
    ) -> Result<Option<Version>> {
        let name = key.clone();
        let call = |connection: Arc<Connection>| async move {
            let _turn = turn;
            let kind = match (connection.write_if(&path, &value, &mode).await, mode) {
                (WriteOutcome::Written(version), _) => return Ok(version),
                (WriteOutcome::Failed(failure), _) => {
                    return Err(connection.failed(Op::Put, &name, &failure));
                }
                (WriteOutcome::Refused, PutMode::Create) => StoreErrorKind::AlreadyExists,
                (WriteOutcome::Refused, _) => StoreErrorKind::Conflict,
            };
            Err(connection.error(Op::Put, &name, kind))
        };
        self.run(Op::Put, key.as_str(), WhenDropped::Abort, call)
            .await
    }

    /// Sends the parts of a large value. Given up with its future: nothing of them is seen yet.
    async fn send_parts(&self, key: &Key, path: &Path, value: &Payload) -> Result<Upload> {
        let (name, path, value) = (key.clone(), path.clone(), value.clone());
        let call = |connection: Arc<Connection>| async move {
            let sent = connection.send_parts(&path, &value).await;
            sent.map_err(|failure| connection.failed(Op::Put, &name, &failure))
        };
        self.run(Op::Put, key.as_str(), WhenDropped::Abort, call)
            .await
    }
}
