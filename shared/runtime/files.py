"""Files by digest (import files, evidence, open data): one small interface, the file system behind it for now."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from shared.values.errors import Invalid


class FileTooLarge(Invalid):
    message = "文件超过上限 {limit_mb} MB"


@dataclass(frozen=True, slots=True)
class StoredFile:
    digest: str
    size: int


class FileStore:
    """Content-addressed: the name of a file is its SHA-256, so storing twice stores once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    async def put(self, chunks: AsyncIterator[bytes], limit: int) -> StoredFile:
        """Stores at most `limit` bytes; raises FileTooLarge. Appears under its name only when whole and synced."""
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self._folder)
        try:
            with os.fdopen(handle, "wb") as out:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLarge(limit_mb=limit // 2**20)
                    digest.update(chunk)
                    out.write(chunk)
                await asyncio.to_thread(_sync, out.fileno())
            return self._place(Path(name), digest.hexdigest(), size)
        finally:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)

    def _place(self, written: Path, digest: str, size: int) -> StoredFile:
        target = self.path(digest)
        target.parent.mkdir(exist_ok=True)
        written.replace(target)
        return StoredFile(digest=digest, size=size)


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)
