//! Paths become local stores; a file that is a zip archive becomes what is in it.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

use super::{
    address::{refused, unknown_option},
    archives,
};
use crate::{BlockingStore, LocalStore, Result, Store, Symlinks};

pub(super) async fn open_path(
    address: &str,
    path: &[u8],
    options: &[(&str, &str)],
) -> Result<Arc<dyn Store>> {
    let links = symlinks(address, options)?;
    if path.contains(&0) {
        return Err(refused(address, "a path with a NUL character"));
    }
    let path = Path::new(OsStr::from_bytes(path));
    // A directory of such a name is a directory.
    let is_archive = path.extension() == Some(OsStr::new("zip")) && !path.is_dir();
    match is_archive {
        true => archives::open_file(address, path).await,
        // An archive has no links, and the way to it may lead over some, as that to any root.
        false => Ok(LocalStore::new(path).symlinks(links).into_store()),
    }
}

/// The one option that files have.
fn symlinks(address: &str, options: &[(&str, &str)]) -> Result<Symlinks> {
    let mut links = Symlinks::default();
    for (name, value) in options {
        links = match (*name, *value) {
            ("symlinks", "follow") => Symlinks::Follow,
            ("symlinks", "inside") => Symlinks::Inside,
            ("symlinks", _) => {
                let why = "this value of the option `symlinks`; it is `follow` or `inside`";
                return Err(refused(address, why));
            }
            (name, _) => {
                let why = "files have no option but `symlinks`";
                return Err(unknown_option(address, name, why));
            }
        };
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{ByteRange, Key, open_store, runtime::wait};

    #[test]
    fn links_may_be_kept_from_leading_out() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("a.zarr");
        fs::create_dir(&root).unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink("../secret", root.join("link")).unwrap();
        let (path, link) = (root.to_str().unwrap(), Key::new("link").unwrap());
        for address in [path.to_owned(), format!("file://{path}")] {
            let read = |options: &[(&str, &str)]| {
                let store = wait(open_store(&address, options))?;
                wait(store.get(&link, ByteRange::All, None))
            };
            assert!(read(&[]).unwrap().is_some());
            assert!(read(&[("symlinks", "follow")]).unwrap().is_some());
            let error = read(&[("symlinks", "inside")]).unwrap_err();
            assert!(error.to_string().contains("symbolic link"), "{error}");
            assert!(read(&[("symlinks", "no")]).is_err());
            let error = read(&[("region", "eu")]).unwrap_err();
            assert!(error.to_string().contains("`region`"), "{error}");
        }
    }
}
