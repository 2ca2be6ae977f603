"""Random arrays, read and written by random selections of all kinds, beside NumPy."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from conftest import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

import zarr_rs

KINDS = ["basic", "oindex", "vindex", "blocks", "mask"]


@dataclass
class Both:
    """An array of ours, and the one of NumPy that it is to equal."""

    name: str
    ours: zarr_rs.Array
    numpy: np.ndarray
    #: The shape of what is stored together.
    stored: tuple[int, ...]


def elements(draw, name, shape):
    """Elements of a dtype, by chance."""
    sample = SAMPLES[name]
    return sample[np.random.default_rng(draw(st.integers(0, 1 << 32))).integers(0, len(sample), shape)]


@st.composite
def arrays(draw, names=tuple(SAMPLES)):
    name = draw(st.sampled_from(names))
    shape = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=3)))
    chunks = tuple(draw(st.integers(1, length + 1)) for length in shape)
    layout = draw(st.sampled_from(["plain", "sharded", "format 2"]))
    keywords, stored = {"chunks": chunks}, chunks
    if layout == "sharded":
        stored = tuple(chunk * draw(st.integers(1, 3)) for chunk in chunks)
        keywords["shards"] = stored
    if layout == "format 2":
        keywords |= {"zarr_format": 2, "order": draw(st.sampled_from("CF"))}
    data = elements(draw, name, shape)
    return Both(name, zarr_rs.create_array(None, data=data, **keywords), data.copy(), stored)


def integers(length):
    return st.integers(-length, length - 1)


def slices(length, steps):
    edge = st.one_of(st.none(), st.integers(-length - 1, length + 1))
    return st.builds(slice, edge, edge, st.sampled_from(steps))


def lists(length):
    """Different places: what a write to one of them twice leaves there, NumPy does not promise either."""
    return st.lists(st.integers(0, length - 1), unique=True, min_size=1)


def masks(length):
    return st.lists(st.booleans(), min_size=length, max_size=length)


def orthogonal(data, index):
    """The places that every combination of the items means, as an index of NumPy, and the shape of what is there."""
    items = [np.arange(length)[item] for length, item in zip(data.shape, index, strict=True)]
    shape = tuple(len(item) for item in items if item.ndim)
    return np.ix_(*(np.atleast_1d(item) for item in items)), shape


@st.composite
def selections(draw, both, kind):
    """How ours is indexed, and NumPy's index of the same cells with their shape."""
    shape = both.numpy.shape
    if kind == "basic":
        index = tuple(draw(st.one_of(integers(length), slices(length, [None, 1, 2, -1, -3]))) for length in shape)
        index = draw(st.sampled_from([index, index[:1], (..., *index[1:]), (*index[:-1], ...)]))
        return both.ours, index, index, np.shape(both.numpy[index])
    if kind == "oindex":
        items = (st.one_of(integers(n), slices(n, [None, 1, 2]), lists(n), masks(n)) for n in shape)
        index = tuple(draw(item) for item in items)
        return both.ours.oindex, index, *orthogonal(both.numpy, index)
    if kind == "vindex":
        cells = draw(st.lists(st.tuples(*(st.integers(0, length - 1) for length in shape)), unique=True, min_size=1))
        index = tuple(np.array(axis) for axis in zip(*cells, strict=True))
        return both.ours.vindex, index, index, (len(cells),)
    if kind == "blocks":
        counts = [-(-length // chunk) for length, chunk in zip(shape, both.stored, strict=True)]
        index = tuple(draw(st.one_of(st.integers(0, count - 1), slices(count, [None, 1]))) for count in counts)
        ranges = [np.atleast_1d(np.arange(count)[item]) for count, item in zip(counts, index, strict=True)]
        cells = tuple(
            slice(found[0] * chunk, (found[-1] + 1) * chunk) if len(found) else slice(0, 0)
            for found, chunk in zip(ranges, both.stored, strict=True)
        )
        return both.ours.blocks, index, cells, both.numpy[cells].shape
    size = both.numpy.size
    mask = np.array(draw(masks(size))).reshape(shape)
    return both.ours.vindex, mask, mask, (int(mask.sum()),)


def equal(found: Any, wanted: Any) -> None:
    np.testing.assert_array_equal(found, wanted)
    # A text of NumPy's is no longer than it has to be once it stands alone.
    if np.shape(wanted):
        assert found.dtype == wanted.dtype


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@pytest.mark.filterwarnings("ignore")
def test_reads_and_writes(kind, data):
    both = data.draw(arrays())
    for _ in range(data.draw(st.integers(1, 3))):
        ours, index, cells, shape = data.draw(selections(both, kind))
        wanted = both.numpy[cells]
        equal(ours[index], wanted if np.shape(wanted) == shape else wanted.reshape(shape))
        new = elements(data.draw, both.name, data.draw(st.sampled_from([shape, ()])))
        ours[index] = new
        both.numpy[cells] = new if np.shape(new) == () else new.reshape(both.numpy[cells].shape)
        equal(both.ours[...], both.numpy)


@given(st.data())
@pytest.mark.filterwarnings("ignore")
def test_fields(data):
    both = data.draw(arrays(["record"]))
    _, index, cells, shape = data.draw(selections(both, "basic"))
    field = data.draw(st.sampled_from(both.numpy.dtype.names))
    equal(both.ours.get_basic_selection(index, fields=field), both.numpy[field][cells])
    several = data.draw(st.lists(st.sampled_from(both.numpy.dtype.names), unique=True, min_size=1))
    found = both.ours.get_basic_selection(index, fields=several)
    for name in several:
        equal(found[name], both.numpy[name][cells])
    new = elements(data.draw, "record", shape)[field]
    both.ours.set_basic_selection(index, new, fields=field)
    both.numpy[field][cells] = new
    equal(both.ours[...], both.numpy)


@given(st.data())
@pytest.mark.filterwarnings("ignore")
def test_several_at_once(data):
    both = data.draw(arrays())
    indexes = [data.draw(selections(both, "basic"))[1] for _ in range(data.draw(st.integers(1, 4)))]
    for found, index in zip(both.ours.get_many(indexes), indexes, strict=True):
        equal(found, both.numpy[index])
