//! Random arrays, codecs and stores; what is read is what a plain ndarray holds.

use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;
use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, AxisSelection, DataType, Element, Extension, Order, Slice, ZarrFormat};

use super::into;
use crate::support::slices::Chosen;
use crate::support::stores::{KINDS, Kind, store};

/// What an array is made of.
#[derive(Clone, Debug)]
struct Layout {
    shape: Vec<u64>,
    chunks: Vec<u64>,
    shards: Option<Vec<u64>>,
    /// The length of every chunk, or shard, along each axis, where they differ.
    lengths: Option<Vec<Vec<u64>>>,
    format: ZarrFormat,
    filters: Vec<Extension>,
    order: Order,
    big_endian: bool,
    compressors: Vec<Extension>,
    fill: i8,
    store: Kind,
    threads: usize,
}

impl Layout {
    /// Where each chunk, or shard, ends along each axis.
    fn ends(&self) -> Vec<Vec<usize>> {
        let regular = self.shards.as_ref().unwrap_or(&self.chunks);
        let axis = |(axis, &n): (usize, &u64)| -> Vec<usize> {
            match &self.lengths {
                Some(lengths) => ends(&lengths[axis], n),
                None => (1..=n.div_ceil(regular[axis]))
                    .map(|i| (i * regular[axis]) as usize)
                    .collect(),
            }
        };
        self.shape.iter().enumerate().map(axis).collect()
    }
}

/// Where chunks of these lengths end, of an axis of `n` cells: none begins behind it.
fn ends(lengths: &[u64], n: u64) -> Vec<usize> {
    let mut end = 0;
    let begins_inside = lengths.iter().take_while(|&&length| {
        end += length;
        end - length < n
    });
    let mut end = 0;
    let ends = begins_inside.map(|length| {
        end += *length as usize;
        end
    });
    ends.collect()
}

fn named(name: &str) -> Extension {
    Extension::new(name)
}

fn compressors() -> impl Strategy<Value = Vec<Extension>> {
    prop::sample::select(vec![
        vec![],
        vec![named("crc32c")],
        vec![named("zstd").with("level", 1)],
        vec![named("gzip").with("level", 1)],
        vec![
            named("zstd").with("level", 3).with("checksum", true),
            named("crc32c"),
        ],
    ])
}

/// Cells, of a chunk, chunks of a shard, and what lengths chunks have that differ.
type Axis = (u64, u64, u64, Vec<u64>);

fn layout() -> impl Strategy<Value = Layout> {
    let lengths = prop::collection::vec(1_u64..5, 12);
    let axes = prop::collection::vec((0_u64..12, 1_u64..6, 1_u64..4, lengths), 0..4);
    axes.prop_flat_map(|axes| {
        let rank = axes.len();
        let order = Just((0..rank).collect::<Vec<_>>()).prop_shuffle();
        let filters = prop::option::weighted(0.3, order).prop_map(|order| {
            order
                .map(|o| named("transpose").with("order", json!(o)))
                .into_iter()
                .collect()
        });
        let v3 = prop::bool::weighted(0.7);
        let stores = prop::sample::select(KINDS.to_vec());
        (
            Just(axes),
            v3,
            any::<[bool; 4]>(),
            filters,
            compressors(),
            -1_i8..2,
            stores,
            1_usize..4,
        )
    })
    .prop_map(
        |(
            axes,
            v3,
            [sharded, f, big_endian, listed],
            filters,
            compressors,
            fill,
            store,
            threads,
        )| {
            let column = |pick: fn(&Axis) -> u64| axes.iter().map(pick).collect::<Vec<_>>();
            let sharded = v3 && sharded;
            // As many as the axis needs; shards are multiples of their chunks.
            let lengths = axes.iter().map(|(n, chunk, _, lengths)| {
                let unit = if sharded { *chunk } else { 1 };
                let lengths: Vec<u64> = lengths.iter().map(|length| length * unit).collect();
                let count = ends(&lengths, *n).len().max(1);
                lengths[..count].to_vec()
            });
            Layout {
                shape: column(|a| a.0),
                chunks: column(|a| a.1),
                shards: sharded.then(|| column(|a| a.1 * a.2)),
                lengths: (v3 && listed).then(|| lengths.collect()),
                format: if v3 { ZarrFormat::V3 } else { ZarrFormat::V2 },
                filters: if v3 { filters } else { vec![] },
                order: if f && !v3 { Order::F } else { Order::C },
                big_endian,
                // Format 2 has one compressor, and crc32c is none of its own.
                compressors: if v3 {
                    compressors
                } else {
                    compressors
                        .into_iter()
                        .filter(|c| c.name != "crc32c")
                        .take(1)
                        .collect()
                },
                fill,
                store,
                threads,
            }
        },
    )
}

