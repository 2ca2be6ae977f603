"""What several tests use: places for arrays, and arrays of every dtype."""

import hashlib
import http.server
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import hypothesis
import numpy as np
import pytest

#: An array of each sort of dtype that NumPy has, of twelve elements.
SAMPLES = {
    **{name: (np.arange(12) % 5).astype(name) for name in ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]},
    **{name: (np.linspace(-1, 1, 12)).astype(name) for name in ["f2", "f4", "f8"]},
    **{name: (np.arange(12) * (1 - 2j)).astype(name) for name in ["c8", "c16"]},
    "M8[ns]": np.array(["2020-01-01", "NaT"] * 6, dtype="M8[ns]"),
    "m8[10s]": np.arange(12).astype("m8[10s]"),
    "U5": np.array(["", "é", "three", "x"] * 3, dtype="U5"),
    "S3": np.array([b"", b"ab", b"abc"] * 4, dtype="S3"),
    "V3": np.frombuffer(bytes(range(36)), dtype="V3"),
    "string": np.array(["", "żółw", "a longer text"] * 4, dtype=np.dtypes.StringDType()),
    "record": np.array([(i, i / 2, f"r{i}") for i in range(12)], dtype=[("id", "i4"), ("x", "f8"), ("name", "U4")]),
}


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A place in a directory of its own."""
    return str(tmp_path / "a.zarr")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=2, help="how often the cluster of test_cluster.py writes an array")


def pytest_configure(config: pytest.Config) -> None:
    """Fewer random cases where there is no time for tests of minutes."""
    hypothesis.settings.register_profile("ours", deadline=None, max_examples=100 if _is_long(config) else 25)
    hypothesis.settings.load_profile("ours")


def _is_long(config: pytest.Config) -> bool:
    return config.getoption("--rounds") >= 20


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for tests of minutes."""
    return _is_long(request.config)


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often tests whose outcome is a matter of luck are repeated."""
    return request.config.getoption("--rounds")


@contextmanager
def served(directory: Path) -> Iterator[str]:
    """The address of a web server of a directory."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=directory)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class Bucket:
    """An empty bucket on loopback."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.endpoint, self.name, self.url = endpoint, name, f"s3://{name}"
        urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT")).close()

    @property
    def options(self) -> dict[str, str]:
        """How the engine opens it."""
        return {
            "endpoint": self.endpoint,
            "allow_http": "true",
            "region": "us-east-1",
            "access_key_id": "key",
            "secret_access_key": "secret",
        }

    @property
    def options_of_s3fs(self) -> dict[str, str]:
        """How s3fs opens it."""
        return {"endpoint_url": self.endpoint, "key": "key", "secret": "secret"}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server of S3's protocol in a process of its own."""
    pytest.importorskip("moto.server", reason="the package `moto` is not installed")
    program = [sys.executable, str(Path(__file__).with_name("s3_server.py"))]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


@pytest.fixture
def bucket(s3_server: str, request: pytest.FixtureRequest) -> Bucket:
    """A bucket of its own for each test."""
    name = hashlib.sha1(request.node.nodeid.encode()).hexdigest()
    return Bucket(s3_server, name)
