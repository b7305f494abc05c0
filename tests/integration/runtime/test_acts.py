"""The door of every act: REL19, REL20's refusals, the audit row, the boundary of districts (SEC3, SEC4)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from tests.builders.people import a_department_admin, the_joint_office
from tests.support.served import Served

Serve = Callable[..., Awaitable[Served]]
BODY = {"code": "SCJG", "name": "孟津区市场监督管理局", "short_name": "区市场监管局"}


@pytest.fixture
async def registry(served: Serve) -> Served:
    return await served("registry")


async def test_an_act_repeated_with_its_key_is_done_once_and_answers_the_same(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        first = await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k1"})
        again = await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k1"})
        listed = await client.get("/v1/departments")
    assert (first.status_code, first.content, first.headers["etag"]) == (201, again.content, again.headers["etag"])
    assert again.status_code == 201
    assert [row["code"] for row in listed.json()["items"]] == ["SCJG"]


async def test_a_key_is_refused_for_another_body(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k1"})
        other = await client.post("/v1/departments", json=BODY | {"code": "SLJ"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert other.json()["code"] == "request.idempotency_key_reused"


async def test_an_act_without_key_is_refused(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        answer = await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": ""})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.idempotency_key_missing")


async def test_of_many_at_once_one_acts_and_the_others_hear_409_or_the_same(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        answers = await asyncio.gather(
            *(client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k1"}) for _ in range(20))
        )
        listed = await client.get("/v1/departments")
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in done}) == 1
    assert len(listed.json()["items"]) == 1


async def test_a_refusal_is_kept_as_the_answer_of_its_key(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        await client.post("/v1/departments", json=BODY)
        first = await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k2"})
        again = await client.post("/v1/departments", json=BODY, headers={"Idempotency-Key": "k2"})
    assert (first.status_code, first.json()["code"]) == (409, "registry.department_code_taken")
    assert (again.status_code, again.json()["code"]) == (409, "registry.department_code_taken")


async def test_an_act_leaves_its_audit_row_and_its_event_in_its_transaction(registry: Served, district: str) -> None:
    office = the_joint_office(district)
    async with registry.client(office) as client:
        await client.post("/v1/departments", json=BODY)
    async with registry.work(office) as work:
        where = {"district": district}
        audit = (await work.connection.execute(text("SELECT * FROM audits WHERE district = :district"), where)).one()
        event = (await work.connection.execute(text("SELECT * FROM outboxes WHERE district = :district"), where)).one()
    assert (audit.actor, audit.action, audit.event_ids) == (office.subject, "register_department", [event.event_id])
    assert audit.command["code"] == "SCJG"
    assert event.type == "registry.change.recorded.v1"


async def test_without_the_role_nothing_happens(registry: Served, district: str) -> None:
    async with registry.client(a_department_admin("SLJ", district)) as client:
        answer = await client.post("/v1/departments", json=BODY)
        listed = await client.get("/v1/departments")
    assert (answer.status_code, answer.json()["code"]) == (403, "request.role_missing")
    assert listed.json()["items"] == []


async def test_another_district_sees_nothing_of_it(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        await client.post("/v1/departments", json=BODY)
    async with registry.client(the_joint_office("elsewhere")) as client:
        assert (await client.get("/v1/departments/SCJG")).status_code == 404


async def test_an_unset_context_shows_no_row(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        await client.post("/v1/departments", json=BODY)
    async with registry.process.database.engine.connect() as connection:
        seen = (await connection.execute(text("SELECT count(*) FROM departments"))).scalar_one()
    assert seen == 0


async def test_a_misspelt_filter_is_an_error_not_everything(registry: Served, district: str) -> None:
    async with registry.client(the_joint_office(district)) as client:
        answer = await client.get("/v1/departments?pagesize=5")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.unknown_parameter")


async def test_without_token_a_route_answers_401_in_chinese(registry: Served) -> None:
    async with registry.client(the_joint_office()) as client:
        client.event_hooks["request"] = []
        answer = await client.get("/v1/departments")
    assert (answer.status_code, answer.json()["code"]) == (401, "request.not_signed_in")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "登录" in answer.json()["detail"]


async def test_an_internal_route_answers_services_only(registry: Served) -> None:
    async with registry.client(the_joint_office()) as client:
        answer = await client.get("/internal/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (403, "request.services_only")
