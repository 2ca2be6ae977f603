"""Arrays of texts and byte strings: each side reads what the other wrote."""

import json
import warnings
from pathlib import Path

import numcodecs
import numpy as np
import zarr

import cli
from tally import Tally

SHAPE = (5, 7)


def _text(row: int, column: int) -> str:
    return ["ż", "a", "", "日本", "🦀"][(row * 3 + column) % 5] * (row + column)


def _expected() -> list[str]:
    return [_text(row, column) for row in range(SHAPE[0]) for column in range(SHAPE[1])]


def _decoded(value) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _peer_writes(home: Path) -> None:
    """By zarr-python: both formats, plain, compressed by several codecs, and sharded."""
    kinds = {
        "v2": {"zarr_format": 2},
        "v2_zlib": {"zarr_format": 2, "compressors": numcodecs.Zlib(1)},
        "v2_blosc": {"zarr_format": 2, "compressors": numcodecs.Blosc()},
        "v2_f": {"zarr_format": 2, "order": "F"},
        "v3": {"zarr_format": 3},
        "v3_gzip": {"zarr_format": 3, "compressors": {"name": "gzip", "configuration": {"level": 5}}},
        "v3_sharded": {"zarr_format": 3, "shards": (4, 6)},
    }
    for kind, settings in kinds.items():
        for name, dtype in [("string", "string"), ("bytes", "variable_length_bytes")]:
            if name == "bytes" and settings["zarr_format"] == 2:
                dtype = zarr.core.dtype.VariableLengthBytes()
            path = home / f"{kind}_{name}"
            array = zarr.create_array(path, shape=SHAPE, chunks=(2, 3), dtype=dtype, **settings)
            texts = np.array(_expected(), dtype=object).reshape(SHAPE)
            array[...] = texts if name == "string" else np.vectorize(str.encode, otypes=[object])(texts)


def check(tally: Tally, binary: str, work: Path) -> None:
    """`binary` writes arrays and zarr-python reads them, then the other way."""
    warnings.simplefilter("ignore")
    ours, theirs = work / "texts-ours", work / "texts-theirs"
    ours.mkdir()
    theirs.mkdir()
    with tally.case("texts/write") as case:
        cli.run([binary, "write", str(ours)])
    for path in sorted(ours.iterdir()):
        with tally.case(f"texts/{path.name} by zarr-python") as case:
            found = [_decoded(value) for value in zarr.open_array(path, mode="r")[...].ravel()]
            case.reason = None if found == _expected() else f"found {found[:8]}"
    with tally.case("texts/zarr-python writes") as case:
        _peer_writes(theirs)
    with tally.case("texts/read") as case:
        lines = cli.run([binary, "read", str(theirs)]).splitlines()
        case.reason = None if len(lines) == 14 else f"{len(lines)} arrays read"
        for line in map(json.loads, lines):
            with tally.case(f"texts/{line['name']} of zarr-python") as read:
                read.reason = None if line["elements"] == _expected() else f"found {line['elements'][:8]}"