fn slice(len: u64) -> BoxedStrategy<Slice> {
    let bound = move || prop::option::of(-(len as i64) - 2..len as i64 + 3);
    let step = prop::sample::select(vec![1, 1, 1, 2, 3, 7, -1, -2, -5]);
    let range =
        (bound(), bound(), step).prop_map(|(start, stop, step)| Slice::Range { start, stop, step });
    let full = Just(Slice::Full);
    if len == 0 {
        return prop_oneof![range, full].boxed();
    }
    let index = (-(len as i64)..len as i64).prop_map(Slice::Index);
    prop_oneof![3 => range, 2 => full, 1 => index].boxed()
}

fn index(len: u64) -> std::ops::Range<i64> {
    -(len as i64)..len as i64
}

/// A list of any order with repetitions, a mask, or a slice.
fn axis_selection(len: u64) -> BoxedStrategy<AxisSelection> {
    let mask = prop::collection::vec(any::<bool>(), len as usize).prop_map(AxisSelection::from);
    let slice = slice(len).prop_map(AxisSelection::Slice);
    if len == 0 {
        return prop_oneof![mask, slice].boxed();
    }
    let list = prop::collection::vec(index(len), 0..8).prop_map(AxisSelection::from);
    prop_oneof![3 => list, 1 => mask, 1 => slice].boxed()
}

/// A range of blocks without a step, or one of them.
fn block(len: u64) -> BoxedStrategy<Slice> {
    let bound = move || prop::option::of(index(len + 1));
    let range = (bound(), bound()).prop_map(|(start, stop)| Slice::Range {
        start,
        stop,
        step: 1,
    });
    match len {
        0 => range.boxed(),
        _ => prop_oneof![range, index(len).prop_map(Slice::Index)].boxed(),
    }
}

/// A selection in any of its spellings, of an array whose chunks end there.
fn chosen(shape: &[u64], ends: &[Vec<usize>]) -> BoxedStrategy<Chosen> {
    let lens: Vec<usize> = shape.iter().map(|&n| n as usize).collect();
    let per_axis = shape.iter().map(|&n| slice(n)).collect::<Vec<_>>();
    let of = lens.clone();
    let basic = per_axis.prop_map(move |slices| Chosen::basic(&slices, &of));
    let per_axis = shape.iter().map(|&n| axis_selection(n)).collect::<Vec<_>>();
    let of = lens.clone();
    let orthogonal = per_axis.prop_map(move |axes| Chosen::orthogonal(&axes, &of));
    let counts = ends.iter().map(|ends| ends.len() as u64);
    let per_axis = counts.map(block).collect::<Vec<_>>();
    let (of, ends) = (lens.clone(), ends.to_vec());
    let blocks = per_axis.prop_map(move |slices| Chosen::blocks(&slices, &ends, &of));
    let of = lens.clone();
    let mask = prop::collection::vec(any::<bool>(), lens.iter().product::<usize>())
        .prop_map(move |mask| Chosen::mask(&mask, &of));
    if shape.is_empty() {
        return prop_oneof![basic, orthogonal, blocks].boxed();
    }
    let some_of_it = prop_oneof![3 => basic, 2 => orthogonal, 1 => blocks, 1 => mask];
    if shape.contains(&0) {
        return some_of_it.boxed();
    }
    let point = shape.iter().map(|&n| index(n)).collect::<Vec<_>>();
    let points =
        prop::collection::vec(point, 0..20).prop_map(move |points| Chosen::points(&points, &lens));
    prop_oneof![7 => some_of_it, 1 => points].boxed()
}

type Case = (Layout, Vec<(Chosen, bool, u8)>, Vec<Chosen>);

fn case() -> impl Strategy<Value = Case> {
    layout().prop_flat_map(|layout| {
        let ends = layout.ends();
        let any_cells = || chosen(&layout.shape, &ends);
        let writes = prop::collection::vec((any_cells(), any::<bool>(), 0_u8..120), 0..5);
        let reads = prop::collection::vec(any_cells(), 1..4);
        (Just(layout), writes, reads)
    })
}

