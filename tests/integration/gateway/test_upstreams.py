"""What the door does when a service behind it is gone, slow, full or speaks odd HTTP (SEC21): real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.types import Message

from gateway.adapters.bodies import Body
from gateway.adapters.upstream import Call, Upstreams
from gateway.domain.breaker import FAILURES_TO_OPEN, RETRIES
from gateway.domain.policy import BodyTooLarge, Rule, UpstreamBusy, UpstreamDown, UpstreamSlow
from gateway.domain.signing import BodyDigestWrong, content_digest

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: s\r\nX-Two: 2\r\n\r\nok"


@asynccontextmanager
async def behind(
    talk: Talk, *, seconds: float = 2.0, places: int = 64, patience: float = 1.0
) -> AsyncIterator[Upstreams]:
    """A service that talks so, and the door's side of it."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    upstreams = Upstreams({"credit": f"http://127.0.0.1:{port}"}, seconds, places, patience)
    await upstreams.open()
    yield upstreams
    await upstreams.close()
    server.close()


async def asked(reader: asyncio.StreamReader) -> bytes:
    """The head of the next request, empty where the door hung up."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def answering(*answers: bytes, heard: list[bytes] | None = None) -> Talk:
    """One answer for each request over all connections, the last one for ever; an empty one hangs up."""
    waiting = list(answers)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await asked(reader):
            if heard is not None:
                heard.append(request)
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if not answer:
                break
            writer.write(answer)
        writer.close()

    return talk


async def forward(
    upstreams: Upstreams, method: str = "GET", body: bytes = b"", *, limit: int = 2**20, digest: str | None = None
) -> tuple[int, bytes, dict[bytes, bytes]]:
    """Status, body and headers as the caller sees them."""
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    call = Call(Rule("credit", method, "/v1/x"), "/v1/x?a=1", [(b"accept", b"*/*")])
    await upstreams.forward(call, Body(receive, limit, digest), send)
    assert sent[-1]["more_body"] is False
    content = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], content, dict(sent[0]["headers"])


async def test_an_answer_passes_and_the_connection_is_kept() -> None:
    heard: list[bytes] = []
    connections = 0
    inner = answering(OK, heard=heard)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await inner(reader, writer)

    async with behind(talk) as upstreams:
        for _ in range(3):
            assert await forward(upstreams) == (200, b"ok", {b"content-length": b"2", b"x-two": b"2"})
    assert connections == 1
    assert heard[0] == b"GET /v1/x?a=1 HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\nay!\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nokay!",
    ],
)
async def test_bodies_of_every_framing_arrive_whole(answer: bytes) -> None:
    async with behind(answering(answer)) as upstreams:
        for _ in range(2):
            status, body, headers = await forward(upstreams)
            assert (status, body) == (200, b"okay!")
            assert not {b"transfer-encoding", b"connection"} & headers.keys()


async def test_a_large_answer_streams_through_whole() -> None:
    block = bytes(range(256)) * 4096

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * len(block)))
        for _ in range(8):
            writer.write(block)
            await writer.drain()
        writer.close()

    async with behind(talk) as upstreams:
        assert await forward(upstreams) == (200, block * 8, {b"content-length": b"%d" % (8 * len(block))})


async def test_a_read_is_tried_again_and_an_act_is_not() -> None:
    for first in (b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"):
        heard: list[bytes] = []
        async with behind(answering(first, OK, heard=heard)) as upstreams:
            assert (await forward(upstreams))[0] == 200
        assert len(heard) == 2
    for method, body in (("DELETE", b""), ("POST", b"{}")):
        heard = []
        async with behind(answering(b"", OK, heard=heard)) as upstreams:
            with pytest.raises(UpstreamDown):
                await forward(upstreams, method, body)
        assert len(heard) == 1, method


async def test_retries_end_and_the_last_answer_stands() -> None:
    heard: list[bytes] = []
    busy = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 9\r\n\r\n"
    async with behind(answering(busy, heard=heard)) as upstreams:
        status, _, headers = await forward(upstreams)
    assert (status, headers[b"retry-after"], len(heard)) == (503, b"9", 1 + RETRIES)


async def test_a_kept_connection_that_the_service_closed_costs_the_caller_nothing() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(OK)
        writer.close()

    async with behind(talk) as upstreams:
        for _ in range(30):
            assert (await forward(upstreams))[0] == 200


async def test_a_service_that_fails_is_left_alone_and_tried_again_after_a_while() -> None:
    heard: list[bytes] = []
    async with behind(answering(*[b""] * (FAILURES_TO_OPEN * (1 + RETRIES)), OK, heard=heard)) as upstreams:
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(UpstreamDown):
                await forward(upstreams)
        knocked = len(heard)
        for _ in range(10):
            with pytest.raises(UpstreamDown):
                await forward(upstreams)
        assert len(heard) == knocked, "an open breaker asks nobody"
        async with asyncio.timeout(10):
            while True:
                try:
                    assert (await forward(upstreams))[0] == 200
                    break
                except UpstreamDown:
                    await asyncio.sleep(0.2)


async def test_who_finds_all_places_taken_waits_a_little_for_one() -> None:
    async def unhurried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await asked(reader):
            await asyncio.sleep(0.05)
            writer.write(OK)
        writer.close()

    async with behind(unhurried, places=2) as upstreams:
        found = await asyncio.gather(*(forward(upstreams) for _ in range(10)), return_exceptions=True)
        assert [one[0] for one in found if not isinstance(one, BaseException)] == [200] * 10
        over = await asyncio.gather(*(forward(upstreams) for _ in range(11)), return_exceptions=True)
    assert [type(one) for one in over if isinstance(one, BaseException)] == [UpstreamBusy]


async def test_a_slow_service_times_out_and_a_full_one_refuses_soon() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        await reader.read()
        writer.close()

    async with behind(silent, seconds=0.5, places=2, patience=0.1) as upstreams:
        waiting = [asyncio.ensure_future(forward(upstreams)) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(UpstreamBusy):
            await forward(upstreams)
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in found] == [UpstreamSlow, UpstreamSlow]


@pytest.mark.parametrize(
    ("body", "limit", "digest", "refusal"),
    [
        (b"x" * (2**20 + 1), 2**20, None, BodyTooLarge),
        (b"altered", 100, content_digest(b"signed"), BodyDigestWrong),
    ],
)
async def test_the_service_never_sees_the_end_of_a_body_that_is_refused(
    body: bytes, limit: int, digest: str | None, refusal: type[Exception]
) -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        seen.append(await reader.read())
        writer.close()

    async with behind(talk) as upstreams:
        with pytest.raises(refusal):
            await forward(upstreams, "POST", body, limit=limit, digest=digest)
        await asyncio.sleep(0.1)
    assert not b"".join(seen).endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("answer", [b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"])
async def test_an_answer_that_is_none_or_breaks_off_is_an_error_and_no_answer(answer: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asked(reader)
        writer.write(answer)
        writer.close()

    async with behind(talk) as upstreams:
        with pytest.raises(UpstreamDown):
            await forward(upstreams)
