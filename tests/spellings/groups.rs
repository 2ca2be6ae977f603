//! Groups.

use std::collections::HashMap;

use ndarray::array;
use zarr::blocking::Wait;
use zarr::*;

/// A group with an array `a`, of three ones, and a group `g` with an array `b`.
fn root() -> Result<Group> {
    let root = zarr::create_group(Target::Memory).wait()?;
    root.create_array("a", 3, "f8").fill_value(1).wait()?;
    root.create_group("g").wait()?.create_array("b", (2, 2), "i4").wait()?;
    Ok(root)
}

forms! {
    group_get => { assert_eq!(root()?.get("a").wait()?.into_array()?.shape(), [3]); }
    group_array => { assert_eq!(root()?.array("g/b").wait()?.shape(), [2, 2]); }
    group_group => { assert_eq!(root()?.group("g").wait()?.name(), "/g"); }
    group_by_a_string => { let s = String::from("a"); assert!(root()?.array(&s).wait().is_ok() && root()?.array(s).wait().is_ok()); }
    group_by_a_formatted_name => { assert!(root()?.array(format!("{}/b", "g")).wait().is_ok()); }
    group_contains => { assert!(root()?.contains("g/b").wait()?); assert!(!root()?.contains("x").wait()?); }
    group_try_get => { assert!(root()?.try_get("x").wait()?.is_none()); }
    group_keys => { assert_eq!(root()?.keys().wait()?, ["a", "g"]); assert_eq!(root()?.array_keys().wait()?, ["a"]); }
    group_members => { assert_eq!(root()?.members().wait()?.len(), 2); assert_eq!(root()?.members().max_depth(None).wait()?.len(), 3); }
    group_nmembers => { assert_eq!(root()?.nmembers().wait()?, 2); }
    group_for_loop => {
        for (name, array) in root()?.arrays().wait()? {
            assert_eq!((name.as_str(), array.read::<f64>(..).wait()?.sum()), ("a", 3.0));
        }
    }
    group_groups => { assert_eq!(root()?.groups().wait()?[0].0, "g"); }
    group_put_an_ndarray => { let g = root()?; g.put("y", array![1, 2, 3]).wait()?; assert_eq!(g.array("y").wait()?.shape(), [3]); }
    group_put_a_vec => { let g = root()?; g.put("y", vec![1.0, 2.0]).wait()?; assert_eq!(g.array("y").wait()?.dtype(), &DataType::Float64); }
    group_put_a_list => { let g = root()?; g.put("y", [[1, 2], [3, 4]]).wait()?; assert_eq!(g.array("y").wait()?.shape(), [2, 2]); }
    group_put_an_array => { let g = root()?; g.put("y", &crate::grid()?).wait()?; assert_eq!(g.array("y").wait()?.chunks(), Some(vec![2, 2])); }
    group_put_a_group => { let g = root()?; g.put("h", &root()?).wait()?; assert!(g.contains("h/g/b").wait()?); }
    group_require => {
        let g = root()?;
        assert_eq!(g.require_group("g").wait()?.keys().wait()?, ["b"]);
        assert_eq!(g.require_array("a", 3, "f8").wait()?.shape(), [3]);
        assert_eq!(g.require_groups(["x", "y"]).wait()?.len(), 2);
    }
    group_zeros => { let g = root()?; zarr::zeros(&g, (2, 2)).name("z").wait()?; assert!(g.contains("z").wait()?); }
    group_delete => { let g = root()?; g.delete("a").wait()?; assert_eq!(g.keys().wait()?, ["g"]); }
    group_move => { let g = root()?; g.move_node("a", "g/a").wait()?; assert!(g.contains("g/a").wait()?); }
    group_tree => { assert!(root()?.tree().wait()?.to_string().contains("a (3,) float64")); }
    group_glob => { assert_eq!(root()?.glob("*/b").wait()?.len(), 1); }
    group_open_or_make => { assert!(zarr::group(Target::Memory).path("x").wait()?.keys().wait()?.is_empty()); }
    group_info => { assert!(root()?.info().to_string().contains("Group")); }
    group_of_a_hierarchy => {
        let made = zarr::create_hierarchy(Target::Memory, [("a/b", NewNode::group()), ("a/c", ArrayOptions::new([3], "i4").into())]).wait()?;
        assert_eq!(made.len(), 4);
    }
    group_of_a_hierarchy_in_a_map => {
        let nodes = HashMap::from([("a", ArrayOptions::new(3, "i4"))]);
        assert_eq!(zarr::create_hierarchy(Target::Memory, nodes).wait()?.len(), 2);
    }
    group_copied => { let s = MemoryStore::new(); zarr::copy_all(&root()?, &s).wait()?; assert!(zarr::open_array(&s).path("a").wait().is_ok()); }
    array_copied => { let s = MemoryStore::new(); zarr::copy(&crate::grid()?, &s).name("x").wait()?; assert_eq!(zarr::open_array(&s).path("x").wait()?.shape(), [3, 4]); }
    group_missing_is_an_error => { assert_eq!(root()?.array("aa").wait().unwrap_err().class(), ErrorClass::NotFound); }
}
