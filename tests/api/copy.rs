//! `copy` and `copy_all`. zarr-python 3 has neither; counts, log lines and outcomes are those of
//! zarr-python 2.18.7, as measured, and elements those of a naive copy.

use std::sync::{Arc, Mutex};

use ndarray::{Array1, Array2};
use zarr::blocking::Wait;
use zarr::{
    Array, CopyStats, DataType, ErrorClass, ErrorKind, Extension, Group, IfExists, Order,
    ZarrFormat, json,
};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, Counting, MemoryStore, Op, Store};

use crate::support::stores::{KINDS, store};

fn group() -> Group {
    zarr::group(MemoryStore::new()).wait().unwrap()
}

/// `foo` with an array `bar` that is half written, and an array `sub/baz`.
fn source() -> Group {
    let root = group();
    let mut group = root.create_group("foo").wait().unwrap();
    group.update_attributes([("k", json!(1))]).wait().unwrap();
    let half = group.create_array("bar", [10], DataType::Int32).chunks([3]);
    let half = half.attributes(json!({"u": "m"})).wait().unwrap();
    let numbers: Array1<i32> = (1..6).collect();
    half.write(..5, numbers).wait().unwrap();
    let whole = group.create_array("sub/baz", [4, 5], DataType::Float64);
    whole
        .chunks([2, 5])
        .wait()
        .unwrap()
        .write(.., 1.0)
        .wait()
        .unwrap();
    root
}

fn inner(root: &Group) -> Group {
    root.group("foo").wait().unwrap()
}

fn counts(stats: CopyStats) -> (u64, u64, u64) {
    (stats.copied, stats.skipped, stats.bytes)
}

/// Whether two groups have the same nodes, attributes and elements.
fn assert_same(a: &Group, b: &Group) {
    let members = |group: &Group| group.members().all().wait().unwrap();
    let (a, b) = (members(a), members(b));
    assert_eq!(a.len(), b.len());
    for ((path, a), (other, b)) in a.iter().zip(&b) {
        assert_eq!(path, other);
        match (a, b) {
            (zarr::Node::Array(a), zarr::Node::Array(b)) => assert_same_array(a, b),
            (zarr::Node::Group(a), zarr::Node::Group(b)) => assert_eq!(a.attrs(), b.attrs()),
            _ => panic!("{path} is of another kind"),
        }
    }
}

fn assert_same_array(a: &Array, b: &Array) {
    assert_eq!(a.attrs(), b.attrs());
    assert_eq!(
        a.read_dyn(..).wait().unwrap(),
        b.read_dyn(..).wait().unwrap(),
        "{}",
        a.path()
    );
}

#[test]
fn copy_source_group_and_array() {
    let (from, to) = (source(), group());
    let stats = zarr::copy(inner(&from), &to).wait().unwrap();
    assert_eq!(counts(stats), (4, 0, 200));
    assert_eq!(stats.chunks, 4); // Two of `bar`, which has no more, and two of `baz`.
    assert_same(&from, &to);

    let bar = inner(&from).array("bar").wait().unwrap();
    let stats = zarr::copy(bar, &to).wait().unwrap();
    assert_eq!((counts(stats), stats.chunks), ((1, 0, 40), 2));
    assert_eq!(
        to.array("bar")
            .wait()
            .unwrap()
            .nchunks_initialized()
            .wait()
            .unwrap(),
        2
    );
}

#[test]
fn copy_name() {
    let (from, to) = (source(), group());
    let error = zarr::copy(&from, &to).wait().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Argument { name: "name", .. }),
        "{error}"
    );
    let stats = zarr::copy(&from, &to).name("x/y").wait().unwrap();
    assert_eq!(counts(stats), (5, 0, 200));
    assert_same(&from, &to.group("x/y").wait().unwrap());
    // The destination itself: a root becomes a root.
    let root = MemoryStore::new();
    let bar = inner(&from).array("bar").wait().unwrap();
    zarr::copy(&bar, root.clone()).name("").wait().unwrap();
    assert_same_array(&zarr::open_array(root).wait().unwrap(), &bar);
}

