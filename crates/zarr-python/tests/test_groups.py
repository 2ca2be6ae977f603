"""Groups are mappings of what is below them."""

import pickle

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
    theirs = zarr.open_group(path)
    assert repr(root.tree(plain=True)) == repr(theirs.tree(plain=True))
    # Which of the nodes are shown is a matter of order there.
    first = [repr(group.tree(max_nodes=1)).splitlines()[0] for group in (root, theirs)]
    assert first[0] == first[1] and "max_nodes=1" in first[0]
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


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_arrays_of_one_value(path, zarr_format):
    root, theirs = zarr_rs.create_group(path, zarr_format=zarr_format), zarr.open_group(path)
    like = np.arange(6, dtype="i2").reshape(2, 3)
    for name, value in (("zeros", 0), ("ones", 1), ("empty", 0), ("full", 7)):
        more = {"fill_value": 7} if name == "full" else {}
        a = getattr(root, name)(name=f"x/{name}", shape=(4, 6), dtype="f4", chunks=(2, 3), **more)
        assert (a.path, a.zarr_format, a.chunks) == (f"x/{name}", zarr_format, (2, 3))
        assert (theirs[f"x/{name}"][...] == value).all()
        b = getattr(root, f"{name}_like")(name=f"y/{name}", data=like, **more)
        assert (b.shape, b.dtype, b.zarr_format) == (like.shape, like.dtype, zarr_format)
        assert (theirs[f"y/{name}"][...] == value).all()
    with pytest.raises(ValueError, match="format"):
        root.zeros(name="z", shape=3, zarr_format=5 - zarr_format)


def test_assignment(root, path):
    root["new/b"] = np.arange(4)
    root["new/b"] = [1.5, 2.5]
    np.testing.assert_array_equal(zarr.open_group(path)["new/b"][...], [1.5, 2.5])
    root["copy"] = root["sub/deep/b"]
    np.testing.assert_array_equal(zarr.open_group(path)["copy"][...], np.arange(4.0))
    assert root.create("made", shape=3, dtype="u1") == root["made"]


def test_one_kind_of_node(root):
    assert root.get_array("sub/deep/b") == root["sub/deep/b"]
    assert root.get_group("sub") == root["sub"]
    for get, missing, other in ((root.get_array, "none", "sub"), (root.get_group, "none", "a")):
        with pytest.raises(FileNotFoundError):
            get(missing)
        with pytest.raises((TypeError, ValueError)):
            get(other)
    assert [group.path for group in root.group_values()] == ["sub"]
    assert [array.path for array in root.array_values()] == ["a"]


def test_require_groups(root):
    assert [group.path for group in root.require_groups("sub", "new/x", "y")] == ["sub", "new/x", "y"]
    assert root.require_groups() == ()
    assert root.require_group("sub").attrs["n"] == 1
    assert dict(root.require_group("sub", overwrite=True).attrs) == {}


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_create_hierarchy(tmp_path, zarr_format):
    source = zarr.create_group({}, zarr_format=zarr_format, attributes={"n": 1})
    array = source.create_array("a", shape=(4, 6), chunks=(2, 3), dtype="i4", fill_value=5, attributes={"u": "K"})
    nodes = {"": source.metadata, "x/a": array.metadata, "y": zarr.core.group.GroupMetadata(zarr_format=zarr_format)}
    path = str(tmp_path / "a")
    made = dict(zarr_rs.create_hierarchy(store=path, nodes=nodes))
    theirs = zarr.open_group(path)
    assert sorted(made) == ["", "x", "x/a", "y"] and dict(made[""].attrs) == dict(theirs.attrs) == {"n": 1}
    assert (made["x/a"][...] == 5).all() and (theirs["x/a"][...] == 5).all()
    assert dict(theirs["x/a"].attrs) == {"u": "K"} and theirs.metadata.zarr_format == zarr_format
    with pytest.raises(FileExistsError):
        zarr_rs.create_hierarchy(store=path, nodes=nodes)
    below = dict(made["y"].create_hierarchy({"z/b": array.metadata}))
    assert below["z/b"].path == "y/z/b" and theirs["y/z/b"].shape == (4, 6)
    with pytest.raises(ValueError, match="q"):
        zarr_rs.create_hierarchy(store=path, nodes={"q": {"zarr_format": 3}})


def test_nothing_is_written_through_a_read_only_group(root, path):
    root = zarr_rs.open_group(path, mode="r")
    before = sorted(dict(zarr.open_group(path).members(max_depth=None)))
    for write in (
        lambda: root.create_array("x", shape=3, dtype="i4"),
        lambda: root.require_array("x", shape=3),
        lambda: root.zeros(name="x", shape=3),
        lambda: root.create_group("x"),
        lambda: root.require_group("x"),
        lambda: root.create_hierarchy({"x": {"zarr_format": 3, "node_type": "group"}}),
        lambda: root.__setitem__("x", [1]),
        lambda: zarr_rs.zeros(3, store=root, path="x"),
        lambda: zarr_rs.open_array(root, path="a", mode="w", shape=3),
        lambda: zarr_rs.open_array(root, path="a").resize(7),
    ):
        with pytest.raises(PermissionError):
            write()
    assert zarr_rs.open_array(root, path="a").read_only
    assert sorted(dict(zarr.open_group(path).members(max_depth=None))) == before


def test_groups_below_are_pickled_as_where_they_lie(root):
    for node in (root["sub"], root["sub"].require_group("more"), root["sub/deep"]["b"]):
        again = pickle.loads(pickle.dumps(node))
        assert (again, again.path) == (node, node.path)


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
    assert zarr_rs.open(path, path="y", mode="a", shape=3, dtype="i2").dtype == "i2"
    assert zarr_rs.open(path, path="y", config={"order": "F"}).config["order"] == "F"
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
