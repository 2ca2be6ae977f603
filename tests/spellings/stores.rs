//! Stores and places in them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::*;

forms! {
    store_in_memory => { assert!(zarr::create_group(Target::Memory).wait()?.attrs().is_empty()); }
    store_none => { assert_eq!(zarr::zeros(None, [3]).wait()?.shape(), [3]); }
    store_as_hash_map => {
        let m = HashMap::<String, Vec<u8>>::new();
        assert!(zarr::create_group(m).wait()?.keys().wait()?.is_empty());
    }
    store_as_btree_map => {
        let m = BTreeMap::from([("zarr.json", br#"{"zarr_format": 3, "node_type": "group"}"#.to_vec())]);
        assert_eq!(zarr::open_group(m).wait()?.zarr_format(), ZarrFormat::V3);
    }
    store_as_a_reference_to_a_memory_store => {
        let s = MemoryStore::new();
        zarr::create_group(&s).wait()?;
        assert_eq!(s.len(), 1);
    }
    store_as_a_memory_store => {
        let s = MemoryStore::new();
        zarr::create_group(s.clone()).wait()?;
        assert!(zarr::open_group(s).wait().is_ok());
    }
    store_as_a_reference_to_a_string => {
        let s = String::from("none.zarr");
        assert_eq!(zarr::open(&s).mode("r").wait().unwrap_err().class(), ErrorClass::NotFound);
    }
    store_as_a_text => { assert!(zarr::open_array("none.zarr").mode("r").wait().is_err()); }
    store_as_a_path => {
        let dir = tempfile::tempdir().unwrap();
        let path: &Path = dir.path();
        zarr::create_group(path.join("a.zarr")).wait()?;
        assert!(path.join("a.zarr/zarr.json").is_file());
        assert!(zarr::open_group(path.join("a.zarr").as_path()).wait().is_ok());
    }
    store_as_a_reference_to_a_path_buf => {
        let dir = tempfile::tempdir().unwrap();
        let path: PathBuf = dir.path().join("a.zarr");
        zarr::create_group(&path).wait()?;
        assert!(zarr::open_group(&path).wait().is_ok());
    }
    store_as_a_formatted_text => {
        let dir = tempfile::tempdir().unwrap();
        zarr::create_group(format!("{}/a.zarr", dir.path().display())).wait()?;
        assert!(dir.path().join("a.zarr/zarr.json").is_file());
    }
    store_as_a_temp_dir => {
        let dir = tempfile::tempdir().unwrap();
        zarr::create_group(dir.path()).wait()?;
        assert!(dir.path().join("zarr.json").is_file());
    }
    store_as_a_local_store => {
        let dir = tempfile::tempdir().unwrap();
        let s = LocalStore::new(dir.path());
        zarr::create_group(&s).wait()?;
        assert!(zarr::open_group(s).wait().is_ok());
    }
    store_as_an_arc => {
        let s: Arc<dyn Store> = zarr::create_group(Target::Memory).wait()?.store().clone();
        assert!(zarr::open_group(&s).wait().is_ok() && zarr::open_group(s).wait().is_ok());
    }
    store_of_a_group => {
        let g = zarr::create_group(Target::Memory).wait()?;
        zarr::zeros(&g, [3]).name("a").wait()?;
        assert_eq!(g.keys().wait()?, ["a"]);
    }
    store_of_an_array => {
        let a = crate::grid()?;
        assert_eq!(zarr::open_array(&a).wait()?.shape(), [3, 4]);
    }
    store_of_a_node => {
        let a = crate::grid()?;
        let node = zarr::open(a.store()).wait()?;
        assert_eq!(zarr::open_array(node.location()).wait()?.shape(), [3, 4]);
    }
    store_by_the_name_of_a_memory => {
        let a = zarr::zeros("memory://spellings", [3]).wait()?;
        assert_eq!(zarr::open_array("memory://spellings").wait()?.shape(), a.shape());
    }
    path_on_create => {
        let s = MemoryStore::new();
        assert_eq!(zarr::create(&s, [3]).path("a").wait()?.name(), "/a");
    }
    name_on_create => {
        let s = MemoryStore::new();
        assert_eq!(zarr::create_array(&s, [3], "i4").name("g/a").wait()?.path().as_str(), "g/a");
        assert_eq!(zarr::open_array(&s).path("g/a").wait()?.shape(), [3]);
    }
    name_with_a_slash => {
        let s = MemoryStore::new();
        assert_eq!(zarr::create(&s, [3]).path("/a").wait()?.name(), "/a");
    }
    save_and_load => {
        let s = MemoryStore::new();
        zarr::save_array(&s, [1.0, 2.0]).wait()?;
        assert_eq!(zarr::load(&s).array::<f64>().wait()?, ndarray::array![1.0, 2.0].into_dyn());
    }
    storage_options => {
        let e = zarr::open("memory://none").storage_options([("region", "eu")]).wait();
        assert!(e.is_err());
    }
}
