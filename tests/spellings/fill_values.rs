//! Fill values.

use num_complex::{Complex32, Complex64};
use zarr::blocking::Wait;
use zarr::*;

/// An element of an array of this type with this fill value.
fn of<T: Element>(dtype: &str, fill: impl Into<Fill>) -> Result<T> {
    zarr::zeros(Target::Memory, [3]).dtype(dtype).fill_value(fill).wait()?.read_scalar(0).wait()
}

forms! {
    fill_value_integer => { assert_eq!(of::<i32>("i4", 7)?, 7); assert_eq!(of::<u8>("u1", 7)?, 7); }
    fill_value_negative => { assert_eq!(of::<i16>("i2", -1)?, -1); }
    fill_value_float => { assert_eq!(of::<f32>("f4", 0.5)?, 0.5); }
    fill_value_nan => { assert!(of::<f32>("f4", f32::NAN)?.is_nan()); assert!(of::<f64>("f8", f64::NAN)?.is_nan()); }
    fill_value_nan_as_text => { assert!(of::<f64>("f8", "NaN")?.is_nan()); }
    fill_value_infinity => { assert_eq!(of::<f64>("f8", f64::INFINITY)?, f64::INFINITY); }
    fill_value_bool => { assert!(of::<bool>("bool", true)?); }
    fill_value_integer_of_a_float_array => { assert_eq!(of::<f64>("f8", 1)?, 1.0); }
    fill_value_half => { assert_eq!(of::<half::f16>("f2", half::f16::from_f32(1.5))?.to_f32(), 1.5); }
    fill_value_complex => {
        let a = zarr::zeros(Target::Memory, [3]).dtype(DataType::Complex64).fill_value(num_complex::Complex32::new(1.0, 2.0)).wait()?;
        assert_eq!(a.read_scalar::<Complex32>(0).wait()?, Complex32::new(1.0, 2.0));
    }
    fill_value_complex64 => { assert_eq!(of::<Complex64>("complex128", Complex64::new(1.0, 2.0))?.im, 2.0); }
    fill_value_string => { assert_eq!(of::<String>("string", String::from("x"))?, "x"); }
    fill_value_text => { assert_eq!(of::<String>("str", "x")?, "x"); }
    fill_value_reference_to_a_string => { let s = String::from("x"); assert_eq!(of::<String>("str", &s)?, "x"); }
    fill_value_bytes => { assert_eq!(of::<Vec<u8>>("bytes", b"ab")?, b"ab"); }
    fill_value_json => { assert_eq!(of::<f64>("f8", json!(2.5))?, 2.5); }
    fill_value_date => {
        let date: Datetime64 = "2020-01-31".parse()?;
        assert_eq!(of::<Datetime64>("M8[D]", date)?.to_string(), "2020-01-31");
    }
    fill_value_words => { assert_eq!(of::<f64>("f8", Fill::One)?, 1.0); assert_eq!(of::<i32>("i4", Fill::Default)?, 0); }
    full_of_a_value => { assert_eq!(zarr::full(Target::Memory, (2, 2), 7).dtype("i4").wait()?.read::<i32>(..).wait()?.sum(), 28); }
    full_takes_the_type_of_its_value => { assert_eq!(zarr::full(Target::Memory, 2, 0.5).wait()?.read::<f64>(..).wait()?.sum(), 1.0); }
    full_like => { assert_eq!(zarr::full_like(Target::Memory, &crate::grid()?, -1).wait()?.read::<i32>(..).wait()?.sum(), -12); }
    ones => { assert_eq!(zarr::ones(Target::Memory, 4).dtype("u1").wait()?.read::<u8>(..).wait()?.sum(), 4); }
    ones_like => { assert_eq!(zarr::ones_like(Target::Memory, &crate::grid()?).wait()?.read::<i32>(..).wait()?.sum(), 12); }
    empty => { assert_eq!(zarr::empty(Target::Memory, (2, 3)).wait()?.shape(), [2, 3]); }
    fill_value_read_back => { assert_eq!(zarr::full(Target::Memory, 2, 7).dtype("i4").wait()?.fill_value()?.to_json(&DataType::Int32), 7); }
}