#[test]
fn copy_shallow() {
    let (from, to) = (source(), group());
    let stats = zarr::copy(inner(&from), &to).shallow(true).wait().unwrap();
    assert_eq!(counts(stats), (2, 0, 40));
    assert_eq!(
        to.group("foo").wait().unwrap().keys().wait().unwrap(),
        ["bar"]
    );
}

#[test]
fn copy_without_attrs() {
    let (from, to) = (source(), group());
    zarr::copy(inner(&from), &to)
        .without_attrs(true)
        .wait()
        .unwrap();
    assert!(inner(&to).attrs().is_empty());
    assert!(to.array("foo/bar").wait().unwrap().attrs().is_empty());
}

#[test]
fn copy_log() {
    let (from, to) = (source(), group());
    let lines = Arc::new(Mutex::new(vec![]));
    let log = |lines: &Arc<Mutex<Vec<String>>>| {
        let lines = Arc::clone(lines);
        move |progress: &zarr::CopyProgress<'_>| match (progress.step, progress.to_string()) {
            (zarr::CopyStep::Chunks, line) => {
                let of = format!(": {} of {} done", progress.done, progress.total);
                assert!(line.starts_with("foo/") && line.ends_with(&of), "{line}");
            }
            (_, line) => lines.lock().unwrap().push(line),
        }
    };
    zarr::copy(inner(&from), &to)
        .progress(log(&lines))
        .wait()
        .unwrap();
    // Groups come first here; zarr-python goes depth first.
    let mut said = std::mem::take(&mut *lines.lock().unwrap());
    said.sort();
    // A3.5: the last line of zarr-python, too.
    let expected = [
        "all done: 4 copied, 0 skipped, 200 bytes copied",
        "copy /foo",
        "copy /foo/bar (10,) int32",
        "copy /foo/sub",
        "copy /foo/sub/baz (4, 5) float64",
    ];
    assert_eq!(said, expected);
    let again = zarr::copy(inner(&from), &to).if_exists(IfExists::Skip);
    again.progress(log(&lines)).wait().unwrap();
    assert!(
        lines
            .lock()
            .unwrap()
            .contains(&"skip /foo/bar (10,) int32".to_owned())
    );
}

#[test]
fn copy_progress() {
    let (from, to) = (source(), group());
    let last = Arc::new(Mutex::new((0, 0, 0, 0)));
    let seen = Arc::clone(&last);
    let copy = zarr::copy(inner(&from), &to).progress(move |progress| {
        let now = (
            progress.done,
            progress.total,
            progress.bytes_in,
            progress.bytes_out,
        );
        *seen.lock().unwrap() = now;
    });
    copy.wait().unwrap();
    let (done, total, bytes_in, bytes_out) = *last.lock().unwrap();
    assert_eq!((done, total), (6, 6)); // All of the grids, two of which are absent.
    // Documents and chunks alike are copied as they are.
    assert!(
        bytes_in > 0 && bytes_in == bytes_out,
        "{bytes_in} {bytes_out}"
    );
}

#[test]
fn copy_if_exists() {
    let from = source();
    let again = |what: IfExists| {
        let to = group();
        zarr::copy(inner(&from), &to).wait().unwrap();
        let stats = zarr::copy(inner(&from), &to).if_exists(what).wait();
        (stats.map(counts), to)
    };
    let (raised, to) = again(IfExists::Raise);
    assert_eq!(raised.unwrap_err().class(), ErrorClass::Exists);
    assert_same(&from, &to);
    assert_eq!(again(IfExists::Replace).0.unwrap(), (4, 0, 200));
    assert_eq!(again(IfExists::Skip).0.unwrap(), (2, 2, 0));
    // A3.6: zarr-python's copy writes every chunk; here those that are absent stay so, and an array that has all
    // that its source has is initialized.
    assert_eq!(again(IfExists::SkipInitialized).0.unwrap(), (2, 2, 0));
    let to = group();
    zarr::copy(inner(&from), &to).wait().unwrap();
    let bar = to.array("foo/bar").wait().unwrap();
    bar.erase(..3).wait().unwrap();
    let mended = zarr::copy(inner(&from), &to).if_exists(IfExists::SkipInitialized);
    assert_eq!(counts(mended.wait().unwrap()), (3, 1, 40));
    assert_same(&from, &to);
    // Beyond zarr-python.
    assert_eq!(again(IfExists::Update).0.unwrap(), (4, 0, 200));
}

