//! Copying plain values from store to store as they are, whatever they hold.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_store::runtime::Budget;
use zarr_store::{Copied, Entry, Key, Location, Op, PutMode, StoreError, StoreErrorKind, StoreExt};

use super::IfExists;
use super::progress::CopyReporter;
use crate::Result;

/// A value, and the key that it is copied to.
pub(super) struct ValueCopy {
    pub(super) from: Entry,
    pub(super) to: Key,
}

/// How values are copied from one place to another.
pub(super) struct ValueCopier<'a> {
    pub(super) from: &'a Location,
    pub(super) to: &'a Location,
    pub(super) if_exists: IfExists,
    /// Whether what was stored is read again and compared.
    pub(super) verify: bool,
    /// The most bytes that one value may have.
    pub(super) value_bytes: u64,
    pub(super) budget: Arc<Budget>,
}

impl ValueCopier<'_> {
    /// Which of the values are there already and stay.
    ///
    /// # Errors
    /// [`IfExists::Raise`]: where one of them is there.
    pub(super) async fn find_present(&self, values: &[ValueCopy]) -> Result<Vec<bool>> {
        let store = self.to.store();
        if self.if_exists == IfExists::Replace
            || values.is_empty()
            || (store.hints().listable && store.is_empty(self.to.path()).await?)
        {
            return Ok(vec![false; values.len()]);
        }
        let is_present = |(to, wanted): (Key, u64)| async move {
            let size = store.size(&to).await?;
            match (self.if_exists, size) {
                (IfExists::Raise, Some(_)) => {
                    let kind = StoreErrorKind::AlreadyExists;
                    Err(StoreError::new(Op::Put, store, to.as_str(), kind).into())
                }
                (IfExists::Update, size) => Ok(size == Some(wanted)),
                (_, size) => Ok(size.is_some()),
            }
        };
        let keys = values.iter().map(|one| (one.to.clone(), one.from.size));
        let looks = keys.collect::<Vec<_>>().into_iter().map(is_present);
        let limit = store.hints().concurrency.max(1);
        stream::iter(looks).buffered(limit).try_collect().await
    }

    /// Copies one value: the store by itself, if it can and nothing is to be compared.
    ///
    /// # Errors
    /// What the stores say, where it is larger than a value may be, and where something else is there afterwards.
    pub(super) async fn copy(&self, value: &ValueCopy, reporter: &CopyReporter) -> Result<()> {
        let ValueCopy { from, to } = value;
        let (source, dest) = (self.from.store(), self.to.store());
        let copied = match self.verify {
            true => Copied::Elsewhere,
            false => {
                source
                    .copy_into(&from.key, dest, to, self.value_bytes)
                    .await?
            }
        };
        match copied {
            Copied::Stored { size } => {
                reporter.add_copied(to.as_str(), size.unwrap_or(from.size));
                return Ok(());
            }
            // It was deleted since it was listed.
            Copied::Absent => return Ok(()),
            Copied::Elsewhere => {}
        }
        let _until_put = self.budget.take(from.size).await;
        let value = source.get_at_most(&from.key, self.value_bytes);
        if let Some(bytes) = value.await? {
            let value = bytes.clone().into();
            dest.put(to, value, PutMode::Overwrite).await?;
            if self.verify && !self.holds(to, &bytes).await? {
                let kind = StoreErrorKind::Conflict;
                return Err(StoreError::new(Op::Get, dest, to.as_str(), kind).into());
            }
        }
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

    /// How many values are copied at once.
    pub(super) fn concurrency(&self) -> usize {
        let limits = [self.from, self.to].map(|place| place.store().hints().concurrency.max(1));
        limits.into_iter().max().unwrap_or(1)
    }
}

/// The key below `to` that has the same name as one below `from`.
pub(super) fn key_in(to: &Location, from: &Location, key: &Key) -> Result<Key> {
    let name = key.as_str().strip_prefix(from.path().as_str());
    Ok(to.key(name.unwrap_or_default())?)
}
