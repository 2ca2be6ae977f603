//! `Group`: the Python class, a mapping of the nodes below it.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use zarr::Node;

use crate::array::Array;
use crate::create::New;
use crate::info::Info;
use crate::json;
use crate::lengths::Lengths;
use crate::open::node;
use crate::place::Place;
use crate::runtime::run;

/// A group in a store: arrays and groups by name.
///
/// >>> root = zarr_rs.create_group()
/// >>> a = root.create_array("a", shape=3, dtype="u1")
/// >>> list(root), "a" in root
/// (['a'], True)
#[pyclass(module = "zarr_rs", frozen, weakref)]
pub(crate) struct Group {
    handle: Mutex<zarr::Group>,
    place: Place,
}

impl Group {
    /// A node that was opened or made at a place.
    pub(crate) fn new(handle: zarr::Group, place: Place) -> Self {
        let place = place.of_node(handle.location(), handle.zarr_format());
        let place = place.read_only(handle.read_only());
        Self {
            handle: Mutex::new(handle),
            place,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The handle as it is now.
    pub(crate) fn handle(&self) -> zarr::Group {
        let handle = self.handle.lock();
        handle.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The nodes below, down to so many levels below the first; all levels if `None`.
    fn nodes(&self, py: Python<'_>, max_depth: Option<usize>) -> PyResult<Vec<(String, Node)>> {
        let found = run(py, self.handle().members().max_depth(max_depth))?;
        let nodes = found.into_iter();
        Ok(nodes
            .map(|(path, node)| (path.as_str().to_owned(), node))
            .collect())
    }

    fn listed<'py>(
        &self,
        py: Python<'py>,
        nodes: impl IntoIterator<Item = (String, Node)>,
    ) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for (path, found) in nodes {
            let place = self.place.join(&path);
            list.append((path, node(py, found, place)?))?;
        }
        Ok(list)
    }
}

#[pymethods]
impl Group {
    /// The path in the store.
    #[getter]
    fn path(&self) -> String {
        self.handle().path().as_str().to_owned()
    }

    /// The path with a leading slash.
    #[getter]
    fn name(&self) -> String {
        self.handle().name()
    }

    /// The last part of the path.
    #[getter]
    fn basename(&self) -> String {
        self.handle().basename().to_owned()
    }

    /// The format: 2 or 3.
    #[getter]
    fn zarr_format(&self) -> u8 {
        crate::options::format_number(self.handle().zarr_format())
    }

    /// Whether nothing can be written through this object.
    #[getter]
    fn read_only(&self) -> bool {
        self.handle().read_only()
    }

    /// The attributes: a mapping, whose changes are stored at once.
    #[getter]
    fn attrs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::attributes::mapping(slf.as_any())
    }

