"""Coroutines: the answers of the blocking functions, beside a loop that goes on."""

import asyncio
import pickle
import subprocess
import sys
import time

import numpy as np
import pytest

import zarr_rs
from zarr_rs import asynchronous
from zarr_rs.asynchronous import AsyncArray, AsyncGroup

DATA = np.arange(24).reshape(4, 6)


def test_arrays(path):
    async def session():
        a = await asynchronous.create_array(path, data=DATA, chunks=(2, 3), attributes={"x": 1})
        assert isinstance(a, AsyncArray)
        assert (a.shape, a.chunks, a.dtype, a.attrs) == ((4, 6), (2, 3), DATA.dtype, {"x": 1})
        np.testing.assert_array_equal(await a.getitem(...), DATA)
        await a.setitem((0, slice(None, None, 2)), -1)
        assert (await a.getitem(0)).tolist() == [-1, 1, -1, 3, -1, 5]
        await a.setitem(0, DATA[0])
        rows, columns = [3, 1], [5, 0, 2]
        np.testing.assert_array_equal(await a.get_orthogonal_selection((rows, columns)), DATA[np.ix_(rows, columns)])
        np.testing.assert_array_equal(await a.oindex.getitem((rows, columns)), DATA[np.ix_(rows, columns)])
        np.testing.assert_array_equal(await a.get_coordinate_selection((rows, [0, 1])), DATA[rows, [0, 1]])
        np.testing.assert_array_equal(await a.vindex.getitem((rows, [0, 1])), DATA[rows, [0, 1]])
        np.testing.assert_array_equal(await a.get_mask_selection(DATA % 5 == 0), DATA[DATA % 5 == 0])
        np.testing.assert_array_equal(await a.get_block_selection((1, 0)), DATA[2:, :3])
        out = np.empty((2, 6))
        assert await a.get_orthogonal_selection(slice(2), out=out) is out
        np.testing.assert_array_equal(out, DATA[:2])
        first, second = await a.get_many([0, (slice(None), 1)])
        assert first.tolist() == DATA[0].tolist() and second.tolist() == DATA[:, 1].tolist()
        assert await a.append(np.zeros((2, 6))) == (6, 6)
        assert a.shape == (6, 6)
        assert await a.nchunks_initialized() == 4
        await a.resize((2, 6))
        assert await a.nchunks_initialized() == 2
        assert (await a.update_attributes({"y": 2})).attrs == {"x": 1, "y": 2}
        again = await asynchronous.open_array(path, mode="r+")
        assert again == a == pickle.loads(pickle.dumps(a))
        await again.resize((9, 6))
        await a.refresh()
        assert a.shape == (9, 6)
        assert await a.nbytes_stored() > 0
        assert "Chunks Initialized : 2" in repr(await a.info_complete())
        with pytest.raises(AttributeError):
            a.nothing

    asyncio.run(session())
    assert zarr_rs.open_array(path).async_array.attrs == {"x": 1, "y": 2}


def test_groups(path):
    async def session():
        root = await asynchronous.open_group(path, attributes={"title": "root"})
        a = await root.create_array("a", data=DATA)
        below = await root.require_group("g/h")
        assert isinstance(below, AsyncGroup)
        assert await below.require_array("b", shape=3, dtype="i4") == await root.getitem("g/h/b")
        await (await root.create_group("z")).update_attributes({"n": 1})
        assert [name async for name in root.keys()] == ["a", "g", "z"]
        assert [name async for name, _ in root.members(max_depth=None)] == ["a", "g", "g/h", "g/h/b", "z"]
        assert [array async for array in root.array_values()] == [a]
        assert [name async for name in root.group_keys()] == ["g", "z"]
        assert [name async for name, _ in root.groups()] == ["g", "z"]
        assert [name async for name in root.array_keys()] == ["a"]
        assert [group.attrs async for group in root.group_values()] == [{}, {"n": 1}]
        assert await root.nmembers(max_depth=None) == 5
        await root.move("z", "y")
        assert await root.contains("y") and not await root.contains("z")
        await root.delitem("y")
        assert await root.get("y", "none") == "none"
        for missing in (root.getitem("y"), root.delitem("y")):
            with pytest.raises(KeyError):
                await missing
        made = await root.zeros(name="one/value", shape=3, dtype="i2")
        assert isinstance(made, AsyncArray) and (made.path, made.dtype) == ("one/value", "i2")
        assert (await root.full_like(name="like", data=made, fill_value=7)).fill_value == 7
        assert await root.get_array("one/value") == made
        assert await root.get_group("one") == (await root.require_groups("one"))[0]
        await root.setitem("one/value", DATA)
        assert (await root.getitem("one/value")).shape == DATA.shape
        nodes = {"h/i": {"zarr_format": 3, "node_type": "group"}}
        assert [path async for path, _ in root.create_hierarchy(nodes, overwrite=True)] == ["h", "h/i"]
        assert [path async for path, _ in asynchronous.create_hierarchy(store=None, nodes=nodes)] == ["", "h", "h/i"]
        assert "h" in repr(await asynchronous.tree(root))
        assert "Group" in repr(await root.info_complete())
        loaded = await asynchronous.load(path)
        np.testing.assert_array_equal(loaded["a"], DATA)
        assert isinstance(await asynchronous.open(path, path="a"), AsyncArray)
        assert await asynchronous.save_array(path + "/saved", DATA) is None
        assert await asynchronous.save(path + "/saved", DATA) is None
        assert pickle.loads(pickle.dumps(root)) == root

    asyncio.run(session())


