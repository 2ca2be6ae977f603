//! Hierarchies that are made in one operation, of a document for each node.

use std::collections::BTreeMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde_json::Value;
use zarr::tools::{NodeDocuments, Reader};
use zarr::{NewNode, Node, NodeMetadata, NodePath};

use crate::json;
use crate::open::node;
use crate::operation::Operation;
use crate::place::Place;

/// Makes the nodes of a hierarchy, and the groups between them, and returns a list of (path, node).
///
/// `nodes` has for each path the document of an array or a group: a dict, or metadata of zarr-python.
///
/// >>> made = zarr_rs.create_hierarchy(store=None, nodes={"a/b": {"zarr_format": 3, "node_type": "group"}})
/// >>> [path for path, node in made]
/// ['', 'a', 'a/b']
#[pyfunction]
#[pyo3(signature = (*, store, nodes, overwrite = false, storage_options = None))]
pub(crate) fn create_hierarchy<'py>(
    store: Option<&Bound<'py, PyAny>>,
    nodes: &Bound<'py, PyAny>,
    overwrite: bool,
    storage_options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let (nodes, root) = (self::nodes(nodes)?, place.clone());
    let create = async move {
        let root = root.open().await?;
        let create = zarr::create_hierarchy(root, nodes);
        create.overwrite(overwrite).await
    };
    Ok(created(place, create))
}

/// The operation that makes a hierarchy at a place.
pub(crate) fn created<F>(place: Place, create: F) -> Operation
where
    F: IntoFuture<Output = zarr::Result<BTreeMap<NodePath, Node>>, IntoFuture: Send + 'static>,
{
    let create = create.into_future();
    let made = async move {
        let made = create.await?.into_iter();
        Ok(made
            .map(|(path, node)| (path.as_str().to_owned(), node))
            .collect())
    };
    Operation::new(made, move |py, nodes| pairs(py, &place, nodes))
}

/// Nodes below a place as a list of (path, node).
///
/// # Errors
/// If Python has no memory for it.
pub(crate) fn pairs(
    py: Python<'_>,
    place: &Place,
    nodes: Vec<(String, Node)>,
) -> PyResult<Py<PyAny>> {
    let list = PyList::empty(py);
    for (path, found) in nodes {
        let place = place.join(&path);
        list.append((path, node(py, found, place)?))?;
    }
    Ok(list.into_any().unbind())
}

/// The nodes of a mapping of documents by path.
///
/// # Errors
/// If it is no such mapping.
pub(crate) fn nodes(given: &Bound<'_, PyAny>) -> PyResult<Vec<(String, NewNode)>> {
    let items = given.call_method0("items")?.try_iter()?;
    let nodes = items.map(|item| {
        let (path, document): (String, Bound<'_, PyAny>) = item?.extract()?;
        let node = metadata(json::from_python(&document)?)
            .map_err(|problem| PyValueError::new_err(format!("`{path}`: {problem}")))?;
        Ok((path, node.into()))
    });
    nodes.collect()
}

/// The metadata of a document. The attributes of format 2, which has a document of its own for them, are a member of it.
fn metadata(document: Value) -> Result<NodeMetadata, String> {
    let Value::Object(mut members) = document else {
        return Err("a node is given by a document: a dict, or metadata of zarr-python".to_owned());
    };
    let is_v2 = members.get("zarr_format") == Some(&Value::from(2));
    let attributes = members.get("attributes").cloned();
    if is_v2 {
        members.retain(|name, _| !NOT_OF_FORMAT_2.contains(&name.as_str()));
    }
    let is_array = members.contains_key("shape");
    let document = Value::Object(members).to_string();
    let attributes = attributes.map(|attributes| attributes.to_string());
    let document = Some(document.as_bytes());
    let documents = match (is_v2, is_array) {
        (false, _) => NodeDocuments {
            zarr_json: document,
            ..NodeDocuments::default()
        },
        (true, true) => NodeDocuments {
            zarray: document,
            zattrs: attributes.as_deref().map(str::as_bytes),
            ..NodeDocuments::default()
        },
        (true, false) => NodeDocuments {
            zgroup: document,
            zattrs: attributes.as_deref().map(str::as_bytes),
            ..NodeDocuments::default()
        },
    };
    let node = Reader::default().node(&documents);
    let node = node.map_err(|error| error.to_string())?;
    node.ok_or_else(|| "the document is neither that of an array nor that of a group".to_owned())
}

/// What zarr-python's metadata of format 2 has beside what is in the document.
const NOT_OF_FORMAT_2: &[&str] = &["attributes", "node_type", "consolidated_metadata"];
