"""The attributes of an array or a group, as a mapping."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any


class Attributes(MutableMapping[str, Any]):
    """Attributes that are JSON. A change is stored at once."""

    def __init__(self, node: Any) -> None:
        self._node = node

    def __getitem__(self, name: str) -> Any:
        return self._node._read_attributes()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._node._change_attributes({name: value})

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._node._change_attributes({}, removed=[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._node._read_attributes())

    def __len__(self) -> int:
        return len(self._node._read_attributes())

    def __repr__(self) -> str:
        return repr(self._node._read_attributes())

    def update(self, *others: Any, **more: Any) -> None:
        """Set several attributes at once."""
        self._node._change_attributes(dict(*others, **more))

    def put(self, attributes: Mapping[str, Any]) -> None:
        """Set these attributes and remove all others."""
        self._node._change_attributes(dict(attributes), replace=True)

    def asdict(self) -> dict[str, Any]:
        """The attributes as a dict of their own."""
        return self._node._read_attributes()
