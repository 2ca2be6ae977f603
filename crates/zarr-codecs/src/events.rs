//! Events for what is passed over, for programs that subscribe to them: with the feature `tracing`.

use crate::CodecError;

/// A checksum that does not match, which the caller wants to ignore.
#[cfg(feature = "tracing")]
pub(crate) fn ignored(error: &CodecError) {
    tracing::warn!(target: "zarr_codecs", %error, "damaged data is read, as asked");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn ignored(_: &CodecError) {}

/// An unknown codec that readers may leave out.
#[cfg(feature = "tracing")]
pub(crate) fn left_out(codec: &str) {
    tracing::warn!(
        target: "zarr_codecs",
        codec,
        "an unknown codec is left out, as its document allows; the array cannot be written"
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn left_out(_: &str) {}

#[cfg(feature = "tracing")]
#[cfg(test)]
mod tests {
    use std::{cell::RefCell, io, sync::Once};

    use serde_json::json;
    use zarr_metadata::{DataType, Extension, FillValue};

    use crate::{ChunkSpec, CodecChain, CodecRegistry, NdViewMut, Scratch};

    thread_local! {
        static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// Keeps what is logged to the thread that logs it.
    struct ThisThread;

    impl io::Write for ThisThread {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOGGED.with_borrow_mut(|logged| logged.extend(bytes));
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What this thread logs while `run` runs.
    fn events_of(run: impl FnOnce()) -> String {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_ansi(false);
            subscriber.with_writer(|| ThisThread).init();
        });
        LOGGED.take();
        run();
        String::from_utf8_lossy(&LOGGED.take()).into_owned()
    }

    fn chain(codecs: serde_json::Value, registry: &CodecRegistry) -> CodecChain {
        let fill = FillValue::default_for(&DataType::UInt8).unwrap();
        let spec = ChunkSpec::new(&[2], DataType::UInt8, fill).unwrap();
        let codecs: Vec<Extension> = serde_json::from_value(codecs).unwrap();
        CodecChain::new(&codecs, spec, registry).unwrap()
    }

    /// D24, H14
    #[test]
    fn a_checksum_that_is_ignored_is_an_event() {
        let registry = CodecRegistry::default().ignore_checksums();
        let chain = chain(json!(["bytes", "crc32c"]), &registry);
        let mut cells = [0; 2];
        let text = events_of(|| {
            let view = NdViewMut::over(&mut cells, &[2], 1).unwrap();
            let mut cx = Scratch::default();
            chain.decode(&[1, 2, 0, 0, 0, 0], view, &mut cx).unwrap();
        });
        assert_eq!(cells, [1, 2]);
        assert!(
            text.contains("WARN") && text.contains("`crc32c`: checksum mismatch"),
            "{text}"
        );
    }

    /// D20
    #[test]
    fn an_unknown_codec_that_is_left_out_is_an_event() {
        let unknown = json!({"name": "acme.stamp", "must_understand": false});
        let text = events_of(|| drop(chain(json!(["bytes", unknown]), &CodecRegistry::default())));
        assert!(
            text.contains("WARN") && text.contains("acme.stamp"),
            "{text}"
        );
    }
}
