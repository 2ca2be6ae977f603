//! Every function of the library that takes a store, with its right result, for any kind of store.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{
    Array, ArrayOptions, DataType, Group, MemoryStore, NewNode, Store, Target, ndarray, sel,
};

/// One of them.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// Whether it is given a store with a group that holds the array `a`, or an empty one.
    pub(crate) filled: bool,
    pub(crate) run: fn(&Arc<dyn Store>) -> zarr::Result<bool>,
}

const ELEMENTS: [f64; 3] = [1.5, 2.5, 3.5];

/// Makes what others look at: a group with an array, its metadata consolidated.
pub(crate) fn fill(store: &Arc<dyn Store>) {
    fill_group(&zarr::create_group(store.clone()).wait().unwrap());
    finish(store).unwrap();
}

fn fill_group(root: &Group) {
    zarr::array(root, ndarray::arr1(&ELEMENTS))
        .name("a")
        .wait()
        .unwrap();
    zarr::consolidate_metadata(root).wait().unwrap();
}

fn finish(store: &Arc<dyn Store>) -> zarr::Result<()> {
    Ok(store.sync().wait()?)
}

/// Whether an array is there, and holds these elements.
fn holds(store: &Arc<dyn Store>, path: &str, elements: &[f64]) -> zarr::Result<bool> {
    finish(store)?;
    let array = zarr::open_array(store.clone()).path(path).wait()?;
    Ok(array.read::<f64>(..).wait()?.into_raw_vec_and_offset().0 == elements)
}

/// A new, empty store in memory.
fn memory() -> Arc<dyn Store> {
    match MemoryStore::new().into() {
        Target::At(location) => location.store().clone(),
        other => panic!("{other:?} is no store"),
    }
}

/// A group and an array that lie elsewhere.
fn elsewhere() -> (Arc<dyn Store>, Group, Array) {
    let group = zarr::create_group(MemoryStore::new()).wait().unwrap();
    let store = group.store().clone();
    fill_group(&group);
    let array = zarr::open_array(store.clone()).path("a").wait().unwrap();
    (store, group, array)
}

macro_rules! functions {
    ($filled:literal: $($name:literal => $run:expr;)*) => {
        [$(Function { name: $name, filled: $filled, run: $run }),*]
    };
}

/// Those that make something.
pub(crate) const MAKERS: [Function; 20] = functions![false:
    "create_group" => |store| {
        zarr::create_group(store.clone()).wait()?;
        finish(store)?;
        Ok(zarr::open_group(store.clone()).wait()?.path().as_str().is_empty())
    };
    "group" => |store| {
        zarr::group(store.clone()).wait()?;
        finish(store)?;
        Ok(zarr::open_group(store.clone()).wait().is_ok())
    };
    "create_array" => |store| {
        let array = zarr::create_array(store.clone(), [3], DataType::Float64).wait()?;
        array.write(.., ndarray::arr1(&ELEMENTS)).wait()?;
        holds(store, "", &ELEMENTS)
    };
    "create" => |store| {
        zarr::create(store.clone(), [3]).fill_value(2.5).wait()?;
        holds(store, "", &[2.5; 3])
    };
    "array" => |store| {
        zarr::array(store.clone(), ndarray::arr1(&ELEMENTS)).wait()?;
        holds(store, "", &ELEMENTS)
    };
    "save" => |store| {
        zarr::save(store.clone()).named("x", ndarray::arr1(&ELEMENTS)).wait()?;
        holds(store, "x", &ELEMENTS)
    };
    "save_array" => |store| {
        zarr::save_array(store.clone(), ndarray::arr1(&ELEMENTS)).wait()?;
        holds(store, "", &ELEMENTS)
    };
    "save_group" => |store| {
        zarr::save_group(store.clone()).array(ndarray::arr1(&ELEMENTS)).wait()?;
        holds(store, "arr_0", &ELEMENTS)
    };
    "create_hierarchy" => |store| {
        let array = ArrayOptions::new([3], DataType::Float64);
        zarr::create_hierarchy(store.clone(), [("g/x", NewNode::from(array))]).wait()?;
        holds(store, "g/x", &[0.0; 3])
    };
    "empty" => |store| {
        zarr::empty(store.clone(), [3]).wait()?;
        holds(store, "", &[0.0; 3])
    };
    "zeros" => |store| {
        zarr::zeros(store.clone(), [3]).wait()?;
        holds(store, "", &[0.0; 3])
    };
    "ones" => |store| {
        zarr::ones(store.clone(), [3]).wait()?;
        holds(store, "", &[1.0; 3])
    };
    "full" => |store| {
        zarr::full(store.clone(), [3], 2.5).wait()?;
        holds(store, "", &[2.5; 3])
    };
    "empty_like" => |store| {
        zarr::empty_like(store.clone(), &elsewhere().2).wait()?;
        holds(store, "", &[0.0; 3])
    };
    "full_like" => |store| {
        zarr::full_like(store.clone(), &elsewhere().2, 2.5).wait()?;
        holds(store, "", &[2.5; 3])
    };
    "from_array, to" => |store| {
        zarr::from_array(store.clone(), &elsewhere().2).wait()?;
        holds(store, "", &ELEMENTS)
    };
    "open_like" => |store| {
        zarr::open_like(store.clone(), &elsewhere().2).wait()?;
        holds(store, "", &[0.0; 3])
    };
    "copy, to" => |store| {
        zarr::group(store.clone()).wait()?;
        zarr::copy(&elsewhere().2, store.clone()).name("b").wait()?;
        holds(store, "b", &ELEMENTS)
    };
    "copy_all, to" => |store| {
        zarr::group(store.clone()).wait()?;
        zarr::copy_all(&elsewhere().1, store.clone()).wait()?;
        holds(store, "a", &ELEMENTS)
    };
    "copy_store, to" => |store| {
        zarr::copy_store(elsewhere().0, store.clone()).wait()?;
        holds(store, "a", &ELEMENTS)
    };
];

