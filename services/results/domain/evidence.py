"""Evidence (证据) of an inspection: files outside the database, named by their SHA-256 digest (R1, B13).

What a file is, its first bytes say, never its name or what the sender calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.results.domain.content_rules import TimesContradict
from shared.values.errors import Invalid, NotFound, Refused

MIB: Final = 2**20
HEAD: Final = 64
"""Bytes of the start of a file that say what it is."""
LIMITS: Final = {"image": 20 * MIB, "document": 50 * MIB, "audio": 100 * MIB, "video": 200 * MIB}
"""Bytes at most, by the family of the file."""
LARGEST: Final = max(LIMITS.values())


class EvidenceKind(StrEnum):
    """`recording`: a device's film or sound of the inspection (执法全过程记录, B21)."""

    PHOTO = "photo"
    RECORDING = "recording"
    DOCUMENT = "document"
    REPORT = "report"
    NOTICE = "notice"


class FileTypeUnknown(Invalid):
    message = "文件内容不是可以作为证据的类型（JPEG、PNG、WebP、HEIC、PDF、MP4、MP3、WAV）"


class EvidenceTooLarge(Invalid):
    message = "{media_type} 文件不得超过 {limit_mb} MB，现为 {size_mb} MB"


class EvidenceFileMissing(Invalid):
    message = "没有收到摘要为 {digest} 的文件，请先上传"


class EvidenceAttached(Refused):
    message = "这个文件已经是本次检查的证据"


class EvidenceUnknown(NotFound):
    message = "没有这份证据，或无权查看"


class EvidenceDamaged(Refused):
    """What is stored is not what was attached: it is shown to nobody as evidence (G1)."""

    message = "证据文件与登记的摘要 {digest} 不一致，不能使用，请联系管理员"


@dataclass(frozen=True, slots=True)
class MediaType:
    """`family`: image, document, audio or video; the size limit goes by it."""

    name: str
    family: str


_BY_START: Final = (
    (b"\xff\xd8\xff", MediaType("image/jpeg", "image")),
    (b"\x89PNG\r\n\x1a\n", MediaType("image/png", "image")),
    (b"%PDF-", MediaType("application/pdf", "document")),
    (b"ID3", MediaType("audio/mpeg", "audio")),
    (b"\xff\xfb", MediaType("audio/mpeg", "audio")),
)
_BY_BRAND: Final = {
    b"heic": MediaType("image/heic", "image"),
    b"heix": MediaType("image/heic", "image"),
    b"mif1": MediaType("image/heic", "image"),
    b"M4A ": MediaType("audio/mp4", "audio"),
}
_BY_RIFF: Final = {b"WEBP": MediaType("image/webp", "image"), b"WAVE": MediaType("audio/wav", "audio")}
_VIDEO: Final = MediaType("video/mp4", "video")


def sniff(head: bytes) -> MediaType:
    """What the first `HEAD` bytes say. Raises FileTypeUnknown."""
    for start, found in _BY_START:
        if head.startswith(start):
            return found
    if head[4:8] == b"ftyp":
        return _BY_BRAND.get(head[8:12], _VIDEO)
    if head[:4] == b"RIFF" and head[8:12] in _BY_RIFF:
        return _BY_RIFF[head[8:12]]
    raise FileTypeUnknown


def check_size(media: MediaType, size: int) -> None:
    """Raises EvidenceTooLarge."""
    limit = LIMITS[media.family]
    if size > limit:
        raise EvidenceTooLarge(media_type=media.name, limit_mb=limit // MIB, size_mb=-(-size // MIB))


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file as it lies in the store."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as evidence of one record. `taken_until` for films and sound: their end."""

    record_id: UUID
    file: EvidenceFile
    kind: EvidenceKind
    name: str
    is_personal: bool
    taken_at: datetime
    taken_until: datetime | None
    item_id: UUID | None
    place: str
    device: str
    added_by: str
    added_at: datetime


def check_times(taken_at: datetime, taken_until: datetime | None, now: datetime) -> None:
    """Raises TimesContradict."""
    if (taken_until or taken_at) > now:
        raise TimesContradict(what="取证时间晚于现在")
    if taken_until is not None and taken_until < taken_at:
        raise TimesContradict(what="录制结束早于开始")
