"""`AsyncGroup`: a group whose nodes are found and made by coroutines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Literal

from numpy.typing import ArrayLike, DTypeLike

from zarr_rs._async_array import AsyncArray
from zarr_rs._operations import awaited
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

    async def contains(self, member: str) -> bool:
        """Whether there is a node below with this path."""
        return await awaited(self._later._contains(member))

    async def delitem(self, key: str) -> None:
        """Delete the node below with this path."""
        await awaited(self._later._delitem(key))

    async def members(self, max_depth: int | None = 0) -> AsyncIterator[tuple[str, AsyncArray | AsyncGroup]]:
        """The nodes below with their paths: the children, or deeper ones. `max_depth=None` is all of them."""
        for path, node in await awaited(self._later.members(max_depth)):
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

    async def require_group(self, name: str) -> AsyncGroup:
        """The group below, made if it is missing."""
        return AsyncGroup(await awaited(self._later.require_group(name)))

    async def move(self, source: str, dest: str) -> None:
        """Move a node below to another path below."""
        await awaited(self._later.move(source, dest))

    async def update_attributes(self, new_attributes: Mapping[str, Any]) -> AsyncGroup:
        """Set attributes and keep the others."""
        await awaited(self._later._change_attributes(new_attributes))
        return self

    async def tree(self, expand: bool | None = None, level: int | None = None) -> Info:
        """The hierarchy as a tree."""
        return await awaited(self._later.tree(expand, level))

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
