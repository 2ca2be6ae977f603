"""What arrays are made of, what they say of themselves, and how they change."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numcodecs
import numpy as np
import pytest
import zarr
import zarr.codecs

import zarr_rs


def test_properties(path):
    a = zarr_rs.create_array(
        path, shape=(100, 80), dtype="f4", chunks=(10, 20), shards=(50, 40), fill_value=1.5,
        attributes={"unit": "K"}, dimension_names=["y", None],
    )
    b = zarr.open_array(path)
    for name in ("shape", "dtype", "chunks", "shards", "fill_value", "ndim", "size", "nbytes", "path", "name", "basename"):
        assert getattr(a, name) == getattr(b, name), name
    assert a.attrs["unit"] == b.attrs["unit"] == "K"
    assert a.dimension_names == ("y", None) == b.metadata.dimension_names
    assert (a.cdata_shape, a.nchunks, a.nchunks_initialized) == ((10, 4), 40, 0)
    assert (a.order, a.zarr_format, a.read_only, len(a)) == ("C", 3, False, 100)
    assert repr(a) == f"<Array {path} shape=(100, 80) dtype=float32>"
    assert [line.split(":")[0] for line in repr(a.info).splitlines()] == [
        line.split(":")[0] for line in repr(b.info).splitlines()
    ]
    assert a.nbytes_stored() > 0
    assert "No. bytes stored" in repr(a.info_complete())


def test_chunks_and_codecs_are_what_zarr_python_says(path):
    for number, keywords in enumerate(
        [
            {"chunks": (30, 40)},
            {"chunks": (10, 20), "shards": (50, 40), "filters": [zarr.codecs.TransposeCodec(order=(1, 0))]},
            {"chunks": (30, 40), "compressors": None},
        ]
    ):
        a = zarr_rs.create_array(f"{path}/{number}", shape=(100, 80), dtype="i1", **keywords)
        b = zarr.open_array(f"{path}/{number}")
        assert a.read_chunk_sizes == b.read_chunk_sizes
        assert a.write_chunk_sizes == b.write_chunk_sizes
        assert [codec["name"] for codec in a.filters] == [codec.to_dict()["name"] for codec in b.filters]
        assert [codec["name"] for codec in a.compressors] == [codec.to_dict()["name"] for codec in b.compressors]
        assert a.serializer["name"] == b.serializer.to_dict()["name"]
        again = zarr_rs.create_array(
            None, shape=4, dtype="i1", compressors=a.compressors, serializer=a.serializer
        )
        assert again.compressors == a.compressors


def test_config(path):
    a = zarr_rs.create_array(path, shape=(4, 6), dtype="i4", chunks=(2, 3))
    assert a.config == {"order": "C", "write_empty_chunks": False, "read_missing_chunks": True}
    b = a.with_config({"order": "F", "write_empty_chunks": True})
    assert b[...].flags.f_contiguous and not a[...].flags.f_contiguous
    b[...] = 0
    assert a.nchunks_initialized == 4
    a = zarr_rs.open_array(path, config=zarr.open_array(path).with_config({"order": "F"}).config)
    assert a.config["order"] == "F"
    for wrong in ({"order": "G"}, {"write_empty_chunks": 3}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            a.with_config(wrong)
    with pytest.raises(TypeError, match="nothing"):
        a.with_config({"nothing": 1})


def test_chunks_outside_are_kept_on_demand(path):
    a = zarr_rs.create_array(path, shape=8, dtype="i4", chunks=2)
    a[...] = 7
    a.resize(4, delete_outside_chunks=False)
    a.resize(8)
    assert a[...].tolist() == [7] * 8
    a.resize(4)
    a.resize(8)
    assert a[...].tolist() == [7] * 4 + [0] * 4


@pytest.mark.parametrize(
    "keywords",
    [
        {"compressors": None},
        {"compressors": "gzip"},
        {"compressors": {"name": "zstd", "configuration": {"level": 3}}},
        {"compressors": zarr.codecs.BloscCodec(cname="zstd", clevel=5)},
        {"compressors": [zarr.codecs.GzipCodec(level=1)], "filters": [zarr.codecs.TransposeCodec(order=(1, 0))]},
        {"compressors": numcodecs.Zlib(3), "zarr_format": 2},
        {"compressors": numcodecs.Blosc(), "filters": [numcodecs.Delta("i4")], "zarr_format": 2},
        {"compressor": None, "zarr_format": 2},
        {"serializer": {"name": "bytes", "configuration": {"endian": "big"}}},
        {"chunk_key_encoding": {"name": "v2", "separator": "."}},
        {"chunk_key_encoding": "v2"},
        {"order": "F", "zarr_format": 2},
        {"dimension_separator": "/", "zarr_format": 2},
        {"chunks": 4},
        {"chunks": (-1, 2)},
        {"chunks": "auto"},
        {"chunks": False},
        {"shards": {"shape": (8, 8), "index_location": "start"}, "chunks": (4, 4)},
        {"write_empty_chunks": True},
        {"config": {"write_empty_chunks": True}},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore")
def test_keywords(path, keywords):
    data = np.arange(48, dtype="i4").reshape(8, 6)
    a = zarr_rs.create_array(path, data=data, **keywords)
    np.testing.assert_array_equal(a[...], data)
    np.testing.assert_array_equal(zarr.open_array(path)[...], data)


def test_what_is_no_argument(path):
    with pytest.raises(TypeError, match="chunkz"):
        zarr_rs.create_array(path, shape=3, dtype="i4", chunkz=2)
    with pytest.raises(ValueError, match="zarr_format"):
        zarr_rs.create_array(path, shape=3, dtype="i4", zarr_format=4)
    with pytest.raises(TypeError, match="shape"):
        zarr_rs.create_array(path, dtype="i4")
    with pytest.raises(NotImplementedError, match="nonsense"):
        zarr_rs.create_array(path, shape=3, dtype="i4", compressors="nonsense")
    assert not Path(path).exists()


def test_filled():
    for make, wanted in [
        (lambda: zarr_rs.zeros((2, 3), dtype="i4"), np.zeros((2, 3), "i4")),
        (lambda: zarr_rs.ones(4), np.ones(4)),
        (lambda: zarr_rs.full((2,), 7, dtype="u1"), np.full(2, 7, "u1")),
        (lambda: zarr_rs.full(2, 2.5), np.full(2, 2.5)),
        (lambda: zarr_rs.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 4]])),
        (lambda: zarr_rs.array([1, 2], dtype="f4", chunks=1), np.array([1, 2], "f4")),
    ]:
        a = make()
        assert a.dtype == wanted.dtype
        np.testing.assert_array_equal(a[...], wanted)
    assert zarr_rs.empty((3, 4)).shape == (3, 4)
    assert zarr_rs.create_array(None, data=zarr_rs.ones(3, chunks=2)).chunks == (2,)


def test_changes(path):
    a = zarr_rs.create_array(path, data=np.arange(6).reshape(2, 3), chunks=2)
    assert a.append(np.arange(3).reshape(1, 3)) == (3, 3)
    assert a.append(np.zeros((3, 1)), axis=1) == (3, 4)
    a.resize((2, 2))
    assert a.shape == zarr.open_array(path).shape == (2, 2)
    a.shape = (5, 2)
    assert a[4, 1] == 0
    other = zarr_rs.open_array(path)
    other.resize((1, 1))
    assert a.shape == (5, 2)
    a.refresh()
    assert a.shape == (1, 1)
    with pytest.raises((TypeError, ValueError)):
        a.resize("x")


def test_attributes(path):
    a = zarr_rs.create_array(path, shape=1, dtype="i4", attributes={"a": 1, "b": [1, {"c": None}]})
    a.attrs["d"] = np.float32(0.5)
    del a.attrs["a"]
    a.attrs.update(e="x", f=True)
    assert dict(a.attrs) == {"b": [1, {"c": None}], "d": 0.5, "e": "x", "f": True}
    assert dict(zarr.open_array(path).attrs) == a.attrs.asdict()
    a.attrs.put({"only": 1})
    assert dict(zarr_rs.open_array(path).attrs) == {"only": 1}
    assert ("only" in a.attrs, "e" in a.attrs, len(a.attrs)) == (True, False, 1)
    with pytest.raises(KeyError):
        a.attrs["none"]
    with pytest.raises(KeyError):
        del a.attrs["none"]
    with pytest.raises(TypeError):
        a.attrs["x"] = object()
    assert a.update_attributes({"more": 2}) is a
    assert a.attrs["more"] == 2


def test_errors(path):
    with pytest.raises(FileNotFoundError, match="a.zarr"):
        zarr_rs.open_array(path)
    zarr_rs.create_array(path, shape=1, dtype="i4")
    with pytest.raises(FileExistsError):
        zarr_rs.create_array(path, shape=1, dtype="i4")
    with pytest.raises(ValueError):
        zarr_rs.create_group(path)
    with pytest.raises(TypeError):
        zarr_rs.open_group(path, mode="r")
    readonly = zarr_rs.open_array(path, mode="r")
    assert readonly.read_only
    with pytest.raises(PermissionError):
        readonly[0] = 1
    with pytest.raises(ValueError):
        zarr_rs.open_array(path, mode="x")
    with pytest.raises(TypeError, match="store"):
        zarr_rs.open(object())
    zarr_rs.create_array(path, shape=2, dtype="i4", overwrite=True)
    (Path(path) / "c").mkdir(exist_ok=True)
    (Path(path) / "c" / "0").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="chunk"):
        zarr_rs.open_array(path)[...]


def test_pickles(path):
    root = zarr_rs.create_group(path)
    a = root.create_array("x/y", data=np.arange(10), chunks=3)
    b = pickle.loads(pickle.dumps(a))
    assert b == a
    np.testing.assert_array_equal(b[...], np.arange(10))
    b[0] = 7
    assert a[0] == 7
    assert pickle.loads(pickle.dumps(zarr_rs.open_array(path, path="x/y", mode="r"))).read_only
    group = pickle.loads(pickle.dumps(root["x"]))
    assert group == root["x"]
    assert list(group) == ["y"]
    with pytest.raises(ValueError, match="memory"):
        pickle.dumps(zarr_rs.ones(3))


def test_relative_paths_are_the_same_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a = zarr_rs.create_array("here.zarr", data=np.arange(3))
    sent = pickle.dumps(a)
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    np.testing.assert_array_equal(pickle.loads(sent)[...], np.arange(3))


def test_stores(tmp_path):
    data = np.arange(4)
    memory = zarr_rs.MemoryStore()
    zarr_rs.create_array(memory, name="a", data=data)
    np.testing.assert_array_equal(zarr_rs.open_array(memory, path="a")[...], data)
    zarr_rs.create_array(tmp_path / "path.zarr", data=data)
    np.testing.assert_array_equal(zarr_rs.open(tmp_path / "path.zarr")[...], data)
    store = zarr.storage.LocalStore(tmp_path / "path.zarr")
    np.testing.assert_array_equal(zarr_rs.open(store)[...], data)
    zipped = str(tmp_path / "b.zip")
    a = zarr_rs.create_array(zipped, data=data)
    del a
    np.testing.assert_array_equal(zarr_rs.open_array(zipped, mode="r")[...], data)
    with zarr.storage.ZipStore(zipped, mode="r") as theirs:
        np.testing.assert_array_equal(zarr.open_array(theirs, mode="r")[...], data)


def test_save_and_load(path):
    zarr_rs.save(path, np.arange(3))
    np.testing.assert_array_equal(zarr_rs.load(path), np.arange(3))
    np.testing.assert_array_equal(zarr.load(path), np.arange(3))
    assert zarr_rs.save_array(path, np.arange(3)) is None
    zarr_rs.save(path, np.arange(2), b=np.ones(3))
    loaded = zarr_rs.load(path)
    assert sorted(loaded) == ["arr_0", "b"]
    np.testing.assert_array_equal(loaded["b"], np.ones(3))


def test_threads_read_and_write_side_by_side(path):
    a = zarr_rs.create_array(path, shape=(64, 1000), dtype="i8", chunks=(16, 100))

    def fill(i):
        a[i] = i
        return int(a[i].sum())

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fill, range(64))) == [1000 * i for i in range(64)]
    np.testing.assert_array_equal(a[...], np.repeat(np.arange(64), 1000).reshape(64, 1000))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_fork_after_use_works(path):
    program = f"""
import os, numpy as np, zarr_rs
a = zarr_rs.create_array({path!r}, data=np.arange(100000), chunks=1000)
assert a[...].sum() == 4999950000
child = os.fork()
a[:10] = 0
assert a[...].sum() == 4999950000 - 45
if child:
    os._exit(os.waitpid(child, 0)[1] != 0)
os._exit(0)
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_an_interrupt_ends_a_read(path):
    program = f"""
import os, signal, threading, time, numpy as np, zarr_rs
# A job that a shell began in the background ignores interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
a = zarr_rs.create_array({path!r}, shape=(4000, 1 << 20), dtype="f8", chunks=(1, 1 << 20), fill_value=1.5)
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
begin = time.monotonic()
try:
    while True:
        a.oindex[np.arange(4000)[::-7], np.arange(1 << 20)[::3]]
except KeyboardInterrupt:
    assert time.monotonic() - begin < 3
    print("interrupted", flush=True)
    os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, capture_output=True, text=True)
    assert done.stdout == "interrupted\n", done.stderr
