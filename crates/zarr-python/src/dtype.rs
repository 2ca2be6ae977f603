//! Data types of arrays as NumPy's, and the other way round.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use zarr::{DataType, Endian, Field};

/// A data type as a caller gives it, and the byte order if it has another one than this machine.
pub(crate) struct Given {
    pub(crate) data_type: DataType,
    pub(crate) endian: Option<Endian>,
}

/// The data type that a `dtype` argument means: a name of Zarr's or NumPy's, or what `numpy.dtype` takes.
///
/// # Errors
/// If there is no such data type.
pub(crate) fn from_python(dtype: &Bound<'_, PyAny>) -> PyResult<Given> {
    if let Ok(text) = dtype.cast::<PyString>()
        && let Ok(data_type) = text.to_cow()?.parse::<DataType>()
        && data_type.why_unknown().is_none()
    {
        let endian = None;
        return Ok(Given { data_type, endian });
    }
    let py = dtype.py();
    // As in zarr-python, these are texts and byte strings of any length; NumPy's have a fixed one.
    for (class, data_type) in [
        (py.get_type::<PyString>(), DataType::String),
        (py.get_type::<PyBytes>(), DataType::Bytes),
    ] {
        if dtype.is(&class) {
            let endian = None;
            return Ok(Given { data_type, endian });
        }
    }
    let dtype = numpy(py)?.call_method1("dtype", (dtype,))?;
    let swapped = !dtype.getattr("isnative")?.extract::<bool>()?;
    Ok(Given {
        data_type: of_numpy(&dtype)?,
        endian: swapped.then_some(if cfg!(target_endian = "little") {
            Endian::Big
        } else {
            Endian::Little
        }),
    })
}

/// The data type whose elements are those of a NumPy dtype.
///
/// # Errors
/// If there is none.
pub(crate) fn of_numpy(dtype: &Bound<'_, PyAny>) -> PyResult<DataType> {
    if let Some(fields) = fields(dtype)? {
        return Ok(DataType::record(fields));
    }
    let kind: String = dtype.getattr("kind")?.extract()?;
    let size: usize = dtype.getattr("itemsize")?.extract()?;
    let name: String = dtype.getattr("name")?.extract()?;
    let unknown = || {
        let text = format!("the dtype {name} has no data type in Zarr");
        Err(PyTypeError::new_err(text))
    };
    match kind.as_str() {
        "U" => Ok(DataType::FixedUtf32(size / 4)),
        "S" => Ok(DataType::FixedBytes(size)),
        "T" => Ok(DataType::String),
        // ml_dtypes' types have this kind, too, and a name.
        "V" if name.starts_with("void") => Ok(DataType::Raw(size)),
        "O" => Err(PyTypeError::new_err(
            "elements of dtype object have no type of their own; give dtype=\"string\" or dtype=\"bytes\"",
        )),
        _ => match name.parse::<DataType>() {
            Ok(known) if known.why_unknown().is_none() => Ok(known),
            _ => unknown(),
        },
    }
}

/// The fields of a structured dtype.
fn fields(dtype: &Bound<'_, PyAny>) -> PyResult<Option<Vec<Field>>> {
    let names = dtype.getattr("names")?;
    if names.is_none() {
        return Ok(None);
    }
    let table = dtype.getattr("fields")?;
    let mut fields = Vec::new();
    for name in names.try_iter()? {
        let name = name?;
        let of_field = table.get_item(&name)?.get_item(0)?;
        let (base, shape) = (of_field.getattr("base")?, of_field.getattr("shape")?);
        let field = Field::new(name.extract::<String>()?, of_numpy(&base)?);
        fields.push(field.with_shape(shape.extract::<Vec<u64>>()?));
    }
    Ok(Some(fields))
}

/// The dtype of the NumPy arrays that elements of a data type are read as.
///
/// # Errors
/// If the data type is unknown, or one of `ml_dtypes`, which is not installed.
pub(crate) fn to_numpy<'py>(py: Python<'py>, data_type: &DataType) -> PyResult<Bound<'py, PyAny>> {
    let dtype = |given: Bound<'py, PyAny>| numpy(py)?.call_method1("dtype", (given,));
    let code = |text: String| dtype(PyString::new(py, &text).into_any());
    match data_type {
        DataType::FixedUtf32(length) => code(format!("U{length}")),
        DataType::FixedBytes(length) => code(format!("S{length}")),
        DataType::Raw(size) => code(format!("V{size}")),
        DataType::DateTime64 { unit, scale } => code(time("M8", *unit, *scale)),
        DataType::TimeDelta64 { unit, scale } => code(time("m8", *unit, *scale)),
        DataType::String => numpy(py)?.getattr("dtypes")?.call_method0("StringDType"),
        DataType::Bytes | DataType::Ragged(_) | DataType::Json => code("O".to_owned()),
        DataType::Struct(fields) => {
            let list = PyList::empty(py);
            for field in fields.iter() {
                let of_field = to_numpy(py, &field.data_type)?;
                list.append((&field.name, of_field, PyTuple::new(py, &field.shape)?))?;
            }
            dtype(list.into_any())
        }
        DataType::Unknown(_) => Err(PyTypeError::new_err(format!(
            "elements of the data type {data_type} cannot be read as a NumPy array"
        ))),
        _ => code(data_type.to_string()).or_else(|_| of_ml_dtypes(py, data_type)),
    }
}

/// `datetime64` or `timedelta64` in NumPy's shortest spelling.
fn time(kind: &str, unit: zarr::TimeUnit, scale: u32) -> String {
    match unit {
        zarr::TimeUnit::Generic => kind.to_owned(),
        unit => format!("{kind}[{scale}{unit}]"),
    }
}

/// NumPy finds the names of `ml_dtypes` once that is imported.
fn of_ml_dtypes<'py>(py: Python<'py>, data_type: &DataType) -> PyResult<Bound<'py, PyAny>> {
    let name = data_type.to_string();
    let found = py
        .import("ml_dtypes")
        .and_then(|module| module.getattr(name.as_str()));
    let found = found.map_err(|_| {
        PyTypeError::new_err(format!(
            "NumPy has no dtype for the data type {name}; `pip install ml_dtypes` brings those of machine learning"
        ))
    })?;
    numpy(py)?.call_method1("dtype", (found,))
}

pub(crate) fn numpy(py: Python<'_>) -> PyResult<Bound<'_, PyModule>> {
    py.import("numpy")
}
