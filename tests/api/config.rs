//! `Config`: what a context says where nobody else does. Outcomes are those of zarr-python 3.4.2's
//! `zarr.config`, as measured, but that the format holds for every function.

use std::num::NonZeroUsize;

use zarr::blocking::Wait;
use zarr::{
    Chunks, Config, Context, DataType, Extension, Indent, MemoryStore, Order, Target, ZarrFormat,
};
use zarr_store::testing::Latency;
use zarr_store::{BlockingStore, ByteRange, Store};

fn context(config: Config) -> Context {
    Context::builder().config(config).build()
}

#[test]
fn config_default_zarr_format() {
    let two = context(Config {
        default_zarr_format: Some(ZarrFormat::V2),
        ..Config::default()
    });
    let format = |array: zarr::CreateArray| array.context(&two).wait().unwrap().zarr_format();
    assert_eq!(format(zarr::zeros(Target::Memory, [2])), ZarrFormat::V2);
    // zarr-python's `create_array` does not ask its configuration.
    let array = zarr::create_array(Target::Memory, [2], DataType::Int8);
    assert_eq!(format(array.clone()), ZarrFormat::V2);
    assert_eq!(format(array.zarr_format(ZarrFormat::V3)), ZarrFormat::V3);
    let group = zarr::group(Target::Memory).context(&two).wait().unwrap();
    assert_eq!(group.zarr_format(), ZarrFormat::V2);
}

#[test]
fn config_order() {
    let columns = context(Config {
        order: Some(Order::F),
        ..Config::default()
    });
    let array = zarr::zeros(Target::Memory, [2, 2]).context(&columns);
    let old = array.clone().zarr_format(ZarrFormat::V2);
    assert_eq!(old.clone().wait().unwrap().order(), Order::F);
    assert_eq!(old.order(Order::C).wait().unwrap().order(), Order::C);
    // In format 3 nothing of it is stored.
    assert!(array.wait().unwrap().filters().is_empty());
}

#[test]
fn config_write_empty_chunks() {
    let all = context(Config {
        write_empty_chunks: true,
        ..Config::default()
    });
    let store = MemoryStore::new();
    let stored = |create: zarr::CreateArray| {
        let array = create.chunks([2]).wait().unwrap();
        array.write(.., 0.0).wait().unwrap();
        array.nchunks_initialized().wait().unwrap()
    };
    assert_eq!(stored(zarr::zeros(store.clone(), [4]).context(&all)), 2);
    let without = zarr::zeros(Target::Memory, [4])
        .context(&all)
        .write_empty_chunks(false);
    assert_eq!(stored(without), 0);
    assert_eq!(stored(zarr::zeros(Target::Memory, [4])), 0);
    // A handle that is opened has it from the context as well.
    let opened = zarr::open_array(store).context(&all).wait().unwrap();
    assert!(opened.config().write_empty_chunks);
}

#[test]
fn config_read_missing_chunks() {
    // zarr-python 3.4.2: ChunkNotFoundError.
    let strict = context(Config {
        read_missing_chunks: Some(false),
        ..Config::default()
    });
    let array = zarr::zeros(Target::Memory, [4])
        .chunks([2])
        .context(&strict);
    let array = array.wait().unwrap();
    array.write(..2, 1.0).wait().unwrap();
    assert_eq!(array.read::<f64>(..2).wait().unwrap().sum(), 2.0);
    assert!(array.read::<f64>(..).wait().is_err());
    let tolerant = zarr::zeros(Target::Memory, [4]).context(&strict);
    let tolerant = tolerant.read_missing_chunks(true).wait().unwrap();
    assert_eq!(tolerant.read::<f64>(..).wait().unwrap().sum(), 0.0);
}

#[test]
fn config_compressors() {
    let gzip = Extension::new("gzip").with("level", 1);
    let gzipped = context(Config {
        compressors: Some(vec![gzip.clone()]),
        ..Config::default()
    });
    let array = zarr::zeros(Target::Memory, [2]).context(&gzipped);
    assert_eq!(
        array.clone().wait().unwrap().compressors(),
        std::slice::from_ref(&gzip)
    );
    let old = array.clone().zarr_format(ZarrFormat::V2).wait().unwrap();
    assert_eq!(old.compressors(), [gzip]);
    assert!(
        array
            .compressors(())
            .wait()
            .unwrap()
            .compressors()
            .is_empty()
    );
}

#[test]
fn config_concurrency() {
    let two = context(Config {
        concurrency: NonZeroUsize::new(2),
        ..Config::default()
    });
    let far = Latency::new(MemoryStore::new().into_store(), std::time::Duration::ZERO);
    let far: std::sync::Arc<dyn Store> = std::sync::Arc::new(far);
    let root = zarr::group(far).context(&two).wait().unwrap();
    assert_eq!(
        root.store().hints().concurrency.min(2),
        root.store().hints().concurrency
    );
    let below = root.zeros("a/b", [2]).wait().unwrap();
    assert!(below.store().hints().concurrency <= 2);
}

#[test]
fn config_max_workers() {
    let three = context(Config {
        max_workers: NonZeroUsize::new(3),
        ..Config::default()
    });
    assert_eq!(three.threads(), 3);
    let one = Context::builder()
        .config(three.config().clone())
        .threads(1)
        .build();
    assert_eq!(one.threads(), 1);
}

#[test]
fn config_json_indent() {
    let text = |indent| {
        let config = Config {
            json_indent: indent,
            ..Config::default()
        };
        let context = context(config);
        let store = MemoryStore::new();
        let group = zarr::create_group(store.clone()).context(&context);
        let mut group = group.path("g").wait().unwrap();
        group
            .update_attributes([("a", zarr::json!(1))])
            .wait()
            .unwrap();
        let read = |key: &str| {
            let found = store
                .get(&key.parse().unwrap(), ByteRange::All, None)
                .unwrap();
            String::from_utf8(found.unwrap().data.to_vec()).unwrap()
        };
        // A group that nobody named, and one that was changed after it was made.
        (read("zarr.json"), read("g/zarr.json"))
    };
    // Made by zarr-python 3.4.2 with `json_indent` 4, but for the order of the members.
    let (root, _) = text(Indent::Spaces(4));
    let expected =
        "{\n    \"attributes\": {},\n    \"zarr_format\": 3,\n    \"node_type\": \"group\"\n}";
    let same_lines = |a: &str, b: &str| {
        let lines = |text: &str| {
            let lines = text
                .lines()
                .map(|line| line.trim_end_matches(',').to_owned());
            lines.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(lines(a), lines(b));
    };
    same_lines(&root, expected);
    let (root, group) = text(Indent::Compact);
    assert!(!root.contains(char::is_whitespace), "{root}");
    assert!(group.contains(r#""attributes":{"a":1}"#), "{group}");
}

#[test]
fn config_target_shard_size_bytes() {
    let shards = |target, chunks: [u64; 2]| {
        let config = Config {
            target_shard_size_bytes: target,
            ..Config::default()
        };
        let array = zarr::create_array(Target::Memory, [4096, 4096], DataType::Float32)
            .chunks(chunks)
            .shards(Chunks::Auto);
        let array = array.context(&context(config)).wait().unwrap();
        array.shards().unwrap().to_vec()
    };
    // zarr-python 3.4.2.
    assert_eq!(shards(Some(1 << 20), [64, 64]), [512, 512]);
    assert_eq!(shards(Some(1), [64, 64]), [64, 64]);
    // There it is two chunks an axis where no size is said.
    assert_eq!(shards(None, [64, 64]), [4096, 4096]);
}
