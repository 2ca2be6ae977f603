//! Differences between the documents of two nodes.

use serde_json::{Value, json};
use zarr::{Array, ArrayMetadata, Node};

use super::difference::Difference;
use crate::hierarchy;

/// The metadata of a node; with `content`, only what does not depend on how it is stored.
pub(super) fn of_node(node: &Node, content: bool) -> Value {
    match node {
        Node::Array(array) if content => seen(array),
        Node::Array(array) => match array.metadata() {
            ArrayMetadata::V2 { array, attributes } => {
                let mut document = array.to_json();
                document["attributes"] = Value::from(attributes.clone());
                document
            }
            ArrayMetadata::V3(array) => array.to_json(),
        },
        Node::Group(group) => {
            let mut document = json!({"attributes": group.attrs()});
            if !content {
                document["zarr_format"] = hierarchy::format_number(group.zarr_format()).into();
            }
            document
        }
    }
}

fn seen(array: &Array) -> Value {
    let (mut names, mut attributes) = (json!(array.dimension_names()), array.attrs().clone());
    if let ArrayMetadata::V2 { .. } = array.metadata()
        && let Some(found) = attributes.shift_remove(hierarchy::DIMENSION_NAMES)
    {
        names = found;
    }
    let fill = array.fill_value().ok();
    json!({
        "shape": array.shape(),
        "data_type": array.dtype().to_json(),
        "fill_value": fill.map(|fill| fill.to_json(array.dtype())),
        "dimension_names": names,
        "attributes": attributes,
    })
}

/// All differences between two documents, in the order of the first.
pub(super) fn differences([a, b]: &[Value; 2]) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut rest = vec![(String::new(), Some(a), Some(b))];
    while let Some((pointer, a, b)) = rest.pop() {
        if a == b {
            continue;
        }
        match (a, b) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => {
                let names = a
                    .keys()
                    .chain(b.keys().filter(|name| !a.contains_key(*name)));
                let mut next: Vec<_> = names
                    .map(|name| {
                        let step = name.replace('~', "~0").replace('/', "~1");
                        (format!("{pointer}/{step}"), a.get(name), b.get(name))
                    })
                    .collect();
                next.reverse();
                rest.append(&mut next);
            }
            (Some(Value::Array(x)), Some(Value::Array(y)))
                if x.len() == y.len() && x.iter().any(Value::is_object) =>
            {
                let pairs = x.iter().zip(y).enumerate();
                let mut next: Vec<_> = pairs
                    .map(|(i, (x, y))| (format!("{pointer}/{i}"), Some(x), Some(y)))
                    .collect();
                next.reverse();
                rest.append(&mut next);
            }
            (a, b) => {
                let (a, b) = (a.cloned(), b.cloned());
                found.push(Difference::Metadata { pointer, a, b });
            }
        }
    }
    found
}
