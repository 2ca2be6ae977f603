//! `open_store`: how text becomes a store. Each kind of address is opened in a file beside this one.

use std::{path::Path, sync::Arc};

use super::{
    finish::{self, Finish},
    layer, paths,
    simple::{open_elsewhere, path_of},
};
use crate::{Result, Store};

/// The store at an address.
///
/// | address | store |
/// |---|---|
/// | `data/a.zarr`, `file:///data/a.zarr` | a directory; a path that ends in `.zip` or `.ozx` is a zip archive unless it is a directory, and so is a file of any name with an archive in it |
/// | `memory:` | a new store in memory |
/// | `memory://name`, `memory://name/path` | the one of that name in this process, until its last handle is dropped |
/// | `s3://bucket/path` | S3 and what speaks its language (feature `remote`, as those below) |
/// | `gs://bucket/path` | Google Cloud Storage |
/// | `az://container/path`, `abfs://…`, `abfss://…` | Azure |
/// | `https://host/path`, `http://…` | any web server, to read from; in a browser with the feature `fetch` |
/// | `https://host/x.zip`, `s3://bucket/x.zip`, … | the zip archive in any of these, if there is one, to read from; else the directory |
/// | `s3://bucket/x.zip\|zip:inner/path`, `x.zip::inner/path` | a place in a zip archive in any of these |
///
/// `options` are for the services: [`ObjectStore`](crate::ObjectStore) lists them. Paths and `file:` URLs have
/// one, `symlinks`: `follow`, which is the default, or `inside`, for a tree that somebody else made (see
/// `Symlinks`). Memory has none.
///
/// Nothing is read or created, except that the directory of an archive is read: a directory that is not there is an
/// empty store until something is written.
///
/// An archive in a file can be read and changed; where there is none yet, writing makes one. It is written beside its
/// place and put there as a whole by [`sync`](Store::sync), or when the last handle on the store is dropped; until then
/// others see the old one, also after a crash. All handles that this process opens by an address share one store;
/// another process that writes the archive at the same time is refused. Every address has the option `finish`: `drop`,
/// which is the default, or `sync`, with which an archive stays the old one unless `sync` is called.
///
/// ```
/// # use zarr_store::{open_store, runtime::wait};
/// let here = wait(open_store("memory://shared", &[]))?;
/// assert_eq!(wait(open_store("memory://shared/a", &[]))?.to_string(), "memory/a");
/// assert!(wait(open_store("data/a.zarr", &[("region", "eu")])).is_err());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
///
/// # Errors
/// `Unsupported` for any other kind of address, or one that this build leaves out; an error that names
/// the option, if one is unknown, unreadable, or given where there are none.
pub async fn open_store(address: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Store>> {
    let (finish, options) = finish::taken(address, options)?;
    match layer::split(address) {
        Some((base, layer)) => layer::open(address, base, layer, &options, finish).await,
        None => open_plain(address, &options, finish).await,
    }
}

/// The store at a path, which is never taken for another kind of address: see [`open_store`].
///
/// # Errors
/// As [`open_store`].
pub async fn open_path(
    path: impl AsRef<Path> + Send,
    options: &[(&str, &str)],
) -> Result<Arc<dyn Store>> {
    let path = path.as_ref();
    let address = path.to_string_lossy();
    let (finish, options) = finish::taken(&address, options)?;
    let bytes = path.as_os_str().as_encoded_bytes();
    paths::open_path(&address, bytes, &options, finish).await
}

/// The store at an address that is no pipeline.
async fn open_plain(
    address: &str,
    options: &[(&str, &str)],
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    if let Some(path) = path_of(address)? {
        return paths::open_path(address, &path, options, finish).await;
    }
    match layer::named(address, options).await? {
        Some(archive) => Ok(archive),
        None => open_elsewhere(address, options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, PutMode, StoreExt, runtime::wait};

    #[test]
    fn opens_memory_and_refuses_the_unknown() {
        assert_eq!(
            wait(open_store("memory:", &[])).unwrap().to_string(),
            "memory"
        );
        assert_eq!(
            wait(open_store("memory://", &[])).unwrap().to_string(),
            "memory"
        );
        for address in [
            "gopher://x",
            "memory:x",
            "memory://x/../y",
            "file:x",
            "file://host/x",
            "file:///%2",
            "",
        ] {
            assert!(wait(open_store(address, &[])).is_err(), "{address}");
        }
    }

    #[test]
    fn named_memory_is_shared_and_goes_with_its_last_handle() {
        let key = Key::new("a/b").unwrap();
        let one = wait(open_store("memory://shared-in-test", &[])).unwrap();
        wait(one.put(&key, vec![1].into(), PutMode::Create)).unwrap();
        let below = wait(open_store("memory://shared-in-test/a", &[])).unwrap();
        assert_eq!(wait(below.size(&Key::new("b").unwrap())).unwrap(), Some(1));
        assert!(!wait(wait(open_store("memory:", &[])).unwrap().exists(&key)).unwrap());
        drop(one);
        assert!(wait(below.exists(&Key::new("b").unwrap())).unwrap());
        drop(below);
        let again = wait(open_store("memory://shared-in-test", &[])).unwrap();
        assert!(!wait(again.exists(&key)).unwrap());
    }

    #[test]
    fn options_are_never_ignored() {
        for address in ["x.zarr", "file:///x", "memory:", "memory://x"] {
            let e = wait(open_store(address, &[("region", "eu")])).unwrap_err();
            assert!(e.to_string().contains("`region`"), "{e}");
        }
    }

    #[test]
    fn errors_show_no_secrets() {
        for address in [
            "zip::https://me:s3cr3t@h/x.zip?sig=s3cr3t",
            "gopher://me:s3cr3t@h/x?sig=s3cr3t",
            "https://me:s3cr3t@h/x.tar?sig=s3cr3t|tar:a",
            "https://h/x.zip?sig=s3cr3t|zip:y.zip|zip:a",
            "https://me:s3cr3t@h/?sig=s3cr3t|zip:a",
        ] {
            let e = wait(open_store(address, &[])).unwrap_err();
            let texts = format!("{e} {e:?}");
            assert!(!texts.contains("s3cr3t"), "{texts}");
        }
    }
}
