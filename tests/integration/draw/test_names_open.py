"""Names open when the term of the task says so, and the record verifies at every moment (M2, I2)."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

from services.draw.domain.lists import list_hash
from services.draw.domain.primitives import SHA256
from shared.events.planning import PlanItem
from shared.events.results import VisitConcludedV1
from shared.runtime.principal import Principal
from shared.values.ids import new_id
from tests.builders.draw import DEPARTMENTS
from tests.integration.draw.conftest import Led, tell
from tests.integration.draw.substituting import GONE, officer_of, replaceable, standing, substituted
from tests.integration.draw.test_ceremony import verified, verified_by_node

Lead = Callable[..., Awaitable[Led]]
AS_VISITED = {"names_open": "as_visited", "names_open_basis": "孟双随机办〔2026〕1号"}


async def concluded(led: Led, *visits: dict[str, Any], by: tuple[str, ...] = DEPARTMENTS) -> None:
    """Results tells that these departments have made these visits."""
    events = [
        VisitConcludedV1(
            aggregate_version=1,
            record_id=new_id(),
            visit_id=visit["visit_id"],
            task_id=visit["task_id"],
            entity_id=visit["entity_id"],
            department=department,
            outcome="done",
            concluded_on=date(2026, 11, 24),
        )
        for visit in visits
        for department in by
    ]
    await tell(led.served, led.district, *events)


async def opened(led: Led) -> dict[str, Any]:
    found: dict[str, Any] = await led.get(Principal("anonymous", led.district), f"/v1/draws/{led.draw_id}/openings")
    return found


def names_in(found: dict[str, Any], kind: str = "object") -> set[str]:
    return {row.split("\t")[3] for row in found["rows"] if row.startswith(kind)}


async def test_no_opening_is_had_before_its_visit_was_made(lead: Lead, tmp_path: Path) -> None:
    """M2: the term stands in the commitment, and the service keeps to it whoever asks."""
    led = await lead(**AS_VISITED)
    await led.led_to_result()
    note = json.loads((await led.record())["commitment"])["note"]
    assert "各部门完成该户检查后逐户公开，检查时段届满后全部公开（孟双随机办〔2026〕1号）" in note
    early = await led.act(led.committer, "disclosure", {"with_inspectors": True}, None)
    assert (early.status_code, early.json()["code"]) == (409, "draw.names_not_open_yet")
    visit, half, *rest = await standing(led)
    await concluded(led, half, by=DEPARTMENTS[:2])
    assert (await led.act(led.committer, "disclosure", {}, None)).json()["code"] == "draw.names_not_open_yet"
    assert await opened(led) == {"draw_id": str(led.draw_id), "is_complete": False, "openings_hash": None, "rows": []}
    await concluded(led, visit)
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    found = await opened(led)
    assert names_in(found) == {visit["entity_id"]}
    assert names_in(found, "inspector") == {seat["inspector_id"] for seat in visit["seats"]}
    record = await led.record()
    assert set(record["public"]) == {"strata", "roster"}
    secret = json.dumps([record, found], ensure_ascii=False)
    assert not any(other["entity_id"] in secret for other in (half, *rest))
    assert verified(record, tmp_path, "--at-result") == "OK record.json"
    disclosed = json.loads(record["log"][-1])
    rows = found["rows"]
    assert disclosed["openings_hash"] == found["openings_hash"] == list_hash(SHA256, rows).hex()


async def test_when_the_last_visit_was_made_everything_can_be_verified(lead: Lead, tmp_path: Path) -> None:
    """M2: afterwards every commitment opens; a firm given up waits for nobody, its substitute for its own visit."""
    led = await lead(**AS_VISITED)
    await led.led_to_result()
    gone, visit = (await replaceable(led))[:2]
    await concluded(led, visit)
    await led.act(led.committer, "disclosure", {})
    done = await substituted(led, gone, officer_of(led, gone), GONE)
    assert names_in(await opened(led)) == {visit["entity_id"], gone["entity_id"]}
    came = next(one for one in await standing(led) if one["visit_id"] == done["substitute_visit_id"])
    await concluded(led, *(one for one in await standing(led) if one != came))
    await led.act(led.committer, "disclosure", {})
    assert came["entity_id"] not in names_in(await opened(led))
    assert "openings" not in (await led.record())["public"]
    await concluded(led, came)
    await led.act(led.committer, "disclosure", {"with_inspectors": True})
    assert (await opened(led))["is_complete"] is True
    record = await led.record()
    assert verified(record, tmp_path) == "OK record.json"
    assert verified_by_node(record, tmp_path) == "OK record.json"
    forged = record["public"]["openings"]
    forged[-1] = forged[-1].replace("餐饮", "歺饮")
    assert verified(record, tmp_path).startswith("OPENING")


async def test_key_items_are_inspected_in_batches_of_random_order(lead: Lead, tmp_path: Path) -> None:
    """I2: batches in the commitment, each visit knows its own; the yearly cap (N7) knows no exception by level."""
    item = PlanItem(item_id=new_id(), department="scjg", code="A01", name="食品生产许可", level="key", list_version=1)
    led = await lead(items=[item], batches=4, names_open="at_result")
    await led.led_to_result()
    await led.act(led.committer, "disclosure", {})
    record = await led.record()
    body = json.loads(record["commitment"])
    assert body["scopes"][0]["batches"] == 4
    assert "含重点检查事项；抽中对象按随机次序分 4 批检查" in body["note"]
    visits = await standing(led)
    assert {visit["batch"] for visit in visits} == {1, 2, 3, 4}
    assert verified(record, tmp_path) == "OK record.json"
