//! `Group::require_group` and `require_groups`: one winner among many who ask at once.

use std::thread;

use zarr::blocking::Wait;
use zarr::{ErrorClass, Target, ZarrFormat};

#[test]
fn groups_are_found_or_made_in_the_parents_format() {
    let root = zarr::create_group(Target::Memory).zarr_format(ZarrFormat::V2);
    let root = root.wait().unwrap();
    let groups = root.require_groups(["b", "a/c", "b"]).wait().unwrap();
    let names: Vec<_> = groups.iter().map(zarr::Group::name).collect();
    assert_eq!(names, ["/b", "/a/c", "/b"]);
    assert!(
        groups
            .iter()
            .all(|group| group.zarr_format() == ZarrFormat::V2)
    );
    root.ones("x", [2]).wait().unwrap();
    let error = root.require_group("x").wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid);
    let fresh = root.require_group("x").overwrite(true).wait().unwrap();
    assert_eq!(fresh.nmembers().wait().unwrap(), 0);
}

#[test]
fn all_who_ask_at_once_get_it() {
    let root = zarr::create_group(Target::Memory).wait().unwrap();
    thread::scope(|scope| {
        let ask = || root.require_group("a/b/c").wait().unwrap();
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        for asked in asked {
            assert_eq!(asked.join().unwrap().name(), "/a/b/c");
        }
    });
}
