"""The portal's desk at results: a firm's words by its code, and who may not handle a ticket (B6, B23)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import httpx2
import pytest

from services.disclosure.adapters.results_desk import ResultsDesk, StatementRefused
from shared.runtime.peers import Peer
from shared.runtime.tokens import load_private_key
from shared.values.errors import NotFound
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.results import a_record_body
from tests.integration.results.conftest import Inspection
from tests.integration.results.test_statements import SAID, a_code


@pytest.fixture
async def desk(inspection: Inspection) -> AsyncIterator[ResultsDesk]:
    """Disclosure's own client and key, over the application in this process."""
    served = inspection.results
    key = load_private_key(served.platform.data.private_key("disclosure"))
    peer = Peer("results", "http://service", "disclosure", inspection.district, key)
    await peer.close()
    peer._client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=served.app, raise_app_exceptions=False), base_url="http://service"
    )
    yield ResultsDesk(peer)
    await peer.close()


async def test_a_firm_states_by_its_code_once_for_a_form(inspection: Inspection, desk: ResultsDesk) -> None:
    path = await inspection.published(a_record_body(inspection.team, "B"))
    code, result_id = await a_code(inspection), UUID(path.rpartition("/")[2])
    first = await desk.state(code, result_id, SAID, "form")
    assert await desk.state(code, result_id, SAID, "form") == first
    assert await desk.statements(code) == [first]
    assert (first.state, first.state_name) == ("submitted", "待审核")
    with pytest.raises((NotFound, StatementRefused)):
        await desk.state("AAAAA-AAAAA-AAAAA-AAAAA", result_id, SAID, "form")
    for number in range(2):
        await desk.state(code, result_id, SAID, f"form {number}")
    with pytest.raises(StatementRefused, match="等待审核"):
        await desk.state(code, result_id, SAID, "one too many")


async def test_who_inspected_or_reviewed_had_part_and_nobody_else(inspection: Inspection, desk: ResultsDesk) -> None:
    path = await inspection.published(a_record_body(inspection.team, "B"))
    result_id = UUID(path.rpartition("/")[2])
    officer = inspection.officer()
    assert await desk.took_part(result_id, "officer:stranger", officer.inspector_id)
    async with inspection.results.work(the_service("results", inspection.district)) as work:
        record = await work.records.find(result_id)
    assert record.reviewed_by.startswith("officer:")
    assert await desk.took_part(result_id, record.reviewed_by, None)
    assert not await desk.took_part(result_id, "officer:stranger", new_id())
    assert not await desk.took_part(result_id, "officer:stranger", None)
    assert not await desk.took_part(new_id(), officer.subject, officer.inspector_id)
