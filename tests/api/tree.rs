//! `tree`, parameter by parameter: the text of zarr-python 3.4.2, as measured.

use zarr::blocking::Wait;
use zarr::{DataType, Group, Target};

fn root() -> Group {
    let root = zarr::group(Target::Memory).wait().unwrap();
    for name in ["a/b/c", "a/x"] {
        root.create_array(name, [2], DataType::Int32)
            .wait()
            .unwrap();
    }
    root
}

#[test]
fn tree_level() {
    let text = |level| zarr::tree(&root()).level(level).wait().unwrap().to_string();
    assert_eq!(text(0), "/\n└── a\n");
    assert_eq!(text(1), "/\n└── a\n    ├── b\n    └── x (2,) int32\n");
    let all = "/\n└── a\n    ├── b\n    │   └── c (2,) int32\n    └── x (2,) int32\n";
    assert_eq!(text(2), all);
    assert_eq!(root().tree().wait().unwrap().to_string(), all);
    assert_eq!(text(usize::MAX), all);
}

#[test]
fn tree_max_nodes() {
    let cut = root().tree().max_nodes(2).wait().unwrap();
    let note = "Truncated at max_nodes=2, some nodes and their children may be missing\n";
    assert_eq!(cut.to_string(), format!("{note}/\n└── a\n    └── b\n"));
    assert!(cut.ansi().starts_with(note) && cut.html().contains(note));
    let whole = root().tree().max_nodes(4).wait().unwrap();
    assert!(whole.to_string().starts_with('/'));
}

/// A12.2: `expand` of zarr-python 2, for HTML alone; zarr-python 3.4.2 raises `NotImplementedError`.
#[test]
fn a12_2_tree_expand() {
    let root = zarr::create_group(zarr::Target::Memory).wait().unwrap();
    for path in ["a/b/x", "y"] {
        root.zeros(path, [2]).wait().unwrap();
    }
    let plain = root.tree().wait().unwrap();
    for (expand, open) in [(true, 3), (false, 1)] {
        let tree = root.tree().expand(expand).wait().unwrap();
        assert_eq!(tree.to_string(), plain.to_string());
        let html = tree.html();
        assert_eq!(html.matches("<details open>").count(), open, "{html}");
        assert_eq!(html.matches("<details").count(), 3);
        assert_eq!(html.matches("</details>").count(), 3);
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
        assert!(html.contains("<div><b>x</b> (2,) float64</div>"), "{html}");
    }
    assert!(plain.html().starts_with("<pre"));
}
