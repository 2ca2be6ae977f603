//! `Group::keys`, `arrays`, `groups`, `nmembers`: the children, in order of their names.

use zarr::blocking::Wait;
use zarr::{Target, ZarrFormat};

#[test]
fn children_and_nothing_deeper() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::create_group(Target::Memory).zarr_format(format);
        let root = root.wait().unwrap();
        assert_eq!(root.nmembers().wait().unwrap(), 0);
        root.ones("b", [2]).wait().unwrap();
        root.ones("a/deep", [2]).wait().unwrap();
        root.create_group("c").wait().unwrap();
        assert_eq!(root.keys().wait().unwrap(), ["a", "b", "c"]);
        assert_eq!(root.nmembers().wait().unwrap(), 3);
        let arrays = root.arrays().wait().unwrap();
        assert_eq!(arrays.len(), 1);
        assert_eq!((&*arrays[0].0, arrays[0].1.shape()), ("b", &[2][..]));
        let groups = root.groups().wait().unwrap();
        let names: Vec<_> = groups.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "c"]);
        assert_eq!(groups[0].1.keys().wait().unwrap(), ["deep"]);
    }
}
