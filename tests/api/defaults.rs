//! What happens where nothing is said: modes, consolidated metadata, formats, orders; and arguments as zarr-python
//! spells them. Outcomes are those of zarr-python 3.4.2, as measured, but for what is noted here and listed in
//! `docs/zarr-python.md`.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{
    ArrayOptions, CacheMetadata, Chunks, Config, Context, DataType, ErrorClass, ErrorKind, Group,
    IfExists, MemoryStore, Mode, NewNode, Node, NodeKind, Order, Synchronizer, Target,
    UseConsolidated, ZarrFormat, sel,
};
use zarr_store::testing::Latency;
use zarr_store::{
    BlockingStore, Call, Counting, Hook, Hooked, Op, Outcome, Prefix, ReadOnly, Store,
    StoreErrorKind,
};

const V2: ZarrFormat = ZarrFormat::V2;
const V3: ZarrFormat = ZarrFormat::V3;

fn context(config: Config) -> Context {
    Context::builder().config(config).build()
}

fn store_of(kind: Option<NodeKind>) -> MemoryStore {
    let store = MemoryStore::new();
    match kind {
        None => {}
        Some(NodeKind::Group) => drop(zarr::create_group(store.clone()).wait().unwrap()),
        Some(NodeKind::Array) => {
            let array = zarr::create_array(store.clone(), [4], DataType::Int32);
            drop(array.wait().unwrap());
        }
    }
    store
}

fn class<T>(result: zarr::Result<T>) -> ErrorClass {
    result.err().unwrap().class()
}

/// A10.1: `zarr.open` is `a`, and `r` where the store is read-only.
#[test]
fn open_creates_what_is_missing() {
    let options = || ArrayOptions::new([3], DataType::Int32);
    let open = |kind| zarr::open(store_of(kind));
    assert_eq!(open(None).wait().unwrap().kind(), NodeKind::Group);
    let with_shape = open(None).or_create(options()).wait().unwrap();
    assert_eq!(with_shape.into_array().unwrap().shape(), [3]);
    for kind in [NodeKind::Group, NodeKind::Array] {
        assert_eq!(open(Some(kind)).wait().unwrap().kind(), kind);
    }
    // The shape of an array that is there stays.
    let there = open(Some(NodeKind::Array)).or_create(options()).wait();
    assert_eq!(there.unwrap().into_array().unwrap().shape(), [4]);
    let group = open(Some(NodeKind::Group)).or_create(options()).wait();
    assert!(matches!(
        group.unwrap_err().kind(),
        ErrorKind::WrongKind { .. }
    ));

    let read_only =
        |kind| -> Arc<dyn Store> { Arc::new(ReadOnly::new(store_of(kind).into_store())) };
    assert_eq!(
        class(zarr::open(read_only(None)).wait()),
        ErrorClass::NotFound
    );
    let options = zarr::open(read_only(None)).or_create(options()).wait();
    assert_eq!(class(options), ErrorClass::NotFound);
    let array = zarr::open(read_only(Some(NodeKind::Array))).wait().unwrap();
    assert!(array.into_array().unwrap().read_only());
}

/// A8.3: `zarr.open_group` is `a`. On a read-only store zarr-python refuses that mode, which nobody named.
#[test]
fn open_group_creates_what_is_missing() {
    let store = store_of(None);
    let group = zarr::open_group(store.clone()).path("a/b").wait().unwrap();
    assert_eq!(group.zarr_format(), V3);
    assert_eq!(
        zarr::open_group(store)
            .wait()
            .unwrap()
            .keys()
            .wait()
            .unwrap(),
        ["a"]
    );
    let array = zarr::open_group(store_of(Some(NodeKind::Array))).wait();
    assert!(matches!(
        array.unwrap_err().kind(),
        ErrorKind::WrongKind { .. }
    ));
    let read_only =
        |kind| -> Arc<dyn Store> { Arc::new(ReadOnly::new(store_of(kind).into_store())) };
    let group = zarr::open_group(read_only(Some(NodeKind::Group))).wait();
    assert!(group.unwrap().read_only());
    assert_eq!(
        class(zarr::open_group(read_only(None)).wait()),
        ErrorClass::NotFound
    );
    // What is to be read-only is not created either.
    let never = zarr::open_group(store_of(None)).mode("r").wait();
    assert_eq!(class(never), ErrorClass::NotFound);
}

