//! Files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;

/// Writes a file under another name beside it, and renames it when it is complete. What was there before is replaced
/// only then, and stays if anything fails.
///
/// Devices and pipes are written to directly.
pub(crate) fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let (target, permissions) = match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
        }
        Ok(found) if !found.is_file() => {
            return write(&mut OpenOptions::new().write(true).open(path)?);
        }
        Ok(found) => {
            // A directory that may be written to would let a protected file be replaced.
            drop(OpenOptions::new().append(true).open(path)?);
            // The file a link leads to, not the link.
            (fs::canonicalize(path)?, Some(found.permissions()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error.into()),
    };
    let mut beside = TemporaryFile::create(&target)?;
    write(&mut beside.file)?;
    if let Some(permissions) = permissions {
        beside.file.set_permissions(permissions)?;
    }
    beside.rename_to(&target)?;
    Ok(())
}

/// Whether a file can be made at a path, as far as can be told without making one.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let wrong = match (path.file_name(), fs::metadata(directory)?.is_dir()) {
        (_, false) => io::ErrorKind::NotADirectory,
        (None, _) => io::ErrorKind::IsADirectory,
        (Some(_), true) if path.is_dir() => io::ErrorKind::IsADirectory,
        (Some(_), true) => return Ok(()),
    };
    Err(wrong.into())
}

/// A file that is gone again unless it is renamed.
struct TemporaryFile {
    path: PathBuf,
    file: File,
    renamed: bool,
}

impl TemporaryFile {
    fn create(target: &Path) -> io::Result<Self> {
        let name = target
            .file_name()
            .ok_or(io::ErrorKind::IsADirectory)?
            .to_string_lossy();
        // With what is added this is a file name too: of 255 bytes at most.
        let end = (0..=name.len().min(200))
            .rev()
            .find(|end| name.is_char_boundary(*end));
        let name = name.get(..end.unwrap_or(0)).unwrap_or_default();
        let mut number = 0_u32;
        loop {
            let path = target.with_file_name(format!(".{name}.{}-{number}.tmp", process::id()));
            match File::create_new(&path) {
                Ok(file) => {
                    return Ok(Self {
                        path,
                        file,
                        renamed: false,
                    });
                }
                // Left behind by somebody who had this number before.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn rename_to(mut self, target: &Path) -> io::Result<()> {
        self.file.flush()?;
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.renamed {
            // On the way out because of another error, which is the one to report.
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn all_or_nothing() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.npy");
        let fail = |file: &mut File| {
            file.write_all(b"half")?;
            Err(io::Error::other("no more"))
        };
        assert_eq!(replace(&path, fail).unwrap_err().to_string(), "no more");
        assert_eq!(names(home.path()), [""; 0]);

        replace(&path, |file| file.write_all(b"one")).unwrap();
        assert!(replace(&path, fail).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, |file| file.write_all(b"two")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(home.path()), ["a.npy"]);
    }

    #[test]
    fn where_no_file_can_be() {
        let home = tempfile::tempdir().unwrap();
        let check = |path: &Path, expected: io::ErrorKind| {
            assert_eq!(check(path).unwrap_err().kind(), expected);
        };
        check(home.path(), io::ErrorKind::IsADirectory);
        check(&home.path().join("no/a.npy"), io::ErrorKind::NotFound);
        assert!(super::check(&home.path().join("a.npy")).is_ok());
        assert!(super::check(Path::new("a.npy")).is_ok());
        let directory = replace(home.path(), |_| Ok::<(), io::Error>(()));
        assert_eq!(directory.unwrap_err().kind(), io::ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn links_devices_and_permissions() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("a"), home.path().join("b"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        replace(Path::new("/dev/null"), |out| out.write_all(b"gone")).unwrap();
    }
}
