"""Files by digest (import files, evidence, open data): one small interface, the file system behind it for now.

A file that may hold personal data is kept sealed (SEC6): in blocks of AES-256-GCM under the key of the personal fields,
its name still the digest of what was sent. Who reads opens a `KeptFile` and need not know.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from shared.runtime.sealed import BlockOpener, BlockSealer, seal_keys
from shared.values.errors import Invalid


class FileTooLarge(Invalid):
    message = "文件超过上限 {limit_mb} MB"


@dataclass(frozen=True, slots=True)
class StoredFile:
    digest: str
    size: int


_SEALED: Final = b"SSJ-SEALED-1\n"
BLOCK: Final = 1 << 20
"""Bytes of a file that are sealed together."""


class KeptFile:
    """A file as it was sent, kept sealed or not."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> io.BufferedReader:
        """From its first byte. Raises InvalidTag while reading a sealed file that was altered or cut short."""
        raw = self._path.open("rb", buffering=0)
        if raw.read(len(_SEALED)) == _SEALED:
            return io.BufferedReader(_Opened(raw), BLOCK)
        raw.seek(0)
        return io.BufferedReader(raw, BLOCK)

    @property
    def stored_size(self) -> int:
        """Bytes on disk: a little more than were sent."""
        return self._path.stat().st_size


class _Opened(io.RawIOBase):
    """The content of a sealed file, from start to end."""

    def __init__(self, raw: io.FileIO) -> None:
        self._file = io.BufferedReader(raw, BLOCK)
        self._opener = BlockOpener(seal_keys(), self._file.readline().rstrip(b"\n").decode())
        self._clear, self._at = b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if self._at == len(self._clear):
            self._clear, self._at = self._opener.open_next(self._file, BLOCK), 0
        part = self._clear[self._at : self._at + len(into)]
        into[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Writer:
    """Writes the blocks of a new file, in the clear or sealed, and knows the digest of what was sent."""

    def __init__(self, out: IO[bytes], *, sealed: bool) -> None:
        self._out, self.digest, self._waiting = out, hashlib.sha256(), bytearray()
        self._sealer = BlockSealer(seal_keys()) if sealed else None
        if self._sealer is not None:
            out.write(_SEALED + self._sealer.key_id.encode() + b"\n")

    def write(self, chunk: bytes) -> None:
        self.digest.update(chunk)
        if self._sealer is None:
            self._out.write(chunk)
            return
        self._waiting += chunk
        while len(self._waiting) > BLOCK:
            self._out.write(self._sealer.seal_next(bytes(self._waiting[:BLOCK]), is_last=False))
            del self._waiting[:BLOCK]

    def finish(self) -> None:
        if self._sealer is not None:
            self._out.write(self._sealer.seal_next(bytes(self._waiting), is_last=True))
        self._out.flush()


class FileStore:
    """Content-addressed: the name of a file is its SHA-256, so storing twice stores once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def kept(self, digest: str) -> KeptFile:
        return KeptFile(self.path(digest))

    async def put(self, chunks: AsyncIterator[bytes], limit: int, *, sealed: bool = False) -> StoredFile:
        """Stores at most `limit` bytes; raises FileTooLarge. Appears under its name only when whole and synced."""
        size = 0
        handle, name = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as out:
                writer = _Writer(out, sealed=sealed)
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLarge(limit_mb=limit // 2**20)
                    writer.write(chunk)
                writer.finish()
                await asyncio.to_thread(_sync, out.fileno())
            return self._place(Path(name), writer.digest.hexdigest(), size)
        finally:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)

    def remove(self, digest: str) -> None:
        """Does nothing when there is no such file."""
        self.path(digest).unlink(missing_ok=True)

    def _place(self, written: Path, digest: str, size: int) -> StoredFile:
        target = self.path(digest)
        target.parent.mkdir(exist_ok=True)
        written.replace(target)
        return StoredFile(digest=digest, size=size)


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)
