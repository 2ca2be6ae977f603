//! `IoHints`: what a store says about itself, so that the engine asks it well.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::atomic::{AtomicU64, Ordering},
};

/// How to get the best out of a store, and what it can do. Cheap to ask for and to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IoHints {
    /// Two ranges with at most this many bytes between them are read as one.
    pub merge_gap: u64,
    /// Merging stops where the merged range would exceed this many bytes.
    pub merge_limit: u64,
    /// How many requests at once are useful.
    pub concurrency: usize,
    /// Whether values can be written and deleted.
    pub writable: bool,
    /// Whether keys can be listed.
    pub listable: bool,
    /// Whether a listing shows every value, and asking for what it does not show is not an error, so that one listing
    /// can replace asking for each key. Not so where the listing was given beforehand, or left out what may not be
    /// asked for: a store learns that while it lists, so ask for this again after the listing.
    pub lists_all: bool,
    /// Which conditional writes are atomic here.
    pub conditions: Conditions,
    /// Whether [`PutMode::Append`](crate::PutMode::Append) costs less than writing the whole value.
    pub appends: bool,
    /// Calls return at once: handing one to another thread would cost more than the call.
    pub instant: bool,
    /// Calls wait for a device, as the latest ones did, although each blocks its thread: more of them should be under way
    /// than there are processors.
    pub awaits_device: bool,
    /// Calls wait for a network: many should be in flight, so no thread should block in each.
    pub high_latency: bool,
    /// Reading part of a value may cost as much as reading all of it, in memory too: entries of an archive are
    /// compressed.
    pub whole_values: bool,
    /// What is written is in its place only after `sync`, as in an archive that is being written.
    pub held_back: bool,
    /// Whether absence is certain. Where it is not, everything can seem absent at once: a disk may be unmounted, or the
    /// disk behind a web server.
    pub absence_is_certain: bool,
    /// Equal for two handles on one store, so that their locks meet.
    pub identity: Identity,
    /// The counter that is told of this store's calls already, so that it is not put around the store twice.
    pub counted_by: Option<Identity>,
}

impl IoHints {
    /// Whether one listing can replace asking for each key.
    pub fn lists_every_value(&self) -> bool {
        self.listable && self.lists_all
    }

    /// For values in memory.
    pub fn memory(identity: Identity) -> Self {
        IoHints {
            merge_gap: 0,
            merge_limit: u64::MAX,
            concurrency: parallelism(),
            writable: true,
            listable: true,
            lists_all: true,
            conditions: Conditions::ALL,
            appends: false,
            instant: true,
            awaits_device: false,
            high_latency: false,
            whole_values: false,
            held_back: false,
            absence_is_certain: true,
            identity,
            counted_by: None,
        }
    }

    /// For files on a local disk.
    pub fn local(identity: Identity) -> Self {
        IoHints {
            merge_gap: 16 << 10,
            merge_limit: 4 << 20,
            concurrency: 2 * parallelism(),
            instant: false,
            absence_is_certain: false,
            ..IoHints::memory(identity)
        }
    }

    /// For a service on the network. Promises no conditional writes: say which there are.
    pub fn remote(identity: Identity) -> Self {
        IoHints {
            merge_gap: 1 << 20,
            merge_limit: 16 << 20,
            concurrency: 64,
            conditions: Conditions::NONE,
            instant: false,
            high_latency: true,
            ..IoHints::memory(identity)
        }
    }
}

/// The number of cores, asked for once: the call reads control-group files on some systems.
fn parallelism() -> usize {
    static CORES: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Which conditional writes a store makes in one atomic step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// [`PutMode::Create`](crate::PutMode::Create).
    pub create: bool,
    /// [`PutMode::Update`](crate::PutMode::Update).
    pub update: bool,
    /// Deleting only a given version.
    pub delete: bool,
}

impl Conditions {
    /// Every condition.
    pub const ALL: Conditions = Conditions {
        create: true,
        update: true,
        delete: true,
    };
    /// No condition.
    pub const NONE: Conditions = Conditions {
        create: false,
        update: false,
        delete: false,
    };
}

/// Which store this is, whatever handle is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity(u64);

impl Identity {
    /// Equal to no other: for a store that lives in this process.
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Identity::named(("unique", NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// Equal for equal names: for a store that exists outside, such as a directory or a bucket.
    /// Only a hash is kept. A collision would make two stores share locks: slower, never wrong.
    pub fn named(name: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        Identity(hasher.finish())
    }
}
