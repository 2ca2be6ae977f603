//! Copying plain values from store to store, whatever they are. Only this much of Zarr is known:
//! documents come last, so that who finds a node finds all of it.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_store::{Entry, Key, Location, Op, PutMode, StoreError, StoreErrorKind, StoreExt};

use super::meter::{Meter, is_document};
use super::overlap::Ground;
use super::{Choice, CopyListener, CopyStats, CopyStep, IfExists};
use crate::{Error, ErrorKind, Result};
use zarr_store::runtime::Budget;

/// How values are copied from one place to another.
#[derive(Clone)]
pub struct CopyKeys {
    /// What is done about keys that are there.
    pub if_exists: IfExists,
    /// Whether all is checked and counted, and nothing done.
    pub dry_run: bool,
    /// Whether each value that was stored is read again and compared.
    pub verify: bool,
    /// Which keys are copied, by their names in the source's store.
    pub choice: Option<Choice>,
    /// Who is told how far it is.
    pub progress: Option<CopyListener>,
    /// How many bytes may be between the two stores at once.
    pub memory: u64,
    /// How many bytes one value may have.
    pub value_bytes: u64,
}

struct Job<'o> {
    from: Location,
    to: Location,
    options: &'o CopyKeys,
    meter: Meter,
    budget: Arc<Budget>,
}

/// One value to be copied.
struct Value {
    from: Entry,
    to: Key,
}

/// Copies all values below a place to below another.
///
/// # Errors
/// [`IfExists::Raise`]: where one of the keys is there, and then nothing was copied. What the stores
/// say; what was copied before that stays, and [`IfExists::Update`] goes on from there.
pub async fn copy_keys(from: &Location, to: &Location, options: &CopyKeys) -> Result<CopyStats> {
    if options.if_exists == IfExists::SkipInitialized {
        let text = "a key is there or is not; use `Skip`, or `Update` for those of another size";
        return Err(Error::argument("if_exists", text));
    }
    Ground::new(from, to)?;
    let meter = Meter::new(options.progress.clone());
    let mut job = Job {
        from: meter.incoming(from),
        to: meter.outgoing(to),
        budget: Budget::new(options.memory),
        meter,
        options,
    };
    let values = job.values().await?;
    job.meter.announce(values.len() as u64);
    let there = job.look(&values).await?;

    let mut stats = CopyStats::default();
    let (mut chunks, mut documents) = (vec![], vec![]);
    for (value, is_there) in values.into_iter().zip(there) {
        if is_there {
            job.meter
                .tell(value.from.key.as_str(), CopyStep::Skip(None));
            job.meter.done(value.from.key.as_str(), 1);
            stats.skipped += 1;
            continue;
        }
        stats.copied += 1;
        if options.dry_run {
            let (path, to) = (value.from.key.as_str(), value.to.as_str());
            job.meter.tell(path, CopyStep::Key(to));
        } else if is_document(value.from.key.as_str()) {
            documents.push(value);
        } else {
            chunks.push(value);
        }
    }
    let limit = [from, to].map(|place| place.store().hints().concurrency.max(1));
    let limit = limit.into_iter().max().unwrap_or(1);
    for values in [chunks, documents] {
        let copies = stream::iter(values).map(|value| job.copy(value));
        copies.buffer_unordered(limit).try_collect::<()>().await?;
    }
    stats.bytes = job.meter.sent();
    stats.chunks = job.meter.chunks();
    Ok(stats)
}

impl Job<'_> {
    /// The values, sorted by key.
    async fn values(&self) -> Result<Vec<Value>> {
        let (prefix, choice) = (self.from.path(), self.options.choice.as_ref());
        let mut entries: Vec<Entry> = self.from.store().list(prefix).try_collect().await?;
        entries.sort_unstable();
        let chosen = entries
            .into_iter()
            .filter(|entry| choice.is_none_or(|is_meant| is_meant(entry.key.as_str())));
        let value = |from: Entry| {
            let rest = from.key.as_str().strip_prefix(prefix.as_str());
            let to = self.to.key(rest.unwrap_or_default())?;
            Ok(Value { from, to })
        };
        chosen.map(value).collect()
    }

    /// Of which values there is nothing to do.
    async fn look(&self, values: &[Value]) -> Result<Vec<bool>> {
        let store = self.to.store();
        let everything = self.options.if_exists == IfExists::Replace;
        if everything || (store.hints().listable && store.is_empty(self.to.path()).await?) {
            return Ok(vec![false; values.len()]);
        }
        let one = |(to, wanted): (Key, u64)| async move {
            let size = store.size(&to).await?;
            match (self.options.if_exists, size) {
                (IfExists::Raise, Some(_)) => {
                    let kind = StoreErrorKind::AlreadyExists;
                    Err(StoreError::new(Op::Put, store, to.as_str(), kind).into())
                }
                (IfExists::Update, size) => Ok(size == Some(wanted)),
                (_, size) => Ok(size.is_some()),
            }
        };
        let keys = values
            .iter()
            .map(|value| (value.to.clone(), value.from.size));
        let looks = keys.collect::<Vec<_>>().into_iter().map(one);
        let limit = store.hints().concurrency.max(1);
        stream::iter(looks).buffered(limit).try_collect().await
    }

    async fn copy(&self, value: Value) -> Result<()> {
        let Value { from, to } = value;
        let path = from.key.as_str();
        self.meter.tell(path, CopyStep::Key(to.as_str()));
        let _until_put = self.budget.take(from.size).await;
        // It may have gone since it was listed: then it is none of the source's any more.
        let most = self.options.value_bytes;
        if let Some(bytes) = self.from.store().get_at_most(&from.key, most).await? {
            let store = self.to.store();
            store
                .put(&to, bytes.clone().into(), PutMode::Overwrite)
                .await?;
            if self.options.verify && !self.holds(&to, &bytes).await? {
                let kind = StoreErrorKind::Conflict;
                let error = StoreError::new(Op::Get, store, to.as_str(), kind);
                return Err(ErrorKind::Store(error).into());
            }
        }
        self.meter.done(path, 1);
        Ok(())
    }

    /// Whether the destination has these bytes.
    async fn holds(&self, key: &Key, bytes: &[u8]) -> Result<bool> {
        let most = bytes.len() as u64;
        match self.to.store().get_at_most(key, most).await {
            Ok(found) => Ok(found.as_deref() == Some(bytes)),
            Err(error) if matches!(error.kind, StoreErrorKind::TooLarge { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
