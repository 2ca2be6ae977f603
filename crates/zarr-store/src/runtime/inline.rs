//! Says of a thread that blocking calls run on it.

use std::{cell::Cell, marker::PhantomData};

thread_local! {
    static INLINE: Cell<bool> = const { Cell::new(false) };
}

/// Until the guard is dropped, blocking calls polled on this thread run on it.
///
/// For a thread that would only wait anyway, as under [`wait`](crate::runtime::wait).
pub fn inline() -> InlineGuard {
    InlineGuard {
        before: INLINE.replace(true),
        on_this_thread: PhantomData,
    }
}

/// Whether blocking calls polled on this thread run on it because [`inline`] said so.
pub fn is_inline() -> bool {
    INLINE.get()
}

/// Keeps blocking calls on this thread; dropping it restores what was before.
#[derive(Debug)]
#[must_use = "dropping it ends the inline scope"]
pub struct InlineGuard {
    before: bool,
    on_this_thread: PhantomData<*const ()>,
}

impl Drop for InlineGuard {
    fn drop(&mut self) {
        INLINE.set(self.before);
    }
}
