//! The functions that make arrays and groups.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use zarr::{ArrayOptions, CreateArray, Fill};

use crate::array::Array;
use crate::dtype;
use crate::elements;
use crate::group::Group;
use crate::lengths::Lengths;
use crate::operation::Operation;
use crate::options;
use crate::place::Place;

/// What a new array holds, and where it is made.
pub(crate) struct New<'a, 'py> {
    pub(crate) place: Place,
    pub(crate) shape: Option<Lengths>,
    pub(crate) dtype: Option<Bound<'py, PyAny>>,
    pub(crate) data: Option<Bound<'py, PyAny>>,
    pub(crate) keywords: Option<&'a Bound<'py, PyDict>>,
}

impl New<'_, '_> {
    /// Makes the array; below `group` if one is given, whose format it gets.
    ///
    /// # Errors
    /// If the arguments do not fit together.
    pub(crate) fn create(
        self,
        py: Python<'_>,
        group: Option<&zarr::Group>,
        change: impl FnOnce(CreateArray) -> CreateArray,
    ) -> PyResult<Operation> {
        let place = self.place.clone();
        let create = self.builder(py, group)?;
        Ok(Operation::plain(array_at(place, change(create))))
    }

    /// The structure of the array, for a place where it may be there already.
    ///
    /// # Errors
    /// If the arguments do not fit together.
    pub(crate) fn structure(self, py: Python<'_>) -> PyResult<ArrayOptions> {
        Ok(self.builder(py, None)?.options().clone())
    }

    /// The array to be made; below `group` if one is given, whose format it gets.
    ///
    /// # Errors
    /// If the arguments do not fit together.
    pub(crate) fn builder(
        self,
        py: Python<'_>,
        group: Option<&zarr::Group>,
    ) -> PyResult<CreateArray> {
        let create = match self.data {
            None => {
                let shape = self.shape.ok_or_else(|| missing("shape"))?;
                let create = zarr::create(self.place.target(), shape.0);
                match &self.dtype {
                    Some(dtype) => options::with_dtype(create, dtype)?,
                    None => create,
                }
            }
            Some(_) if self.shape.is_some() => {
                return Err(PyValueError::new_err("give `data` or a `shape`, not both"));
            }
            Some(data) => {
                if let Ok(array) = data.cast::<Array>() {
                    zarr::from_array(self.place.target(), array.get().handle())
                } else {
                    let data = dtype::numpy(py)?.call_method1("asarray", (data,))?;
                    let data_type = match &self.dtype {
                        Some(dtype) => dtype::from_python(dtype)?.data_type,
                        None => dtype::of_numpy(&data.getattr("dtype")?)?,
                    };
                    zarr::array(
                        self.place.target(),
                        elements::from_numpy(&data, &data_type)?,
                    )
                }
            }
        };
        let create = options::at(&self.place, create);
        let create = match group {
            Some(group) => create
                .context(group.context())
                .zarr_format(group.zarr_format()),
            None => create,
        };
        options::apply(create, self.keywords)
    }
}

/// The array that an operation opens or makes at a place.
pub(crate) async fn array_at<F>(place: Place, open: F) -> zarr::Result<Array>
where
    F: IntoFuture<Output = zarr::Result<zarr::Array>>,
{
    Ok(Array::new(open.await?, place))
}

/// The group that an operation opens or makes at a place.
pub(crate) async fn group_at<F>(place: Place, open: F) -> zarr::Result<Group>
where
    F: IntoFuture<Output = zarr::Result<zarr::Group>>,
{
    Ok(Group::new(open.await?, place))
}

fn missing(name: &str) -> PyErr {
    PyTypeError::new_err(format!("the argument `{name}` is missing"))
}

/// Makes an array. `docs/python.md` lists the keyword arguments, which are those of zarr-python.
///
/// >>> a = zarr_rs.create_array(None, shape=(100, 100), dtype="f4", chunks=(10, 10), shards=(50, 50))
/// >>> a.shape, a.chunks, a.shards
/// ((100, 100), (10, 10), (50, 50))
#[pyfunction]
#[pyo3(signature = (store = None, *, name = None, path = None, shape = None, dtype = None, data = None, storage_options = None, **keywords))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the function's in Python"
)]
pub(crate) fn create_array<'py>(
    py: Python<'py>,
    store: Option<&Bound<'py, PyAny>>,
    name: Option<&str>,
    path: Option<&str>,
    shape: Option<Lengths>,
    dtype: Option<Bound<'py, PyAny>>,
    data: Option<Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let place = place.join(name.or(path).unwrap_or_default());
    let new = New {
        place,
        shape,
        dtype,
        data,
        keywords,
    };
    new.create(py, None, |create| create)
}

/// Makes a group.
#[pyfunction]
#[pyo3(signature = (store = None, *, path = None, zarr_format = None, attributes = None, overwrite = false, storage_options = None))]
pub(crate) fn create_group<'py>(
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    attributes: Option<&Bound<'py, PyAny>>,
    overwrite: bool,
    storage_options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(store)?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let mut create = zarr::create_group(place.target())
        .path(place.path())
        .overwrite(overwrite);
    create = create.storage_options(place.storage_options().iter().cloned());
    if let Some(format) = zarr_format {
        create = create.zarr_format(options::format(format)?);
    }
    if let Some(attributes) = attributes {
        create = create.attributes(crate::json::from_python(attributes)?);
    }
    Ok(Operation::plain(group_at(place, create)))
}

