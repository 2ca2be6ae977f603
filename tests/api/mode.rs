//! `open`, `open_array` and `open_group` with every mode, on nothing, an array, a group, and on what is
//! not Zarr. The expected outcomes are zarr-python 3's, as measured, but for what is noted here.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{
    ArrayOptions, DataType, ErrorClass, ErrorKind, MemoryStore, Mode, Node, NodeKind, ZarrFormat,
    json,
};
use zarr_store::{BlockingStore, Key, PutMode, ReadOnly, Store};

use self::Found::{AGroup, AnArray, Junk, Nothing};
use self::Outcome::{Exists, NeedsShape, NewArray, NewGroup, NotFound, OldArray, OldGroup, Wrong};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Call {
    Open,
    OpenWith,
    Array,
    ArrayWith,
    Group,
}

#[derive(Clone, Copy, Debug)]
enum Found {
    Nothing,
    AnArray,
    AGroup,
    Junk,
}

/// What comes of it. New nodes have taken the place of the old ones; after everything else what was
/// there is there.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    NewArray,
    NewGroup,
    OldArray,
    OldGroup,
    NotFound,
    Wrong,
    NeedsShape,
    Exists,
}

const R: &[Mode] = &[Mode::Read, Mode::ReadWrite];
const A: &[Mode] = &[Mode::Append];
const W: &[Mode] = &[Mode::Write];
const X: &[Mode] = &[Mode::CreateNew];

