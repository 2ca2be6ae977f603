//! `TreeView` against what zarr-python 3.4.2 printed (Python 3.13, numpy 2.5.5) for these hierarchies.

use zarr_metadata::{Attributes, DataType, GroupMetadata, ZarrFormat, v2, v3};

use super::*;

fn group() -> NodeMetadata {
    NodeMetadata::Group(GroupMetadata::new(ZarrFormat::V3, Attributes::new()))
}

fn array(shape: &[u64], data_type: DataType) -> NodeMetadata {
    let chunks = vec![1; shape.len()];
    NodeMetadata::Array(ArrayMetadata::V3(v3::ArrayMetadataV3::new(
        shape.into(),
        data_type,
        chunks,
    )))
}

fn v2_array(dtype: &str) -> NodeMetadata {
    let dtype = v2::DType::from_json(dtype.into()).unwrap();
    let array = v2::ArrayMetadataV2::new(vec![3], dtype, vec![3]);
    NodeMetadata::Array(ArrayMetadata::V2 {
        array,
        attributes: Attributes::new(),
    })
}

fn tree(name: &str, members: Vec<(&str, NodeMetadata)>) -> TreeView {
    let members: Vec<_> = members
        .into_iter()
        .map(|(path, node)| (path.parse().unwrap(), node))
        .collect();
    TreeView::new(name, &members)
}

fn hierarchy() -> TreeView {
    let members = vec![
        ("zz", array(&[5], DataType::Int16)),
        ("ocean/sst", array(&[3, 4], DataType::Float32)),
        ("ocean/<&\"'>", array(&[], DataType::Bool)),
        ("ocean/empty", group()),
        ("ocean", group()),
        ("air/b/c/t", array(&[1 << 40, 1, 1], DataType::Complex128)),
        ("air/b/c", group()),
        ("air/b", group()),
        ("air", group()),
        ("air-x", group()),
        ("air2", group()),
        ("v2be", array(&[2], DataType::Int8)),
        ("raw", array(&[2], DataType::Raw(5))),
    ];
    tree("/", members)
}

#[test]
fn plain() {
    let expected = "\
/
├── air
│   └── b
│       └── c
│           └── t (1099511627776, 1, 1) complex128
├── air-x
├── air2
├── ocean
│   ├── <&\"'> () bool
│   ├── empty
│   └── sst (3, 4) float32
├── raw (2,) |V5
├── v2be (2,) int8
└── zz (5,) int16
";
    assert_eq!(hierarchy().to_string(), expected);
    assert_eq!(tree("/", vec![]).to_string(), "/\n");
    assert_eq!(
        tree("/ocean", vec![("empty", group())]).to_string(),
        "/ocean\n└── empty\n"
    );
}

#[test]
fn html() {
    let expected = "\
<pre style=\"white-space:pre;overflow-x:auto;line-height:normal;font-family:Menlo,\
'DejaVu Sans Mono',consolas,'Courier New',monospace\"><b>/</b>
├── <b>air</b>
│   └── <b>b</b>
│       └── <b>c</b>
│           └── <b>t</b> (1099511627776, 1, 1) complex128
├── <b>air-x</b>
├── <b>air2</b>
├── <b>ocean</b>
│   ├── <b>&lt;&amp;&quot;&#x27;&gt;</b> () bool
│   ├── <b>empty</b>
│   └── <b>sst</b> (3, 4) float32
├── <b>raw</b> (2,) |V5
├── <b>v2be</b> (2,) int8
└── <b>zz</b> (5,) int16
</pre>
";
    assert_eq!(hierarchy().html(), expected);
}

#[test]
fn ansi() {
    let view = tree("/", vec![("a", array(&[1], DataType::UInt8))]);
    assert_eq!(
        view.ansi(),
        "\x1b[1m/\x1b[0m\n└── \x1b[1ma\x1b[0m (1,) uint8\n"
    );
}

#[cfg(target_endian = "little")]
#[test]
fn byte_orders() {
    let view = tree("/", vec![("be", v2_array(">i4")), ("le", v2_array("<f8"))]);
    assert_eq!(
        view.to_string(),
        "/\n├── be (3,) >i4\n└── le (3,) float64\n"
    );
}

#[test]
fn odd_members() {
    // No group was given for `b`; the root is its own member; a name moves the cursor.
    let members = vec![("b/c", group()), ("", group()), ("x\u{1b}[2J\n", group())];
    assert_eq!(
        tree("/\r", members).to_string(),
        "/\\x0d\n├── \n└── x\\x1b[2J\\x0a\n"
    );
}

#[test]
fn depth_is_no_danger() {
    let path = "a/".repeat(200);
    let members = path
        .match_indices('/')
        .map(|(end, _)| (&path[..end], group()));
    let lines = tree("/", members.collect()).to_string().lines().count();
    assert_eq!(lines, 201);
}
