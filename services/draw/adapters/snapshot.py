"""A snapshot (快照) as registry streams it: JSON Lines in canonical order, header first, digest last.

`{"t":"h", …}` feed position, `{"t":"o", …}` objects, `{"t":"i", …}` inspectors, `{"t":"x", …}` experts if asked for,
`{"t":"e", …}` the counts and SHA-256 of every byte before the last line. Nothing of a torn or altered stream is
believed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from services.draw.domain.freezing import SnapshotExpert, SnapshotInspector, SnapshotObject
from shared.runtime.problems import HttpError

BATCH: Final = 5_000
_DIVISION: Final = 2
"""Digits of an industry code that name its division (大类, GB/T 4754)."""


class SnapshotDamaged(HttpError):
    status, message = 502, "名录库传来的快照不完整或已损坏，请重新冻结"


@dataclass(slots=True)
class SnapshotBatch:
    objects: list[SnapshotObject] = field(default_factory=list)
    inspectors: list[SnapshotInspector] = field(default_factory=list)
    experts: list[SnapshotExpert] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.objects) + len(self.inspectors) + len(self.experts)


class SnapshotReader:
    """Reads one stream. `feed` is the header and `digest` the checked digest, both set once `batches` has ended."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._hash = hashlib.sha256()
        self._counts = {"o": 0, "i": 0, "x": 0}
        self.feed: dict[str, Any] = {}
        self.digest = b""

    async def batches(self) -> AsyncIterator[SnapshotBatch]:
        """All rows, some thousands at a time. Raises SnapshotDamaged, at the end at the latest."""
        batch = SnapshotBatch()
        async for line in self._lines():
            self._take(line, batch)
            if len(batch) >= BATCH:
                yield batch
                batch = SnapshotBatch()
        if not self.digest or not self.feed:
            raise SnapshotDamaged
        yield batch

    async def _lines(self) -> AsyncIterator[bytes]:
        rest = b""
        async for chunk in self._chunks:
            await asyncio.sleep(0)  # a stream that never lets us wait must not keep everybody else waiting
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line
        if rest:
            yield rest

    def _take(self, line: bytes, batch: SnapshotBatch) -> None:
        if self.digest:
            raise SnapshotDamaged
        try:
            row = orjson.loads(line)
            self._sort(row, batch)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SnapshotDamaged from error
        self._hash.update(line + b"\n")

    def _sort(self, row: dict[str, Any], batch: SnapshotBatch) -> None:
        match row["t"]:
            case "h":
                self.feed = {name: value for name, value in row.items() if name != "t"}
            case "o":
                batch.objects.append(_object(row))
                self._counts["o"] += 1
            case "i":
                batch.inspectors.append(_inspector(row))
                self._counts["i"] += 1
            case "x":
                batch.experts.append(_expert(row))
                self._counts["x"] += 1
            case "e":
                self._end(row)

    def _end(self, row: dict[str, Any]) -> None:
        if row["sha256"] != self._hash.hexdigest():
            raise SnapshotDamaged
        told = {"o": row["objects"], "i": row["inspectors"], "x": row.get("experts", 0)}
        if told != self._counts:
            raise SnapshotDamaged
        self.digest = self._hash.digest()


def _object(row: dict[str, Any]) -> SnapshotObject:
    return SnapshotObject(
        entity_id=UUID(row["entity_id"]),
        name=row["name"],
        uscc=row["uscc"],
        region=row["region"] or "",
        credit_class=row["class"],
        ground=row["excluded"],
        industry=(row.get("industry") or "")[:_DIVISION],
    )


def _inspector(row: dict[str, Any]) -> SnapshotInspector:
    return SnapshotInspector(
        inspector_id=UUID(row["inspector_id"]),
        name=row["name"],
        department=row["department"],
        certificate_no=row["certificate_no"],
        valid_until=date.fromisoformat(row["valid_until"]),
        regions=tuple(row["regions"]),
        tags=tuple(row["tags"]),
        status=row["status"],
        capacity=row.get("capacity"),
    )


def _expert(row: dict[str, Any]) -> SnapshotExpert:
    return SnapshotExpert(
        expert_id=UUID(row["expert_id"]),
        name=row["name"],
        expert_no=row["expert_no"],
        valid_until=None if row["valid_until"] is None else date.fromisoformat(row["valid_until"]),
        fields=tuple(row["fields"]),
        status=row["status"],
    )
