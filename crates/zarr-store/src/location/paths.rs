//! Paths become local stores; a file that is a zip archive becomes what is in it.

mod spelling;

use std::{fs, path::Path, sync::Arc};

use super::{
    archives,
    finish::Finish,
    refusal::{refused, unknown_option},
};
use crate::{BlockingStore, LocalStore, Result, Store, Symlinks};

pub(super) async fn open_path(
    address: &str,
    path: &[u8],
    options: &[(&str, &str)],
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    let links = symlinks(address, options)?;
    let path = checked(address, path)?;
    let is_archive = match fs::metadata(path) {
        // A directory of such a name is a directory.
        Ok(there) if there.is_dir() => false,
        // People call them as they like.
        Ok(there) if there.is_file() => is_named(path) || archives::is_archive(path),
        _ => is_named(path),
    };
    match is_archive {
        true => archives::open_file(address, path, finish).await,
        // An archive has no links, and the way to it may lead over some, as that to any root.
        false => Ok(LocalStore::new(path).symlinks(links).into_store()),
    }
}

/// The archive that a file is said to be.
pub(super) async fn open_archive(
    address: &str,
    path: &[u8],
    options: &[(&str, &str)],
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    symlinks(address, options)?;
    archives::open_file(address, checked(address, path)?, finish).await
}

fn is_named(path: &Path) -> bool {
    archives::is_named(path.as_os_str().as_encoded_bytes())
}

fn checked<'a>(address: &str, path: &'a [u8]) -> Result<&'a Path> {
    match path.contains(&0) {
        true => Err(refused(address, "a path with a NUL character")),
        false => spelling::path(path).map_err(|why| refused(address, why)),
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
#[cfg(unix)]
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
