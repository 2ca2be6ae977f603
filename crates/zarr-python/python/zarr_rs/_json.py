"""Objects as JSON text: what `json` writes, NumPy's scalars and arrays, and codecs of zarr-python and numcodecs."""

import json
from enum import Enum
from typing import Any


def _default(value: Any) -> Any:
    for method in ("to_dict", "get_config", "tolist"):
        if hasattr(value, method):
            return getattr(value, method)()
    if isinstance(value, Enum):
        return value.value
    msg = f"{value!r} of type {type(value).__name__} is not JSON"
    raise TypeError(msg)


def dumps(value: Any) -> str:
    """The JSON text of a value; NaN and infinities are refused, which JSON does not have."""
    return json.dumps(value, default=_default, allow_nan=False)
