//! The locks that the order of threads depends on: the standard library's. `tests/models` compiles the files that use
//! them with those of a model checker.

pub(super) use std::sync::{Mutex, MutexGuard};
