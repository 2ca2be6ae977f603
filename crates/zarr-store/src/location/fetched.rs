//! URLs of web servers become stores that a browser reads.

use std::sync::Arc;

use super::refusal::unknown_option;
use crate::{FetchStore, Result, Store};

pub(super) fn open_url(address: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Store>> {
    match options.first() {
        None => Ok(Arc::new(FetchStore::new(address)?)),
        Some((name, _)) => Err(unknown_option(
            address,
            name,
            "the browser makes the requests, as it does for every page",
        )),
    }
}
