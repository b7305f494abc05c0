"""Sealed frames, folders and buckets: what comes out is what went in, or nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import httpx2
import pytest

from services.results.adapters.aws_signature import S3Access, signed_headers
from services.results.adapters.object_stores import FolderStore, ObjectStore, S3Store
from services.results.adapters.sealed_frames import FRAME, FramesDamaged, opened, sealed
from shared.runtime.problems import PeerUnavailable
from shared.runtime.sealed import SealKeys

KEYS = SealKeys({"k2": b"2" * 32, "k1": b"1" * 32})
TAG = 16


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def all_of(source: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in source])


async def sealed_bytes(content: bytes, keys: SealKeys = KEYS) -> bytes:
    return await all_of(sealed(chunks(content[:10], content[10:]), keys))


def in_pieces(content: bytes, size: int) -> Iterable[bytes]:
    return (content[place : place + size] for place in range(0, len(content), size))


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
async def test_what_was_sealed_is_opened_whatever_its_length(size: int) -> None:
    content = os.urandom(size)
    kept = await sealed_bytes(content)
    assert await all_of(opened(chunks(*in_pieces(kept, 70_000)), KEYS)) == content
    assert size < TAG or content[:TAG] not in kept


async def test_an_older_key_still_opens_and_an_unknown_one_does_not() -> None:
    kept = await sealed_bytes(b"photo", SealKeys({"k1": b"1" * 32}))
    assert await all_of(opened(chunks(kept), KEYS)) == b"photo"
    with pytest.raises(FramesDamaged):
        await all_of(opened(chunks(kept), SealKeys({"k9": b"9" * 32})))


async def test_a_frame_altered_dropped_moved_or_cut_is_noticed() -> None:
    content = os.urandom(3 * FRAME)
    kept = await sealed_bytes(content)
    head, frame = len(b"k2:") + 8, FRAME + TAG
    first, second, third = (kept[head + n * frame : head + (n + 1) * frame] for n in range(3))
    start = kept[:head]
    altered = bytearray(kept)
    altered[head + 5] ^= 1
    for damaged in (
        bytes(altered),
        start + second + third,
        start + second + first + third,
        start + first + second,
        kept[:-1],
        start,
        b"",
    ):
        with pytest.raises(FramesDamaged):
            await all_of(opened(chunks(damaged), KEYS))


def test_the_signature_is_that_of_the_published_example() -> None:
    """AWS documentation, Signature Version 4, "Example: GET Object"."""
    access = S3Access(
        "https://examplebucket.s3.amazonaws.com",
        "",
        "us-east-1",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    url, stamp = "https://examplebucket.s3.amazonaws.com/test.txt", "20130524T000000Z"
    signed = signed_headers(access, "GET", url, stamp, empty, {"range": "bytes=0-9"})
    wanted = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert signed["authorization"].endswith(
        f"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature={wanted}"
    )


class Bucket(httpx2.AsyncBaseTransport):
    """A bucket in memory that looks at the signature's shape, and can fail."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.is_down = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.is_down:
            return httpx2.Response(503)
        if not request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/"):
            return httpx2.Response(403)
        path = request.url.path
        if request.method == "PUT":
            self.objects[path] = await request.aread()
            return httpx2.Response(200)
        if request.method == "DELETE":
            return httpx2.Response(204 if self.objects.pop(path, None) else 404)
        found = self.objects.get(path)
        return httpx2.Response(404) if found is None else httpx2.Response(200, content=found)


ACCESS = S3Access("https://store.example", "ssj", "cn", "key", "secret")


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_both_stores_keep_and_give_the_same(kind: str, tmp_path: Path) -> None:
    store: ObjectStore = FolderStore(tmp_path / "kept") if kind == "folder" else S3Store(ACCESS, Bucket())
    file = tmp_path / "incoming"
    file.write_bytes(b"sealed bytes")
    assert not await store.exists("ab12")
    await store.put("ab12", file)
    await store.put("ab12", file)
    assert (await store.exists("ab12"), await all_of(store.get("ab12"))) == (True, b"sealed bytes")
    with pytest.raises(FileNotFoundError):
        await all_of(store.get("cd34"))
    await store.remove("ab12")
    await store.remove("ab12")
    assert not await store.exists("ab12")


async def test_a_bucket_that_fails_is_unavailable_and_not_empty(tmp_path: Path) -> None:
    bucket = Bucket()
    store = S3Store(ACCESS, bucket)
    file = tmp_path / "incoming"
    file.write_bytes(b"sealed bytes")
    bucket.is_down = True
    with pytest.raises(PeerUnavailable):
        await store.put("ab12", file)
    with pytest.raises(PeerUnavailable):
        await store.exists("ab12")
    with pytest.raises(PeerUnavailable):
        await store.remove("ab12")
    with pytest.raises(PeerUnavailable):
        await all_of(store.get("ab12"))
