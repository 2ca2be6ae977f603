//! The warnings of the library, each printed once.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use zarr::{Config, Context, ContextBuilder, Warning};

use super::text;

/// The context of every command that sets nothing by options.
pub(crate) fn context() -> Context {
    static CONTEXT: OnceLock<Context> = OnceLock::new();
    let new = || printing(zarr::config_from_env()).build();
    CONTEXT.get_or_init(new).clone()
}

/// A context that prints all warnings.
pub(crate) fn printing(config: Config) -> ContextBuilder {
    Context::builder().config(config).on_warning(tell)
}

/// A context that prints what copies do not report themselves: they name at their end what they reword, and what is no
/// node is copied as files.
pub(crate) fn printing_for_copies(config: Config) -> ContextBuilder {
    let listener = |warning: &Warning| match warning {
        Warning::Reworded { .. } | Warning::UnknownObject { .. } => {}
        warning => tell(warning),
    };
    Context::builder().config(config).on_warning(listener)
}

fn tell(warning: &Warning) {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let line = text::escaped(&warning.to_string());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    // Of so many nobody reads all, and the set takes memory.
    if told.len() < MOST && told.insert(line.clone()) {
        text::warning(&line);
    }
}

/// The most that are printed.
const MOST: usize = 1000;