/// The functions that fill a new array with one value.
macro_rules! filled {
    ($($(#[$doc:meta])* $name:ident => $fill:expr;)*) => {$(
        $(#[$doc])*
        #[pyfunction]
        #[pyo3(signature = (shape, *, store = None, path = None, dtype = None, storage_options = None, **keywords))]
        pub(crate) fn $name<'py>(
            py: Python<'py>,
            shape: Lengths,
            store: Option<&Bound<'py, PyAny>>,
            path: Option<&str>,
            dtype: Option<Bound<'py, PyAny>>,
            storage_options: Option<&Bound<'py, PyDict>>,
            keywords: Option<&Bound<'py, PyDict>>,
        ) -> PyResult<Operation> {
            let place = Place::new(store)?.with_options(storage_options)?;
            let new = New {
                place: place.join(path.unwrap_or_default()),
                shape: Some(shape),
                dtype,
                data: None,
                keywords,
            };
            new.create(py, None, |create| create.fill_value($fill))
        }
    )*};
}
filled! {
    /// Makes an array whose cells are zero until they are written.
    zeros => Fill::Zero;
    /// Makes an array whose cells are one until they are written.
    ones => Fill::One;
    /// Makes an array whose cells have the default fill value until they are written.
    empty => Fill::Default;
}

/// Makes an array whose cells have a value until they are written.
#[pyfunction]
#[pyo3(signature = (shape, fill_value, *, store = None, path = None, dtype = None, storage_options = None, **keywords))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the function's in Python"
)]
pub(crate) fn full<'py>(
    py: Python<'py>,
    shape: Lengths,
    fill_value: &Bound<'py, PyAny>,
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    dtype: Option<Bound<'py, PyAny>>,
    storage_options: Option<&Bound<'py, PyDict>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => dtype::numpy(py)?
            .call_method1("asarray", (fill_value,))?
            .getattr("dtype")?,
    };
    let all = PyDict::new(py);
    all.set_item("fill_value", fill_value)?;
    if let Some(keywords) = keywords {
        all.update(keywords.as_mapping())?;
    }
    let place = Place::new(store)?.with_options(storage_options)?;
    let new = New {
        place: place.join(path.unwrap_or_default()),
        shape: Some(shape),
        dtype: Some(dtype),
        data: None,
        keywords: Some(&all),
    };
    new.create(py, None, |create| create)
}

/// Makes an array of what `numpy.asarray` makes of `data`.
#[pyfunction]
#[pyo3(signature = (data, *, store = None, path = None, storage_options = None, **keywords))]
pub(crate) fn array<'py>(
    py: Python<'py>,
    data: Bound<'py, PyAny>,
    store: Option<&Bound<'py, PyAny>>,
    path: Option<&str>,
    storage_options: Option<&Bound<'py, PyDict>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let dtype = match keywords {
        Some(keywords) => keywords.get_item("dtype")?,
        None => None,
    };
    if let Some(keywords) = keywords.filter(|_| dtype.is_some()) {
        keywords.del_item("dtype")?;
    }
    let place = Place::new(store)?.with_options(storage_options)?;
    let new = New {
        place: place.join(path.unwrap_or_default()),
        shape: None,
        dtype,
        data: Some(data),
        keywords,
    };
    new.create(py, None, |create| create)
}

/// Saves one array as an array, or several in a group: `arr_0`, `arr_1`, …, and by name.
#[pyfunction]
#[pyo3(signature = (store, *args, path = None, zarr_format = None, overwrite = true, storage_options = None, **named))]
#[expect(
    clippy::too_many_arguments,
    reason = "they are the function's in Python"
)]
pub(crate) fn save<'py>(
    py: Python<'py>,
    store: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    path: Option<&str>,
    zarr_format: Option<&Bound<'py, PyAny>>,
    overwrite: bool,
    storage_options: Option<&Bound<'py, PyDict>>,
    named: Option<&Bound<'py, PyDict>>,
) -> PyResult<Operation> {
    let place = Place::new(Some(store))?.with_options(storage_options)?;
    let place = place.join(path.unwrap_or_default());
    let mut save = zarr::save(place.target())
        .path(place.path())
        .overwrite(overwrite);
    save = save.storage_options(place.storage_options().iter().cloned());
    if let Some(format) = zarr_format {
        save = save.zarr_format(options::format(format)?);
    }
    let data = |value: &Bound<'py, PyAny>| {
        let value = dtype::numpy(py)?.call_method1("asarray", (value,))?;
        elements::from_numpy(&value, &dtype::of_numpy(&value.getattr("dtype")?)?)
    };
    for value in args {
        save = save.array(data(&value)?);
    }
    for (name, value) in named.into_iter().flatten() {
        save = save.named(name.extract::<String>()?, data(&value)?);
    }
    Ok(Operation::silent(save))
}
