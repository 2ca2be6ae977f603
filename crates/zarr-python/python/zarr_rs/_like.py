"""zarr-python's further ways to make arrays, in terms of `create_array` and its siblings. All return operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zarr_rs._zarr_rs import (
    Array,
    Group,
    Operation,
    array,
    create_array,
    create_group,
    empty,
    full,
    ones,
    open_array,
    open_group,
    save,
    zeros,
)


def _like(a: Any, keywords: dict[str, Any]) -> dict[str, Any]:
    """The keywords with the structure of an array for what they leave open."""
    if not hasattr(a, "dtype"):
        a = np.asarray(a)
    own = {"shape": tuple(a.shape), "dtype": a.dtype}
    # Of other arrays than Zarr's: chunks of dask's, for example, are something else.
    if hasattr(a, "shards") and "shape" not in keywords:
        own |= {name: getattr(a, name, None) for name in ("chunks", "shards")}
    return {**own, **keywords}


def empty_like(a: Any, **keywords: Any) -> Operation[Array]:
    """Make an array with the structure of another, with the default fill value."""
    return empty(**_like(a, keywords))


def zeros_like(a: Any, **keywords: Any) -> Operation[Array]:
    """Make an array with the structure of another, of zeros."""
    return zeros(**_like(a, keywords))


def ones_like(a: Any, **keywords: Any) -> Operation[Array]:
    """Make an array with the structure of another, of ones."""
    return ones(**_like(a, keywords))


def full_like(a: Any, fill_value: Any = None, **keywords: Any) -> Operation[Array]:
    """Make an array with the structure of another, of one value: by default of the other array's fill value."""
    if fill_value is None:
        fill_value = a.fill_value if hasattr(a, "fill_value") else 0
    return full(fill_value=fill_value, **_like(a, keywords))


def open_like(a: Any, path: str, **keywords: Any) -> Operation[Array]:
    """Open an array, or make it with the structure of another."""
    return open_array(path=path, **{"mode": "a", **_like(a, keywords)})


def create(shape: Any, **keywords: Any) -> Operation[Array]:
    """Make an array of a shape, of `float64` unless `dtype` says otherwise."""
    return create_array(shape=shape, **keywords)


def from_array(store: Any, *, data: Any, **keywords: Any) -> Operation[Array]:
    """Make an array with the structure and the elements of another; keywords change the structure."""
    given = {name: value for name, value in keywords.items() if not (isinstance(value, str) and value == "keep")}
    # An array of zarr-python, whose structure is not known to the engine otherwise.
    if hasattr(data, "shards") and not isinstance(data, Array):
        own = {name: getattr(data, name) for name in ("chunks", "shards", "fill_value")}
        given = {**own, "attributes": dict(data.attrs), **given}
    return create_array(store, data=data, **given)


def group(store: Any = None, *, overwrite: bool = False, **keywords: Any) -> Operation[Group]:
    """Open a group, or make it where there is none, or where something shall be overwritten."""
    if overwrite or store is None:
        return create_group(store, overwrite=overwrite, **keywords)
    return open_group(store, **keywords)


def save_array(store: Any, arr: ArrayLike, **keywords: Any) -> Operation[Array]:
    """Save an array, in the place of what is there."""
    return array(arr, store=store, **{"overwrite": True, **keywords})


def save_group(store: Any, *args: Any, **keywords: Any) -> Operation[None]:
    """Save arrays in a group: `arr_0`, `arr_1`, …, and by name."""
    return save(store, **{f"arr_{number}": data for number, data in enumerate(args)}, **keywords)
