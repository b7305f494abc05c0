"""Files of evidence: taken in as they come, named by the SHA-256 of what was sent, sealed before they lie anywhere.

Photos and films of an inspection show people as a rule, so every file is sealed, not only those marked personal (SEC5).
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from services.results.adapters.object_stores import FolderStore, ObjectStore, S3Store
from services.results.adapters.sealed_frames import FramesDamaged, opened, sealed
from services.results.domain.evidence import (
    HEAD,
    LARGEST,
    MIB,
    EvidenceDamaged,
    EvidenceFile,
    EvidenceTooLarge,
    check_size,
    sniff,
)
from services.results.settings import ResultsSettings
from shared.runtime.sealed import seal_keys
from shared.runtime.settings import ServiceSettings


class EvidenceFiles(Protocol):
    """What the use cases need; tests may pass their own."""

    async def take_in(self, chunks: AsyncIterator[bytes]) -> EvidenceFile:
        """Raises FileTypeUnknown, EvidenceTooLarge, PeerUnavailable."""

    async def find(self, digest: str) -> EvidenceFile | None:
        """What is stored under `digest`: size and type as its bytes say. Raises EvidenceDamaged, PeerUnavailable."""

    def read(self, digest: str) -> AsyncIterator[bytes]:
        """Raises EvidenceDamaged when the bytes are not those of the digest, PeerUnavailable."""

    async def exists(self, digest: str) -> bool:
        """Raises PeerUnavailable."""

    async def remove(self, digest: str) -> None:
        """Does nothing when there is no such file. Raises PeerUnavailable."""


class SealedEvidence:
    """`EvidenceFiles` over an object store."""

    def __init__(self, objects: ObjectStore, scratch: Path) -> None:
        self._objects, self._scratch = objects, scratch

    async def take_in(self, chunks: AsyncIterator[bytes]) -> EvidenceFile:
        await asyncio.to_thread(self._scratch.mkdir, parents=True, exist_ok=True)
        handle, name = await asyncio.to_thread(tempfile.mkstemp, dir=self._scratch)
        measured = _Measured(chunks)
        try:
            with open(handle, "wb", closefd=True) as out:  # noqa: ASYNC230 - frames of 1 MiB to a local file
                async for frame in sealed(measured.run(), seal_keys()):
                    out.write(frame)
            file = measured.file()
            await self._objects.put(file.digest, Path(name))
        finally:
            await asyncio.to_thread(Path(name).unlink, missing_ok=True)
        return file

    async def exists(self, digest: str) -> bool:
        return await self._objects.exists(digest)

    async def remove(self, digest: str) -> None:
        await self._objects.remove(digest)

    async def find(self, digest: str) -> EvidenceFile | None:
        if not await self._objects.exists(digest):
            return None
        measured = _Measured(self.read(digest))
        async for _ in measured.run():
            continue
        return measured.file()

    async def read(self, digest: str) -> AsyncIterator[bytes]:
        """The last piece is given only when the whole is known to be right."""
        seen, held = hashlib.sha256(), b""
        try:
            async for piece in opened(self._objects.get(digest), seal_keys()):
                seen.update(piece)
                if held:
                    yield held
                held = piece
        except (FramesDamaged, FileNotFoundError) as error:
            raise EvidenceDamaged(digest=digest) from error
        if seen.hexdigest() != digest:
            raise EvidenceDamaged(digest=digest)
        yield held


class _Measured:
    """Passes a stream on and learns digest, size and head of it; stops one that no kind of file may be as large as."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._seen, self._size, self._head = hashlib.sha256(), 0, b""

    async def run(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._seen.update(chunk)
            self._size += len(chunk)
            if len(self._head) < HEAD:
                self._head = (self._head + chunk)[:HEAD]
                if len(self._head) == HEAD:
                    sniff(self._head)
            if self._size > LARGEST:
                raise EvidenceTooLarge(media_type="上传", limit_mb=LARGEST // MIB, size_mb=-(-self._size // MIB))
            yield chunk

    def file(self) -> EvidenceFile:
        """Raises FileTypeUnknown, EvidenceTooLarge."""
        media = sniff(self._head)
        check_size(media, self._size)
        return EvidenceFile(self._seen.hexdigest(), self._size, media.name)


def evidence_store(settings: ServiceSettings) -> SealedEvidence:
    """A bucket where one is set (production), else a folder."""
    access = settings.evidence_bucket() if isinstance(settings, ResultsSettings) else None
    objects = FolderStore(settings.files_dir / "evidence") if access is None else S3Store(access)
    return SealedEvidence(objects, settings.files_dir / "incoming")
