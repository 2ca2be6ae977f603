//! Python's index objects as selections, by the rules of zarr-python: what an index of lists and slices means depends on
//! which of them there are.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PySlice, PyString, PyTuple};
use zarr::{AxisSelection, Indices, Mask, Selection, Slice};

use crate::dtype::numpy;
use crate::errors::{if_suitable, instead};

/// Which fields of records an index names.
#[derive(Clone, Debug, Default)]
pub(crate) enum Fields {
    #[default]
    All,
    One(String),
    Several(Vec<String>),
}

/// What an index means, where lists stand in it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meaning {
    /// `a[...]`: of lists alone, points; of one list beside slices, every combination; otherwise as in NumPy.
    Plain,
    /// `a.oindex[...]`: every combination.
    Orthogonal,
    /// `a.vindex[...]`: points, or a mask.
    Points,
    /// `a.blocks[...]`: whole chunks.
    Blocks,
}

/// An index as a selection, and the fields that it names.
///
/// # Errors
/// If an item is nothing that selects cells.
pub(crate) fn from_python(
    index: &Bound<'_, PyAny>,
    meaning: Meaning,
    rank: usize,
) -> PyResult<(Selection, Fields)> {
    let mut names = Vec::new();
    let mut items = Vec::new();
    let given: Vec<Bound<'_, PyAny>> = match index.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter().collect(),
        Err(_) => vec![index.clone()],
    };
    let only_names = given.len() == 1 && is_list_of_names(&given)?;
    for item in given {
        if let Ok(name) = item.cast::<PyString>() {
            names.push(name.extract()?);
        } else if only_names {
            return Ok((Selection::All, Fields::Several(item.extract()?)));
        } else {
            items.push(self::item(&item)?);
        }
    }
    let fields = match names.pop() {
        None => Fields::All,
        Some(only) if names.is_empty() => Fields::One(only),
        Some(last) => {
            names.push(last);
            Fields::Several(names)
        }
    };
    Ok((selection(&items, meaning, rank)?, fields))
}

/// The fields of a `fields` argument: a name or several.
///
/// # Errors
/// If it is neither.
pub(crate) fn fields(given: Option<&Bound<'_, PyAny>>) -> PyResult<Fields> {
    Ok(match given {
        None => Fields::All,
        Some(given) => match given.cast::<PyString>() {
            Ok(name) => Fields::One(name.extract()?),
            Err(_) => Fields::Several(given.extract()?),
        },
    })
}

