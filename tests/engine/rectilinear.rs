//! Chunks of lengths that differ: what documents may say of them, growing and shrinking, and what is
//! told of them. That cells come back is the model's.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{ArrayD, IxDyn};
use zarr::blocking::Wait;
use zarr::{Array, AxisChunks, Chunks, DataType, Target, json, sel};
use zarr_core::ChunkGrid;
use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Store};

use crate::support::far::far;

fn counted(shape: &[usize]) -> ArrayD<i16> {
    let cells: usize = shape.iter().product();
    let all = (0..cells as i16).collect();
    ArrayD::from_shape_vec(IxDyn(shape), all).unwrap()
}

fn create(store: impl Into<Target>, lengths: &[u64]) -> Array {
    let cells = lengths.iter().sum::<u64>();
    let create = zarr::create_array(store, [cells], DataType::Int16).fill_value(-1);
    create.chunks([lengths.to_vec()]).wait().unwrap()
}

/// An array whose document is given, with this grid and these codecs.
fn opened(
    shape: &[u64],
    lengths: serde_json::Value,
    codecs: serde_json::Value,
) -> zarr::Result<Array> {
    let store = MemoryStore::new();
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "int16", "fill_value": 5,
        "chunk_grid": {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": lengths}},
        "chunk_key_encoding": {"name": "default"}, "codecs": codecs,
    });
    let key = Key::new("zarr.json").unwrap();
    let text = document.to_string().into_bytes();
    store.put(&key, &text.into(), PutMode::Overwrite).unwrap();
    zarr::open_array(store).wait()
}

fn bytes() -> serde_json::Value {
    json!([{"name": "bytes", "configuration": {"endian": "little"}}])
}

fn shards(inner: u64) -> serde_json::Value {
    json!([{"name": "sharding_indexed", "configuration": {
        "chunk_shape": [inner], "codecs": bytes(), "index_codecs": bytes(),
    }}])
}

/// The lengths in an array's document.
fn lengths(array: &Array) -> String {
    let grid = array.metadata().chunk_grid().to_extension();
    grid.configuration["chunk_shapes"].to_string()
}

#[test]
fn each_chunk_is_stored_in_its_own_length() {
    let store = MemoryStore::new();
    let create = zarr::create_array(store.clone(), [9], DataType::Int16).compressors(());
    let array = create.chunks([vec![2, 4, 3]]).wait().unwrap();
    array.write(.., counted(&[9])).wait().unwrap();
    let size = |chunk: u64| {
        let object = store
            .open(&Key::new(format!("c/{chunk}")).unwrap())
            .unwrap();
        object.unwrap().size().unwrap()
    };
    assert_eq!([size(0), size(1), size(2)], [4, 8, 6]);
    assert_eq!(
        array.read::<i16>(sel![1..7]).wait().unwrap(),
        counted(&[9]).slice_move(ndarray::s![1..7]).into_dyn()
    );
}

#[test]
fn what_is_told_of_chunks() {
    let create = || zarr::create_array(Target::Memory, [12, 10], DataType::Int16);
    let plain = create()
        .chunks([AxisChunks::from_lengths([5, 1, 7]), AxisChunks::Uniform(4)])
        .wait()
        .unwrap();
    assert_eq!(plain.cdata_shape(), [3, 3]);
    assert_eq!(
        (plain.nchunks(), plain.chunks(), plain.shards()),
        (Some(9), None, None)
    );
    let of = |axes: [&[u64]; 2]| axes.map(|axis| AxisChunks::from_lengths(axis.iter().copied()));
    assert_eq!(plain.read_chunk_sizes(), of([&[5, 1, 6], &[4, 4, 2]]));
    assert_eq!(plain.write_chunk_sizes(), plain.read_chunk_sizes());
    assert!(
        plain
            .info()
            .to_string()
            .contains("Chunk shape        : <variable>")
    );

    let sharded = create()
        .chunks([2, 5])
        .shards([vec![4, 8], vec![10]])
        .wait()
        .unwrap();
    assert_eq!(
        (sharded.chunks(), sharded.shards()),
        (Some(vec![2, 5]), None)
    );
    assert_eq!(sharded.cdata_shape(), [6, 2]);
    assert_eq!(sharded.read_chunk_sizes(), of([&[2; 6], &[5, 5]]));
    assert_eq!(sharded.write_chunk_sizes(), of([&[4, 8], &[10]]));
    let info = sharded.info().to_string();
    assert!(info.contains("Shard shape        : <variable>"), "{info}");
    assert!(info.contains("Chunk shape        : (2, 5)"), "{info}");
    sharded.write(sel![3..5, 0..3], 1_i16).wait().unwrap();
    assert_eq!(sharded.nchunks_initialized().wait().unwrap(), 2);
}

