//! What an address gets in a build without the feature that it needs: a refusal that names the feature.

#[cfg(not(any(feature = "zip", feature = "zip-rust")))]
pub(super) mod archives {
    use std::sync::Arc;

    use crate::{Key, Result, Store, StoreError, location::refusal::refused};

    /// Whether a name is that of an archive.
    pub(in crate::location) fn is_named(name: &[u8]) -> bool {
        name.ends_with(b".zip")
    }

    fn none(address: &str) -> StoreError {
        refused(
            address,
            "zip archives: this build has none (feature `zip`, or `zip-rust` without C)",
        )
    }

    pub(in crate::location) async fn open(
        address: &str,
        _: Arc<dyn Store>,
        _: Key,
    ) -> Result<Arc<dyn Store>> {
        Err(none(address))
    }

    pub(in crate::location) async fn find(
        _: Arc<dyn Store>,
        _: Key,
    ) -> Result<Option<Arc<dyn Store>>> {
        Ok(None)
    }

    #[cfg(all(feature = "local", any(unix, windows)))]
    pub(in crate::location) fn is_archive(_: &std::path::Path) -> bool {
        false
    }

    #[cfg(all(feature = "local", any(unix, windows)))]
    pub(in crate::location) async fn open_file(
        address: &str,
        _: &std::path::Path,
        _: crate::location::finish::Finish,
    ) -> Result<Arc<dyn Store>> {
        Err(none(address))
    }
}

#[cfg(not(all(feature = "local", any(unix, windows))))]
pub(super) mod paths {
    use std::sync::Arc;

    use crate::{
        Result, Store,
        location::{finish::Finish, refusal::refused},
    };

    pub(in crate::location) async fn open_path(
        address: &str,
        _: &[u8],
        _: &[(&str, &str)],
        _: Finish,
    ) -> Result<Arc<dyn Store>> {
        let why = "paths: this build has no local files (feature `local`)";
        Err(refused(address, why))
    }

    pub(in crate::location) async fn open_archive(
        address: &str,
        path: &[u8],
        options: &[(&str, &str)],
        finish: Finish,
    ) -> Result<Arc<dyn Store>> {
        open_path(address, path, options, finish).await
    }
}

#[cfg(not(any(
    feature = "remote",
    all(feature = "fetch", target_family = "wasm", target_os = "unknown")
)))]
pub(super) mod urls {
    use std::sync::Arc;

    use crate::{Result, Store, location::refusal::refused};

    pub(in crate::location) fn open_url(
        address: &str,
        _: &[(&str, &str)],
    ) -> Result<Arc<dyn Store>> {
        let why = "this kind of address; supported are paths, `file:` URLs and `memory:`, and with the feature `remote` \
                   the services `s3:`, `gs:`, `az:`, `abfs:`, `http:` and `https:` (in a browser the last two, with `fetch`)";
        Err(refused(address, why))
    }
}
