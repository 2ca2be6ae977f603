"""The engine under zarr-python: a codec pipeline that reads and writes whole batches of chunks in Rust.

>>> import zarr
>>> _ = zarr.config.set({"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"})

What it cannot do, zarr-python's default pipeline does. `counts` tells how many chunks were done by which of the two, and
why; the log says it once for each reason.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from zarr.abc.codec import Codec, CodecPipeline, GetResult
from zarr.codecs import ShardingCodec
from zarr.core.array import create_codec_pipeline
from zarr.core.buffer import cpu
from zarr.core.chunk_key_encodings import ChunkKeyEncoding, V2ChunkKeyEncoding
from zarr.core.codec_pipeline import BatchedCodecPipeline
from zarr.core.metadata import ArrayV2Metadata, ArrayV3Metadata
from zarr.core.metadata.v3 import RegularChunkGridMetadata
from zarr.storage import StorePath

from zarr_rs._addresses import forget_listings, place_of
from zarr_rs._chunks import Box, ChunkPart, box_of, extent, in_array, is_whole, parts_of
from zarr_rs._zarr_rs import Array, MemoryStore, Values, _array_of_document

if TYPE_CHECKING:
    from zarr.abc.store import Store
    from zarr.core.buffer import Buffer, NDBuffer

__all__ = ["Counts", "EnginePipeline", "counts"]

_log = logging.getLogger("zarr_rs.pipeline")


class HandBackError(Exception):
    """The engine cannot do this batch; the text says why."""


class Counts:
    """How many chunks the engine read or wrote, and how many zarr-python did, by the reason."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.reset()

    def reset(self) -> None:
        """Begin at zero."""
        with self._lock:
            self.engine = 0
            self.reasons: Counter[str] = Counter()

    @property
    def python(self) -> int:
        """The chunks that were done by zarr-python."""
        return self.reasons.total()

    def _by_engine(self, chunks: int) -> None:
        with self._lock:
            self.engine += chunks

    def _by_python(self, chunks: int, why: str) -> None:
        # Inner chunks are counted with their shard.
        if not why or not chunks:
            return
        with self._lock:
            known = why in self.reasons
            self.reasons[why] += chunks
        if not known:
            _log.warning("zarr-python does this instead of the engine: %s", why)

    def __repr__(self) -> str:
        return f"Counts(engine={self.engine}, python={self.python}, reasons={dict(self.reasons)})"


counts = Counts()


def _check_usual(codecs: Iterable[Codec]) -> None:
    """Check that codecs are those of zarr-python or numcodecs, and none that the configuration puts in their place."""
    for codec in codecs:
        kind = type(codec)
        if kind.__module__.split(".")[0] not in ("zarr", "numcodecs"):
            name = codec.to_dict().get("name")
            raise HandBackError(f"codec `{name}`: only Python has {kind.__module__}.{kind.__qualname__}")
        if isinstance(codec, ShardingCodec):
            _check_usual(codec.codecs)


