"""Indexing gives what NumPy gives, or where that differs, what zarr-python gives."""

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

import zarr_rs

DATA = np.arange(5 * 6 * 7, dtype="i4").reshape(5, 6, 7)

BASIC = [
    ...,
    slice(None),
    0,
    -1,
    np.int8(2),
    (0, 1, 2),
    (slice(1, 4), 2),
    (slice(None, None, 2), ..., slice(1, None, 3)),
    (..., -1),
    slice(4, None, -1),
    (slice(None), slice(None, None, -2), 3),
    (None, 1, ..., None),
    slice(3, 1),
    slice(-100, 100),
    (),
]

MASK = DATA % 3 == 0

FANCY = [
    ([0, 2, 4],),
    ([4, 0, 0], [1, 2, 5], [6, 0, 3]),
    (np.array([[0], [1]]), np.array([[2, 3]]), np.array([[1, 6]])),
    (slice(None), [1, 1, 0]),
    (slice(1, 3), slice(None), [True, False] * 3 + [True]),
    MASK,
    ([False, True, True, False, True],),
    [],
]


@pytest.fixture(scope="module", params=["plain", "sharded"])
def both(request):
    shards = {"plain": None, "sharded": (4, 4, 8)}[request.param]
    ours = zarr_rs.create_array(None, data=DATA, chunks=(2, 2, 4), shards=shards)
    theirs = zarr.create_array({}, data=DATA, chunks=(2, 2, 4), shards=shards)
    return ours, theirs


@pytest.mark.parametrize("index", BASIC, ids=str)
def test_basic_is_as_in_numpy(both, index):
    np.testing.assert_array_equal(both[0][index], DATA[index])
    assert both[0][index].dtype == DATA.dtype


@pytest.mark.parametrize("index", FANCY, ids=str)
def test_lists_are_as_in_numpy(both, index):
    np.testing.assert_array_equal(both[0][index], DATA[index])


@pytest.mark.parametrize(
    "index",
    [
        (0, slice(None), [1, 2]),
        ([0, 1], slice(2, 4), 3),
        (1, 2, [0, 3]),
        ([1, 2], 2, [0, 3]),
        ([True, False, True, False, False], [0, 1, 5], [2, 3]),
    ],
    ids=str,
)
def test_lists_beside_others_are_as_in_zarr_python(both, index):
    np.testing.assert_array_equal(both[0][index], both[1][index])


@pytest.mark.parametrize(
    "index", [([0, 2], [1, 5], slice(None)), ([4, 1], slice(1, 3), [0]), (0, [1, 2], [3, 4])], ids=str
)
def test_oindex(both, index):
    np.testing.assert_array_equal(both[0].oindex[index], both[1].oindex[index])
    np.testing.assert_array_equal(both[0].get_orthogonal_selection(index), both[1].oindex[index])


@pytest.mark.parametrize("index", [([0, 2], [1, 5], [3, 3]), (1, [1, 2], [3, 4]), MASK], ids=str)
def test_vindex(both, index):
    np.testing.assert_array_equal(both[0].vindex[index], both[1].vindex[index])


def test_coordinates_and_masks(both):
    points = ([0, 2], [1, 5], [3, 3])
    np.testing.assert_array_equal(both[0].get_coordinate_selection(points), DATA[points])
    np.testing.assert_array_equal(both[0].get_mask_selection(MASK), DATA[MASK])


@pytest.mark.parametrize("index", [0, (1, 0), (slice(0, 2), -1), (..., 0)], ids=str)
def test_blocks(both, index):
    np.testing.assert_array_equal(both[0].blocks[index], both[1].blocks[index])


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (5, IndexError),
        (-6, IndexError),
        ((0, 0, 0, 0), IndexError),
        (1.5, IndexError),
        ("x", (IndexError, ValueError)),
        ([5], IndexError),
        ((..., ...), IndexError),
        (slice(None, None, 0), ValueError),
        (np.zeros((2, 2, 2), bool), IndexError),
        (10**30, IndexError),
    ],
    ids=str,
)
def test_what_is_no_index(both, index, error):
    with pytest.raises(error):
        both[0][index]


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (..., 7),
        (0, np.arange(7)),
        ((slice(1, 3), 2, slice(None, None, 2)), np.array([[1], [2]])),
        (slice(None, None, -1), DATA),
        (([0, 2], [1, 5], [3, 3]), [70, 80]),
        (MASK, -1),
        ((slice(None), [0, 5], slice(None)), DATA[:, :2] * 2.0),
    ],
    ids=str,
)
def test_writes_are_as_in_numpy(index, value):
    wanted = DATA.copy()
    ours = zarr_rs.create_array(None, data=DATA, chunks=(2, 2, 4), shards=(4, 4, 8))
    ours[index] = value
    wanted[index] = value
    np.testing.assert_array_equal(ours[...], wanted)


