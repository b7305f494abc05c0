"""Where the bytes of evidence lie: one small interface, a folder (embedded) or an S3-compatible store (production)."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final, Protocol

import httpx2

from services.results.adapters.aws_signature import S3Access, signed_headers, utc_stamp
from shared.runtime.problems import PeerUnavailable

_CHUNK: Final = 2**20
_TIMEOUT: Final = httpx2.Timeout(connect=5.0, read=60.0, write=60.0, pool=5.0)


class ObjectStore(Protocol):
    """Objects by name; what is stored is sealed already, so nobody who runs the store can read it."""

    async def put(self, name: str, file: Path) -> None:
        """Keeps the content of `file` under `name`, whole or not at all; twice is once. Raises PeerUnavailable."""

    async def exists(self, name: str) -> bool:
        """Raises PeerUnavailable."""

    def get(self, name: str) -> AsyncIterator[bytes]:
        """The content in pieces. Raises FileNotFoundError, PeerUnavailable."""

    async def remove(self, name: str) -> None:
        """Does nothing when there is none. Raises PeerUnavailable."""


class FolderStore:
    """Objects in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    async def put(self, name: str, file: Path) -> None:
        await asyncio.to_thread(self._put, name, file)

    def _put(self, name: str, file: Path) -> None:
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = target.with_name(f"{file.name}.part")
        shutil.copyfile(file, whole)
        whole.replace(target)

    async def exists(self, name: str) -> bool:
        return await asyncio.to_thread(self._path(name).is_file)

    async def get(self, name: str) -> AsyncIterator[bytes]:
        source = await asyncio.to_thread(self._path(name).open, "rb")
        try:
            while chunk := await asyncio.to_thread(source.read, _CHUNK):
                yield chunk
        finally:
            source.close()

    async def remove(self, name: str) -> None:
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)


class S3Store:
    """Objects in a bucket of an S3-compatible store, path style, signed by AWS Signature Version 4."""

    def __init__(self, access: S3Access, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._access = access
        self._client = httpx2.AsyncClient(timeout=_TIMEOUT, transport=transport, trust_env=False)

    def _url(self, name: str) -> str:
        return f"{self._access.endpoint}/{self._access.bucket}/evidence/{name}"

    def _signed(self, method: str, name: str) -> dict[str, str]:
        return signed_headers(self._access, method, self._url(name), utc_stamp())

    async def put(self, name: str, file: Path) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            source = await asyncio.to_thread(file.open, "rb")
            with source:
                while chunk := await asyncio.to_thread(source.read, _CHUNK):
                    yield chunk

        size = (await asyncio.to_thread(file.stat)).st_size
        headers = self._signed("PUT", name) | {"content-length": str(size)}
        try:
            answer = await self._client.put(self._url(name), content=chunks(), headers=headers)
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer="object-store") from error
        _require(answer.status_code, 200)

    async def exists(self, name: str) -> bool:
        try:
            answer = await self._client.head(self._url(name), headers=self._signed("HEAD", name))
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer="object-store") from error
        if answer.status_code == 404:
            return False
        _require(answer.status_code, 200)
        return True

    async def get(self, name: str) -> AsyncIterator[bytes]:
        try:
            async with self._client.stream("GET", self._url(name), headers=self._signed("GET", name)) as answer:
                if answer.status_code == 404:
                    raise FileNotFoundError(name)
                _require(answer.status_code, 200)
                async for chunk in answer.aiter_bytes():
                    yield chunk
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer="object-store") from error

    async def remove(self, name: str) -> None:
        try:
            answer = await self._client.delete(self._url(name), headers=self._signed("DELETE", name))
        except httpx2.TransportError as error:
            raise PeerUnavailable(peer="object-store") from error
        if answer.status_code != 404:
            _require(answer.status_code, 204)


def _require(status: int, wanted: int) -> None:
    if status != wanted:
        raise PeerUnavailable(peer="object-store")