#[test]
fn copy_if_exists_kinds_in_the_way() {
    let from = source();
    let array_in_the_way = || {
        let to = group();
        to.zeros("foo", [4]).chunks([2]).wait().unwrap();
        to
    };
    let copy = |to: &Group, what| zarr::copy(inner(&from), to).if_exists(what).wait();
    let error = copy(&array_in_the_way(), IfExists::Raise).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Exists);
    assert_eq!(
        counts(copy(&array_in_the_way(), IfExists::Skip).unwrap()),
        (0, 1, 0)
    );
    for what in [IfExists::SkipInitialized, IfExists::Replace] {
        let to = array_in_the_way();
        assert_eq!(counts(copy(&to, what).unwrap()), (4, 0, 200));
        assert_same(&from, &to);
    }

    let bar = inner(&from).array("bar").wait().unwrap();
    let group_in_the_way = || {
        let to = group();
        to.create_group("bar/inner").wait().unwrap();
        to
    };
    let copy = |to: &Group, what| zarr::copy(&bar, to).if_exists(what).wait();
    for what in [IfExists::Raise, IfExists::SkipInitialized, IfExists::Update] {
        let to = group_in_the_way();
        assert_eq!(copy(&to, what).unwrap_err().class(), ErrorClass::Exists);
        assert!(to.contains("bar/inner").wait().unwrap());
    }
    assert_eq!(
        counts(copy(&group_in_the_way(), IfExists::Skip).unwrap()),
        (0, 1, 0)
    );
    let to = group_in_the_way();
    assert_eq!(counts(copy(&to, IfExists::Replace).unwrap()), (1, 0, 40));
    assert!(!to.contains("bar/inner").wait().unwrap());
}

#[test]
fn copy_dry_run() {
    let (from, to) = (source(), group());
    let stats = zarr::copy(inner(&from), &to).dry_run(true).wait().unwrap();
    assert_eq!((counts(stats), stats.chunks), ((4, 0, 0), 0));
    assert_eq!(to.nmembers().wait().unwrap(), 0);
    zarr::copy(inner(&from), &to).wait().unwrap();
    // It finds what a copy would find.
    assert!(zarr::copy(inner(&from), &to).dry_run(true).wait().is_err());
    let replace = zarr::copy(inner(&from), &to).if_exists(IfExists::Replace);
    assert_eq!(counts(replace.dry_run(true).wait().unwrap()), (4, 0, 0));
}

#[test]
fn copy_excludes_and_includes() {
    let (from, to) = (source(), group());
    let stats = zarr::copy(inner(&from), &to)
        .excludes(["ba"])
        .includes(["z$"])
        .wait()
        .unwrap();
    assert_eq!(counts(stats), (3, 0, 160));
    assert!(!to.contains("foo/bar").wait().unwrap());
    let wrong = zarr::copy(inner(&from), &to)
        .excludes(["("])
        .wait()
        .unwrap_err();
    assert!(matches!(
        wrong.kind(),
        ErrorKind::Argument {
            name: "excludes",
            ..
        }
    ));
}

#[test]
fn copy_all_merges_attributes() {
    let (mut from, mut to) = (source(), group());
    from.update_attributes([("a", json!(1)), ("b", json!(1))])
        .wait()
        .unwrap();
    to.update_attributes([("b", json!(2)), ("c", json!(2))])
        .wait()
        .unwrap();
    assert_eq!(
        counts(zarr::copy_all(&from, &to).wait().unwrap()),
        (4, 0, 200)
    );
    to.refresh().wait().unwrap();
    assert_eq!(json!(to.attrs()), json!({"a": 1, "b": 1, "c": 2}));
    assert_same(&from, &to);
    // zarr-python counts no node here either.
    let shallow = zarr::copy_all(&from, &group())
        .shallow(true)
        .wait()
        .unwrap();
    assert_eq!(counts(shallow), (0, 0, 0));
}

