//! Permits for files, of which the library's file asks the system how many there may be.

use std::sync::Arc;

use crate::runtime::{Budget, Reserved};

pub(crate) async fn for_lock() -> Reserved {
    let one = Budget::new(1);
    Arc::clone(&one).take(1).await
}
