//! The part of the library's runtime that is modelled, with locks of the model checker.

#[path = "../../../crates/zarr-store/src/runtime/budget.rs"]
mod budget;
#[path = "../../../crates/zarr-store/src/runtime/per_process.rs"]
mod per_process;

pub use budget::{Budget, Reserved, Take};
pub use per_process::PerProcess;
pub use shuttle::future::block_on as wait;

mod sync {
    pub(super) use shuttle::sync::{Mutex, MutexGuard};
}

mod threads {
    /// Nothing is forked here.
    pub(super) fn process_id() -> u32 {
        0
    }
}
