"""Every dtype comes back as it was written, and zarr-python reads the same, in both directions."""

import warnings

import numpy as np
import pytest
import zarr
from conftest import SAMPLES

import zarr_rs


def same(found, wanted):
    assert found.dtype == wanted.dtype
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_it_comes_back(path, name, zarr_format):
    data = SAMPLES[name].reshape(3, 4)
    a = zarr_rs.create_array(path, data=data, chunks=(2, 3), zarr_format=zarr_format)
    assert a.dtype == data.dtype
    same(a[...], data)
    same(a[1:, [0, 3]], data[1:, [0, 3]])
    same(np.asarray(a), data)
    out = np.zeros_like(data)
    a.get_basic_selection(..., out=out)
    same(out, data)
    a[0] = data[2]
    same(a[0], data[2])


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_zarr_python_reads_what_we_write(path, name, zarr_format):
    data = SAMPLES[name]
    if (name, zarr_format) == ("V3", 3):
        pytest.skip("the data type r24 of the specification, which zarr-python 3.4 does not know")
    zarr_rs.create_array(path, data=data, chunks=5, zarr_format=zarr_format)
    found = zarr.open_array(path, mode="r")
    assert found.dtype == data.dtype
    np.testing.assert_array_equal(found[...], data)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_we_read_what_zarr_python_writes(path, name, zarr_format):
    data = SAMPLES[name]
    theirs = zarr.create_array(path, data=data, chunks=(5,), zarr_format=zarr_format)
    ours = zarr_rs.open_array(path, mode="r")
    same(ours[...], data)
    assert ours.chunks == theirs.chunks
    fill, wanted = ours.fill_value, theirs.fill_value
    assert np.array_equal(fill, wanted) or (np.isnat(fill) and np.isnat(wanted))


def test_names():
    for given, wanted in [
        ("f4", "f4"),
        (np.float32, "f4"),
        (float, "f8"),
        (int, "i8"),
        (bool, "?"),
        ("int16", "i2"),
        (np.dtype("M8[ms]"), "M8[ms]"),
        ("datetime64[D]", "M8[D]"),
        ([("a", "i2"), ("b", "f4")], [("a", "i2"), ("b", "f4")]),
        ("r24", "V3"),
    ]:
        assert zarr_rs.create_array(None, shape=3, dtype=given).dtype == np.dtype(wanted)
    nested = [("a", "i2"), ("b", [("c", "f4")], (2, 3))]
    assert zarr_rs.create_array(None, shape=3, dtype=nested, zarr_format=2).dtype == np.dtype(nested)
    for text in (str, "str", "string", np.dtypes.StringDType()):
        assert zarr_rs.create_array(None, shape=3, dtype=text).dtype == np.dtypes.StringDType()
    assert zarr_rs.create_array(None, shape=3, dtype=bytes).dtype == np.dtype("O")
    for wrong in ("quaternion", object):
        with pytest.raises(TypeError):
            zarr_rs.create_array(None, shape=3, dtype=wrong)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_the_other_byte_order(path, zarr_format):
    data = np.arange(5, dtype=">i4")
    ours = zarr_rs.create_array(path, shape=5, dtype=">i4", zarr_format=zarr_format, compressors=None, chunks=5)
    ours[...] = data
    np.testing.assert_array_equal(ours[...], data)
    np.testing.assert_array_equal(zarr.open_array(path)[...], data)
    [chunk] = [file for file in __import__("pathlib").Path(path).rglob("*") if file.name == "0"]
    assert chunk.read_bytes() == data.tobytes()


def test_fields(path):
    data = SAMPLES["record"]
    a = zarr_rs.create_array(path, data=data, chunks=5)
    same(a["x"], data["x"])
    same(a["x", 2:7], data["x"][2:7])
    same(a.get_basic_selection(slice(3), fields=["id", "x"]), np.array(data[["id", "x"]][:3], dtype=[("id", "i4"), ("x", "f8")]))
    np.testing.assert_array_equal(a[["name", "id"]]["name"], data["name"])
    a["x"] = 7
    assert (a["x"] == 7).all()
    same(a["id"], data["id"])
    a.set_basic_selection(0, 5, fields="id")
    assert a["id"][0] == 5
    with pytest.raises(ValueError):
        a["y"]


def test_bytes_of_any_length():
    data = np.array([b"", b"a\0b", b"xyz"], dtype=object)
    a = zarr_rs.create_array(None, shape=3, dtype="bytes")
    a[...] = data
    assert list(a[...]) == list(data)


def test_bfloat16_is_that_of_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    data = np.array([1.5, -2, 0.1], dtype=ml_dtypes.bfloat16)
    a = zarr_rs.create_array(None, data=data)
    same(a[...], data)


def test_numbers_are_cast_as_in_zarr_python():
    ours = zarr_rs.create_array(None, shape=3, dtype="i2")
    theirs = zarr.create_array({}, shape=3, dtype="i2")
    for value in (np.array([1.9, -1.9, 70000.0]), 5, np.float32(2.5), [1, 2, 3], True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours[...] = value
            theirs[...] = value
        same(ours[...], theirs[...])
    with pytest.raises(OverflowError):
        ours[...] = 70000
    with pytest.raises((TypeError, ValueError)):
        ours[...] = "text"


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_result_is_memory_of_its_own(order):
    data = np.arange(12.0).reshape(3, 4)
    a = zarr_rs.create_array(None, data=data, order=order, zarr_format=2)
    found = a[...]
    same(found, data)
    assert found.flags.writeable
    assert found.flags.aligned
    found[0, 0] = 99
    assert a[0, 0] == 0


@pytest.mark.parametrize("kind", ["M8", "m8"])
@pytest.mark.filterwarnings("ignore:The 'generic' unit:DeprecationWarning")
def test_times_without_a_unit_in_either_byte_order(kind):
    counts = np.array([0, 1, -2, 100], ">i8")
    a = zarr_rs.array(counts.view(f">{kind}"))
    assert a[...].view("i8").tolist() == counts.tolist()
