"""Writes the archives beside this file, as other programs make them: `python make.py`.

Needs Info-ZIP's `zip`, and `pip install zarr==3.4.2 zipfile-zstd==0.0.4`. Run by hand; the archives
are committed. What is in them is told again in `peers.rs`.
"""

import io
import os
import subprocess
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
LINES = b"".join(b"line %d\n" % n for n in range(1000))
VALUES = {"zarr.json": b'{"zarr_format":3}', "a/c/0": bytes(range(256)), "a/text": LINES, "empty": b""}
DATE = (2020, 2, 3, 4, 5, 6)


def path(name):
    return os.path.join(HERE, name)


def info(name, method):
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type = method
    return info


def python(name, method, values=VALUES, **options):
    with zipfile.ZipFile(path(name), "w") as archive:
        for key, value in values.items():
            with archive.open(info(key, method), "w", **options) as entry:
                entry.write(value)


class Unseekable(io.RawIOBase):
    """Makes zipfile put sizes behind the data."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def streamed(name):
    with open(path(name), "wb") as file, zipfile.ZipFile(Unseekable(file), "w") as archive:
        for key, value in VALUES.items():
            archive.writestr(info(key, zipfile.ZIP_DEFLATED), value)


def zstd(name):
    import zipfile_zstd  # noqa: F401, teaches zipfile the method

    python(name, zipfile.ZIP_ZSTANDARD)


def doubled(name):
    """As zarr-python leaves an archive in which a key was written twice."""
    with zipfile.ZipFile(path(name), "w") as archive:
        for value in [b"old value", b"new"]:
            archive.writestr(info("zarr.json", zipfile.ZIP_STORED), value)


def after_a_program(name):
    """An archive behind something else, which it does not know of: `cat program archive`."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr(info("zarr.json", zipfile.ZIP_STORED), VALUES["zarr.json"])
    with open(path(name), "wb") as file:
        file.write(b"#!/bin/sh\nexit 0\n" + memory.getvalue())


def infozip(name):
    with tempfile.TemporaryDirectory() as place:
        for key, value in VALUES.items():
            target = os.path.join(place, key)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(value)
            os.utime(target, (1_580_700_000, 1_580_700_000))
        os.utime(os.path.join(place, "a"), (1_580_700_000, 1_580_700_000))
        out = path(name)
        if os.path.exists(out):
            os.remove(out)
        subprocess.run(["zip", "-q", "-r", out, "."], cwd=place, check=True)


def zarr_python(name, zarr_format):
    import zarr
    from zarr.storage import ZipStore

    with ZipStore(path(name), mode="w") as store:
        root = zarr.create_group(store=store, zarr_format=zarr_format)
        array = root.create_array("temp", shape=(4, 4), chunks=(2, 2), dtype="u2", compressors=None)
        array[:] = [[4 * row + column for column in range(4)] for row in range(4)]
        # Written twice: zarr-python's archive has two entries.
        array.attrs["unit"] = "K"


if __name__ == "__main__":
    python("stored.zip", zipfile.ZIP_STORED)
    python("deflated.zip", zipfile.ZIP_DEFLATED)
    python("zip64.zip", zipfile.ZIP_STORED, force_zip64=True)
    streamed("streamed.zip")
    python("zeros.zip", zipfile.ZIP_DEFLATED, {"c/0": bytes(1 << 20)})
    zstd("zstd.zip")
    doubled("doubled.zip")
    after_a_program("after_a_program.zip")
    infozip("infozip.zip")
    zarr_python("zarr_v2.zip", 2)
    zarr_python("zarr_v3.zip", 3)
