"""What several tests use: places for arrays, and arrays of every dtype."""

from pathlib import Path

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


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """How often tests whose outcome is a matter of luck are repeated."""
    return request.config.getoption("--rounds")