/// On nothing, an array, a group, junk.
type Row = (Call, &'static [Mode], [Outcome; 4]);

const TABLE: [Row; 20] = [
    (Call::Array, R, [NotFound, OldArray, Wrong, NotFound]),
    (Call::Array, A, [NeedsShape, OldArray, Wrong, NeedsShape]),
    // Python wipes before it misses the shape; here nothing is deleted.
    (Call::Array, W, [NeedsShape; 4]),
    (Call::Array, X, [NeedsShape, Exists, Exists, Exists]),
    (Call::ArrayWith, R, [NotFound, OldArray, Wrong, NotFound]),
    (Call::ArrayWith, A, [NewArray, OldArray, Wrong, NewArray]),
    (Call::ArrayWith, W, [NewArray; 4]),
    (Call::ArrayWith, X, [NewArray, Exists, Exists, Exists]),
    (Call::Group, R, [NotFound, Wrong, OldGroup, NotFound]),
    (Call::Group, A, [NewGroup, Wrong, OldGroup, NewGroup]),
    (Call::Group, W, [NewGroup; 4]),
    (Call::Group, X, [NewGroup, Exists, Exists, Exists]),
    (Call::Open, R, [NotFound, OldArray, OldGroup, NotFound]),
    (Call::Open, A, [NewGroup, OldArray, OldGroup, NewGroup]),
    // Python makes a group of an array; here the kind stays.
    (Call::Open, W, [NewGroup, NewArray, NewGroup, NewGroup]),
    // Python fails on nothing with a TypeError; here it makes a group.
    (Call::Open, X, [NewGroup, Exists, Exists, Exists]),
    // Python fails on a group with a TypeError about `shape`.
    (Call::OpenWith, R, [NotFound, OldArray, Wrong, NotFound]),
    (Call::OpenWith, A, [NewArray, OldArray, Wrong, NewArray]),
    (Call::OpenWith, W, [NewArray; 4]),
    (Call::OpenWith, X, [NewArray, Exists, Exists, Exists]),
];

/// A store with this at `p`, and everything it holds.
fn store(found: Found, format: ZarrFormat) -> Arc<dyn Store> {
    let store = MemoryStore::new().into_store();
    match found {
        Nothing => {}
        AnArray => {
            let array = zarr::create_array(store.clone(), [2], DataType::Int8).name("p");
            let array = array.zarr_format(format).attributes(json!({"old": 1}));
            array.wait().unwrap().write(.., 5_i8).wait().unwrap();
        }
        AGroup => {
            let group = zarr::create_group(store.clone()).path("p");
            let group = group.zarr_format(format).attributes(json!({"old": 1}));
            group.wait().unwrap().ones("a", [2]).wait().unwrap();
        }
        Junk => {
            let key = Key::new("p/notes.txt").unwrap();
            let put = store.put(&key, b"keep me".to_vec().into(), PutMode::Create);
            put.wait().unwrap();
        }
    }
    store
}

fn run(call: Call, mode: Mode, store: Arc<dyn Store>) -> zarr::Result<Node> {
    let options = || ArrayOptions::new([3], DataType::Int16);
    match call {
        Call::Open => zarr::open(store).path("p").mode(mode).wait(),
        Call::OpenWith => {
            let open = zarr::open(store).path("p").mode(mode);
            open.or_create(options()).wait()
        }
        Call::Array => {
            let open = zarr::open_array(store).path("p").mode(mode);
            open.wait().map(Node::Array)
        }
        Call::ArrayWith => {
            let open = zarr::open_array(store).path("p").mode(mode);
            open.or_create(options()).wait().map(Node::Array)
        }
        Call::Group => {
            let open = zarr::open_group(store).path("p").mode(mode);
            open.wait().map(Node::Group)
        }
    }
}

fn outcome(result: &zarr::Result<Node>) -> Outcome {
    match result {
        Ok(Node::Array(array)) if array.attrs().contains_key("old") => OldArray,
        Ok(Node::Array(_)) => NewArray,
        Ok(Node::Group(group)) if group.attrs().contains_key("old") => OldGroup,
        Ok(Node::Group(_)) => NewGroup,
        Err(error) => match error.kind() {
            ErrorKind::NotFound { .. } => NotFound,
            ErrorKind::WrongKind { .. } => Wrong,
            ErrorKind::Exists { .. } | ErrorKind::Foreign { .. } => Exists,
            ErrorKind::Argument { name, .. } if *name == "or_create" => NeedsShape,
            _ => panic!("{error:?}"),
        },
    }
}

/// Whether what was there is still all there.
fn survived(found: Found, store: &Arc<dyn Store>) -> bool {
    let root = || zarr::open(store.clone()).path("p").mode("r").wait();
    match found {
        Nothing => root().is_err(),
        AnArray => {
            let array = root().and_then(Node::into_array);
            array.is_ok_and(|array| {
                array.dtype() == &DataType::Int8 && array.read::<i8>(..).wait().unwrap().sum() == 10
            })
        }
        AGroup => {
            let group = root().and_then(Node::into_group);
            group.is_ok_and(|group| group.contains("a").wait().unwrap())
        }
        Junk => {
            let key = Key::new("p/notes.txt").unwrap();
            store.head(&key).wait().unwrap().is_some()
        }
    }
}

#[test]
fn every_mode_does_what_the_table_says() {
    for (call, modes, expected) in TABLE {
        for &mode in modes {
            for (found, expected) in [Nothing, AnArray, AGroup, Junk].into_iter().zip(expected) {
                for format in [ZarrFormat::V2, ZarrFormat::V3] {
                    let case = format!("{call:?} {mode:?} on {found:?} of format {format}");
                    let store = store(found, format);
                    let result = run(call, mode, store.clone());
                    assert_eq!(outcome(&result), expected, "{case}: {result:?}");
                    let made = matches!(expected, NewArray | NewGroup);
                    if !made {
                        assert!(survived(found, &store), "{case}");
                    } else if mode == Mode::Write && !matches!(found, Nothing) {
                        assert!(!survived(found, &store), "{case}");
                    }
                    if expected == NewArray && call != Call::Open {
                        let made = result.unwrap().into_array().unwrap();
                        assert_eq!(made.dtype(), &DataType::Int16, "{case}");
                    }
                }
            }
        }
    }
}

#[test]
fn without_a_mode_what_is_there_can_be_written() {
    let store = store(AnArray, ZarrFormat::V3);
    let array = zarr::open_array(store).path("p").wait().unwrap();
    array.write(.., 6_i8).wait().unwrap();
}

#[test]
fn read_gives_handles_that_change_nothing() {
    let memory = store(AGroup, ZarrFormat::V3);
    // A place in a store, as every other target.
    let place = zarr::Location::root(memory.clone()).join("p").unwrap();
    let group = zarr::open_group(place).mode(Mode::Read).wait().unwrap();
    assert!(group.info().to_string().contains("Read-only"));
    let array = group.array("a").wait().unwrap();
    for error in [
        array.write(.., 2.0).wait().err(),
        group.zeros("b", [2]).wait().err(),
        group.delete("a").wait().err(),
    ] {
        assert_eq!(error.unwrap().class(), ErrorClass::Permission);
    }
    assert!(survived(AGroup, &memory));
}

#[test]
fn modes_that_write_are_refused_where_the_store_is_read_only() {
    let store: Arc<dyn Store> = Arc::new(ReadOnly::new(store(AnArray, ZarrFormat::V3)));
    let open = |mode| zarr::open(store.clone()).path("p").mode(mode).wait();
    for mode in [Mode::ReadWrite, Mode::Append, Mode::Write, Mode::CreateNew] {
        assert_eq!(open(mode).unwrap_err().class(), ErrorClass::Permission);
    }
    assert_eq!(open(Mode::Read).unwrap().kind(), NodeKind::Array);
}

#[test]
fn write_checks_everything_before_it_deletes() {
    let store = store(AnArray, ZarrFormat::V3);
    let mut wrong = ArrayOptions::new([4], DataType::Int16);
    wrong.chunks = [3].into();
    wrong.shards = Some([4].into());
    let open = zarr::open_array(store.clone()).path("p").mode(Mode::Write);
    let error = open.or_create(wrong).wait().unwrap_err();
    assert!(error.to_string().contains("`shards`"), "{error}");
    assert!(survived(AnArray, &store));
}

#[test]
fn a_node_of_the_other_format_is_in_the_way() {
    let store = store(AnArray, ZarrFormat::V2);
    let open = zarr::open_array(store.clone())
        .path("p")
        .zarr_format(ZarrFormat::V3)
        .or_create(ArrayOptions::new([3], DataType::Int16));
    for mode in [Mode::Append, Mode::CreateNew] {
        let error = open.clone().mode(mode).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Exists);
    }
    let new = open.mode(Mode::Write).wait().unwrap();
    assert_eq!(new.zarr_format(), ZarrFormat::V3);
    assert!(
        store
            .head(&Key::new("p/.zarray").unwrap())
            .wait()
            .unwrap()
            .is_none()
    );
}

#[test]
fn open_with_write_keeps_the_structure_of_an_array() {
    let store = store(AnArray, ZarrFormat::V2);
    let new = zarr::open(store)
        .path("p")
        .mode(Mode::Write)
        .wait()
        .unwrap();
    let new = new.into_array().unwrap();
    assert_eq!((new.shape(), new.zarr_format()), (&[2][..], ZarrFormat::V2));
    assert_eq!(new.read::<i8>(..).wait().unwrap().sum(), 0);
}