/// zarr-python 3.4.2 raises `NotImplementedError` for `chunks` of the first two and `shards` of the third, and has
/// `chunks == (10,)` there; all three print `<variable>`.
#[test]
fn b1_2_chunks_of_a_rectilinear_grid() {
    let create = || zarr::create_array(Target::Memory, [60], DataType::Int16);
    let a = create().chunks([vec![10, 20, 30]]).wait().unwrap();
    assert_eq!(
        (a.chunks(), a.shards(), a.is_sharded()),
        (None, None, false)
    );
    let equal = create().chunks([vec![20, 20, 20]]).wait().unwrap();
    assert_eq!(equal.chunks(), None);
    let sharded = create().chunks([10]).shards([vec![20, 40]]);
    let sharded = sharded.wait().unwrap();
    assert_eq!(
        (sharded.chunks(), sharded.shards(), sharded.is_sharded()),
        (Some(vec![10]), None, true)
    );
    for array in [&a, &equal, &sharded] {
        let info = array.info();
        assert_eq!(
            (array.chunks(), array.shards(), array.is_sharded()),
            (info.chunk_shape, info.shard_shape, info.is_sharded)
        );
    }

    // `chunks=None` guesses, and `shards=None` makes no shards.
    let guessed = create().wait().unwrap().chunks();
    let like = create().chunks(a.chunks()).shards(a.shards());
    let like = like.wait().unwrap();
    assert_eq!((like.chunks(), like.is_sharded()), (guessed, false));
    assert_eq!(
        create().chunks(None).wait().unwrap().chunks(),
        like.chunks()
    );
    let plain = zarr::from_array(Target::Memory, &sharded).shards(None);
    let plain = plain.wait().unwrap();
    assert_eq!((plain.chunks(), plain.shards()), (Some(vec![10]), None));
    assert!(!plain.is_sharded());
    let whole = create().chunks([10]).shards([30]).wait().unwrap();
    let like = create().chunks(whole.chunks()).shards(whole.shards());
    let like = like.wait().unwrap();
    assert_eq!(
        (like.chunks(), like.shards()),
        (Some(vec![10]), Some(vec![30]))
    );
    // The array itself stands for all lengths.
    let like = create().chunks(&a).wait().unwrap();
    assert_eq!(like.read_chunk_sizes(), a.read_chunk_sizes());
}

#[test]
fn another_array_like_it_has_its_chunks() {
    let mut array = create(Target::Memory, &[4, 2, 5, 3]);
    assert_eq!(
        zarr::empty_like(Target::Memory, &array)
            .wait()
            .unwrap()
            .metadata(),
        array.metadata()
    );
    array.resize([5]).wait().unwrap();
    let like = zarr::empty_like(Target::Memory, &array).wait().unwrap();
    assert_eq!(
        (lengths(&array), lengths(&like)),
        ("[[4,2,5,3]]".into(), "[[4,2]]".into())
    );
}

#[test]
fn lists_that_do_not_suit_the_array_are_refused() {
    let refused = |chunks: Chunks, shards: Option<Chunks>| {
        let create = zarr::create_array(Target::Memory, [12], DataType::Int16).chunks(chunks);
        let create = match shards {
            Some(shards) => create.shards(shards),
            None => create,
        };
        create.wait().unwrap_err().to_string()
    };
    let text = refused(vec![vec![4, 4]].into(), None);
    assert!(
        text.contains("axis 0 has 12 cells; [[4,2]] reach 8"),
        "{text}"
    );
    let text = refused(vec![vec![4, 8, 1]].into(), None);
    assert!(text.contains("[4,8,1] reach 13"), "{text}");
    let text = refused(vec![vec![12, 0]].into(), None);
    assert!(text.contains("must be positive lengths"), "{text}");
    let text = refused(vec![vec![4, 8]; 2].into(), None);
    assert!(text.contains("has 2 axes, the array has 1"), "{text}");
    let text = refused(vec![vec![4, 8]].into(), Some([12].into()));
    assert!(text.contains("inside of shards have one shape"), "{text}");
    let text = refused([4].into(), Some(vec![vec![4, 6, 2]].into()));
    assert!(text.contains("6 is not a multiple of the chunks"), "{text}");
    let v2 = zarr::create_array(Target::Memory, [12], DataType::Int16)
        .chunks([vec![4, 8]])
        .zarr_format(zarr::ZarrFormat::V2);
    let text = v2.wait().unwrap_err().to_string();
    assert!(text.contains("format 3"), "{text}");
}

