"""The table of arrays that the peers write and our command reads, and the other way round.

Every value is made by numpy here. Nothing in this file knows a Zarr library.
"""

from dataclasses import dataclass, replace
from math import inf, nan

import numpy as np

BOTH = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64",
]
EXTRA = ["float16", "complex64", "complex128"]
DTYPES = BOTH + EXTRA
FORMATS = [2, 3]
PEERS = ["zarr-python", "tensorstore", "zarrs", "zarrita.js"]

# Shape and chunks by rank. No shape is a multiple of its chunks: the last chunk of each axis is cut.
GRIDS = {
    0: ((), ()),
    1: ((37,), (10,)),
    2: ((13, 17), (5, 6)),
    3: ((5, 7, 9), (2, 3, 4)),
}

# Read besides the whole array: slabs, single elements, steps, parts that cross and do not cross chunks.
SELECTIONS = {
    0: [],
    1: ["3:17", "::3", "5"],
    2: ["0:10, 5", "2:9, ::2", "6:8, 7:11", "12, 16"],
    3: ["0:2, 5, ::2", "1:4, 2:5, 3:8", "4, 6, 8"],
}


def values(dtype: str, shape: tuple) -> np.ndarray:
    """Different values everywhere, and those that are easily got wrong: extremes, NaN, infinities, minus zero."""
    kind = np.dtype(dtype).kind
    count = np.arange(int(np.prod(shape)), dtype="int64")
    if kind == "b":
        flat = count % 3 == 0
    elif kind in "iu":
        info = np.iinfo(dtype)
        flat = (count * 7 - 20).astype(dtype)
        flat[1::11], flat[2::13] = info.min, info.max
    elif kind == "f":
        flat = (np.sin(count) * 1000).astype(dtype)
        flat[1::11], flat[2::13], flat[3::17], flat[4::19] = nan, inf, -inf, -0.0
    else:
        flat = (np.sin(count) * 1000 + 1j * np.cos(count)).astype(dtype)
        flat[1::11], flat[2::13] = complex(nan, 1), complex(-0.0, inf)
    return flat.reshape(shape)


