//! Archives in files: one writer for each in this process, so that two handles see the same values and neither loses
//! what the other wrote.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
};

use crate::{
    Blocking, Op, Result, Store, StoreError, StoreErrorKind, ZipWriter,
    location::finish::Finish,
    runtime,
    zip::{SIGNATURES, resolved},
};

type Open = HashMap<PathBuf, Weak<ZipWriter>>;

/// Whether a file begins as archives do, whatever its name.
pub(in crate::location) fn is_archive(path: &Path) -> bool {
    let mut begin = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begin));
    read.is_ok() && SIGNATURES.contains(&&begin[..])
}

/// The archive at `path`, or one to be written if there is none.
pub(in crate::location) async fn open_file(
    _: &str,
    path: &Path,
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    let (path, name) = (path.to_owned(), path.to_string_lossy().into_owned());
    let failed = move |e: io::Error| StoreError::text(Op::OpenStore, &name, StoreErrorKind::Io(e));
    let stopped = || io::Error::other("the async runtime shut down before the archive was opened");
    let open = {
        let failed = failed.clone();
        move || shared(resolved(&path).map_err(failed)?)
    };
    let opened = runtime::offload(open).await;
    let writer = opened.unwrap_or_else(|| Err(failed(stopped())))?;
    if finish == Finish::WhenDropped {
        writer.finishes();
    }
    Ok(Arc::new(Blocking::shared(writer)))
}

/// The one that is open, as long as it is about what is there.
fn shared(path: PathBuf) -> Result<Arc<ZipWriter>> {
    if let Some(writer) = current(&open_ones(), &path) {
        return Ok(writer);
    }
    // It may be large, and others are opened meanwhile.
    let opened = Arc::new(ZipWriter::at(path.clone())?);
    let mut open = open_ones();
    if let Some(writer) = current(&open, &path) {
        return Ok(writer);
    }
    open.retain(|_, writer| writer.strong_count() > 0);
    open.insert(path, Arc::downgrade(&opened));
    Ok(opened)
}

fn current(open: &Open, path: &Path) -> Option<Arc<ZipWriter>> {
    let writer = open.get(path)?.upgrade()?;
    writer.is_current().then_some(writer)
}

fn open_ones() -> MutexGuard<'static, Open> {
    static OPEN: OnceLock<Mutex<Open>> = OnceLock::new();
    let open = OPEN.get_or_init(Mutex::default);
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
