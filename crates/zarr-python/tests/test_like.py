"""zarr-python's further ways to make arrays."""

import numpy as np
import pytest
import zarr

import zarr_rs


@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "empty_like", "full_like"])
def test_like(name):
    ours, theirs = getattr(zarr_rs, name), getattr(zarr, name)
    more = {"fill_value": 7} if name == "full_like" else {}
    for a in (np.arange(6, dtype="i2").reshape(2, 3), [[1.5, 2.5]]):
        made, wanted = ours(a, **more), theirs(np.asarray(a), **more)
        assert (made.shape, made.dtype) == (wanted.shape, wanted.dtype)
        if name != "empty_like":
            np.testing.assert_array_equal(made[...], wanted[...])
    a = zarr_rs.create_array(None, shape=(8, 8), dtype="u1", chunks=(2, 4), shards=(4, 8), fill_value=3)
    made = ours(a, **more)
    assert (made.shape, made.dtype, made.chunks, made.shards) == (a.shape, a.dtype, a.chunks, a.shards)
    assert ours(a, shape=5, chunks=2, **more).shape == (5,)
    assert zarr_rs.full_like(a)[0, 0] == 3


def test_open_like(path):
    a = zarr_rs.ones((4, 4), chunks=(2, 2), dtype="f4")
    made = zarr_rs.open_like(a, "x", store=path)
    assert (made.path, made.chunks, made.dtype) == ("x", (2, 2), np.dtype("f4"))
    made[...] = 5
    assert (zarr_rs.open_like(a, "x", store=path)[...] == 5).all()


def test_from_array(path):
    a = zarr_rs.create_array(None, data=np.arange(12).reshape(3, 4), chunks=(2, 2), attributes={"a": 1})
    b = zarr_rs.from_array(path, data=a)
    assert (b.chunks, dict(b.attrs)) == ((2, 2), {"a": 1})
    np.testing.assert_array_equal(b[...], a[...])
    theirs = zarr.create_array({}, data=np.arange(6), chunks=(3,), fill_value=2, attributes={"b": 2})
    c = zarr_rs.from_array(None, data=theirs, shards="keep")
    assert (c.chunks, c.shards, c.fill_value, dict(c.attrs)) == ((3,), None, 2, {"b": 2})
    np.testing.assert_array_equal(c[...], np.arange(6))
    assert zarr_rs.from_array(None, data=theirs, chunks=2).chunks == (2,)


def test_groups_and_saves(path):
    assert zarr_rs.create(4).dtype == np.dtype("f8")
    root = zarr_rs.group(path, attributes={"a": 1})
    zarr_rs.save_array(path + "/x", np.arange(3))
    zarr_rs.save_array(path + "/x", np.arange(4))
    assert list(zarr_rs.group(path)) == ["x"]
    np.testing.assert_array_equal(zarr.open_group(path)["x"][...], np.arange(4))
    assert "x" in repr(zarr_rs.tree(root))
    zarr_rs.save_group(path + "/saved", np.arange(2), y=np.ones(3))
    assert sorted(zarr_rs.load(path + "/saved")) == ["arr_0", "y"]
    assert len(zarr_rs.group(path, overwrite=True)) == 0
    assert len(zarr_rs.group()) == 0
    assert set(zarr_rs.__all__) <= set(dir(zarr_rs))
