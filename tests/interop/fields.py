"""Fields of records that zarr-python wrote: read one by one and together, and written with the others left alone."""

import subprocess
import warnings
from pathlib import Path

import numpy as np
import zarr

import cli
from tally import Tally

#: Byte orders may differ from field to field in format 2 alone.
MIXED = np.dtype([("id", "|u1"), ("height", ">f8"), ("count", "<i2"), ("name", "|S5"), ("text", ">U3")])
NATIVE = np.dtype([("id", "|u1"), ("height", "<f8"), ("count", "<i2"), ("name", "|S5")])


def records(dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Records whose fields all differ."""
    number = np.arange(np.prod(shape)).reshape(shape)
    data = np.zeros(shape, dtype)
    data["id"], data["height"], data["count"] = number % 251, number / 2, number * 3
    data["name"] = np.char.mod("n%d", number)
    if "text" in dtype.names:
        data["text"] = np.char.mod("ż%d", number % 90)
    return data


def native(data: np.ndarray) -> np.ndarray:
    """The same elements without gaps, in this machine's byte order."""
    if data.dtype.names is None:
        return np.ascontiguousarray(data.astype(data.dtype.newbyteorder("=")))
    packed = np.dtype([(name, data.dtype[name].newbyteorder("=")) for name in data.dtype.names])
    result = np.zeros(data.shape, packed)
    for name in packed.names:
        result[name] = data[name]
    return result


def read(binary: str, path: Path, names: str | list[str]) -> bytes:
    """Fields as `zarr read` gives them, for any type: their bytes."""
    field = names if isinstance(names, str) else ",".join(names)
    command = [binary, "read", str(path), "--field", field, "--selection", "1:, ::-2", "--format", "raw"]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=cli.PATIENCE)
    if done.returncode:
        raise cli.Failed(done.stderr.decode(errors="replace"))
    return done.stdout


def check(tally: Tally, binary: str, work: Path) -> None:
    """Each layout: every field against numpy's, then a field written by us and read by zarr-python."""
    work = work / "fields"
    work.mkdir(parents=True, exist_ok=True)
    layouts = [
        ("v2", MIXED, {"zarr_format": 2, "chunks": (4, 3)}),
        ("v2 F", MIXED, {"zarr_format": 2, "chunks": (4, 3), "order": "F"}),
        ("v3", NATIVE, {"zarr_format": 3, "chunks": (4, 3)}),
        ("v3 sharded", NATIVE, {"zarr_format": 3, "chunks": (2, 3), "shards": (4, 6)}),
    ]
    for title, dtype, options in layouts:
        path = work / f"{title.replace(' ', '-')}.zarr"
        data = records(dtype, (9, 10))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Structs have no specification of format 3 in zarr-python yet.
            array = zarr.create_array(path, shape=data.shape, dtype=dtype, overwrite=True, **options)
            array[...] = data
        for names in [*dtype.names, ["count", "id"]]:
            with tally.case(f"fields/{title} {names}") as case:
                found, wanted = read(binary, path, names), native(data[1:, ::-2][names])
                case.reason = None if found == wanted.tobytes() else f"{found[:30]}, not {wanted.tobytes()[:30]}"
        with tally.case(f"fields/{title} written") as case:
            new = np.full((5, 10), -7, "i2")
            np.save(work / "write.npy", new)
            cli.run([binary, "write", str(work / "write.npy"), str(path), "--selection", "2:7", "--field", "count"])
            data["count"][2:7] = new
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = zarr.open_array(path, mode="r")[...]
            wrong = [name for name in dtype.names if not (found[name] == data[name]).all()]
            case.reason = f"{wrong} differ" if wrong else None
