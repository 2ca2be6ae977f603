//! `Values`: a store as keys and bytes, for `zarr_rs.store`, where zarr-python meets it. All methods return operations.

use std::sync::Arc;

use futures_util::StreamExt as _;
use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tokio::sync::OnceCell;
use zarr::Location;
use zarr::tools::{ByteRange, Key, PutMode, StoreError, StoreErrorKind, StoreExt};

use crate::operation::Operation;
use crate::place::Place;
use crate::runtime;

/// A store, opened when it is first needed.
///
/// >>> values = zarr_rs._zarr_rs.Values("memory://values")
/// >>> values.exists("zarr.json").wait()
/// False
#[pyclass(module = "zarr_rs", frozen)]
#[derive(Clone)]
pub(crate) struct Values {
    place: Place,
    opened: Arc<OnceCell<Location>>,
}

impl Values {
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The place of the store, of which nothing is read.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(crate) fn location(&self, py: Python<'_>) -> PyResult<Location> {
        let this = self.clone();
        runtime::wait(py, async move {
            let location = this.open_once().await;
            location
                .cloned()
                .map_err(|error| crate::errors::to_python(&error.into()))
        })
    }

    async fn open_once(&self) -> Result<&Location, StoreError> {
        let open = || self.place.open();
        self.opened.get_or_try_init(open).await
    }

    /// What is done with the opened store.
    fn operation<T, F>(&self, work: impl FnOnce(Location) -> F + Send + 'static) -> Operation
    where
        T: for<'py> IntoPyObject<'py> + Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let this = self.clone();
        Operation::plain(async move {
            let location = this.open_once().await?.clone();
            Ok(work(location).await?)
        })
    }

    fn silent<F>(&self, work: impl FnOnce(Location) -> F + Send + 'static) -> Operation
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let this = self.clone();
        Operation::silent(async move {
            let location = this.open_once().await?.clone();
            Ok(work(location).await?)
        })
    }
}

#[pymethods]
impl Values {
    #[new]
    #[pyo3(signature = (store, storage_options = None, path = ""))]
    fn new(
        store: &Bound<'_, PyAny>,
        storage_options: Option<&Bound<'_, PyDict>>,
        path: &str,
    ) -> PyResult<Self> {
        let place = Place::new(Some(store))?.with_options(storage_options)?;
        let place = place.join(path);
        Ok(Self {
            place,
            opened: Arc::default(),
        })
    }

    /// Opens the store, and tells whether values can be written, whether keys can be listed, and whether it answers later.
    fn open(&self) -> Operation {
        self.operation(|location| async move {
            let hints = location.store().hints();
            Ok((hints.writable, hints.listable, hints.high_latency))
        })
    }

    /// The bytes of a value or of a part of it, as a NumPy array; None if there is none. Behind the end of a value there
    /// are no bytes, as in zarr-python's stores of files and in memory.
    #[pyo3(signature = (key, start = None, stop = None))]
    fn get(&self, key: String, start: Option<i64>, stop: Option<u64>) -> Operation {
        let this = self.clone();
        let range = range(start, stop);
        let found = async move {
            let location = this.open_once().await?;
            let key = location.key(&key)?;
            match location.store().get(&key, range, None).await {
                Err(error) if matches!(error.kind, StoreErrorKind::OutOfRange { .. }) => {
                    Ok(Some(Vec::new()))
                }
                found => Ok(found?.map(|found| Vec::from(found.data))),
            }
        };
        Operation::new(found, |py, found| match found {
            Some(bytes) => Ok(PyArray1::from_vec(py, bytes).into_any().unbind()),
            None => Ok(py.None()),
        })
    }

    /// Stores a value; with `create`, only if there is none.
    #[pyo3(signature = (key, value, *, create = false))]
    fn set(
        &self,
        key: String,
        value: &Bound<'_, PyArray1<u8>>,
        create: bool,
    ) -> PyResult<Operation> {
        // The copy is what a write goes on with if it is given up, and other threads may change the array meanwhile.
        let value = value.try_readonly()?.as_slice()?.to_vec();
        Ok(self.silent(move |location| async move {
            let key = location.key(&key)?;
            let atomic = location.store().hints().conditions.create;
            let mode = match create {
                true if atomic => PutMode::Create,
                true if location.store().exists(&key).await? => return Ok(()),
                _ => PutMode::Overwrite,
            };
            match location.store().put(&key, value.into(), mode).await {
                Err(error) if matches!(error.kind, StoreErrorKind::AlreadyExists) => Ok(()),
                put => put.map(drop),
            }
        }))
    }

    /// Whether there is a value.
    fn exists(&self, key: String) -> Operation {
        self.operation(move |location| async move {
            location.store().exists(&location.key(&key)?).await
        })
    }

    /// The size of a value in bytes; None if there is none.
    fn size(&self, key: String) -> Operation {
        self.operation(
            move |location| async move { location.store().size(&location.key(&key)?).await },
        )
    }

    /// The size of all values in a directory.
    fn size_prefix(&self, prefix: String) -> Operation {
        self.operation(move |location| async move {
            location
                .store()
                .size_prefix(&location.path().join(&prefix)?)
                .await
        })
    }

    /// Deletes a value, if there is one.
    fn delete(&self, key: String) -> Operation {
        self.silent(move |location| async move {
            location.store().delete(&location.key(&key)?, None).await
        })
    }

    /// Deletes all values in a directory.
    fn delete_prefix(&self, prefix: String) -> Operation {
        self.silent(move |location| async move {
            location
                .store()
                .delete_prefix(&location.path().join(&prefix)?)
                .await
        })
    }

    /// The keys of all values in a directory and below.
    fn keys(&self, prefix: String) -> Operation {
        self.operation(move |location| async move {
            let mut listed = location.store().list_keys(&location.path().join(&prefix)?);
            let mut keys = Vec::new();
            while let Some(key) = listed.next().await {
                keys.push(below(&location, &key?));
            }
            Ok(keys)
        })
    }

    /// The names of the values and the directories in a directory.
    fn list_dir(&self, prefix: String) -> Operation {
        self.operation(move |location| async move {
            let listing = location
                .store()
                .list_dir(&location.path().join(&prefix)?)
                .await?;
            let keys = listing.keys.iter().map(|entry| entry.key.name().to_owned());
            let prefixes = listing
                .prefixes
                .iter()
                .map(|prefix| prefix.name().to_owned());
            Ok(keys.chain(prefixes).collect::<Vec<_>>())
        })
    }

    /// Returns when all that was written is durable, and an archive is in its place.
    fn sync(&self) -> Operation {
        self.silent(|location| async move { location.store().sync().await })
    }

    /// The address and the options, by which another process opens the store.
    fn _portable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.place.portable(py)
    }

    /// Whether both are the same place in the same store.
    fn is_same(&self, other: &Self) -> bool {
        self.place.is(&other.place)
    }

    fn __str__(&self) -> String {
        self.place.shown("")
    }
}

/// A key as it is called in the opened place.
fn below(location: &Location, key: &Key) -> String {
    let own = key.strip(location.path());
    own.as_ref().unwrap_or(key).as_str().to_owned()
}

/// The bytes from a start to a stop; a negative start counts from the end.
fn range(start: Option<i64>, stop: Option<u64>) -> ByteRange {
    match (start, stop) {
        (None, None) => ByteRange::All,
        (Some(start), None) if start < 0 => ByteRange::Last(start.unsigned_abs()),
        (start, None) => ByteRange::From(start.unwrap_or_default().unsigned_abs()),
        (start, Some(stop)) => ByteRange::Bounded(start.unwrap_or_default().unsigned_abs()..stop),
    }
}
