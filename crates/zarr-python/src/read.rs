//! Reads of cells as NumPy arrays, new ones or the caller's.

use numpy::{IntoPyArray, PyArrayDyn, PyArrayMethods, PyReadwriteArrayDyn};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use zarr::{DataType, Element, Plain, ReadDyn, Selection};

use crate::dtype;
use crate::elements;
use crate::errors::to_python;
use crate::operation::{Finish, Operation};
use crate::runtime::run_beside;
use crate::selection::Fields;

/// A read of fewer bytes into memory of the caller's ends before anybody could interrupt it.
const ALONE: usize = 1 << 20;

/// A selection of an array, or of fields of its records.
pub(crate) struct Part {
    pub(crate) array: zarr::Array,
    pub(crate) selection: Selection,
    pub(crate) fields: Fields,
}

impl Part {
    fn read_dyn(&self) -> ReadDyn {
        let read = self.array.read_dyn(self.selection.clone());
        match &self.fields {
            Fields::All => read,
            Fields::One(name) => read.field(name),
            Fields::Several(names) => read.fields(names),
        }
    }

    /// The data type of the elements.
    ///
    /// # Errors
    /// If the array has no such fields.
    pub(crate) fn data_type(&self) -> PyResult<DataType> {
        self.read_dyn().dtype().map_err(|error| to_python(&error))
    }

    /// The read of the cells into a new NumPy array, whose memory is that into which chunks were decoded.
    ///
    /// # Errors
    /// If the array has no such fields.
    pub(crate) fn operation(&self) -> PyResult<Operation> {
        let data_type = self.data_type()?;
        Ok(match number(&data_type) {
            Some(number) => (number.read)(self, data_type),
            None => Operation::new(self.read_dyn(), |py, read| {
                Ok(elements::to_numpy(py, read)?.unbind())
            }),
        })
    }

    /// The same into a NumPy array that is there, which may be read by others meanwhile.
    ///
    /// # Errors
    /// If the array has no such fields.
    pub(crate) fn copy_operation(&self, out: &Bound<'_, PyAny>) -> PyResult<Operation> {
        let (read, out) = (self.operation()?.work()?, out.clone().unbind());
        Ok(Operation::of(async move {
            let read = read.await?;
            let finish: Finish = Box::new(move |py| {
                copy_to(out.bind(py), read(py)?.bind(py))?;
                Ok(out)
            });
            Ok(finish)
        }))
    }

    /// Reads the cells into a NumPy array that is there. Numbers are decoded where they belong.
    ///
    /// # Errors
    /// If the array has another shape or cannot be written to, and those of the read.
    pub(crate) fn read_into<'py>(&self, out: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = out.py();
        let data_type = self.data_type()?;
        let own = dtype::to_numpy(py, &data_type)?;
        let same = out.getattr("dtype")?.eq(&own)?;
        match number(&data_type).filter(|_| same) {
            Some(number) => (number.read_into)(out, self)?,
            None => copy_to(out, &self.operation()?.wait(py)?)?,
        }
        Ok(out.clone())
    }

    /// The read of several selections of an array at once: a chunk that several of them touch is decoded once.
    pub(crate) fn many(array: &zarr::Array, selections: Vec<Selection>) -> Operation {
        if let Some(number) = number(array.dtype()) {
            return (number.read_many)(array, selections);
        }
        let array = array.clone();
        Operation::of(async move {
            let mut read = Vec::new();
            for selection in selections {
                let part = Self {
                    array: array.clone(),
                    selection,
                    fields: Fields::All,
                };
                read.push(part.operation()?.work()?.await?);
            }
            let finish: Finish = Box::new(|py| {
                let read = read.into_iter().map(|finish| finish(py));
                list(py, read.collect::<PyResult<Vec<_>>>()?)
            });
            Ok(finish)
        })
    }

    fn typed<T: Element>(&self) -> zarr::Read<T> {
        let read = self.array.read(self.selection.clone());
        match &self.fields {
            Fields::All => read,
            Fields::One(name) => read.field(name),
            Fields::Several(names) => read.fields(names),
        }
    }
}

