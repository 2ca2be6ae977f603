"""The functions of the package: each does an operation and returns its result."""

from zarr_rs import _groups, _like, _zarr_rs
from zarr_rs._operations import nothing, same, waits
from zarr_rs._zarr_rs import Group, Info

__all__ = [
    "array",
    "consolidate_metadata",
    "create",
    "create_array",
    "create_group",
    "create_hierarchy",
    "empty",
    "empty_like",
    "from_array",
    "full",
    "full_like",
    "group",
    "load",
    "ones",
    "ones_like",
    "open",
    "open_array",
    "open_consolidated",
    "open_group",
    "open_like",
    "save",
    "save_array",
    "save_group",
    "tree",
    "zeros",
    "zeros_like",
]

array = waits(_zarr_rs.array, same)
consolidate_metadata = waits(_zarr_rs.consolidate_metadata, same)
create = waits(_like.create, same)
create_array = waits(_zarr_rs.create_array, same)
create_group = waits(_zarr_rs.create_group, same)
create_hierarchy = waits(_zarr_rs.create_hierarchy, same)
empty = waits(_zarr_rs.empty, same)
empty_like = waits(_like.empty_like, same)
from_array = waits(_like.from_array, same)
full = waits(_zarr_rs.full, same)
full_like = waits(_like.full_like, same)
group = waits(_like.group, same)
load = waits(_zarr_rs.load, same)
ones = waits(_zarr_rs.ones, same)
ones_like = waits(_like.ones_like, same)
open = waits(_zarr_rs.open, same)
open_array = waits(_zarr_rs.open_array, same)
open_consolidated = waits(_zarr_rs.open_consolidated, same)
open_group = waits(_zarr_rs.open_group, same)
open_like = waits(_like.open_like, same)
save = waits(_zarr_rs.save, same)
save_array = waits(_like.save_array, nothing)
save_group = waits(_like.save_group, same)
zeros = waits(_zarr_rs.zeros, same)
zeros_like = waits(_like.zeros_like, same)


def tree(grp: Group, expand: bool | None = None, level: int | None = None) -> Info:
    """Show the hierarchy below a group."""
    return grp.tree(expand, level)


for _name in ("empty", "zeros", "ones", "full", "empty_like", "zeros_like", "ones_like", "full_like"):
    setattr(Group, _name, waits(getattr(_groups, _name), same))
Group.create = Group.create_array  # type: ignore[method-assign]
Group.update_attributes_async = _groups.update_attributes_async  # type: ignore[method-assign]