/// Those that look at what is there, or change it.
pub(crate) const USERS: [Function; 18] = functions![true:
    "open" => |store| Ok(matches!(zarr::open(store.clone()).wait()?, zarr::Node::Group(_)));
    "open_array" => |store| holds(store, "a", &ELEMENTS);
    "open_group" => |store| {
        let root = zarr::open_group(store.clone()).wait()?;
        Ok(root.array("a").wait()?.shape() == [3])
    };
    "open_consolidated" => |store| {
        let root = zarr::open_consolidated(store.clone()).wait()?;
        Ok(root.array("a").wait()?.shape() == [3])
    };
    "load" => |store| {
        let a = zarr::load(store.clone()).path("a").wait()?.into_array()?;
        Ok(a.shape == [3])
    };
    "tree" => |store| {
        let root = zarr::open_group(store.clone()).wait()?;
        Ok(zarr::tree(&root).wait()?.to_string() == "/\n└── a (3,) float64\n")
    };
    "members" => |store| {
        let root = zarr::open_group(store.clone()).wait()?;
        Ok(root.keys().wait()? == ["a"])
    };
    "stream" => |store| {
        let array = zarr::open_array(store.clone()).path("a").wait()?;
        let blocks: zarr::Result<Vec<_>> = array.stream::<f64>(..).wait().collect();
        Ok(blocks?.len() == 1)
    };
    "nchunks_initialized" => |store| {
        let array = zarr::open_array(store.clone()).path("a").wait()?;
        Ok(array.nchunks_initialized().wait()? == 1)
    };
    "from_array, from" => |store| {
        let (array, to) = (zarr::open_array(store.clone()).path("a").wait()?, memory());
        zarr::from_array(to.clone(), &array).name("b").wait()?;
        holds(&to, "b", &ELEMENTS)
    };
    "copy, from" => |store| {
        let (array, to) = (zarr::open_array(store.clone()).path("a").wait()?, elsewhere().0);
        zarr::copy(&array, to.clone()).name("b").wait()?;
        holds(&to, "b", &ELEMENTS)
    };
    "copy_all, from" => |store| {
        let root = zarr::open_group(store.clone()).wait()?;
        let to = zarr::group(MemoryStore::new()).wait()?;
        zarr::copy_all(&root, &to).wait()?;
        holds(to.store(), "a", &ELEMENTS)
    };
    "copy_store, from" => |store| {
        let to = memory();
        zarr::copy_store(store.clone(), to.clone()).wait()?;
        holds(&to, "a", &ELEMENTS)
    };
    "write" => |store| {
        let array = zarr::open_array(store.clone()).path("a").wait()?;
        array.write(sel![1..], 7.0).wait()?;
        holds(store, "a", &[1.5, 7.0, 7.0])
    };
    "erase" => |store| {
        let array = zarr::open_array(store.clone()).path("a").wait()?;
        array.erase(..).wait()?;
        holds(store, "a", &[0.0; 3])
    };
    "resize" => |store| {
        let mut array = zarr::open_array(store.clone()).path("a").wait()?;
        array.resize([2]).wait()?;
        holds(store, "a", &ELEMENTS[..2])
    };
    "append" => |store| {
        let mut array = zarr::open_array(store.clone()).path("a").wait()?;
        array.append(ndarray::arr1(&[4.5])).wait()?;
        holds(store, "a", &[1.5, 2.5, 3.5, 4.5])
    };
    "consolidate_metadata" => |store| {
        zarr::consolidate_metadata(store.clone()).wait()?;
        finish(store)?;
        Ok(zarr::open_consolidated(store.clone()).wait().is_ok())
    };
];
