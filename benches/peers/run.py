"""One measurement with a peer that is driven from Python: does what a job says, prints seconds and memory as JSON.

Knows no data: values come from a file and what was read goes to one, so that the caller compares them.
"""

import asyncio
import json
import os
import shutil
import sys
import time
import warnings
from pathlib import Path

import numpy as np


def main(job: dict) -> None:
    """Opens with one library, then does what the verb says as often as asked."""
    measured = {
        "read": read,
        "open": read,
        "write": write,
        "append": write,
        "copy": copy,
        "list": listing,
        "consolidate": consolidate,
    }
    print(json.dumps(measured[job["verb"]](job)))


def read(job: dict) -> dict:
    array, seconds, parts = opened(job, job["path"]), [], []
    indices = [index(want) for want in job["wants"]]
    reset_peak()
    for _ in range(job["repeats"]):
        parts = []
        if job["cold"]:
            evict(job["path"])
        start = time.perf_counter()
        if job["at_once"]:
            parts = array.read_at_once(indices)
        else:
            for kind, at in indices:
                if job["verb"] == "open":
                    array = opened(job, job["path"])
                parts.append(array.read(kind, at))
        seconds.append(time.perf_counter() - start)
    peak = peak_mb()
    with open(job["out"], "wb") as out:
        for part in parts:
            out.write(np.ascontiguousarray(padded(job, part)).data)
    return {"seconds": seconds, "peak_rss_mb": peak}


def padded(job: dict, part: np.ndarray) -> np.ndarray:
    """Elements as they are kept in files: texts have a fixed width there."""
    if not job["dtype"].startswith("|S"):
        return part
    return np.strings.encode(part.astype("U16"), "utf-8").astype(job["dtype"])


def texts(values: np.ndarray) -> np.ndarray:
    """The other way round."""
    return np.strings.decode(values, "utf-8").astype(np.dtypes.StringDType())


