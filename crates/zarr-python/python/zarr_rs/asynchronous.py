"""The functions of the package as coroutines, as `zarr.api.asynchronous` has them. What they open has coroutines, too.

>>> import asyncio
>>> from zarr_rs import asynchronous
>>> async def sums() -> list[int]:
...     a = await asynchronous.ones((4, 6), dtype="i4", chunks=(2, 6))
...     await a.setitem(0, 2)
...     rows = await asyncio.gather(a.getitem(0), a.getitem(1))
...     return [int(row.sum()) for row in rows]
>>> asyncio.run(sums())
[12, 6]

The engine's threads do the work, and the event loop goes on meanwhile. A task that is cancelled gives its work up: of a
write, each chunk is then there as it was or as it was to be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any, ParamSpec

from zarr_rs import _blocking, _like, _zarr_rs
from zarr_rs._async_array import AsyncArray
from zarr_rs._async_group import AsyncGroup, converted
from zarr_rs._operations import awaited, awaits, nothing, same
from zarr_rs._zarr_rs import Array, Group, Info, Operation

# The functions are those of the package.
__all__ = ["AsyncArray", "AsyncGroup"]
__all__ += _blocking.__all__

P = ParamSpec("P")


def _array(begin: Callable[P, Operation[Array]]) -> Callable[P, Coroutine[Any, Any, AsyncArray]]:
    return awaits(begin, AsyncArray)


def _group(begin: Callable[P, Operation[Group]]) -> Callable[P, Coroutine[Any, Any, AsyncGroup]]:
    return awaits(begin, AsyncGroup)


array = _array(_zarr_rs.array)
consolidate_metadata = _group(_zarr_rs.consolidate_metadata)
create = _array(_like.create)
create_array = _array(_zarr_rs.create_array)
create_group = _group(_zarr_rs.create_group)
empty = _array(_zarr_rs.empty)
empty_like = _array(_like.empty_like)
from_array = _array(_like.from_array)
full = _array(_zarr_rs.full)
full_like = _array(_like.full_like)
group = _group(_like.group)
load = awaits(_zarr_rs.load, same)
ones = _array(_zarr_rs.ones)
ones_like = _array(_like.ones_like)
open = awaits(_zarr_rs.open, converted)
open_array = _array(_zarr_rs.open_array)
open_consolidated = _group(_zarr_rs.open_consolidated)
open_group = _group(_zarr_rs.open_group)
open_like = _array(_like.open_like)
save = awaits(_zarr_rs.save, same)
save_array = awaits(_like.save_array, nothing)
save_group = awaits(_like.save_group, same)
zeros = _array(_zarr_rs.zeros)
zeros_like = _array(_like.zeros_like)


async def create_hierarchy(
    *,
    store: Any,
    nodes: Mapping[str, Any],
    overwrite: bool = False,
    storage_options: Mapping[str, Any] | None = None,
) -> AsyncIterator[tuple[str, AsyncArray | AsyncGroup]]:
    """Make the nodes of a hierarchy, and the groups between them; see `zarr_rs.create_hierarchy`."""
    create = _zarr_rs.create_hierarchy(
        store=store, nodes=nodes, overwrite=overwrite, storage_options=storage_options
    )
    for path, node in await awaited(create):
        yield path, converted(node)


async def tree(grp: AsyncGroup, expand: bool | None = None, level: int | None = None) -> Info:
    """Show the hierarchy below a group."""
    return await grp.tree(expand, level)
