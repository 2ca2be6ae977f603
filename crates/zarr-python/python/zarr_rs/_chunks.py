"""Batches of zarr-python's chunks as selections of the array that they are part of. Nothing is read or written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

type Selector = tuple[Any, ...]


@dataclass(frozen=True)
class ChunkPart:
    """A part of one chunk: which of its cells, and where they belong in the data of the batch."""

    coords: tuple[int, ...]
    cells: Selector
    place: Selector


@dataclass(frozen=True)
class Box:
    """Cells of the array in equal steps, which are all of the data of a batch."""

    index: Selector
    shape: tuple[int, ...]


def parts_of(coords: Iterable[tuple[int, ...]], selections: Iterable[tuple[Any, Any]]) -> list[ChunkPart]:
    """The parts of a batch. A selection may be a single item."""
    return [
        ChunkPart(chunk, _tuple(cells), _tuple(place))
        for chunk, (cells, place) in zip(coords, selections, strict=True)
    ]


def in_array(part: ChunkPart, chunk_shape: Sequence[int]) -> Selector:
    """The cells of the part as an index of the array, which means what it means in NumPy."""
    cells = part.cells + (slice(None),) * (len(chunk_shape) - len(part.cells))
    return tuple(
        _shifted(item, coord * length, length)
        for item, coord, length in zip(cells, part.coords, chunk_shape, strict=True)
    )


def is_whole(cells: Any, chunk_shape: Sequence[int]) -> bool:
    """Whether these are all cells of a chunk."""
    lengths = zip(_tuple(cells), chunk_shape, strict=False)
    return all(isinstance(item, slice) and item.indices(length) == (0, length, 1) for item, length in lengths)


def extent(parts: Sequence[ChunkPart], chunk_shape: Sequence[int]) -> tuple[int, ...]:
    """Where the cells of all parts end along each axis of the array."""
    indexes = [in_array(part, chunk_shape) for part in parts]
    return tuple(max(_end(index[axis]) for index in indexes) for axis in range(len(chunk_shape)))


def _end(item: Any) -> int:
    if isinstance(item, slice):
        return item.stop
    if isinstance(item, int):
        return item + 1
    return int(item.max(initial=-1)) + 1


def box_of(parts: Sequence[ChunkPart], chunk_shape: Sequence[int]) -> Box | None:
    """The box that all parts are together; None if they are none: if there are lists among them, or gaps."""
    if not parts:
        return None
    index: list[Any] = []
    lengths: list[int] = []
    indexes = [in_array(part, chunk_shape) for part in parts]
    for axis in range(len(chunk_shape)):
        items = [index[axis] for index in indexes]
        if all(isinstance(item, int) for item in items):
            if len(set(items)) > 1:
                return None
            index.append(items[0])
            continue
        if not all(isinstance(item, slice) for item in items):
            return None
        steps = {item.step for item in items}
        start, stop = min(item.start for item in items), max(item.stop for item in items)
        if len(steps) > 1:
            return None
        [step] = steps
        at = len(lengths)
        for item, part in zip(items, parts, strict=True):
            place = part.place[at] if at < len(part.place) else None
            if not isinstance(place, slice) or place.step not in (None, 1):
                return None
            if item.start - start != step * place.start or _count(item) != place.stop - place.start:
                return None
        index.append(slice(start, stop, step))
        lengths.append(_count(index[-1]))
    if any(len(part.place) != len(lengths) for part in parts):
        return None
    # Every cell of the box belongs to one part.
    cells = sum(_volume(index) for index in indexes)
    if cells != int(np.prod(lengths, dtype=object)):
        return None
    return Box(tuple(index), tuple(lengths))


def _volume(index: Selector) -> int:
    volume = 1
    for item in index:
        volume *= _count(item) if isinstance(item, slice) else 1
    return volume


def _count(item: slice) -> int:
    return len(range(item.start, item.stop, item.step))


def _tuple(selection: Any) -> Selector:
    return selection if isinstance(selection, tuple) else (selection,)


def _shifted(item: Any, start: int, length: int) -> Any:
    if isinstance(item, slice):
        first, last, step = item.indices(length)
        return slice(start + first, start + last, step)
    if isinstance(item, int | np.integer):
        return start + int(item)
    cells = np.asarray(item)
    return start + (np.flatnonzero(cells) if cells.dtype == bool else cells)
