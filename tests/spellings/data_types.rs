//! Data types.

use zarr::blocking::Wait;
use zarr::*;

/// The name of the data type of an array that is created with it.
fn of(dtype: impl Into<DataType>) -> Result<String> {
    Ok(zarr::create_array(Target::Memory, [4], dtype).wait()?.dtype().to_string())
}

forms! {
    dtype_from_another_array => {
        let a = zarr::zeros(Target::Memory, [4]).wait()?;
        let b = zarr::create_array(Target::Memory, a.shape(), a.dtype()).wait()?;
        assert_eq!(b.dtype(), a.dtype());
    }
    dtype_as_text_float32 => { assert_eq!(of("float32")?, "float32"); }
    dtype_as_numpy_code => { assert_eq!(of("f4")?, "float32"); assert_eq!(of("<i8")?, "int64"); assert_eq!(of("|u1")?, "uint8"); }
    dtype_as_python_type => { assert_eq!(of("int")?, "int64"); assert_eq!(of("float")?, "float64"); assert_eq!(of("bool")?, "bool"); }
    dtype_as_a_string => { assert_eq!(of(String::from("uint16"))?, "uint16"); }
    dtype_as_a_reference_to_a_string => { let s = String::from("uint16"); assert_eq!(of(&s)?, "uint16"); }
    dtype_as_a_value => { assert_eq!(of(DataType::Int8)?, "int8"); }
    dtype_as_a_reference => { let t = DataType::Int8; assert_eq!(of(&t)?, "int8"); }
    dtype_of_a_rust_type => { assert_eq!(of(f32::data_type())?, "float32"); assert_eq!(of(u8::data_type())?, "uint8"); }
    dtype_of_half => { assert_eq!(of(half::f16::data_type())?, "float16"); }
    dtype_of_complex => { assert_eq!(of("complex64")?, "complex64"); }
    dtype_of_texts => { assert_eq!(of("str")?, "string"); assert_eq!(of(DataType::String)?, "string"); }
    dtype_of_texts_of_a_length => { assert_eq!(of("<U5")?, "fixed_length_utf32[5]"); }
    dtype_of_dates => { assert_eq!(of("datetime64[ns]")?, "numpy.datetime64[ns]"); }
    dtype_of_dates_typed => { assert_eq!(of(DataType::datetime64(TimeUnit::Day))?, "numpy.datetime64[D]"); }
    dtype_of_durations => { assert_eq!(of("m8[s]")?, "numpy.timedelta64[s]"); }
    dtype_as_an_option => { assert_eq!(zarr::zeros(Target::Memory, 3).dtype("i4").wait()?.dtype(), &DataType::Int32); }
    dtype_by_default => { assert_eq!(zarr::zeros(Target::Memory, 3).wait()?.dtype(), &DataType::Float64); }
    dtype_compared_with_a_text => { assert_eq!(zarr::zeros(Target::Memory, 3).wait()?.dtype().to_string(), "float64"); }
    dtype_of_data => { assert_eq!(zarr::array(Target::Memory, [1_u16, 2]).wait()?.dtype(), &DataType::UInt16); }
    dtype_misspelled_is_an_error => { assert!(of("flaot32").unwrap_err().to_string().contains("float32")); }
}
