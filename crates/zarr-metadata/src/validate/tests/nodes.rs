//! Tests: names, and documents that belong together.

use serde_json::json;

use super::*;

/// The table of names that the format does not allow, of extensions and of nodes.
#[test]
fn names() {
    for (name, allowed) in [
        ("zstd2", true),
        ("my.codec", true),
        ("a-b_c.9", true),
        ("https://x.org/y", true),
        ("Zstd", false),
        ("foo/bar", false),
        ("foo:bar", false),
        ("9x", false),
        ("x", false),
    ] {
        let text = array(json!({"codecs": [name]})).to_string();
        let found = lines(&validate("zarr.json", text.as_bytes()));
        assert_eq!(found.len(), if allowed { 1 } else { 2 }, "{found:?}");
        let report = strict().validate("zarr.json", text.as_bytes());
        assert_eq!(report.is_valid(), allowed, "{name}");
    }
    let group = json!({"zarr_format": 3, "node_type": "group"});
    for (name, allowed) in [
        ("a", true),
        ("\u{e5} b", true),
        ("_a", true),
        (".a", true),
        ("zarr.json.bak", true),
        ("...", false),
        ("__a", false),
        ("zarr.json", false),
    ] {
        let document = json!({"zarr_format": 3, "node_type": "group", "consolidated_metadata":
            {"kind": "inline", "must_understand": false, "metadata": {name: group}}});
        let text = document.to_string();
        let report = validate("zarr.json", text.as_bytes());
        assert_eq!(report.is_empty(), allowed, "{report}");
        assert_eq!(
            strict().validate("zarr.json", text.as_bytes()).is_valid(),
            allowed
        );
        let found = crate::NodeDocuments {
            zarr_json: Some(br#"{"zarr_format": 3, "node_type": "group"}"#),
            ..Default::default()
        };
        let report = Reader::default().validate_node(name, &found);
        assert_eq!(report.is_empty(), allowed, "{report}");
    }
}

/// The table of contradictions between the documents of one node.
#[test]
fn documents_of_one_node() {
    let v3 = array(json!({})).to_string();
    let old = |changes: Value| {
        let mut document = zarray(json!({
            "shape": [100, 60], "chunks": [10, 20], "dtype": "<i2"
        }));
        document
            .as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        document.to_string()
    };
    let check = |v3: Option<&str>,
                 zarray: Option<&str>,
                 zgroup: bool,
                 zattrs: Option<&str>,
                 expected: &[&str]| {
        let found = crate::NodeDocuments {
            zarr_json: v3.map(str::as_bytes),
            zarray: zarray.map(str::as_bytes),
            zgroup: zgroup.then_some(br#"{"zarr_format": 2}"#),
            zattrs: zattrs.map(str::as_bytes),
        };
        let report = Reader::default().validate_node("/a", &found);
        let lines: Vec<String> = report.findings().iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected);
    };
    let beside = "warning: a/.zarray: expected no document of the node beside zarr.json, found \
                  one, which readers of format 3 ignore";
    check(Some(&v3), None, false, None, &[]);
    check(Some(&v3), Some(&old(json!({}))), false, None, &[beside]);
    check(
        Some(&v3),
        Some(&old(
            json!({"shape": [100, 50], "chunks": [10, 10], "dtype": "<i4"}),
        )),
        false,
        None,
        &[
            beside,
            "warning: a/.zarray/shape: expected [100, 60], as zarr.json says, found [100, 50]",
            "warning: a/.zarray/dtype: expected int16, as zarr.json says, found int32",
            "warning: a/.zarray/chunks: expected the chunks that zarr.json has, found others",
        ],
    );
    check(
        Some(&v3),
        None,
        true,
        None,
        &[
            "warning: a/.zgroup: expected no document of the node beside zarr.json, found one, which readers of format 3 ignore",
            "warning: a/.zgroup: expected an array, as zarr.json says, found a group",
        ],
    );
    check(
        Some(&v3),
        Some(&old(json!({}))),
        false,
        Some(r#"{"a": 1}"#),
        &[
            beside,
            "warning: a/.zarray: expected the attributes that zarr.json has, found others",
        ],
    );
    check(
        None,
        Some(&old(json!({}))),
        true,
        None,
        &[
            "warning: a/.zgroup: expected no document of the node beside .zarray, found one, which readers ignore",
        ],
    );
    check(
        None,
        None,
        false,
        Some("{}"),
        &[
            "warning: a/.zattrs: expected .zarray or .zgroup beside it, found neither; attributes are \
         no node by themselves",
        ],
    );
    let names = |names: &str| format!(r#"{{"_ARRAY_DIMENSIONS": {names}}}"#);
    check(
        None,
        Some(&old(json!({}))),
        false,
        Some(&names(r#"["y", "x"]"#)),
        &[],
    );
    for (wrong, found) in [
        (r#"["y"]"#, "1"),
        ("[1, 2]", "something that is not a name"),
        ("\"y\"", "\"y\""),
    ] {
        let expected = format!(
            "warning: a/.zattrs/_ARRAY_DIMENSIONS: expected one name per axis of the array, 2 in \
             all, found {found}"
        );
        check(
            None,
            Some(&old(json!({}))),
            false,
            Some(&names(wrong)),
            &[&expected],
        );
    }
    // The same in consolidated metadata.
    let document: Value = serde_json::from_str(&old(json!({}))).unwrap();
    check_as(
        ".zmetadata",
        json!({"zarr_consolidated_format": 1, "metadata": {
            ".zgroup": {"zarr_format": 2}, "a/.zarray": document,
            "a/.zattrs": {"_ARRAY_DIMENSIONS": ["y"]}
        }}),
        &[
            "W /metadata/a~1.zattrs/_ARRAY_DIMENSIONS: expected one name per axis of the array, 2 \
             in all, found 1",
        ],
    );
}

#[test]
fn consolidated_documents() {
    let group = json!({"zarr_format": 3, "node_type": "group"});
    let block = |documents: Value| {
        json!({"zarr_format": 3, "node_type": "group",
        "consolidated_metadata":
            {"kind": "inline", "must_understand": false, "metadata": documents}})
    };
    check_as(
        "zarr.json",
        block(json!({"a": group, "a/b": array(json!({}))})),
        &[],
    );
    check_as(
        "zarr.json",
        block(json!({
            "/a": group, "b/c": group, "d": array(json!({"shape": [1]})), "d/e": group,
            "f": block(json!({"x": group}))
        })),
        &[
            "E /consolidated_metadata/metadata/~1a: expected a path of names with one slash \
             between them, found \"/a\"",
            "E /consolidated_metadata/metadata/d/chunk_grid/configuration/chunk_shape: expected \
             one length per axis of shape, 1 in all, found 2",
            "W /consolidated_metadata/metadata/f/consolidated_metadata: expected no documents \
             inside a consolidated group, whose members stand beside it, found some; readers ignore them",
            "W /consolidated_metadata/metadata/~1a: expected a document of the group \"\" as well, \
             found none",
            "W /consolidated_metadata/metadata/b~1c: expected a document of the group \"b\" as \
             well, found none",
            "E /consolidated_metadata/metadata/d~1e: expected a group as parent, found the array \
             \"d\"",
        ],
    );
    check_as(
        ".zmetadata",
        json!({"zarr_consolidated_format": 1, "metadata": {
            ".zgroup": {"zarr_format": 2}, "a/.zgroup": {"zarr_format": 3}, "a/.zattrs": 1,
            "a/b": {}
        }}),
        &[
            "E /metadata/a~1.zattrs: expected an object, found 1",
            "E /metadata/a~1.zgroup/zarr_format: expected 2, found 3",
            "W /metadata/a~1b: expected a key that ends in .zarray, .zgroup or .zattrs, found one \
             that no reader looks for",
        ],
    );
}
