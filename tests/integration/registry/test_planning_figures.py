"""What registry counts for planning, in the very bodies that planning's client sends and reads (N4, B8)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from services.planning.adapters.registry_client import (
    OFFICERS_PATH,
    OVERLAP_PATH,
    REACH_PATH,
    LibraryNotInRegistry,
    RegistryClient,
    officers_body,
    overlap_body,
    reach_body,
    read_census,
    read_officers,
    read_reach,
)
from services.planning.domain.items import Item, ItemLevel, ListedItem
from services.planning.domain.plan_content import LibraryVersion
from services.planning.domain.vacuum import Gap
from shared.runtime.peers import Peer
from shared.runtime.tokens import load_private_key
from shared.values.credit_class import CreditClass
from shared.values.ids import new_id
from tests.builders.people import the_service
from tests.builders.registry import (
    ENTITY_HEADER,
    INSPECTOR_HEADER,
    District,
    a_file,
    entity_body,
    entity_line,
    inspector_body,
    inspector_line,
)


async def _ask(mengjin: District, path: str, body: dict[str, Any], status: int = 200) -> Any:
    async with mengjin.registry.client(the_service("planning", mengjin.name)) as client:
        answer = await client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def _library(mengjin: District, tag: str) -> LibraryVersion:
    async with mengjin.registry.client(mengjin.office) as client:
        body = {"name": f"{tag}单位", "conditions": {"field": "tags", "has_any": [tag]}}
        made = await client.post("/v1/libraries", json=body)
    assert made.status_code == 201, made.text
    return LibraryVersion(UUID(made.json()["id"]), made.json()["version"])


async def test_each_object_is_counted_once_under_the_libraries_that_hold_it(mengjin: District) -> None:
    """N4: revoked objects cannot be drawn and are in no figure."""
    tags = ["食品生产", "食品生产", "食品生产;电梯", "电梯", "学校"]
    lines = [entity_line(place, tags=tag) for place, tag in enumerate(tags, start=1)]
    lines.append(entity_line(9, tags="食品生产;电梯", status="吊销"))
    await mengjin.import_file(a_file(ENTITY_HEADER, *lines))
    libraries = [await _library(mengjin, tag) for tag in ("食品生产", "电梯")]
    census = read_census(await _ask(mengjin, OVERLAP_PATH, overlap_body(libraries)), libraries)
    food, lifts = libraries
    unrated = CreditClass.U
    assert census.in_all(food)[unrated] == 3
    assert census.in_all(lifts)[unrated] == 2
    assert census.in_all(food, lifts)[unrated] == 1
    assert census.in_any(food, lifts)[unrated] == 4
    assert (census.missing_from(food, lifts), census.missing_from(lifts, food)) == (1, 2)


async def test_an_unknown_library_is_named(mengjin: District) -> None:
    unknown = await _ask(mengjin, OVERLAP_PATH, overlap_body([LibraryVersion(new_id(), 1)]), 404)
    assert unknown["code"] == "registry.library_unknown"


async def test_officers_are_counted_by_what_they_hold_and_expired_ones_are_not(mengjin: District) -> None:
    """B8, L3."""
    lines = [
        inspector_line(1),
        inspector_line(2, expertise=""),
        inspector_line(3, expertise=""),
        inspector_line(4, valid_until="2020-12-31"),
        inspector_line(5, owner_department="YJJ"),
    ]
    await mengjin.import_file(a_file(INSPECTOR_HEADER, *lines), kind="inspectors")
    groups = read_officers(await _ask(mengjin, OFFICERS_PATH, officers_body(["SCJG"], date(2026, 11, 24))))
    counted = {tuple(sorted(one.tags)): one.officers for one in groups}
    assert counted == {("食品安全",): 2, ("冷链食品", "食品安全"): 1}


async def test_officers_with_their_own_monthly_capacity_are_counted_apart(mengjin: District) -> None:
    """B8."""
    for place, capacity in ((1, 12), (2, 12), (3, None)):
        body = inspector_body(place) | {"capacity": capacity}
        await mengjin.add("/v1/inspectors", body, by=mengjin.admin("SCJG"))
    groups = read_officers(await _ask(mengjin, OFFICERS_PATH, officers_body(["SCJG"], date(2026, 11, 24))))
    assert {one.capacity: one.officers for one in groups} == {12: 2, None: 1}


async def test_officers_do_not_ask_for_these_figures(mengjin: District) -> None:
    async with mengjin.registry.client(mengjin.office) as client:
        refused = await client.post(OVERLAP_PATH, json=overlap_body([LibraryVersion(new_id(), 1)]))
    assert (refused.status_code, refused.json()["code"]) == (403, "request.services_only")


async def test_what_an_item_finds_is_told_in_the_words_of_planning(mengjin: District) -> None:
    """L6: items with no object, with no qualified inspector."""
    await mengjin.add("/v1/entities", entity_body(1))
    await mengjin.add("/v1/inspectors", inspector_body(1), by=mengjin.admin("SCJG"))
    content: dict[str, Any] = {
        "name": "事项",
        "level": ItemLevel.KEY,
        "bases": (),
        "methods": (),
        "content": (),
        "times_per_year": 1,
    }
    items = [
        ListedItem(new_id(), department, new_id(), 1, 2026, Item(code, kinds=kinds, ratio_cap_ppm=None, **content))
        for code, department, kinds in (("1", "SCJG", ("enterprise",)), ("2", "YJJ", ("enterprise", "site")))
    ]
    found = read_reach(await _ask(mengjin, REACH_PATH, reach_body(items, date(2026, 11, 24))), items)
    assert [(one.listed.item.code, one.objects, one.inspectors) for one in found] == [("1", 1, 1), ("2", 0, 0)]
    assert [one.gaps for one in found] == [(), (Gap.OBJECTS, Gap.INSPECTORS)]


class _Served(Peer):
    """Registry in the test process, asked over HTTP with planning's own key."""

    def __init__(self, mengjin: District, platform: EmbeddedPlatform) -> None:
        key = load_private_key(platform.data.private_key("planning"))
        super().__init__("registry", "http://service", "planning", mengjin.name, key)
        transport = httpx2.ASGITransport(app=mengjin.registry.app)
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://service")


async def test_plannings_client_asks_as_the_service_for_the_officer(
    mengjin: District, platform: EmbeddedPlatform
) -> None:
    """架构 Identity: what registry does not know is refused by name."""
    await mengjin.import_file(a_file(ENTITY_HEADER, entity_line(1, tags="电梯")))
    peer = _Served(mengjin, platform)
    client, lifts = RegistryClient(peer), await _library(mengjin, "电梯")
    census = await client.census([lifts, lifts], mengjin.admin("YJJ"))
    assert census.in_all(lifts)[CreditClass.U] == 1
    assert (await client.census([], mengjin.office)).standings == ()
    assert list(await client.officers(["SCJG"], date(2026, 11, 24), mengjin.office)) == []
    with pytest.raises(LibraryNotInRegistry):
        await client.census([LibraryVersion(new_id(), 1)], mengjin.office)
    await peer.close()
