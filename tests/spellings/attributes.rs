//! Attributes.

use std::collections::{BTreeMap, HashMap};

use zarr::blocking::Wait;
use zarr::*;

/// The attributes of an array that is created with them.
fn of(attributes: impl serde::Serialize) -> Result<Attributes> {
    Ok(zarr::zeros(Target::Memory, [3]).attributes(attributes).wait()?.attrs().clone())
}

forms! {
    update_attributes_json => {
        let mut a = zarr::zeros(Target::Memory, [3]).wait()?;
        a.update_attributes(json!({"a": 1})).wait()?;
        assert_eq!(a.attrs()["a"], 1);
    }
    update_attributes_with_plain_values => {
        let mut a = zarr::zeros(Target::Memory, [3]).wait()?;
        a.update_attributes([("a", 1)]).wait()?;
        assert_eq!(a.attrs()["a"], 1);
    }
    attributes_with_a_plain_serde_struct => {
        #[derive(serde::Serialize)]
        struct S { a: i32 }
        assert_eq!(of(S { a: 1 })?["a"], 1);
    }
    set_one_attribute => {
        let mut a = zarr::zeros(Target::Memory, [3]).wait()?;
        a.set_attribute("a", 1).wait()?;
        a.set_attribute("units", "K").wait()?;
        assert_eq!((&a.attrs()["a"], &a.attrs()["units"]), (&json!(1), &json!("K")));
    }
    attributes_as_json => { assert_eq!(of(json!({"units": "K"}))?["units"], "K"); }
    attributes_as_a_map => { assert_eq!(of(HashMap::from([("units", "K")]))?["units"], "K"); }
    attributes_as_a_sorted_map => { assert_eq!(of(BTreeMap::from([(String::from("n"), 1.5)]))?["n"], 1.5); }
    attributes_as_pairs => { assert_eq!(of(vec![("a", "x"), ("b", "y")])?["b"], "y"); }
    attributes_of_another_array => {
        let a = zarr::zeros(Target::Memory, 3).attributes([("a", 1)]).wait()?;
        assert_eq!(of(a.attrs())?["a"], 1);
    }
    attributes_nested => { assert_eq!(of(json!({"a": {"b": [1, 2]}}))?["a"]["b"][1], 2); }
    attributes_with_nan => { assert!(of([("a", f64::NAN)]).is_ok()); }
    attributes_get => { assert_eq!(of([("a", 1)])?.get("a"), Some(&json!(1))); assert!(of([("a", 1)])?.get("b").is_none()); }
    attributes_contains_key => { assert!(of([("a", 1)])?.contains_key("a")); }
    attributes_iterated => {
        let of = of([("a", 1), ("b", 2)])?;
        let names: Vec<&str> = of.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        for (_, value) in &of { assert!(value.is_number()); }
    }
    attributes_len => { assert_eq!(of([("a", 1)])?.len(), 1); assert!(of(json!({}))?.is_empty()); }
    attributes_of_a_group => {
        let mut g = zarr::create_group(Target::Memory).attributes(json!({"title": "demo"})).wait()?;
        g.set_attribute("n", 2.5).wait()?;
        g.update_attributes([("m", [1, 2])]).wait()?;
        assert_eq!((&g.attrs()["title"], &g.attrs()["n"], &g.attrs()["m"][1]), (&json!("demo"), &json!(2.5), &json!(2)));
    }
    attributes_removed => {
        let mut a = zarr::zeros(Target::Memory, 3).attributes([("a", 1), ("b", 2)]).wait()?;
        a.update_attributes(()).remove(["a"]).wait()?;
        assert_eq!(a.attrs().len(), 1);
    }
    attributes_replaced => {
        let mut a = zarr::zeros(Target::Memory, 3).attributes([("a", 1)]).wait()?;
        a.update_attributes([("b", 2)]).replace().wait()?;
        assert!(!a.attrs().contains_key("a"));
    }
}