/// Arrays of both formats, sharded and not, with chunks that were never written.
fn arrays(root: &Group, format: ZarrFormat) {
    let new = |name: &str, dtype| root.create_array(name, [7, 11], dtype).chunks([3, 4]);
    let numbers = Array2::from_shape_fn((3, 11), |(i, j)| (10 * i + j) as i16);
    let plain = new("plain", DataType::Int16).fill_value(-1).wait().unwrap();
    plain.write((2..5, ..), numbers.clone()).wait().unwrap();
    let raw = new("raw", DataType::Float32)
        .compressors(())
        .wait()
        .unwrap();
    raw.write((.., 4..8), 0.5_f32).wait().unwrap();
    let gzip = Extension::new("gzip").with("level", 1);
    let texts = new("texts", DataType::String)
        .compressors(gzip)
        .wait()
        .unwrap();
    texts.write((0, ..), "żółw").wait().unwrap();
    new("empty", DataType::UInt8).wait().unwrap();
    root.create_array("scalar", (), DataType::Int64)
        .wait()
        .unwrap()
        .write((), 5_i64)
        .wait()
        .unwrap();
    root.create_array("nothing", [0, 4], DataType::Int64)
        .wait()
        .unwrap();
    if format == ZarrFormat::V2 {
        let columns = new("columns", DataType::Int16)
            .order(Order::F)
            .wait()
            .unwrap();
        columns.write((2..5, ..), numbers).wait().unwrap();
    } else {
        let names = new("sharded", DataType::Int16)
            .shards([6, 8])
            .dimension_names(["y", "x"]);
        names
            .wait()
            .unwrap()
            .write((2..5, ..), numbers)
            .wait()
            .unwrap();
    }
}

#[test]
fn copy_into_every_format_and_store() {
    for kind in KINDS {
        for from_format in [ZarrFormat::V2, ZarrFormat::V3] {
            for to_format in [ZarrFormat::V2, ZarrFormat::V3] {
                let ((a, _guard), (b, _other)) = (store(kind), store(kind));
                let from = zarr::group(a).zarr_format(from_format).wait().unwrap();
                arrays(&from, from_format);
                let to = zarr::group(b).zarr_format(to_format).wait().unwrap();
                let stats = zarr::copy_all(&from, &to).wait().unwrap();
                assert_eq!(stats.copied, 7);
                for (name, old) in from.arrays().wait().unwrap() {
                    let new = to.array(&name).wait().unwrap();
                    assert_eq!(new.zarr_format(), to_format);
                    let read = |array: &Array| array.read_dyn(..).wait().unwrap();
                    assert_eq!(
                        read(&old),
                        read(&new),
                        "{kind:?} {name} {from_format} {to_format}"
                    );
                    assert_eq!(old.fill_value().unwrap(), new.fill_value().unwrap());
                    let chunks = |array: &Array| array.nchunks_initialized().wait().unwrap();
                    assert_eq!(
                        chunks(&old),
                        chunks(&new),
                        "{name}: absent chunks stay absent"
                    );
                }
            }
        }
    }
}

#[test]
fn copy_between_stores_of_every_kind() {
    for a in KINDS {
        for b in KINDS {
            let ((from, _guard), (to, _other)) = (store(a), store(b));
            let from = zarr::group(from).wait().unwrap();
            arrays(&from, ZarrFormat::V3);
            let to = zarr::group(to).wait().unwrap();
            // As they are, then decoded and encoded, in place of the first.
            let stats = zarr::copy_all(&from, &to).wait().unwrap();
            assert_same(&from, &to);
            let copy = zarr::copy_all(&from, &to).if_exists(IfExists::Replace);
            let again = copy.with(|new| new.compressors(())).wait().unwrap();
            assert_eq!(again.copied, stats.copied, "{a:?} {b:?}");
            // Texts are counted as they are stored, and now nothing compresses them.
            assert!(again.bytes > stats.bytes, "{a:?} {b:?}");
            assert_same(&from, &to);
        }
    }
}

