//! `Hooked`: a store with something done around each call, which a [`Hook`] decides. Keys and values go through
//! unchanged.

mod object;

use std::{
    fmt::{self, Debug, Display},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;

use self::object::HookedObject;
use super::{
    hook::{Call, Hook, Outcome, Reads, before},
    wrapper::Wrapper,
};
use crate::{IoHints, Key, Object, Result, Store};

/// A store inside and a hook around it. Cheap to clone; clones share the hook.
#[derive(Debug)]
pub struct Hooked<S, H> {
    inner: S,
    hook: Arc<H>,
    /// The store inside, for error texts.
    name: Arc<str>,
}

impl<S: Store, H: Hook> Hooked<S, H> {
    /// `inner` with `hook` around it.
    pub fn with(inner: S, hook: H) -> Self {
        Hooked {
            name: inner.to_string().into(),
            inner,
            hook: Arc::new(hook),
        }
    }

    /// The hook.
    pub fn hook(&self) -> &H {
        &self.hook
    }

    /// The store inside.
    pub fn inner(&self) -> &S {
        &self.inner
    }
}

impl<S: Store, H: Hook + Default> Hooked<S, H> {
    /// `inner` with a new hook of this kind around it.
    pub fn new(inner: S) -> Self {
        Hooked::with(inner, H::default())
    }
}

impl<S: Store, H: Hook> Wrapper for Hooked<S, H> {
    fn inner(&self) -> (&dyn Store, Option<&dyn Store>) {
        (&self.inner, None)
    }

    fn is_hooked(&self) -> bool {
        true
    }

    fn reads(&self) -> Reads {
        H::READS
    }

    fn copies(&self) -> bool {
        H::COPIES
    }

    fn wrapped_hints(&self) -> IoHints {
        self.hook.hints(self.inner.hints())
    }

    fn wrapped_kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn before(&self, call: &Call<'_>) -> Result<Duration> {
        before(&*self.hook, &self.name, call)
    }

    fn bytes(&self, call: &Call<'_>, bytes: Bytes) -> Bytes {
        self.hook.bytes(call, bytes)
    }

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        self.hook.after(call, outcome);
    }

    fn opened(&self, key: &Key, object: Arc<dyn Object>) -> Arc<dyn Object> {
        Arc::new(HookedObject {
            inner: object,
            hook: Arc::clone(&self.hook),
            key: key.clone(),
            store: Arc::clone(&self.name),
        })
    }
}

impl<S: Clone, H> Clone for Hooked<S, H> {
    fn clone(&self) -> Self {
        Hooked {
            inner: self.inner.clone(),
            hook: Arc::clone(&self.hook),
            name: Arc::clone(&self.name),
        }
    }
}

impl<S: Display, H> Display for Hooked<S, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.inner, f)
    }
}
