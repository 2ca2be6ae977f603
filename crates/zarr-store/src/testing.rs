//! What a new store is tested with, and what runs on stores: a conformance suite for any store, a store that fails, a
//! store that is slow. Only tests need this module.

mod asynchronous;
mod blocking;
mod conformance;
mod faulty;
mod latency;
mod names;

pub use self::{
    conformance::{conformance, exercise},
    faulty::{Fault, Faults, Faulty},
    latency::{Delay, Latency},
    names::hostile_names,
};
