//! How chunks are read and written: plan purely, fetch anywhere, decode in place.
//!
//! A *driver* is a future: it projects the selection, waits for locks and for remote stores, and
//! hands work to the pool. A pool task waits for nothing but the disk: it takes no lock, asks no
//! other task, and ends. Reading a chunk and making one are single functions (`request::read`,
//! `encode::chunk`), whoever drives them and whether the chunk is plain, a shard, or an inner
//! chunk of one.

mod barrier;
mod block;
mod cache;
mod compact;
mod decode;
mod elements;
mod encode;
mod fetch;
mod gather;
mod held;
mod one_chunk;
#[allow(unsafe_code)]
mod output;
mod plan;
pub(crate) mod pool;
mod read;
mod read_at;
mod request;
mod source;
mod stream;
mod transfer;
mod write;
mod writer;

pub use block::{Block, BlockPlace};
pub(crate) use cache::{CachedChunks, ChunkCache, IndexCache};
pub use elements::Elements;
pub use output::Output;
pub(crate) use output::{Destination, filled, lend};
pub(crate) use source::check_exact;
pub(crate) use transfer::{Moved, settled, transfer};
pub use writer::ArrayWriter;
