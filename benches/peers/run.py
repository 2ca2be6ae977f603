"""One measurement with a peer that is driven from Python: does what a job says, prints seconds and memory as JSON.

Knows no data: values come from a file and what was read goes to one, so that the caller compares them.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np


def main(job: dict) -> None:
    """Opens with one library, then reads or writes as often as asked."""
    open_array = OPEN[job["program"]]
    measured = listing if job["wants"] == ["nodes"] else write if job["values"] else read
    print(json.dumps(measured(job, open_array)))


def read(job: dict, open_array) -> dict:
    array, seconds, parts = open_array(job["path"]), [], []
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
                parts.append(array.read(kind, at))
        seconds.append(time.perf_counter() - start)
    peak = peak_mb()
    with open(job["out"], "wb") as out:
        for part in parts:
            out.write(np.ascontiguousarray(part).data)
    return {"seconds": seconds, "peak_rss_mb": peak}


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


def listing(job: dict, _open_array) -> dict:
    seconds, found = [], []
    for _ in range(job["repeats"]):
        start = time.perf_counter()
        found = LIST[job["program"]](job["path"])
        seconds.append(time.perf_counter() - start)
    text = "\n".join(sorted(f"{name} {list(shape)}" for name, shape in found))
    Path(job["out"]).write_text(text)
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


def write(job: dict, open_array) -> dict:
    values, seconds, peak = np.fromfile(job["values"], dtype=job["dtype"]), [], 0.0
    boxes = [index(want)[1] for want in job["wants"]]
    parts, first = [], 0
    for box in boxes:
        shape = [len(range(cut.start, cut.stop, cut.step)) for cut in box]
        count = int(np.prod(shape))
        parts.append(values[first : first + count].reshape(shape))
        first += count
    for _ in range(job["repeats"]):
        path = Path(job["path"])
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(job["template"], path)
        array = open_array(str(path))
        reset_peak()
        start = time.perf_counter()
        for box, part in zip(boxes, parts, strict=True):
            if job["append"]:
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
    def __init__(self, path: str) -> None:
        import tensorstore as ts

        far = {"driver": "http", "base_url": path}
        store = far if path.startswith("http:") else {"driver": "file", "path": path}
        self.array = ts.open({"driver": "zarr3", "kvstore": store}).result()

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


class ZarrPython:
    def __init__(self, path: str) -> None:
        import zarr

        self.array = zarr.open_array(path, mode="r+")

    def read(self, kind: str, at: tuple) -> np.ndarray:
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


def fused(path: str) -> ZarrPython:
    """Its opt-in pipeline."""
    import zarr

    zarr.config.set({"codec_pipeline.path": "zarr.core.codec_pipeline.FusedCodecPipeline"})
    return ZarrPython(path)


LIST = {"tensorstore": list_with_tensorstore, "zarr-python": list_with_zarr_python}
OPEN = {"tensorstore": Tensorstore, "zarr-python": ZarrPython, "zarr-fused": fused}


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
