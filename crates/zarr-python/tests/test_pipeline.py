"""The engine under zarr-python: the same answers as its default pipeline, in every store, and counted."""

import pickle

import numpy as np
import pytest
import zarr
from conftest import SAMPLES
from zarr.abc.codec import BytesBytesCodec
from zarr.storage import LocalStore, MemoryStore, ZipStore

from zarr_rs.pipeline import EnginePipeline, counts

BATCHED = "zarr.core.codec_pipeline.BatchedCodecPipeline"

DATA = np.arange(13 * 11, dtype="i4").reshape(13, 11)

INDEXES = [
    ...,
    5,
    (-1, -1),
    (slice(2, 11, 3), slice(1, 9)),
    (slice(4, 5), 3),
    ([1, 5, 12, 5], slice(2, 4)),
    (slice(None), [True, False] * 5 + [True]),
    ([0, 12, 3], [1, 10, 4]),
    DATA % 5 == 0,
]


@pytest.fixture(autouse=True)
def engine():
    with zarr.config.set({"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}):
        counts.reset()
        yield


@pytest.fixture(params=[LocalStore, MemoryStore])
def store(request, tmp_path):
    return request.param(tmp_path / "a.zarr") if request.param is LocalStore else MemoryStore()


LAYOUTS = [
    {"chunks": (4, 3)},
    {"chunks": (4, 3), "compressors": None},
    {"chunks": (2, 3), "shards": (4, 6)},
    {"chunks": (4, 3), "zarr_format": 2},
    {"chunks": (4, 3), "zarr_format": 2, "order": "F"},
    {"chunks": (4, 3), "chunk_key_encoding": {"name": "v2", "separator": "."}},
    {"chunks": (13, 11), "filters": [zarr.codecs.TransposeCodec(order=(1, 0))]},
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_it_reads_and_writes_what_numpy_would(store, layout):
    a = zarr.create_array(store, name="x/y", shape=DATA.shape, dtype="i4", **layout)
    assert isinstance(a._async_array.codec_pipeline, EnginePipeline)
    a[...] = DATA
    wanted = DATA.copy()
    for number, index in enumerate(INDEXES):
        found, expected = a[index], DATA[index]
        np.testing.assert_array_equal(found, expected, err_msg=str(index))
        assert found.dtype == expected.dtype
    for number, index in enumerate(INDEXES):
        a[index] = -number
        wanted[index] = -number
        a[index] = wanted[index] + 1
        wanted[index] += 1
        np.testing.assert_array_equal(a[...], wanted, err_msg=str(index))
    with zarr.config.set({"codec_pipeline.path": BATCHED}):
        theirs = zarr.open_array(store, path="x/y")
        np.testing.assert_array_equal(theirs[...], wanted)
    assert counts.engine > 0
    if isinstance(store, LocalStore):
        assert counts.python == 0, counts
    else:
        assert set(counts.reasons) <= {"parts of shards in a MemoryStore"}


def test_orthogonal_selections_and_blocks(store):
    a = zarr.create_array(store, data=DATA, chunks=(4, 3))
    b = zarr.create_array({}, data=DATA, chunks=(4, 3))
    for index in [([1, 5], [0, 10, 3]), (slice(3, 9), [7, 7, 1]), (2, [5, 1])]:
        np.testing.assert_array_equal(a.oindex[index], DATA[np.ix_(*map(np.atleast_1d, index))].squeeze() if isinstance(index[0], int) else DATA[index[0]][:, index[1]])
    a.oindex[[1, 5], [0, 10, 3]] = 9
    a.oindex[2, [5, 1]] = [1, 2]
    a.blocks[1, 2] = -1
    wanted = DATA.copy()
    wanted[np.ix_([1, 5], [0, 10, 3])] = 9
    wanted[2, [5, 1]] = [1, 2]
    wanted[4:8, 6:9] = -1
    np.testing.assert_array_equal(a[...], wanted)
    assert b.shape == a.shape
    assert counts.python == 0, counts


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_every_dtype(store, name, zarr_format):
    data = SAMPLES[name]
    a = zarr.create_array(store, data=data, chunks=(5,), zarr_format=zarr_format)
    assert a[...].dtype == data.dtype
    np.testing.assert_array_equal(a[...], data)
    a[3:8] = data[:5]
    np.testing.assert_array_equal(a[3:8], data[:5])
    assert counts.python == 0, counts


def test_empty_chunks_and_fill_values(store):
    a = zarr.create_array(store, name="first", shape=(10,), dtype="f4", chunks=(4,), fill_value=np.nan)
    assert np.isnan(a[...]).all()
    a[:4] = 1
    a[:4] = np.nan
    assert a.nchunks_initialized == 0
    a = zarr.create_array(
        store, name="all", shape=(10,), dtype="f4", chunks=(4,), fill_value=7, config={"write_empty_chunks": True}
    )
    a[...] = 7
    assert a.nchunks_initialized == 3
    assert counts.python == 0, counts


def test_arrays_change_their_shape(store):
    a = zarr.create_array(store, data=np.arange(10), chunks=(4,))
    a.append(np.arange(10, 25))
    np.testing.assert_array_equal(a[...], np.arange(25))
    a.resize((6,))
    a[5] = 50
    np.testing.assert_array_equal(a[...], [0, 1, 2, 3, 4, 50])
    a.resize((9,))
    np.testing.assert_array_equal(zarr.open_array(store)[...], [0, 1, 2, 3, 4, 50, *a[6:]])


def test_arrays_grow_within_a_chunk(store):
    a = zarr.create_array(store, shape=(3,), dtype="i4", chunks=(1000,))
    a[...] = 1
    a.resize((1000,))
    np.testing.assert_array_equal(a[...], [1] * 3 + [0] * 997)
    a[500] = 2
    a[[2, 501]] = 3
    assert a[499:502].tolist() == [0, 2, 3]


def test_scalars(store):
    a = zarr.create_array(store, shape=(), dtype="f8")
    a[()] = 2.5
    assert a[()] == 2.5
    assert counts.python == 0, counts


def test_what_zarr_python_does_is_counted_and_logged_once(store, caplog):
    a = zarr.create_array(store, shape=(10,), dtype="i4", chunks=(4,), config={"read_missing_chunks": False})
    for _ in range(2):
        with pytest.raises(zarr.errors.ChunkNotFoundError):
            a[...]
    assert counts.python == 6
    assert len(caplog.records) == 1
    assert "not stored" in caplog.text


def test_read_only_stores_stay_so(tmp_path):
    zarr.create_array(tmp_path / "a", data=DATA)
    a = zarr.open_array(tmp_path / "a", mode="r")
    with pytest.raises(ValueError, match="read-only"):
        a[0] = 1


def test_zip_stores(tmp_path):
    with ZipStore(tmp_path / "a.zip", mode="w") as store:
        a = zarr.create_array(store, data=DATA, chunks=(4, 3))
        np.testing.assert_array_equal(a[...], DATA)
    assert counts.engine > 0


def test_damaged_chunks_are_errors(tmp_path):
    a = zarr.create_array(tmp_path / "a", data=DATA, chunks=(4, 3))
    (tmp_path / "a/c/0/0").write_bytes(b"nonsense")
    with pytest.raises(ValueError, match="c/0/0"):
        a[...]


def test_pickles(tmp_path):
    a = pickle.loads(pickle.dumps(zarr.create_array(tmp_path / "a", data=DATA, chunks=(4, 3))))
    np.testing.assert_array_equal(a[...], DATA)


@pytest.mark.filterwarnings("ignore")
def test_chunks_of_several_lengths(store):
    with zarr.config.set({"array.rectilinear_chunks": True}):
        a = zarr.create_array(store, data=DATA, chunks=((3, 10), (11,)))
        np.testing.assert_array_equal(a[...], DATA)
    assert set(counts.reasons) == {"chunks of several lengths"}


def test_a_shard_keeps_its_cells_beyond_the_shape(store):
    a = zarr.create_array(store, shape=(4,), chunks=(2,), shards=(4,), dtype="int16")
    a[:] = [1, 2, 3, 4]
    a.resize((2,))
    a[:] = [9, 9]
    a.resize((4,))
    np.testing.assert_array_equal(a[:], [9, 9, 3, 4])


class Doubled(BytesBytesCodec):
    """A codec that only Python has."""

    is_fixed_size = True

    @classmethod
    def from_dict(cls, data):
        return cls()

    def to_dict(self):
        return {"name": "doubled", "configuration": {}}

    def compute_encoded_size(self, input_byte_length, _spec):
        return 2 * input_byte_length

    async def _decode_single(self, chunk, spec):
        return spec.prototype.buffer.from_bytes(chunk.to_bytes()[::2])

    async def _encode_single(self, chunk, spec):
        return spec.prototype.buffer.from_bytes(bytes(np.repeat(np.frombuffer(chunk.to_bytes(), "u1"), 2)))


def test_a_codec_that_only_python_has(store):
    zarr.registry.register_codec("doubled", Doubled)
    a = zarr.create_array(store, data=DATA, chunks=(4, 3), compressors=[Doubled()])
    np.testing.assert_array_equal(a[2:7], DATA[2:7])
    assert counts.engine == 0
    assert all("doubled" in reason for reason in counts.reasons), counts


@pytest.mark.parametrize("order", ["morton", "lexicographic", "colexicographic"])
@pytest.mark.filterwarnings("ignore")
def test_inner_chunks_lie_in_the_order_that_was_asked_for(tmp_path, order):
    codec = zarr.codecs.ShardingCodec(
        chunk_shape=(2, 2), codecs=[zarr.codecs.BytesCodec()], subchunk_write_order=order
    )
    data = np.arange(64, dtype="u1").reshape(8, 8)
    for path, pipeline in [("a", "zarr_rs.pipeline.EnginePipeline"), ("b", BATCHED)]:
        with zarr.config.set({"codec_pipeline.path": pipeline}):
            a = zarr.create_array(
                tmp_path / path, shape=(8, 8), chunks=(8, 8), dtype="u1", serializer=codec, compressors=None
            )
            a[...] = data
    assert (tmp_path / "a/c/0/0").read_bytes() == (tmp_path / "b/c/0/0").read_bytes()


class OtherBytesCodec(zarr.codecs.BytesCodec):
    """Put in the place of zarr-python's own by its configuration."""


def test_a_codec_of_another_implementation_is_left_to_zarr_python(store):
    zarr.registry.register_codec("bytes", OtherBytesCodec)
    name = f"{OtherBytesCodec.__module__}.{OtherBytesCodec.__qualname__}"
    with zarr.config.set({"codecs.bytes": name}):
        a = zarr.create_array(store, shape=4, dtype="i4", chunks=2, serializer=OtherBytesCodec(), compressors=None)
        a[...] = 7
        assert a[...].tolist() == [7] * 4
    assert counts.engine == 0
    assert all("OtherBytesCodec" in reason for reason in counts.reasons), counts
