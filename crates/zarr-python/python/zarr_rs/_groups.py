"""Methods of groups that are functions of the package elsewhere. All return operations: `Group` waits for them, and
`AsyncGroup` awaits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zarr_rs import _like
from zarr_rs._operations import awaited
from zarr_rs._zarr_rs import Array, Group, Operation
from zarr_rs._zarr_rs import empty as _empty
from zarr_rs._zarr_rs import full as _full
from zarr_rs._zarr_rs import ones as _ones
from zarr_rs._zarr_rs import zeros as _zeros


def _below(group: Group, name: str, keywords: dict[str, Any]) -> dict[str, Any]:
    """The keywords of a new array below a group, whose format it gets."""
    if keywords.get("zarr_format") not in (None, group.zarr_format):
        msg = f"an array of format {keywords['zarr_format']} in a group of format {group.zarr_format} would not be found"
        raise ValueError(msg)
    return {**keywords, "store": group, "path": name, "zarr_format": group.zarr_format}


def empty(group: Group, *, name: str, shape: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below, with the default fill value."""
    return _empty(shape, **_below(group, name, keywords))


def zeros(group: Group, *, name: str, shape: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below, of zeros."""
    return _zeros(shape, **_below(group, name, keywords))


def ones(group: Group, *, name: str, shape: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below, of ones."""
    return _ones(shape, **_below(group, name, keywords))


def full(group: Group, *, name: str, shape: Any, fill_value: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below, of one value."""
    return _full(shape, fill_value, **_below(group, name, keywords))


def empty_like(group: Group, *, name: str, data: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below with the structure of another, with the default fill value."""
    return _like.empty_like(data, **_below(group, name, keywords))


def zeros_like(group: Group, *, name: str, data: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below with the structure of another, of zeros."""
    return _like.zeros_like(data, **_below(group, name, keywords))


def ones_like(group: Group, *, name: str, data: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below with the structure of another, of ones."""
    return _like.ones_like(data, **_below(group, name, keywords))


def full_like(group: Group, *, name: str, data: Any, **keywords: Any) -> Operation[Array]:
    """Make an array below with the structure of another, of one value: by default of the other array's fill value."""
    return _like.full_like(data, **_below(group, name, keywords))


async def update_attributes_async(self: Group, new_attributes: Mapping[str, Any]) -> Group:
    """Set these attributes and remove all others, as zarr-python does here."""
    await awaited(self._later()._change_attributes(dict(new_attributes), replace=True))
    return self
