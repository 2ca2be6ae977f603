//! `Place`: where a node lies, as a caller says it. It can be sent to another process, if the store is one that another
//! process reaches.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use zarr::tools::StoreError;
use zarr::{Location, Target};

use crate::array::Array;
use crate::errors::if_suitable;
use crate::group::Group;
use crate::memory::MemoryStore;
use crate::values::Values;

/// A store, a path in it, and how the store is opened.
#[derive(Clone)]
pub(crate) struct Place {
    store: Reached,
    path: String,
    /// Of the call, for a store that it opens.
    storage_options: Options,
    read_only: bool,
    zarr_format: Option<u8>,
}

type Options = Vec<(String, String)>;

/// A store as it is given.
#[derive(Clone)]
enum Reached {
    /// A path or URL, which means the same in every directory.
    Address(String),
    /// A store of this process, or a place in one.
    Here(Target),
    /// A node that was opened by an address. What is below it is reached through its store, which is read-only if the
    /// node is.
    Opened {
        node: Location,
        address: String,
        path: String,
        storage_options: Options,
    },
}

impl Place {
    /// Where a `store` argument leads, with the other arguments of the call that say how.
    ///
    /// # Errors
    /// If it is no store.
    pub(crate) fn new(store: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let store = match store {
            None => Reached::Here(Target::Memory),
            Some(store) => {
                if let Ok(array) = store.cast::<Array>() {
                    return Ok(array.get().place().clone());
                }
                if let Ok(group) = store.cast::<Group>() {
                    return Ok(group.get().place().clone());
                }
                // An `EngineStore` has its values there.
                let values = if_suitable(store.py(), store.getattr("_values"))?;
                if let Ok(values) = values.as_ref().unwrap_or(store).cast::<Values>() {
                    return Ok(values.get().place().clone());
                }
                given(store)?
            }
        };
        Ok(Self {
            store,
            path: String::new(),
            storage_options: Vec::new(),
            read_only: false,
            zarr_format: None,
        })
    }

    /// The same store, with options by which it is opened.
    ///
    /// # Errors
    /// If the options are no dict of texts, numbers and bools.
    pub(crate) fn with_options(mut self, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        for (name, value) in options.into_iter().flatten() {
            let value = match if_suitable(value.py(), value.extract::<bool>())? {
                Some(yes) => yes.to_string(),
                None => value.str()?.extract()?,
            };
            self.storage_options.push((name.extract()?, value));
        }
        Ok(self)
    }

    /// A place below this one.
    #[must_use]
    pub(crate) fn join(&self, path: &str) -> Self {
        Self {
            path: joined(&self.path, path),
            ..self.clone()
        }
    }

    /// The place of a node that was opened or made here.
    #[must_use]
    pub(crate) fn of_node(self, node: &Location, format: zarr::ZarrFormat) -> Self {
        let path = self.path_in_store();
        let node = node.clone();
        let store = match self.store {
            Reached::Here(_) => Reached::Here(node.into()),
            Reached::Address(address) => Reached::Opened {
                node,
                address,
                path,
                storage_options: self.storage_options,
            },
            Reached::Opened {
                address,
                storage_options,
                ..
            } => Reached::Opened {
                node,
                address,
                path,
                storage_options,
            },
        };
        Self {
            store,
            path: String::new(),
            storage_options: Options::new(),
            read_only: self.read_only,
            zarr_format: Some(crate::options::format_number(format)),
        }
    }

    /// The path in the store of the address.
    fn path_in_store(&self) -> String {
        match &self.store {
            Reached::Opened { path, .. } => joined(path, &self.path),
            _ => self.path.clone(),
        }
    }

    /// The same place, through which nothing is written if `yes`.
    #[must_use]
    pub(crate) fn read_only(self, yes: bool) -> Self {
        Self {
            read_only: yes,
            ..self
        }
    }