/// Without a shape there is nothing to create, and `load` and handles only look.
#[test]
fn what_only_looks_creates_nothing() {
    let store = store_of(Some(NodeKind::Group));
    let root = zarr::open_group(store.clone()).wait().unwrap();
    assert_eq!(
        class(zarr::open_array(store.clone()).path("x").wait()),
        ErrorClass::NotFound
    );
    assert_eq!(
        class(zarr::load(store.clone()).path("x").wait()),
        ErrorClass::NotFound
    );
    assert_eq!(class(root.get("x").wait()), ErrorClass::NotFound);
    assert!(!root.contains("x").wait().unwrap());
    // zarr-python makes an empty group of nothing, and takes that for consolidated.
    assert!(
        zarr::open_consolidated(store.clone())
            .path("x")
            .wait()
            .is_err()
    );
    let implicit = zarr::open_group(store.clone()).path("x").implicit(true);
    assert!(implicit.wait().is_err());
    let made = BlockingStore::list(&store, &Prefix::root()).unwrap();
    assert_eq!(made.len(), 1);
}

fn consolidated(format: ZarrFormat) -> MemoryStore {
    let store = MemoryStore::new();
    let root = zarr::create_group(store.clone()).zarr_format(format);
    let root = root.wait().unwrap();
    root.zeros("a", [4]).wait().unwrap();
    zarr::consolidate_metadata(&root).wait().unwrap();
    // Written by somebody who does not know of it.
    let config = Config {
        leave_consolidated: true,
        ..Config::default()
    };
    let late = zarr::zeros(store.clone(), [4]).name("late");
    let late = late.zarr_format(format).context(&context(config));
    late.wait().unwrap();
    store
}

/// A8.6: used if it is there, which `open` and `open_group` do alike.
#[test]
fn consolidated_metadata_is_used_if_present() {
    for format in [V2, V3] {
        let store = consolidated(format);
        let keys = |group: Group| group.keys().wait().unwrap();
        assert_eq!(keys(zarr::open_group(store.clone()).wait().unwrap()), ["a"]);
        let open = || zarr::open(store.clone());
        let node = |open: zarr::Open| open.wait().unwrap().into_group().unwrap();
        assert_eq!(keys(node(open())), ["a"]);
        assert_eq!(keys(node(open().use_consolidated(false))), ["a", "late"]);
        assert_eq!(
            keys(node(open().use_consolidated(UseConsolidated::Never))),
            ["a", "late"]
        );
        assert_eq!(keys(node(open().use_consolidated(true))), ["a"]);
        let plain = zarr::open(store_of(Some(NodeKind::Group)));
        assert!(plain.use_consolidated(true).wait().is_err());
    }
    // A text is the name of the document, which only format 2 has.
    let named = zarr::open_group(consolidated(V2)).use_consolidated(".zmetadata");
    assert_eq!(named.wait().unwrap().keys().wait().unwrap(), ["a"]);
    assert!(
        zarr::open_group(consolidated(V3))
            .use_consolidated("x")
            .wait()
            .is_err()
    );
}

/// A8.8: what is changed through a group is seen by it. A8.7: what others added is not, as in zarr-python.
#[test]
fn a_group_sees_its_own_changes() {
    for format in [V2, V3] {
        let config = Config {
            leave_consolidated: true,
            ..Config::default()
        };
        let leaving = context(config);
        let root = zarr::open_group(consolidated(format)).context(&leaving);
        let root = root.wait().unwrap();
        root.zeros("new", [2]).wait().unwrap();
        // The metadata in the store stays as it is, so the store is asked.
        assert!(root.is_stale());
        assert_eq!(root.keys().wait().unwrap(), ["a", "late", "new"]);

        let root = zarr::open_group(consolidated(format)).wait().unwrap();
        assert!(!root.contains("late").wait().unwrap());
        root.zeros("new", [2]).wait().unwrap();
        assert!(root.is_stale());
        assert_eq!(root.keys().wait().unwrap(), ["a", "new"]);
        let mut a = root.array("a").wait().unwrap();
        a.resize([9]).wait().unwrap();
        assert_eq!(root.array("a").wait().unwrap().shape(), [9]);
        root.delete("a").wait().unwrap();
        assert!(root.try_get("a").wait().unwrap().is_none());
    }
}