@dataclass(frozen=True)
class _Document:
    """What the engine has to know of an array."""

    members: dict[str, Any]
    name: str
    chunk_shape: tuple[int, ...]
    keys: ChunkKeyEncoding
    is_sharded: bool
    inner_chunk_order: str
    #: Arrays that were made of it.
    arrays: dict[Any, Array] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, metadata: ArrayV2Metadata | ArrayV3Metadata) -> _Document:
        if isinstance(metadata, ArrayV2Metadata):
            name, chunk_shape, sharding = ".zarray", metadata.chunks, None
            keys: ChunkKeyEncoding = V2ChunkKeyEncoding(separator=metadata.dimension_separator)
        else:
            name = "zarr.json"
            if not isinstance(metadata.chunk_grid, RegularChunkGridMetadata):
                raise HandBackError("chunks of several lengths")
            chunk_shape, keys = metadata.chunk_grid.chunk_shape, metadata.chunk_key_encoding
            sharding = next((codec for codec in metadata.codecs if isinstance(codec, ShardingCodec)), None)
            _check_usual(metadata.codecs)
        try:
            documents = metadata.to_buffer_dict(cpu.buffer_prototype)
        except TypeError as error:
            raise HandBackError(f"a document that is no JSON ({error})") from error
        members = json.loads(documents[name].to_bytes())
        members.pop("attributes", None)
        # Not part of the document: only who writes a shard knows the order.
        order = getattr(sharding, "subchunk_write_order", "morton")
        return cls(members, name, tuple(chunk_shape), keys, sharding is not None, order)

    def __reduce__(self) -> Any:
        return type(self), (
            self.members,
            self.name,
            self.chunk_shape,
            self.keys,
            self.is_sharded,
            self.inner_chunk_order,
        )

    def prefix(self, key: str) -> tuple[str, str]:
        """A key as the path of the array and the key of the chunk in it."""
        ndim = len(self.chunk_shape)
        parts = self.keys.encode_chunk_key((0,) * ndim).count("/") + 1
        above, own = key.split("/")[:-parts], key.split("/")[-parts:]
        return "/".join(above), "/".join(own)

    def coords(self, key: str) -> tuple[int, ...]:
        """The place in the grid of the chunk with this key."""
        try:
            return self.keys.decode_chunk_key(key) if self.chunk_shape else ()
        except (NotImplementedError, ValueError) as error:
            raise HandBackError(f"a chunk key of another form ({error})") from error

    def array(self, store: MemoryStore | Values | str, path: str, parts: list[ChunkPart], write_empty_chunks: bool) -> Array:
        """The array in a store, at least as large as these cells need: zarr-python may have resized it."""
        shape = tuple(self.members["shape"])
        needed = extent(parts, self.chunk_shape)
        if any(end > length for end, length in zip(needed, shape, strict=True)):
            # Whole chunks: which of their cells are in the array is not known here.
            ends = map(max, needed, shape)
            shape = tuple(-(-end // chunk) * chunk for end, chunk in zip(ends, self.chunk_shape, strict=True))
        # A MemoryStore is that of one batch.
        key = None if isinstance(store, MemoryStore) else (store, path, shape, write_empty_chunks)
        if key in self.arrays:
            return self.arrays[key]
        document = json.dumps({**self.members, "shape": shape}).encode()
        try:
            array = _array_of_document(
                store,
                path,
                write_empty_chunks=write_empty_chunks,
                inner_chunk_order=self.inner_chunk_order,
                **{"zarr_json" if self.name == "zarr.json" else "zarray": document},
            )
            _ = array.dtype
        except (NotImplementedError, TypeError, ValueError) as error:
            raise HandBackError(_first_words(error)) from error
        if key:
            self.arrays[key] = array
        return array


@dataclass(frozen=True)
class _Batch:
    """Chunks of one array, and the array."""

    array: Array
    parts: list[ChunkPart]
    chunk_shape: tuple[int, ...]
    box: Box | None

    def read(self, out: np.ndarray[Any, Any], drop_axes: tuple[int, ...]) -> None:
        if self.box is not None and self.box.shape == out.shape:
            self.array.get_basic_selection(self.box.index, out=out)
            return
        found = self.array.get_many([in_array(part, self.chunk_shape) for part in self.parts])
        for part, cells in zip(self.parts, found, strict=True):
            out[part.place] = cells.squeeze(axis=drop_axes) if drop_axes else cells

    def write(self, value: np.ndarray[Any, Any], drop_axes: tuple[int, ...]) -> None:
        if self.box is not None and value.shape in ((), self.box.shape):
            self.array.set_basic_selection(self.box.index, value)
            return
        # As zarr-python brings back the axes that an orthogonal selection dropped.
        kept = tuple(None if axis in drop_axes else slice(None) for axis in range(len(self.chunk_shape)))
        for part in self.parts:
            cells = value if value.shape == () else value[part.place]
            if drop_axes and value.shape != ():
                cells = cells[kept]
            self.array.set_coordinate_selection(in_array(part, self.chunk_shape), cells)


@dataclass(frozen=True)
class EnginePipeline(CodecPipeline):
    """zarr-python's codec pipeline, in Rust where that is possible."""

    default: CodecPipeline
    #: None of the inner chunks of a shard, which zarr-python does when it does the shard.
    document: _Document | None = field(default=None, compare=False, repr=False)
    #: Why the engine cannot have the array.
    refused: str = field(default="", compare=False, repr=False)

    @classmethod
    def from_codecs(cls, codecs: Iterable[Codec]) -> EnginePipeline:
        return cls(BatchedCodecPipeline.from_codecs(codecs))

    @classmethod
    def from_array_metadata_and_store(
        cls, array_metadata: ArrayV2Metadata | ArrayV3Metadata, store: Store
    ) -> EnginePipeline:
        made = create_codec_pipeline(array_metadata)
        default = made.default if isinstance(made, cls) else made
        try:
            return cls(default, _Document.of(array_metadata))
        except HandBackError as why:
            return cls(default, refused=str(why))

    def evolve_from_array_spec(self, array_spec: Any) -> EnginePipeline:
        return replace(self, default=self.default.evolve_from_array_spec(array_spec))

    def __iter__(self) -> Iterator[Codec]:
        return iter(self.default)

    @property
    def supports_partial_decode(self) -> bool:
        return self.default.supports_partial_decode

    @property
    def supports_partial_encode(self) -> bool:
        return self.default.supports_partial_encode

    def validate(self, **what: Any) -> None:
        self.default.validate(**what)

    def compute_encoded_size(self, byte_length: int, array_spec: Any) -> int:
        return self.default.compute_encoded_size(byte_length, array_spec)

    async def decode(self, chunk_bytes_and_specs: Iterable[Any]) -> Iterable[Any]:
        return await self.default.decode(chunk_bytes_and_specs)

    async def encode(self, chunk_arrays_and_specs: Iterable[Any]) -> Iterable[Any]:
        return await self.default.encode(chunk_arrays_and_specs)

    async def read(
        self, batch_info: Iterable[Any], out: NDBuffer, drop_axes: tuple[int, ...] = ()
    ) -> tuple[GetResult, ...]:
        batch = list(batch_info)
        if self.document is None or not batch:
            return await self._python_reads(batch, out, drop_axes, self.refused)
        try:
            own = await _own(batch[0][0])
            keys = self._check(batch, out, own)
            if batch[0][1].config.read_missing_chunks is False:
                raise HandBackError("chunks that are not stored shall be errors")
            work = self._batch(own or await self._fetched(batch, range(len(batch))), keys, batch)
        except HandBackError as why:
            return await self._python_reads(batch, out, drop_axes, str(why))
        try:
            await asyncio.to_thread(work.read, out.as_numpy_array(), drop_axes)
        except NotImplementedError as error:
            return await self._python_reads(batch, out, drop_axes, _first_words(error))
        counts._by_engine(len(batch))
        return tuple(GetResult(status="present") for _ in batch)

    async def write(
        self, batch_info: Iterable[Any], value: NDBuffer, drop_axes: tuple[int, ...] = ()
    ) -> None:
        batch = list(batch_info)
        if self.document is None or not batch:
            return await self._python_writes(batch, value, drop_axes, self.refused)
        try:
            own, memory = await _own(batch[0][0]), None
            keys = self._check(batch, value, own)
            store = batch[0][0].store
            if store.read_only:
                raise HandBackError("the store is read-only")
            if own is None:
                # A shard keeps the cells that it has beyond the shape of the array.
                partial = [
                    at
                    for at, (_, spec, cells, _, is_complete) in enumerate(batch)
                    if not is_complete or (self.document.is_sharded and not is_whole(cells, spec.shape))
                ]
                memory = await self._fetched(batch, partial)
            work = self._batch(own or memory, keys, batch)
        except HandBackError as why:
            return await self._python_writes(batch, value, drop_axes, str(why))
        try:
            # Codecs are looked up before the first chunk is changed.
            await asyncio.to_thread(work.write, value.as_numpy_array(), drop_axes)
        except NotImplementedError as error:
            return await self._python_writes(batch, value, drop_axes, _first_words(error))
        if memory is None:
            forget_listings(store)
        else:
            await asyncio.gather(*(_store(setter, memory, spec) for setter, spec, *_ in batch))
        counts._by_engine(len(batch))
        return None

    def _check(self, batch: list[Any], data: NDBuffer, own: Values | str | None) -> list[tuple[str, str]]:
        """The path of the array and the key in it of each chunk, if the engine can have the batch."""
        assert self.document is not None
        if not isinstance(data, cpu.NDBuffer):
            raise HandBackError(f"data in a {type(data).__name__}, which is not memory of this machine")
        first, spec = batch[0][:2]
        if not isinstance(first, StorePath):
            raise HandBackError("inner chunks of a shard")
        if data.dtype != spec.dtype.to_native_dtype() and data.shape != ():
            raise HandBackError("single fields of records")
        if any(getter.store is not first.store for getter, *_ in batch):
            raise HandBackError("chunks of several stores")
        if own is None and self.document.is_sharded and not all(is_complete for *_, is_complete in batch):
            raise HandBackError(f"parts of shards in a {type(first.store).__name__}")
        return [self.document.prefix(getter.path) for getter, *_ in batch]

    def _batch(self, store: MemoryStore | Values | str, keys: list[tuple[str, str]], batch: list[Any]) -> _Batch:
        document = self.document
        assert document is not None
        selections = [(cells, place) for _, _, cells, place, _ in batch]
        parts = parts_of((document.coords(key) for _, key in keys), selections)
        write_empty_chunks = batch[0][1].config.write_empty_chunks
        array = document.array(store, keys[0][0], parts, write_empty_chunks)
        return _Batch(array, parts, document.chunk_shape, box_of(parts, document.chunk_shape))

    async def _fetched(self, batch: list[Any], which: Iterable[int]) -> MemoryStore:
        """The stored bytes of these chunks, in memory under their keys."""
        memory = MemoryStore()

        async def fetch(getter: StorePath, spec: Any) -> None:
            value = await getter.get(prototype=spec.prototype)
            if value is not None:
                memory._put(getter.path, value.to_bytes())

        await asyncio.gather(*(fetch(*batch[at][:2]) for at in which))
        return memory

    async def _python_reads(
        self, batch: list[Any], out: NDBuffer, drop_axes: tuple[int, ...], why: str
    ) -> tuple[GetResult, ...]:
        counts._by_python(len(batch), why)
        return await self.default.read(batch, out, drop_axes)

    async def _python_writes(self, batch: list[Any], value: NDBuffer, drop_axes: tuple[int, ...], why: str) -> None:
        counts._by_python(len(batch), why)
        await self.default.write(batch, value, drop_axes)


async def _own(getter: Any) -> Values | str | None:
    """The place of a chunk, if the engine opens it itself."""
    return await place_of(getter.store) if isinstance(getter, StorePath) else None


def _first_words(error: Exception) -> str:
    """An error without its advice, which is for who uses the engine alone."""
    return str(error).partition(";")[0]


async def _store(setter: StorePath, memory: MemoryStore, spec: Any) -> None:
    value: bytes | None = memory._get(setter.path)
    if value is None:
        await setter.delete()
    else:
        buffer: Buffer = spec.prototype.buffer.from_bytes(value)
        await setter.set(buffer)