/// How elements are read that NumPy has in the same form.
struct Number {
    read: fn(&Part, DataType) -> Operation,
    read_into: fn(&Bound<'_, PyAny>, &Part) -> PyResult<()>,
    read_many: fn(&zarr::Array, Vec<Selection>) -> Operation,
}

/// How elements of a data type are read if they are numbers.
fn number(data_type: &DataType) -> Option<Number> {
    use num_complex::{Complex32, Complex64};
    match data_type {
        DataType::Int8 => of::<i8>(),
        DataType::Int16 => of::<i16>(),
        DataType::Int32 => of::<i32>(),
        DataType::Int64 => of::<i64>(),
        DataType::UInt8 => of::<u8>(),
        DataType::UInt16 => of::<u16>(),
        DataType::UInt32 => of::<u32>(),
        DataType::UInt64 => of::<u64>(),
        DataType::Float16 => of::<half::f16>(),
        DataType::Float32 => of::<f32>(),
        DataType::Float64 => of::<f64>(),
        DataType::Complex64 => of::<Complex32>(),
        DataType::Complex128 => of::<Complex64>(),
        DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. } => of::<i64>(),
        DataType::Bool => Some(Number {
            read: read::<bool>,
            read_into: copied,
            read_many: read_many::<bool>,
        }),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is a row of the table above")]
fn of<T: Element<Stored = T> + Plain + numpy::Element>() -> Option<Number> {
    Some(Number {
        read: read::<T>,
        read_into: read_into::<T>,
        read_many: read_many::<T>,
    })
}

fn read<T: Element + numpy::Element>(part: &Part, data_type: DataType) -> Operation {
    Operation::new(part.typed::<T>(), move |py, array| {
        let dtype = dtype::to_numpy(py, &data_type)?;
        let view = array.into_pyarray(py).call_method1("view", (dtype,))?;
        Ok(view.unbind())
    })
}

fn read_many<T: Element + numpy::Element>(
    array: &zarr::Array,
    selections: Vec<Selection>,
) -> Operation {
    let data_type = array.dtype().clone();
    Operation::new(array.read_many::<T>(selections), move |py, arrays| {
        let dtype = dtype::to_numpy(py, &data_type)?;
        let views = arrays.into_iter().map(|array| {
            let view = array.into_pyarray(py).call_method1("view", (&dtype,));
            view.map(Bound::unbind)
        });
        list(py, views.collect::<PyResult<Vec<_>>>()?)
    })
}

fn list(py: Python<'_>, arrays: Vec<Py<PyAny>>) -> PyResult<Py<PyAny>> {
    Ok(arrays.into_pyobject(py)?.into_any().unbind())
}

fn copied(out: &Bound<'_, PyAny>, part: &Part) -> PyResult<()> {
    copy_to(out, &part.operation()?.wait(out.py())?)
}

/// Copies what was read to an array of the same shape.
fn copy_to(out: &Bound<'_, PyAny>, read: &Bound<'_, PyAny>) -> PyResult<()> {
    let (found, wanted) = (out.getattr("shape")?, read.getattr("shape")?);
    if !found.eq(&wanted)? {
        let text = format!("out has the shape {found}, and the selection has {wanted}");
        return Err(PyValueError::new_err(text));
    }
    let numpy = dtype::numpy(out.py())?;
    numpy.call_method1("copyto", (out, read)).map(drop)
}

fn read_into<T>(out: &Bound<'_, PyAny>, part: &Part) -> PyResult<()>
where
    T: Element<Stored = T> + Plain + numpy::Element,
{
    if !matches!(part.fields, Fields::All) {
        return copied(out, part);
    }
    let py = out.py();
    let bytes: usize = out.getattr("nbytes")?.extract()?;
    // Dates are read as the integers that they are.
    let out = out.call_method1("view", (T::get_dtype(py),))?;
    let out: Py<PyArrayDyn<T>> = out.cast_into()?.unbind();
    let (array, selection) = (part.array.clone(), part.selection.clone());
    let read = move |py: Python<'_>| {
        let mut lent: PyReadwriteArrayDyn<'_, T> = out.bind(py).try_readwrite()?;
        let view = lent.as_array_mut();
        let read = py.detach(|| zarr::blocking::read_into(&array, selection, view));
        read.map_err(|error| to_python(&error))
    };
    match bytes < ALONE {
        true => read(py),
        false => run_beside(py, read),
    }
}
