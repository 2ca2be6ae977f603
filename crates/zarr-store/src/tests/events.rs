//! What is logged while something runs.

use std::{cell::RefCell, io, sync::Once};

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged to the thread that logs it.
struct ThisThread;

impl io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend(bytes));
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What this thread logs while `run` runs. There is one subscriber for all threads, since what one for a single thread is
/// told depends on what others log for the first time meanwhile.
pub(crate) fn events_of(run: impl FnOnce()) -> String {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(|| ThisThread)
            .init();
    });
    LOGGED.take();
    run();
    String::from_utf8_lossy(&LOGGED.take()).into_owned()
}