def test_other_writes_are_as_in_zarr_python(both):
    ours = zarr_rs.create_array(None, data=DATA, chunks=(2, 2, 4))
    theirs = zarr.create_array({}, data=DATA, chunks=(2, 2, 4))
    for a in (ours, theirs):
        a.oindex[[0, 3], :, [1, 2]] = 9
        a.vindex[[1, 2], [3, 4], [5, 6]] = [1, 2]
        a.blocks[1, 1] = -5
        a.set_mask_selection(MASK, 3)
    np.testing.assert_array_equal(ours[...], theirs[...])


def test_out(both):
    out = np.zeros((5, 6, 14), "i4")
    part = out[:, ::-1, ::2]
    both[0].get_basic_selection(out=part)
    np.testing.assert_array_equal(part, DATA)
    assert (out[:, :, 1::2] == 0).all()
    with pytest.raises(ValueError, match="shape"):
        both[0].get_basic_selection(0, out=part)
    doubles = np.zeros((6, 7))
    both[0].get_basic_selection(1, out=doubles)
    np.testing.assert_array_equal(doubles, DATA[1])
    constant = np.zeros((6, 7), "i4")
    constant.flags.writeable = False
    with pytest.raises((TypeError, ValueError)):
        both[0].get_basic_selection(1, out=constant)
    assert (constant == 0).all()


def test_a_large_out():
    data = np.arange(1 << 20).reshape(1 << 10, 1 << 10)
    a = zarr_rs.create_array(None, data=data, chunks=(100, 1000))
    out = np.zeros_like(data).T
    a.get_basic_selection(..., out=out.T)
    np.testing.assert_array_equal(out.T, data)


axis_index = st.one_of(
    st.integers(-6, 6),
    st.slices(7),
    st.lists(st.integers(-5, 4), max_size=4),
)


@settings(max_examples=300, deadline=None)
@given(st.tuples(axis_index) | st.tuples(axis_index, axis_index) | st.tuples(axis_index, axis_index, axis_index))
def test_any_index_is_as_in_numpy_or_zarr_python(index):
    ours = zarr_rs.create_array(None, data=DATA, chunks=(2, 3, 4))
    lists = sum(isinstance(item, list) for item in index)
    index = tuple(np.array(item, dtype="i8") if isinstance(item, list) else item for item in index)
    if lists == 1 and not (len(index) == 3 and not any(isinstance(item, slice) for item in index)):
        # Every combination, with the axes in their order.
        def expected():
            found = DATA
            for axis, item in reversed(list(enumerate(index))):
                found = found[(slice(None),) * axis + (item,)]
            return found
    else:
        def expected():
            return DATA[index]
    try:
        wanted = expected()
    except IndexError:
        with pytest.raises(IndexError):
            ours[index]
    else:
        np.testing.assert_array_equal(ours[index], wanted)


class Interrupted:
    """What is converted just when the user presses Ctrl-C."""

    def __index__(self):
        raise KeyboardInterrupt

    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt

    def __repr__(self):
        raise KeyboardInterrupt

    def __fspath__(self):
        raise KeyboardInterrupt


class Shown:
    """Nothing that selects cells, and interrupted while it is shown."""

    __repr__ = Interrupted.__repr__


def test_an_interrupt_in_a_conversion_stays_one():
    a = zarr_rs.create_array(None, data=DATA, chunks=(2, 3, 4))
    for call in (
        lambda: a[Interrupted()],
        lambda: a[Interrupted() :],
        lambda: a[Shown()],
        lambda: a.oindex[Interrupted(), [0, 1]],
        lambda: zarr_rs.zeros(Interrupted()),
        lambda: zarr_rs.zeros(3, chunks=Interrupted()),
        lambda: zarr_rs.open(Interrupted()),
    ):
        with pytest.raises(KeyboardInterrupt):
            call()
