"""Writes one case with a peer, said in the peer's own words.

Each function takes a case and a directory, and lets whatever the peer raises through.
"""

import numpy as np
import tensorstore as ts
import zarr
import zarr.codecs
from numcodecs import GZip, Zstd

from cases import Case

GZIP_LEVEL = 5
ZSTD_LEVEL = 3


def zarr_python(case: Case, path: str) -> None:
    """By `zarr.create_array` and an assignment."""
    keys = {"name": case.key_encoding, "separator": case.separator}
    common = {"store": path, "shape": case.shape, "chunks": case.chunks, "fill_value": case.fill_value}
    if case.zarr_format == 2:
        compressor = {"zstd": Zstd(level=ZSTD_LEVEL), "gzip": GZip(level=GZIP_LEVEL)}
        array = zarr.create_array(
            **common,
            zarr_format=2,
            dtype=_numpy_type(case),
            order="F" if case.order else "C",
            filters=None,
            compressors=[compressor[name] for name in case.codecs] or None,
            chunk_key_encoding=keys,
        )
    else:
        codec = {
            "zstd": zarr.codecs.ZstdCodec(level=ZSTD_LEVEL, checksum=False),
            "gzip": zarr.codecs.GzipCodec(level=GZIP_LEVEL),
            "crc32c": zarr.codecs.Crc32cCodec(),
        }
        one_byte = np.dtype(case.dtype).itemsize == 1
        array = zarr.create_array(
            **common,
            zarr_format=3,
            dtype=case.dtype,
            shards={"shape": case.shards, "index_location": case.index_location} if case.shards else None,
            filters=[zarr.codecs.TransposeCodec(order=case.order)] if case.order else [],
            serializer=zarr.codecs.BytesCodec(endian=None if one_byte else case.endian),
            compressors=[codec[name] for name in case.codecs],
            chunk_key_encoding=keys,
        )
    array[case.written] = case.source()


def tensorstore(case: Case, path: str) -> None:
    """By metadata that are written out in full, so that tensorstore chooses nothing."""
    array = ts.open(
        {
            "driver": "zarr" if case.zarr_format == 2 else "zarr3",
            "kvstore": {"driver": "file", "path": f"{path}/"},
            "metadata": metadata(case),
        },
        create=True,
    ).result()
    array[case.written].write(case.source()).result()


def metadata(case: Case) -> dict:
    """The document of a case's array, written out in full."""
    return _metadata_v2(case) if case.zarr_format == 2 else _metadata_v3(case)


def _numpy_type(case: Case) -> np.dtype:
    return np.dtype(case.dtype).newbyteorder(">" if case.endian == "big" else "<")


def _metadata_v2(case: Case) -> dict:
    compressor = {"zstd": {"id": "zstd", "level": ZSTD_LEVEL}, "gzip": {"id": "gzip", "level": GZIP_LEVEL}}
    return {
        "zarr_format": 2,
        "shape": case.shape,
        "chunks": case.chunks,
        "dtype": _numpy_type(case).str,
        "compressor": compressor[case.codecs[0]] if case.codecs else None,
        "filters": None,
        "order": "F" if case.order else "C",
        "fill_value": _json_fill(case),
        "dimension_separator": case.separator,
    }


def _metadata_v3(case: Case) -> dict:
    codecs = _codecs_v3(case)
    if case.shards:
        index_codecs = [_bytes_codec("little"), {"name": "crc32c"}]
        sharding = {
            "chunk_shape": case.chunks,
            "codecs": codecs,
            "index_codecs": index_codecs,
            "index_location": case.index_location,
        }
        codecs = [{"name": "sharding_indexed", "configuration": sharding}]
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": case.shape,
        "data_type": case.dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": case.shards or case.chunks}},
        "chunk_key_encoding": {"name": case.key_encoding, "configuration": {"separator": case.separator}},
        "codecs": codecs,
        "fill_value": _json_fill(case),
    }


def _codecs_v3(case: Case) -> list[dict]:
    known = {
        "zstd": {"name": "zstd", "configuration": {"level": ZSTD_LEVEL, "checksum": False}},
        "gzip": {"name": "gzip", "configuration": {"level": GZIP_LEVEL}},
        "crc32c": {"name": "crc32c"},
    }
    transpose = [{"name": "transpose", "configuration": {"order": case.order}}] if case.order else []
    return [*transpose, _bytes_codec(case.endian), *(known[name] for name in case.codecs)]


def _bytes_codec(endian: str) -> dict:
    return {"name": "bytes", "configuration": {"endian": endian}}


def _json_fill(case: Case):
    """The fill value as both specifications write it: text for what JSON has no number for, pairs for complex."""

    def number(value):
        if np.isnan(value):
            return "NaN"
        if np.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value

    fill = case.fill_value.item()
    if isinstance(fill, complex):
        return [number(fill.real), number(fill.imag)]
    return number(fill) if isinstance(fill, float) else fill


WRITERS = {"zarr-python": zarr_python, "tensorstore": tensorstore}
