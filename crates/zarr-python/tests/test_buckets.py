"""Buckets on loopback: in stores of zarr-python's that the engine opens itself, and in those that it leaves alone."""

import asyncio

import numpy as np
import pytest
import zarr
from conftest import served
from zarr.storage import FsspecStore, ObjectStore

import zarr_rs
from zarr_rs._addresses import Address, address_of
from zarr_rs.pipeline import counts
from zarr_rs.store import EngineStore

DATA = np.arange(13 * 11, dtype="i4").reshape(13, 11)
LAYOUTS = [{"chunks": (4, 3)}, {"chunks": (2, 3), "shards": (4, 6)}, {"chunks": (4, 3), "zarr_format": 2}]


@pytest.fixture(autouse=True)
def engine():
    with zarr.config.set({"codec_pipeline.path": "zarr_rs.pipeline.EnginePipeline"}):
        counts.reset()
        yield


def by_s3fs(bucket, **more):
    pytest.importorskip("s3fs", reason="the package `s3fs` is not installed")
    return FsspecStore.from_url(f"{bucket.url}/a", storage_options={**bucket.options_of_s3fs, **more})


def by_obstore(bucket):
    stores = pytest.importorskip("obstore.store", reason="the package `obstore` is not installed")
    options = {name: value for name, value in bucket.options.items() if name != "allow_http"}
    return ObjectStore(stores.S3Store(bucket.name, prefix="a", config=options, client_options={"allow_http": True}))


def by_engine(bucket):
    return EngineStore(f"{bucket.url}/a", storage_options=bucket.options)


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("open_store", [by_s3fs, by_obstore, by_engine])
@pytest.mark.filterwarnings("ignore")
def test_the_engine_reads_and_writes(bucket, open_store, layout):
    store = open_store(bucket)
    a = zarr.create_array(store, name="x/y", shape=DATA.shape, dtype="i4", **layout)
    a[...] = DATA
    wanted = DATA.copy()
    for index in [(slice(1, 9, 3), 4), ([1, 12, 5], [0, 10, 3]), 7]:
        np.testing.assert_array_equal(a[index], wanted[index])
        a[index] = wanted[index] = -1
    np.testing.assert_array_equal(a[...], wanted)
    # zarr-python counts all inner chunks of a shard, also those that are outside of the array.
    assert a.nchunks_initialized >= a.nchunks
    assert counts.engine > 0 and counts.python == 0, counts
    # The bytes are where zarr-python alone finds them, parts of shards too.
    with zarr.config.set({"codec_pipeline.path": "zarr.core.codec_pipeline.BatchedCodecPipeline"}):
        np.testing.assert_array_equal(zarr.open_array(store, path="x/y")[...], wanted)
    ours = zarr_rs.open_array(bucket.url, path="a/x/y", storage_options=bucket.options)
    np.testing.assert_array_equal(ours[...], wanted)


@pytest.mark.filterwarnings("ignore")
def test_a_web_server_by_fsspec(tmp_path):
    pytest.importorskip("aiohttp", reason="the package `aiohttp` is not installed")
    zarr.create_array(tmp_path / "a", data=DATA, chunks=(2, 3), shards=(4, 6))
    counts.reset()
    with served(tmp_path) as url:
        a = zarr.open_array(f"{url}/a", mode="r")
        assert type(a.store) is FsspecStore
        np.testing.assert_array_equal(a[...], DATA)
        np.testing.assert_array_equal(a[3:5, 2], DATA[3:5, 2])
    assert counts.engine > 0 and counts.python == 0, counts


@pytest.mark.filterwarnings("ignore")
def test_what_was_listed_before_is_listed_anew(bucket):
    store = by_s3fs(bucket)
    a = zarr.create_array(store, shape=8, dtype="i4", chunks=2)
    a[:4] = 1
    assert a.nchunks_initialized == 2
    a[4:] = 1
    assert a.nchunks_initialized == 4


