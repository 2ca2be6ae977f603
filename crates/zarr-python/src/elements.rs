//! Elements as NumPy arrays, and the other way round.

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use zarr::{DataType, DynData, Values, VarArray};

use crate::dtype::{self, numpy};
use crate::errors;
use crate::json;

/// Elements as a NumPy array. Those of one size keep the memory they were read into.
///
/// # Errors
/// If NumPy has no dtype for them, or a text is not one.
pub(crate) fn to_numpy<'py>(py: Python<'py>, data: DynData) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype::to_numpy(py, &data.dtype)?;
    let flat = match data.data {
        Values::Fixed(bytes) if bytes.is_empty() => {
            return numpy(py)?.call_method1("empty", (data.shape, dtype));
        }
        Values::Fixed(bytes) => {
            let memory = PyArray1::from_vec(py, Vec::from(bytes));
            memory.call_method1("view", (dtype,))?
        }
        Values::Variable(elements) => {
            let list = objects(py, &elements, &data.dtype)?;
            match data.dtype {
                DataType::String => numpy(py)?.call_method1("array", (list, dtype))?,
                _ => object_array(&list)?,
            }
        }
    };
    flat.call_method1("reshape", (data.shape,))
}

/// Elements of variable length as Python's objects.
fn objects<'py>(
    py: Python<'py>,
    elements: &VarArray,
    data_type: &DataType,
) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for element in elements.iter() {
        match data_type {
            DataType::Ragged(inner) => {
                let shape = match inner.size() {
                    Some(size) if size > 0 => element.len() / size,
                    _ => 0,
                };
                let data = DynData {
                    dtype: (**inner).clone(),
                    shape: vec![shape as u64],
                    data: Values::Fixed(element.to_vec().into()),
                };
                list.append(to_numpy(py, data)?)?;
            }
            DataType::Bytes => list.append(PyBytes::new(py, element))?,
            _ => {
                let text = std::str::from_utf8(element);
                let text = text.map_err(|error| PyValueError::new_err(error.to_string()))?;
                match data_type {
                    DataType::Json => {
                        let value = serde_json::from_str(text);
                        let value =
                            value.map_err(|error| PyValueError::new_err(error.to_string()))?;
                        list.append(json::to_python(py, &value)?)?;
                    }
                    _ => list.append(PyString::new(py, text))?,
                }
            }
        }
    }
    Ok(list)
}

/// A list of objects as an array of as many: NumPy would make axes of objects that are lists.
fn object_array<'py>(list: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
    let array = numpy(list.py())?.call_method1("empty", (list.len(), "O"))?;
    for (at, object) in list.iter().enumerate() {
        array.set_item(at, object)?;
    }
    Ok(array)
}

/// Whatever NumPy makes an array of, as elements of a data type. Other numbers are cast, as zarr-python does.
///
/// # Errors
/// If NumPy cannot cast them.
pub(crate) fn from_numpy(value: &Bound<'_, PyAny>, data_type: &DataType) -> PyResult<DynData> {
    let py = value.py();
    let wanted = dtype::to_numpy(py, data_type)?;
    let array = as_array(value, &wanted, data_type)?;
    let shape: Vec<u64> = array.getattr("shape")?.extract()?;
    let data = match data_type.is_variable() {
        true => Values::Variable(variable(&array, data_type)?),
        false => fixed(&array)?,
    };
    Ok(DynData {
        dtype: data_type.clone(),
        shape,
        data,
    })
}

fn as_array<'py>(
    value: &Bound<'py, PyAny>,
    wanted: &Bound<'py, PyAny>,
    data_type: &DataType,
) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let numpy = numpy(py)?;
    // A Python number must be one of the dtype; what has a dtype of its own is cast.
    if !value.hasattr("shape")? {
        // One value that is a list itself, and not a list of values.
        if matches!(data_type, DataType::Json | DataType::Ragged(_))
            && !value.is_instance_of::<PyList>()
        {
            let array = numpy.call_method1("empty", ((), wanted))?;
            array.set_item((), value)?;
            return Ok(array);
        }
        return numpy.call_method1("asarray", (value, wanted));
    }
    let keywords = PyDict::new(py);
    keywords.set_item("copy", false)?;
    let array = numpy.call_method1("asarray", (value,))?;
    let array = array.call_method("astype", (wanted,), Some(&keywords))?;
    in_native_order(array)
}

/// The same elements in this machine's byte order, which `astype` leaves as it is for dates and durations without a unit.
fn in_native_order(array: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    let dtype = array.getattr("dtype")?;
    let kind: char = dtype.getattr("kind")?.extract()?;
    if !matches!(kind, 'm' | 'M') || dtype.getattr("isnative")?.extract()? {
        return Ok(array);
    }
    let native = dtype.call_method1("newbyteorder", ("=",))?;
    array
        .call_method0("byteswap")?
        .call_method1("view", (native,))
}

/// The bytes of elements of one size, in C order.
fn fixed(array: &Bound<'_, PyAny>) -> PyResult<Values> {
    let py = array.py();
    let size: usize = array.getattr("nbytes")?.extract()?;
    if size == 0 {
        return Ok(Values::Fixed(Vec::new().into()));
    }
    let array = numpy(py)?.call_method1("ascontiguousarray", (array,))?;
    let flat = array
        .call_method1("reshape", (-1,))?
        .call_method1("view", ("u1",))?;
    let flat: PyReadonlyArray1<'_, u8> = flat.extract()?;
    let bytes = flat.as_slice()?;
    // The copy is what a write goes on with if it is interrupted, and other threads may change the array meanwhile.
    py.detach(|| Values::copied(bytes))
        .map_err(|error| errors::to_python(&error))
}

fn variable(array: &Bound<'_, PyAny>, data_type: &DataType) -> PyResult<VarArray> {
    let list = array
        .call_method1("reshape", (-1,))?
        .call_method0("tolist")?;
    let mut elements = VarArray::default();
    for element in list.try_iter()? {
        let element = element?;
        match data_type {
            DataType::Bytes => elements.push(element.extract::<Vec<u8>>()?.as_slice()),
            DataType::Json => elements.push(json::from_python(&element)?.to_string().as_bytes()),
            DataType::Ragged(inner) => {
                let inner = from_numpy(&element, inner)?;
                elements.push(inner.data.as_fixed().unwrap_or_default());
            }
            _ => elements.push(element.cast::<PyString>()?.to_cow()?.as_bytes()),
        }
    }
    Ok(elements)
}
