"""`AsyncGroup`: a group whose nodes are found and made by coroutines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal

from numpy.typing import ArrayLike, DTypeLike

from zarr_rs import _groups
from zarr_rs._async_array import AsyncArray
from zarr_rs._operations import awaited, later
from zarr_rs._zarr_rs import Array, Group, Info


def converted(node: Array | Group) -> AsyncArray | AsyncGroup:
    """An array or a group as the class with coroutines."""
    return AsyncArray(node) if isinstance(node, Array) else AsyncGroup(node)


class AsyncGroup:
    """A group in a store, with zarr-python's coroutines. `group.async_group` is that of a `Group`.

    >>> import asyncio
    >>> async def names():
    ...     root = zarr_rs.create_group().async_group
    ...     await root.create_array("a", shape=3, dtype="u1")
    ...     return [name async for name, node in root.members()]
    >>> asyncio.run(names())
    ['a']
    """

    # What takes no time is the group's own.
    path: str
    name: str
    basename: str
    zarr_format: Literal[2, 3]
    read_only: bool
    info: Info

    def __init__(self, group: Group) -> None:
        self._group = group
        self._later = group._later()

    def __getattr__(self, name: str) -> Any:
        if name in AsyncGroup.__annotations__:
            return getattr(self._group, name)
        msg = f"an AsyncGroup has no attribute {name!r}"
        raise AttributeError(msg)

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes as they were when the group was opened or changed last."""
        return self._group._read_attributes()

    async def getitem(self, key: str) -> AsyncArray | AsyncGroup:
        """The node below with this path."""
        return converted(await awaited(self._later._getitem(key)))

    async def get(self, key: str, default: Any = None) -> Any:
        """The node below with this path, or `default` if there is none."""
        found = await awaited(self._later.get(key))
        return default if found is None else converted(found)

    async def get_array(self, path: str) -> AsyncArray:
        """The array below with this path."""
        return AsyncArray(await awaited(self._later.get_array(path)))

    async def get_group(self, path: str) -> AsyncGroup:
        """The group below with this path."""
        return AsyncGroup(await awaited(self._later.get_group(path)))

    async def setitem(self, key: str, value: ArrayLike) -> None:
        """Make an array of data, in the place of what is there."""
        await awaited(self._later._setitem(key, value))

    async def contains(self, member: str) -> bool:
        """Whether there is a node below with this path."""
        return await awaited(self._later._contains(member))

    async def delitem(self, key: str) -> None:
        """Delete the node below with this path."""
        await awaited(self._later._delitem(key))

    async def members(
        self, max_depth: int | None = 0, *, use_consolidated_for_children: bool = True
    ) -> AsyncIterator[tuple[str, AsyncArray | AsyncGroup]]:
        """The nodes below with their paths: the children, or deeper ones. `max_depth=None` is all of them."""
        members = self._later.members(max_depth, use_consolidated_for_children=use_consolidated_for_children)
        for path, node in await awaited(members):
            yield path, converted(node)

    async def nmembers(self, max_depth: int | None = 0) -> int:
        """Count the nodes below, down to a depth."""
        return await awaited(self._later.nmembers(max_depth))

    async def arrays(self) -> AsyncIterator[tuple[str, AsyncArray]]:
        """The arrays among the children, with their names."""
        for name, array in await awaited(self._later.arrays()):
            yield name, AsyncArray(array)

    async def groups(self) -> AsyncIterator[tuple[str, AsyncGroup]]:
        """The groups among the children, with their names."""
        for name, group in await awaited(self._later.groups()):
            yield name, AsyncGroup(group)

    async def keys(self) -> AsyncIterator[str]:
        """The names of the children."""
        for name in await awaited(self._later.keys()):
            yield name

    async def array_keys(self) -> AsyncIterator[str]:
        """The names of the arrays among the children."""
        for name in await awaited(self._later.array_keys()):
            yield name

    async def group_keys(self) -> AsyncIterator[str]:
        """The names of the groups among the children."""
        for name in await awaited(self._later.group_keys()):
            yield name

    async def array_values(self) -> AsyncIterator[AsyncArray]:
        """The arrays among the children."""
        async for _, array in self.arrays():
            yield array

    async def group_values(self) -> AsyncIterator[AsyncGroup]:
        """The groups among the children."""
        async for _, group in self.groups():
            yield group

    async def create_array(
        self,
        name: str,
        *,
        shape: Any = None,
        dtype: DTypeLike | str | None = None,
        data: ArrayLike | None = None,
        **keywords: Any,
    ) -> AsyncArray:
        """Make an array below; the keyword arguments are those of `zarr_rs.create_array`."""
        create = self._later.create_array(name, shape=shape, dtype=dtype, data=data, **keywords)
        return AsyncArray(await awaited(create))

    async def create_group(
        self, name: str, *, overwrite: bool = False, attributes: Mapping[str, Any] | None = None
    ) -> AsyncGroup:
        """Make a group below."""
        create = self._later.create_group(name, overwrite=overwrite, attributes=attributes)
        return AsyncGroup(await awaited(create))

    async def require_array(
        self, name: str, *, shape: Any, dtype: DTypeLike | str | None = None, exact: bool = False, **keywords: Any
    ) -> AsyncArray:
        """The array below, made if it is missing; see `Group.require_array`."""
        require = self._later.require_array(name, shape=shape, dtype=dtype, exact=exact, **keywords)
        return AsyncArray(await awaited(require))

    async def require_group(self, name: str, overwrite: bool = False) -> AsyncGroup:
        """The group below, made if it is missing, or with `overwrite` in any case."""
        return AsyncGroup(await awaited(self._later.require_group(name, overwrite)))

    async def require_groups(self, *names: str) -> tuple[AsyncGroup, ...]:
        """The groups below, made if they are missing."""
        return tuple(map(AsyncGroup, await awaited(self._later.require_groups(*names))))

    async def create_hierarchy(
        self, nodes: Mapping[str, Any], *, overwrite: bool = False
    ) -> AsyncIterator[tuple[str, AsyncArray | AsyncGroup]]:
        """Make several nodes below, and the groups between them; see `Group.create_hierarchy`."""
        for path, node in await awaited(self._later.create_hierarchy(nodes, overwrite=overwrite)):
            yield path, converted(node)

    empty = later(_groups.empty, AsyncArray)
    zeros = later(_groups.zeros, AsyncArray)
    ones = later(_groups.ones, AsyncArray)
    full = later(_groups.full, AsyncArray)
    empty_like = later(_groups.empty_like, AsyncArray)
    zeros_like = later(_groups.zeros_like, AsyncArray)
    ones_like = later(_groups.ones_like, AsyncArray)
    full_like = later(_groups.full_like, AsyncArray)

    async def move(self, source: str, dest: str) -> None:
        """Move a node below to another path below."""
        await awaited(self._later.move(source, dest))

    async def update_attributes(self, new_attributes: Mapping[str, Any]) -> AsyncGroup:
        """Set attributes and keep the others."""
        await awaited(self._later._change_attributes(new_attributes))
        return self

    async def tree(
        self, expand: bool | None = None, level: int | None = None, *, max_nodes: int = 500, plain: bool = False
    ) -> Info:
        """The hierarchy as a tree."""
        return await awaited(self._later.tree(expand, level, max_nodes=max_nodes, plain=plain))

    async def info_complete(self) -> Info:
        """Tell what `info` does, and how many nodes are below."""
        return await awaited(self._later.info_complete())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncGroup) and self._group == other._group

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncGroup, (self._group,)

    def __repr__(self) -> str:
        return repr(self._group).replace("<Group", "<AsyncGroup", 1)
