"""`AsyncArray`: an array whose reads and writes are coroutines."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zarr_rs._operations import awaited
from zarr_rs._zarr_rs import Array, Info


class AsyncIndexer:
    """What `oindex` and `vindex` of an `AsyncArray` are."""

    def __init__(self, read: Callable[[Any], Coroutine[Any, Any, NDArray[Any]]]) -> None:
        self._read = read

    async def getitem(self, selection: Any) -> NDArray[Any]:
        """Read a selection."""
        return await self._read(selection)


class AsyncArray:
    """An array in a store, with zarr-python's coroutines. `array.async_array` is that of an `Array`.

    >>> import asyncio
    >>> a = zarr_rs.ones(4, dtype="i4").async_array
    >>> asyncio.run(a.getitem(slice(2)))
    array([1, 1], dtype=int32)
    """

    # What takes no time is the array's own.
    shape: tuple[int, ...]
    ndim: int
    size: int | None
    nbytes: int | None
    dtype: np.dtype[Any]
    chunks: tuple[int, ...] | None
    shards: tuple[int, ...] | None
    fill_value: Any
    order: Literal["C", "F"]
    path: str
    name: str
    basename: str
    zarr_format: Literal[2, 3]
    read_only: bool
    dimension_names: tuple[str | None, ...] | None
    read_chunk_sizes: tuple[tuple[int, ...], ...]
    write_chunk_sizes: tuple[tuple[int, ...], ...]
    filters: tuple[dict[str, Any], ...]
    serializer: dict[str, Any] | None
    compressors: tuple[dict[str, Any], ...]
    config: dict[str, Any]
    cdata_shape: tuple[int, ...]
    nchunks: int | None
    info: Info

    def __init__(self, array: Array) -> None:
        self._array = array
        self._later = array._later()

    def __getattr__(self, name: str) -> Any:
        if name in AsyncArray.__annotations__:
            return getattr(self._array, name)
        msg = f"an AsyncArray has no attribute {name!r}"
        raise AttributeError(msg)

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes as they were when the array was opened or changed last."""
        return self._array._read_attributes()

    def with_config(self, config: Mapping[str, Any]) -> AsyncArray:
        """The same array, read and written in another way; see `Array.with_config`."""
        return AsyncArray(self._array.with_config(config))

    async def getitem(self, selection: Any) -> NDArray[Any]:
        """Read what an index of the array is."""
        return await awaited(self._later.get_basic_selection(selection))

    async def setitem(self, selection: Any, value: ArrayLike) -> None:
        """Write to what an index of the array is."""
        await awaited(self._later.set_basic_selection(selection, value))

    async def get_orthogonal_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: str | Sequence[str] | None = None
    ) -> NDArray[Any]:
        """Read every combination of lists, masks and slices."""
        return await awaited(self._later.get_orthogonal_selection(selection, out=out, fields=fields))

    async def set_orthogonal_selection(
        self, selection: Any, value: ArrayLike, *, fields: str | Sequence[str] | None = None
    ) -> None:
        """Write to every combination of lists, masks and slices."""
        await awaited(self._later.set_orthogonal_selection(selection, value, fields=fields))

    async def get_coordinate_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: str | Sequence[str] | None = None
    ) -> NDArray[Any]:
        """Read points, given by a list of coordinates for each axis."""
        return await awaited(self._later.get_coordinate_selection(selection, out=out, fields=fields))

    async def set_coordinate_selection(
        self, selection: Any, value: ArrayLike, *, fields: str | Sequence[str] | None = None
    ) -> None:
        """Write to points, given by a list of coordinates for each axis."""
        await awaited(self._later.set_coordinate_selection(selection, value, fields=fields))

    async def get_mask_selection(
        self, mask: ArrayLike, *, out: NDArray[Any] | None = None, fields: str | Sequence[str] | None = None
    ) -> NDArray[Any]:
        """Read the cells where a mask of the array's shape is true."""
        return await awaited(self._later.get_mask_selection(mask, out=out, fields=fields))

    async def set_mask_selection(
        self, mask: ArrayLike, value: ArrayLike, *, fields: str | Sequence[str] | None = None
    ) -> None:
        """Write to the cells where a mask of the array's shape is true."""
        await awaited(self._later.set_mask_selection(mask, value, fields=fields))

    async def get_block_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: str | Sequence[str] | None = None
    ) -> NDArray[Any]:
        """Read whole chunks by their place in the grid; of a sharded array, whole shards."""
        return await awaited(self._later.get_block_selection(selection, out=out, fields=fields))

    async def set_block_selection(
        self, selection: Any, value: ArrayLike, *, fields: str | Sequence[str] | None = None
    ) -> None:
        """Write whole chunks by their place in the grid; of a sharded array, whole shards."""
        await awaited(self._later.set_block_selection(selection, value, fields=fields))

    async def get_many(self, selections: Sequence[Any]) -> list[NDArray[Any]]:
        """Read several indexes at once, each as NumPy would."""
        return await awaited(self._later.get_many(selections))

    @property
    def oindex(self) -> AsyncIndexer:
        """Reads every combination of lists, masks and slices, by `getitem`."""
        return AsyncIndexer(self.get_orthogonal_selection)

    @property
    def vindex(self) -> AsyncIndexer:
        """Reads points or the cells of a mask, by `getitem`."""
        return AsyncIndexer(self.get_coordinate_selection)

    async def resize(self, new_shape: int | Sequence[int], delete_outside_chunks: bool = True) -> None:
        """Change the shape; see `Array.resize`."""
        await awaited(self._later.resize(new_shape, delete_outside_chunks))

    async def append(self, data: ArrayLike, axis: int = 0) -> tuple[int, ...]:
        """Add data at the end of an axis, and return the new shape."""
        return await awaited(self._later.append(data, axis))

    async def refresh(self) -> None:
        """Read the array's document again: another process may have changed its shape or attributes."""
        await awaited(self._later.refresh())

    async def update_attributes(self, new_attributes: Mapping[str, Any]) -> AsyncArray:
        """Set attributes and keep the others."""
        await awaited(self._later._change_attributes(new_attributes))
        return self

    async def nchunks_initialized(self) -> int:
        """Count the chunks that are stored."""
        return await awaited(self._later.nchunks_initialized)

    async def nbytes_stored(self) -> int:
        """Count the bytes that the array takes in its store."""
        return await awaited(self._later.nbytes_stored())

    async def info_complete(self) -> Info:
        """Tell what `info` does, and what is stored."""
        return await awaited(self._later.info_complete())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncArray) and self._array == other._array

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncArray, (self._array,)

    def __repr__(self) -> str:
        return repr(self._array).replace("<Array", "<AsyncArray", 1)
