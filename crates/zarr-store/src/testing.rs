//! For those who write stores, and those who test what runs on them: a conformance suite for any
//! store, a store that fails, a store that is slow. Nothing outside tests needs this module.

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
