//! URLs of services become stores.

use std::sync::Arc;

use crate::{ObjectStore, Result, Store};

pub(super) fn open_url(address: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(ObjectStore::open(
        address,
        options.iter().copied(),
    )?))
}
