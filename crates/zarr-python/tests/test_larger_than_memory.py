"""An array of ten times the memory that the workers of a dask cluster may use, made and summed up by them."""

import os
import sys
import time

import dask
import dask.array as da
import numpy as np
import psutil
import pytest

import zarr_rs

distributed = pytest.importorskip("distributed", reason="the package `distributed` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")

WORKERS, LIMIT = 2, 400 << 20
#: Ten times as much as all workers may use: chunks of 1 MiB in shards of 16 MiB.
SHAPE = (500, 1 << 12, 1 << 10)
LAYOUT = {"dtype": "f4", "chunks": (1, 1 << 9, 1 << 9), "shards": (1, 1 << 12, 1 << 10)}
PERIOD = 251


def values(block_info=None):
    """Whole numbers, whose sum is exact; the bytes are few once they are compressed."""
    (first, last), *_ = block_info[None]["array-location"]
    rows = np.arange(first, last)[:, None, None] + np.arange(SHAPE[1])[None, :, None]
    return np.broadcast_to(rows % PERIOD, (last - first, *SHAPE[1:])).astype("f4")


def peak():
    """The most memory that this process has had since it began, in bytes; `ru_maxrss` begins with what its parent had."""
    import re
    from pathlib import Path

    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10


def test_a_map_reduce(tmp_path, is_long):
    if not is_long:
        pytest.skip("it takes minutes: run `cargo xtask python`")
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells how much memory a process has had")
    size = int(np.prod(SHAPE)) * 4
    assert size >= 10 * WORKERS * LIMIT
    a = zarr_rs.create_array(str(tmp_path / "a"), shape=SHAPE, **LAYOUT)
    # A worker that needs more than its limit is killed, and its task fails in the end.
    settings = {"distributed.scheduler.allowed-failures": 0, "logging.distributed": "critical"}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, memory_limit=LIMIT, dashboard_address=None, silence_logs=60
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        begin = time.monotonic()
        blocks = da.map_blocks(values, chunks=((1,) * SHAPE[0], *SHAPE[1:]), dtype="f4", meta=np.empty((0, 0, 0), "f4"))
        da.store(blocks, a, lock=False)
        made = time.monotonic()
        read = da.from_array(a, chunks=a.shards)
        total, largest = dask.compute((read * 2).sum(dtype="f8"), read.max())
        ended = time.monotonic()
        most = max(client.run(peak).values())
    rows = (np.arange(SHAPE[0])[:, None] + np.arange(SHAPE[1])[None, :]) % PERIOD
    assert (total, largest) == (2 * rows.sum() * SHAPE[2], PERIOD - 1)
    print(
        f"{size >> 20} MiB by {WORKERS} workers of {LIMIT >> 20} MiB: made in {made - begin:.0f} s, summed up in "
        f"{ended - made:.0f} s, at most {most >> 20} MiB in a worker, of {psutil.virtual_memory().total >> 30} GiB and "
        f"{os.cpu_count()} processors"
    )
    assert most < LIMIT
