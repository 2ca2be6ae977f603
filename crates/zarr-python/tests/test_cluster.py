"""Parts of chunks and shards that the workers of a dask cluster write side by side, while workers are killed."""

import os
import random
import signal
import sys
import threading
import time
from contextlib import contextmanager

import dask
import dask.array as da
import numpy as np
import pytest
import zarr

import zarr_rs
from zarr_rs.store import EngineStore

distributed = pytest.importorskip("distributed", reason="the package `distributed` is not installed")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="no process is killed by a signal there"),
    pytest.mark.filterwarnings("ignore"),
]

SHAPE = (96, 96)
#: Blocks that begin and end within chunks and shards.
BLOCKS = (7, 11)
LAYOUT = {"shape": SHAPE, "dtype": "i8", "chunks": (8, 8), "shards": (32, 32)}
ENGINE = {"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}


@pytest.fixture(scope="module")
def client():
    settings = {
        # A task is tried again however often its worker was killed.
        "distributed.scheduler.allowed-failures": 1000,
        # Nor is a worker given up that needs long to come back.
        "distributed.deploy.lost-worker-timeout": "1 hour",
        "logging.distributed": "critical",
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=4, threads_per_worker=2, processes=True, dashboard_address=None, silence_logs=60
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextmanager
def killed_at_random(client, seed):
    """Kills three workers, one now and then. What their tasks did is done again by others."""
    dice, ended, killed = random.Random(seed), threading.Event(), []
    cluster = client.cluster

    def kill():
        pause = 0.05
        while len(killed) < 3 and not ended.wait(pause):
            pause = dice.uniform(0.05, 0.3)
            # One that has not come up yet would not be started again.
            running = [nanny for nanny in cluster.workers.values() if nanny.worker_address in cluster.scheduler.workers]
            if len(running) > 2:
                killed.append(dice.choice(running).pid)
                os.kill(killed[-1], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        ended.set()
        killer.join()


def of_zarr_rs(path, **how):
    return zarr_rs.create_array(path, **LAYOUT, **how)


def under_zarr_python(path, **how):
    with zarr.config.set(ENGINE):
        return zarr.create_array(path, **LAYOUT, **how)


def in_an_engine_store(path, **how):
    with zarr.config.set(ENGINE):
        return zarr.create_array(EngineStore(path, **how), **LAYOUT)


def of_zarr_python_alone(path, **how):
    return zarr.create_array(path, **LAYOUT, **how)


def lost(client, make, place, rounds, **how):
    """How many cells were wrong after each round, and how many workers were killed."""
    wrong, kills = [], 0
    for number in range(rounds):
        array = make(f"{place}/{number}", **how)
        data = np.random.default_rng(number).integers(1, 1 << 40, SHAPE)
        client.wait_for_workers(4, timeout=60)
        with killed_at_random(client, number) as killed:
            begin = time.monotonic()
            da.store(da.from_array(data, chunks=BLOCKS), array, lock=False)
            seconds = time.monotonic() - begin
        kills += len(killed)
        wrong.append(int((array[...] != data).sum()))
        print(f"{make.__name__}: round {number}: {wrong[-1]} cells wrong, {len(killed)} killed, {seconds:.1f} s")
    return wrong, kills


def chunks_by_whom():
    """How many chunks of zarr-python's arrays this worker did by the engine, and how many otherwise."""
    from zarr_rs.pipeline import counts

    return counts.engine, counts.python


def check_nothing_is_lost(client, make, place, rounds, **how):
    wrong, kills = lost(client, make, place, rounds, **how)
    assert kills > 0
    assert wrong == [0] * rounds
    if make is not of_zarr_rs:
        engine, others = np.sum(list(client.run(chunks_by_whom).values()), axis=0)
        assert engine > 0 and others == 0


@pytest.mark.parametrize("make", [of_zarr_rs, under_zarr_python, in_an_engine_store])
def test_nothing_is_lost(client, make, tmp_path, rounds):
    check_nothing_is_lost(client, make, tmp_path, rounds)


@pytest.mark.parametrize("make", [of_zarr_rs, under_zarr_python, in_an_engine_store])
def test_nothing_is_lost_in_a_bucket(client, make, bucket, rounds):
    if make is under_zarr_python:
        pytest.importorskip("s3fs", reason="the package `s3fs` is not installed")
    options = bucket.options_of_s3fs if make is under_zarr_python else bucket.options
    # A server in Python takes its time.
    check_nothing_is_lost(client, make, bucket.url, rounds // 2, storage_options=options)


def test_how_much_zarr_python_alone_loses(client, tmp_path, rounds):
    """What is measured is no promise of anybody's: it is here so that the test above is known to find losses."""
    wrong, _ = lost(client, of_zarr_python_alone, tmp_path, rounds)
    assert sum(wrong) > 0
