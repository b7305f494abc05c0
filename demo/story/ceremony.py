"""The parts of a ceremony that every draw of the story shares, and several ceremonies held side by side (D1, D2)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from demo.story.accounts import OFFICE, WITNESSES, department_admin
from demo.story.stage import Stage, StoryFailed
from verifier.verify import SUITES

ROOT = "/api/draw/v1"
SUITE = "SHA-256"
BEACON = "演示随机源"
REVEAL_SECONDS, BEACON_SECONDS = 6, 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw as its public record has it. `lines`: objects drawn, counted in the record's result; `objects`: their
    ids, as the visits made of them have it."""

    draw_id: str
    task_id: str
    lines: int
    objects: frozenset[str]


def pool_body(task_id: str) -> dict[str, Any]:
    return {
        "task_id": task_id,
        "parties": [{"id": key, "name": name, "is_outside": True} for key, name in WITNESSES.items()],
        "min_shares": 2,
        "reveal_seconds": REVEAL_SECONDS,
        "beacons": [
            {
                "id": BEACON,
                "ref": "演示用公共随机源（不是真实开奖），第1期",
                "pattern": "[0-9]{20}",
                "after_seconds": BEACON_SECONDS,
            }
        ],
        "suite": SUITE,
    }


def share_of(stage: Stage, party: str) -> bytes:
    """A party's secret; a real one takes it from its own dice. The demo's come from the seed, so seeds differ."""
    return hashlib.sha256(f"{stage.district.seed}/{party}".encode()).digest()


def commit_of(draw_id: str, party: str, share: bytes) -> str:
    """Computed with the public verifier, as a party would."""
    commit: bytes = SUITES[SUITE].t("ssj1/share", draw_id, party, share)
    return commit.hex()


def beacon_body(stage: Stage) -> dict[str, Any]:
    digits = int.from_bytes(hashlib.sha256(f"beacon/{stage.district.seed}".encode()).digest(), "big")
    value = {"id": BEACON, "value": f"{digits % 10**20:020d}", "provenance": "演示数据，由种子产生"}
    return {"values": [value]}


async def task_heard(stage: Stage, admin: str, task_id: str) -> None:
    async def heard() -> bool:
        found = await stage.read(admin, f"{ROOT}/tasks", page_size=200)
        return any(task["task_id"] == task_id for task in found["items"])

    await stage.until("抽取服务收到任务", heard)


async def reveal_beacon(stage: Stage, path: str) -> Any:
    """None while the beacon's time has not come."""
    http = await stage.sign_in(OFFICE)
    answer = await http.post(f"{path}/beacon", json=beacon_body(stage), headers=stage.key())
    return answer.json() if answer.is_success else None


async def draw_together(stage: Stage, tasks: Sequence[tuple[str, str]]) -> list[Drawn]:
    """One ceremony for each (department, task), side by side, from frozen pool to published result."""
    return list(await asyncio.gather(*(_draw(stage, department, task_id) for department, task_id in tasks)))


def hold(stage: Stage, name: str, department: str, task_id: str) -> None:
    """Starts a ceremony that goes on beside the steps to come."""
    stage.facts[f"ceremony.{name}"] = asyncio.create_task(_draw(stage, department, task_id))


async def held(stage: Stage, name: str) -> Drawn:
    """Waits for its end; what went wrong in it belongs to the step that asks."""
    ceremony: asyncio.Task[Drawn] = stage.facts[f"ceremony.{name}"]
    try:
        return await ceremony
    except StoryFailed as failed:
        raise AssertionError(failed.detail) from failed


async def _draw(stage: Stage, department: str, task_id: str) -> Drawn:
    admin = department_admin(department)
    await task_heard(stage, admin, task_id)
    frozen = await stage.act(admin, f"{ROOT}/pools", pool_body(task_id), status=201)
    draw_id = frozen["draw_id"]
    path = f"{ROOT}/draws/{draw_id}"
    shares = {party: share_of(stage, party) for party in WITNESSES}
    for party, share in shares.items():
        body = {"party": party, "commit": commit_of(draw_id, party, share)}
        await stage.act(f"witness.{party}", f"{path}/party-commits", body)
    await stage.act(OFFICE, f"{path}/commitment")
    for party, share in shares.items():
        await stage.act(f"witness.{party}", f"{path}/shares", {"party": party, "value": share.hex()})
    await stage.act(OFFICE, f"{path}/share-closure")
    await asyncio.sleep(REVEAL_SECONDS + BEACON_SECONDS)
    await stage.until("揭示公共随机源", lambda: reveal_beacon(stage, path))
    result = await stage.act(OFFICE, f"{path}/result")
    stage.equal(result["stage"], "PUBLISHED", "抽取的阶段")
    return await _drawn(stage, draw_id, task_id)


async def _drawn(stage: Stage, draw_id: str, task_id: str) -> Drawn:
    record = await stage.read(OFFICE, f"{ROOT}/draws/{draw_id}/record")
    text: str = record["expected"]["result_text"]
    visits = await stage.read(OFFICE, f"{ROOT}/visits", task=task_id, page_size=200)
    lines = sum(line.startswith("D\t") for line in text.splitlines())
    return Drawn(draw_id, task_id, lines, frozenset(visit["entity_id"] for visit in visits["items"]))
