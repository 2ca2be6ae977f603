//! Which of Python's exceptions an error becomes. The text is the error's own.

use pyo3::PyErr;
use pyo3::exceptions::{
    PyIndexError, PyMemoryError, PyNotImplementedError, PyOSError, PyRuntimeError, PyTypeError,
    PyValueError,
};
use zarr::{Error, ErrorClass, ErrorKind, SelectionError};

/// `zarr_rs.errors`.
mod own {
    use pyo3::import_exception;

    import_exception!(zarr_rs.errors, ContainsNodeError);
    import_exception!(zarr_rs.errors, NodeNotFoundError);
    import_exception!(zarr_rs.errors, ReadOnlyError);
    import_exception!(zarr_rs.errors, WrongNodeError);
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