#[test]
fn chunks_may_reach_beyond_the_array_and_counts_cost_nothing() {
    let array = opened(
        &[6],
        json!([[4, 4, [9, 1_000_000_000_000_000_u64]]]),
        bytes(),
    )
    .unwrap();
    assert_eq!(array.cdata_shape(), [2]);
    array.write(sel![3..6], counted(&[3])).wait().unwrap();
    assert_eq!(
        array.read::<i16>(..).wait().unwrap().as_slice(),
        Some(&[5, 5, 5, 0, 1, 2][..])
    );

    let huge = 1_u64 << 62;
    let array = opened(&[huge], json!([[[1, 5], [3, huge]]]), bytes()).unwrap();
    let far = huge as i64 - 8;
    array.write(sel![far..], counted(&[8])).wait().unwrap();
    assert_eq!(
        array.read::<i16>(sel![far..]).wait().unwrap(),
        counted(&[8])
    );
    assert_eq!(array.read::<i16>(sel![far - 1]).wait().unwrap().sum(), 5);
    let every = array.read::<i16>(sel![..;huge as i64 / 4]).wait().unwrap();
    assert_eq!(every.as_slice(), Some(&[5; 4][..]));
}

#[test]
fn shards_that_chunks_do_not_divide_are_named() {
    let array = opened(&[11], json!([[4, 3, 4]]), shards(2)).unwrap();
    let error = array.read::<i16>(..).wait().unwrap_err().to_string();
    assert!(
        error.contains("inner chunks of [2] do not divide the shard of [3]"),
        "{error}"
    );
    // Those that lie beyond the array concern nobody.
    let array = opened(&[8], json!([[4, 4, 5]]), shards(2)).unwrap();
    assert_eq!(array.read::<i16>(..).wait().unwrap().sum(), 40);
}

#[test]
fn growing_adds_one_chunk_and_shrinking_keeps_the_list() {
    let mut array = create(Target::Memory, &[4, 2]);
    array.write(.., counted(&[6])).wait().unwrap();
    array.append(counted(&[5])).wait().unwrap();
    assert_eq!(lengths(&array), "[[4,2,5]]");
    array.resize([5]).wait().unwrap();
    assert_eq!(lengths(&array), "[[4,2,5]]");
    // The cells that were cut off are empty, and the old chunks hold what comes again.
    array.resize([9]).wait().unwrap();
    assert_eq!(lengths(&array), "[[4,2,5]]");
    let all = array.read::<i16>(..).wait().unwrap();
    assert_eq!(all.as_slice(), Some(&[0, 1, 2, 3, 4, -1, -1, -1, -1][..]));
    array.append(counted(&[3])).wait().unwrap();
    assert_eq!(lengths(&array), "[[4,2,5,1]]");
    assert_eq!(array.read::<i16>(sel![9..]).wait().unwrap(), counted(&[3]));
}

#[test]
fn a_chunk_that_codecs_cannot_hold_is_refused_before_it_is_in_the_document() {
    let create = zarr::create_array(Target::Memory, [12], DataType::Int16).chunks([2]);
    let mut array = create.shards([vec![4, 8]]).wait().unwrap();
    for error in [
        array.resize([15]).wait().unwrap_err(),
        array.append(counted(&[3])).wait().unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(
            text.contains("inner chunks of [2] do not divide the shard of [3]"),
            "{text}"
        );
        assert!(text.contains("grow the axis by other lengths"), "{text}");
    }
    let again = zarr::open_array(array.store().clone()).wait().unwrap();
    assert_eq!(
        (again.shape(), lengths(&again)),
        (&[12][..], "[[4,8]]".into())
    );
    array.append(counted(&[6])).wait().unwrap();
    assert_eq!(lengths(&array), "[[4,8,6]]");
}

#[test]
fn a_grid_of_other_chunks_is_streamed_and_read_from_afar() {
    let (store, ..) = far(Duration::from_millis(1));
    let store: Arc<dyn Store> = store;
    let context = zarr::Context::builder().memory(1).threads(1).build();
    let create = zarr::create_array(store, [12, 20], DataType::Int16).context(&context);
    let create = create.chunks([2, 5]).shards([vec![4, 8], vec![5, 5, 10]]);
    let array = create.wait().unwrap();
    let data = counted(&[12, 20]);
    array.write(.., data.clone()).wait().unwrap();
    assert_eq!(array.read::<i16>(..).wait().unwrap(), data);
    let grid: &ChunkGrid = array.chunked().grid();
    let blocks =
        Arc::clone(array.chunked()).stream_as::<i16>(sel![..].resolve(grid).unwrap(), None);
    let blocks: Vec<_> =
        zarr_store::runtime::wait(futures_util::TryStreamExt::try_collect(blocks.unwrap()))
            .unwrap();
    let mut shapes: Vec<_> = blocks
        .iter()
        .map(|(_, block)| block.shape().to_vec())
        .collect();
    shapes.sort();
    assert_eq!(shapes, [[4, 5], [4, 5], [4, 10], [8, 5], [8, 5], [8, 10]]);
}