/// NumPy takes several fields as a list of their names.
fn is_list_of_names(given: &[Bound<'_, PyAny>]) -> PyResult<bool> {
    for item in given {
        let names = if_suitable(item.py(), item.extract::<Vec<String>>())?;
        if names.is_none_or(|names| names.is_empty()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn selection(items: &[AxisSelection], meaning: Meaning, rank: usize) -> PyResult<Selection> {
    let selection = match items {
        [] => return Ok(Selection::All),
        [AxisSelection::Mask(mask)] if mask.shape().len() == rank => {
            return Ok(Selection::Mask(mask.clone()));
        }
        _ => Selection::from(items.to_vec()),
    };
    Ok(match meaning {
        Meaning::Points => selection,
        Meaning::Orthogonal => Selection::orthogonal(selection),
        Meaning::Blocks => match selection {
            Selection::Basic(slices) => Selection::Blocks(slices),
            _ => {
                return Err(PyIndexError::new_err(
                    "blocks are selected by integers and slices",
                ));
            }
        },
        Meaning::Plain if is_orthogonal(items, rank) => Selection::orthogonal(selection),
        Meaning::Plain => selection,
    })
}

/// Whether zarr-python takes every combination: of one list beside slices and integers, or of lists for all axes if a
/// mask is among them.
fn is_orthogonal(items: &[AxisSelection], rank: usize) -> bool {
    let is_list = |item: &AxisSelection| match item {
        AxisSelection::List(list) => list.shape().len() == 1,
        AxisSelection::Mask(mask) => mask.shape().len() == 1,
        _ => false,
    };
    let lists = items.iter().filter(|item| is_list(item)).count();
    let is_mask = |item: &AxisSelection| matches!(item, AxisSelection::Mask(_));
    let is_slice = |item: &AxisSelection| match item {
        AxisSelection::Slice(slice) => *slice != Slice::NewAxis,
        _ => false,
    };
    match lists {
        0 => false,
        1 => {
            let ranges = |item: &AxisSelection| {
                is_slice(item) && !matches!(item, AxisSelection::Slice(Slice::Index(_)))
            };
            let alone =
                items.len() == rank && !items.iter().any(|item| ranges(item) || is_mask(item));
            !alone && items.iter().all(|item| is_list(item) || is_slice(item))
        }
        all => all == items.len() && all == rank && items.iter().any(is_mask),
    }
}

fn item(item: &Bound<'_, PyAny>) -> PyResult<AxisSelection> {
    if item.is_none() {
        return Ok(Slice::NewAxis.into());
    }
    if item.is_instance_of::<PyEllipsis>() {
        return Ok(Slice::Ellipsis.into());
    }
    if let Ok(slice) = item.cast::<PySlice>() {
        let step = bound(slice, "step")?.unwrap_or(1);
        let (start, stop) = (bound(slice, "start")?, bound(slice, "stop")?);
        return Ok(Slice::Range { start, stop, step }.into());
    }
    if let Ok(yes) = item.cast::<PyBool>() {
        return Ok(Mask::new([], [yes.is_true()]).into());
    }
    if let Some(index) = index_of(item)? {
        return Ok(Slice::Index(index).into());
    }
    array(item)
}

fn bound(slice: &Bound<'_, PySlice>, name: &str) -> PyResult<Option<i64>> {
    let value = slice.getattr(name)?;
    match value.is_none() {
        true => Ok(None),
        false => integer(&value).map(Some),
    }
}

fn integer(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    index_of(value)?.ok_or_else(|| unsupported(value))
}

/// An integer of any type, or `None`. What `i64` cannot hold lies beyond all axes.
fn index_of(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    let Some(value) = if_suitable(value.py(), value.call_method0("__index__"))? else {
        return Ok(None);
    };
    let number = value.cast::<PyInt>()?;
    let index = number.extract().or_else(|_| {
        let is_negative = number.lt(0)?;
        Ok::<_, PyErr>(if is_negative { i64::MIN } else { i64::MAX })
    });
    index.map(Some)
}

/// A list or an array of integers or bools.
fn array(item: &Bound<'_, PyAny>) -> PyResult<AxisSelection> {
    let py = item.py();
    let array = numpy(py)?.call_method1("asarray", (item,));
    let array = array.map_err(|came| instead(py, came, || unsupported(item)))?;
    let shape: Vec<u64> = array.getattr("shape")?.extract()?;
    let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
    let flat = array.call_method1("reshape", (-1,))?;
    let is_empty = shape.contains(&0);
    match kind.as_str() {
        "b" => {
            let cells: numpy::PyReadonlyArray1<'_, bool> = flat.extract()?;
            Ok(Mask::new(shape, cells.as_array().to_vec()).into())
        }
        "i" | "u" => indices(shape, &flat),
        // NumPy makes floats of an empty list.
        "f" if is_empty => indices(shape, &flat),
        _ => Err(unsupported(item)),
    }
}

fn indices(shape: Vec<u64>, flat: &Bound<'_, PyAny>) -> PyResult<AxisSelection> {
    let cells: numpy::PyReadonlyArray1<'_, i64> =
        flat.call_method1("astype", ("i8",))?.extract()?;
    Ok(Indices::new(shape, cells.as_array().to_vec()).into())
}

fn unsupported(item: &Bound<'_, PyAny>) -> PyErr {
    let shown = match if_suitable(item.py(), item.repr()) {
        Ok(shown) => shown.map(|text| text.to_string()).unwrap_or_default(),
        Err(interrupt) => return interrupt,
    };
    PyIndexError::new_err(format!(
        "{shown} selects no cells; an index has integers, slices, `...`, None, and lists or arrays of integers or bools"
    ))
}
