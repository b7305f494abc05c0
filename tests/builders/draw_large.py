"""A registry as large as a district or a prefecture, whose rows are written while they are read."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from services.draw.adapters.registry_client import WantedSnapshot
from services.draw.adapters.snapshot import SnapshotReader
from shared.runtime.principal import Principal
from tests.builders.dice import Dice
from tests.builders.draw import CLASSES, DEPARTMENTS, TOWNS, an_inspector_row

BLOCK = 64 * 1024


@dataclass
class LargeRegistry:
    """`size` objects with ids in order; nothing of them is kept."""

    size: int
    officers: int = 60
    asked: list[WantedSnapshot] = field(default_factory=list)

    @asynccontextmanager
    async def snapshot(self, wanted: WantedSnapshot, act_for: Principal) -> AsyncIterator[SnapshotReader]:
        self.asked.append(wanted)
        yield SnapshotReader(self._blocks(wanted))

    async def _blocks(self, wanted: WantedSnapshot) -> AsyncIterator[bytes]:
        digest, block = hashlib.sha256(), bytearray()
        for line in self._lines(wanted):
            block += orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
            if len(block) >= BLOCK:
                digest.update(block)
                yield bytes(block)
                block.clear()
        digest.update(block)
        last = {"t": "e", "objects": self.size, "inspectors": self._people(wanted), "sha256": digest.hexdigest()}
        yield bytes(block) + orjson.dumps(last, option=orjson.OPT_APPEND_NEWLINE)

    def _people(self, wanted: WantedSnapshot) -> int:
        return self.officers * len([name for name in DEPARTMENTS if name in wanted.departments])

    def _lines(self, wanted: WantedSnapshot) -> Iterator[dict[str, Any]]:
        yield {"t": "h", "last_change_set_id": "0" * 32, "on": "2026-11-24"}
        for n in range(self.size):
            yield {
                "t": "o",
                "entity_id": f"019a0000-0000-7000-8000-{n:012x}",
                "name": f"孟津宏远{n}餐饮有限公司",
                "uscc": f"91410308MA{n:08d}",
                "region": TOWNS[n % len(TOWNS)],
                "class": CLASSES[n % len(CLASSES)],
                "excluded": "status_revoked" if n % 50 == 49 else None,
            }
        dice = Dice("large registry")
        for department in DEPARTMENTS:
            if department in wanted.departments:
                yield from ({"t": "i", **an_inspector_row(dice, department, n)} for n in range(self.officers))
