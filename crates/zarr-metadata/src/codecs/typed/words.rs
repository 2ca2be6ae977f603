//! Settings that are one of some words.

use serde_json::Value;

use super::setting_value::SettingValue;
use crate::codecs::SettingType;

macro_rules! words {
    ($($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)+
        }

        impl SettingValue for $type {
            fn fits(holds: SettingType) -> bool {
                holds == SettingType::OneOf(&[$($word),+])
            }

            fn to_setting(self) -> Value {
                match self {
                    $(Self::$variant => $word.into(),)+
                }
            }
        }
    )+};
}

words! {
    /// What blosc does with the bytes of elements before it compresses them.
    Shuffle {
        /// Nothing.
        None = "noshuffle",
        /// Bytes of the same place in their elements stand together.
        Byte = "shuffle",
        /// Bits of the same place in their elements stand together.
        Bit = "bitshuffle",
    }

    /// The compressor inside of blosc.
    BloscCompressor {
        /// LZ4.
        Lz4 = "lz4",
        /// LZ4 at high compression.
        Lz4hc = "lz4hc",
        /// The compressor that blosc brings itself.
        BloscLz = "blosclz",
        /// Zstandard.
        Zstd = "zstd",
        /// Snappy.
        Snappy = "snappy",
        /// Deflate, as zlib has it.
        Zlib = "zlib",
    }

    /// At which end of the data something stands: a checksum, or the index of a shard.
    Edge {
        /// In front of the data.
        Start = "start",
        /// Behind the data.
        End = "end",
    }

    /// How [`CastValue`](super::CastValue) rounds.
    Rounding {
        /// To the nearest number, in the middle to the even one.
        NearestEven = "nearest-even",
        /// To the number nearer to zero.
        TowardsZero = "towards-zero",
        /// To the larger number.
        TowardsPositive = "towards-positive",
        /// To the smaller number.
        TowardsNegative = "towards-negative",
        /// To the nearest number, in the middle to the one farther from zero.
        NearestAway = "nearest-away",
    }

    /// What [`CastValue`](super::CastValue) does with a number that the stored type does not have.
    OutOfRange {
        /// It becomes the nearest number of the type.
        Clamp = "clamp",
        /// It wraps around; integers only.
        Wrap = "wrap",
    }

    /// Where [`PackBitsV3`](super::PackBitsV3) says how many bits are padding.
    PaddingEncoding {
        /// In the first byte.
        FirstByte = "first_byte",
        /// In the last byte.
        LastByte = "last_byte",
        /// Nowhere.
        None = "none",
    }

    /// What [`Zfp`](super::Zfp) keeps.
    ZfpMode {
        /// Every bit.
        Reversible = "reversible",
        /// What four settings of zfp say.
        Expert = "expert",
        /// Values to within a tolerance.
        FixedAccuracy = "fixed_accuracy",
        /// So many bits for each value.
        FixedRate = "fixed_rate",
        /// So many bits of each block's values.
        FixedPrecision = "fixed_precision",
    }
}
