//! `RealPath`: where a directory of a store really lies. It tells whether one of two stores lies in the other; how the
//! path is spelled is each backend's affair.

use crate::{Identity, Prefix};

/// Where a directory really lies, whichever store it is reached through: in a file system, in a bucket, or in an archive
/// in one of these.
///
/// ```
/// use zarr_store::{BlockingStore, LocalStore, Prefix, Store};
/// # let dir = tempfile::tempdir()?;
/// let whole = LocalStore::new(dir.path()).into_store();
/// let part = LocalStore::new(dir.path().join("a/b")).into_store();
/// assert!(whole.real_path(&Prefix::new("a")?).contains(&part.real_path(&Prefix::root())));
/// assert!(!whole.real_path(&Prefix::new("c")?).contains(&part.real_path(&Prefix::root())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RealPath {
    system: Identity,
    /// Its paths there, each with a closing slash: several where links lead to it.
    paths: Vec<String>,
}

impl RealPath {
    /// The directory `path` of `system`: a file system, a bucket, or a store that lies in nothing else.
    pub fn new(system: Identity, path: impl AsRef<str>) -> Self {
        let paths = vec![closed(path.as_ref())];
        RealPath { system, paths }
    }

    /// The same directory, which has this path too.
    #[must_use]
    pub fn also(mut self, path: impl AsRef<str>) -> Self {
        let path = closed(path.as_ref());
        if !self.paths.contains(&path) {
            self.paths.push(path);
        }
        self
    }

    /// The directory `prefix` in the archive that lies here.
    #[must_use]
    pub fn join(mut self, prefix: &Prefix) -> Self {
        for path in &mut self.paths {
            path.push_str(prefix.as_str());
        }
        self
    }

    /// Whether the other directory is this one, or lies in it.
    pub fn contains(&self, other: &RealPath) -> bool {
        let inside = |path: &String| other.paths.iter().any(|other| other.starts_with(path));
        self.system == other.system && self.paths.iter().any(inside)
    }
}

fn closed(name: &str) -> String {
    match name.is_empty() || name.ends_with('/') {
        true => name.to_owned(),
        false => [name, "/"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_contains_itself_and_what_lies_below() {
        let (disk, other) = (Identity::unique(), Identity::unique());
        let at = |name: &str| RealPath::new(disk, name);
        assert!(at("/a").contains(&at("/a/")));
        assert!(at("/a").contains(&at("/a/b")));
        assert!(at("/").contains(&at("/a/b")));
        assert!(at("").contains(&at("a/b")));
        assert!(!at("/a").contains(&at("/ab")));
        assert!(!at("/a/b").contains(&at("/a")));
        assert!(!at("/a").contains(&RealPath::new(other, "/a")));
        assert!(at("/a").contains(&at("/real").also("/a/link")));
    }
}