@dataclass(frozen=True)
class Case:
    """One array as a peer is asked to write it."""

    group: str
    zarr_format: int
    dtype: str = "int16"
    rank: int = 2
    shape: tuple | None = None
    chunks: tuple | None = None
    shards: tuple | None = None
    index_location: str = "end"
    codecs: tuple = ("zstd",)
    endian: str = "little"
    order: tuple | None = None
    separator: str | None = None
    key_encoding: str | None = None
    fill: object = None
    missing: bool = False

    def __post_init__(self):
        shape, chunks = GRIDS[self.rank]
        object.__setattr__(self, "shape", shape if self.shape is None else self.shape)
        object.__setattr__(self, "chunks", chunks if self.chunks is None else self.chunks)
        native = "default" if self.zarr_format == 3 else "v2"
        object.__setattr__(self, "key_encoding", self.key_encoding or native)
        usual = "/" if self.key_encoding == "default" else "."
        object.__setattr__(self, "separator", self.separator or usual)

    @property
    def name(self) -> str:
        """Unique, and says all that differs from the plainest case."""
        parts = [f"v{self.zarr_format}", self.dtype, f"rank{self.rank}", "+".join(self.codecs) or "none"]
        usual = replace(self, **{field: None for field in ("shape", "chunks", "separator", "key_encoding")})
        if (self.shape, self.chunks) != (usual.shape, usual.chunks):
            parts.append(f"shape{self.shape}chunks{self.chunks}".replace(" ", ""))
        if self.shards:
            parts.append(f"shards{self.shards}index-{self.index_location}".replace(" ", ""))
        if self.endian == "big":
            parts.append("big")
        if self.order:
            parts.append("order" + "".join(map(str, self.order)))
        if (self.separator, self.key_encoding) != (usual.separator, usual.key_encoding):
            parts.append(f"keys-{self.key_encoding}-{'slash' if self.separator == '/' else 'dot'}")
        if self.missing:
            parts.append(f"missing-fill={self.fill}")
        return f"{self.group}/" + ",".join(parts)

    @property
    def fill_value(self) -> np.generic:
        """As a scalar of the data type; zero where the case does not care."""
        return np.dtype(self.dtype).type(0 if self.fill is None else self.fill)

    @property
    def written(self) -> tuple:
        """The region that is written: all, or a part that leaves chunks missing and others half full."""
        if not self.missing:
            return tuple(slice(0, n) for n in self.shape)
        return tuple(slice(0, n // 3) for n in self.shape)

    def source(self) -> np.ndarray:
        """What the peer writes into `written`."""
        return values(self.dtype, self.shape)[self.written].copy(order="C")

    def expected(self) -> np.ndarray:
        """What a reader must find."""
        whole = np.full(self.shape, self.fill_value, dtype=self.dtype)
        whole[self.written] = self.source()
        return whole

    def selections(self) -> list[str]:
        """Texts for `--selection`, besides the whole array."""
        if 0 in self.shape:
            return []
        if self.shape == GRIDS[self.rank][0]:
            return SELECTIONS[self.rank]
        return [", ".join([part] * self.rank) for part in ["1:", "::2"]]


def index(selection: str) -> tuple:
    """The numpy index that a selection's text means: `0:10, 5, ::2`."""

    def axis(text):
        parts = [int(part) if part.strip() else None for part in text.split(":")]
        return parts[0] if len(parts) == 1 else slice(*parts)

    return tuple(axis(text) for text in selection.split(","))


def peers_write() -> list[Case]:
    """Arrays that each peer writes for us to read."""
    cases = []
    for zarr_format in FORMATS:
        for dtype in DTYPES:
            for codecs in [(), ("zstd",), ("gzip",)]:
                cases.append(Case("dtype", zarr_format, dtype, codecs=codecs))
            if np.dtype(dtype).itemsize > 1:
                cases.append(Case("endian", zarr_format, dtype, endian="big"))
        for rank in GRIDS:
            for codecs in [(), ("zstd",)]:
                cases.append(Case("rank", zarr_format, "float32", rank, codecs=codecs))
        for separator in "/.":
            for rank in GRIDS:
                cases.append(Case("separator", zarr_format, rank=rank, separator=separator))
        cases += [
            Case("shape", zarr_format, shape=(4, 6), chunks=(8, 8)),
            Case("shape", zarr_format, shape=(10, 12), chunks=(1, 12)),
            Case("shape", zarr_format, rank=1, shape=(7,), chunks=(1,)),
            Case("shape", zarr_format, shape=(0, 5), chunks=(2, 2)),
            Case("order", zarr_format, order=(1, 0)),
            Case("order", zarr_format, order=(1, 0), codecs=()),
            Case("order", zarr_format, "float64", order=(1, 0), endian="big"),
            Case("order", zarr_format, rank=3, order=(2, 1, 0)),
        ]
        cases += [replace(case, zarr_format=zarr_format, key_encoding=None, separator=None) for case in MISSING]
    return cases + _only_v3()


FILLS = [
    ("bool", True), ("int8", -7), ("int32", 42), ("int64", -(2**63)), ("uint64", 2**64 - 1), ("uint8", 255),
    ("float32", nan), ("float32", -2.5), ("float64", inf), ("float64", -inf), ("float64", 0.1), ("float64", -0.0),
    ("float16", nan), ("complex64", complex(1, -2)), ("complex128", complex(nan, 0)),
]
MISSING = [Case("missing", 3, dtype, fill=fill, missing=True) for dtype, fill in FILLS] + [
    Case("missing", 3, "float32", rank, codecs=(), fill=-1, missing=True) for rank in (1, 3)
]


def _only_v3() -> list[Case]:
    cases = [Case("checksum", 3, codecs=codecs) for codecs in [("crc32c",), ("zstd", "crc32c"), ("gzip", "crc32c")]]
    cases += [Case("order", 3, rank=3, order=order) for order in [(2, 0, 1), (1, 2, 0), (0, 2, 1)]]
    cases += [Case("keys", 3, rank=rank, key_encoding="v2", separator=s) for s in "/." for rank in GRIDS]
    for location in ["end", "start"]:
        base = Case("shard", 3, shards=(10, 12), index_location=location)
        cases += [replace(base, dtype=dtype) for dtype in ["bool", "uint8", "int16", "float64", "complex64"]]
        cases += [replace(base, codecs=codecs) for codecs in [(), ("gzip",), ("zstd", "crc32c")]]
        cases += [
            replace(base, endian="big"),
            replace(base, order=(1, 0)),
            replace(base, separator="."),
            replace(base, missing=True, fill=-3),
            replace(base, dtype="float32", missing=True, fill=nan),
            # Bigger than the array: one shard, whose inner chunks at the edge are absent.
            replace(base, shards=(20, 24)),
            Case("shard", 3, rank=1, shards=(20,), index_location=location),
            Case("shard", 3, "float32", 3, shards=(4, 6, 8), index_location=location),
            Case("shard", 3, "float32", 3, shards=(4, 6, 8), index_location=location, order=(2, 0, 1)),
        ]
    return cases


def refusal(peer: str, case, writes: bool) -> str | None:
    """Why a peer cannot take part in a case; whatever else it refuses is a failure."""
    if peer != "zarrita.js":
        return None
    if case.dtype.startswith("complex"):
        return "zarrita.js has no complex numbers"
    if case.dtype == "float16":
        return "Node.js 20 has no Float16Array for zarrita.js"
    if not writes:
        return None
    if 0 in case.shape:
        return "zarrita.js takes no selection without elements"
    if isinstance(case.fill, int) and int(float(case.fill)) != case.fill:
        return "zarrita.js reads fill values as JavaScript's numbers, of 53 bits"
    if case.shards:
        return "zarrita.js reads shards and does not write them"
    if {"gzip", "crc32c"} & set(case.codecs):
        return "zarrita.js decodes gzip and crc32c and does not encode them"
    return None


@dataclass(frozen=True)
class WriteCase:
    """One array as our command is asked to write it from a .npy file."""

    group: str
    zarr_format: int
    dtype: str = "int16"
    shape: tuple = (13, 17)
    chunks: tuple | None = None
    shards: tuple | None = None
    #: How the .npy file holds it; the array's values are the same.
    file: str = "plain"
    #: An array of another shape is there before, and `--overwrite` is given.
    overwrite: bool = False

    @property
    def name(self) -> str:
        """Unique, and says all that differs from the plainest case."""
        parts = [f"v{self.zarr_format}", self.dtype, "x".join(map(str, self.shape)) or "rank0"]
        parts += [f"{what}{'x'.join(map(str, n))}" for what, n in [("chunks", self.chunks), ("shards", self.shards)] if n]
        parts += [self.file] * (self.file != "plain") + ["overwrite"] * self.overwrite
        return f"{self.group}/" + ",".join(parts)

    def expected(self) -> np.ndarray:
        """What a reader must find."""
        return values(self.dtype, self.shape)

    def in_file(self) -> np.ndarray:
        """The same values, laid out as the .npy file shall hold them."""
        whole = self.expected()
        if self.file == "fortran":
            return np.asfortranarray(whole)
        if self.file == "big":
            return whole.astype(whole.dtype.newbyteorder(">"))
        return whole

    def arguments(self) -> list[str]:
        """The flags of `zarr write`."""
        args = ["--zarr-format", str(self.zarr_format)]
        if self.chunks:
            args += ["--chunks", ",".join(map(str, self.chunks))]
        if self.shards:
            args += ["--shards", ",".join(map(str, self.shards))]
        return args + ["--overwrite"] * self.overwrite


def we_write() -> list[WriteCase]:
    """Arrays that our command writes for the peers to read."""
    cases = []
    for zarr_format in FORMATS:
        cases += [WriteCase("dtype", zarr_format, dtype) for dtype in DTYPES]
        cases += [WriteCase("chunks", zarr_format, dtype, chunks=(5, 6)) for dtype in DTYPES]
        for shape, chunks in [((), None), ((37,), (10,)), ((5, 7, 9), (2, 3, 4)), ((300, 400), (64, 64)), ((4, 6), (8, 8))]:
            cases.append(WriteCase("shape", zarr_format, "float32", shape, chunks))
        cases += [
            WriteCase("file", zarr_format, file="fortran"),
            WriteCase("file", zarr_format, "float64", file="big"),
            WriteCase("overwrite", zarr_format, overwrite=True),
        ]
    for dtype in ["uint8", "int16", "float64"]:
        cases.append(WriteCase("shards", 3, dtype, chunks=(5, 6), shards=(10, 12)))
        cases.append(WriteCase("shards", 3, dtype, (300, 400), chunks=(64, 64), shards=(256, 256)))
    cases.append(WriteCase("shards", 3, "float32", (5, 7, 9), chunks=(2, 3, 4), shards=(4, 6, 8)))
    return cases
