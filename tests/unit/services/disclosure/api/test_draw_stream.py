"""Live by server-sent events: each document once, resumed where the reader left, bounded (D2)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.disclosure.api import draw_stream
from services.disclosure.api.draw_stream import LogWatch, TooManyWatching, events


class Log:
    """The documents of one draw in a log that others write to too."""

    def __init__(self, *own: int) -> None:
        self.own, self.length, self.looks = list(own), max(own, default=0), 0

    async def head(self) -> int:
        self.looks += 1
        return self.length

    async def after(self, seen: int) -> list[tuple[int, str]]:
        return [(number, "result") for number in self.own if number > seen]

    def add(self, number: int, *, is_ours: bool = True) -> None:
        self.length = number
        if is_ours:
            self.own.append(number)


async def take(told: AsyncIterator[bytes], count: int) -> list[str]:
    return [(await anext(told)).decode() for _ in range(count)]


def numbers(told: list[str]) -> list[int]:
    return [int(one.split("\n")[0].removeprefix("id: ")) for one in told if one.startswith("id: ")]


async def test_a_reader_that_comes_back_hears_what_it_missed_and_nothing_twice() -> None:
    log = Log(1, 2, 5)
    told = events(LogWatch(log.head, every=0.01), log.after, 1)
    first = await take(told, 3)
    assert first[0] == "retry: 3000\n\n"
    assert numbers(first) == [2, 5]
    log.add(7)
    assert numbers(await take(told, 1)) == [7]
    await told.aclose()  # type: ignore[attr-defined]


async def test_documents_of_other_draws_are_not_told_and_silence_has_a_heartbeat() -> None:
    log = Log(1)
    told = events(LogWatch(log.head, every=0.01), log.after, 1, heartbeat=0.05)
    await take(told, 1)
    log.add(2, is_ours=False)
    assert await take(told, 1) == [": \n\n"]
    log.add(3)
    assert numbers(await take(told, 1)) == [3]
    await told.aclose()  # type: ignore[attr-defined]


async def test_one_look_serves_all_readers_and_ends_with_the_last() -> None:
    log = Log(1)
    watch = LogWatch(log.head, every=0.01)
    readers = [events(watch, log.after, 1) for _ in range(5)]
    for one in readers:
        await take(one, 1)
    assert watch.readers == 5
    log.add(2)
    assert [numbers(await take(one, 1)) for one in readers] == [[2]] * 5
    for one in readers:
        await one.aclose()  # type: ignore[attr-defined]
    assert watch.readers == 0
    assert watch._task is None


async def test_readers_are_bounded() -> None:
    log = Log(1)
    watch = LogWatch(log.head)
    watch.readers = draw_stream.MOST
    with pytest.raises(TooManyWatching):
        await take(events(watch, log.after, 1), 1)
    assert watch.readers == draw_stream.MOST
