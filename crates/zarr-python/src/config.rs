//! `Config`: the argument `config`, which says how an array is read and written.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;
use zarr::{CreateArray, Order};

use crate::json;

/// What a caller sets; the rest stays as it is.
#[derive(Default)]
pub(crate) struct Config {
    order: Option<Order>,
    write_empty_chunks: Option<bool>,
    read_missing_chunks: Option<bool>,
}

impl Config {
    /// What a dict, or zarr-python's `ArrayConfig`, says.
    ///
    /// # Errors
    /// If it has a member of another name, or of a wrong value.
    pub(crate) fn new(given: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut config = Self::default();
        let Some(given) = given else {
            return Ok(config);
        };
        let Value::Object(members) = json::from_python(given)? else {
            return Err(PyTypeError::new_err("`config` is a dict"));
        };
        for (name, value) in &members {
            config.set(name, value)?;
        }
        Ok(config)
    }

    fn set(&mut self, name: &str, value: &Value) -> PyResult<()> {
        let wrong = || PyValueError::new_err(format!("config: `{name}` cannot be {value}"));
        match name {
            "order" => {
                let order = value.as_str().ok_or_else(wrong)?;
                self.order = Some(Order::try_from(order).map_err(|_| wrong())?);
            }
            "write_empty_chunks" => {
                self.write_empty_chunks = Some(value.as_bool().ok_or_else(wrong)?);
            }
            "read_missing_chunks" => {
                self.read_missing_chunks = Some(value.as_bool().ok_or_else(wrong)?);
            }
            // How zarr-python puts its requests together; the engine has a way of its own.
            "sharding_coalesce_max_gap_bytes" | "sharding_coalesce_max_bytes" => {}
            other => {
                let text = format!("config: there is no `{other}`");
                return Err(PyTypeError::new_err(text));
            }
        }
        Ok(())
    }

    /// The array, read and written in this way.
    #[must_use]
    pub(crate) fn apply(&self, array: zarr::Array) -> zarr::Array {
        let old = array.config();
        let new = zarr::ArrayConfig {
            order: self.order.unwrap_or(old.order),
            write_empty_chunks: self.write_empty_chunks.unwrap_or(old.write_empty_chunks),
            read_missing_chunks: self.read_missing_chunks.unwrap_or(old.read_missing_chunks),
            ..old.clone()
        };
        match new == *old {
            true => array,
            false => array.with_config(new),
        }
    }

    /// The array to be made, read and written in this way.
    pub(crate) fn of_new(&self, mut create: CreateArray) -> CreateArray {
        if let Some(order) = self.order {
            create = create.order(order);
        }
        if let Some(yes) = self.write_empty_chunks {
            create = create.write_empty_chunks(yes);
        }
        if let Some(yes) = self.read_missing_chunks {
            create = create.read_missing_chunks(yes);
        }
        create
    }

    /// How an array is read and written, as a dict.
    ///
    /// # Errors
    /// If Python has no memory for it.
    pub(crate) fn of_array<'py>(
        py: Python<'py>,
        array: &zarr::Array,
    ) -> PyResult<Bound<'py, PyDict>> {
        let config = array.config();
        let members = PyDict::new(py);
        members.set_item("order", order_name(config.order))?;
        members.set_item("write_empty_chunks", config.write_empty_chunks)?;
        members.set_item("read_missing_chunks", config.read_missing_chunks)?;
        Ok(members)
    }
}

/// The letter of an order.
pub(crate) fn order_name(order: Order) -> &'static str {
    match order {
        Order::C => "C",
        Order::F => "F",
    }
}
