"""Fields of records that zarr-python wrote: read one by one and together, and written with the others left alone."""

import warnings
from pathlib import Path

import numpy as np
import zarr

import cli
from read_back import difference
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
        output, scratch = work / "read.npy", work / "write.npy"
        for name in dtype.names:
            with tally.case(f"fields/{title} {name}") as case:
                cli.run([binary, "read", str(path), "--field", name, "--selection", "1:, ::-2", "--output", str(output)])
                case.reason = difference(np.load(output), data[1:, ::-2][name].astype(dtype[name].newbyteorder("=")))
        with tally.case(f"fields/{title} together") as case:
            cli.run([binary, "read", str(path), "--field", "count,id", "--output", str(output)])
            found = np.load(output)
            wanted = data[["count", "id"]]
            equal = all((found[name] == wanted[name]).all() for name in ("count", "id"))
            case.reason = None if found.dtype.names == ("count", "id") and equal else f"{found.ravel()[:3]}"
        with tally.case(f"fields/{title} written") as case:
            new = np.full((5, 10), -7, "i2")
            np.save(scratch, new)
            cli.run([binary, "write", str(scratch), str(path), "--selection", "2:7", "--field", "count"])
            data["count"][2:7] = new
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = zarr.open_array(path, mode="r")[...]
            wrong = [name for name in dtype.names if not (found[name] == data[name]).all()]
            case.reason = f"{wrong} differ" if wrong else None