/// A0.8: zarr-python 2 and 3.0 called it `zarr_version`, and refused two different values.
#[test]
fn zarr_version_is_the_old_name_of_zarr_format() {
    let store = MemoryStore::new();
    let array = zarr::create(store.clone(), [2]).name("a").zarr_version(V2);
    assert_eq!(array.clone().wait().unwrap().zarr_format(), V2);
    let group = zarr::create_group(store.clone()).path("g").zarr_version(V2);
    assert_eq!(group.wait().unwrap().zarr_format(), V2);
    zarr::save_array(store.clone(), 1)
        .name("s")
        .zarr_version(V3)
        .wait()
        .unwrap();
    assert!(
        zarr::open_array(store.clone())
            .path("s")
            .zarr_version(V2)
            .wait()
            .is_err()
    );
    assert!(
        zarr::open_array(store.clone())
            .path("s")
            .zarr_version(V3)
            .wait()
            .is_ok()
    );

    let text = |error: zarr::Error| {
        let text = error.to_string();
        assert!(
            text.contains("`zarr_version`") && text.contains("`zarr_format`"),
            "{text}"
        );
    };
    text(array.overwrite(true).zarr_format(V3).wait().unwrap_err());
    let open = || zarr::open(store.clone()).path("a");
    text(open().zarr_version(V2).zarr_format(V3).wait().unwrap_err());
    assert!(open().zarr_version(V2).zarr_format(V2).wait().is_ok());
    let group = || zarr::open_group(store.clone()).zarr_version(V2);
    text(group().zarr_format(V3).wait().unwrap_err());
    let new = zarr::group(store.clone()).zarr_version(V2).zarr_format(V3);
    text(new.wait().unwrap_err());
    let load = zarr::load(store.clone()).path("a").zarr_version(V3);
    text(load.zarr_format(V2).wait().unwrap_err());
    let save = zarr::save(store.clone()).array(1).path("n");
    text(save.zarr_version(V3).zarr_format(V2).wait().unwrap_err());
    let consolidate = zarr::consolidate_metadata(store.clone()).zarr_version(V2);
    text(consolidate.zarr_format(V3).wait().unwrap_err());
    let source = zarr::group(store).wait().unwrap();
    let copy = zarr::copy_all(&source, Target::Memory).zarr_version(V2);
    text(copy.zarr_format(V3).wait().unwrap_err());
}

#[test]
fn modes_and_choices_may_be_texts() {
    let store = store_of(Some(NodeKind::Group));
    for (name, mode) in [
        ("r", Mode::Read),
        ("r+", Mode::ReadWrite),
        ("a", Mode::Append),
        ("w", Mode::Write),
        ("w-", Mode::CreateNew),
    ] {
        assert_eq!(name.parse::<Mode>().unwrap(), mode);
    }
    let read = zarr::open(store.clone()).mode("r").wait().unwrap();
    assert!(read.into_group().unwrap().read_only());
    let error = zarr::open(store.clone()).mode("rw").wait().unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Argument { name: "mode", .. }
    ));
    for part in ["\"rw\"", "`r`", "`r+`", "`a`", "`w`", "`w-`"] {
        assert!(error.to_string().contains(part), "{part} in {error}");
    }
    let from = zarr::group(store).wait().unwrap();
    from.zeros("x", [2]).wait().unwrap();
    let to = zarr::group(Target::Memory).wait().unwrap();
    let copy = |what| zarr::copy_all(&from, &to).if_exists(what).wait();
    assert_eq!(copy("raise").unwrap().skipped, 0);
    assert_eq!(copy("skip").unwrap().skipped, 1);
    let error = copy("overwrite").unwrap_err().to_string();
    assert!(
        error.contains("`if_exists`") && error.contains("`replace`"),
        "{error}"
    );
    let stores = zarr::copy_store(from.location().clone(), to.location().clone());
    assert!(stores.if_exists("update").wait().is_ok());
    let typed = zarr::copy_all(&from, &to).if_exists(IfExists::Skip).wait();
    assert_eq!(typed.unwrap().skipped, 1);
}

