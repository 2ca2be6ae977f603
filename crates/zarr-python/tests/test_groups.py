"""Groups are mappings of what is below them."""

import numpy as np
import pytest
import zarr

import zarr_rs


@pytest.fixture
def root(path):
    root = zarr_rs.create_group(path, attributes={"title": "test"})
    root.create_array("a", shape=3, dtype="i4")
    sub = root.create_group("sub", attributes={"n": 1})
    sub.create_array("deep/b", data=np.arange(4.0))
    return root


def test_mapping(root, path):
    theirs = zarr.open_group(path)
    assert sorted(root) == sorted(theirs) == ["a", "sub"]
    assert (len(root), "a" in root, "sub/deep/b" in root, "x" in root) == (2, True, True, False)
    assert sorted(root.keys()) == ["a", "sub"]
    assert root.array_keys() == ["a"]
    assert root.group_keys() == ["sub"]
    assert [name for name, _ in root.arrays()] == ["a"]
    assert [name for name, _ in root.groups()] == ["sub"]
    np.testing.assert_array_equal(root["sub/deep/b"][...], np.arange(4.0))
    assert root["sub"]["deep"].path == "sub/deep"
    assert root["sub"]["deep"]["b"].path == "sub/deep/b"
    with pytest.raises(KeyError):
        root["none"]
    assert root.get("none") is None
    assert root.get("none", 5) == 5
    assert root.get("a") == root["a"]


def test_members(root, path):
    theirs = zarr.open_group(path)
    assert sorted(dict(root.members())) == ["a", "sub"]
    assert sorted(dict(root.members(max_depth=None))) == sorted(dict(theirs.members(max_depth=None)))
    assert root.nmembers() == theirs.nmembers() == 2
    assert root.nmembers(max_depth=None) == theirs.nmembers(max_depth=None) == 4


def test_what_it_says_of_itself(root, path):
    assert (root.path, root.name, root["sub"].name, root["sub"].basename) == ("", "/", "/sub", "sub")
    assert repr(root) == f"<Group {path}>"
    assert repr(root["sub"]) == f"<Group {path}/sub>"
    assert repr(root.tree()).splitlines()[0] == "/"
    assert "Type" in repr(root.info)
    assert "No. members" in repr(root.info_complete())
    assert dict(root.attrs) == {"title": "test"}
    root.attrs["more"] = [1]
    assert dict(zarr.open_group(path).attrs) == {"title": "test", "more": [1]}


def test_require_array(root, path):
    made = root.require_array("new/a", shape=(4, 6), dtype="f8", chunks=(2, 3), fill_value=1.5)
    assert zarr.open_group(path)["new/a"][...].sum() == 36
    made[0] = 2
    assert root.require_array("new/a", shape=(4, 6), dtype="f8")[0, 0] == 2
    # What zarr-python takes: another type that holds these values.
    assert root.require_array("new/a", shape=(4, 6), dtype="c16").dtype == "f8"
    for refused in ({"dtype": "f4"}, {"dtype": "c16", "exact": True}, {"dtype": "f8", "shape": (4, 7)}):
        with pytest.raises((TypeError, ValueError)):
            root.require_array("new/a", **{"shape": (4, 6), **refused})
    with pytest.raises((TypeError, ValueError)):
        root.require_array("sub", shape=1)


def test_changes(root, path):
    assert root.require_group("new/below").path == "new/below"
    assert root.require_group("sub").attrs["n"] == 1
    root.move("sub/deep/b", "moved")
    np.testing.assert_array_equal(zarr.open_group(path)["moved"][...], np.arange(4.0))
    del root["moved"]
    assert "moved" not in root
    with pytest.raises(KeyError):
        del root["moved"]
    with pytest.raises(FileExistsError):
        root.create_group("sub")
    root.create_group("sub", overwrite=True)
    assert len(root["sub"]) == 0


def test_modes(path):
    with pytest.raises(FileNotFoundError):
        zarr_rs.open_group(path, mode="r")
    zarr_rs.open_group(path, attributes={"a": 1})
    assert zarr_rs.open(path, mode="r").read_only
    with pytest.raises(FileExistsError):
        zarr_rs.open_group(path, mode="w-")
    a = zarr_rs.open_array(path, path="x", mode="a", shape=4, dtype="i2", chunks=2, fill_value=9)
    assert (a[...] == 9).all()
    assert zarr_rs.open_array(path, path="x", mode="a", shape=7).shape == (4,)
    assert isinstance(zarr_rs.open(path), zarr_rs.Group)
    assert isinstance(zarr_rs.open(path, path="x"), zarr_rs.Array)
    assert len(zarr_rs.open_group(path, mode="w")) == 0


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_consolidated(path, zarr_format):
    root = zarr_rs.create_group(path, zarr_format=zarr_format)
    root.create_array("x/y", shape=3, dtype="i4")
    assert root["x/y"].zarr_format == zarr_format
    zarr_rs.consolidate_metadata(path)
    assert zarr.open_consolidated(path)["x/y"].shape == (3,)
    assert zarr_rs.open_consolidated(path)["x/y"].shape == (3,)
    assert zarr_rs.open_group(path, use_consolidated=True, mode="r")["x"].path == "x"


def test_what_zarr_python_writes(path):
    theirs = zarr.create_group(path)
    theirs.create_array("g/a", data=np.arange(5))
    np.testing.assert_array_equal(zarr_rs.open_group(path)["g/a"][1:], np.arange(1, 5))
