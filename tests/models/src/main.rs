//! Models of what depends on the order in which threads run: budgets, locks of keys, and writes that are cancelled.
//!
//! They are the library's own files, compiled with shuttle's locks in the place of the standard library's, so that a
//! scheduler decides at each of them which thread goes on. It tries orders at random, and orders with few changes of
//! thread, in which most errors hide. A model fails if what it asserts does not hold, or if all threads wait.
//!
//! `models [ORDERS]` says how many orders of each kind to try of each model.
#![allow(
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unexpected_cfgs,
    unreachable_pub,
    reason = "a model that fails shall stop; and the files have more than models need"
)]

/// The library's files say where they find each other.
extern crate self as zarr_store;

mod barriers;
mod budgets;
mod locks;

#[path = "../../../crates/zarr-core/src/engine/barrier.rs"]
mod barrier;
mod descriptors;
#[path = "../../../crates/zarr-store/src/lock.rs"]
mod lock;
mod runtime;

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use lock::{KeyLock, LockName};

/// Which store a lock belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity(u64);

impl Identity {
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// No store is asked here, so nothing fails.
type Result<T> = std::result::Result<T, Infallible>;

const MODELS: &[(&str, fn())] = &[
    ("a budget is never exceeded", budgets::never_exceeded),
    ("who gives up takes nothing along", budgets::given_up),
    ("a lock has one holder", locks::one_holder),
    ("a newer write wins", barriers::newer_wins),
    (
        "a newer write waits for all older ones",
        barriers::all_older_end,
    ),
];

/// How many orders `cargo test` tries.
const ORDERS: usize = 2_000;

/// So many changes of thread that nothing forces, in orders that have few.
const CHANGES: usize = 3;

fn main() {
    let orders = std::env::args()
        .nth(1)
        .map_or(ORDERS, |orders| orders.parse().unwrap());
    for (name, model) in MODELS {
        let begin = Instant::now();
        shuttle::check_random(model, orders);
        shuttle::check_pct(model, orders, CHANGES);
        let seconds = begin.elapsed().as_secs_f64();
        println!("{name}: {} orders in {seconds:.1} s", 2 * orders);
    }
}
