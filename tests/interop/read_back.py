"""Reads a whole array with a peer, and compares arrays."""

from pathlib import Path

import numpy as np
import tensorstore as ts
import zarr


def zarr_python(path: str) -> np.ndarray:
    """By `zarr.open_array`."""
    return np.asarray(zarr.open_array(path, mode="r")[...])


def tensorstore(path: str) -> np.ndarray:
    """By the driver that the metadata key asks for."""
    driver = "zarr3" if Path(path, "zarr.json").exists() else "zarr"
    spec = {"driver": driver, "kvstore": {"driver": "file", "path": f"{path}/"}}
    return np.asarray(ts.open(spec, open=True).result().read().result())


READERS = {"zarr-python": zarr_python, "tensorstore": tensorstore}


def difference(got: np.ndarray, want: np.ndarray) -> str | None:
    """What differs, or None. Bit for bit: minus zero is not zero, and a NaN must stay the same NaN.

    The byte order in memory is nobody's promise.
    """
    got, want = (np.asarray(array) for array in (got, want))
    if got.shape != want.shape:
        return f"shape {got.shape}, not {want.shape}"
    native = [array.astype(array.dtype.newbyteorder("="), order="C") for array in (got, want)]
    if native[0].dtype != native[1].dtype:
        return f"data type {got.dtype}, not {want.dtype}"
    size = want.dtype.itemsize
    bits = [np.frombuffer(array.tobytes(), dtype=f"V{size}").reshape(want.shape) for array in native]
    wrong = np.argwhere(bits[0] != bits[1])
    if not len(wrong):
        return None
    at = tuple(map(int, wrong[0]))
    return f"{len(wrong)} of {want.size} values differ, first at {at}: {got[at]!r}, not {want[at]!r}"
