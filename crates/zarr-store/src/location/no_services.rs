//! URLs of services are refused.

use std::sync::Arc;

use super::address::refused;
use crate::{Result, Store};

pub(super) fn open_url(address: &str, _: &[(&str, &str)]) -> Result<Arc<dyn Store>> {
    let why = "this kind of address; known are paths, `file:` URLs and `memory:`, and with the feature `remote` the \
               services `s3:`, `gs:`, `az:`, `abfs:`, `http:` and `https:`";
    Err(refused(address, why))
}