def evict(path: str) -> None:
    """Has the system forget what it has in memory of an array."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        for file in Path(path).rglob("*"):
            if file.is_file():
                with file.open("rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def listing(job: dict) -> dict:
    seconds, found = [], []
    for _ in range(job["repeats"]):
        start = time.perf_counter()
        found = LIST[job["program"]](job["path"])
        seconds.append(time.perf_counter() - start)
    text = "\n".join(sorted(f"{name} {list(shape)}" for name, shape in found))
    Path(job["out"]).write_text(text)
    return {"seconds": seconds, "peak_rss_mb": peak_mb()}


def consolidate(job: dict) -> dict:
    import zarr

    # That other libraries may not know these.
    warnings.simplefilter("ignore", zarr.errors.ZarrUserWarning)
    seconds = []
    for _ in range(job["repeats"]):
        shutil.copytree(job["template"], job["path"], dirs_exist_ok=True)
        start = time.perf_counter()
        zarr.consolidate_metadata(job["path"])
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "peak_rss_mb": peak_mb()}


def copy(job: dict) -> dict:
    array, seconds = opened(job, job["path"]), []
    reset_peak()
    for _ in range(job["repeats"]):
        shutil.rmtree(job["written"], ignore_errors=True)
        start = time.perf_counter()
        array.copy(job["written"], job["copy"])
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "peak_rss_mb": peak_mb()}


def list_with_zarr_python(path: str) -> list:
    import zarr

    return [(name, array.shape) for name, array in zarr.open_group(path, mode="r").arrays()]


def list_with_tensorstore(path: str) -> list:
    """It has no groups: names are those of the documents, and each array is opened, all at once."""
    import tensorstore as ts

    store = {"driver": "file", "path": path + "/"}
    keys = ts.KvStore.open(store).result().list().result()
    names = [key.split(b"/")[0].decode() for key in keys if key.count(b"/") == 1]
    spec = {"driver": "zarr3", "kvstore": store}
    opened = [ts.open({**spec, "path": name}) for name in names]
    return [(name, array.result().shape) for name, array in zip(names, opened, strict=True)]


def write(job: dict) -> dict:
    values, seconds, peak = np.fromfile(job["values"], dtype=job["dtype"]), [], 0.0
    if values.dtype.kind == "S":
        values = texts(values)
    boxes = [index(want)[1] for want in job["wants"]]
    parts, first = [], 0
    for box in boxes:
        shape = [len(range(cut.start, cut.stop, cut.step)) for cut in box]
        count = int(np.prod(shape))
        parts.append(values[first : first + count].reshape(shape))
        first += count
    for _ in range(job["repeats"]):
        path = job["written"]
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(job["template"], path)
        array = opened(job, job["written_at"])
        reset_peak()
        start = time.perf_counter()
        for box, part in zip(boxes, parts, strict=True):
            if job["verb"] == "append":
                array.append(part)
            else:
                array.write(box, part)
        seconds.append(time.perf_counter() - start)
        peak = max(peak, peak_mb())
    return {"seconds": seconds, "peak_rss_mb": peak}


def index(want: dict) -> tuple:
    """How numpy writes it."""
    ((kind, at),) = want.items()
    if kind == "box":
        return kind, tuple(slice(*ends) for ends in zip(at["start"], at["stop"], at["step"], strict=True))
    return kind, tuple(np.array(axis) for axis in at)


class Tensorstore:
    def __init__(self, job: dict, path: str) -> None:
        import tensorstore as ts

        context = ts.Context()
        if job["memory"]:
            store = {"driver": "memory"}
            values = ts.KvStore.open(store, context=context).result()
            for key, value in files(path):
                values[key] = value
        elif path.startswith("s3:"):
            bucket, _, key = path.removeprefix("s3://").partition("/")
            store = {
                "driver": "s3",
                "bucket": bucket,
                "path": key + "/",
                "endpoint": os.environ["AWS_ENDPOINT"],
                "aws_region": os.environ["AWS_REGION"],
                "aws_credentials": {"type": "environment"},
            }
        elif path.startswith("http:"):
            store = {"driver": "http", "base_url": path}
        else:
            store = {"driver": "file", "path": path}
        spec = {"driver": "zarr3" if job["format"] == 3 else "zarr", "kvstore": store}
        if job["field"]:
            spec["field"] = job["field"]
        self.array = ts.open(spec, context=context, open=True).result()

    def read(self, kind: str, at: tuple) -> np.ndarray:
        match kind:
            case "box":
                return self.array[at].read().result()
            case "lists":
                return self.array.oindex[at].read().result()
            case "points":
                return self.array.vindex[at].read().result()
        raise ValueError(kind)

    def read_at_once(self, indices: list) -> list:
        reads = [self.array[at].read() for _, at in indices]
        return [read.result() for read in reads]

    def write(self, box: tuple, values: np.ndarray) -> None:
        self.array[box].write(values).result()

    def append(self, values: np.ndarray) -> None:
        end = self.array.shape[0]
        new = [end + values.shape[0], *values.shape[1:]]
        self.array = self.array.resize(exclusive_max=new).result()
        self.array[end:].write(values).result()

    def copy(self, to: str, new: dict) -> None:
        import tensorstore as ts

        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": to}, "metadata": new}
        ts.open(spec, create=True).result().write(self.array).result()


class ZarrPython:
    def __init__(self, job: dict, path: str) -> None:
        import zarr
        from zarr.core.buffer.cpu import Buffer

        zarr.config.set({"array.rectilinear_chunks": True})
        store = path
        if job["memory"]:
            store = zarr.storage.MemoryStore({key: Buffer.from_bytes(value) for key, value in files(path)})
        self.array = zarr.open_array(store, mode="r+")
        self.field = job["field"]

    def read(self, kind: str, at: tuple) -> np.ndarray:
        if self.field:
            # Its keyword `fields` fails in this version. Elements are as dense as the other libraries hand them over.
            return np.ascontiguousarray(self.array[at][self.field])
        match kind:
            case "box":
                return self.array[at]
            case "lists":
                return self.array.oindex[at]
            case "points":
                return self.array.vindex[at]
        raise ValueError(kind)

    def read_at_once(self, indices: list) -> list:
        import zarr.core.sync

        async def all_of_them() -> list:
            return await asyncio.gather(*(self.array.async_array.getitem(at) for _, at in indices))

        return zarr.core.sync.sync(all_of_them())

    def write(self, box: tuple, values: np.ndarray) -> None:
        self.array[box] = values

    def append(self, values: np.ndarray) -> None:
        self.array.append(values)

    def copy(self, to: str, new: dict) -> None:
        import zarr

        chunks = new["chunk_grid"]["configuration"]["chunk_shape"]
        # The first codec makes bytes of elements.
        zarr.from_array(to, data=self.array, chunks=tuple(chunks), compressors=new["codecs"][1:])


def files(path: str) -> list:
    """Keys and values of all files of an array."""
    found = (file for file in Path(path).rglob("*") if file.is_file())
    return [(file.relative_to(path).as_posix(), file.read_bytes()) for file in found]


class ZarrRs(ZarrPython):
    """Has the methods of zarr-python's arrays."""

    def __init__(self, job: dict, path: str) -> None:
        import zarr_rs

        self.array = zarr_rs.open_array(path, mode="r+")
        self.field = job["field"]

    def read_at_once(self, indices: list) -> list:
        return self.array.get_many([at for _, at in indices])


class Zarrista:
    def __init__(self, job: dict, path: str) -> None:
        import zarrista

        self.array = zarrista.Array.open(zarrista.store.FilesystemStore(path))

    def read(self, kind: str, at: tuple) -> np.ndarray:
        return np.asarray(self.array[at])

    def read_at_once(self, indices: list) -> list:
        return [self.read(*one) for one in indices]

    def write(self, box: tuple, values: np.ndarray) -> None:
        self.array[box] = values


def with_pipeline(name: str):
    """zarr-python with another pipeline than its default."""

    def opened_with(job: dict, path: str) -> ZarrPython:
        import zarr

        zarr.config.set({"codec_pipeline.path": name})
        return ZarrPython(job, path)

    return opened_with


LIST = {"tensorstore": list_with_tensorstore, "zarr-python": list_with_zarr_python}
OPEN = {
    "tensorstore": Tensorstore,
    "zarr-python": ZarrPython,
    "zarr-fused": with_pipeline("zarr.core.codec_pipeline.FusedCodecPipeline"),
    "zarr-engine": with_pipeline("zarr_rs.pipeline.EnginePipeline"),
    "zarrs-python": with_pipeline("zarrs.ZarrsCodecPipeline"),
    "zarr_rs": ZarrRs,
    "zarrista": Zarrista,
}


def opened(job: dict, path: str):
    """The array at a path, by the library that the job names."""
    return OPEN[job["program"]](job, path)


def reset_peak() -> None:
    """Has the system forget how large this process once was; refused in some containers."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def peak_mb() -> float:
    """The largest resident size, or 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
