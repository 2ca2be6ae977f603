//! `Durability`: what a finished write survives, and how changed names are made durable.

use std::io;

use super::{
    errors::if_absent,
    root::{Root, Symlinks, parents},
    system,
};

/// What a finished write survives.
///
/// A crash of the *process* never tears a value, whatever is chosen. This is about power loss and
/// crashes of the system.
///
/// This is the minimum: a value that is [durable](crate::Payload::durable), as a document that replaces another is, is
/// always written as with [`FileAndDir`](Self::FileAndDir).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing yet: the system writes when it likes. After power loss a value written shortly
    /// before may be the old one, absent, or on some file systems empty.
    /// [`BlockingStore::sync`](crate::BlockingStore::sync) is the barrier that makes everything before it durable at once.
    #[default]
    None,
    /// The bytes are on disk before the value appears, so it is the old or the new one, complete.
    File,
    /// As `File`, and that the value appeared is on disk too.
    FileAndDir,
}

impl Durability {
    /// Makes it durable, if that is wanted, that names beside `name` changed; with `up` in the
    /// directories above as well, to that of the root.
    pub(super) fn sync_names(self, root: &Root, name: &str, up: bool) -> io::Result<()> {
        if self != Durability::FileAndDir {
            return Ok(());
        }
        let inside = parents(name).map(|dir| root.open_dir(dir));
        let above = root.dir().parent().map(|dir| {
            let above = Root::new(dir.to_owned(), Symlinks::Follow);
            above.open_dir("")
        });
        for dir in inside.chain(above).take(if up { usize::MAX } else { 1 }) {
            match dir {
                Ok(dir) => system::sync_dir(dir)?,
                // Deleted since, names and all.
                Err(e) => if_absent(e)?,
            }
        }
        Ok(())
    }
}