#[test]
fn copy_keeps_names_of_axes_between_formats() {
    let from = group();
    let names = from.zeros("a", [2, 3]).dimension_names(["y", "x"]);
    names.attributes(json!({"n": 1})).wait().unwrap();
    let old = zarr::group(MemoryStore::new())
        .zarr_format(ZarrFormat::V2)
        .wait()
        .unwrap();
    for without_attrs in [false, true] {
        let copy = zarr::copy_all(&from, &old).if_exists(IfExists::Replace);
        copy.without_attrs(without_attrs).wait().unwrap();
        let a = old.array("a").wait().unwrap();
        assert_eq!(a.attrs()["_ARRAY_DIMENSIONS"], json!(["y", "x"]));
        assert_eq!(a.attrs().contains_key("n"), !without_attrs);
        let back = group();
        zarr::copy_all(&old, &back)
            .without_attrs(without_attrs)
            .wait()
            .unwrap();
        let a = back.array("a").wait().unwrap();
        let names = a.dimension_names().unwrap();
        assert_eq!(names, [Some("y".to_owned()), Some("x".to_owned())]);
        assert!(!a.attrs().contains_key("_ARRAY_DIMENSIONS"));
    }
}

#[test]
fn copy_chunks_are_not_decoded_where_nothing_changes() {
    let from = source();
    let (bar, to) = (inner(&from).array("bar").wait().unwrap(), group());
    // No codec could read this.
    let (key, junk) = (bar.chunked().chunk_key(&[0]).unwrap(), vec![1, 2, 3]);
    bar.store()
        .put(&key, junk.clone().into(), zarr_store::PutMode::Overwrite)
        .wait()
        .unwrap();
    zarr::copy(&bar, &to).wait().unwrap();
    let copied = to.array("bar").wait().unwrap();
    let key = copied.chunked().chunk_key(&[0]).unwrap();
    let found = copied
        .store()
        .get(&key, zarr_store::ByteRange::All, None)
        .wait()
        .unwrap();
    assert_eq!(found.unwrap().data, junk);
    // Where they change, it is read, and is an error.
    let error = zarr::copy(&bar, &to)
        .name("b")
        .with(|new| new.compressors(()))
        .wait()
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
}

#[test]
fn copy_with_every_grid() {
    let from = group();
    arrays(&from, ZarrFormat::V3);
    let old = from.array("plain").wait().unwrap();
    let sharded = from.array("sharded").wait().unwrap();
    for (i, (chunks, shards)) in [
        ([1, 1], None),
        ([2, 3], None),
        ([3, 4], Some([3, 4])),
        ([2, 2], Some([4, 6])),
        ([7, 11], None),
        ([100, 100], None),
    ]
    .into_iter()
    .enumerate()
    {
        for from_array in [&old, &sharded] {
            let to = group();
            let name = format!("a{i}");
            let copy = zarr::copy(from_array, &to).name(&name).with(move |new| {
                let mut new = new.chunks(chunks);
                if new.options().shards.is_some() && shards.is_none() {
                    new = new.without_shards();
                }
                match shards {
                    Some(shards) => new.shards(shards),
                    None => new,
                }
            });
            copy.wait().unwrap();
            let new = to.array(&name).wait().unwrap();
            assert_eq!(new.chunks(), Some(chunks.to_vec()));
            assert_same_array(from_array, &new);
        }
    }
}

#[test]
fn copy_with_another_fill_value() {
    let from = group();
    arrays(&from, ZarrFormat::V3);
    let (plain, to) = (from.array("plain").wait().unwrap(), group());
    zarr::copy(&plain, &to)
        .with(|new| new.fill_value(9))
        .wait()
        .unwrap();
    // What was never written was -1, and is: now it must be stored.
    let copied = to.array("plain").wait().unwrap();
    assert_same_array(&plain, &copied);
    assert_eq!(
        copied.nchunks_initialized().wait().unwrap(),
        copied.nchunks().unwrap()
    );
}

