"""What is built on arrays works with ours: dask, multiprocessing, and zarr-python on top of the engine."""

import multiprocessing

import dask.array as da
import numpy as np
import pytest
import zarr

import zarr_rs
from zarr_rs.store import EngineStore


def add_one(job):
    array, rows = job
    array[rows] = array[rows] + 1
    return int(array[rows].sum())


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_share_an_array(path, start):
    a = zarr_rs.create_array(path, shape=(8, 100), dtype="i8", chunks=(2, 10), shards=(4, 50))
    a[...] = 1
    jobs = [(a, slice(row, row + 1)) for row in range(8)]
    with multiprocessing.get_context(start).Pool(4) as pool:
        assert pool.map(add_one, jobs) == [200] * 8
    # Rows of one shard, written side by side by four processes: none is lost.
    assert (a[...] == 2).all()


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_dask_reads_and_stores_without_a_lock(tmp_path, scheduler):
    data = np.arange(60 * 50).reshape(60, 50)
    a = zarr_rs.create_array(str(tmp_path / "a"), data=data, chunks=(5, 5), shards=(20, 25))
    b = zarr_rs.create_array(str(tmp_path / "b"), shape=a.shape, dtype=a.dtype, chunks=a.chunks, shards=a.shards)
    # Blocks that are parts of shards and of chunks.
    source = da.from_array(a, chunks=(7, 11))
    da.store(source + 1, b, lock=False, scheduler=scheduler)
    np.testing.assert_array_equal(b[...], data + 1)
    assert source.sum().compute(scheduler=scheduler) == data.sum()


@pytest.mark.parametrize("kind", [zarr.storage.LocalStore, EngineStore])
def test_parts_of_shards_are_not_lost_under_zarr_python(tmp_path, kind):
    """The lost updates of zarr-python's issue 3682, which its own pipeline has."""
    with zarr.config.set({"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}):
        a = zarr.create_array(kind(str(tmp_path / "a")), shape=(64, 64), dtype="i4", chunks=(8, 8), shards=(32, 32))
        for number in range(5):
            ones = da.full((64, 64), number + 1, chunks=(3, 5), dtype="i4")
            da.store(ones, a, lock=False, scheduler="threads", num_workers=8)
            assert (a[...] == number + 1).all()
