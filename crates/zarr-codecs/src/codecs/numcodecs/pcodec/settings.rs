//! The settings of `pcodec`, as numcodecs spells them.

use pco::{ChunkConfig, DeltaSpec, ModeSpec, PagingSpec};
use zarr_metadata::Extension;

use crate::CodecError;
use crate::codecs::setting;

/// The most numbers that pco puts on a page.
const MOST: i64 = 1 << 24;

/// What `delta_spec` may be.
#[derive(Clone, Copy)]
enum DeltaSetting {
    Auto,
    NoOp,
    Consecutive,
    Lookback,
}

/// Reads the settings, and how many numbers a page has at most.
pub(super) fn parse(extension: &Extension) -> Result<(ChunkConfig, usize), CodecError> {
    let level = setting::integer(extension, "level", 0..=12, Some(8))?;
    let modes = [("auto", false), ("classic", true)];
    let mode = match setting::word(extension, "mode_spec", &modes)? {
        false => ModeSpec::Auto,
        true => ModeSpec::Classic,
    };
    setting::word(extension, "paging_spec", &[("equal_pages_up_to", ())])?;
    // numcodecs takes any number, and pco cuts it.
    let page = setting::integer(extension, "equal_pages_up_to", 1..=i64::MAX, Some(1 << 18))?;
    let page = page.min(MOST) as usize;
    let config = ChunkConfig::default()
        .with_compression_level(level as usize)
        .with_mode_spec(mode)
        .with_delta_spec(delta(extension)?)
        .with_paging_spec(PagingSpec::EqualPagesUpTo(page));
    Ok((config, page))
}

fn delta(extension: &Extension) -> Result<DeltaSpec, CodecError> {
    let words = [
        ("auto", DeltaSetting::Auto),
        ("no_op", DeltaSetting::NoOp),
        // As older versions of numcodecs had it.
        ("none", DeltaSetting::NoOp),
        ("try_consecutive", DeltaSetting::Consecutive),
        ("try_lookback", DeltaSetting::Lookback),
    ];
    const ORDER: &str = "delta_encoding_order";
    let spec = setting::word(extension, "delta_spec", &words)?;
    let given = setting::given(extension, ORDER).is_some();
    let order = setting::integer(extension, ORDER, 0..=7, Some(0))? as usize;
    match (spec, given) {
        // An order alone is from before there was a `delta_spec`.
        (DeltaSetting::Auto | DeltaSetting::Consecutive, true) => {
            Ok(DeltaSpec::TryConsecutive(order))
        }
        (DeltaSetting::Auto, false) => Ok(DeltaSpec::Auto),
        (DeltaSetting::NoOp, false) => Ok(DeltaSpec::NoOp),
        (DeltaSetting::Lookback, false) => Ok(DeltaSpec::TryLookback),
        (DeltaSetting::Consecutive, false) => {
            let expected = "an integer of 0 to 7 where `delta_spec` is \"try_consecutive\"";
            Err(setting::bad(extension, ORDER, expected))
        }
        (DeltaSetting::NoOp | DeltaSetting::Lookback, true) => {
            let expected = "absent where `delta_spec` is not \"try_consecutive\"";
            Err(setting::bad(extension, ORDER, expected))
        }
    }
}