fn numbers() -> Array2<i32> {
    Array2::from_shape_fn((4, 6), |(y, x)| (y * 6 + x) as i32)
}

/// A4.6, H2: numpy's `f_contiguous` of `a[:]`, `a[1:3]`, with the format, the configuration and `order`.
#[test]
fn results_lie_in_the_order_of_the_array() {
    let columns = context(Config {
        order: Some(Order::F),
        ..Config::default()
    });
    let rows = Context::default();
    let cases = [
        (V2, &rows, None, Order::C),
        (V2, &columns, None, Order::F),
        (V2, &rows, Some(Order::F), Order::F),
        (V3, &rows, None, Order::C),
        (V3, &columns, None, Order::F),
        // zarr-python ignores it in format 3, with a warning.
        (V3, &rows, Some(Order::F), Order::F),
        (V3, &columns, Some(Order::C), Order::C),
    ];
    for (format, context, asked, order) in cases {
        for shards in [false, true] {
            let create = zarr::create_array(Target::Memory, [4, 6], DataType::Int32);
            let mut create = create.chunks([2, 3]).zarr_format(format).context(context);
            if let Some(asked) = asked {
                create = create.order(asked);
            }
            if shards && format == V3 {
                create = create.shards([4, 6]);
            }
            let array = create.wait().unwrap();
            assert_eq!(array.order(), order);
            array.write(.., numbers()).wait().unwrap();
            let all = array.read::<i32>(..).wait().unwrap();
            let part = array.read::<i32>(sel![1..3]).wait().unwrap();
            let row = array.read::<i32>(sel![1..3, 2]).wait().unwrap();
            assert_eq!(all, numbers().into_dyn());
            assert_eq!(part, numbers().slice(ndarray::s![1..3, ..]).into_dyn());
            assert_eq!(row, numbers().slice(ndarray::s![1..3, 2]).into_dyn());
            let strides = match order {
                Order::C => ([6, 1], [6, 1]),
                Order::F => ([1, 4], [1, 2]),
            };
            assert_eq!(
                (all.strides(), part.strides()),
                (&strides.0[..], &strides.1[..])
            );
            let is_c = order == Order::C;
            assert_eq!(all.is_standard_layout(), is_c);
            assert_eq!(part.is_standard_layout(), is_c);
            // In memory that was used before, and several at once.
            let again = array.read::<i32>(..).reuse(all.clone()).wait().unwrap();
            assert_eq!((again.strides(), &again), (&strides.0[..], &all));
            let many = array
                .read_many::<i32>([sel![1..3], sel![..]])
                .wait()
                .unwrap();
            assert_eq!((&many[0], &many[1]), (&part, &all));
            assert_eq!(many[1].strides(), strides.0);
            // Scattered cells, and elements of a type known at run time.
            let odd = array.oindex(([0, 2], [1, 3])).read::<i32>().wait().unwrap();
            assert_eq!(odd, ndarray::array![[1, 3], [13, 15]].into_dyn());
            let dynamic = array.read_dyn(..).wait().unwrap();
            assert_eq!(dynamic.into_array::<i32>().unwrap(), all);
        }
    }
    // Texts, whose elements are converted after they are read.
    let texts = zarr::create_array(Target::Memory, [2, 2], DataType::String).order(Order::F);
    let texts = texts.wait().unwrap();
    let data = ndarray::array![["a", "b"], ["c", "d"]].mapv(str::to_owned);
    texts.write(.., data.clone()).wait().unwrap();
    assert_eq!(texts.read::<String>(..).wait().unwrap(), data.into_dyn());
}

