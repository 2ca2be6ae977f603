"""The stores of the engine for zarr-python: directories, zip archives, and buckets and web servers by their URL.

>>> import zarr
>>> from zarr_rs.store import EngineStore
>>> store = EngineStore("memory://demo")
>>> a = zarr.create_array(store, name="a", shape=4, dtype="i4", fill_value=7)
>>> zarr.open_array(store, path="a", mode="r")[:2]
array([7, 7], dtype=int32)

Under `zarr_rs.pipeline.EnginePipeline`, chunks in such a store are read and written by the engine itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
from zarr.abc.store import ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype

from zarr_rs._operations import awaited
from zarr_rs._zarr_rs import Operation, Values

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from zarr.core.buffer import Buffer, BufferPrototype

__all__ = ["EngineStore"]


class EngineStore(Store):
    """A store that the engine opens: a path, or a URL such as `s3://bucket/path`, with the options of its service."""

    def __init__(
        self,
        store: str | PathLike[str],
        *,
        storage_options: Mapping[str, Any] | None = None,
        read_only: bool = False,
    ) -> None:
        super().__init__(read_only=read_only)
        self._values = Values(store, dict(storage_options or {}))
        self._can: tuple[bool, bool, bool] | None = None

    async def _open(self) -> None:
        await super()._open()
        self._can = await awaited(self._values.open())

    def close(self) -> None:
        """Close the store. What was written to an archive is put in its place."""
        if self._is_open and not self.read_only:
            self._values.sync().wait()
        super().close()

    def with_read_only(self, read_only: bool = False) -> EngineStore:
        """The same store, through which nothing is written if `read_only`."""
        return EngineStore._of(self._values, self._can, read_only)

    @classmethod
    def _of(cls, values: Values, can: tuple[bool, bool, bool] | None, read_only: bool) -> EngineStore:
        store = cls.__new__(cls)
        Store.__init__(store, read_only=read_only)
        store._values, store._can = values, can
        return store

    @property
    def supports_writes(self) -> bool:
        """Whether values can be written: not to a web server."""
        return self._abilities()[0]

    @property
    def supports_deletes(self) -> bool:
        """Whether values can be deleted."""
        return self._abilities()[0]

    @property
    def supports_listing(self) -> bool:
        """Whether keys can be listed: not on a web server."""
        return self._abilities()[1]

    @property
    def _supports_sync_io(self) -> bool:
        """Whether zarr-python may ask for one value after another, which takes long where each answer does."""
        return not self._abilities()[2]

    def _abilities(self) -> tuple[bool, bool, bool]:
        if self._can is None:
            self._can = self._values.open().wait()
        return self._can

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """The value of a key, or a part of it; None if there is none."""
        return _buffer(await awaited(self._values.get(key, *_ends(byte_range))), prototype)

    def get_sync(
        self, key: str, *, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """What `get` gives, for callers that wait."""
        return _buffer(self._values.get(key, *_ends(byte_range)).wait(), prototype or default_buffer_prototype())

    async def get_partial_values(
        self, prototype: BufferPrototype, key_ranges: Iterable[tuple[str, ByteRequest | None]]
    ) -> list[Buffer | None]:
        """Parts of several values, which are read side by side."""
        return list(await asyncio.gather(*(self.get(key, prototype, part) for key, part in key_ranges)))

    async def exists(self, key: str) -> bool:
        """Whether the key has a value."""
        return await awaited(self._values.exists(key))

    async def getsize(self, key: str) -> int:
        """The size of a value in bytes."""
        size = await awaited(self._values.size(key))
        if size is None:
            raise FileNotFoundError(key)
        return size

    async def getsize_prefix(self, prefix: str) -> int:
        """The size of all values in a directory."""
        return await awaited(self._values.size_prefix(prefix))

    async def set(self, key: str, value: Buffer) -> None:
        """Store a value, in the place of what is there."""
        await awaited(self._setting(key, value))

    def set_sync(self, key: str, value: Buffer) -> None:
        """What `set` does, for callers that wait."""
        self._setting(key, value).wait()

    async def set_if_not_exists(self, key: str, value: Buffer) -> None:
        """Store a value where there is none: of several writers, one does."""
        await awaited(self._setting(key, value, create=True))

    def _setting(self, key: str, value: Buffer, **how: bool) -> Operation[None]:
        self._check_writable()
        if not hasattr(value, "as_numpy_array"):
            msg = f"a value is a zarr.core.buffer.Buffer, and not of type {type(value).__name__}"
            raise TypeError(msg)
        return self._values.set(key, np.ascontiguousarray(value.as_numpy_array()), **how)

    async def delete(self, key: str) -> None:
        """Delete a value, if there is one."""
        await awaited(self._deleting(key))

    def delete_sync(self, key: str) -> None:
        """What `delete` does, for callers that wait."""
        self._deleting(key).wait()

    def _deleting(self, key: str) -> Operation[None]:
        self._check_writable()
        return self._values.delete(key)

    async def delete_dir(self, prefix: str) -> None:
        """Delete all values in a directory and below."""
        self._check_writable()
        await awaited(self._values.delete_prefix(prefix))

    async def list(self) -> AsyncIterator[str]:
        """All keys."""
        async for key in self.list_prefix(""):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """The keys in a directory and below."""
        for key in await awaited(self._values.keys(prefix)):
            yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """The names in a directory."""
        for name in await awaited(self._values.list_dir(prefix)):
            yield name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EngineStore) and self._values.is_same(other._values)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        where = self._values._portable()
        return _reopened, (where["store"], where["path"], where.get("storage_options"), self.read_only)

    def __str__(self) -> str:
        return str(self._values)

    def __repr__(self) -> str:
        return f"EngineStore({str(self)!r})"


def _reopened(store: str, path: str, storage_options: Mapping[str, Any] | None, read_only: bool) -> EngineStore:
    return EngineStore._of(Values(store, dict(storage_options or {}), path), None, read_only)


def _buffer(found: NDArray[np.uint8] | None, prototype: BufferPrototype) -> Buffer | None:
    return None if found is None else prototype.buffer.from_array_like(found)


def _ends(part: ByteRequest | None) -> tuple[int | None, int | None]:
    """The first byte and the one behind the last; a negative first one counts from the end."""
    match part:
        case None:
            return None, None
        case RangeByteRequest(start, end):
            return start, end
        case OffsetByteRequest(offset):
            return offset, None
        case SuffixByteRequest(suffix):
            return -suffix, None
        case _:
            msg = f"Unexpected byte_range, got {part}: give a RangeByteRequest, OffsetByteRequest or SuffixByteRequest"
            raise ValueError(msg)
