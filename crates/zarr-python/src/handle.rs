//! `Handle`: an array or a group as it is now, which the coroutines of one object share with its blocking methods.

use std::sync::{Arc, Mutex, PoisonError};

/// What is opened, until a change replaces it.
pub(crate) struct Handle<T>(Arc<Mutex<T>>);

impl<T: Clone> Handle<T> {
    pub(crate) fn new(opened: T) -> Self {
        Self(Arc::new(Mutex::new(opened)))
    }

    pub(crate) fn get(&self) -> T {
        let opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.clone()
    }

    pub(crate) fn replace(&self, changed: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = changed;
    }
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
