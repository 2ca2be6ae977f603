"""The classes and functions of the module in Rust. Only `zarr_rs` itself is meant to be imported."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from zarr_rs._attributes import Attributes

type Store = str | PathLike[str] | MemoryStore | Group | Array | None
type Mode = Literal["r", "r+", "a", "w", "w-"]
type Shape = int | Sequence[int]
type Codec = str | Mapping[str, Any] | object
type Codecs = Literal["auto"] | Codec | Sequence[Codec] | None
type Fields = str | Sequence[str] | None
type JSON = Mapping[str, Any]

class _ArrayOptions(TypedDict, total=False):
    chunks: Literal["auto"] | bool | int | Sequence[int] | Sequence[Sequence[int]] | None
    shards: Literal["auto"] | int | Sequence[int] | Mapping[str, Any] | None
    filters: Codecs
    compressors: Codecs
    compressor: Codecs
    serializer: Codecs
    codecs: Codecs
    object_codec: Codecs
    fill_value: Any
    order: Literal["C", "F"] | None
    zarr_format: Literal[2, 3] | None
    attributes: JSON | None
    chunk_key_encoding: str | JSON | None
    dimension_separator: Literal[".", "/"] | None
    dimension_names: Sequence[str | None] | None
    overwrite: bool
    write_data: bool
    write_empty_chunks: bool | None
    read_missing_chunks: bool | None
    read_only: bool
    config: Mapping[str, Any] | None

class Info: ...

class MemoryStore:
    def __init__(self) -> None: ...
    def _put(self, key: str, value: bytes) -> None: ...
    def _get(self, key: str) -> bytes | None: ...

class Indexer:
    def __getitem__(self, index: Any) -> NDArray[Any]: ...
    def __setitem__(self, index: Any, value: ArrayLike) -> None: ...

class Array:
    shape: tuple[int, ...]
    @property
    def ndim(self) -> int: ...
    @property
    def size(self) -> int | None: ...
    @property
    def nbytes(self) -> int | None: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def chunks(self) -> tuple[int, ...] | None: ...
    @property
    def shards(self) -> tuple[int, ...] | None: ...
    @property
    def fill_value(self) -> Any: ...
    @property
    def order(self) -> Literal["C", "F"]: ...
    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def basename(self) -> str: ...
    @property
    def zarr_format(self) -> Literal[2, 3]: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def dimension_names(self) -> tuple[str | None, ...] | None: ...
    @property
    def cdata_shape(self) -> tuple[int, ...]: ...
    @property
    def nchunks(self) -> int | None: ...
    @property
    def nchunks_initialized(self) -> int: ...
    @property
    def attrs(self) -> Attributes: ...
    @property
    def info(self) -> Info: ...
    @property
    def oindex(self) -> Indexer: ...
    @property
    def vindex(self) -> Indexer: ...
    @property
    def blocks(self) -> Indexer: ...
    def nbytes_stored(self) -> int: ...
    def info_complete(self) -> Info: ...
    def update_attributes(self, new_attributes: JSON) -> Array: ...
    def get_basic_selection(
        self, selection: Any = ..., *, out: NDArray[Any] | None = None, fields: Fields = None
    ) -> NDArray[Any]: ...
    def set_basic_selection(self, selection: Any, value: ArrayLike, *, fields: Fields = None) -> None: ...
    def get_orthogonal_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: Fields = None
    ) -> NDArray[Any]: ...
    def set_orthogonal_selection(self, selection: Any, value: ArrayLike, *, fields: Fields = None) -> None: ...
    def get_coordinate_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: Fields = None
    ) -> NDArray[Any]: ...
    def get_many(self, selections: Sequence[Any]) -> list[NDArray[Any]]: ...
    def set_coordinate_selection(self, selection: Any, value: ArrayLike, *, fields: Fields = None) -> None: ...
    def get_mask_selection(
        self, mask: ArrayLike, *, out: NDArray[Any] | None = None, fields: Fields = None
    ) -> NDArray[Any]: ...
    def set_mask_selection(self, mask: ArrayLike, value: ArrayLike, *, fields: Fields = None) -> None: ...
    def get_block_selection(
        self, selection: Any, *, out: NDArray[Any] | None = None, fields: Fields = None
    ) -> NDArray[Any]: ...
    def set_block_selection(self, selection: Any, value: ArrayLike, *, fields: Fields = None) -> None: ...
    def resize(self, new_shape: Shape) -> None: ...
    def append(self, data: ArrayLike, axis: int = 0) -> tuple[int, ...]: ...
    def refresh(self) -> None: ...
    def __getitem__(self, index: Any) -> NDArray[Any]: ...
    def __setitem__(self, index: Any, value: ArrayLike) -> None: ...
    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]: ...
    def __len__(self) -> int: ...

class Group:
    @property
    def path(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def basename(self) -> str: ...
    @property
    def zarr_format(self) -> Literal[2, 3]: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def attrs(self) -> Attributes: ...
    @property
    def info(self) -> Info: ...
    def info_complete(self) -> Info: ...
    def update_attributes(self, new_attributes: JSON) -> Group: ...
    def members(self, max_depth: int | None = 0) -> list[tuple[str, Array | Group]]: ...
    def nmembers(self, max_depth: int | None = 0) -> int: ...
    def arrays(self) -> list[tuple[str, Array]]: ...
    def groups(self) -> list[tuple[str, Group]]: ...
    def array_keys(self) -> list[str]: ...
    def group_keys(self) -> list[str]: ...
    def keys(self) -> list[str]: ...
    @overload
    def get(self, path: str, default: None = None) -> Array | Group | None: ...
    @overload
    def get[T](self, path: str, default: T) -> Array | Group | T: ...
    def create_array(
        self,
        name: str,
        *,
        shape: Shape | None = None,
        dtype: DTypeLike | str | None = None,
        data: ArrayLike | None = None,
        **keywords: Unpack[_ArrayOptions],
    ) -> Array: ...
    def create_group(self, name: str, *, overwrite: bool = False, attributes: JSON | None = None) -> Group: ...
    def require_array(
        self,
        name: str,
        *,
        shape: Shape,
        dtype: DTypeLike | str | None = None,
        exact: bool = False,
        **keywords: Unpack[_ArrayOptions],
    ) -> Array: ...
    def require_group(self, name: str) -> Group: ...
    def move(self, source: str, dest: str) -> None: ...
    def tree(self, expand: bool | None = None, level: int | None = None) -> Info: ...
    def __getitem__(self, path: str) -> Array | Group: ...
    def __delitem__(self, path: str) -> None: ...
    def __contains__(self, path: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __len__(self) -> int: ...

def _array_of_document(
    store: MemoryStore | str,
    path: str,
    *,
    zarr_json: bytes | None = None,
    zarray: bytes | None = None,
    write_empty_chunks: bool = False,
    inner_chunk_order: str = "lexicographic",
) -> Array: ...
def create_array(
    store: Store = None,
    *,
    name: str | None = None,
    path: str | None = None,
    shape: Shape | None = None,
    dtype: DTypeLike | str | None = None,
    data: ArrayLike | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def create_group(
    store: Store = None,
    *,
    path: str | None = None,
    zarr_format: Literal[2, 3] | None = None,
    attributes: JSON | None = None,
    overwrite: bool = False,
    storage_options: Mapping[str, Any] | None = None,
) -> Group: ...
def array(
    data: ArrayLike,
    *,
    store: Store = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> Array: ...
def zeros(
    shape: Shape,
    *,
    store: Store = None,
    path: str | None = None,
    dtype: DTypeLike | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def ones(
    shape: Shape,
    *,
    store: Store = None,
    path: str | None = None,
    dtype: DTypeLike | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def empty(
    shape: Shape,
    *,
    store: Store = None,
    path: str | None = None,
    dtype: DTypeLike | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def full(
    shape: Shape,
    fill_value: Any,
    *,
    store: Store = None,
    path: str | None = None,
    dtype: DTypeLike | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def open(
    store: Store = None,
    *,
    path: str | None = None,
    mode: Mode | None = None,
    zarr_format: Literal[2, 3] | None = None,
    use_consolidated: bool | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Array | Group: ...
def open_array(
    store: Store = None,
    *,
    path: str | None = None,
    mode: Mode | None = None,
    zarr_format: Literal[2, 3] | None = None,
    shape: Shape | None = None,
    dtype: DTypeLike | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **keywords: Unpack[_ArrayOptions],
) -> Array: ...
def open_group(
    store: Store = None,
    *,
    path: str | None = None,
    mode: Mode | None = None,
    zarr_format: Literal[2, 3] | None = None,
    attributes: JSON | None = None,
    use_consolidated: bool | str | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Group: ...
def open_consolidated(
    store: Store,
    *,
    path: str | None = None,
    mode: Mode | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Group: ...
def consolidate_metadata(
    store: Store, *, path: str | None = None, zarr_format: Literal[2, 3] | None = None
) -> Group: ...
def load(
    store: Store,
    *,
    path: str | None = None,
    zarr_format: Literal[2, 3] | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> NDArray[Any] | dict[str, NDArray[Any]]: ...
def save(
    store: Store,
    *args: ArrayLike,
    path: str | None = None,
    zarr_format: Literal[2, 3] | None = None,
    overwrite: bool = True,
    storage_options: Mapping[str, Any] | None = None,
    **named: ArrayLike,
) -> None: ...
