//! The five options that select elements.

use std::path::PathBuf;

use serde_json::Value;
use zarr::{Array, AxisSelection, DataType, Mask, Selection, Slice};

use crate::failure::{Exit, Failure};
use crate::npy;

/// At most one of these; none selects every element.
#[derive(Debug, Default, clap::Args)]
#[group(id = "elements", multiple = false)]
pub(crate) struct SelectionArgs {
    /// Which elements, indexed as in NumPy: '0:10, 5, ::2'
    #[arg(long, value_name = "INDEX", allow_hyphen_values = true, value_parser = index)]
    selection: Option<Selection>,

    /// Orthogonal indexing by a list of indices or a slice for each axis: '[[0, -1], "1:5"]'
    #[arg(long, value_name = "JSON")]
    oindex: Option<String>,

    /// Vectorized indexing: as --oindex, but the lists are combined point by point: '[[0, 4], [3, -1]]'
    #[arg(long, value_name = "JSON")]
    vindex: Option<String>,

    /// The elements for which an array of bools of the same shape is true
    #[arg(long, value_name = "FILE.npy")]
    mask: Option<PathBuf>,

    /// Whole chunks, or shards, by their indices in the chunk grid: '0, 2:4'
    #[arg(long, value_name = "INDEX", allow_hyphen_values = true, value_parser = index)]
    blocks: Option<Selection>,
}

/// A selection as it stands between NumPy's brackets, also in quotes that the shell left, or as `np.s_[…]`.
pub(crate) fn index(text: &str) -> Result<Selection, String> {
    let mut inner = text.trim();
    for quote in ['\'', '"'] {
        let unquoted = inner.strip_prefix(quote);
        inner = unquoted
            .and_then(|text| text.strip_suffix(quote))
            .unwrap_or(inner);
    }
    let maker = ["np.s_", "numpy.s_", "np.index_exp", "numpy.index_exp"];
    let bracket = maker.iter().find_map(|name| inner.strip_prefix(name));
    let inner = bracket
        .filter(|rest| rest.starts_with('['))
        .unwrap_or(inner);
    inner.parse().map_err(|error| match advice(inner) {
        Some(advice) => format!("{error}; {advice}"),
        None => format!("{error}"),
    })
}

/// How to write what was probably meant.
fn advice(text: &str) -> Option<&'static str> {
    let inner = text.strip_prefix('[').unwrap_or(text);
    Some(match () {
        () if text.trim().is_empty() => "`...` selects every element",
        () if inner.contains("..") => "write 0:3 for 0..3, as in NumPy",
        () if inner.contains("slice(") => "write 0:3 for slice(0, 3)",
        () if inner.contains('[') => {
            "lists of indices go to --oindex or --vindex, as in '[[0, -1], \"1:5\"]'"
        }
        () if inner.contains(['<', '>', '=']) => {
            "to select by a condition, use --mask with a file of bools"
        }
        () => return None,
    })
}

impl SelectionArgs {
    /// The selection of elements of this array.
    pub(crate) fn of(&self, array: &Array) -> Result<Selection, Failure> {
        let shape = array.shape();
        if let Some(selection) = &self.selection {
            return Ok(selection.clone());
        }
        if let Some(text) = &self.oindex {
            return Ok(Selection::orthogonal(axis_selections(text, "--oindex")?));
        }
        if let Some(text) = &self.vindex {
            return vectorized(axis_selections(text, "--vindex")?, shape);
        }
        if let Some(path) = &self.mask {
            return mask(path);
        }
        match &self.blocks {
            Some(Selection::Basic(slices)) => Ok(Selection::blocks(slices.as_slice())),
            Some(_) => Ok(Selection::blocks(vec![Slice::Ellipsis])),
            None => Ok(Selection::All),
        }
    }
}

/// What is selected on each axis.
fn axis_selections(text: &str, option: &str) -> Result<Vec<AxisSelection>, Failure> {
    let wrong = |why: &str| {
        let what = format!("{option}: {why}");
        Failure::usage(what).advice(format!(
            "one list of indices or slice text per axis, as in {option} '[[0, -1], \"1:5\"]'"
        ))
    };
    let value: Value =
        serde_json::from_str(text).map_err(|error| wrong(&format!("not JSON: {error}")))?;
    let axes = value.as_array().ok_or_else(|| wrong("not a JSON list"))?;
    axes.iter()
        .map(|axis| {
            axis_selection(axis).ok_or_else(|| {
                wrong(&format!(
                    "not an index, a slice or a list of indices: {axis}"
                ))
            })
        })
        .collect()
}

fn axis_selection(axis: &Value) -> Option<AxisSelection> {
    match axis {
        Value::Number(index) => Some(Slice::Index(index.as_i64()?).into()),
        Value::String(text) => match text.parse().ok()? {
            Selection::Basic(slices) => match slices.as_slice() {
                [slice @ (Slice::Index(_) | Slice::Range { .. } | Slice::Full)] => {
                    Some((*slice).into())
                }
                _ => None,
            },
            Selection::All => Some(Slice::Full.into()),
            _ => None,
        },
        Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_boolean) => {
            let mask: Vec<bool> = list.iter().filter_map(Value::as_bool).collect();
            Some(mask.into())
        }
        Value::Array(list) => {
            let list: Vec<i64> = list.iter().map(Value::as_i64).collect::<Option<_>>()?;
            Some(list.into())
        }
        _ => None,
    }
}

/// The cells that the lists name together, as in NumPy.
fn vectorized(axis_selections: Vec<AxisSelection>, shape: &[u64]) -> Result<Selection, Failure> {
    if axis_selections.len() != shape.len() {
        let what = format!(
            "--vindex: {} axes for an array of {}",
            axis_selections.len(),
            shape.len()
        );
        return Err(Failure::usage(what));
    }
    let is_mask = |item: &AxisSelection| matches!(item, AxisSelection::Mask(_));
    if axis_selections.iter().any(is_mask) {
        let what = "--vindex takes lists of indices and slices; for bools use --mask";
        return Err(Failure::usage(what));
    }
    Ok(axis_selections.into())
}

fn mask(path: &std::path::Path) -> Result<Selection, Failure> {
    let array = npy::load(path)?;
    let (DataType::Bool, Some(cells)) = (&array.dtype, array.data.as_fixed()) else {
        let why = format!("it holds {}, not bool", array.dtype);
        let name = path.to_string_lossy();
        return Err(Failure::new(Exit::Usage, "cannot use the mask", &name, why));
    };
    let cells: Vec<bool> = cells.iter().map(|&byte| byte != 0).collect();
    Ok(Mask::new(array.shape, cells).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What numpy makes of `x[…]`.
    #[test]
    fn an_index_is_read_as_numpy_reads_it() {
        for (text, expected) in [
            ("[0:3]", "0:3"),
            ("'0:3'", "0:3"),
            ("\"1:-1\"", "1:-1"),
            ("np.s_[0:3, 2]", "0:3, 2"),
            ("numpy.index_exp[..., -1]", "..., -1"),
            ("np.newaxis, 0", "None, 0"),
            ("Ellipsis, 0", "..., 0"),
        ] {
            assert_eq!(index(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_index_is_answered_with_one() {
        for (text, advice) in [
            ("0..3", "0:3"),
            ("slice(0, 3)", "0:3"),
            ("[[0, 1], 2]", "--oindex"),
            ("[0, 1], 2", "the end"),
            ("x > 3", "--mask"),
            ("", "every element"),
            ("0-3", "column 2"),
        ] {
            let error = index(text).unwrap_err();
            assert!(error.contains(advice), "{text}: {error}");
        }
    }
}