/// Does what the case says to an array of `T` and to the model.
fn run<T: Element + PartialEq + std::fmt::Debug + Into<zarr::Data>>(
    (layout, writes, reads): Case,
    data_type: DataType,
    of: impl Fn(i64) -> T,
    fill: impl Fn(i64) -> Value,
    also: impl Fn(&Array, &Chosen, &ArrayD<T>),
) {
    let (store, _dir) = store(layout.store);
    let has_order = data_type.size().is_some();
    let context = zarr::Context::builder().threads(layout.threads);
    // Room for all decoded chunks, for a few or for none.
    let chunk_cache = [0, 2000, 1 << 20][layout.threads - 1];
    let context = context.chunk_cache(chunk_cache).build();
    let mut create = zarr::create_array(store, layout.shape.clone(), data_type)
        .name("a/b")
        .zarr_format(layout.format)
        .chunks(layout.chunks.clone())
        .filters(layout.filters.clone())
        .compressors(layout.compressors.clone())
        .fill_value(fill(layout.fill.into()))
        .context(&context);
    create = match (layout.shards, layout.lengths) {
        (None, None) => create,
        (Some(shards), None) => create.shards(shards),
        (None, Some(lengths)) => create.chunks(lengths),
        (Some(_), Some(lengths)) => create.shards(lengths),
    };
    if layout.format == ZarrFormat::V2 {
        create = create.order(layout.order);
    }
    if layout.big_endian && has_order {
        create = create.serializer(named("bytes").with("endian", "big"));
    }
    let array = create.wait().unwrap();
    let shape: Vec<usize> = layout.shape.iter().map(|&n| n as usize).collect();
    let mut model = ArrayD::from_elem(IxDyn(&shape), of(layout.fill.into()));

    for (at, scalar, seed) in writes {
        let cells = at.cells.len() as i64;
        // Every third value is the fill value, so that whole chunks of it come about.
        let value = |i: i64| match (i64::from(seed) + i) % 3 {
            0 => of(layout.fill.into()),
            _ => of((i64::from(seed) + i * 7) % 120),
        };
        let data = if scalar {
            array
                .write(at.selection.clone(), of(seed.into()))
                .wait()
                .unwrap();
            ArrayD::from_elem(IxDyn(&at.shape), of(seed.into()))
        } else {
            let data: Vec<T> = (0..cells).map(value).collect();
            let data = ArrayD::from_shape_vec(IxDyn(&at.shape), data).unwrap();
            array
                .write(at.selection.clone(), data.clone())
                .wait()
                .unwrap();
            data
        };
        at.write(&mut model, &data);
    }
    let reopened = zarr::open_array(array.store().clone())
        .path("a/b")
        .context(&context)
        .wait()
        .unwrap();
    let all = ArrayD::clone(&model);
    let many = reads.iter().chain(&reads).map(|at| at.selection.clone());
    let many = many.chain([zarr::Selection::All]);
    let many = reopened.read_many::<T>(many).wait().unwrap();
    let wanted = reads.iter().chain(&reads).map(|at| at.read(&model));
    assert!(many.into_iter().eq(wanted.chain([all])));
    for at in reads {
        also(&reopened, &at, &at.read(&model));
        assert_eq!(
            reopened.read::<T>(at.selection.clone()).wait().unwrap(),
            at.read(&model)
        );
        let any = reopened.read_dyn(at.selection.clone()).wait().unwrap();
        assert_eq!(any.into_array::<T>().unwrap(), at.read(&model));
    }
    assert_eq!(reopened.read::<T>(..).wait().unwrap(), model);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("ZARR_TEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96),
    ))]

    #[test]
    fn bytes_wide(case in case()) {
        run(case, DataType::Int8, |v| v as i8, Value::from, |array, at, wanted| {
            into::check(array, at, wanted, |v| v as i8);
        });
    }

    #[test]
    fn two_wide(case in case()) {
        // Both bytes of the larger values differ, so that a swap is seen; fill values stay as they are.
        let of = |v: i64| if v.abs() < 2 { v as i16 } else { v as i16 * 259 };
        run(case, DataType::Int16, of, Value::from, |array, at, wanted| {
            into::check(array, at, wanted, |v| v as i16);
        });
    }

    #[test]
    fn eight_wide(case in case()) {
        run(case, DataType::Float64, |v| v as f64, Value::from, |array, at, wanted| {
            into::check(array, at, wanted, |v| v as f64);
        });
    }

    #[test]
    fn of_any_length(case in case()) {
        let of = |v: i64| "ż".repeat(v.unsigned_abs() as usize % 5) + if v < 0 { "-" } else { "" };
        run(case, DataType::String, of, |v| of(v).into(), |_, _, _| ());
    }
}