#[test]
fn copy_with_what_it_may_not() {
    let (from, to) = (source(), group());
    let bar = inner(&from).array("bar").wait().unwrap();
    let error = zarr::copy(&bar, &to)
        .with(|new| new.dtype(DataType::Int8))
        .wait()
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Argument { name: "dtype", .. }),
        "{error}"
    );
    let error = zarr::copy(&bar, &to)
        .zarr_format(ZarrFormat::V2)
        .wait()
        .unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Argument {
                name: "zarr_format",
                ..
            }
        ),
        "{error}"
    );
    // One array of many is named.
    let error = zarr::copy(inner(&from), &to)
        .with(|new| new.shards([7]))
        .wait()
        .unwrap_err();
    assert!(
        error.to_string().ends_with(", for the array `/foo/bar`"),
        "{error}"
    );
    // Nothing is deleted for a copy that cannot be made.
    zarr::copy(&bar, &to).wait().unwrap();
    let wrong = zarr::copy(&bar, &to).if_exists(IfExists::Replace);
    let wrong = wrong.with(|new| new.compressors(Extension::new("nonsense")));
    assert!(wrong.wait().is_err());
    assert_same_array(&to.array("bar").wait().unwrap(), &bar);
}

#[test]
fn copy_onto_itself() {
    let from = source();
    let node = inner(&from);
    for what in [IfExists::Replace, IfExists::Skip, IfExists::Update] {
        assert!(zarr::copy(&node, &from).if_exists(what).wait().is_err());
    }
    assert!(zarr::copy(&from, &node).name("all").wait().is_err());
    // The copy of the inner `foo` would take the outer one with it.
    zarr::copy(&node, &group()).wait().unwrap();
    from.zeros("foo/foo", [3]).wait().unwrap();
    let inner = from.array("foo/foo").wait().unwrap();
    assert!(
        zarr::copy(&inner, &from)
            .if_exists(IfExists::Replace)
            .wait()
            .is_err()
    );
    assert!(from.contains("foo/foo").wait().unwrap());
    // Side by side there is nothing wrong.
    zarr::copy(&node, &from).name("fool").wait().unwrap();
    assert_same(&node, &from.group("fool").wait().unwrap());
}

#[test]
fn copy_consolidated_source_asks_for_no_document() {
    let from = source();
    zarr::consolidate_metadata(&from).wait().unwrap();
    let counting = Arc::new(Counting::new(Arc::clone(from.store())));
    let shared: Arc<dyn Store> = counting.clone();
    let from = zarr::open_consolidated(shared).wait().unwrap();
    counting.take();
    let to = group();
    zarr::copy_all(&from, &to).wait().unwrap();
    // Chunks are copied by the store that they go to.
    assert_eq!(counting.counts().opens, 0);
    assert_eq!(
        to.array("foo/sub/baz")
            .wait()
            .unwrap()
            .read::<f64>(..)
            .wait()
            .unwrap()
            .sum(),
        20.0
    );
}

