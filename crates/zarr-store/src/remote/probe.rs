//! Finds out which conditions a service honours, by asking it: some take a conditional write, ignore
//! its condition, and overwrite.

use super::ObjectStore;
use crate::{Conditions, Key, PutMode, Result, Store, StoreErrorKind, Version};

impl ObjectStore {
    /// Which conditional writes the service truly makes, tried on a value of its own that is deleted
    /// again. A handful of small requests; nothing does this by itself.
    ///
    /// Services that only look like S3 may ignore conditions: then two writers lose each other's
    /// bytes without a sign. Of such a service this says [`Conditions::NONE`], and a store made
    /// [`with_conditions`](Self::with_conditions) of that refuses to change values in part.
    ///
    /// ```no_run
    /// # use zarr_store::{ObjectStore, runtime};
    /// let store = ObjectStore::open("s3://bucket/data.zarr", [("endpoint", "https://minio.local")])?;
    /// let conditions = runtime::wait(store.probe())?;
    /// let store = store.with_conditions(conditions);
    /// # Ok::<(), zarr_store::StoreError>(())
    /// ```
    ///
    /// # Errors
    /// What the service says to plain writes and deletes.
    pub async fn probe(&self) -> Result<Conditions> {
        let key = Key::new(format!("zarr-probe-{}", super::write::unique()))?;
        // Ask even where the hints say no: that may be what is to be found out.
        let store = self
            .clone()
            .with_conditions(self.connection.service.conditions());
        let found = store.try_conditions(&key).await;
        store.delete(&key, None).await?;
        found
    }

    async fn try_conditions(&self, key: &Key) -> Result<Conditions> {
        let value = |text: &'static str| text.as_bytes().into();
        let refused = |answer: Result<Option<Version>>| match answer {
            Ok(_) => Ok(false),
            Err(e) => match e.kind {
                StoreErrorKind::AlreadyExists | StoreErrorKind::Conflict => Ok(true),
                _ => Err(e),
            },
        };
        let offered = Store::hints(self).conditions;
        let first = self.put(key, value("first"), PutMode::Overwrite).await?;
        let create =
            offered.create && refused(self.put(key, value("second"), PutMode::Create).await)?;
        let update = match first {
            Some(version) if offered.update => {
                self.put(key, value("third"), PutMode::Overwrite).await?;
                let stale = PutMode::Update(version);
                refused(self.put(key, value("fourth"), stale).await)?
            }
            _ => false,
        };
        Ok(Conditions {
            create,
            update,
            delete: false,
        })
    }
}
