"""Zip archives: zarr-python's is changed by our command, and each side reads what the other wrote."""

from pathlib import Path

import numpy as np
import zarr
from zarr.storage import ZipStore

import cli
from read_back import difference
from tally import Tally


def check(tally: Tally, binary: str, work: Path) -> None:
    """An archive of either side is added to and changed, and read by both."""
    home = work / "archives"
    home.mkdir()
    first, second = np.arange(40, dtype="int32").reshape(8, 5), np.linspace(0, 1, 7)
    theirs, ours = home / "theirs.zip", home / "ours.zip"
    with tally.case("archives/zarr-python writes"):
        store = ZipStore(theirs, mode="w")
        root = zarr.create_group(store)
        root.create_array("first", shape=first.shape, chunks=(3, 2), dtype=first.dtype)[...] = first
        store.close()
    with tally.case("archives/write"):
        cli.write(binary, first, f"{ours}::first", ["--chunks", "3,2"], home / "in.npy")
    for path in [theirs, ours]:
        with tally.case(f"archives/{path.stem} changed") as case:
            case.reason = difference(cli.read(binary, f"{path}::first", None, home / "out.npy"), first)
            cli.write(binary, second, f"{path}::second", [], home / "in.npy")
            cli.run([binary, "attrs", "set", f"{path}::first", "units", '"m"'])
        with tally.case(f"archives/{path.stem} by zarr-python") as case:
            root = zarr.open_group(ZipStore(path, mode="r"), mode="r")
            case.reason = difference(root["first"][...], first) or difference(root["second"][...], second)
            if dict(root["first"].attrs) != {"units": "m"}:
                case.reason = f"attributes {dict(root['first'].attrs)}"
