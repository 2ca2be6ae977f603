"""Selections in all their spellings, on arrays that zarr-python wrote, against zarr-python's and numpy's answers."""

import json
import random
from pathlib import Path

import numpy as np
import zarr

import cli
from tally import Tally

#: So many arrays, each asked in every spelling.
ROUNDS = 40


def index(rng: random.Random, length: int) -> list[int] | str:
    """Indices in any order, or the text of a slice."""
    if rng.random() < 0.5:
        return [rng.randint(-length, length - 1) for _ in range(rng.randint(1, 5))]
    return f"{rng.randint(-length, length)}:{rng.randint(-length, length)}:{rng.choice([1, 2])}"


def numpys(item: list[int] | str) -> list[int] | slice:
    """What numpy is asked instead."""
    return slice(*map(int, item.split(":"))) if isinstance(item, str) else item


def questions(rng: random.Random, array: zarr.Array, outer: list[int], work: Path):
    """Options of `zarr read`, and the elements to come."""
    shape, plain = array.shape, array[:]
    items = [index(rng, length) for length in shape]
    yield ["--oindex", json.dumps(items)], array.oindex[tuple(map(numpys, items))]
    count = rng.randint(1, 6)
    points = [[rng.randint(-length, length - 1) for _ in range(count)] for length in shape]
    yield ["--vindex", json.dumps(points)], array.vindex[tuple(points)]
    # zarr-python takes lists alone; with slices among them, numpy says what is meant.
    mixed = [point if isinstance(item, list) else item for item, point in zip(items, points)]
    yield ["--vindex", json.dumps(mixed)], plain[tuple(map(numpys, mixed))]
    mask = np.random.default_rng(rng.randint(0, 1 << 30)).random(shape) < 0.4
    np.save(work / "mask.npy", mask)
    yield ["--mask", str(work / "mask.npy")], array.get_mask_selection(mask)
    counts = [-(-length // chunk) for length, chunk in zip(shape, outer)]
    blocks = [rng.randint(0, n - 1) if rng.random() < 0.5 else slice(rng.randint(0, n - 1), n) for n in counts]
    text = ", ".join(str(b) if isinstance(b, int) else f"{b.start}:{b.stop}" for b in blocks)
    yield ["--blocks", text], np.asarray(array.blocks[tuple(blocks)])


def check(tally: Tally, binary: str, work: Path) -> None:
    """Writes arrays with zarr-python and asks both for parts of them."""
    rng = random.Random(5)
    work = work / "selections"
    work.mkdir(parents=True, exist_ok=True)
    for round in range(ROUNDS):
        shape = [rng.randint(1, 9) for _ in range(rng.choice([1, 2, 3]))]
        chunks = [rng.randint(1, 4) for _ in shape]
        shards = [n * rng.randint(1, 3) for n in chunks] if rng.random() < 0.5 else None
        data = np.arange(np.prod(shape), dtype="i4").reshape(shape)
        path = work / f"{round}.zarr"
        array = zarr.create_array(path, data=data, chunks=chunks, shards=shards, overwrite=True)
        for options, wanted in questions(rng, array, shards or chunks, work):
            with tally.case(f"selections/{round} {shape} {' '.join(options)}") as case:
                said = cli.run([binary, "read", str(path), *options, "--format", "jsonl"])
                found = [json.loads(line) for line in said.split()]
                case.reason = None if found == wanted.ravel().tolist() else f"{found}, not {wanted.ravel().tolist()}"
