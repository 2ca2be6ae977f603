//! `Array`: the Python class. Each call works on the handle that the object has at that time.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use zarr::Selection;

use crate::config::{Config, order_name};
use crate::dtype;
use crate::elements;
use crate::errors::to_python;
use crate::handle::Handle;
use crate::indexer::Indexer;
use crate::info::Info;
use crate::json;
use crate::lengths::Lengths;
use crate::operation::{Answer, Operation};
use crate::place::Place;
use crate::read::Part;
use crate::selection::{self, Fields, Meaning};
use crate::structure::{chunk_sizes, codecs};

/// An array in a store. Indexing reads and writes NumPy arrays.
///
/// >>> a = zarr_rs.create_array(None, shape=(4, 6), dtype="i4")
/// >>> a[1, ::2] = 7
/// >>> a[1]
/// array([7, 0, 7, 0, 7, 0], dtype=int32)
#[pyclass(module = "zarr_rs", frozen, weakref)]
pub(crate) struct Array {
    handle: Handle<zarr::Array>,
    place: Place,
    answer: Answer,
}

impl Array {
    /// A node that was opened or made at a place.
    pub(crate) fn new(handle: zarr::Array, place: Place) -> Self {
        let place = place.of_node(handle.location(), handle.zarr_format());
        let place = place.read_only(handle.read_only());
        Self {
            handle: Handle::new(handle),
            place,
            answer: Answer::Now,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The handle as it is now.
    pub(crate) fn handle(&self) -> zarr::Array {
        self.handle.get()
    }

    /// Reads an index.
    ///
    /// # Errors
    /// If it is no index of the array, and those of the read.
    pub(crate) fn get<'py>(
        &self,
        index: &Bound<'py, PyAny>,
        meaning: Meaning,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let part = self.part(index, meaning, fields)?;
        match (out, self.answer) {
            (None, answer) => answer.give(index.py(), part.operation()?),
            (Some(out), Answer::Now) => part.read_into(out),
            // Memory of the caller's cannot be lent to what may be given up at any time.
            (Some(out), answer) => answer.give(index.py(), part.copy_operation(out)?),
        }
    }

    /// Writes to an index.
    ///
    /// # Errors
    /// If it is no index of the array, or the value does not fit, and those of the write.
    pub(crate) fn set<'py>(
        &self,
        index: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        meaning: Meaning,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let part = self.part(index, meaning, fields)?;
        let data = elements::from_numpy(value, &part.data_type()?)?;
        let write = part.array.write(part.selection, data);
        let write = match &part.fields {
            Fields::All => write,
            Fields::One(name) => write.field(name),
            Fields::Several(names) => write.fields(names),
        };
        self.answer.give(value.py(), Operation::silent(write))
    }

    fn part(
        &self,
        index: &Bound<'_, PyAny>,
        meaning: Meaning,
        given: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Part> {
        let array = self.handle();
        let (selection, named) = selection::from_python(index, meaning, array.ndim())?;
        let fields = match selection::fields(given)? {
            Fields::All => named,
            fields => fields,
        };
        Ok(Part {
            array,
            selection,
            fields,
        })
    }
}

#[pymethods]
impl Array {
    /// The number of elements along each axis.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.handle().shape())
    }

    /// Changes the shape, as `resize` does.
    #[setter]
    fn set_shape(&self, py: Python<'_>, shape: Lengths) -> PyResult<()> {
        self.resize(py, shape, true).map(drop)
    }

    /// The number of axes.
    #[getter]
    fn ndim(&self) -> usize {
        self.handle().ndim()
    }

    /// The number of elements.
    #[getter]
    fn size(&self) -> Option<u64> {
        self.handle().size()
    }

    /// The bytes of all elements in memory; None if elements differ in length.
    #[getter]
    fn nbytes(&self) -> Option<u64> {
        self.handle().nbytes()
    }

