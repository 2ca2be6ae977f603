//! The formats as users name them: `2` and `3`, or `v2` and `v3`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use zarr::ZarrFormat;

/// `2` or `3`, as the options of zarr-python have it.
pub(crate) fn number() -> impl TypedValueParser<Value = ZarrFormat> {
    PossibleValuesParser::new(["2", "3"]).map(|name| of(&name))
}

/// `v2` or `v3`, as the commands of zarr-python have it.
pub(crate) fn name() -> impl TypedValueParser<Value = ZarrFormat> {
    let v2 = PossibleValue::new("v2").alias("2");
    let v3 = PossibleValue::new("v3").alias("3");
    PossibleValuesParser::new([v2, v3]).map(|name| of(&name))
}

fn of(name: &str) -> ZarrFormat {
    match name {
        "2" | "v2" => ZarrFormat::V2,
        _ => ZarrFormat::V3,
    }
}
