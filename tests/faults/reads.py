"""What readers saw: a published result, once acknowledged, is never again read as anything older (stale reads).

A line of JSON for every read, as the history of the writers; judged offline by `stale`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PUBLISHED = "PUBLISHED"


@dataclass(frozen=True, slots=True)
class Read:
    """One answered read. `acknowledged_at`: when the writer was told, before this read began. Seconds of one clock."""

    seed: int
    result_id: str
    acknowledged_at: float
    began: float
    ended: float
    state: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A reader was told less than somebody had been promised before it asked."""

    result_id: str
    detail: str


def keep(path: Path, read: Read) -> None:
    with path.open("a", encoding="utf-8") as out:
        out.write(json.dumps(asdict(read)) + "\n")


def kept(path: Path) -> list[Read]:
    if not path.exists():
        return []
    return [Read(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def stale(reads: Sequence[Read]) -> list[Stale]:
    """Reads begun after an acknowledgement, or after another read had seen it, that saw an older state."""
    return [*_unread_promises(reads), *_backwards(reads)]


def _unread_promises(reads: Iterable[Read]) -> list[Stale]:
    return [
        Stale(read.result_id, f"read as {read.state}, {read.began - read.acknowledged_at:.3f} s after the answer")
        for read in reads
        if read.began >= read.acknowledged_at and read.state != PUBLISHED
    ]


def _backwards(reads: Iterable[Read]) -> list[Stale]:
    seen: dict[str, float] = {}
    found = []
    for read in sorted(reads, key=lambda one: one.ended):
        if read.state == PUBLISHED:
            seen.setdefault(read.result_id, read.ended)
        elif read.began > seen.get(read.result_id, float("inf")):
            found.append(Stale(read.result_id, f"read as {read.state} after it was read as {PUBLISHED}"))
    return found