    /// The stored attributes as a dict.
    fn _read_attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_python(py, &self.handle().attrs().clone().into())
    }

    /// Sets and removes attributes; with `replace`, removes all others.
    #[pyo3(signature = (new, *, removed = Vec::new(), replace = false))]
    fn _change_attributes(
        &self,
        py: Python<'_>,
        new: &Bound<'_, PyDict>,
        removed: Vec<String>,
        replace: bool,
    ) -> PyResult<()> {
        let mut group = self.handle();
        let new = json::from_python(new)?;
        let change = group.update_attributes(new).remove(removed);
        run(py, if replace { change.replace() } else { change })?;
        let mut handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        *handle = group;
        Ok(())
    }

    /// Sets attributes and keeps the others.
    fn update_attributes(
        slf: &Bound<'_, Self>,
        new_attributes: &Bound<'_, PyDict>,
    ) -> PyResult<Py<Self>> {
        let (group, py) = (slf.get(), slf.py());
        group._change_attributes(py, new_attributes, Vec::new(), false)?;
        Ok(slf.clone().unbind())
    }

    /// The nodes below as a list of (path, node): the children, or deeper ones. `max_depth=None` is all of them.
    #[pyo3(signature = (max_depth = Some(0)))]
    fn members<'py>(
        &self,
        py: Python<'py>,
        max_depth: Option<usize>,
    ) -> PyResult<Bound<'py, PyList>> {
        self.listed(py, self.nodes(py, max_depth)?)
    }

    /// How many nodes are below, down to a depth.
    #[pyo3(signature = (max_depth = Some(0)))]
    fn nmembers(&self, py: Python<'_>, max_depth: Option<usize>) -> PyResult<u64> {
        let group = self.handle();
        run(py, async move {
            group.members().max_depth(max_depth).count().await
        })
    }

    /// The arrays among the children, as a list of (name, array).
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let nodes = self.nodes(py, Some(0))?.into_iter();
        self.listed(py, nodes.filter(|(_, node)| matches!(node, Node::Array(_))))
    }

    /// The groups among the children, as a list of (name, group).
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let nodes = self.nodes(py, Some(0))?.into_iter();
        self.listed(py, nodes.filter(|(_, node)| matches!(node, Node::Group(_))))
    }

    /// The names of the arrays among the children.
    fn array_keys(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let nodes = self.nodes(py, Some(0))?.into_iter();
        let arrays = nodes.filter(|(_, node)| matches!(node, Node::Array(_)));
        Ok(arrays.map(|(name, _)| name).collect())
    }

    /// The names of the groups among the children.
    fn group_keys(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let nodes = self.nodes(py, Some(0))?.into_iter();
        let groups = nodes.filter(|(_, node)| matches!(node, Node::Group(_)));
        Ok(groups.map(|(name, _)| name).collect())
    }

    /// The names of the children.
    fn keys(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let nodes = self.nodes(py, Some(0))?.into_iter();
        Ok(nodes.map(|(name, _)| name).collect())
    }

    /// A node below, or `default` if there is none.
    #[pyo3(signature = (path, default = None))]
    fn get(
        &self,
        py: Python<'_>,
        path: &str,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Option<Py<PyAny>>> {
        let group = self.handle();
        let found = run(py, async move { group.try_get(path).await })?;
        match found {
            Some(found) => node(py, found, self.place.join(path)).map(Some),
            None => Ok(default),
        }
    }

    fn __getitem__(&self, py: Python<'_>, path: &str) -> PyResult<Py<PyAny>> {
        let found = self.get(py, path, None)?;
        found.ok_or_else(|| PyKeyError::new_err(path.to_owned()))
    }

    fn __contains__(&self, py: Python<'_>, path: &str) -> PyResult<bool> {
        let group = self.handle();
        run(py, async move { group.contains(path).await })
    }

    fn __delitem__(&self, py: Python<'_>, path: &str) -> PyResult<()> {
        if !self.__contains__(py, path)? {
            return Err(PyKeyError::new_err(path.to_owned()));
        }
        let group = self.handle();
        run(py, async move { group.delete(path).await })
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let names = self.keys(py)?.into_pyobject(py)?;
        Ok(names.try_iter()?.into_any())
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.keys(py)?.len())
    }

    /// Makes an array below; the keyword arguments are those of `zarr_rs.create_array`.
    #[pyo3(signature = (name, *, shape = None, dtype = None, data = None, **keywords))]
    fn create_array<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        shape: Option<Lengths>,
        dtype: Option<Bound<'py, PyAny>>,
        data: Option<Bound<'py, PyAny>>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Array> {
        let new = New {
            place: self.place.join(name),
            shape,
            dtype,
            data,
            keywords,
        };
        new.create(py, Some(&self.handle()), |create| create)
    }

    /// Makes a group below.
    #[pyo3(signature = (name, *, overwrite = false, attributes = None))]
    fn create_group(
        &self,
        py: Python<'_>,
        name: &str,
        overwrite: bool,
        attributes: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut create = self.handle().create_group(name).overwrite(overwrite);
        if let Some(attributes) = attributes {
            create = create.attributes(json::from_python(attributes)?);
        }
        Ok(Self::new(run(py, create)?, self.place.join(name)))
    }

    /// The array below, made if it is missing; the keyword arguments are those of `zarr_rs.create_array`.
    ///
    /// An array that is there must have this shape, and a dtype that this one can hold, or with `exact` this very one.
    #[pyo3(signature = (name, *, shape, dtype = None, exact = false, **keywords))]
    fn require_array<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        shape: Lengths,
        dtype: Option<Bound<'py, PyAny>>,
        exact: bool,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Array> {
        let (handle, place) = (self.handle(), self.place.join(name));
        let new = New {
            place: place.clone(),
            shape: Some(shape),
            dtype,
            data: None,
            keywords,
        };
        let create = new.builder(py, Some(&handle))?;
        let options = create.options();
        let (shape, data_type) = (options.shape.clone(), options.data_type.clone());
        let require = handle.require_array(name, shape, data_type).exact(exact);
        Ok(Array::new(run(py, require.with(|_| create))?, place))
    }

    /// The group below, made if it is missing.
    fn require_group(&self, py: Python<'_>, name: &str) -> PyResult<Self> {
        let handle = self.handle();
        let group = zarr::group(&handle).path(name).context(handle.context());
        let group = run(py, group.zarr_format(handle.zarr_format()))?;
        Ok(Self::new(group, self.place.join(name)))
    }

    /// Moves a node below to another path below.
    #[pyo3(name = "move")]
    fn move_node(&self, py: Python<'_>, source: &str, dest: &str) -> PyResult<()> {
        let group = self.handle();
        run(py, async move { group.move_node(source, dest).await })
    }

    /// The hierarchy as a tree.
    #[pyo3(signature = (expand = None, level = None))]
    fn tree(&self, py: Python<'_>, expand: Option<bool>, level: Option<usize>) -> PyResult<Info> {
        let mut tree = self.handle().tree();
        if let Some(yes) = expand {
            tree = tree.expand(yes);
        }
        if let Some(level) = level {
            tree = tree.level(level);
        }
        Ok(Info(run(py, tree)?.to_string()))
    }

    /// What the group is, in zarr-python's words.
    #[getter]
    fn info(&self) -> Info {
        Info(self.handle().info().to_string())
    }

    /// Like `info`, and how many nodes are below.
    fn info_complete(&self, py: Python<'_>) -> PyResult<Info> {
        let group = self.handle();
        let info = run(py, async move { group.info_complete().await })?;
        Ok(Info(info.to_string()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let Ok(other) = other.cast::<Self>() else {
            return false;
        };
        let other = other.get();
        self.place.is(&other.place) && self.handle().metadata() == other.handle().metadata()
    }

    fn __repr__(&self) -> String {
        format!("<Group {}>", self.place.shown(&self.name()))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::pickle::reduce(py, "group", self.place.portable(py)?)
    }
}