def test_exceptions(path):
    async def session():
        with pytest.raises(FileNotFoundError, match="nothing"):
            await asynchronous.open_array(path + "/nothing")
        a = await asynchronous.create_array(path, data=DATA)
        with pytest.raises(IndexError):
            await a.getitem(10)
        with pytest.raises(ValueError):
            await a.setitem(0, [1, 2])
        readonly = await asynchronous.open_array(path, mode="r")
        with pytest.raises(PermissionError):
            await readonly.setitem(0, 0)
        # One that fails leaves the others alone.
        results = await asyncio.gather(a.getitem(0), a.getitem(99), a.getitem(1), return_exceptions=True)
        assert [type(result).__name__ for result in results] == ["ndarray", "IndexError", "ndarray"]

    asyncio.run(session())


def test_the_loop_goes_on_while_several_reads_run(path):
    a = zarr_rs.create_array(path, shape=(64, 1 << 20), dtype="f4", chunks=(1, 1 << 20))
    a[...] = np.random.default_rng(0).random(1 << 20, dtype="f4")

    async def session():
        pauses = []

        async def watch():
            while True:
                begin = time.perf_counter()
                await asyncio.sleep(0)
                pauses.append(time.perf_counter() - begin)

        watching = asyncio.create_task(watch())
        await asyncio.sleep(0)
        pauses.clear()
        sums = await asyncio.gather(*(a.async_array.getitem(slice(at, at + 16)) for at in range(0, 64, 16)))
        assert len(pauses) > 20
        assert all(np.array_equal(found, a[:16]) for found in sums)
        watching.cancel()
        # Most turns of the loop were short; other processes may have had the processor in some.
        assert np.median(pauses) < 0.01

    asyncio.run(session())


def test_a_cancelled_task_gives_its_work_up(path):
    a = zarr_rs.create_array(path, shape=(512, 1 << 18), dtype="f8", chunks=(1, 1 << 18))

    async def session():
        write = asyncio.create_task(a.async_array.setitem(slice(None), 1.5))
        while await a.async_array.nchunks_initialized() == 0:
            await asyncio.sleep(0.001)
        write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(a.async_array.getitem(...), 0.001)

    asyncio.run(session())
    time.sleep(0.2)
    written = a.nchunks_initialized
    assert 0 < written < 512
    time.sleep(0.2)
    assert a.nchunks_initialized == written
    # Each chunk is there as it was or as it was to be.
    rows = [a[row] for row in range(512)]
    assert sum(bool((row == 1.5).all()) for row in rows) == written
    assert sum(bool((row == 0).all()) for row in rows) == 512 - written


def test_loops_follow_each_other(path):
    a = zarr_rs.create_array(path, data=DATA).async_array
    for _ in range(3):
        np.testing.assert_array_equal(asyncio.run(a.getitem(...)), DATA)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_a_fork_after_use_works(path):
    program = f"""
import asyncio, os, numpy as np, zarr_rs
a = zarr_rs.create_array({path!r}, data=np.arange(100000), chunks=1000).async_array
async def total():
    return sum(part.sum() for part in await asyncio.gather(*(a.getitem(slice(i, i + 1000)) for i in range(0, 100000, 1000))))
assert asyncio.run(total()) == 4999950000
child = os.fork()
assert asyncio.run(total()) == 4999950000
if child:
    os._exit(os.waitpid(child, 0)[1] != 0)
os._exit(0)
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0


def test_a_program_ends_while_work_is_under_way(path):
    program = f"""
import asyncio, zarr_rs
a = zarr_rs.create_array({path!r}, shape=(4000, 1 << 20), dtype="f8", chunks=(1, 1 << 20), fill_value=1.5)
async def begin():
    task = asyncio.create_task(a.async_array.getitem(slice(0, 100)))
    await asyncio.sleep(0.01)
    print("ends", flush=True)
asyncio.run(begin())
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ends\n", "")


def test_an_operation_is_done_once():
    operation = zarr_rs._zarr_rs.ones(3)
    operation.wait()
    with pytest.raises(RuntimeError, match="begun"):
        operation.wait()


def test_functions_are_pickled_by_their_names():
    for call in (zarr_rs.open, zarr_rs.zeros_like, asynchronous.open):
        assert pickle.loads(pickle.dumps(call)) is call
