"""Writes what zarr-python stores for each parameter of its functions: `zarr_python.json` beside this file.

Run by hand with the version that the file shall name:  python tests/api/zarr_python.py
"""

import json
import pathlib
import warnings

import numpy as np
import zarr
from numcodecs import Delta
from zarr.codecs import BloscCodec, BytesCodec, GzipCodec, TransposeCodec, ZstdCodec
from zarr.core.sync import sync
from zarr.storage import MemoryStore

warnings.simplefilter("ignore")


def array(**kw):
    return lambda s: zarr.create_array(s, **({"shape": (6, 4), "dtype": "i2"} | kw))


def create(**kw):
    return lambda s: zarr.create(**({"shape": (6, 4), "dtype": "i2", "store": s} | kw))


data = np.arange(24, dtype="i2").reshape(6, 4)
source = zarr.create_array(
    MemoryStore(), shape=(6, 4), chunks=(2, 2), dtype="i2", fill_value=7, compressors=GzipCodec(level=3)
)


def group_then(then):
    def run(store):
        zarr.create_group(store)
        return then(store)

    return run


CASES = {
    "create_array_shape": array(shape=(3, 0)),
    "create_array_shape_of_no_axes": array(shape=()),
    "create_array_shape_of_one_length": array(shape=5),
    "create_array_dtype": array(dtype=">f4"),
    "create_array_dtype_of_texts": array(dtype=str),
    "create_array_dtype_in_format_2": array(dtype=">f4", zarr_format=2),
    "create_array_data": lambda s: zarr.create_array(s, data=data),
    "create_array_write_data": lambda s: zarr.create_array(s, data=data, write_data=False),
    "create_array_name": array(name="a/b"),
    "create_array_chunks": array(chunks=(3, 2)),
    "create_array_chunks_of_one_length": array(chunks=3),
    "create_array_chunks_auto": array(shape=(3000, 2000)),
    "create_array_chunks_of_too_many_axes": array(chunks=(3, 2, 1)),
    "create_array_chunks_of_length_0": array(chunks=(0, 2)),
    "create_array_shards": array(chunks=(3, 2), shards=(6, 4)),
    "create_array_shards_that_are_no_multiple": array(chunks=(3, 2), shards=(4, 4)),
    "create_array_shards_in_format_2": array(chunks=(3, 2), shards=(6, 4), zarr_format=2),
    "create_array_filters": array(filters=[TransposeCodec(order=(1, 0))]),
    "create_array_filters_in_format_2": array(filters=[Delta(dtype="<i2")], zarr_format=2),
    "create_array_compressors": array(compressors=[GzipCodec(level=1), ZstdCodec(level=2)]),
    "create_array_compressors_one": array(
        compressors=BloscCodec(cname="lz4", clevel=3, shuffle="bitshuffle", typesize=2, blocksize=0)
    ),
    "create_array_compressors_none": array(compressors=None),
    "create_array_compressors_in_format_2": array(compressors={"id": "zlib", "level": 1}, zarr_format=2),
    "create_array_compressors_none_in_format_2": array(compressors=None, zarr_format=2),
    "create_array_serializer": array(serializer=BytesCodec(endian="big")),
    "create_array_fill_value": array(fill_value=-3),
    "create_array_fill_value_not_a_number": array(dtype="f8", fill_value=np.nan),
    "create_array_fill_value_not_of_the_type": array(fill_value="x"),
    "create_array_fill_value_none_in_format_2": array(fill_value=None, zarr_format=2),
    "create_array_order_in_format_2": array(order="F", zarr_format=2),
    "create_array_zarr_format": array(zarr_format=2),
    "create_array_attributes": array(attributes={"a": [1, {"b": None}], "ü": "żółw"}),
    "create_array_attributes_in_format_2": array(attributes={"a": 1}, zarr_format=2),
    "create_array_chunk_key_encoding": array(chunk_key_encoding={"name": "v2", "separator": "/"}),
    "create_array_chunk_key_encoding_default": array(chunk_key_encoding={"name": "default", "separator": "."}),
    "create_array_chunk_key_encoding_in_format_2": array(
        chunk_key_encoding={"name": "v2", "separator": "/"}, zarr_format=2
    ),
    "create_array_dimension_names": array(dimension_names=["y", None]),
    "create_array_dimension_names_of_too_many_axes": array(dimension_names=["z", "y", "x"]),
    "create_array_dimension_names_in_format_2": array(dimension_names=["y", "x"], zarr_format=2),
    "create_shape": create(shape=7),
    "create_chunks": create(chunks=(3, 4)),
    "create_chunk_shape": create(chunk_shape=(3, 4)),
    "create_dtype": lambda s: zarr.create(shape=(6,), store=s),
    "create_fill_value": create(fill_value=3),
    "create_order": create(order="F", zarr_format=2),
    "create_path": create(path="p/q"),
    "create_filters": create(filters=[{"id": "delta", "dtype": "<i2", "astype": "<i2"}], zarr_format=2),
    "create_dimension_separator": create(dimension_separator="/", zarr_format=2),
    "create_zarr_format": create(zarr_format=2),
    "create_attributes": create(attributes={"n": 1}),
    "create_chunk_key_encoding": create(chunk_key_encoding=("v2", ".")),
    "create_codecs": create(codecs=[BytesCodec(endian="big"), GzipCodec(level=1)]),
    "create_codecs_in_format_2": create(codecs=[BytesCodec(endian="big")], zarr_format=2),
    "create_dimension_names": create(dimension_names=["y", "x"]),
    "create_compressor": create(compressor={"id": "zlib", "level": 1}, zarr_format=2),
    "empty_shape": lambda s: zarr.empty((6, 4), store=s),
    "zeros_shape": lambda s: zarr.zeros((6, 4), store=s),
    "ones_shape": lambda s: zarr.ones((6, 4), store=s),
    "full_fill_value": lambda s: zarr.full((6, 4), 0.5, store=s),
    "full_dtype": lambda s: zarr.full((6, 4), 3, dtype="u1", store=s),
    "full_like_fill_value": lambda s: zarr.full_like(source, fill_value=9, store=s),
    "zeros_like_a": lambda s: zarr.zeros_like(source, store=s),
    "ones_like_a": lambda s: zarr.ones_like(source, store=s),
    "empty_like_a": lambda s: zarr.empty_like(source, store=s),
    "empty_like_dtype": lambda s: zarr.empty_like(source, dtype="i4", store=s),
    "array_data": lambda s: zarr.array(data, store=s),
    "array_chunks": lambda s: zarr.array(data, chunks=(3, 4), store=s),
    "create_group_path": lambda s: zarr.create_group(s, path="a/b"),
    "create_group_zarr_format": lambda s: zarr.create_group(s, zarr_format=2),
    "create_group_attributes": lambda s: zarr.create_group(s, attributes={"n": [1]}),
    "create_group_store": lambda s: zarr.create_group(s),
    "create_group_overwrite": group_then(lambda s: zarr.create_group(s)),
    "group_path": lambda s: zarr.group(s, path="a"),
    "group_zarr_format": lambda s: zarr.group(s, zarr_format=2),
    "group_attributes": lambda s: zarr.group(s, attributes={"n": 1}),
    "group_overwrite": group_then(lambda s: zarr.group(s, overwrite=True, attributes={"n": 1})),
    "group_store": group_then(lambda s: zarr.group(s, attributes={"n": 1})),
    "open_group_mode_a": lambda s: zarr.open_group(s, mode="a", attributes={"n": 1}),
    "open_group_path": lambda s: zarr.open_group(s, mode="w-", path="a"),
    "open_group_zarr_format": lambda s: zarr.open_group(s, mode="w", zarr_format=2),
    "open_array_shape": lambda s: zarr.open_array(s, mode="a", shape=(4,), dtype="i2"),
    "open_array_without_shape": lambda s: zarr.open_array(s, mode="a"),
    "open_like_path": lambda s: zarr.open_like(source, path="p", store=s),
    "save_array_arr": lambda s: zarr.save_array(s, data),
    "save_array_path": lambda s: zarr.save_array(s, data, path="p"),
    "save_array_zarr_format": lambda s: zarr.save_array(s, data, zarr_format=2),
    "save_args": lambda s: zarr.save(s, data, data),
    "save_kwargs": lambda s: zarr.save(s, x=data),
    "save_nothing": lambda s: zarr.save(s),
    "save_group_args": lambda s: zarr.save_group(s, data),
    "save_group_path": lambda s: zarr.save_group(s, x=data, path="p"),
    "save_group_zarr_format": lambda s: zarr.save_group(s, x=data, zarr_format=2),
    "create_hierarchy_nodes": lambda s: dict(
        zarr.create_hierarchy(store=s, nodes={"a/b": zarr.core.group.GroupMetadata(attributes={"n": 1})})
    ),
}


def stored(store):
    """Documents by key, and the other keys."""
    documents, chunks = {}, []
    for key, value in sorted(store._store_dict.items()):
        name = key.rsplit("/", 1)[-1]
        if name in ("zarr.json", ".zarray", ".zgroup", ".zattrs"):
            documents[key] = json.loads(value.to_bytes())
        else:
            chunks.append(key)
    return {"documents": documents, "chunks": chunks}


def outcome(run):
    store = MemoryStore()
    try:
        run(store)
    except Exception as error:  # noqa: BLE001
        return {"error": type(error).__name__}
    return stored(store)


if __name__ == "__main__":
    found = {"version": zarr.__version__, "cases": {name: outcome(run) for name, run in CASES.items()}}
    path = pathlib.Path(__file__).with_suffix(".json")
    lines = [f"  {json.dumps(name)}: {json.dumps(case, ensure_ascii=False)}" for name, case in found["cases"].items()]
    text = f'{{"version": "{found["version"]}", "cases": {{\n' + ",\n".join(lines) + "\n}}\n"
    path.write_text(text)