@pytest.mark.filterwarnings("ignore")
def test_what_the_engine_has_no_word_for_goes_through_the_store(bucket):
    store = by_s3fs(bucket, s3_additional_kwargs={"StorageClass": "STANDARD"})
    assert asyncio.run(address_of(store)) is None
    a = zarr.create_array(store, shape=DATA.shape, dtype="i4", chunks=(2, 3), shards=(4, 6))
    a[...] = DATA
    np.testing.assert_array_equal(a[...], DATA)
    a[0, 0] = 5
    assert a[0, 0] == 5
    assert set(counts.reasons) == {"parts of shards in a FsspecStore"}


def address(store):
    return asyncio.run(address_of(store))


@pytest.mark.filterwarnings("ignore")
def test_addresses_of_s3fs(monkeypatch):
    pytest.importorskip("s3fs", reason="the package `s3fs` is not installed")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def of(url="s3://bucket/a/b", **options):
        return address(FsspecStore.from_url(url, storage_options=options))

    there = {"endpoint_url": "https://s3.example.org", "client_kwargs": {"region_name": "eu-west-1"}}
    endpoint = (("endpoint", "https://s3.example.org"), ("region", "eu-west-1"))
    credentials = (("access_key_id", "k"), *endpoint, ("secret_access_key", "s"))
    assert of(anon=True, **there) == Address("s3://bucket/a/b", (("anonymous", "true"), *endpoint))
    assert of(key="k", secret="s", **there) == Address("s3://bucket/a/b", credentials)
    assert of(key="k", secret="s", token="t", **there).options == (*credentials, ("session_token", "t"))
    for unsure in (
        {"key": "k", "secret": "s"},
        there,
        {"key": "k", **there},
        {"anon": True, "requester_pays": True, **there},
        {"anon": True, "config_kwargs": {"s3": {"addressing_style": "virtual"}}, **there},
        {"anon": True, "client_kwargs": {"region_name": "eu-west-1", "verify": False}},
    ):
        assert of(**unsure) is None, unsure
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    assert of(**there) == Address("s3://bucket/a/b", credentials)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert of(**there).options == (*credentials, ("session_token", "t"))
    assert of(key="k", secret="s", **there) is None
    monkeypatch.setenv("AWS_PROFILE", "other")
    assert of(**there) is None


def test_addresses_of_web_servers():
    pytest.importorskip("aiohttp", reason="the package `aiohttp` is not installed")

    def of(url, **options):
        return address(FsspecStore.from_url(url, storage_options=options))

    assert of("https://example.org/a") == Address("https://example.org/a")
    assert of("http://example.org/a") == Address("http://example.org/a", (("allow_http", "true"),))
    assert of("https://example.org/a", client_kwargs={"headers": {"x": "y"}}) is None
    assert of("https://example.org/a?token=b") is None
    store = FsspecStore.from_url("https://example.org/a", allowed_exceptions=(KeyError,))
    assert address(store) is None


def test_addresses_of_obstore():
    stores = pytest.importorskip("obstore.store", reason="the package `obstore` is not installed")

    def of(store):
        return address(ObjectStore(store))

    assert of(stores.S3Store("b", prefix="p/q", region="eu-west-1", skip_signature=True)) == Address(
        "s3://b/p/q", (("region", "eu-west-1"), ("skip_signature", "true"))
    )
    assert of(stores.GCSStore("b", skip_signature=True)) == Address("gs://b", (("skip_signature", "true"),))
    azure = stores.AzureStore("c", account_name="n", account_key="a2V5", prefix="p")
    assert of(azure) == Address("az://c/p", (("account_key", "a2V5"), ("account_name", "n")))
    assert of(stores.HTTPStore("https://example.org/a")) == Address("https://example.org/a")
    assert of(stores.MemoryStore()) is None
    assert of(stores.S3Store("b", credential_provider=lambda: {})) is None
