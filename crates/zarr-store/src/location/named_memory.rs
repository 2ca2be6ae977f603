//! Memory stores that have a name in this process. A name is forgotten with the last handle on its store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use crate::{BlockingStore, MemoryStore, Store};

type Named = HashMap<String, Weak<dyn Store>>;

/// The store of that name, new if there is none.
pub(super) fn store(name: &str) -> Arc<dyn Store> {
    static NAMES: OnceLock<Mutex<Named>> = OnceLock::new();
    let names = NAMES.get_or_init(Mutex::default);
    let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = names.get(name).and_then(Weak::upgrade) {
        return store;
    }
    names.retain(|_, store| store.strong_count() > 0);
    let store: Arc<dyn Store> = MemoryStore::new().into_store();
    names.insert(name.to_owned(), Arc::downgrade(&store));
    store
}
