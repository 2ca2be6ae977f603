"""The functions of the package: each does an operation and returns its result."""

from zarr_rs import _like, _zarr_rs
from zarr_rs._operations import waits
from zarr_rs._zarr_rs import Group, Info

array = waits(_zarr_rs.array)
consolidate_metadata = waits(_zarr_rs.consolidate_metadata)
create = waits(_like.create)
create_array = waits(_zarr_rs.create_array)
create_group = waits(_zarr_rs.create_group)
empty = waits(_zarr_rs.empty)
empty_like = waits(_like.empty_like)
from_array = waits(_like.from_array)
full = waits(_zarr_rs.full)
full_like = waits(_like.full_like)
group = waits(_like.group)
load = waits(_zarr_rs.load)
ones = waits(_zarr_rs.ones)
ones_like = waits(_like.ones_like)
open = waits(_zarr_rs.open)
open_array = waits(_zarr_rs.open_array)
open_consolidated = waits(_zarr_rs.open_consolidated)
open_group = waits(_zarr_rs.open_group)
open_like = waits(_like.open_like)
save = waits(_zarr_rs.save)
save_array = waits(_like.save_array)
save_group = waits(_like.save_group)
zeros = waits(_zarr_rs.zeros)
zeros_like = waits(_like.zeros_like)


def tree(grp: Group, expand: bool | None = None, level: int | None = None) -> Info:
    """Show the hierarchy below a group."""
    return grp.tree(expand, level)
