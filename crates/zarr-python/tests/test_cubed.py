"""cubed, whose arrays are zarr-python's, over the engine."""

import numpy as np
import pytest
import zarr

from zarr_rs.pipeline import counts

cubed = pytest.importorskip("cubed", reason="the package `cubed` is not installed")

DATA = np.arange(300 * 400, dtype="f8").reshape(300, 400)


@pytest.fixture(autouse=True)
def engine():
    with zarr.config.set({"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}):
        counts.reset()
        yield


@pytest.mark.parametrize("shards", [None, (60, 400)])
@pytest.mark.filterwarnings("ignore")
def test_a_rechunk(tmp_path, shards):
    source = zarr.create_array(tmp_path / "a", data=DATA, chunks=(30, 400), shards=shards)
    # As much as three chunks: a rechunk in one step would need all of the array.
    spec = cubed.Spec(work_dir=str(tmp_path / "work"), allowed_mem=1_500_000, executor_name="threads")
    rows = cubed.from_zarr(str(tmp_path / "a"), spec=spec)
    cubed.to_zarr(cubed.rechunk(rows, (300, 25)), str(tmp_path / "b"))
    columns = zarr.open_array(tmp_path / "b", mode="r")
    assert (source.chunks, columns.chunks) == ((30, 400), (300, 25))
    np.testing.assert_array_equal(columns[...], DATA)
    assert counts.engine > 0 and counts.python == 0, counts


@pytest.mark.filterwarnings("ignore")
def test_a_computation_in_a_bucket(bucket, monkeypatch, tmp_path):
    pytest.importorskip("obstore", reason="the package `obstore` is not installed")
    # cubed opens buckets by obstore, which takes these.
    for name, value in bucket.options.items():
        monkeypatch.setenv(f"AWS_{name.upper()}", value)
    zarr.create_array(f"{bucket.url}/a", data=DATA, chunks=(100, 100), storage_options=bucket.options_of_s3fs)
    spec = cubed.Spec(work_dir=f"{bucket.url}/work", allowed_mem=2_000_000, executor_name="threads")
    a = cubed.from_zarr(f"{bucket.url}/a", spec=spec)
    total = cubed.array_api.sum(cubed.rechunk(a, (300, 40))).compute()
    assert total == DATA.sum()
    assert counts.engine > 0 and counts.python == 0, counts
