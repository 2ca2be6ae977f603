//! Numbers that Rust has in other crates, or in part of a byte: C9, C12, C24.

use half::{bf16, f16};
use ndarray::array;
use num_complex::{Complex, Complex32, Complex64};
use serde_json::json;
use zarr::blocking::{Wait, read_into};
use zarr::{DataType, SmallFloat, SmallInt, Target};

use super::{chunk, stored};

/// C24, `np.array([1.5, -2], "f2")`
#[test]
fn c24_half_precision() {
    let array = stored(json!("float16"), 2, json!(0.0), b"\x00>\x00\xc0");
    let expected = array![f16::from_f32(1.5), f16::from_f32(-2.0)].into_dyn();
    assert_eq!(array.read::<f16>(..).wait().unwrap(), expected);
    array.write(0, f16::from_f32(-2.0)).wait().unwrap();
    assert_eq!(chunk(&array), b"\x00\xc0\x00\xc0");
    let error = array.read::<f32>(..).wait().unwrap_err();
    assert!(
        error
            .to_string()
            .contains("take it as `half::f16` (feature `half`)"),
        "{error}"
    );
    let filled = zarr::create_array(Target::Memory, [1], DataType::Float16);
    let filled = filled.fill_value(f16::from_f32(0.5)).wait().unwrap();
    assert_eq!(
        filled.read::<f16>(0).wait().unwrap()[[]],
        f16::from_f32(0.5)
    );
}

/// C9. ml_dtypes: `np.array([1.5, -2], ml_dtypes.bfloat16).tobytes()`, the upper halves of these `float32`.
#[test]
fn c9_bfloat16() {
    let array = stored(json!("bfloat16"), 2, json!(0.0), b"\xc0\x3f\x00\xc0");
    let expected = array![bf16::from_f32(1.5), bf16::from_f32(-2.0)].into_dyn();
    assert_eq!(array.read::<bf16>(..).wait().unwrap(), expected);
    array.write(.., &expected).wait().unwrap();
    assert_eq!(chunk(&array), b"\xc0\x3f\x00\xc0");
}

/// C24, `np.array([1.5-2j], "c8")`
#[test]
fn c24_complex_numbers() {
    let array = stored(
        json!("complex64"),
        1,
        json!([0.0, 0.0]),
        b"\x00\x00\xc0?\x00\x00\x00\xc0",
    );
    let number = Complex32::new(1.5, -2.0);
    assert_eq!(array.read::<Complex32>(0).wait().unwrap()[[]], number);
    array.write(0, number).wait().unwrap();
    let nan = Complex64::new(f64::NAN, f64::INFINITY);
    let filled = zarr::create_array(Target::Memory, [1], DataType::Complex128).fill_value(nan);
    let filled = filled.wait().unwrap().read::<Complex64>(0).wait().unwrap()[[]];
    assert!(filled.re.is_nan() && filled.im == f64::INFINITY);
    let half = zarr::create_array(Target::Memory, [1], DataType::ComplexFloat16)
        .wait()
        .unwrap();
    let number = Complex::new(f16::from_f32(1.0), f16::from_f32(2.0));
    half.write(.., array![number]).wait().unwrap();
    assert_eq!(half.read::<Complex<f16>>(0).wait().unwrap()[[]], number);
}

/// C12: the meaningless bits of a byte are not read.
#[test]
fn c12_small_integers() {
    let array = stored(json!("int4"), 3, json!(0), &[0x08, 0xf7, 0xff]);
    let expected = array![-8_i8, 7, -1];
    assert_eq!(
        array.read::<i8>(..).wait().unwrap(),
        expected.clone().into_dyn()
    );
    let mut into = ndarray::Array1::<i8>::zeros(3);
    read_into(&array, .., into.view_mut()).unwrap();
    assert_eq!(into, expected);
    array.write(.., array![1_i8, -2, 3]).wait().unwrap();
    array.write(0, 8_i8).wait().unwrap_err();
    array.write(0, 1_u8).wait().unwrap_err();
    let unsigned = DataType::SmallInt(SmallInt::UInt2);
    let unsigned = zarr::create_array(Target::Memory, [2], unsigned)
        .wait()
        .unwrap();
    unsigned.write(0, 3_u8).wait().unwrap();
    assert_eq!(
        unsigned.read::<u8>(..).wait().unwrap(),
        array![3, 0].into_dyn()
    );
}

/// C10: `ml_dtypes.float8_e5m2(1.5).tobytes()` is `b">"`.
#[test]
fn c10_small_floats_as_their_bits() {
    let format = SmallFloat::Float8E5M2;
    let array = stored(json!("float8_e5m2"), 1, json!(0.0), b">");
    let bits = array.read::<u8>(0).wait().unwrap()[[]];
    assert_eq!(format.to_f32(bits), 1.5);
    array
        .write(0, format.from_f32(-2.0).unwrap())
        .wait()
        .unwrap();
    assert_eq!(format.to_f32(array.read::<u8>(0).wait().unwrap()[[]]), -2.0);
    assert_eq!(format.from_f32(1e9), None);
    assert_eq!(
        format
            .from_f32(f32::INFINITY)
            .map(|bits| format.to_f32(bits)),
        Some(f32::INFINITY)
    );
    assert_eq!(SmallFloat::Float4E2M1Fn.from_f32(f32::NAN), None);
}

/// C24: bytes and texts as fill values.
#[test]
fn c24_fill_values() {
    let create = |dtype: DataType| zarr::create_array(Target::Memory, [1], dtype);
    let array = create(DataType::String)
        .fill_value(String::from("x"))
        .wait()
        .unwrap();
    assert_eq!(array.read::<String>(0).wait().unwrap()[[]], "x");
    let array = create(DataType::FixedUtf32(2))
        .fill_value("é")
        .wait()
        .unwrap();
    assert_eq!(array.read::<String>(0).wait().unwrap()[[]], "é");
    let array = create(DataType::Bytes).fill_value(b"ab").wait().unwrap();
    assert_eq!(array.read::<Vec<u8>>(0).wait().unwrap()[[]], b"ab");
    let array = create(DataType::FixedBytes(3))
        .fill_value(*b"ab")
        .wait()
        .unwrap();
    assert_eq!(array.read::<Vec<u8>>(0).wait().unwrap()[[]], b"ab");
    let error = create(DataType::Float32)
        .fill_value(b"ab")
        .wait()
        .unwrap_err();
    let why = "argument `fill_value`: it is a bytes, and the array is of float32";
    assert_eq!(error.to_string(), why);
}
