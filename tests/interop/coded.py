"""Arrays with filters, checksums and compressors, as zarr-python has them: each reads what the other wrote.

A codec may lose something, so arrays are compared with what zarr-python reads of its own.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numcodecs
import numpy as np
import zarr

import cli
from read_back import difference
from tally import Tally

SHAPE, CHUNKS = (13, 17), (5, 6)


@dataclass(frozen=True)
class Coded:
    """One array. Codecs are a name and its settings; in format 3 those of numcodecs get their prefix here."""

    zarr_format: int
    dtype: str
    filters: tuple = ()
    serializer: tuple | None = None
    compressors: tuple = ()
    order: str = "C"

    @property
    def name(self) -> str:
        """Unique."""
        words = [f"v{self.zarr_format}", self.dtype, self.order]
        words += [f"{name}{json.dumps(settings)}" for name, settings in self.all()]
        return "coded/" + ",".join(words).replace(" ", "")

    def all(self) -> list:
        """Every codec."""
        return [*self.filters, *([self.serializer] if self.serializer else []), *self.compressors]

    def values(self) -> np.ndarray:
        """Smooth, so that codecs that round stay within their types."""
        count = np.arange(np.prod(SHAPE)).reshape(SHAPE)
        kind = np.dtype(self.dtype).kind
        if kind == "b":
            return count % 3 == 0
        return (count * 7 % 120 if kind in "iu" else np.sin(count / 9) * 100).astype(self.dtype)

    def peer_writes(self, path: str) -> None:
        """By zarr-python."""
        listed = {"filters": self.filters, "compressors": self.compressors}
        if self.zarr_format == 2:
            codecs = {key: [numcodecs.get_codec({"id": n, **s}) for n, s in of] or None for key, of in listed.items()}
            codecs["order"] = self.order
        else:
            codecs = {key: [_v3(codec) for codec in of] for key, of in listed.items()}
            codecs["serializer"] = _v3(self.serializer) if self.serializer else "auto"
        array = zarr.create_array(
            path, shape=SHAPE, chunks=CHUNKS, dtype=self.dtype, zarr_format=self.zarr_format, fill_value=0, **codecs
        )
        array[...] = self.values()

    def we_write(self, binary: str, path: str, scratch: Path) -> None:
        """By our command."""
        spell = _v3 if self.zarr_format == 3 else lambda codec: {"name": codec[0], "configuration": codec[1]}
        args = ["--zarr-format", str(self.zarr_format), "--chunks", ",".join(map(str, CHUNKS))]
        for flag, codecs in [("--filters", self.filters), ("--compressors", self.compressors)]:
            args += [flag, json.dumps([spell(codec) for codec in codecs])]
        if self.serializer:
            args += ["--serializer", json.dumps(spell(self.serializer))]
        elif self.dtype.startswith(">"):
            args += ["--serializer", '{"name": "bytes", "configuration": {"endian": "big"}}']
        if self.zarr_format == 2:
            args += ["--order", self.order]
        cli.write(binary, self.values(), path, args, scratch)


#: What has its own name in format 3.
REGISTERED = ["blosc", "bytes", "cast_value", "crc32c", "gzip", "scale_offset", "transpose", "zstd"]


def _v3(codec: tuple) -> dict:
    name, settings = codec
    return {"name": name if name in REGISTERED else f"numcodecs.{name}", "configuration": settings}


SUMS = [
    ("crc32", {}), ("crc32", {"location": "end"}), ("adler32", {}), ("adler32", {"location": "end"}),
    ("fletcher32", {}), ("jenkins_lookup3", {}), ("jenkins_lookup3", {"initval": 9}),
]
COMPRESSORS = [
    ("zlib", {"level": 1}), ("zlib", {"level": 9}), ("bz2", {"level": 1}), ("bz2", {"level": 9}), ("lz4", {"acceleration": 1}),
    ("lzma", {"format": 1, "check": -1, "preset": None, "filters": None}),
    ("lzma", {"format": 2, "check": -1, "preset": 3, "filters": None}),
    ("lzma", {"format": 1, "check": 10, "preset": 1, "filters": None}),
    ("lzma", {"format": 3, "check": -1, "preset": None, "filters": [{"id": 3, "dist": 4}, {"id": 33, "preset": 1}]}),
]
FILTERS = [
    ("<i4", ("delta", {"dtype": "<i4"})), ("<i4", ("delta", {"dtype": "<i4", "astype": "<i2"})),
    ("<u2", ("delta", {"dtype": "<u2"})), ("<f8", ("delta", {"dtype": "<f8"})), ("<f4", ("delta", {"dtype": "<f4"})),
    ("<f8", ("fixedscaleoffset", {"offset": -100, "scale": 10, "dtype": "<f8", "astype": "<u2"})),
    ("<f4", ("fixedscaleoffset", {"offset": 0.5, "scale": 100.0, "dtype": "<f4", "astype": "<i4"})),
    ("<i4", ("fixedscaleoffset", {"offset": 3, "scale": 2, "dtype": "<i4", "astype": "<i2"})),
    ("<f8", ("quantize", {"digits": 2, "dtype": "<f8"})), ("<f4", ("quantize", {"digits": 1, "dtype": "<f4"})),
    ("<f4", ("bitround", {"keepbits": 9})), ("<f8", ("bitround", {"keepbits": 20})), ("<f2", ("bitround", {"keepbits": 3})),
    ("<i8", ("astype", {"encode_dtype": "<i2", "decode_dtype": "<i8"})),
    ("<f8", ("astype", {"encode_dtype": "<f4", "decode_dtype": "<f8"})),
    ("|b1", ("packbits", {})),
]


def cases() -> list[Coded]:
    """All of them."""
    found = []
    for zarr_format in [2, 3]:
        for dtype, codec in FILTERS:
            found.append(Coded(zarr_format, dtype, (codec,), compressors=(("zstd", {"level": 1}),)))
        for codec in [*COMPRESSORS, ("shuffle", {"elementsize": 4}), *SUMS]:
            found.append(Coded(zarr_format, "<f4", compressors=(codec,)))
    for cname in ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]:
        for number, word in enumerate(["noshuffle", "shuffle", "bitshuffle"]):
            settings = {"cname": cname, "clevel": 5, "shuffle": number, "blocksize": 0}
            found.append(Coded(2, "<f4", compressors=(("blosc", settings),)))
            found.append(Coded(3, "<f4", compressors=(("blosc", {**settings, "shuffle": word, "typesize": 4}),)))
    zstd = (("zstd", {"level": 1}),)
    delta, shuffle, crc32 = ("delta", {"dtype": "<i4"}), ("shuffle", {"elementsize": 4}), ("crc32", {})
    found += [Coded(2, "<i4", (codec,), compressors=zstd) for codec in [("base64", {}), crc32, ("crc32c", {"location": "start"})]]
    for dtype in ["<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"]:
        found.append(Coded(2, dtype, compressors=(("pcodec", {"level": 8}),)))
        found.append(Coded(3, dtype, serializer=("pcodec", {"level": 8})))
    for settings in [
        {"mode_spec": "classic", "delta_spec": "no_op"}, {"delta_spec": "try_lookback"}, {"equal_pages_up_to": 7},
        {"delta_spec": "try_consecutive", "delta_encoding_order": 2},
    ]:
        found.append(Coded(2, "<f8", compressors=(("pcodec", settings),)))
        found.append(Coded(3, "<f8", serializer=("pcodec", settings), compressors=(("zstd", {"level": 1}),)))
    found.append(Coded(2, "<i4", (("delta", {"dtype": "<i4", "astype": "<i2"}),), compressors=(("pcodec", {"level": 3}),), order="F"))
    found += [
        # Filters in any order, on elements in either byte and axis order.
        Coded(2, "<i4", (delta, shuffle, crc32), compressors=zstd),
        Coded(2, "<i4", (crc32, delta), compressors=zstd),
        Coded(2, "<i4", (shuffle, delta), compressors=(("zlib", {"level": 1}),)),
        Coded(2, "<i4", (delta, shuffle), compressors=(("lz4", {"acceleration": 1}),), order="F"),
        Coded(2, ">i4", (("delta", {"dtype": ">i4"}),), compressors=zstd, order="F"),
        Coded(2, ">i4", (delta,), compressors=zstd),
        Coded(2, ">f8", (("quantize", {"digits": 3, "dtype": ">f8", "astype": "<f4"}), shuffle), compressors=zstd),
        Coded(2, "<i2", (("zlib", {"level": 1}),), compressors=(("base64", {}),)),
        Coded(2, "|b1", (("packbits", {}),), order="F"),
        Coded(2, "<f8", (("fixedscaleoffset", {"offset": 0, "scale": 1000, "dtype": "<f8", "astype": "<i4"}), delta)),
        Coded(3, "<i4", (("transpose", {"order": [1, 0]}), delta), compressors=(shuffle, *zstd)),
        Coded(3, "<f8", (("fixedscaleoffset", {"offset": 0, "scale": 1000, "dtype": "<f8", "astype": "<i4"}), delta)),
        Coded(3, "<i4", (delta,), ("bytes", {"endian": "big"}), zstd),
        Coded(3, "<f8", (("scale_offset", {"offset": -100, "scale": 0.5}),), compressors=zstd),
        Coded(3, "<i4", (("scale_offset", {"offset": -3, "scale": 7}),), compressors=zstd),
        Coded(3, "<f8", (("cast_value", {"data_type": "float32"}),), compressors=zstd),
        Coded(3, "<f8", (("cast_value", {"data_type": "int8", "rounding": "towards-zero"}),), compressors=zstd),
        Coded(3, "<f8", (("scale_offset", {"offset": -100, "scale": 2}), ("cast_value", {"data_type": "uint16", "out_of_range": "clamp"}))),
    ]
    return found


def _read(path: str) -> np.ndarray:
    return np.asarray(zarr.open_array(path, mode="r")[...])


def check(tally: Tally, binary: str, work: Path) -> None:
    """Both ways, each case as one."""
    # zarr-python warns of every codec that is not in the specification.
    warnings.simplefilter("ignore")
    (work / "coded").mkdir(parents=True, exist_ok=True)
    output = work / "coded.npy"
    for number, case in enumerate(cases()):
        if not tally.wants(case.name):
            continue
        theirs, ours = (str(work / "coded" / f"{number}-{who}") for who in ["zarr-python", "ours"])
        with tally.case(case.name) as result:
            case.peer_writes(theirs)
            want = _read(theirs)
            case.we_write(binary, ours, output)
            for who, path in [("zarr-python", theirs), ("us", ours)]:
                for reader, read in [("zarr-python", _read), ("us", lambda path: cli.read(binary, path, None, output))]:
                    if problem := difference(read(path), want):
                        result.reason = result.reason or f"written by {who}, read by {reader}: {problem}"
            part = cli.read(binary, theirs, "2:9, ::2", output)
            if problem := difference(part, want[2:9, ::2]):
                result.reason = result.reason or f"a part: {problem}"
