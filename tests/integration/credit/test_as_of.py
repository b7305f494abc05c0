"""Any past day, as known at its end, byte for byte: B7, R6."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from shared.events.envelope import Event
from shared.events.results import ResultCorrectedV1, ResultPublishedV1
from tests.builders.credit import (
    INSPECTED_ON,
    LISTED,
    a_finding,
    a_result,
    corrected,
    published,
    withdrawn,
)
from tests.builders.people import an_inspector
from tests.integration.credit.conftest import CreditDistrict


@pytest.fixture
async def clock(here: CreditDistrict) -> AsyncIterator[Any]:
    """Moves the demo clock of credit's database by days, for this test."""
    owner = await asyncpg.connect(here.credit.platform.database_url("credit", "owner"))

    async def move(days: int) -> None:
        await owner.execute("DELETE FROM demo_clocks")
        await owner.execute("INSERT INTO demo_clocks (moved_by) VALUES ($1)", timedelta(days=days))

    yield move
    await owner.execute("DELETE FROM demo_clocks")
    await owner.close()


async def record_of(here: CreditDistrict, **query: Any) -> bytes:
    path = f"/v1/entities/{here.entities[0].entity_id}/credit-record"
    answer = await here.get(an_inspector(district=here.district), path, **query)
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


async def now(here: CreditDistrict) -> Any:
    async with here.work() as work:
        return work.now


async def test_each_past_day_is_shown_as_it_was_shown_then_byte_for_byte(here: CreditDistrict, clock: Any) -> None:
    """Published, corrected and listed, renamed, withdrawn, on days of their own."""
    firm = here.entities[0]
    result = a_result(firm, outcome_codes=["B"], findings=[a_finding("B", 3)])
    again = a_result(firm, result_id=result.result_id, version=2, outcome_codes=["6"], listing=LISTED)
    shown: dict[str, bytes] = {}
    later = published(a_result(firm))
    acts: list[list[Event]] = [[published(result)], [corrected(again)], [], [withdrawn(again)], [later]]
    for day, act in enumerate(acts, start=1):
        await clock(day)
        for event in act:
            at = await now(here)
            if isinstance(event, ResultPublishedV1 | ResultCorrectedV1):
                told = event.result.model_copy(update={"published_at": at})
                event = event.model_copy(update={"result": told})
            else:
                event = event.model_copy(update={"withdrawn_at": at})
            await here.hear(event)
        if day == 3:
            async with here.work() as work:
                await work.replicas.put([replace(firm, name="更名后的商贸有限公司")], work.now)
                await work.commit()
        at = await now(here)
        shown[at.astimezone().date().isoformat() if False else str(await today(here))] = await record_of(here)
    await clock(9)
    for date_shown, content in shown.items():
        assert await record_of(here, on=date_shown) == content, date_shown
    classes = [content.decode().split('"credit_class":"')[1][0] for content in shown.values()]
    assert classes == ["B", "B", "B", "U", "A"]


async def today(here: CreditDistrict) -> Any:
    async with here.work() as work:
        return work.today


async def test_as_known_then_and_as_known_now_are_two_questions(here: CreditDistrict) -> None:
    """A withdrawn result was there as known then, and never was as known now."""
    result = a_result(here.entities[0], outcome_codes=["8"])
    await here.hear(published(result))
    then = await now(here)
    before = await record_of(here, known_at=then.isoformat())
    await here.hear(withdrawn(result))
    assert b'"credit_class":"B"' in before
    assert await record_of(here, known_at=then.isoformat()) == before
    assert b'"credit_class":"U"' in await record_of(here, known_at=(await now(here)).isoformat())
    assert b'"credit_class":"U"' in await record_of(here)


async def test_what_happened_later_is_left_out_of_an_earlier_day(here: CreditDistrict) -> None:
    early = a_result(here.entities[0], outcome_codes=["B"], findings=[a_finding("B", 5)])
    await here.hear(published(early))
    known = (await now(here)).isoformat()
    day_before = str(INSPECTED_ON - timedelta(days=1))
    assert b'"credit_class":"U"' in await record_of(here, on=day_before, known_at=known)
    assert b'"credit_class":"C"' in await record_of(here, on=str(INSPECTED_ON), known_at=known)


async def test_the_future_cannot_be_asked(here: CreditDistrict) -> None:
    path = f"/v1/entities/{here.entities[0].entity_id}/credit-record"
    for query in ({"on": "2999-01-01"}, {"known_at": "2999-01-01T00:00:00+08:00"}):
        answer = await here.get(an_inspector(district=here.district), path, **query)
        assert (answer.status_code, answer.json()["code"]) == (422, "credit.day_not_over")
