//! The libraries behind codecs as functions, for the tests and the bench that compare them.

/// A library, which encodes and decodes one format.
#[derive(Clone, Copy, Debug)]
pub struct Library {
    /// The format, and how hard the encoder tries.
    pub format: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether a C compiler builds it.
    pub is_c: bool,
    /// Its state, as a worker keeps it.
    pub start: fn() -> Worker,
}

/// A library at work.
pub trait Encoding {
    /// Appends what `data` encode to.
    fn encode(&mut self, data: &[u8], encoded: &mut Vec<u8>);

    /// Decodes to the front of `room`: how many bytes come, or `None` if it is damaged or too long.
    fn decode(&mut self, encoded: &[u8], room: &mut [u8]) -> Option<usize>;
}

/// A library at work.
pub type Worker = Box<dyn Encoding>;

/// Both libraries of a format implement the same functions, of the same names.
macro_rules! libraries {
    ($($feature:literal $module:ident $kind:ident $format:literal $is_c:literal;)*) => {
        /// The libraries of this build.
        pub const LIBRARIES: &[Library] = &[$(
            #[cfg(feature = $feature)]
            Library {
                format: $format,
                name: stringify!($module),
                is_c: $is_c,
                start: $module::start,
            },
        )*];
        $(
            #[cfg(feature = $feature)]
            mod $module {
                use crate::codecs::backends::$module as library;
                $kind!();
            }
        )*
    };
}

macro_rules! deflate {
    () => {
        struct State(library::Inflater, library::Deflater);

        pub(super) fn start() -> super::Worker {
            let (inflater, deflater) = (library::Inflater::new(), library::Deflater::new(5));
            Box::new(State(inflater.unwrap(), deflater.unwrap()))
        }

        impl super::Encoding for State {
            fn encode(&mut self, data: &[u8], encoded: &mut Vec<u8>) {
                let start = encoded.len();
                encoded.resize(start + self.1.bound(data.len()), 0);
                let made = self.1.gzip(data, &mut encoded[start..]).unwrap();
                encoded.truncate(start + made);
            }

            fn decode(&mut self, encoded: &[u8], room: &mut [u8]) -> Option<usize> {
                let (made, used) = self.0.gzip(encoded, room).ok()?;
                (used == encoded.len()).then_some(made.len())
            }
        }
    };
}

macro_rules! lz4 {
    () => {
        struct State;

        pub(super) fn start() -> super::Worker {
            Box::new(State)
        }

        impl super::Encoding for State {
            fn encode(&mut self, data: &[u8], encoded: &mut Vec<u8>) {
                let start = encoded.len();
                encoded.resize(start + library::bound(data.len()), 0);
                let effort = crate::codecs::lz4_block::Effort::Fast(1);
                let made = library::compressed(data, &mut encoded[start..], effort);
                let made = made.unwrap().len();
                encoded.truncate(start + made);
            }

            fn decode(&mut self, encoded: &[u8], room: &mut [u8]) -> Option<usize> {
                library::decompressed(encoded, room).map(|made| made.len())
            }
        }
    };
}

#[allow(unused_macros, reason = "only of use with the feature `lzma`")]
macro_rules! lzma {
    () => {
        use crate::codecs::numcodecs::lzma::{Container, LzmaFormat, XzCheck};

        /// Workers keep nothing but the setting.
        struct State(LzmaFormat);

        pub(super) fn start() -> super::Worker {
            Box::new(State(LzmaFormat {
                container: Container::Xz,
                check: XzCheck::Crc64,
                preset: 1,
                filters: None,
            }))
        }

        impl super::Encoding for State {
            fn encode(&mut self, data: &[u8], encoded: &mut Vec<u8>) {
                library::encode(&self.0, data, encoded).unwrap();
            }

            fn decode(&mut self, encoded: &[u8], room: &mut [u8]) -> Option<usize> {
                let mut decoded = vec![];
                let filled = crate::buffer::append(&mut decoded, room.len(), |memory| {
                    library::decode(&self.0, encoded, memory)
                });
                filled.ok()?;
                room[..decoded.len()].copy_from_slice(&decoded);
                Some(decoded.len())
            }
        }
    };
}

macro_rules! zstd {
    () => {
        struct State(library::ZstdDecoder, library::ZstdEncoder);

        pub(super) fn start() -> super::Worker {
            let encoder = library::ZstdEncoder::new(1, true).unwrap();
            Box::new(State(library::ZstdDecoder::new().unwrap(), encoder))
        }

        impl super::Encoding for State {
            fn encode(&mut self, data: &[u8], encoded: &mut Vec<u8>) {
                let start = encoded.len();
                encoded.resize(start + library::bound(data.len()), 0);
                let made = self.1.compress(data, &mut encoded[start..]).unwrap().len();
                encoded.truncate(start + made);
            }

            fn decode(&mut self, encoded: &[u8], room: &mut [u8]) -> Option<usize> {
                let made = self.0.decompress(encoded, room).ok()?;
                Some(made.len())
            }
        }
    };
}

libraries! {
    "gzip" libdeflate deflate "gzip 5" true;
    "gzip-rust" flate2 deflate "gzip 5" false;
    "lz4" liblz4 lz4 "lz4" true;
    "lz4-rust" lz4_flex lz4 "lz4" false;
    "lzma" liblzma lzma "xz 1" true;
    "lzma-rust" lzma_rust2 lzma "xz 1" false;
    "zstd" libzstd zstd "zstd 1" true;
    "zstd-rust" ruzstd zstd "zstd 1" false;
}
