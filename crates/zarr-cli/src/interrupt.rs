//! Ctrl-C: writes that have begun are finished and no others begin, so that nothing is left half-written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use zarr::Location;
use zarr::tools::{Call, Hook, Hooked, Op, Outcome, StoreErrorKind};

use crate::failure::Exit;

/// Lets calls to stores through until it is closed, and counts those under way.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallGate(Arc<GateState>);

#[derive(Debug, Default)]
struct GateState {
    closed: AtomicBool,
    inside: AtomicUsize,
}

impl CallGate {
    /// Closes the gate at the first Ctrl-C; at the second, the program ends at once. If signals cannot be watched,
    /// Ctrl-C does what it always does.
    pub(crate) fn watch(&self) {
        let gate = self.clone();
        let watch = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_err() {
                    return;
                }
                gate.close();
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(i32::from(Exit::Interrupted as u8));
                }
            });
        };
        // The thread ends with the program.
        drop(
            std::thread::Builder::new()
                .name("signals".to_owned())
                .spawn(watch),
        );
    }

    pub(crate) fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::SeqCst)
    }

    /// The same location, behind this gate.
    pub(crate) fn guard(&self, location: &Location) -> Location {
        let store = Hooked::with(Arc::clone(location.store()), self.clone());
        Location::new(Arc::new(store), location.path().clone())
    }

    /// Waits until no call is under way, but not for ever, since a network may hang.
    pub(crate) fn wait_until_idle(&self) {
        const PAUSE: Duration = Duration::from_millis(5);
        for _ in 0..2000 {
            if self.0.inside.load(Ordering::SeqCst) == 0 {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// Only calls that change something are counted: no others leave something half-written.
fn counts(op: Op) -> bool {
    matches!(op, Op::Put | Op::Copy | Op::Delete | Op::DeletePrefix)
}

impl Hook for CallGate {
    const COPIES: bool = true;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        if counts(call.op) {
            self.0.inside.fetch_add(1, Ordering::SeqCst);
        }
        // Checked after counting: `wait_until_idle` either sees this call, or the call sees that the gate is closed.
        if self.is_closed() {
            if counts(call.op) {
                self.0.inside.fetch_sub(1, Ordering::SeqCst);
            }
            return Err(StoreErrorKind::Unsupported("this was interrupted"));
        }
        Ok(Duration::ZERO)
    }

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        if counts(call.op) {
            self.0.inside.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
