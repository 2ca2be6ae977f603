//! Which of Python's exceptions an error becomes. The text is the error's own.

use pyo3::exceptions::{
    PyException, PyIndexError, PyMemoryError, PyNotImplementedError, PyOSError, PyRuntimeError,
    PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use zarr::{Error, ErrorClass, ErrorKind, SelectionError};

/// `zarr_rs.errors`.
mod own {
    use pyo3::import_exception;

    import_exception!(zarr_rs.errors, ContainsNodeError);
    import_exception!(zarr_rs.errors, NodeNotFoundError);
    import_exception!(zarr_rs.errors, ReadOnlyError);
    import_exception!(zarr_rs.errors, WrongNodeError);
}

/// What a conversion makes, or `None` if the value is of another kind. An interrupt that comes meanwhile stays one.
///
/// # Errors
/// What is no `Exception`, such as `KeyboardInterrupt`.
pub(crate) fn if_suitable<T>(py: Python<'_>, converted: PyResult<T>) -> PyResult<Option<T>> {
    match converted {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An error that says more than the one that came, unless that is an interrupt.
pub(crate) fn instead(py: Python<'_>, came: PyErr, other: impl FnOnce() -> PyErr) -> PyErr {
    match came.is_instance_of::<PyException>(py) {
        true => other(),
        false => came,
    }
}

/// The exception for an error: the one that zarr-python or NumPy raise where they have one.
pub(crate) fn to_python(error: &Error) -> PyErr {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::Selection { source, .. } => return of_selection(source, text),
        ErrorKind::WrongKind { .. } => return own::WrongNodeError::new_err(text),
        ErrorKind::Element { .. } | ErrorKind::GivenElement { .. } => {
            return PyTypeError::new_err(text);
        }
        ErrorKind::Memory { .. } => return PyMemoryError::new_err(text),
        _ => {}
    }
    match error.class() {
        ErrorClass::NotFound => own::NodeNotFoundError::new_err(text),
        ErrorClass::Exists => own::ContainsNodeError::new_err(text),
        ErrorClass::Permission => own::ReadOnlyError::new_err(text),
        ErrorClass::Unsupported => PyNotImplementedError::new_err(text),
        ErrorClass::Invalid | ErrorClass::Corrupt | ErrorClass::Limit => {
            PyValueError::new_err(text)
        }
        ErrorClass::Conflict | ErrorClass::Transport => PyOSError::new_err(text),
        _ => PyRuntimeError::new_err(text),
    }
}

/// As NumPy has it: what lies outside is an `IndexError`, what does not fit together a `ValueError`.
fn of_selection(source: &SelectionError, text: String) -> PyErr {
    match source {
        SelectionError::OutOfBounds { .. }
        | SelectionError::TooManyIndices { .. }
        | SelectionError::ManyEllipses { .. }
        | SelectionError::MaskShape { .. }
        | SelectionError::PointLists { .. }
        | SelectionError::Broadcast { .. }
        | SelectionError::NotAList { .. }
        | SelectionError::BlockStep { .. } => PyIndexError::new_err(text),
        _ => PyValueError::new_err(text),
    }
}
