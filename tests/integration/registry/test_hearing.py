"""What registry hears: classes of credit, visits of results; copies with history and one change set a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registry.messaging.handlers import on_class_changed, on_result_changed
from shared.events.credit import ClassChange, ClassChangedV1
from shared.events.envelope import Event, Heard
from shared.events.results import PublishedResult, ResultCorrectedV1, ResultPublishedV1, ResultWithdrawnV1
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.registry import ENTITY_HEADER, District, a_file, a_uscc, entity_line

AT = datetime(2026, 11, 24, tzinfo=UTC)


def heard(district: District, *events: Event) -> Sequence[Heard[Any]]:
    return [Heard(event, new_id(), "x", seq, district.name, AT) for seq, event in enumerate(events, start=1)]


async def apply(district: District, handler: Any, *events: Event) -> None:
    async with district.registry.work(the_service("registry", district.name)) as work:
        await handler(heard(district, *events), work)
        await work.commit()


async def told(district: District) -> list[dict[str, Any]]:
    async with district.registry.work(district.office) as work:
        rows = await work.connection.execute(
            text(
                "SELECT payload::jsonb AS body FROM outboxes WHERE district = :district"
                " AND payload::jsonb ->> 'origin' = 'event' ORDER BY id"
            ),
            {"district": district.name},
        )
        return [row.body for row in rows]


@pytest.fixture
async def ids(mengjin: District) -> list[UUID]:
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1), entity_line(2), entity_line(3)))
    return [UUID(row["id"]) for row in (await mengjin.get("/v1/entities"))["items"]]


def moved(*changes: tuple[UUID, str, str]) -> ClassChangedV1:
    parts = [ClassChange(entity_id=entity_id, before=before, after=after) for entity_id, before, after in changes]
    return ClassChangedV1(
        aggregate_version=1, change_set_id=new_id(), changes=parts, indicator_version=1, changed_at=AT
    )


async def test_classes_are_copied_in_one_change_set_and_an_object_moves_once(
    mengjin: District, ids: list[UUID]
) -> None:
    """K1, L7: the copy has a history of origin event, and one event tells the batch."""
    first, second, third = ids
    await apply(
        mengjin,
        on_class_changed,
        moved((first, "U", "B"), (second, "U", "C"), (third, "U", "U")),
        moved((first, "B", "D"), (new_id(), "U", "A")),
    )
    shown = {row["id"]: (row["credit_class"], row["version"]) for row in (await mengjin.get("/v1/entities"))["items"]}
    assert shown == {str(first): ("D", 2), str(second): ("C", 2), str(third): ("U", 1)}
    (event,) = await told(mengjin)
    assert (event["kind"], event["row_count"], event["origin"]) == ("entities", 2, "event")
    history = (await mengjin.get(f"/v1/entities/{first}/history"))["items"]
    assert (history[0]["origin"], history[0]["actor"], history[0]["changed"]) == (
        "event",
        "service:registry",
        ["credit_class"],
    )


async def test_a_class_that_did_not_move_is_not_told(mengjin: District, ids: list[UUID]) -> None:
    await apply(mengjin, on_class_changed, moved((ids[0], "U", "B")))
    await apply(mengjin, on_class_changed, moved((ids[0], "U", "B")))
    assert len(await told(mengjin)) == 1


def a_result(entity_id: UUID, day: date, result_id: UUID, version: int = 1) -> PublishedResult:
    return PublishedResult(
        result_id=result_id,
        version=version,
        entity_id=entity_id,
        entity_name="孟津示例1有限公司",
        uscc=a_uscc(1),
        department="SCJG",
        task_id=new_id(),
        task_no="1",
        plan_id=new_id(),
        visit_id=new_id(),
        concluded_on=day,
        due_on=day,
        outcome_codes=["1"],
        findings=[],
        published_at=AT,
    )


def published(result: PublishedResult) -> ResultPublishedV1:
    return ResultPublishedV1(aggregate_version=result.version, result_id=result.result_id, result=result)


async def last_visit(district: District, entity_id: UUID) -> str | None:
    found: str | None = (await district.get(f"/v1/entities/{entity_id}"))["last_visit_on"]
    return found


async def test_the_last_visit_follows_results_that_stand(mengjin: District, ids: list[UUID]) -> None:
    """Published moves it forward, a correction may move it back, a withdrawal lets the one before it count again."""
    entity_id, one, other = ids[0], new_id(), new_id()
    await apply(
        mengjin,
        on_result_changed,
        published(a_result(entity_id, date(2026, 3, 1), one)),
        published(a_result(entity_id, date(2026, 5, 1), other)),
    )
    assert await last_visit(mengjin, entity_id) == "2026-05-01"
    corrected = ResultCorrectedV1(
        aggregate_version=2,
        result_id=other,
        supersedes_version=1,
        reason="日期有误",
        result=a_result(entity_id, date(2026, 4, 1), other, 2),
    )
    await apply(mengjin, on_result_changed, corrected)
    assert await last_visit(mengjin, entity_id) == "2026-04-01"
    withdrawn = ResultWithdrawnV1(
        aggregate_version=3, result_id=other, version=2, entity_id=entity_id, reason="错误", withdrawn_at=AT
    )
    await apply(mengjin, on_result_changed, withdrawn)
    assert await last_visit(mengjin, entity_id) == "2026-03-01"
    assert [event["row_count"] for event in await told(mengjin)] == [1, 1, 1]
