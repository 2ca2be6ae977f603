//! `ServedStore`: what is served, and the limits that all connections share.

use std::sync::Arc;
use std::time::Duration;

use zarr::Location;
use zarr::tools::Budget;

use super::access::AccessPolicy;

/// The most connections that are kept.
pub(super) const CONNECTIONS: usize = 256;

/// A client that takes no byte of an answer for this long is disconnected.
pub(super) const SLOWNESS: Duration = Duration::from_secs(30);

/// The most concurrent calls to the store.
pub(super) const READS: u64 = 64;

/// The size of the pieces in which values are sent.
pub(super) const PIECE: u64 = 256 << 10;

/// Memory for such pieces. A connection has at most two, one being sent and the next, so that a client that takes
/// none does not keep them from others.
pub(super) const PIECES: u64 = 2 * CONNECTIONS as u64 * PIECE;

/// Memory for what cannot be made in pieces: reports, and values that are read whole.
pub(super) const WORK: u64 = 192 << 20;

/// Memory for making a report: mostly the elements of a picture.
pub(super) const REPORT: u64 = 96 << 20;

/// What is served, to whom, and within which limits.
#[derive(Debug)]
pub(super) struct ServedStore {
    pub(super) location: Location,
    /// The location, to be shown.
    pub(super) name: String,
    pub(super) access: AccessPolicy,
    /// `SLOWNESS`, or less in tests.
    pub(super) slowness: Duration,
    pub(super) reads: Arc<Budget>,
    pub(super) pieces: Arc<Budget>,
    pub(super) work: Arc<Budget>,
}

impl ServedStore {
    pub(super) fn new(location: Location, name: String, access: AccessPolicy) -> Self {
        Self {
            location,
            name,
            access,
            slowness: SLOWNESS,
            reads: Budget::new(READS),
            pieces: Budget::new(PIECES),
            work: Budget::new(WORK),
        }
    }

    /// The budget for this many bytes.
    pub(super) fn room(&self, bytes: u64) -> &Arc<Budget> {
        match bytes <= PIECE {
            true => &self.pieces,
            false => &self.work,
        }
    }
}
