"""A task, a registry and the people of a ceremony, for the tests of the draw service."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from services.draw.adapters.registry_client import WantedSnapshot
from services.draw.adapters.snapshot import SnapshotReader
from services.draw.domain.drawing_plan import Task
from services.draw.domain.fitness import Standing
from services.draw.domain.primitives import SHA256, Suite
from services.draw.domain.seed import share_commit
from services.draw.usecases.keep_tasks import task_of_event
from shared.events.planning import ClassRatio, TaskDepartment, TaskIssuedV1
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.dice import Dice
from tests.builders.people import an_officer

DEPARTMENTS = ("scjg", "yjj", "sthj")
TOWNS = ("410308001", "410308002", "410308005")
WINDOW = (date(2026, 11, 24), date(2026, 12, 31))
CLASSES = "A" * 65 + "B" * 22 + "C" * 8 + "D" * 2 + "U" * 3


def a_task(
    initiator: str = "scjg", departments: Sequence[str | TaskDepartment] = DEPARTMENTS, **changes: Any
) -> TaskIssuedV1:
    task_id = new_id()
    body: dict[str, Any] = {
        "aggregate_version": 1,
        "task_id": task_id,
        "task_no": f"410308{task_id.int % 10**9:09d}",
        "title": "餐饮服务单位联合抽查",
        "plan_id": new_id(),
        "plan_no": "孟双随机〔2026〕1号",
        "plan_version": 1,
        "initiator": initiator,
        "departments": [
            part if isinstance(part, TaskDepartment) else TaskDepartment(department=part, item_ids=[new_id()])
            for part in departments
        ],
        "library_id": new_id(),
        "library_version": 1,
        "ratios": [
            ClassRatio(credit_class=name, ppm=ppm)
            for name, ppm in (("A", 30_000), ("B", 100_000), ("C", 300_000), ("D", 1_000_000))
        ],
        "window_start": WINDOW[0],
        "window_end": WINDOW[1],
        "issued_at": datetime(2026, 11, 24, tzinfo=UTC),
    }
    return TaskIssuedV1(**body | changes)


def a_kept_task(**changes: Any) -> Task:
    """The task as draw keeps it."""
    return task_of_event(a_task(**changes))


@dataclass
class StubRegistry:
    """Answers every question for a snapshot with its own rows, as registry would write them."""

    objects: list[dict[str, Any]] = field(default_factory=list)
    inspectors: list[dict[str, Any]] = field(default_factory=list)
    experts: list[dict[str, Any]] = field(default_factory=list)
    asked: list[WantedSnapshot] = field(default_factory=list)
    tear: int | None = None
    """Bytes missing at the end of the stream."""

    @asynccontextmanager
    async def snapshot(self, wanted: WantedSnapshot, act_for: Principal) -> AsyncIterator[SnapshotReader]:
        self.asked.append(wanted)
        people = [row for row in self.inspectors if row["department"] in wanted.departments]
        content = snapshot_bytes(self.objects, people, self.experts if wanted.with_experts else [])
        yield SnapshotReader(_chunks(content[: -self.tear] if self.tear else content))

    async def standings(self, ids: Collection[UUID], on: date, act_for: Principal) -> dict[UUID, Standing]:
        found = {}
        for row in self.inspectors:
            if (inspector_id := UUID(row["inspector_id"])) in ids:
                expired = "certificate_expired" if date.fromisoformat(row["valid_until"]) < on else None
                ground = expired if row["status"] == "active" else row["status"]
                found[inspector_id] = Standing(row["department"], ground)
        return found


async def _chunks(content: bytes, size: int = 10_007) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def snapshot_bytes(
    objects: list[dict[str, Any]], inspectors: list[dict[str, Any]], experts: Sequence[dict[str, Any]] = ()
) -> bytes:
    header = {"t": "h", "last_change_set_id": str(new_id()), "on": "2026-11-24"}
    lines = [header, *({"t": "o", **row} for row in objects), *({"t": "i", **row} for row in inspectors)]
    lines += [{"t": "x", **row} for row in experts]
    body = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    last = {
        "t": "e",
        "objects": len(objects),
        "inspectors": len(inspectors),
        "experts": len(experts),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return body + orjson.dumps(last, option=orjson.OPT_APPEND_NEWLINE)


def a_registry(objects: int = 400, officers: int = 12, seed: int = 1) -> StubRegistry:
    """Objects spread over classes and towns, some with a ground against a visit; officers of every department."""
    dice = Dice(f"registry {seed}")
    return StubRegistry(
        [an_object(dice, n) for n in range(objects)],
        [an_inspector_row(dice, department, n) for department in DEPARTMENTS for n in range(officers)],
    )


def an_object(dice: Dice, n: int) -> dict[str, Any]:
    return {
        "entity_id": str(new_id()),
        "name": f"孟津宏远{n}餐饮有限公司",
        "uscc": f"91410308MA{n:08d}" if n % 7 else None,
        "region": dice.pick(TOWNS) if n % 11 else "410308",
        "industry": ("6210", "5212", None)[n % 3],
        "class": CLASSES[n % len(CLASSES)],
        "excluded": "revoked" if n % 50 == 49 else None,
    }


def an_inspector_row(dice: Dice, department: str, n: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "inspector_id": str(new_id()),
        "name": f"王{department}{n}",
        "department": department,
        "certificate_no": f"160308{n:05d}{department}",
        "valid_until": "2026-12-01" if n == 0 else "2028-01-01",
        "regions": ["410308"] if n % 3 else ["410308", dice.pick(TOWNS)],
        "tags": ["食品安全"] if n % 2 else [],
        "status": "on_leave" if n == 1 else "active",
    }
    return row | changes


def a_witness(district: str, name: str) -> Principal:
    return an_officer("witness", department="", district=district, name=f"witness-{name}-{new_id()}")


@dataclass
class Party:
    """A party with its secret share, and the account that stands for it."""

    id: str
    account: Principal
    is_outside: bool
    share: bytes

    def commit(self, draw_id: UUID | str, suite: Suite = SHA256) -> str:
        return share_commit(suite, str(draw_id), self.id, self.share).hex()

    def body(self) -> dict[str, Any]:
        return {"id": self.id, "name": f"{self.id}代表", "is_outside": self.is_outside}


def two_parties(district: str) -> list[Party]:
    return [
        Party("公证处", a_witness(district, "notary"), True, b"\x01" * 32),
        Party("区纪检", a_witness(district, "discipline"), False, b"\x02" * 32),
    ]