/// A copy whose future is dropped after some chunks, in stores of each kind, and then finished.
#[test]
fn copy_update_finishes_what_was_given_up() {
    for recode in [false, true] {
        let from = group();
        let old = from
            .create_array("a", [64], DataType::Int32)
            .chunks([4])
            .wait()
            .unwrap();
        let numbers: Array1<i32> = (1..65).collect();
        old.write(.., numbers).wait().unwrap();

        let faulty = Arc::new(Faulty::new(MemoryStore::new().into_store()));
        let counting = Arc::new(Counting::new(Arc::clone(&faulty)));
        let store: Arc<dyn Store> = counting.clone();
        let to = zarr::group(store).wait().unwrap();
        let context = zarr::Context::builder().threads(1).memory(4 * 1024).build();
        let copy = |what| {
            let copy = zarr::copy(&old, &to).if_exists(what).context(&context);
            match recode {
                true => copy.with(|new| new.compressors(())),
                false => copy,
            }
        };
        faulty.add(Fault::delay(Op::Put, std::time::Duration::from_millis(5)));
        let mut given_up = Box::pin(copy(IfExists::Raise).into_future());
        let start = std::time::Instant::now();
        counting.take();
        while counting.counts().puts < 6 && start.elapsed().as_secs() < 20 {
            let mut task = std::task::Context::from_waker(std::task::Waker::noop());
            if given_up.as_mut().poll(&mut task).is_ready() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(given_up);
        std::thread::sleep(std::time::Duration::from_millis(100));
        faulty.clear();
        let new = to.array("a").wait().unwrap();
        let there = new.nchunks_initialized().wait().unwrap();
        assert!((1..16).contains(&there), "{there}");

        counting.take();
        let stats = copy(IfExists::Update).wait().unwrap();
        assert_eq!(stats.chunks, 16 - there, "only what is missing");
        assert_eq!(counting.counts().puts, 16 - there);
        assert_same_array(&old, &new);
        assert_eq!(copy(IfExists::Update).wait().unwrap().chunks, 0);
    }
}

#[test]
fn copy_update_of_another_shape() {
    let (from, to) = (source(), group());
    let bar = inner(&from).array("bar").wait().unwrap();
    to.create_array("bar", [9], DataType::Int32).wait().unwrap();
    let error = zarr::copy(&bar, &to)
        .if_exists(IfExists::Update)
        .wait()
        .unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Argument { name: "shape", .. }),
        "{error}"
    );
}

/// A copy never takes its own source away, however the two are reached: paths, links,
/// addresses. (What a shell's `cp -r a/b/c a/b` and `rsync --delete` promise not to do.)
#[test]
fn copy_onto_a_place_around_the_source() {
    let home = tempfile::tempdir().unwrap();
    let path = |rest: &str| home.path().join(rest).to_str().unwrap().to_owned();
    let made = zarr::array(path("x.zarr"), ndarray::array![1, 2, 3]).name("raw/scan");
    made.wait().unwrap();
    std::os::unix::fs::symlink(path("x.zarr/raw"), path("link")).unwrap();
    let url = |rest: &str| format!("file://{}", path(rest));

    let sources = vec![
        path("x.zarr/raw/scan"),
        path("link/scan"),
        url("x.zarr/raw/scan"),
    ];
    for from in sources {
        for to in [
            path("x.zarr"),
            path("x.zarr/raw"),
            path("link"),
            url("x.zarr/raw"),
        ] {
            let source = zarr::open_array(from.as_str()).wait().unwrap();
            let copy = zarr::copy(source.clone(), to.as_str()).name("");
            let copy = copy.if_exists(IfExists::Replace).wait();
            let text = copy.unwrap_err().to_string();
            assert!(
                text.contains("one of them lies in the other"),
                "{from} {to}: {text}"
            );
            let copy = zarr::from_array(to.as_str(), &source)
                .overwrite(true)
                .wait();
            assert!(copy.is_err(), "{from} {to}");
            assert_eq!(source.read::<i32>(..).wait().unwrap().sum(), 6, "{from}");
        }
    }
    // And a copy into its own source would never end.
    let raw = zarr::open_group(path("x.zarr/raw")).wait().unwrap();
    assert!(
        zarr::copy(&raw, path("link/scan2"))
            .name("a")
            .wait()
            .is_err()
    );
    let keys = zarr::copy_store(path("x.zarr/raw"), url("x.zarr/raw/scan/sub"));
    assert!(keys.wait().is_err());
    // Beside it is another place.
    let source = zarr::open_array(path("x.zarr/raw/scan")).wait().unwrap();
    zarr::copy(source, path("x.zarr/raw"))
        .name("scan2")
        .wait()
        .unwrap();
}

/// Where nodes are known by consolidated metadata alone, as on a web server, the copy has some too.
#[test]
fn copy_of_a_consolidated_source_is_consolidated() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let from = zarr::create_group(MemoryStore::new()).zarr_format(format);
        let from = from.wait().unwrap();
        from.zeros("a/b", [4]).wait().unwrap();
        zarr::consolidate_metadata(&from).wait().unwrap();
        let from = zarr::open_consolidated(&from).wait().unwrap();
        let to = MemoryStore::new();
        zarr::copy(&from, to.clone()).name("").wait().unwrap();
        let copy = zarr::open_consolidated(to).wait().unwrap();
        assert_eq!(copy.members().all().wait().unwrap().len(), 2);
    }
}

