"""Freeze a snapshot for a pool (冻结名册): JSON Lines of one moment, in canonical order, with a digest at the end.

{"t":"h", …}            the header: district, library and version, day, the last change set seen, the moment
{"t":"o", …}            an object of the library, by entity_id; `excluded` says why it cannot be drawn, else null
{"t":"i", …}            an officer of the departments asked for, by department and inspector_id
{"t":"x", …}            an expert (专家) of the district, by expert_id; only if asked for
{"t":"e", …}            the end: how many of each, and SHA-256 over every byte before this line

A reader that does not meet the end line, or another digest, has not got the snapshot.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from services.registry.domain.entities import exclusion_ground
from services.registry.domain.libraries import Library, LibraryUnknown
from services.registry.storage.unit_of_work import SnapshotUnitOfWork
from shared.runtime.principal import Principal
from shared.runtime.service import Process

_BLOCK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    library_id: UUID
    library_version: int
    departments: tuple[str, ...]
    on: date
    with_experts: bool = False


class _Lines:
    """Lines gathered into blocks; the digest runs over all of them."""

    def __init__(self) -> None:
        self._block = bytearray()
        self._digest = hashlib.sha256()
        self.counts = {"o": 0, "i": 0, "x": 0}

    def add(self, line: dict[str, Any]) -> None:
        self._block += orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)
        if line["t"] in self.counts:
            self.counts[line["t"]] += 1

    @property
    def is_full(self) -> bool:
        return len(self._block) >= _BLOCK

    def take(self) -> bytes:
        block = bytes(self._block)
        self._digest.update(block)
        self._block.clear()
        return block

    def end(self) -> bytes:
        rest = self.take()
        last = {
            "t": "e",
            "objects": self.counts["o"],
            "inspectors": self.counts["i"],
            "experts": self.counts["x"],
            "sha256": self._digest.hexdigest(),
        }
        return rest + orjson.dumps(last, option=orjson.OPT_APPEND_NEWLINE)


async def stream_snapshot(request: SnapshotRequest, process: Process, principal: Principal) -> AsyncIterator[bytes]:
    """Blocks of the snapshot. The library must be known to exist: see `library_known`."""
    lines = _Lines()
    async with SnapshotUnitOfWork(process.database, principal, process.files) as uow:
        library = await uow.libraries.find(request.library_id, request.library_version)
        if library is None:
            raise LibraryUnknown(library_id=request.library_id, version=request.library_version)
        lines.add(await _header(request, uow))
        async for line in _objects(library, request.on, uow):
            lines.add(line)
            if lines.is_full:
                yield lines.take()
        for row in await uow.snapshots.inspectors(request.departments, request.on):
            lines.add(_inspector(row))
        for row in await uow.snapshots.experts() if request.with_experts else ():
            lines.add(_expert(row))
    yield lines.end()


async def _header(request: SnapshotRequest, uow: SnapshotUnitOfWork) -> dict[str, Any]:
    return {
        "t": "h",
        "district": uow.district,
        "library_id": request.library_id,
        "library_version": request.library_version,
        "departments": list(request.departments),
        "on": request.on,
        "last_change_set_id": await uow.change_sets.last(),
        "taken_at": uow.now,
    }


async def _objects(library: Library, on: date, uow: SnapshotUnitOfWork) -> AsyncIterator[dict[str, Any]]:
    async for row in uow.snapshots.objects(library.conditions, on):
        yield {
            "t": "o",
            "entity_id": row.id,
            "name": row.name,
            "uscc": row.uscc,
            "region": row.region_code,
            "industry": row.industry_code,
            "class": row.credit_class,
            "excluded": exclusion_ground(row.status),
        }


def _inspector(row: Any) -> dict[str, Any]:
    return {
        "t": "i",
        "inspector_id": row.id,
        "name": row.name,
        "department": row.owner_department,
        "certificate_no": row.certificate_no,
        "valid_until": row.valid_until,
        "regions": row.regions,
        "tags": sorted({*row.fields, *row.expertise}),
        "status": row.status,
        "capacity": row.capacity,
    }


def _expert(row: Any) -> dict[str, Any]:
    return {
        "t": "x",
        "expert_id": row.id,
        "name": row.name,
        "expert_no": row.expert_no,
        "valid_until": row.valid_until,
        "fields": sorted(row.fields),
        "status": row.status,
    }
