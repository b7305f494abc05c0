"""Heavy computation away from the event loop: a thread for a small pool, a process of its own for a large one.

A thread shares the interpreter's lock, and one sort or one hash loop over a million tokens would keep every request
waiting. A process does not; it starts with the act (about a second), ends with it and gives its memory back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any, Final, Generic, ParamSpec, TypeVar

LARGE: Final = 20_000
"""Objects from which on an act gets a process."""

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


class Worker(Generic[T]):
    """Holds one object where the work is done; `do` calls a function of it there, one call after the other."""

    def __init__(self, processes: ProcessPoolExecutor | None) -> None:
        self._processes = processes
        self._held: T | None = None

    async def hold(self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> None:
        """Makes the object there, out of values that can be sent."""
        if self._processes is None:
            self._held = await asyncio.to_thread(make, *args, **kwargs)
        else:
            await self._run(_hold, partial(make, *args, **kwargs))

    async def do(self, act: Callable[..., R], *args: object) -> R:
        """`act(held, *args)`. Raises what it raises."""
        if self._processes is None:
            return await asyncio.to_thread(act, self._held, *args)
        answer: R = await self._run(_do, act, *args)
        return answer

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`function(*args)` there, whatever is held. Raises what it raises."""
        if self._processes is None:
            return await asyncio.to_thread(function, *args, **kwargs)
        answer: R = await self._run(partial(function, *args, **kwargs))
        return answer

    async def _run(self, function: Callable[..., Any], *args: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._processes, function, *args)


@asynccontextmanager
async def a_worker(size: int, large: int = LARGE) -> AsyncIterator[Worker[Any]]:
    """For one act on a pool of `size` objects."""
    if size < large:
        yield Worker(None)
        return
    processes = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        yield Worker(processes)
    finally:
        await asyncio.to_thread(processes.shutdown, cancel_futures=True)


_held: Any = None
"""In the worker process: what it holds."""


def _hold(make: Callable[[], object]) -> None:
    global _held
    _held = make()


def _do(act: Callable[..., R], *args: object) -> R:
    return act(_held, *args)
