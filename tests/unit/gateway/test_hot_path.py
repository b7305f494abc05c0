"""The cheap ways of the hot path do what the dear ones did: time limits, joined writes, one line a request."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from gateway.adapters.access_log import AccessLog
from gateway.adapters.deadlines import Deadline
from gateway.domain.hygiene import caller_address
from shared.runtime.joined_writes import JoinedTransport
from shared.runtime.trace import random_hex


def test_a_deadline_ends_what_takes_too_long() -> None:
    async def slow() -> None:
        with Deadline(asyncio.get_running_loop(), 0.01):
            await asyncio.sleep(5)

    with pytest.raises(TimeoutError):
        asyncio.run(slow())


def test_a_deadline_that_is_kept_leaves_nothing_behind() -> None:
    async def quick() -> int:
        with Deadline(asyncio.get_running_loop(), 0.01):
            await asyncio.sleep(0)
        await asyncio.sleep(0.03)
        return 1

    assert asyncio.run(quick()) == 1


def test_a_caller_who_leaves_is_no_deadline() -> None:
    """A cancellation from outside stays one, or the door would answer 504 to nobody and trip the breaker."""

    async def left() -> str:
        async def waits() -> None:
            with Deadline(asyncio.get_running_loop(), 60):
                await asyncio.sleep(60)

        task = asyncio.create_task(waits())
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        except TimeoutError:
            return "timeout"
        return "done"

    assert asyncio.run(left()) == "cancelled"


class Wire(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True


def test_head_and_body_leave_together_and_at_the_latest_in_the_next_turn() -> None:
    async def answer() -> list[bytes]:
        wire = Wire()
        joined = JoinedTransport(wire, asyncio.get_running_loop())
        joined.write(b"head ")
        joined.write(b"body")
        assert wire.written == []
        joined.flush()
        joined.write(b"next head")
        await asyncio.sleep(0)
        joined.write(b"last")
        joined.close()
        assert wire.closed
        return wire.written

    assert asyncio.run(answer()) == [b"head body", b"next head", b"last"]


def test_what_is_large_is_not_kept_back() -> None:
    async def answer() -> list[int]:
        wire = Wire()
        joined = JoinedTransport(wire, asyncio.get_running_loop())
        joined.write(b"x" * 100_000)
        joined.write(b"head")
        joined.write(b"y" * 100_000)
        return [len(part) for part in wire.written]

    assert asyncio.run(answer()) == [100_000, 100_004]


def test_lines_of_one_turn_are_written_once_and_in_order() -> None:
    async def log() -> list[bytes]:
        written: list[bytes] = []
        made = AccessLog(asyncio.get_running_loop(), written.append)
        made.add({"event": "gateway.passed", "status": 200})
        made.add({"event": "gateway.passed", "status": 404})
        assert written == []
        await asyncio.sleep(0)
        made.flush()
        return written

    [text] = asyncio.run(log())
    lines = [orjson.loads(line) for line in text.splitlines()]
    assert [line["status"] for line in lines] == [200, 404]
    assert all(line["timestamp"] and line["level"] == "info" for line in lines)


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ([], 0, "10.0.0.9"),
        ([b"1.1.1.1"], 0, "10.0.0.9"),
        ([b"6.6.6.6, 1.1.1.1"], 1, "1.1.1.1"),
        ([b"6.6.6.6", b"1.1.1.1"], 1, "1.1.1.1"),
        ([b"6.6.6.6, 1.1.1.1, 10.0.0.1"], 2, "1.1.1.1"),
        ([b"1.1.1.1"], 2, "10.0.0.9"),
        ([b""], 1, "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(forwarded: list[bytes], trusted: int, address: str) -> None:
    """What a caller invents stands to the left and is not looked at (gateway: trusted-proxy count)."""
    assert caller_address("10.0.0.9", forwarded, trusted) == address


def test_names_of_traces_are_not_given_twice() -> None:
    names = [random_hex() for _ in range(2_000)]
    assert len(set(names)) == len(names)
    assert {len(name) for name in names} == {16}
