//! What is logged while something runs, for tests.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    static TOLD: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged to the thread that logs it.
struct ThisThread;

impl io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        TOLD.with_borrow_mut(|told| told.extend(bytes));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What this thread logs while this runs. One subscriber is for all threads: what one of a single thread
/// is told depends on what others log for the first time meanwhile.
pub(crate) fn told(run: impl FnOnce()) -> String {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(|| ThisThread)
            .init();
    });
    TOLD.take();
    run();
    String::from_utf8_lossy(&TOLD.take()).into_owned()
}
