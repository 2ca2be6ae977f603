//! `Finish`: when an archive that is being written is put in its place. The one option that every address has.

use super::refusal::unknown_option;
use crate::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// When asked to, and when the last handle goes.
    WhenDropped,
    /// Only when asked to.
    WhenAsked,
}

/// Takes it out of the options, of which the others are the store's.
pub(super) fn taken<'a>(
    address: &str,
    options: &[(&'a str, &'a str)],
) -> Result<(Finish, Vec<(&'a str, &'a str)>)> {
    let (mut finish, mut others) = (Finish::WhenDropped, Vec::new());
    for &(name, value) in options {
        match (name, value) {
            ("finish", "drop") => finish = Finish::WhenDropped,
            ("finish", "sync") => finish = Finish::WhenAsked,
            ("finish", _) => {
                let why = "its values are `drop` and `sync`";
                return Err(unknown_option(address, name, why));
            }
            other => others.push(other),
        }
    }
    Ok((finish, others))
}
