//! What the libraries of a format have in common, tested for each of them.

use std::mem::MaybeUninit;

use crate::array::buffer::InflateError;

macro_rules! deflate {
    ($feature:literal, $library:ident) => {
        #[cfg(feature = $feature)]
        mod $library {
            use super::*;
            use crate::codecs::backends::$library::Inflater;

            #[test]
            fn a_stream_says_where_it_ends() {
                // Both hold "abc", stored: RFC 1950 and 1952 by hand, the sums by Python's zlib.
                let stored = [1, 3, 0, 0xFC, 0xFF, b'a', b'b', b'c'];
                let zlib = [&[0x78, 1][..], &stored, &[0x02, 0x4D, 0x01, 0x27]].concat();
                let head = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
                let gzip = [
                    &head[..],
                    &stored,
                    &0x3524_41C2_u32.to_le_bytes(),
                    &[3, 0, 0, 0],
                ]
                .concat();
                let mut inflater = Inflater::new().unwrap();
                for room in [3, 4, 100] {
                    let mut memory = vec![MaybeUninit::uninit(); room];
                    let both = [&zlib[..], &gzip].concat();
                    let (made, used) = inflater.zlib(&both, &mut memory).unwrap();
                    assert_eq!((&*made, used), (&b"abc"[..], zlib.len()));
                    let (made, used) = inflater.gzip(&both[used..], &mut memory).unwrap();
                    assert_eq!((&*made, used), (&b"abc"[..], gzip.len()));
                    let mut memory = vec![9; room];
                    let (made, _) = inflater.zlib(&both, &mut memory).unwrap();
                    assert_eq!(made, b"abc");
                }
                for room in [0, 2] {
                    let mut memory = vec![MaybeUninit::uninit(); room];
                    assert_eq!(inflater.zlib(&zlib, &mut memory), Err(InflateError::Full));
                    assert_eq!(inflater.gzip(&gzip, &mut memory), Err(InflateError::Full));
                }
                let mut memory = [MaybeUninit::uninit(); 100];
                for bad in [&[][..], &zlib[..zlib.len() - 1], &gzip] {
                    assert_eq!(inflater.zlib(bad, &mut memory), Err(InflateError::Corrupt));
                }
            }
        }
    };
}

deflate!("gzip", libdeflate);
deflate!("gzip-rust", flate2);
