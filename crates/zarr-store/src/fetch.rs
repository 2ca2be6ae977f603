//! `FetchStore`: values of a web server, read by the `fetch` of the browser that the program runs in.
//!
//! `request` and `answer` are what HTTP asks and says, without JavaScript; `browser` lets the browser ask; `store` is the
//! store.

mod answer;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod browser;
mod request;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod store;

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use self::store::FetchStore;
