//! Which Rust types each data type is read and written as: the one table, of which errors and documentation are made.

use zarr_metadata::DataType;

/// The Rust types of a data type, those of features with the name of the feature; none for a type that is unknown.
fn rust_types(data_type: &DataType) -> Vec<&'static str> {
    use DataType as T;
    match data_type {
        T::Bool => vec!["`bool`"],
        T::Int8 => vec!["`i8`"],
        T::Int16 => vec!["`i16`"],
        T::Int32 => vec!["`i32`"],
        T::Int64 => vec!["`i64`"],
        T::UInt8 => vec!["`u8`"],
        T::UInt16 => vec!["`u16`"],
        T::UInt32 => vec!["`u32`"],
        T::UInt64 => vec!["`u64`"],
        T::Float16 => vec!["`half::f16` (feature `half`)"],
        T::Float32 => vec!["`f32`"],
        T::Float64 => vec!["`f64`"],
        T::Complex64 => vec!["`num_complex::Complex32` (feature `num-complex`)"],
        T::Complex128 => vec!["`num_complex::Complex64` (feature `num-complex`)"],
        T::SmallInt(int) if int.is_signed() => vec!["`i8`"],
        T::SmallInt(_) => vec!["`u8`"],
        T::BFloat16 => vec!["`half::bf16` (feature `half`)"],
        T::SmallFloat(_) => vec!["`u8`, its bits (see `SmallFloat::to_f32`)"],
        T::ComplexFloat16 => vec!["`Complex<half::f16>` (features `half` and `num-complex`)"],
        T::ComplexBFloat16 => vec!["`Complex<half::bf16>` (features `half` and `num-complex`)"],
        T::Raw(_) => vec!["`[u8; N]` of this `N`", "`Vec<u8>`"],
        T::FixedBytes(_) => vec!["`String`", "`Vec<u8>`", "`[u8; N]` of this `N`"],
        T::FixedUtf32(_) => vec!["`String`"],
        T::DateTime64 { .. } => vec!["`Datetime64`", "`i64`"],
        T::TimeDelta64 { .. } => vec!["`Timedelta64`", "`i64`"],
        T::Struct(_) => vec!["a struct of `zarr::record!` with these fields"],
        T::String => vec!["`String`"],
        T::Bytes => vec!["`Vec<u8>`"],
        T::Ragged(elements) => match **elements {
            T::Int8 => vec!["`Vec<i8>`"],
            T::Int16 => vec!["`Vec<i16>`"],
            T::Int32 => vec!["`Vec<i32>`"],
            T::Int64 => vec!["`Vec<i64>`"],
            T::UInt8 => vec!["`Vec<u8>`"],
            T::UInt16 => vec!["`Vec<u16>`"],
            T::UInt32 => vec!["`Vec<u32>`"],
            T::UInt64 => vec!["`Vec<u64>`"],
            T::Float32 => vec!["`Vec<f32>`"],
            T::Float64 => vec!["`Vec<f64>`"],
            _ => vec![],
        },
        T::Json => vec!["`serde_json::Value`", "`String`, its text"],
        _ => vec![],
    }
}

/// What to do where another type was asked for.
pub(super) fn advice(data_type: &DataType) -> String {
    let types = rust_types(data_type);
    match types.is_empty() {
        true => "take it as bytes, with `read_dyn` and `DynData`".to_owned(),
        false => format!(
            "take it as {}, or as bytes with `read_dyn` and `DynData`",
            types.join(" or ")
        ),
    }
}

#[cfg(test)]
mod tests;
