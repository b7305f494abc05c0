"""Reading the register as it was known at an instant of the past (L7): equal to replaying its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.usecases.follow_credit import follow_classes
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.registry import District, a_uscc

BASE: dict[str, Any] = {
    "kind": "enterprise",
    "name": "孟津示例有限公司",
    "region_code": "410308100",
    "departments": ["SCJG"],
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "class", "mark"]),
        st.integers(min_value=0, max_value=2),
        st.sampled_from(["410308100", "410308102"]),
        st.sampled_from(["A", "B", "C"]),
    ),
    min_size=1,
    max_size=6,
)
KEEP = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LIST = "/v1/entities?page_size=200"


class Register:
    """Three objects, what is done to them, and what the lists said after each step."""

    def __init__(self, district: District) -> None:
        self.district = district
        self.ids: list[str] = []
        self.seen: list[tuple[str, Any, Any]] = []

    async def set_up(self) -> None:
        for number in range(3):
            body = BASE | {"external_no": f"N{new_id()}", "name": f"第{number}号对象"}
            async with self.district.registry.client(self.district.office) as client:
                made = await client.post("/v1/entities", json=body)
            assert made.status_code == 201, made.text
            self.ids.append(made.json()["id"])
            await self.note()

    async def note(self) -> None:
        """Remembers what is to be read now, and until when that is known."""
        async with self.district.registry.work(self.district.office) as work:
            at = work.now.isoformat()
        self.seen.append((at, await self.listed(), await self.listed("&tag=重点企业")))

    async def listed(self, query: str = "") -> Any:
        return (await self.district.get(LIST + query))["items"]

    async def step(self, what: str, place: int, town: str, credit_class: str) -> None:
        entity_id = self.ids[place]
        if what == "class":
            async with self.district.registry.work(the_service("registry", self.district.name)) as work:
                await follow_classes({UUID(entity_id): credit_class}, work)
                await work.commit()
        elif what == "mark":
            body = {"kind": "tag", "name": "重点企业", "valid_from": "2020-01-01"}
            async with self.district.registry.client(self.district.admin("SCJG")) as client:
                await client.post(f"/v1/entities/{entity_id}/marks", json=body)
        else:
            now = await self.district.get(f"/v1/entities/{entity_id}")
            body = {name: now[name] for name in ("kind", "name", "external_no", "departments")} | {"region_code": town}
            headers = {"If-Match": f'"{now["version"]}"', "Idempotency-Key": str(new_id())}
            async with self.district.registry.client(self.district.office) as client:
                assert (await client.put(f"/v1/entities/{entity_id}", json=body, headers=headers)).status_code == 200
        await self.note()


@given(steps=STEPS)
@KEEP
async def test_as_of_reads_equal_what_was_read_then_and_the_replay_of_history(
    mengjin: District, steps: list[tuple[str, int, str, str]]
) -> None:
    """L7: whatever was done in whatever order, each instant reads as it did, in lists, by tags and one by one."""
    register = Register(mengjin)
    await register.set_up()
    for step in steps:
        await register.step(*step)
    for at, listed, tagged in register.seen:
        query = {"as_of": at}
        async with mengjin.registry.client(mengjin.office) as client:
            assert (await client.get(LIST, params=query)).json()["items"] == listed
            by_tag = await client.get("/v1/entities", params=query | {"tag": "重点企业", "page_size": 200})
        assert by_tag.json()["items"] == tagged
    for entity_id in register.ids:
        await replay(mengjin, entity_id, register)


async def replay(district: District, entity_id: str, register: Register) -> None:
    """Folding the versions up to an instant gives what is read as of it."""
    async with district.registry.client(district.office) as client:
        history = (await client.get(f"/v1/entities/{entity_id}/history?page_size=200")).json()["items"]
        for at, _, _ in register.seen:
            known = [past["entity"] for past in history if past["entity"]["changed_at"] <= at.replace("+00:00", "Z")]
            answer = await client.get(f"/v1/entities/{entity_id}", params={"as_of": at})
            if not known:
                assert answer.status_code == 404
                continue
            read = answer.json()
            assert {name: read[name] for name in known[0]} == known[0]
            assert answer.headers["etag"] == f'"{known[0]["version"]}"'


async def test_a_day_means_its_end_and_an_odd_text_is_refused(mengjin: District) -> None:
    async with mengjin.registry.client(mengjin.office) as client:
        made = await client.post("/v1/entities", json=BASE | {"uscc": a_uscc(1)})
        path = f"/v1/entities/{made.json()['id']}"
        today = made.json()["changed_at"]
        async with mengjin.registry.work(mengjin.office) as work:
            day = work.today.isoformat()
        at_its_end = await client.get(path, params={"as_of": day})
        before = await client.get(path, params={"as_of": "2020-01-01"})
        odd = await client.get(path, params={"as_of": "昨天"})
    assert (at_its_end.status_code, at_its_end.json()["changed_at"]) == (200, today)
    assert (before.status_code, before.json()["code"]) == (404, "registry.entity_unknown")
    assert (odd.status_code, odd.json()["code"]) == (422, "registry.moment_malformed")