/// H2: an array that is opened has the order of the configuration, in format 3; what is not stored cannot be asked
/// of nodes that are made without a handle of their own.
#[test]
fn opened_arrays_have_the_order_of_the_configuration() {
    let store = MemoryStore::new();
    let array = zarr::create_array(store.clone(), [4, 6], DataType::Int32).order(Order::F);
    array.wait().unwrap();
    let opened = zarr::open_array(store.clone()).wait().unwrap();
    assert_eq!(opened.order(), Order::C);
    let columns = context(Config {
        order: Some(Order::F),
        ..Config::default()
    });
    let opened = zarr::open_array(store).context(&columns).wait().unwrap();
    assert_eq!(opened.order(), Order::F);
    let mut options = ArrayOptions::new([2, 2], DataType::Int8);
    options.order = Some(Order::F);
    let opened = zarr::open_array(Target::Memory).or_create(options.clone());
    assert_eq!(opened.wait().unwrap().order(), Order::F);
    let nodes = zarr::create_hierarchy(Target::Memory, [("a", NewNode::from(options))]);
    assert!(nodes.wait().unwrap_err().to_string().contains("`order`"));
}

/// H5: zarr-python's `array.sharding_coalesce_*`, whose defaults are what suits the store here.
#[test]
fn parts_of_shards_are_merged_as_the_configuration_says() {
    let config = Config {
        sharding_coalesce_max_gap_bytes: Some(123),
        sharding_coalesce_max_bytes: Some(456),
        ..Config::default()
    };
    let root = zarr::group(Target::Memory).context(&context(config));
    let hints = root.wait().unwrap().store().hints();
    assert_eq!((hints.merge_gap, hints.merge_limit), (123, 456));
}

/// H3: zarr-python refuses to create such arrays unless the setting is on.
#[test]
fn rectilinear_chunks_can_be_turned_off() {
    let create = zarr::create_array(Target::Memory, [5], DataType::Int8).chunks([vec![2, 3]]);
    create.clone().wait().unwrap();
    let off = context(Config {
        rectilinear_chunks: Some(false),
        ..Config::default()
    });
    let error = create.context(&off).wait().unwrap_err().to_string();
    assert!(
        error.contains("`chunks`") && error.contains("rectilinear_chunks"),
        "{error}"
    );
}

/// H4.
#[test]
fn the_size_of_guessed_chunks_is_a_setting() {
    let small = context(Config {
        target_chunk_size_bytes: Some(1 << 10),
        ..Config::default()
    });
    let create = zarr::create_array(Target::Memory, [64, 64], DataType::Float32).context(&small);
    let chunks = create.clone().wait().unwrap().chunks();
    assert_eq!(chunks, Some(vec![16, 16]));
    assert_eq!(
        create.chunks([64, 64]).wait().unwrap().chunks(),
        Some(vec![64, 64])
    );
    // zarr-python's constants.
    assert_eq!(Chunks::LARGEST_GUESS, 64 << 20);
    assert_eq!(Chunks::LARGEST_INNER_GUESS, 1 << 20);
}

/// A4.13, I7: every operation on elements obeys it, `erase` too.
#[test]
fn metadata_is_kept_as_long_as_it_is_said() {
    let store = MemoryStore::new();
    let create = zarr::create_array(store.clone(), [4], DataType::Int32).chunks([2]);
    let mut array = create.wait().unwrap();
    let open = |how_long: CacheMetadata| {
        let open = zarr::open_array(store.clone()).cache_metadata(how_long);
        open.wait().unwrap()
    };
    let (always, never) = (open(true.into()), open(false.into()));
    let hour = open(Duration::from_secs(3600).into());
    let moment = open(Duration::from_nanos(1).into());
    array.resize([8]).wait().unwrap();
    array.write(.., 1).wait().unwrap();
    let lengths =
        [&always, &hour, &never, &moment].map(|array| array.read::<i32>(..).wait().unwrap().len());
    assert_eq!(lengths, [4, 4, 8, 8]);
    never.erase(..).wait().unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 0);
    assert_eq!(never.nchunks_initialized().wait().unwrap(), 0);
    moment.write(.., 2).wait().unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 16);
    hour.erase(..).wait().unwrap();
    assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 8);
}

