//! A codec of your own, which flips bits of every byte. It is a value in a `Context`; nothing is global.
//!
//! `cargo run --example custom_codec`

use std::sync::Arc;

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::testing::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};
use zarr::{CodecRegistry, Context, Extension, MemoryStore};

/// `{"name": "example.turned", "configuration": {"by": 255}}`
#[derive(Debug)]
struct Turned {
    by: u8,
}

impl BytesToBytesCodec for Turned {
    fn name(&self) -> &str {
        "example.turned"
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let turned: Vec<u8> = src.iter().map(|byte| byte ^ self.by).collect();
        // The sink knows how many bytes are expected; another number is an error.
        dst.put(self.name(), &turned)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend(src.iter().map(|byte| byte ^ self.by));
        Ok(())
    }
}

pub(crate) fn main() -> zarr::Result<()> {
    let registry = CodecRegistry::default().bytes_to_bytes("example.turned", |entry| {
        let by: Option<u8> = entry.get("by").unwrap_or_default();
        Ok(Arc::new(Turned {
            by: by.unwrap_or(255),
        }))
    });
    let context = Context::builder().registry(registry).build();

    let store = MemoryStore::new();
    let data = Array2::from_shape_fn((100, 100), |(i, j)| (i * j) as i32);
    let array = zarr::array(store.clone(), &data)
        .chunks([30, 30])
        .shards([60, 60]) // it works inside shards as well
        .compressors(Extension::new("example.turned").with("by", 90))
        .context(&context)
        .wait()?;
    assert_eq!(array.read::<i32>(..).wait()?, data.into_dyn());
    println!("{}", array.info());

    // Without the codec, the array still opens; reading it fails and names the codec.
    let stranger = zarr::open_array(store).wait()?;
    match stranger.read::<i32>(..).wait() {
        Ok(_) => unreachable!("the codec is not registered here"),
        Err(error) => println!("\n{:?}: {error}", stranger.shape()),
    }
    Ok(())
}
