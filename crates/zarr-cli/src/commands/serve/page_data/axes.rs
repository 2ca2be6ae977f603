//! The axes of an array, for the page: their names and, as in CF and xarray, the coordinates and units of the
//! one-dimensional array beside it that has the name of the axis.

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, Location, Node};

use crate::address::existing;
use crate::elements::numbers;
use crate::hierarchy::DIMENSION_NAMES;

/// The most coordinates of an axis that are sent.
const COORDINATES: u64 = 1 << 16;

/// Describes each axis of the array at a path.
pub(super) fn describe(location: &Location, path: &str, array: &Array) -> Vec<Value> {
    let names = names(array);
    let group = path.rsplit_once('/').map_or("", |(group, _)| group);
    let axes = array.shape().iter().enumerate().map(|(axis, &length)| {
        let name = names.get(axis).cloned().flatten();
        let coordinates = name
            .as_deref()
            .and_then(|name| coordinates(location, group, name, length));
        let (units, coordinates) = coordinates.unwrap_or_default();
        json!({"name": name, "length": length, "units": units, "coordinates": coordinates})
    });
    axes.collect()
}

fn names(array: &Array) -> Vec<Option<String>> {
    if let Some(names) = array.dimension_names() {
        return names.to_vec();
    }
    let names = array.attrs().get(DIMENSION_NAMES).and_then(Value::as_array);
    let names = names.map(|names| names.iter().map(|name| name.as_str().map(str::to_owned)));
    names.map(Iterator::collect).unwrap_or_default()
}

/// The units of an axis and its coordinates. Without a readable array of them, the page shows indices.
fn coordinates(
    location: &Location,
    group: &str,
    name: &str,
    length: u64,
) -> Option<(Option<String>, Option<Vec<f64>>)> {
    let open = zarr::open(location.clone()).path(format!("{group}/{name}"));
    let Ok(Node::Array(array)) = existing(open, location).wait() else {
        return None;
    };
    if array.shape() != [length] {
        return None;
    }
    let units = array.attrs().get("units").and_then(Value::as_str);
    let units = units.map(str::to_owned);
    if length > COORDINATES || numbers::reading(array.dtype()).is_none() {
        return Some((units, None));
    }
    let data = array.read_dyn(..).wait().ok()?;
    let mut values = Vec::new();
    let bytes = data.data.as_fixed().unwrap_or_default();
    numbers::each(&data.dtype, bytes, |number| values.push(number.to_f64()));
    Some((units, Some(values)))
}