/// A4.14: attributes, of arrays and groups.
#[test]
fn attributes_are_kept_as_long_as_it_is_said() {
    let store = MemoryStore::new();
    let mut root = zarr::group(store.clone()).wait().unwrap();
    let open = |how_long: CacheMetadata| {
        let open = zarr::open_group(store.clone()).cache_attrs(how_long);
        open.wait().unwrap()
    };
    let kept = [open(true.into()), open(Duration::from_secs(3600).into())];
    let read = [open(false.into()), open(Duration::from_nanos(1).into())];
    root.update_attributes([("n", zarr::json!(1))])
        .wait()
        .unwrap();
    for group in kept {
        assert!(group.read_attrs().wait().unwrap().is_empty());
    }
    for group in read {
        assert_eq!(group.read_attrs().wait().unwrap()["n"], 1);
        // What is kept at hand stays until the handle is refreshed.
        assert!(group.attrs().is_empty());
    }
}

/// How many values are put, or nodes read, at once, at most.
#[derive(Debug, Default)]
struct AtOnce {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Hook for AtOnce {
    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        if !counts(call) {
            return Ok(Duration::ZERO);
        }
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Ok(Duration::ZERO)
    }

    fn after(&self, call: &Call<'_>, _: &Outcome<'_>) {
        if counts(call) {
            self.now.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Opening a node reads several documents at once, whatever is said; chunks and nodes are one after another.
fn counts(call: &Call<'_>) -> bool {
    call.op == Op::Put || call.key.ends_with("zarr.json")
}

type Watched = Hooked<Latency<Arc<dyn Store>>, AtOnce>;

/// A store that answers later, so that many calls may be under way.
fn watched() -> (Watched, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = zarr::LocalStore::new(dir.path()).high_latency();
    let far = Latency::new(store.into_store(), Duration::from_millis(2));
    (Hooked::with(far, AtOnce::default()), dir)
}

/// H6: the operations that return no handle, too.
#[test]
fn concurrency_limits_every_operation() {
    let two = context(Config {
        concurrency: NonZeroUsize::new(2),
        ..Config::default()
    });
    let root = zarr::group(Target::Memory).wait().unwrap();
    let array = root.zeros("a", [64]).chunks([1]).wait().unwrap();
    array.write(.., 1.0).wait().unwrap();

    let (limited, _dir) = watched();
    let copy = zarr::copy_all(&root, limited.clone()).context(&two);
    copy.wait().unwrap();
    assert!(limited.hook().most.load(Ordering::Relaxed) <= 2);
    let (free, _dir) = watched();
    zarr::copy_all(&root, free.clone()).wait().unwrap();
    assert!(free.hook().most.load(Ordering::Relaxed) > 2);

    let (limited, _dir) = watched();
    let copy = zarr::copy_store(root.location().clone(), limited.clone()).context(&two);
    copy.wait().unwrap();
    assert!(limited.hook().most.load(Ordering::Relaxed) <= 2);

    let group = zarr::consolidate_metadata(limited).context(&two);
    assert!(group.wait().unwrap().store().hints().concurrency <= 2);
    let (store, _dir) = watched();
    let nodes = zarr::create_hierarchy(store, [("g/h", NewNode::group())]);
    for (_, node) in nodes.context(&two).wait().unwrap() {
        assert!(node.location().store().hints().concurrency <= 2);
    }
}

/// A4.8, B2.20: in every store, also one that is open already.
#[test]
fn threads_are_synchronized_in_any_store() {
    let dir = tempfile::tempdir().unwrap();
    let targets: [Target; 3] = [
        Target::Memory,
        zarr::LocalStore::new(dir.path()).into(),
        zarr::group(Target::Memory).wait().as_ref().unwrap().into(),
    ];
    for target in targets {
        let create = zarr::create(target, [16]).name("a").chunks([16]);
        let array = create.synchronizer(Synchronizer::Thread).wait().unwrap();
        std::thread::scope(|scope| {
            for i in 0..16_u64 {
                let array = array.clone();
                scope.spawn(move || array.write(i..i + 1, i as f64).wait().unwrap());
            }
        });
        let sum = array.read::<f64>(..).wait().unwrap().sum();
        assert_eq!(sum, 120.0);
    }
}

/// A8.2: zarr-python makes a group of format 3 below one of format 2, which its own listing then passes over.
#[test]
fn new_nodes_have_the_format_of_the_group_above() {
    let store = MemoryStore::new();
    zarr::create_group(store.clone())
        .zarr_format(V2)
        .wait()
        .unwrap();
    let group = zarr::create_group(store.clone())
        .path("g/h")
        .wait()
        .unwrap();
    let array = zarr::create(store.clone(), [2]).name("a").wait().unwrap();
    let opened = zarr::open_group(store.clone()).path("o").wait().unwrap();
    let with = ArrayOptions::new([2], DataType::Int8);
    let made = zarr::open_array(store.clone()).path("m").or_create(with);
    let formats = [
        group.zarr_format(),
        array.zarr_format(),
        opened.zarr_format(),
        made.wait().unwrap().zarr_format(),
    ];
    assert_eq!(formats, [V2; 4]);
    zarr::save_array(store.clone(), 1).name("s").wait().unwrap();
    zarr::save(store.clone())
        .named("x", 1)
        .path("t")
        .wait()
        .unwrap();
    let nodes = zarr::create_hierarchy(store.clone(), [("c/d", NewNode::group())]);
    assert_eq!(nodes.wait().unwrap().len(), 2);
    let root = zarr::open_group(store.clone()).wait().unwrap();
    let members = root.members().all().wait().unwrap();
    assert!(members.iter().all(|(_, node)| node.zarr_format() == V2));
    assert_eq!(members.len(), 10);
    // Another format is what was asked for.
    let other = zarr::create_group(store).path("v3").zarr_format(V3);
    assert_eq!(other.wait().unwrap().zarr_format(), V3);
}

/// A10.8.
#[test]
fn many_nodes_are_opened_at_once() {
    let (store, _dir) = watched();
    let root = zarr::group(store.clone()).wait().unwrap();
    let nodes = (0..30).map(|i| (format!("n{i}"), NewNode::group()));
    root.create_hierarchy(nodes).wait().unwrap();
    store.hook().most.store(0, Ordering::Relaxed);
    let paths = || (0..30).rev().map(|i| format!("n{i}"));
    let opened = root.get_many(paths()).wait().unwrap();
    let found: Vec<_> = opened.iter().map(|node| node.path().to_string()).collect();
    assert_eq!(
        found,
        paths().map(|path| format!("/{path}")).collect::<Vec<_>>()
    );
    assert!(store.hook().most.load(Ordering::Relaxed) > 2);
    assert_eq!(
        class(root.get_many(["n1", "no"]).wait()),
        ErrorClass::NotFound
    );

    zarr::consolidate_metadata(&root).wait().unwrap();
    let counting = Counting::new(Arc::new(store) as Arc<dyn Store>);
    let root = zarr::open_group(counting.clone()).wait().unwrap();
    let before = counting.counts();
    assert_eq!(root.get_many(paths()).wait().unwrap().len(), 30);
    assert_eq!(counting.counts(), before);
}

/// `STORE::PATH` is a node in a store, as on the command line.
#[test]
fn addresses_name_a_path_in_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let address = |rest: &str| format!("{}/demo.zarr{rest}", dir.path().display());
    let array = zarr::ones(address("::ocean/sst"), [2]).wait().unwrap();
    assert_eq!(array.name(), "/ocean/sst");
    let root = zarr::open_group(address("").as_str())
        .mode("r")
        .wait()
        .unwrap();
    assert_eq!(root.keys().wait().unwrap(), ["ocean"]);
    let same = zarr::open(address("::ocean"))
        .path("sst")
        .mode("r")
        .wait()
        .unwrap();
    assert!(matches!(same, Node::Array(array) if array.name() == "/ocean/sst"));
    // Something of this name that is there.
    let odd = dir.path().join("a::b");
    zarr::create_group(odd.as_path()).wait().unwrap();
    let odd = zarr::open_group(odd.to_str().unwrap()).mode("r").wait();
    assert_eq!(odd.unwrap().name(), "/");
}
