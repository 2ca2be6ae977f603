"""Peers that are no Python: programs that are told what to do by a line of JSON, and answer by one.

Elements go through files, raw, in C order and this machine's byte order. See `zarrs/` and `zarrita/`.
"""

import json
import subprocess
from pathlib import Path

import numpy as np

from cases import Case
from write_peers import metadata


class Peer:
    """A running program."""

    def __init__(self, command: list[str], scratch: Path):
        self._command = command
        self._scratch = scratch
        self._process: subprocess.Popen | None = None

    def _ask(self, task: dict) -> dict:
        if self._process is None or self._process.poll() is not None:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True)
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended with {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def read(self, path: str) -> np.ndarray:
        """All of an array."""
        answer = self._ask({"do": "read", "path": path, "elements": str(self._scratch)})
        return np.fromfile(self._scratch, answer["dtype"]).reshape(answer["shape"])

    def write(self, case: Case, path: str) -> None:
        """The array of a case, by metadata that are written out in full."""
        source = case.source()
        source.tofile(self._scratch)
        start = [0] * source.ndim
        task = {"do": "write", "path": path, "metadata": json.dumps(metadata(case)), "elements": str(self._scratch)}
        self._ask(task | {"start": start, "shape": source.shape})
