//! Why an address or an option is refused.

use crate::{Op, StoreError, StoreErrorKind};

pub(super) fn refused(address: &str, why: &'static str) -> StoreError {
    StoreError::text(Op::OpenStore, address, StoreErrorKind::Unsupported(why))
}

/// Options are never ignored: one that has no effect is a mistake somewhere.
pub(super) fn unknown_option(address: &str, name: &str, why: &str) -> StoreError {
    let name = name.escape_debug();
    let why = format!("the option `{name}` means nothing here: {why}");
    StoreError::text(Op::OpenStore, address, StoreErrorKind::Option(why))
}
