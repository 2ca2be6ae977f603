//! The functions that open arrays and groups.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use zarr::{Mode, Node, Selection, UseConsolidated};

use crate::array::Array;
use crate::config::Config;
use crate::create::{New, array_at, group_at};
use crate::errors::{if_suitable, to_python};
use crate::group::Group;
use crate::lengths::Lengths;
use crate::operation::{Finish, Operation, Work};
use crate::options;
use crate::place::Place;
use crate::read::Part;
use crate::selection::Fields;

/// An array or a group, each as its class.
///
/// # Errors
/// If Python has no memory for it.
pub(crate) fn node(py: Python<'_>, node: Node, place: Place) -> PyResult<Py<PyAny>> {
    Ok(match node {
        Node::Array(array) => Py::new(py, Array::new(array, place))?.into_any(),
        Node::Group(group) => Py::new(py, Group::new(group, place))?.into_any(),
    })
}

/// Sets the arguments that all builders that open nodes share.
macro_rules! opening {
    ($open:expr, $place:expr, $mode:expr, $format:expr) => {{
        let mut open = $open($place.target())
            .path($place.path())
            .storage_options($place.storage_options().iter().cloned());
        if let Some(mode) = $mode {
            open = open.mode(mode);
        }
        if let Some(format) = $format {
            open = open.zarr_format(options::format(format)?);
        }
        open
    }};
}

/// Adds the array that is to be made where there is none, if its shape is given.
macro_rules! or_create {
    ($open:ident, $py:expr, $place:expr, $shape:expr, $dtype:expr, $keywords:expr) => {
        if $shape.is_some() {
            let new = New {
                place: $place.clone(),
                shape: $shape,
                dtype: $dtype,
                data: None,
                keywords: $keywords,
            };
            $open = $open.or_create(new.structure($py)?);
        }
    };
}

/// Opens an array or a group. Mode "r" reads, "r+" reads and writes what is there, "a" also makes a group where nothing
/// is, "w" replaces it, "w-" fails if something is there. With a `shape`, an array is made instead of a group.
#[pyfunction]
#[pyo3(signature = (store = None, *, path = None, mode = None, zarr_format = None, use_consolidated = None, shape = None, dtype = None, config = None, storage_options = None, **keywords))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the function's in Python"
)]
pub(crate) fn open<'py>(
    py: Python<'py>,
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    mode: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    use_consolidated: Option<&Bound<'py, PyAny>>,
    shape: Option<Lengths>,
    dtype: Option<Bound<'py, PyAny>>,
    config: Option<&Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let mut open = opening!(zarr::open, place, mode, zarr_format);
    if let Some(which) = consolidated(use_consolidated)? {
        open = open.use_consolidated(which);
    }
    or_create!(open, py, place, shape, dtype, keywords);
    let config = Config::new(config)?;
    let open = async move {
        Ok(match open.await? {
            Node::Array(array) => Node::Array(config.apply(array)),
            group => group,
        })
    };
    Ok(Operation::new(open, |py, found| node(py, found, place)))
}

/// Opens an array. With mode "a", "w" or "w-" and a `shape`, it is made where there is none.
#[pyfunction]
#[pyo3(signature = (store = None, *, path = None, mode = None, zarr_format = None, shape = None, dtype = None, config = None, storage_options = None, **keywords))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the function's in Python"
)]
pub(crate) fn open_array<'py>(
    py: Python<'py>,
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    mode: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    shape: Option<Lengths>,
    dtype: Option<Bound<'py, PyAny>>,
    config: Option<&Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let mut open = opening!(zarr::open_array, place, mode, zarr_format);
    or_create!(open, py, place, shape, dtype, keywords);
    let config = Config::new(config)?;
    let open = async move { Ok(config.apply(open.await?)) };
    Ok(Operation::plain(array_at(place, open)))
}

/// Opens a group. With the default mode "a", it is made where there is none.
#[pyfunction]
#[pyo3(signature = (store = None, *, path = None, mode = None, zarr_format = None, attributes = None, use_consolidated = None, storage_options = None))]
pub(crate) fn open_group<'py>(
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    mode: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    attributes: Option<&Bound<'py, PyAny>>,
    use_consolidated: Option<&Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let mut open = opening!(zarr::open_group, place, mode, zarr_format);
    if let Some(attributes) = attributes {
        open = open.attributes(crate::json::from_python(attributes)?);
    }
    if let Some(which) = consolidated(use_consolidated)? {
        open = open.use_consolidated(which);
    }
    Ok(Operation::plain(group_at(place, open)))
}

/// Opens a group whose consolidated metadata is read instead of its members' documents.
#[pyfunction]
#[pyo3(signature = (store, *, path = None, mode = None, zarr_format = None, storage_options = None))]
pub(crate) fn open_consolidated<'py>(
    store: &Bound<'py, PyAny>,
    path: Option<&str>,
    mode: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(Some(store))?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let open = opening!(zarr::open_consolidated, place, mode, zarr_format);
    Ok(Operation::plain(group_at(place, open)))
}

/// Collects the metadata of all nodes below a group in the group's own document.
#[pyfunction]
#[pyo3(signature = (store, path = None, zarr_format = None))]
pub(crate) fn consolidate_metadata<'py>(
    store: &Bound<'py, PyAny>,
    path: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
) -> PyResult<Operation> {
    let place = Place::new(Some(store))?.join(path.unwrap_or_default());
    let mut consolidate = zarr::consolidate_metadata(place.target()).path(place.path());
    if let Some(format) = zarr_format {
        consolidate = consolidate.zarr_format(options::format(format)?);
    }
    Ok(Operation::plain(group_at(place, consolidate)))
}

/// Reads an array into memory; of a group, a dict of the arrays in it.
#[pyfunction]
#[pyo3(signature = (store, path = None, zarr_format = None, *, storage_options = None))]
pub(crate) fn load<'py>(
    store: &Bound<'py, PyAny>,
    path: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(Some(store))?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let open = opening!(zarr::open, place, Some(Mode::Read), zarr_format);
    Ok(Operation::of(async move {
        let failed = |error: zarr::Error| to_python(&error);
        let group = match open.await.map_err(failed)? {
            Node::Array(array) => return whole(array)?.await,
            Node::Group(group) => group,
        };
        let mut read = Vec::new();
        for (name, member) in group.members().await.map_err(failed)? {
            if let Node::Array(array) = member {
                read.push((name.as_str().to_owned(), whole(array)?.await?));
            }
        }
        let finish: Finish = Box::new(|py| {
            let loaded = PyDict::new(py);
            for (name, finish) in read {
                loaded.set_item(name, finish(py)?)?;
            }
            Ok(loaded.into_any().unbind())
        });
        Ok(finish)
    }))
}

fn whole(array: zarr::Array) -> PyResult<Work> {
    let (selection, fields) = (Selection::All, Fields::All);
    let part = Part {
        array,
        selection,
        fields,
    };
    part.operation()?.work()
}

/// None finds out, True requires it, False leaves it aside, a text is its key.
fn consolidated(given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<UseConsolidated>> {
    let Some(given) = given else {
        return Ok(None);
    };
    Ok(Some(
        match if_suitable(given.py(), given.extract::<bool>())? {
            Some(yes) => yes.into(),
            None => given.extract::<String>()?.into(),
        },
    ))
}
