"""An operation of the engine as a function that waits for it, or as a coroutine. Nothing else knows of event loops."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

from zarr_rs._zarr_rs import Operation

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def same(result: T) -> T:
    """The result as it is."""
    return result


def nothing(_result: object) -> None:
    """No result: the operation was what mattered."""


def waits(begin: Callable[P, Operation[T]], convert: Callable[[T], R]) -> Callable[P, R]:
    """The function that does the operation and returns its result, converted."""

    @functools.wraps(begin)
    def call(*args: P.args, **keywords: P.kwargs) -> R:
        return convert(begin(*args, **keywords).wait())

    # Where pickles look for it.
    call.__module__ = "zarr_rs"
    return call


def awaits(begin: Callable[P, Operation[T]], convert: Callable[[T], R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """The coroutine function that does the operation and returns its result, converted."""

    @functools.wraps(begin)
    async def call(*args: P.args, **keywords: P.kwargs) -> R:
        return convert(await awaited(begin(*args, **keywords)))

    call.__module__ = "zarr_rs.asynchronous"
    return call


def later(begin: Callable[..., Operation[T]], convert: Callable[[T], R]) -> Callable[..., Coroutine[Any, Any, R]]:
    """The coroutine method of a class with coroutines. `begin` gets what its objects have as `_later`."""

    @functools.wraps(begin)
    async def call(self: Any, *args: Any, **keywords: Any) -> R:
        return convert(await awaited(begin(self._later, *args, **keywords)))

    return call


async def awaited(operation: Operation[T]) -> T:
    """The result of an operation, which is done on the engine's threads. Who cancels the task gives the operation up."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(value: T, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)

    def done(value: T, error: BaseException | None) -> None:
        # A loop that was closed waits for nothing.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, value, error)

    task = operation.spawn(done)
    try:
        return await future
    finally:
        task.abort()
