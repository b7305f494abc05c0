"""Documents of the public log (公开日志) as they were published: draw-protocol sections 2 and 4.

The text is kept byte for byte; everything else here is read out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from shared.values.errors import Refused

ALGORITHMS: Final = {"SHA-256": "sha256", "SM3": "sm3"}


class DocumentAltered(Refused):
    """A text that is not the document its event names: the log is one and never changes."""

    message = "公开日志第 {log_seq} 份文件与先前收到的不一致"


class DrawState(StrEnum):
    """States of a draw in the log (draw-protocol section 2)."""

    COMMITTED = "COMMITTED"
    SEALED = "SEALED"
    REVEALED = "REVEALED"
    PUBLISHED = "PUBLISHED"
    VOID = "VOID"


@dataclass(frozen=True, slots=True)
class LogDocument:
    """One document: `members` are those of its text, `digest` the hash of the text under its suite, hex."""

    log_seq: int
    draw_id: UUID
    kind: str
    text: str
    members: Mapping[str, Any]
    digest: str
    published_at: datetime

    @classmethod
    def read(cls, log_seq: int, draw_id: UUID, text: str) -> LogDocument:
        """Raises ValueError for a text that is no document of the protocol."""
        members = json.loads(text)
        kind, suite = str(members["kind"]), str(members["suite"])
        at = datetime.fromisoformat(members["published_at"])
        return cls(log_seq, draw_id, kind, text, members, hash_of(suite, text.encode()).hex(), at)

    @property
    def suite(self) -> str:
        return str(self.members["suite"])


def hash_of(suite: str, content: bytes) -> bytes:
    """H of the protocol (section 3), 32 bytes. Raises ValueError for an unknown suite."""
    if suite not in ALGORITHMS:
        raise ValueError(f"unknown suite {suite!r}")
    return hashlib.new(ALGORITHMS[suite], content).digest()


def state_after(documents: Sequence[LogDocument]) -> DrawState:
    """The state that the draw's documents led to. Raises ValueError without a commitment."""
    kinds = {document.kind for document in documents}
    commitment = commitment_of(documents)
    if "void" in kinds:
        return DrawState.VOID
    if "result" in kinds:
        return DrawState.PUBLISHED
    if "beacon" in kinds or ("shares" in kinds and not commitment.members["beacons"]):
        return DrawState.REVEALED
    return DrawState.SEALED if "shares" in kinds else DrawState.COMMITTED


def commitment_of(documents: Sequence[LogDocument]) -> LogDocument:
    """Raises ValueError where it has not come yet (facts may come in any order)."""
    found = first_of(documents, "commitment")
    if found is None:
        raise ValueError("the commitment is not here yet")
    return found


def first_of(documents: Sequence[LogDocument], kind: str) -> LogDocument | None:
    return next((document for document in documents if document.kind == kind), None)


def last_of(documents: Sequence[LogDocument], kind: str) -> LogDocument | None:
    return next((document for document in reversed(documents) if document.kind == kind), None)


def body_of(document: LogDocument) -> dict[str, Any]:
    """The members of its kind alone, as the record of section 10 has them."""
    head = ("spec", "kind", "suite", "draw_id", "log_seq", "log_prev", "published_at", "commit_hash")
    return {name: value for name, value in document.members.items() if name not in head}


def number_and_title(commitment: LogDocument) -> tuple[str, str]:
    """The task's number and title: the note begins with them; without a note, the task's id stands there."""
    number, _, title = str(commitment.members.get("note", "")).partition(" ")
    return (number or str(commitment.members["task_id"]), title)
