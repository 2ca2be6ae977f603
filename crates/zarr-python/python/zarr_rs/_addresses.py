"""Stores of zarr-python whose place the engine opens itself: by an address, and options that mean the same to both.

A store that says more than the engine has a word for is left alone: it has no address here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from os import environ
from typing import Any

from zarr.abc.store import Store
from zarr.storage import FsspecStore, LocalStore, ObjectStore

from zarr_rs._zarr_rs import Values
from zarr_rs.store import EngineStore


@dataclass(frozen=True)
class Address:
    """A URL, and the options with which it is opened."""

    url: str
    options: tuple[tuple[str, str], ...] = ()


async def place_of(store: Store) -> Values | str | None:
    """What the engine opens itself; None if only zarr-python reaches it. A subclass may do something else."""
    if type(store) is LocalStore:
        return str(store.root)
    if type(store) is EngineStore:
        return store._values
    address = await address_of(store)
    return None if address is None else _opened(address)


async def address_of(store: Store) -> Address | None:
    """The address of what lies on a server; None if the engine might read or write it in another way."""
    if type(store) is ObjectStore:
        return _of_obstore(store.store)
    if type(store) is FsspecStore and store.allowed_exceptions == _USUAL_EXCEPTIONS and not store.fs.storage_args:
        of_file_system = _FILE_SYSTEMS.get(f"{type(store.fs).__module__}.{type(store.fs).__qualname__}")
        return await of_file_system(store) if of_file_system else None
    return None


def forget_listings(store: Store) -> None:
    """Tell a store that the engine wrote to its place, in case it remembers what is there."""
    if type(store) is FsspecStore:
        store.fs.invalidate_cache()


@lru_cache(maxsize=64)
def _opened(address: Address) -> Values | None:
    """The store of the engine; None if an option means nothing to it. No request is made."""
    values = Values(address.url, dict(address.options))
    try:
        values.open().wait()
    except (NotImplementedError, OSError, ValueError):
        return None
    return values


#: Settings of fsspec's own: how it runs, and what it remembers and fetches ahead, which no chunk depends on.
_OF_FSSPEC = {
    "asynchronous",
    "block_size",
    "cache_options",
    "cache_regions",
    "cache_type",
    "default_block_size",
    "default_cache_type",
    "default_fill_cache",
    "listings_expiry_time",
    "loop",
    "max_concurrency",
    "max_paths",
    "skip_instance_cache",
    "use_listings_cache",
}

_USUAL_EXCEPTIONS = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


async def _of_s3fs(store: FsspecStore) -> Address | None:
    """A bucket by s3fs, whose service and credentials are told to the file system itself."""
    given = _without(store.fs.storage_options, _OF_FSSPEC)
    client = _without(given.pop("client_kwargs", None) or {}, set())
    words = {
        **{name: given.pop(name) for name in ("key", "secret", "token", "endpoint_url") if name in given},
        **{_S3_CLIENT[name]: client.pop(name) for name in _S3_CLIENT if name in client},
    }
    anonymous = given.pop("anon", False) is True
    # What else was asked for, such as a profile or encryption, only s3fs knows.
    if given or client:
        return None
    # A bucket whose region is not told is looked for by s3fs.
    if not (words.get("endpoint_url") or words.get("region_name")):
        return None
    if not anonymous:
        words = _with_credentials(words)
        if words is None:
            return None
    service = await store.fs.set_session()
    options = {"endpoint": service.meta.endpoint_url, "region": service.meta.region_name or "us-east-1"}
    if service.meta.endpoint_url.startswith("http://"):
        options["allow_http"] = "true"
    if anonymous:
        options["anonymous"] = "true"
    else:
        options |= {"access_key_id": words["key"], "secret_access_key": words["secret"]}
        options |= {"session_token": words["token"]} if words.get("token") else {}
    return _address(f"s3://{store.path.strip('/')}", options)


def _with_credentials(words: dict[str, Any]) -> dict[str, Any] | None:
    """The words with credentials: those given, or else those of the environment; None if there are others, or none."""
    if words.get("key") and words.get("secret"):
        # The engine would add the token of the environment to them.
        is_whole = words.get("token") or "AWS_SESSION_TOKEN" not in environ
        return words if is_whole else None
    own = {word: environ[name] for word, name in _S3_ENVIRONMENT.items() if name in environ}
    is_own = "key" in own and "secret" in own and "AWS_PROFILE" not in environ
    return {**words, **own} if is_own and not words.keys() & own.keys() else None


_S3_ENVIRONMENT = {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "token": "AWS_SESSION_TOKEN"}

#: The names in `client_kwargs` of what s3fs has an argument for.
_S3_CLIENT = {
    "aws_access_key_id": "key",
    "aws_secret_access_key": "secret",
    "aws_session_token": "token",
    "endpoint_url": "endpoint_url",
    "region_name": "region_name",
}


async def _of_http(store: FsspecStore) -> Address | None:
    """A web server by fsspec, without headers or credentials."""
    if _without(store.fs.storage_options, _OF_FSSPEC) or "?" in store.path or "#" in store.path:
        return None
    return _address(store.path, {"allow_http": "true"} if store.path.startswith("http://") else {})


_FILE_SYSTEMS = {
    "s3fs.core.S3FileSystem": _of_s3fs,
    "fsspec.implementations.http.HTTPFileSystem": _of_http,
}

#: The scheme of each service of obstore, and its option that names the bucket.
_SERVICES = {"S3Store": ("s3", "bucket"), "GCSStore": ("gs", "bucket"), "AzureStore": ("az", "container_name")}


def _of_obstore(service: Any) -> Address | None:
    """A store of obstore, whose options have the names of the engine's: both are those of one library."""
    kind = type(service)
    if kind.__module__ != "obstore.store" or kind.__name__ not in {"HTTPStore", *_SERVICES}:
        return None
    if service.retry_config is not None:
        return None
    options = dict(service.client_options or {})
    if kind.__name__ == "HTTPStore":
        return _address(service.url, options)
    if service.credential_provider is not None:
        return None
    scheme, bucket = _SERVICES[kind.__name__]
    options |= service.config
    name = options.pop(bucket, None)
    return _address(f"{scheme}://{name}/{service.prefix or ''}".rstrip("/"), options) if name else None


def _without(options: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """The options that are set, but for some."""
    return {name: value for name, value in options.items() if name not in names and value not in (None, {}, "")}


def _address(url: str, options: Mapping[str, Any]) -> Address | None:
    """An address, if its options are texts."""
    if not all(isinstance(value, str) for value in options.values()):
        return None
    return Address(url, tuple(sorted(options.items())))
