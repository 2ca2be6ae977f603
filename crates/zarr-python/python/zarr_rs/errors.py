"""The exceptions that Python has no class of its own for; each also is one that zarr-python's callers catch."""


class NodeNotFoundError(FileNotFoundError, KeyError):
    """There is no such array or group."""


class ContainsNodeError(FileExistsError, ValueError):
    """Something is there already, and would have to be overwritten."""


class ReadOnlyError(PermissionError, ValueError):
    """The store, or the way in which it was opened, does not allow writes."""


class WrongNodeError(TypeError, ValueError):
    """An array where a group was asked for, or the other way round."""
