//! How chunks are read and written: plan purely, fetch anywhere, decode in place.
//!
//! A *driver* is a future: it projects the selection, waits for locks and for remote stores, and
//! hands work to the pool. A pool task waits for nothing but the disk: it takes no lock, asks no
//! other task, and ends. Reading a chunk and making one are single functions (`chunk::read`,
//! `assemble::chunk`), whoever drives them and whether the chunk is plain, a shard, or an inner
//! chunk of one.

mod assemble;
mod cells;
mod chunk;
mod chunk_cache;
mod fetch;
mod index_cache;
mod joined;
mod landing;
#[allow(unsafe_code)]
mod output;
mod pieces;
pub(crate) mod pool;
mod read;
mod scattered;
mod source;
mod sparse;
mod stored;
mod stream;
mod transfer;
mod wants;
mod work;
mod write;

pub use assemble::Elements;
pub(crate) use chunk_cache::{ChunkCache, Share};
pub(crate) use index_cache::IndexCache;
pub use output::Output;
pub(crate) use output::{Room, lend};
pub(crate) use pool::Work;
pub(crate) use read::{read, read_many};
pub(crate) use stored::{LIST_FROM, can_list};
pub use stream::Block;
pub(crate) use stream::stream;
pub(crate) use transfer::{settled, transfer};
pub(crate) use write::write;
