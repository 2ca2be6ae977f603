//! Elements that need a feature, as scalars and in lists.

#[cfg(feature = "half")]
#[test]
fn half_floats_are_data() {
    use half::f16;

    use crate::blocking::Wait;
    use crate::{DataType, Target};
    let (one, two) = (f16::from_f32(1.0), f16::from_f32(2.0));
    let create = crate::create_array(Target::Memory, [2, 2], DataType::Float16);
    let array = create.wait().unwrap();
    array.write(.., one).wait().unwrap();
    array.write(0, [two, one]).wait().unwrap();
    array.write(1, 2).wait().unwrap();
    let expected = ndarray::array![[two, one], [two, two]];
    assert_eq!(array.read::<f16>(..).wait().unwrap(), expected.into_dyn());
}

#[cfg(feature = "num-complex")]
#[test]
fn complex_numbers_are_data() {
    use num_complex::{Complex32, Complex64};

    use crate::blocking::Wait;
    use crate::{DataType, Target};
    let create = crate::create_array(Target::Memory, [3], DataType::Complex64);
    let array = create.wait().unwrap();
    let i = Complex32::new(0.0, 1.0);
    array.write(.., i).wait().unwrap();
    array.write(1.., vec![i + 1.0, i]).wait().unwrap();
    array.write(2, Complex64::new(0.5, 2.0)).wait().unwrap();
    let expected = ndarray::array![i, i + 1.0, Complex32::new(0.5, 2.0)];
    assert_eq!(
        array.read::<Complex32>(..).wait().unwrap(),
        expected.into_dyn()
    );
}
