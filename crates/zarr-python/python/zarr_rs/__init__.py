"""Zarr arrays and groups by an engine in Rust, with the names and answers of zarr-python.

>>> import zarr_rs
>>> a = zarr_rs.create_array(None, shape=(4, 6), dtype="i4", chunks=(2, 3))
>>> a[1] = [1, 2, 3, 4, 5, 6]
>>> a[1, ::2]
array([1, 3, 5], dtype=int32)
"""

from importlib.metadata import version as _version

from zarr_rs import _blocking, errors
from zarr_rs._attributes import Attributes
from zarr_rs._blocking import *
from zarr_rs._zarr_rs import Array, Group, MemoryStore

__version__ = _version("zarr-rs")

__all__ = ["Array", "Attributes", "Group", "MemoryStore", "__version__", "errors"]
__all__ += _blocking.__all__
