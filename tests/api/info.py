"""Writes info.json: what zarr-python 3.4.2 prints of arrays of each data type, with the documents that it writes of them."""

import json
import warnings

import numpy as np
import zarr
from zarr.dtype import VariableLengthBytes
from zarr.storage import MemoryStore

warnings.simplefilter("ignore")
TYPES = {
    "string": np.dtypes.StringDType(), "bytes": VariableLengthBytes(), "fixed_bytes": "S5", "utf32": "U5",
    "dt": "M8[ns]", "td": "m8[10s]", "struct": [("a", "i4"), ("b", "f8")],
    "struct_text": [("a", "u1"), ("t", "U2"), ("d", "M8[s]")], "raw": "V3", "c8": "c8", "f2": "f2", "b": "bool", "u1": "u1",
}
lines = []
for zarr_format in (2, 3):
    for name, dtype in TYPES.items():
        array = zarr.create_array(MemoryStore(), name="x", shape=(4,), dtype=dtype, zarr_format=zarr_format)
        stored = array.store._store_dict.items()
        documents = {key.split("/", 1)[1]: json.loads(value.to_bytes()) for key, value in stored if key.startswith("x")}
        tree = str(zarr.open_group(array.store).tree())
        line = {"type": name, "documents": documents, "info": str(array.info), "tree": tree}
        lines.append(json.dumps(line, ensure_ascii=False))
with open("info.json", "w") as file:
    file.write("[\n" + ",\n".join(lines) + "\n]\n")
