//! Listing and deleting below a prefix: pages as the service gives them, as keys of the store.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectMeta, ObjectStore as Client, path::Path};
use tokio::sync::mpsc;

use super::{
    background::{WhenDropped, spawn},
    connection::Connection,
    failure::Failure,
};
use crate::{
    BoxStream, Entry, Key, KeyProblem, Listing, Op, Prefix, Result, StoreError, StoreErrorKind,
};

/// Entries that travel together from the thread of the requests.
const PAGE: usize = 1000;
/// Pages that wait to be taken, before no more are asked for.
const WAITING: usize = 2;

/// A part of a listing. The end is said, so that a listing that stops is never taken for a whole one.
enum Page {
    Entries(Vec<Result<Entry>>),
    End,
}

/// Whether a name is refused, and yet no file of a store's own.
fn is_foreign(error: &StoreError) -> bool {
    !matches!(error.kind, StoreErrorKind::InvalidKey(KeyProblem::Reserved))
}

impl Connection {
    /// Everything below a prefix. Requests run ahead of whoever takes the entries, a little.
    pub(super) fn list(self: &Arc<Self>, prefix: &Prefix) -> BoxStream<'static, Result<Entry>> {
        let (send, take) = mpsc::channel(WAITING);
        let (connection, below) = (Arc::clone(self), prefix.clone());
        let work = async move {
            let mut pages = connection.entries(&below).ready_chunks(PAGE);
            while let Some(page) = pages.next().await {
                let failed = page.iter().any(Result::is_err);
                if send.send(Page::Entries(page)).await.is_err() || failed {
                    return;
                }
            }
            let _nobody_takes_it = send.send(Page::End).await;
        };
        let error = |kind| self.error(Op::List, prefix, kind);
        let running = match spawn(work, WhenDropped::Abort) {
            Ok(running) => running,
            Err(e) => return Box::pin(stream::iter([Err(error(StoreErrorKind::Io(e)))])),
        };
        let stopped = error(StoreErrorKind::Backend(
            "the listing stopped half way".into(),
        ));
        let pages = stream::unfold(Some((take, running, stopped)), |state| async move {
            let (mut take, running, stopped) = state?;
            Some(match take.recv().await {
                Some(Page::Entries(entries)) => (entries, Some((take, running, stopped))),
                Some(Page::End) => (Vec::new(), None),
                None => (vec![Err(stopped)], None),
            })
        });
        // An error is the last that is said.
        let ended = |failed: &mut bool, entry: Result<Entry>| {
            let before = std::mem::replace(failed, entry.is_err());
            std::future::ready((!before).then_some(entry))
        };
        Box::pin(pages.map(stream::iter).flatten().scan(false, ended))
    }

    fn entries(self: &Arc<Self>, prefix: &Prefix) -> BoxStream<'static, Result<Entry>> {
        let directory = match self.directory(Op::List, prefix) {
            Ok(directory) => directory,
            Err(e) => return Box::pin(stream::iter([Err(e)])),
        };
        let connection = Arc::clone(self);
        let name = prefix.clone();
        let entries = self
            .client
            .list(directory.as_ref())
            .map_err(move |e| connection.failed(Op::List, &name, &Failure::from(e)));
        let connection = Arc::clone(self);
        Box::pin(
            entries.try_filter_map(move |meta| std::future::ready(Ok(connection.entry(&meta)))),
        )
    }

    /// What lies directly below a prefix.
    pub(super) async fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        let directory = self.directory(Op::List, prefix)?;
        let request = self.client.list_with_delimiter(directory.as_ref());
        let found = Failure::watch(request)
            .await
            .map_err(|failure| self.failed(Op::List, prefix, &failure))?;
        let mut keys: Vec<Entry> = found.objects.iter().filter_map(|m| self.entry(m)).collect();
        let inside = |path: &Path| Prefix::new(path.as_ref()).ok()?.strip(&self.root);
        let mut prefixes: Vec<Prefix> = found.common_prefixes.iter().filter_map(inside).collect();
        // A service may keep a marker for the directory itself: an empty object of its name.
        keys.retain(|entry| prefix.contains(&entry.key));
        prefixes.retain(|p| p != prefix);
        keys.sort();
        prefixes.sort();
        let objects = found.objects.iter().map(|meta| &meta.location);
        let all = objects.chain(&found.common_prefixes);
        let unnamed =
            all.filter(|path| Key::new(path.as_ref()).is_err_and(|error| is_foreign(&error)));
        let unnamed = unnamed.map(ToString::to_string).collect();
        Ok(Listing {
            keys,
            prefixes,
            unnamed,
        })
    }

    /// Deletes everything below a prefix, many at a time where the service can.
    pub(super) async fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let directory = self.directory(Op::DeletePrefix, prefix)?;
        let paths = self
            .client
            .list(directory.as_ref())
            .map_ok(|meta| meta.location);
        let deleted = self.client.delete_stream(Box::pin(paths));
        // What somebody else deleted meanwhile is gone, as it should be.
        let gone = |answer: &object_store::Result<Path>| {
            !matches!(answer, Err(object_store::Error::NotFound { .. }))
        };
        let request = deleted
            .filter(move |answer| std::future::ready(gone(answer)))
            .try_for_each(|_| std::future::ready(Ok(())));
        Failure::watch(request)
            .await
            .map_err(|failure| self.failed(Op::DeletePrefix, prefix, &failure))
    }

    /// A directory as the client names it; `None` for all of the container.
    fn directory(&self, op: Op, prefix: &Prefix) -> Result<Option<Path>> {
        let whole = [self.root.as_str(), prefix.as_str()].concat();
        match whole.is_empty() {
            true => Ok(None),
            // Never `None` for a name that the client does not take: that would be everything.
            false => self.named(op, prefix.as_str(), &whole).map(Some),
        }
    }

    /// What a listing shows, unless no key of ours can name it.
    fn entry(&self, meta: &ObjectMeta) -> Option<Entry> {
        let key = Key::new(meta.location.as_ref()).ok()?.strip(&self.root)?;
        Some(Entry {
            key,
            size: meta.size,
        })
    }
}
