//! Arrays that one processor writes and another reads: `zarr-exchange write DIR` makes a store in a new directory, and
//! `zarr-exchange read DIR` compares such a store with what should be in it. `cargo xtask targets` runs each on both sides.

#![allow(clippy::unwrap_used, reason = "a program that fails shall stop")]

use std::fmt::Debug;
use std::process::ExitCode;

use half::f16;
use ndarray::{Array2, Axis};
use num_complex::Complex64;
use zarr::blocking::Wait;
use zarr::codecs::{Blosc, Bytes, Crc32c, Gzip, Lz4, Transpose, Zstd};
use zarr::{Array, CreateArray, DataType, Group, ZarrFormat};

const SHAPE: (usize, usize) = (40, 30);

/// An element of each kind, made of its number.
trait Sample: zarr::Element + Clone + PartialEq + Debug {
    fn sample(i: usize) -> Self;
}

macro_rules! samples {
    ($($element:ty: $i:ident => $sample:expr,)*) => {
        $(impl Sample for $element {
            fn sample($i: usize) -> Self {
                $sample
            }
        })*
    };
}

samples! {
    bool: i => i.is_multiple_of(3),
    u8: i => i as u8,
    i16: i => (i as i16).wrapping_mul(321),
    u32: i => (i as u32).wrapping_mul(0x0123_4567),
    i64: i => (i as i64 - 600).wrapping_mul(0x0123_4567_89ab),
    f16: i => f16::from_f32(i as f32 / 8.0),
    f32: i => i as f32 / 7.0 - 10.0,
    f64: i => (i as f64).sqrt(),
    Complex64: i => Complex64::new(i as f64, -1.0 / (1.0 + i as f64)),
    String: i => "zähl".repeat(i % 4) + &i.to_string(),
}

/// What is done with every array.
#[derive(Clone, Copy)]
enum Half {
    Write,
    Read,
}

/// The arrays of one format, and how many elements were written or compared.
struct Exchange {
    root: Group,
    half: Half,
    elements: usize,
}

impl Exchange {
    fn new(dir: &str, half: Half, format: ZarrFormat) -> Self {
        let at = format!("{dir}/{format:?}");
        let root = match half {
            Half::Write => zarr::create_group(at).zarr_format(format).wait(),
            Half::Read => zarr::open_group(at).wait(),
        };
        Self {
            root: root.unwrap(),
            half,
            elements: 0,
        }
    }

    /// An array of these elements, with such codecs.
    fn array<T: Sample>(
        &mut self,
        name: &str,
        data_type: DataType,
        with: impl FnOnce(CreateArray) -> CreateArray,
    ) {
        let expected: Vec<T> = (0..SHAPE.0 * SHAPE.1).map(T::sample).collect();
        let expected = Array2::from_shape_vec(SHAPE, expected).unwrap();
        match self.half {
            Half::Write => {
                let create = self.root.create_array(name, SHAPE, data_type);
                let array: Array = with(create.chunks([10, 15])).wait().unwrap();
                array.write(.., expected.clone()).wait().unwrap();
            }
            Half::Read => {
                let array = self.root.array(name).wait().unwrap();
                let all = array.read::<T>(..).wait().unwrap();
                assert_eq!(all, expected.clone().into_dyn(), "{name}");
                let column = array.read::<T>((.., 7..8)).wait().unwrap();
                let wanted = expected.index_axis(Axis(1), 7).insert_axis(Axis(1));
                assert_eq!(column, wanted.into_dyn(), "{name}, a column");
            }
        }
        self.elements += expected.len();
    }

    /// The same by each way in which bytes are stored.
    fn numbers<T: Sample>(&mut self, data_type: &DataType) {
        let is_v2 = self.root.zarr_format() == ZarrFormat::V2;
        let mut array = |how: &str, with: &dyn Fn(CreateArray) -> CreateArray| {
            self.array::<T>(&format!("{data_type}-{how}"), data_type.clone(), with);
        };
        array("raw", &|create| create.compressors(()));
        array("zstd", &|create| create.compressors(Zstd::new(1)));
        array("gzip", &|create| create.compressors(Gzip::new(5)));
        array("blosc", &|create| create.compressors(Blosc::lz4()));
        array("F", &|create| create.order('F'));
        if is_v2 {
            return array("lz4", &|create| create.compressors(Lz4::new(1)));
        }
        array("big", &|create| create.serializer(Bytes::big()));
        array("crc32c", &|create| {
            create.compressors((Blosc::zstd().level(1), Crc32c))
        });
        array("transposed", &|create| {
            create.filters(Transpose::new([1, 0]))
        });
        array("shards", &|create| {
            create.shards([20, 30]).serializer(Bytes::big())
        });
    }
}

fn exchange(dir: &str, half: Half) -> usize {
    let mut elements = 0;
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let mut all = Exchange::new(dir, half, format);
        all.numbers::<bool>(&DataType::Bool);
        all.numbers::<u8>(&DataType::UInt8);
        all.numbers::<i16>(&DataType::Int16);
        all.numbers::<u32>(&DataType::UInt32);
        all.numbers::<i64>(&DataType::Int64);
        all.numbers::<f16>(&DataType::Float16);
        all.numbers::<f32>(&DataType::Float32);
        all.numbers::<f64>(&DataType::Float64);
        all.numbers::<Complex64>(&DataType::Complex128);
        all.array::<String>("texts", DataType::String, |create| create);
        elements += all.elements;
    }
    elements
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let elements = match args[..] {
        ["write", dir] => exchange(dir, Half::Write),
        ["read", dir] => exchange(dir, Half::Read),
        _ => {
            eprintln!("zarr-exchange write|read DIR");
            return ExitCode::FAILURE;
        }
    };
    println!("{elements} elements");
    ExitCode::SUCCESS
}