/// Without `keep_going` nothing is copied where something stands in the way; with it, that node is left out
/// and told.
#[test]
fn copy_keeps_going() {
    let store = MemoryStore::new();
    let from = zarr::group(store.clone()).wait().unwrap();
    from.zeros("a", [4]).wait().unwrap();
    from.zeros("b", [4]).wait().unwrap();
    let key = zarr::tools::Key::new("b/zarr.json").unwrap();
    let overwrite = zarr::tools::PutMode::Overwrite;
    BlockingStore::put(&store, &key, &"{".to_owned().into(), overwrite).unwrap();

    let to = group();
    assert!(zarr::copy_all(&from, &to).wait().is_err());
    assert!(to.keys().wait().unwrap().is_empty());

    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let copy = zarr::copy_all(&from, &to).keep_going(true);
    let copy = copy.progress(move |far| {
        if let zarr::CopyStep::LeftOut(error) = far.step {
            seen.lock()
                .unwrap()
                .push((far.path.to_owned(), error.class()));
        }
    });
    assert_eq!(copy.wait().unwrap().left_out, 1);
    assert_eq!(
        *told.lock().unwrap(),
        [("b".to_owned(), ErrorClass::Corrupt)]
    );
    assert_eq!(to.keys().wait().unwrap(), ["a"]);
}

/// A chunk that is more than may be moved costs its array, in both formats and within groups that say what is
/// below them: nothing of it stays. What was there before does.
#[test]
fn copy_takes_out_what_is_half_copied() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::create_group(MemoryStore::new()).zarr_format(format);
        let root = root.wait().unwrap();
        for (name, chunk) in [("a/small", 100), ("b", 2000)] {
            let array = root.create_array(name, [4000], DataType::UInt8);
            let array = array.chunks([chunk]).compressors(()).wait().unwrap();
            array.write(.., 1_u8).wait().unwrap();
        }
        zarr::consolidate_metadata(&root).wait().unwrap();
        let root = zarr::open_group(root.location().clone()).wait().unwrap();
        let small = zarr::Context::builder().memory(1000).chunk_bytes(1000);
        let small = small.build();

        let to = MemoryStore::new();
        let copy = |to: &MemoryStore| zarr::copy(&root, to.clone()).name("").context(&small);
        let stats = copy(&to).keep_going(true).wait().unwrap();
        assert_eq!((stats.copied, stats.left_out), (3, 1));
        let found = zarr::open_group(to.clone()).wait().unwrap();
        assert_eq!(found.keys().wait().unwrap(), ["a"]);
        let said = zarr::open_consolidated(to.clone()).wait().unwrap();
        let said = said.members().all().metadata().wait().unwrap();
        let paths: Vec<&str> = said.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a", "a/small"]);

        // Without, it is an error that names chunk and key in the source, and no half stays either.
        let to = MemoryStore::new();
        let error = copy(&to).wait().unwrap_err();
        let ErrorKind::Chunk { key, .. } = error.kind() else {
            panic!("{error}");
        };
        assert!(key.starts_with("b/"), "{key}");
        assert_eq!(error.class(), ErrorClass::Limit);
        assert!(zarr::open_array(to.clone()).path("b").wait().is_err());

        // An array that was there stays, with what it has.
        let to = MemoryStore::new();
        zarr::copy_all(&root, to.clone()).wait().unwrap();
        let array = zarr::open_array(to.clone()).path("b").wait().unwrap();
        array.erase(2000..).wait().unwrap();
        let again = copy(&to).if_exists(IfExists::Update).keep_going(true);
        assert_eq!(again.wait().unwrap().left_out, 1);
        let array = zarr::open_array(to).path("b").wait().unwrap();
        assert_eq!(array.read::<u8>(0).wait().unwrap().sum(), 1);
    }
}
