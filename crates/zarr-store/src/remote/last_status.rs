//! `LastStatus`: the status of the last answer, passed from the transport to the code that judges an error, since the
//! client between them does not tell it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

tokio::task_local! {
    static LAST_STATUS: LastStatus;
}

/// The status of the last answer; 0 where there was none.
#[derive(Debug, Clone, Default)]
pub(super) struct LastStatus(Arc<AtomicU16>);

impl LastStatus {
    /// Notes the status, if somebody in this task wants to know.
    pub(super) fn note(status: u16) {
        let _nobody_asks = LAST_STATUS.try_with(|answer| answer.0.store(status, Ordering::Relaxed));
    }

    /// The status, if the transport is ours and got an answer.
    pub(super) fn status(&self) -> Option<u16> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            status => Some(status),
        }
    }

    /// Runs `work` so that its answers are noted here.
    pub(super) fn of<T>(&self, work: impl Future<Output = T>) -> impl Future<Output = T> {
        LAST_STATUS.scope(self.clone(), work)
    }
}
