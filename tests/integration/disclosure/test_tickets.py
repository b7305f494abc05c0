"""Readers say that something is wrong, and a firm answers a result: through commit, over the pages (B6, B23)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest

from services.disclosure.adapters.results_desk import StatementRefused
from services.disclosure.domain.statements import Statement, StatementStatus
from services.disclosure.main import open_units
from services.disclosure.messaging.statements import on_statement_published
from services.disclosure.usecases.keep_statements import statements_of_result
from shared.events.envelope import Heard
from shared.events.results import StatementPublishedV1
from shared.runtime.principal import Principal, service_principal
from shared.runtime.service import Process, UnitOfWorkFactory
from shared.values.errors import NotFound
from shared.values.ids import new_id
from tests.support.served import Served

RESULT = UUID("0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90")
CODE = "7KQ2M-X9BDR-4TNPC-8VWHA"


@dataclass
class StubDesk:
    """Results as far as readers meet it."""

    parts: set[str] = field(default_factory=set)
    made: dict[str, StatementStatus] = field(default_factory=dict)

    async def state(self, code: str, result_id: UUID, text: str, form_key: str) -> StatementStatus:
        if code != CODE:
            raise NotFound
        if "拒" in text:
            raise StatementRefused(detail="检查结果还没有公示或已经撤回，不能陈述申辩")
        status = StatementStatus(str(new_id()), str(result_id), "submitted", "", datetime(2026, 11, 24, tzinfo=UTC))
        return self.made.setdefault(form_key, status)

    async def statements(self, code: str) -> list[StatementStatus]:
        if code != CODE:
            raise NotFound
        return list(self.made.values())

    async def took_part(self, result_id: UUID, subject: str, inspector_id: UUID | None) -> bool:
        return subject in self.parts


DESK = StubDesk()


def with_desk(process: Process) -> UnitOfWorkFactory:
    real = open_units(process)

    def open_unit(principal: Principal) -> Any:
        unit = real(principal)
        unit.around = replace(unit.around, desk=DESK)
        return unit

    return open_unit


@dataclass
class Site:
    served: Served
    district: str

    def work(self) -> Any:
        return self.served.work(service_principal("disclosure", self.district))

    def officer(self, name: str, role: str = "reviewer", department: str = "SCJG") -> httpx2.AsyncClient:
        who = Principal(f"officer:{name}", self.district, department, frozenset({role}))
        return self.served.client(who)

    async def request(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.served.app, raise_app_exceptions=False)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        body = None if form is None else urlencode(form).encode()
        async with httpx2.AsyncClient(transport=transport, base_url="http://portal") as client:
            return await client.request(method, path, content=body, headers=headers)

    async def form_key(self, path: str) -> str:
        page = (await self.request("GET", path)).text
        found = re.search(r'name="form_key" value="([^"]+)"', page)
        assert found, page
        return found[1]

    async def open(self, words: str, kind: str = "page", id: str = "") -> tuple[str, str]:
        key = await self.form_key(f"/tickets/new?kind={kind}&id={id}")
        answer = await self.request("POST", "/tickets", {"kind": kind, "id": id, "words": words, "form_key": key})
        assert answer.status_code == 200, answer.text
        return told(answer.text)

    async def status(self, number: str, code: str) -> str:
        return (await self.request("POST", "/tickets/status", {"number": number, "code": code})).text


def told(page: str) -> tuple[str, str]:
    number, code = re.findall(r"<dd><code>([^<]+)</code></dd>", page)[:2]
    return number, code


@pytest.fixture
async def site(served: Callable[..., Awaitable[Served]], district: str) -> Site:
    running = await served("disclosure", extend=with_desk)
    running.process.settings.district = district
    return Site(running, district)


async def only_ticket(client: httpx2.AsyncClient) -> dict[str, Any]:
    [ticket] = (await client.get("/v1/tickets")).json()["items"]
    found: dict[str, Any] = ticket
    return found


async def test_a_ticket_goes_from_the_page_to_an_answer_that_another_has_read(site: Site) -> None:
    number, code = await site.open("首页的数字有误")
    assert "核查中" in await site.status(number, code)
    async with site.officer("a", "joint_office", "") as first, site.officer("b", "joint_office", "") as second:
        ticket = await only_ticket(first)
        path = f"/v1/tickets/{ticket['ticket_id']}"
        answer = {"outcome": "corrected", "answer": "数字已更正，电话13812345678"}
        assert (await first.post(f"{path}/answers", json=answer)).status_code == 200
        assert "数字已更正" not in await site.status(number, code), "nobody has read it yet"
        own = await first.post(f"{path}/moderation", json={"is_fit": True, "is_shown": True})
        assert (own.status_code, own.json()["code"]) == (403, "disclosure.second_reader_needed")
        assert (await second.post(f"{path}/moderation", json={"is_fit": True, "is_shown": True})).status_code == 200
    closed = await site.status(number, code)
    assert "已办结" in closed
    assert "数字已更正" in closed
    assert "13812345678" not in closed


async def test_a_wrong_code_and_a_wrong_number_are_told_the_same(site: Site) -> None:
    number, code = await site.open("有误")
    for wrong in (await site.status(number, "AAAA"), await site.status("1", code)):
        assert "没有这个纠错工单，或查询码不对" in wrong
        assert "核查中" not in wrong


async def test_a_form_sent_twice_opens_one_ticket(site: Site) -> None:
    key = await site.form_key("/tickets/new")
    form = {"kind": "page", "id": "", "words": "有误", "form_key": key}
    first, second = [told((await site.request("POST", "/tickets", form)).text) for _ in range(2)]
    assert first == second
    async with site.officer("a", "joint_office", "") as client:
        await only_ticket(client)


async def test_what_a_reader_wrote_lies_sealed_in_the_database(site: Site) -> None:
    """No personal data unsealed: the words may hold some."""
    await site.open("张三丰的结论写错了")
    async with site.work() as work:
        rows = await work.driver.fetch("SELECT t::text AS row FROM tickets t WHERE district = $1", site.district)
        assert len(rows) == 1
        assert "张三丰" not in rows[0]["row"]
        assert "张三丰".encode().hex() not in rows[0]["row"]


async def test_a_department_sees_its_own_tickets_and_who_had_part_does_not_handle_them(site: Site) -> None:
    async with site.work() as work:
        await work.driver.execute(
            "INSERT INTO results (district, result_id, version, state, department, digest, changed_at)"
            " VALUES ($1, $2, 1, 'published', 'SCJG', '', now())",
            site.district,
            RESULT,
        )
        await work.commit()
    await site.open("结论日期有误", "result", str(RESULT))
    DESK.parts = {"officer:recorder"}
    async with site.officer("other", department="YJJ") as stranger:
        assert (await stranger.get("/v1/tickets")).json()["items"] == []
    async with site.officer("recorder") as recorder, site.officer("outsider") as outsider:
        ticket = await only_ticket(recorder)
        path, body = f"/v1/tickets/{ticket['ticket_id']}/answers", {"outcome": "corrected", "answer": "已更正"}
        refused = await recorder.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "disclosure.recorder_may_not_handle")
        assert (await outsider.post(path, json=body)).status_code == 200


async def test_a_ticket_about_nothing_or_without_words_is_refused_on_the_page(site: Site) -> None:
    key = await site.form_key("/tickets/new?kind=draw")
    gone = await site.request(
        "POST", "/tickets", {"kind": "draw", "id": str(new_id()), "words": "有误", "form_key": key}
    )
    assert gone.status_code == 404
    empty = await site.request("POST", "/tickets", {"kind": "page", "id": "", "words": " ", "form_key": key})
    assert "请写明哪里有误" in empty.text
    assert (await site.request("POST", "/tickets", {"words": "有误"})).status_code == 422


async def test_a_firm_states_with_its_code_and_reads_how_it_stands(site: Site) -> None:
    key = await site.form_key(f"/statements/new?result={RESULT}")
    form = {"result": str(RESULT), "code": CODE, "text": "已于次日整改", "form_key": key}
    done = await site.request("POST", "/statements", form)
    assert "等待审核" in done.text
    assert CODE not in done.text
    status = await site.request("POST", "/statements/status", {"code": CODE})
    assert "待审核" in status.text
    wrong = await site.request("POST", "/statements", form | {"code": "AAAAA"})
    assert "检查码不对" in wrong.text
    assert "已于次日整改" in wrong.text, "what was written is not lost"
    refused = await site.request("POST", "/statements", form | {"text": "拒"})
    assert "不能陈述申辩" in refused.text


async def test_a_moderated_statement_stands_beside_its_result_once(site: Site) -> None:
    event = StatementPublishedV1(
        aggregate_version=2,
        statement_id=new_id(),
        result_id=RESULT,
        result_version=1,
        entity_id=new_id(),
        entity_name="孟津示例食品有限公司",
        text="已整改，联系13812345678",
        published_at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    for _ in range(2):
        async with site.work() as work:
            await on_statement_published([Heard(event, new_id(), "results", 1, site.district, work.now)], work)
            await work.commit()
    [shown] = await statements_of_result(RESULT, site.work())
    assert isinstance(shown, Statement)
    assert shown.text.startswith("已整改")
    assert "13812345678" not in shown.text