    /// Whether both are the same place in the same store.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let same = match (&self.store, &other.store) {
            (
                Reached::Address(own) | Reached::Opened { address: own, .. },
                Reached::Address(other) | Reached::Opened { address: other, .. },
            ) => own == other,
            (Reached::Here(Target::At(own)), Reached::Here(Target::At(other))) => {
                Arc::ptr_eq(own.store(), other.store()) && own.path() == other.path()
            }
            _ => false,
        };
        same && self.path_in_store() == other.path_in_store()
    }

    pub(crate) fn target(&self) -> Target {
        match &self.store {
            Reached::Address(address) => address.into(),
            Reached::Here(target) => target.clone(),
            Reached::Opened { node, .. } => node.clone().into(),
        }
    }

    /// Opens the store. Nothing is read, except from an archive.
    ///
    /// # Errors
    /// If there is no such kind of store, or its options are wrong.
    pub(crate) async fn open(&self) -> Result<Location, StoreError> {
        let options = self.storage_options.iter();
        let options: Vec<(&str, &str)> = options
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let location = match self.target() {
            Target::Address(address) => Location::open(&address, &options).await?,
            Target::At(location) => location,
            _ => Location::open("memory:", &[]).await?,
        };
        location.join(&self.path)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn storage_options(&self) -> &[(String, String)] {
        &self.storage_options
    }

    /// The address and the path, for people.
    pub(crate) fn shown(&self, name: &str) -> String {
        match &self.store {
            Reached::Address(address) | Reached::Opened { address, .. } => {
                let shown = format!("{:?}", Target::from(address));
                let shown = shown.trim_start_matches("Address(").trim_end_matches(')');
                let shown = shown.trim_matches('"').trim_end_matches('/');
                match self.path_in_store() {
                    path if path.is_empty() => shown.to_owned(),
                    path => format!("{shown}/{path}"),
                }
            }
            Reached::Here(_) => format!("memory://{}", name.trim_start_matches('/')),
        }
    }

    /// The arguments by which another process opens the node.
    ///
    /// # Errors
    /// If the store is of this process only.
    pub(crate) fn portable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (address, storage_options) = match &self.store {
            Reached::Address(address) => (address, &self.storage_options),
            Reached::Opened {
                address,
                storage_options,
                ..
            } => (address, storage_options),
            Reached::Here(_) => {
                let text = "a node in memory cannot be pickled, since no other process can reach it; keep it in a \
                            file or a service";
                return Err(PyValueError::new_err(text));
            }
        };
        let arguments = PyDict::new(py);
        arguments.set_item("store", address)?;
        arguments.set_item("path", self.path_in_store())?;
        arguments.set_item("zarr_format", self.zarr_format)?;
        arguments.set_item("mode", if self.read_only { "r" } else { "r+" })?;
        if !storage_options.is_empty() {
            let options = PyDict::new(py);
            for (name, value) in storage_options {
                options.set_item(name, value)?;
            }
            arguments.set_item("storage_options", options)?;
        }
        Ok(arguments)
    }
}

fn joined(above: &str, below: &str) -> String {
    let (above, below) = (above.trim_matches('/'), below.trim_matches('/'));
    match (above.is_empty(), below.is_empty()) {
        (true, _) => below.to_owned(),
        (_, true) => above.to_owned(),
        _ => format!("{above}/{below}"),
    }
}

fn given(store: &Bound<'_, PyAny>) -> PyResult<Reached> {
    if let Ok(memory) = store.cast::<MemoryStore>() {
        return Ok(Reached::Here(memory.get().target()));
    }
    if let Ok(text) = store.cast::<PyString>() {
        return address(text.to_cow()?.as_ref()).map(Reached::Address);
    }
    // zarr-python's LocalStore has its directory there.
    let py = store.py();
    let path = match if_suitable(py, store.getattr("root"))? {
        Some(root) if !store.hasattr("__fspath__")? => root,
        _ => store.clone(),
    };
    if let Some(path) = if_suitable(py, path.extract::<PathBuf>())? {
        return match path.to_str() {
            Some(text) => address(text).map(Reached::Address),
            None => Ok(Reached::Here(path.into())),
        };
    }
    let text = format!(
        "{} is no store: give a path, a URL, a MemoryStore, a group, or None for memory",
        store.repr()?
    );
    Err(PyTypeError::new_err(text))
}

/// An address that means the same in every directory.
fn address(text: &str) -> PyResult<String> {
    let is_path = !text.contains("://") && !text.starts_with("memory:");
    match is_path {
        true => {
            let absolute = std::path::absolute(text)?;
            Ok(absolute.to_str().unwrap_or(text).to_owned())
        }
        false => Ok(text.to_owned()),
    }
}
