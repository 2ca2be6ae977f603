"""The engine's stores under zarr-python: its own tests of stores, and arrays in each kind of store."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import zarr
from conftest import served
from zarr.core.buffer import Buffer, cpu, default_buffer_prototype
from zarr.storage import LocalStore
from zarr.testing.store import StoreTests

import zarr_rs
from zarr_rs._zarr_rs import Values
from zarr_rs.pipeline import counts
from zarr_rs.store import EngineStore

DATA = np.arange(13 * 11, dtype="i4").reshape(13, 11)
ENGINE = {"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}


class OfStores(StoreTests[EngineStore, cpu.Buffer]):
    """What zarr-python tests of every store."""

    store_cls = EngineStore
    buffer_cls = cpu.Buffer

    def test_store_repr(self, store):
        assert repr(store) == f"EngineStore('{store}')"

    def test_store_supports_writes(self, store):
        assert store.supports_writes and store.supports_deletes

    def test_store_supports_listing(self, store):
        assert store.supports_listing

    async def test_values_that_are_no_buffers_are_refused(self, store):
        with pytest.raises(TypeError, match="Buffer"):
            await store.set("a", b"bytes")

    async def test_behind_the_end_of_a_value_there_is_nothing(self, store):
        await store.set("a", cpu.Buffer.from_bytes(b"1234"))
        for part, wanted in ((zarr.abc.store.RangeByteRequest(2, 20), b"34"), (zarr.abc.store.OffsetByteRequest(10), b"")):
            assert (await store.get("a", default_buffer_prototype(), part)).to_bytes() == wanted


class TestDirectories(OfStores):
    @pytest.fixture
    def store_kwargs(self, tmp_path):
        return {"store": str(tmp_path / "a.zarr")}

    async def set(self, store, key, value: Buffer):
        path = Path(str(store)) / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(value.to_bytes())

    async def get(self, store, key):
        return cpu.Buffer.from_bytes((Path(str(store)) / key).read_bytes())


class TestMemory(OfStores):
    """A store in memory that has a name, so that pickles of it mean the same in this process."""

    @pytest.fixture
    def store_kwargs(self, tmp_path):
        address = f"memory://{tmp_path.name}"
        self.values = Values(address)
        # It is there as long as it is open.
        self.values.open().wait()
        return {"store": address}

    async def set(self, store, key, value: Buffer):
        self.values.set(key, value.as_numpy_array()).wait()

    async def get(self, store, key):
        return cpu.Buffer.from_array_like(self.values.get(key).wait())


@pytest.fixture(params=["zarr-python", "engine"])
def pipeline(request):
    with zarr.config.set(ENGINE if request.param == "engine" else {}):
        counts.reset()
        yield request.param


@pytest.fixture(params=["directory", "memory", "zip"])
def address(request, tmp_path):
    names = {"directory": tmp_path / "a", "memory": f"memory://arrays-{tmp_path.name}", "zip": tmp_path / "a.zip"}
    return str(names[request.param])


LAYOUTS = [{"chunks": (4, 3)}, {"chunks": (2, 3), "shards": (4, 6)}, {"chunks": (4, 3), "zarr_format": 2}]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_arrays_and_groups(pipeline, address, layout):
    with EngineStore(address) as store:
        root = zarr.create_group(store, zarr_format=layout.get("zarr_format", 3))
        keywords = {name: value for name, value in layout.items() if name != "zarr_format"}
        a = root.create_array("x/y", shape=DATA.shape, dtype="i4", **keywords)
        a[...] = DATA
        wanted = DATA.copy()
        for index in [(slice(1, 9, 3), 4), ([1, 12, 5], [0, 10, 3]), 7]:
            np.testing.assert_array_equal(a[index], wanted[index])
            a[index] = wanted[index] = -1
            np.testing.assert_array_equal(a[...], wanted)
        a.append(DATA)
        assert a.nchunks_initialized > 0
        assert sorted(root) == ["x"] and [name for name, _ in root.members(max_depth=None)] == ["x", "x/y"]
        np.testing.assert_array_equal(a[13:], DATA)
    if pipeline == "engine":
        assert counts.engine > 0 and counts.python == 0, counts
    again = EngineStore(address, read_only=True)
    np.testing.assert_array_equal(zarr.open_array(again, path="x/y", mode="r")[:13], wanted)
    with pytest.raises(ValueError, match="read-only"):
        zarr.open_array(again, path="x/y", mode="r")[0] = 1
    np.testing.assert_array_equal(zarr_rs.open_array(address, path="x/y")[:13], wanted)


def test_directories_are_those_of_zarr_python(tmp_path, pipeline):
    zarr.create_array(LocalStore(tmp_path / "a"), data=DATA, chunks=(4, 3), shards=(8, 6))
    np.testing.assert_array_equal(zarr.open_array(EngineStore(tmp_path / "a"))[...], DATA)
    zarr.create_array(EngineStore(tmp_path / "b"), data=DATA, chunks=(4, 3), shards=(8, 6))
    np.testing.assert_array_equal(zarr.open_array(LocalStore(tmp_path / "b"))[...], DATA)
    np.testing.assert_array_equal(zarr_rs.open_array(EngineStore(tmp_path / "b"))[...], DATA)
    assert EngineStore(tmp_path / "a") == EngineStore(str(tmp_path / "a")) != EngineStore(tmp_path / "b")


@pytest.mark.filterwarnings("ignore")
def test_a_web_server(tmp_path, pipeline):
    root = zarr.create_group(tmp_path / "served")
    root.create_array("a", data=DATA, chunks=(2, 3), shards=(4, 6))
    zarr.consolidate_metadata(root.store)

    with served(tmp_path / "served") as url:
        store = EngineStore(url, storage_options={"allow_http": True})
        assert not (store.supports_writes or store.supports_deletes or store.supports_listing)
        counts.reset()
        a = zarr.open_group(store, mode="r")["a"]
        np.testing.assert_array_equal(a[...], DATA)
        np.testing.assert_array_equal(a[3:5, 2], DATA[3:5, 2])
        assert pickle.loads(pickle.dumps(store)) == store
    if pipeline == "engine":
        assert counts.engine > 0 and counts.python == 0, counts


def test_what_lies_on_a_server_is_not_asked_for_value_by_value(tmp_path):
    for store, yes in ((EngineStore(tmp_path), True), (EngineStore("https://example.org/a"), False)):
        assert zarr.abc.store._store_supports_sync_io(store) == yes


def test_secrets_are_not_shown():
    store = EngineStore("s3://key:secret@bucket/a", storage_options={"secret_access_key": "secret"})
    assert "secret" not in repr(store)


def test_a_store_of_a_group(tmp_path):
    below = zarr_rs.create_group(str(tmp_path)).create_group("x/y")
    store = EngineStore(below)
    zarr.create_array(store, name="a", data=DATA)
    assert pickle.loads(pickle.dumps(store)) == store != EngineStore(str(tmp_path))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(below))["a"][...], DATA)
    np.testing.assert_array_equal(zarr.open_array(pickle.loads(pickle.dumps(store)), path="a")[...], DATA)


def test_pickles(tmp_path, pipeline):
    a = zarr.create_array(EngineStore(tmp_path / "a"), data=DATA, chunks=(4, 3))
    a = pickle.loads(pickle.dumps(a))
    np.testing.assert_array_equal(a[...], DATA)
    with pytest.raises(ValueError, match="memory"):
        pickle.dumps(EngineStore(zarr_rs.MemoryStore()))
