//! `Group`: the Python class, a mapping of the nodes below it.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use zarr::{Members, Node};

use crate::create::{New, array_at, group_at};
use crate::errors::if_suitable;
use crate::handle::Handle;
use crate::hierarchy::{self, pairs};
use crate::info::Info;
use crate::json;
use crate::lengths::Lengths;
use crate::open::node;
use crate::operation::{Answer, Operation};
use crate::place::Place;

/// A group in a store: arrays and groups by name.
///
/// >>> root = zarr_rs.create_group()
/// >>> a = root.create_array("a", shape=3, dtype="u1")
/// >>> list(root), "a" in root
/// (['a'], True)
#[pyclass(module = "zarr_rs", frozen, weakref)]
pub(crate) struct Group {
    handle: Handle<zarr::Group>,
    place: Place,
    answer: Answer,
}

impl Group {
    /// A node that was opened or made at a place.
    pub(crate) fn new(handle: zarr::Group, place: Place) -> Self {
        let place = place.of_node(handle.location(), handle.zarr_format());
        let place = place.read_only(handle.read_only());
        Self {
            handle: Handle::new(handle),
            place,
            answer: Answer::Now,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The handle as it is now.
    pub(crate) fn handle(&self) -> zarr::Group {
        self.handle.get()
    }

    /// The children.
    fn children(&self) -> Members {
        self.handle().members().max_depth(Some(0))
    }

    /// The list of (path, node) of members that are wanted.
    fn listed(&self, members: Members, wanted: fn(&Node) -> bool) -> Operation {
        let place = self.place.clone();
        Operation::new(found(members, wanted), move |py, nodes| {
            pairs(py, &place, nodes)
        })
    }

    /// The list of the children that are wanted.
    fn values(&self, wanted: fn(&Node) -> bool) -> Operation {
        let place = self.place.clone();
        Operation::new(found(self.children(), wanted), move |py, nodes| {
            let list = PyList::empty(py);
            for (path, found) in nodes {
                list.append(node(py, found, place.join(&path))?)?;
            }
            Ok(list.into_any().unbind())
        })
    }

    /// The names of the children that are wanted.
    fn names(&self, wanted: fn(&Node) -> bool) -> Operation {
        let nodes = found(self.children(), wanted);
        Operation::plain(async move {
            let nodes = nodes.await?.into_iter();
            Ok(nodes.map(|(name, _)| name).collect::<Vec<_>>())
        })
    }
}

/// The members that are wanted, with their paths.
async fn found(members: Members, wanted: fn(&Node) -> bool) -> zarr::Result<Vec<(String, Node)>> {
    let found = members.await?.into_iter();
    let found = found.filter(|(_, node)| wanted(node));
    Ok(found
        .map(|(path, node)| (path.as_str().to_owned(), node))
        .collect())
}

/// Whether people see what Python prints.
fn is_terminal(py: Python<'_>) -> PyResult<bool> {
    let stdout = py.import("sys")?.getattr("stdout")?;
    let answer = if_suitable(py, stdout.call_method0("isatty"))?;
    answer.map_or(Ok(false), |yes| yes.is_truthy())
}

fn any(_: &Node) -> bool {
    true
}

fn is_array(node: &Node) -> bool {
    matches!(node, Node::Array(_))
}

fn is_group(node: &Node) -> bool {
    matches!(node, Node::Group(_))
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
    fn _change_attributes<'py>(
        &self,
        py: Python<'py>,
        new: &Bound<'py, PyDict>,
        removed: Vec<String>,
        replace: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (handle, new) = (self.handle.clone(), json::from_python(new)?);
        let change = async move {
            let mut group = handle.get();
            let change = group.update_attributes(new).remove(removed);
            if replace { change.replace() } else { change }.await?;
            handle.replace(group);
            Ok(())
        };
        self.answer.give(py, Operation::silent(change))
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
    ///
    /// Without `use_consolidated_for_children` the store is listed, though the group has consolidated metadata.
    #[pyo3(signature = (max_depth = Some(0), *, use_consolidated_for_children = true))]
    fn members<'py>(
        &self,
        py: Python<'py>,
        max_depth: Option<usize>,
        use_consolidated_for_children: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let members = self.handle().members().max_depth(max_depth);
        let members = members.use_consolidated_for_children(use_consolidated_for_children);
        self.answer.give(py, self.listed(members, any))
    }

    /// How many nodes are below, down to a depth.
    #[pyo3(signature = (max_depth = Some(0)))]
    fn nmembers<'py>(
        &self,
        py: Python<'py>,
        max_depth: Option<usize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let members = self.handle().members().max_depth(max_depth);
        let count = async move { members.count().await };
        self.answer.give(py, Operation::plain(count))
    }