    /// The NumPy dtype of the elements.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dtype::to_numpy(py, self.handle().dtype())
    }

    /// The shape of a chunk; of an inner chunk if the array is sharded.
    #[getter]
    fn chunks<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let chunks = self.handle().chunks();
        chunks.map(|chunks| PyTuple::new(py, chunks)).transpose()
    }

    /// The shape of a shard; None if the array is not sharded.
    #[getter]
    fn shards<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let shards = self.handle().shards();
        shards.map(|shards| PyTuple::new(py, shards)).transpose()
    }

    /// The value of elements that were never written, as a NumPy scalar or a Python object.
    #[getter]
    fn fill_value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let array = self.handle();
        let fill = array.fill_value().map_err(|error| to_python(&error))?;
        let data = zarr::DynData {
            dtype: array.dtype().clone(),
            shape: Vec::new(),
            data: (&fill).into(),
        };
        elements::to_numpy(py, data)?.get_item(())
    }

    /// `C` or `F`: the order of axes in the memory of arrays that are read.
    #[getter]
    fn order(&self) -> &'static str {
        order_name(self.handle().order())
    }

    /// The path in the store.
    #[getter]
    fn path(&self) -> String {
        self.handle().path().as_str().to_owned()
    }

    /// The path with a leading slash.
    #[getter]
    fn name(&self) -> String {
        self.handle().name()
    }

    /// The last part of the path.
    #[getter]
    fn basename(&self) -> String {
        self.handle().basename().to_owned()
    }

    /// The format: 2 or 3.
    #[getter]
    fn zarr_format(&self) -> u8 {
        crate::options::format_number(self.handle().zarr_format())
    }

    /// Whether nothing can be written through this object.
    #[getter]
    fn read_only(&self) -> bool {
        self.handle().read_only()
    }

    /// The names of the dimensions, of those that have one; None if none has.
    #[getter]
    fn dimension_names<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let array = self.handle();
        let names = array.dimension_names();
        names.map(|names| PyTuple::new(py, names)).transpose()
    }

    /// The lengths of the chunks along each axis, which end at the array's end; of the inner chunks if it is sharded.
    #[getter]
    fn read_chunk_sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let array = self.handle();
        chunk_sizes(py, &array, &array.read_chunk_sizes())
    }

    /// The lengths of the chunks along each axis, which end at the array's end; of the shards if it is sharded.
    #[getter]
    fn write_chunk_sizes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let array = self.handle();
        chunk_sizes(py, &array, &array.write_chunk_sizes())
    }

    /// The codecs that elements go through before they become bytes, as a tuple of dicts that `create_array` takes.
    #[getter]
    fn filters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        codecs(py, &self.handle().filters())
    }

    /// The codec that makes bytes of elements, as a dict; None in format 2, which has none.
    #[getter]
    fn serializer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let serializer = self.handle().serializer();
        serializer
            .map(|codec| json::to_python(py, &codec.to_json()))
            .transpose()
    }

    /// The codecs that bytes go through, as a tuple of dicts that `create_array` takes.
    #[getter]
    fn compressors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        codecs(py, &self.handle().compressors())
    }

    /// How this object reads and writes: a dict, as `with_config` takes it.
    #[getter]
    fn config<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        Config::of_array(py, &self.handle())
    }

    /// The same array, read and written in another way: `order`, `write_empty_chunks`, `read_missing_chunks`.
    ///
    /// >>> a = zarr_rs.zeros(4, chunks=2, dtype="u1").with_config({"write_empty_chunks": True})
    /// >>> a[...] = 0
    /// >>> a.nchunks_initialized
    /// 2
    fn with_config(&self, config: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self {
            handle: Handle::new(Config::new(Some(config))?.apply(self.handle())),
            place: self.place.clone(),
            answer: self.answer,
        })
    }

    /// The number of chunks along each axis.
    #[getter]
    fn cdata_shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.handle().cdata_shape())
    }

    /// The number of chunks.
    #[getter]
    fn nchunks(&self) -> Option<u64> {
        self.handle().nchunks()
    }

    /// The number of chunks that are stored.
    #[getter]
    fn nchunks_initialized<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let array = self.handle();
        let count = async move { array.nchunks_initialized().await };
        self.answer.give(py, Operation::plain(count))
    }

    /// The bytes that the array takes in its store.
    fn nbytes_stored<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let array = self.handle();
        let count = async move { array.nbytes_stored().await };
        self.answer.give(py, Operation::plain(count))
    }

    /// What the array is, in zarr-python's words.
    #[getter]
    fn info(&self) -> Info {
        Info(self.handle().info().to_string())
    }

    /// Like `info`, and what is stored.
    fn info_complete<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let array = self.handle();
        let info = async move { Ok(Info(array.info_complete().await?.to_string())) };
        self.answer.give(py, Operation::plain(info))
    }

    /// The attributes: a mapping, whose changes are stored at once.
    #[getter]
    fn attrs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::attributes::mapping(slf.as_any())
    }

    /// The stored attributes as a dict.
    fn _read_attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_python(py, &self.handle().attrs().clone().into())
    }

    /// Sets and removes attributes; with `replace`, removes all others.
    #[pyo3(signature = (new, *, removed = Vec::new(), replace = false))]
    fn _change_attributes<'py>(
        &self,
        py: Python<'py>,
        new: &Bound<'py, PyDict>,
        removed: Vec<String>,
        replace: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (handle, new) = (self.handle.clone(), json::from_python(new)?);
        let change = async move {
            let mut array = handle.get();
            let change = array.update_attributes(new).remove(removed);
            if replace { change.replace() } else { change }.await?;
            handle.replace(array);
            Ok(())
        };
        self.answer.give(py, Operation::silent(change))
    }

    /// Sets attributes and keeps the others.
    fn update_attributes(
        slf: &Bound<'_, Self>,
        new_attributes: &Bound<'_, PyDict>,
    ) -> PyResult<Py<Self>> {
        let (array, py) = (slf.get(), slf.py());
        array._change_attributes(py, new_attributes, Vec::new(), false)?;
        Ok(slf.clone().unbind())
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.get(index, Meaning::Plain, None, None)
    }

    fn __setitem__(&self, index: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.set(index, value, Meaning::Plain, None).map(drop)
    }

    /// Reads integers and slices, into `out` if it is given.
    #[pyo3(signature = (selection = None, *, out = None, fields = None))]
    fn get_basic_selection<'py>(
        &self,
        py: Python<'py>,
        selection: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let all = py.Ellipsis().into_bound(py);
        self.get(selection.unwrap_or(&all), Meaning::Plain, out, fields)
    }

    /// Writes to integers and slices.
    #[pyo3(signature = (selection, value, *, fields = None))]
    fn set_basic_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.set(selection, value, Meaning::Plain, fields)
    }

    /// Reads every combination of lists, masks and slices.
    #[pyo3(signature = (selection, *, out = None, fields = None))]
    fn get_orthogonal_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.get(selection, Meaning::Orthogonal, out, fields)
    }

    /// Writes to every combination of lists, masks and slices.
    #[pyo3(signature = (selection, value, *, fields = None))]
    fn set_orthogonal_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.set(selection, value, Meaning::Orthogonal, fields)
    }

    /// Reads points, given by a list of coordinates for each axis.
    #[pyo3(signature = (selection, *, out = None, fields = None))]
    fn get_coordinate_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.get(selection, Meaning::Points, out, fields)
    }

    /// Reads several indexes at once, each as NumPy would: a chunk that several of them touch is decoded once.
    fn get_many<'py>(
        &self,
        py: Python<'py>,
        selections: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = self.handle();
        let selection = |index: Bound<'py, PyAny>| match selection::from_python(
            &index,
            Meaning::Points,
            array.ndim(),
        )? {
            (selection, Fields::All) => Ok(selection),
            _ => Err(PyTypeError::new_err("fields cannot be selected here")),
        };
        let selections = selections
            .into_iter()
            .map(selection)
            .collect::<PyResult<_>>()?;
        self.answer.give(py, Part::many(&array, selections))
    }

    /// Writes to points, given by a list of coordinates for each axis.
    #[pyo3(signature = (selection, value, *, fields = None))]
    fn set_coordinate_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.set(selection, value, Meaning::Points, fields)
    }

    /// Reads the cells where a mask of the array's shape is true.
    #[pyo3(signature = (mask, *, out = None, fields = None))]
    fn get_mask_selection<'py>(
        &self,
        mask: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.get(mask, Meaning::Points, out, fields)
    }

    /// Writes to the cells where a mask of the array's shape is true.
    #[pyo3(signature = (mask, value, *, fields = None))]
    fn set_mask_selection<'py>(
        &self,
        mask: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.set(mask, value, Meaning::Points, fields)
    }

    /// Reads whole chunks by their place in the grid; of a sharded array, whole shards.
    #[pyo3(signature = (selection, *, out = None, fields = None))]
    fn get_block_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.get(selection, Meaning::Blocks, out, fields)
    }

    /// Writes whole chunks by their place in the grid; of a sharded array, whole shards.
    #[pyo3(signature = (selection, value, *, fields = None))]
    fn set_block_selection<'py>(
        &self,
        selection: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        fields: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.set(selection, value, Meaning::Blocks, fields)
    }

    /// Indexing by every combination of lists, masks and slices.
    #[getter]
    fn oindex(slf: &Bound<'_, Self>) -> Indexer {
        Indexer::new(slf, Meaning::Orthogonal)
    }

    /// Indexing by points: a list of coordinates for each axis, or a mask.
    #[getter]
    fn vindex(slf: &Bound<'_, Self>) -> Indexer {
        Indexer::new(slf, Meaning::Points)
    }

    /// Indexing by chunks.
    #[getter]
    fn blocks(slf: &Bound<'_, Self>) -> Indexer {
        Indexer::new(slf, Meaning::Blocks)
    }

    /// Changes the shape. Chunks that are outside of the new shape are deleted, unless `delete_outside_chunks` is false:
    /// then they are there again if the array grows.
    #[pyo3(signature = (new_shape, delete_outside_chunks = true))]
    fn resize<'py>(
        &self,
        py: Python<'py>,
        new_shape: Lengths,
        delete_outside_chunks: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.handle.clone();
        let resize = async move {
            let mut array = handle.get();
            let resize = array.resize(new_shape.0);
            match delete_outside_chunks {
                true => resize,
                false => resize.keep_outside(),
            }
            .await?;
            handle.replace(array);
            Ok(())
        };
        self.answer.give(py, Operation::silent(resize))
    }

    /// Adds data at the end of an axis, and returns the new shape.
    #[pyo3(signature = (data, axis = 0))]
    fn append<'py>(&self, data: &Bound<'py, PyAny>, axis: isize) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.handle.clone();
        let appended = elements::from_numpy(data, handle.get().dtype())?;
        let append = async move {
            let mut array = handle.get();
            array.append(appended).axis(axis).await?;
            let shape = array.shape().to_vec();
            handle.replace(array);
            Ok(shape)
        };
        let shape =
            |py: Python<'_>, shape: Vec<u64>| Ok(PyTuple::new(py, shape)?.into_any().unbind());
        self.answer.give(data.py(), Operation::new(append, shape))
    }

    /// Reads the array's document again: another process may have changed its shape or attributes.
    fn refresh<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let handle = self.handle.clone();
        let refresh = async move {
            let mut array = handle.get();
            array.refresh().await?;
            handle.replace(array);
            Ok(())
        };
        self.answer.give(py, Operation::silent(refresh))
    }

    /// The same array with coroutines instead of methods that wait.
    #[getter]
    fn async_array<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::asynchronous::of("AsyncArray", slf.as_any())
    }

    /// The same array, whose methods return operations.
    fn _later(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            place: self.place.clone(),
            answer: Answer::Later,
        }
    }

    #[pyo3(signature = (dtype = None, copy = None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            let text = "`copy=False` is not possible: the elements are read from the store";
            return Err(pyo3::exceptions::PyValueError::new_err(text));
        }
        let (array, selection, fields) = (self.handle(), Selection::All, Fields::All);
        let part = Part {
            array,
            selection,
            fields,
        };
        let read = part.operation()?.wait(py)?;
        match dtype {
            None => Ok(read),
            Some(dtype) => read.call_method1("astype", (dtype,)),
        }
    }

    fn __len__(&self) -> PyResult<usize> {
        let length = self.handle().shape().first().copied();
        let length =
            length.ok_or_else(|| PyTypeError::new_err("len() of an array without axes"))?;
        Ok(usize::try_from(length)?)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let Ok(other) = other.cast::<Self>() else {
            return false;
        };
        let other = other.get();
        self.place.is(&other.place) && self.handle().metadata() == other.handle().metadata()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (shown, name) = (self.place.shown(&self.name()), self.dtype(py)?);
        Ok(format!(
            "<Array {shown} shape={} dtype={name}>",
            self.shape(py)?
        ))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::pickle::reduce(py, "array", self.place.portable(py)?)
    }
}
