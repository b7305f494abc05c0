"""The replica follows registry's change sets; nothing else registry does is credit's matter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.credit.adapters.registry import entity_row
from services.credit.domain.entities import EntityRow
from services.credit.messaging.handlers import on_change_recorded
from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.events.registry import ChangeRecordedV1
from shared.values.ids import new_id
from tests.builders.credit import a_result, a_uscc, an_entity, heard, published
from tests.builders.people import the_joint_office, the_service
from tests.integration.credit.conftest import CreditDistrict


class StubChangeSets:
    """Registry's rows by change set, in pages; asked for anything else it fails the test."""

    def __init__(self, **pages: Sequence[Sequence[EntityRow]]) -> None:
        self._pages = {UUID(key): value for key, value in pages.items()}

    async def entity_rows(self, change_set_id: UUID) -> AsyncIterator[Sequence[EntityRow]]:
        for page in self._pages[change_set_id]:
            yield page


def recorded(change_set_id: UUID, kind: str = "entities", origin: str = "import") -> ChangeRecordedV1:
    return ChangeRecordedV1(aggregate_version=1, change_set_id=change_set_id, kind=kind, row_count=1, origin=origin)


async def follow(here: CreditDistrict, change_sets: StubChangeSets, *events: ChangeRecordedV1) -> None:
    work = CreditUnitOfWork(here.credit.process.database, the_service("credit", here.district), change_sets)
    async with work:
        told: Any = heard(*events, district=here.district, producer="registry")
        await on_change_recorded(told, work)
        await work.commit()


async def name_of(here: CreditDistrict, uscc: str | None) -> Any:
    answer = await here.get(the_joint_office(here.district), f"/v1/entities/{uscc}/credit-record")
    return answer.json()["entity"]["name"] if answer.status_code == 200 else answer.status_code


async def test_pages_of_change_sets_are_applied_in_order(here: CreditDistrict) -> None:
    first, second, corrected_code = an_entity(501), an_entity(502), an_entity(503)
    one, two = new_id(), new_id()
    later = replace(first, name="孟津区更名商贸有限公司", uscc=corrected_code.uscc)
    stub = StubChangeSets(**{str(one): [[first], [second]], str(two): [[later]]})
    await follow(here, stub, recorded(one), recorded(two, origin="edit"))
    assert await name_of(here, second.uscc) == second.name
    assert await name_of(here, corrected_code.uscc) == "孟津区更名商贸有限公司"
    assert await name_of(here, first.uscc) == 404


async def test_other_kinds_and_what_registry_copied_from_us_are_not_pulled(here: CreditDistrict) -> None:
    await follow(here, StubChangeSets(), recorded(new_id(), kind="inspectors"), recorded(new_id(), origin="event"))


async def test_an_entity_a_result_told_of_first_is_known_and_registry_has_the_last_word(here: CreditDistrict) -> None:
    early = an_entity(601)
    await here.hear(published(a_result(early)))
    assert await name_of(here, early.uscc) == early.name
    change_set = new_id()
    renamed = replace(early, name="孟津区正式名称有限公司")
    await follow(here, StubChangeSets(**{str(change_set): [[renamed]]}), recorded(change_set))
    await here.hear(published(a_result(early)))
    assert await name_of(here, early.uscc) == "孟津区正式名称有限公司"


def test_members_registry_adds_later_are_ignored_and_absent_ones_are_none() -> None:
    row = entity_row({"entity_id": str(UUID(int=1)), "name": "甲", "region": "410308100", "version": 3, "new": True})
    assert row == EntityRow(UUID(int=1), None, None, "甲", None, None, "410308100", None)


@pytest.mark.parametrize("code", [a_uscc(7)])
def test_a_rows_industry_and_code_are_taken_as_registry_has_them(code: str) -> None:
    row = entity_row({"entity_id": str(UUID(int=1)), "name": "甲", "uscc": code, "industry_code": "1310"})
    assert (row.uscc, row.industry) == (code, "1310")