    /// The arrays among the children, as a list of (name, array).
    fn arrays<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.listed(self.children(), is_array))
    }

    /// The groups among the children, as a list of (name, group).
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.listed(self.children(), is_group))
    }

    /// The arrays among the children.
    fn array_values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.values(is_array))
    }

    /// The groups among the children.
    fn group_values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.values(is_group))
    }

    /// The names of the arrays among the children.
    fn array_keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.names(is_array))
    }

    /// The names of the groups among the children.
    fn group_keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.names(is_group))
    }

    /// The names of the children.
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.answer.give(py, self.names(any))
    }

    /// A node below, or `default` if there is none.
    #[pyo3(signature = (path, default = None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        path: String,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (group, place) = (self.handle(), self.place.join(&path));
        let found = async move { group.try_get(&path).await };
        let operation = Operation::new(found, |py, found| match found {
            Some(found) => node(py, found, place),
            None => Ok(default.unwrap_or_else(|| py.None())),
        });
        self.answer.give(py, operation)
    }

    /// The array below with this path.
    fn get_array<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        let (group, place) = (self.handle(), self.place.join(&path));
        let array = array_at(place, async move { group.array(&path).await });
        self.answer.give(py, Operation::plain(array))
    }

    /// The group below with this path.
    fn get_group<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        let (group, place) = (self.handle(), self.place.join(&path));
        let found = group_at(place, async move { group.group(&path).await });
        self.answer.give(py, Operation::plain(found))
    }

    /// What an index is: a node below.
    fn _getitem<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        let (group, place) = (self.handle(), self.place.join(&path));
        let missing = path.clone();
        let found = async move { group.try_get(&path).await };
        let operation = Operation::new(found, |py, found| match found {
            Some(found) => node(py, found, place),
            None => Err(PyKeyError::new_err(missing)),
        });
        self.answer.give(py, operation)
    }

    /// Whether there is a node below.
    fn _contains<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        let group = self.handle();
        let contains = async move { group.contains(&path).await };
        self.answer.give(py, Operation::plain(contains))
    }

    /// Makes an array of data, in the place of what is there.
    fn _setitem<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        value: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let new = New {
            place: self.place.join(path),
            shape: None,
            dtype: None,
            data: Some(value),
            keywords: None,
        };
        let create = new.builder(py, Some(&self.handle()))?.overwrite(true);
        let create = async move { create.await.map(drop) };
        self.answer.give(py, Operation::silent(create))
    }

    /// Deletes a node below.
    fn _delitem<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        let (group, missing) = (self.handle(), path.clone());
        let delete = async move {
            let was_there = group.contains(&path).await?;
            if was_there {
                group.delete(&path).await?;
            }
            Ok(was_there)
        };
        let operation = Operation::new(delete, |py, was_there| match was_there {
            true => Ok(py.None()),
            false => Err(PyKeyError::new_err(missing)),
        });
        self.answer.give(py, operation)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, path: String) -> PyResult<Bound<'py, PyAny>> {
        self._getitem(py, path)
    }

    fn __setitem__<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        value: Bound<'py, PyAny>,
    ) -> PyResult<()> {
        self._setitem(py, path, value).map(drop)
    }

    fn __contains__(&self, py: Python<'_>, path: String) -> PyResult<bool> {
        self._contains(py, path)?.is_truthy()
    }

    fn __delitem__(&self, py: Python<'_>, path: String) -> PyResult<()> {
        self._delitem(py, path).map(drop)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.keys(py)?.try_iter()?.into_any())
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.keys(py)?.len()
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
    ) -> PyResult<Bound<'py, PyAny>> {
        let new = New {
            place: self.place.join(name),
            shape,
            dtype,
            data,
            keywords,
        };
        let create = new.create(py, Some(&self.handle()), |create| create)?;
        self.answer.give(py, create)
    }

    /// Makes a group below.
    #[pyo3(signature = (name, *, overwrite = false, attributes = None))]
    fn create_group<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        overwrite: bool,
        attributes: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut create = self.handle().create_group(name).overwrite(overwrite);
        if let Some(attributes) = attributes {
            create = create.attributes(json::from_python(attributes)?);
        }
        let group = group_at(self.place.join(name), create);
        self.answer.give(py, Operation::plain(group))
    }

    /// Makes several nodes below, and the groups between them, and returns a list of (path, node).
    ///
    /// `nodes` has for each path the document of an array or a group: a dict, or metadata of zarr-python.
    #[pyo3(signature = (nodes, *, overwrite = false))]
    fn create_hierarchy<'py>(
        &self,
        py: Python<'py>,
        nodes: &Bound<'py, PyAny>,
        overwrite: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let create = self.handle().create_hierarchy(hierarchy::nodes(nodes)?);
        let create = hierarchy::created(self.place.clone(), create.overwrite(overwrite));
        self.answer.give(py, create)
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
    ) -> PyResult<Bound<'py, PyAny>> {
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
        let array = array_at(place, require.with(|_| create));
        self.answer.give(py, Operation::plain(array))
    }

    /// The group below, made if it is missing, or with `overwrite` in any case.
    #[pyo3(signature = (name, overwrite = false))]
    fn require_group<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        overwrite: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let require = self.handle().require_group(name).overwrite(overwrite);
        let group = group_at(self.place.join(name), require);
        self.answer.give(py, Operation::plain(group))
    }

    /// The groups below as a tuple, made if they are missing.
    #[pyo3(signature = (*names))]
    fn require_groups<'py>(
        &self,
        py: Python<'py>,
        names: Vec<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (group, place) = (self.handle(), self.place.clone());
        let required = async move {
            let groups = group.require_groups(&names).await?.into_iter();
            let groups = groups.zip(&names);
            Ok(groups
                .map(|(group, name)| Group::new(group, place.join(name)))
                .collect::<Vec<_>>())
        };
        let tuple =
            |py: Python<'_>, groups: Vec<Group>| Ok(PyTuple::new(py, groups)?.into_any().unbind());
        self.answer.give(py, Operation::new(required, tuple))
    }

    /// Moves a node below to another path below.
    #[pyo3(name = "move")]
    fn move_node<'py>(
        &self,
        py: Python<'py>,
        source: String,
        dest: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let group = self.handle();
        let moved = async move { group.move_node(&source, &dest).await };
        self.answer.give(py, Operation::silent(moved))
    }

    /// The hierarchy as a tree, of `max_nodes` nodes at most. Names are bold in a terminal, except with `plain`.
    #[pyo3(signature = (expand = None, level = None, *, max_nodes = 500, plain = false))]
    fn tree<'py>(
        &self,
        py: Python<'py>,
        expand: Option<bool>,
        level: Option<usize>,
        max_nodes: usize,
        plain: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut tree = self.handle().tree().max_nodes(max_nodes);
        if let Some(yes) = expand {
            tree = tree.expand(yes);
        }
        if let Some(level) = level {
            tree = tree.level(level);
        }
        let is_bold = !plain && is_terminal(py)?;
        let tree = async move {
            let tree = tree.await?;
            Ok(Info(match is_bold {
                true => tree.ansi(),
                false => tree.to_string(),
            }))
        };
        self.answer.give(py, Operation::plain(tree))
    }

    /// What the group is, in zarr-python's words.
    #[getter]
    fn info(&self) -> Info {
        Info(self.handle().info().to_string())
    }

    /// Like `info`, and how many nodes are below.
    fn info_complete<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let group = self.handle();
        let info = async move { Ok(Info(group.info_complete().await?.to_string())) };
        self.answer.give(py, Operation::plain(info))
    }

    /// The same group with coroutines instead of methods that wait.
    #[getter]
    fn async_group<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::asynchronous::of("AsyncGroup", slf.as_any())
    }

    /// The same group, whose methods return operations.
    fn _later(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            place: self.place.clone(),
            answer: Answer::Later,
        }
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
