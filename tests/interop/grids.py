"""Rectilinear grids: chunks and shards of lengths that differ. Both sides write into one array, grow it and shrink it."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zarr

import cases
import cli
from read_back import difference
from tally import Tally


@dataclass(frozen=True)
class Grid:
    """One array: a number or a list for each axis of `chunks`, or of `shards` with chunks of one shape inside."""

    name: str
    shape: tuple
    chunks: list
    shards: list | None = None
    filters: tuple = ()

    def create(self, path: Path) -> zarr.Array:
        """By zarr-python, with -7 where nothing is written."""
        filters = [zarr.codecs.TransposeCodec(order=order) for order in self.filters]
        return zarr.create_array(
            path, shape=self.shape, chunks=self.chunks, shards=self.shards, dtype="int16", filters=filters, fill_value=-7
        )


GRIDS = [
    Grid("one axis", (37,), [[10, 10, 10, 7]]),
    Grid("long runs", (50,), [[1] * 20 + [3] * 10]),
    Grid("mixed", (13, 17), [[5, 1, 7], 6]),
    Grid("two lists", (13, 17), [[5, 1, 7], [2, 2, 13]]),
    Grid("transposed", (13, 17), [[5, 1, 7], [2, 2, 13]], filters=((1, 0),)),
    Grid("shards", (12, 21), [2, 3], shards=[[4, 2, 6], [3, 6, 12]]),
    Grid("mixed shards", (12, 20), [2, 5], shards=[[4, 8], 10]),
    Grid("three axes", (5, 7, 9), [[1, 4], [3, 4], 2]),
]


def _grid(path: Path) -> dict:
    return json.loads((path / "zarr.json").read_text())["chunk_grid"]


def _read(path: Path) -> np.ndarray:
    return np.asarray(zarr.open_array(path, mode="r")[...])


def _same(binary: str, path: Path, want: np.ndarray, output: Path) -> str | None:
    """Whether both read the same."""
    for who, got in [("zarr-python", _read(path)), ("us", cli.read(binary, str(path), None, output))]:
        if problem := difference(got, want):
            return f"read by {who}: {problem}"
    return None


def _life(grid: Grid, binary: str, work: Path) -> str | None:
    """Writes by both in turn, then the array grows and shrinks; what is wrong first, or None."""
    path, scratch = work / grid.name, work / "grid.npy"
    values = cases.values("int16", grid.shape)
    array = grid.create(path)
    first = (slice(0, grid.shape[0] // 2),)
    array[first] = values[first]
    want = np.full(grid.shape, -7, dtype="int16")
    want[first] = values[first]
    if problem := _same(binary, path, want, scratch):
        return f"after zarr-python wrote: {problem}"

    # Parts that cross chunks and begin and end inside of them.
    inner = tuple(slice(1, length - 1) for length in grid.shape)
    want[inner] = values[inner][::-1]
    text = ", ".join(f"{part.start}:{part.stop}" for part in inner)
    cli.write(binary, np.ascontiguousarray(want[inner]), str(path), ["--selection", text], scratch)
    if problem := _same(binary, path, want, scratch):
        return f"after we wrote: {problem}"
    for text in ["::-3", "2:9:2", "-1"]:
        part = cli.read(binary, str(path), text, scratch)
        if problem := difference(part, want[cases.index(text)]):
            return f"selection {text}: {problem}"

    # A second array, to which zarr-python does the same.
    twin = work / f"{grid.name} twin"
    other = grid.create(twin)
    # Of shards a whole one, since their chunks must divide it.
    more = want[:2] if grid.shards is None else want[: grid.shards[0][0]]
    np.save(scratch, more)
    cli.run([binary, "append", str(scratch), str(path)])
    other.append(more)
    if _grid(path) != _grid(twin):
        return f"after append: {_grid(path)}, not {_grid(twin)}"
    want = np.concatenate([want, more])
    if problem := _same(binary, path, want, scratch):
        return f"after append: {problem}"

    smaller = [want.shape[0] - 4, *want.shape[1:]]
    cli.run([binary, "resize", str(path), "--shape", ",".join(map(str, smaller))])
    other.resize(smaller)
    if _grid(path) != _grid(twin):
        return f"after resize: {_grid(path)}, not {_grid(twin)}"
    want = want[: smaller[0]]
    if problem := _same(binary, path, want, scratch):
        return f"after resize: {problem}"
    return None


def check(tally: Tally, binary: str, work: Path) -> None:
    """Each grid as one case."""
    # zarr-python calls them experimental.
    warnings.simplefilter("ignore")
    (work / "grids").mkdir(parents=True, exist_ok=True)
    with zarr.config.set({"array.rectilinear_chunks": True}):
        for grid in GRIDS:
            if tally.wants(f"grids/{grid.name}"):
                with tally.case(f"grids/{grid.name}") as result:
                    result.reason = _life(grid, binary, work / "grids")
