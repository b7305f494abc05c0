"""Days that open, and versions of the system that come into force: K1, K3, K4, B7."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.credit.domain.entities import EntityRow
from services.credit.domain.facts import Fact
from services.credit.usecases.apply_facts import apply_facts
from services.credit.usecases.follow_registry import follow_registry
from services.credit.usecases.keep_up import Met, keep_up_once
from services.credit.usecases.rebuild import rebuild_at
from services.credit.usecases.rerate import apply_system, open_days
from shared.values.ids import new_id
from tests.builders.credit import LISTED, a_decision, a_fact, a_finding, a_mark, a_result, published
from tests.builders.people import an_inspector, the_joint_office
from tests.integration.credit.conftest import CreditDistrict

LONG_AGO = datetime(2020, 6, 2, 1, 0, tzinfo=UTC)
COMPLAINED_ON = date(2020, 6, 1)


async def apply(here: CreditDistrict, *facts: Fact) -> None:
    async with here.work() as work:
        await apply_facts(facts, work)
        await work.commit()


async def classes_of(here: CreditDistrict, firm: EntityRow) -> list[tuple[str, str]]:
    lines = (await here.get(an_inspector(district=here.district), f"/v1/entities/{firm.entity_id}/history")).json()
    return [(line["at"][:10], line["text"]) for line in lines["items"] if line["kind"] == "class_change"]


async def test_a_window_that_passes_without_a_fact_rates_that_day_anew_once(here: CreditDistrict) -> None:
    """K3: on the day itself, however late the worker comes; a chunk at a time, and never again."""
    for firm in here.entities:
        await apply(here, a_fact(firm.entity_id, a_mark("R0501", points=250, on=COMPLAINED_ON), told_at=LONG_AGO))
    chunks = [await open_days(here.work(), 2) for _ in range(4)]
    assert chunks == [2, 2, 1, 0]
    for firm in here.entities:
        assert await classes_of(here, firm) == [("2020-06-02", "U→B"), ("2021-06-01", "B→A")]
    told = [body for kind, body in await here.told() if kind == "credit.class.changed.v1"]
    assert [len(body["changes"]) for body in told] == [1] * 5 + [2, 2, 1]
    assert [len([k for k, _ in await here.told() if k == "credit.record.changed.v1"])] == [5]


async def test_a_term_that_runs_out_lifts_its_flags_and_takes_its_points_back(here: CreditDistrict) -> None:
    """C4: removal of the entry ends the measure, its running out too."""
    firm = here.entities[0]
    ending = a_decision(ends_on=date(2021, 3, 31))
    await apply(here, a_fact(firm.entity_id, a_mark("outcome:6", on=COMPLAINED_ON), decision=ending, told_at=LONG_AGO))
    while await open_days(here.work()):
        pass
    kinds = [kind for kind, _ in await here.told()]
    assert (kinds.count("credit.flag.lifted.v1"), kinds.count("credit.listing.removed.v1")) == (4, 1)
    flags = (await here.get(an_inspector(district=here.district), f"/v1/entities/{firm.entity_id}/flags")).json()
    assert {(flag["state"], flag["lifted_on"]) for flag in flags["items"]} == {("lifted", "2021-04-01")}
    assert await open_days(here.work()) == 0


def a_proposal(system: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"note": "提高分值", **{name: value for name, value in system.items() if name != "version"}, **changes}


async def test_a_version_is_tried_by_anybody_and_put_in_force_by_a_second_person(here: CreditDistrict) -> None:
    """K1: the dry run says who would move, and they do; nobody else moves."""
    for place, firm in enumerate(here.entities):
        await here.hear(published(a_result(firm, outcome_codes=["B"], findings=[a_finding("B", 1 + place)])))
    one, other = the_joint_office(here.district), the_joint_office(here.district)
    system = (await here.get(one, "/v1/indicator-systems/current")).json()
    bands = [dict(band) for band in system["bands"]]
    bands[1]["starts_at"] = 100
    async with here.credit.client(one) as client:
        made = await client.post("/v1/indicator-proposals", json=a_proposal(system, bands=bands))
        assert made.status_code == 201, made.text
        path = f"/v1/indicator-proposals/{made.json()['proposal_id']}"
        effect = (await client.get(f"{path}/effect")).json()
        refused = await client.post(f"{path}/decision", json={"accept": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "credit.same_person")
    assert (effect["records"], effect["moves"]) == (5, [{"before": "A", "after": "B", "count": 1}])
    async with here.credit.client(other) as client:
        done = await client.post(f"{path}/decision", json={"accept": True, "reason": "同意"})
        again = await client.post(f"{path}/decision", json={"accept": True})
    assert (done.json()["state"], done.json()["version"]) == ("activated", 2)
    assert again.json()["code"] == "credit.proposal_decided"
    assert [await apply_system(here.work(), 3) for _ in range(3)] == [3, 2, 0]
    moved = [mover["entity_id"] for mover in effect["movers"]]
    assert [str(firm.entity_id) for firm in here.entities if len(await classes_of(here, firm)) == 2] == moved
    record = (await here.get(one, f"/v1/entities/{moved[0]}/credit-record")).json()
    assert (record["indicator_version"], record["credit_class"]) == (2, "B")
    owner = here.credit.platform.database_url("credit", "owner")
    assert (await rebuild_at(owner, swap=False)).is_same


async def test_a_proposal_that_does_not_fit_together_is_refused_in_chinese(here: CreditDistrict) -> None:
    office = the_joint_office(here.district)
    system = (await here.get(office, "/v1/indicator-systems/current")).json()
    async with here.credit.client(office) as client:
        wrong = await client.post("/v1/indicator-proposals", json=a_proposal(system, codes={"outcome:1": "R9"}))
        assert (wrong.status_code, wrong.json()["code"]) == (422, "credit.indicator_system_invalid")
        assert "没有指标 R9" in wrong.json()["detail"]
    async with here.credit.client(an_inspector(district=here.district)) as client:
        assert (await client.post("/v1/indicator-proposals", json=a_proposal(system))).status_code == 403


async def test_light_findings_in_the_observation_period_of_a_new_form_weigh_nothing(here: CreditDistrict) -> None:
    """K4, 包容审慎: shown as waived; a grave one weighs."""

    class Pages:
        async def entity_rows(self, _: object) -> Any:
            yield [shop]

    async with here.work() as work:
        today = work.today
    shop = EntityRow(new_id(), None, None, "示例网店", "enterprise", "active", "410308100", "5292", today)
    async with here.work() as work:
        work.change_sets = Pages()
        await follow_registry([new_id()], work)
        await work.commit()
    for key, level in (("light", 2), ("grave", 4)):
        await apply(
            here, a_fact(shop.entity_id, a_mark("outcome:B", level=level, on=today), key=key, told_at=datetime.now(UTC))
        )
    shown = (
        await here.get(an_inspector(district=here.district), f"/v1/entities/{shop.entity_id}/credit-record")
    ).json()
    assert (shown["observation"]["form"], shown["score"]) == ("online_retail", 320)
    assert [waived["fact_key"] for waived in shown["explanation"]["waived"]] == ["light"]


async def test_leaps_and_clusters_are_warned_of_once(here: CreditDistrict) -> None:
    """K3: five of one town and one industry rise; one of them leaps."""
    for place, firm in enumerate(here.entities):
        listing = LISTED.model_copy(update={"list_code": "serious_violations"}) if place == 0 else None
        findings = [a_finding("B", 4)]
        await here.hear(published(a_result(firm, outcome_codes=["B"], findings=findings, listing=listing)))
    met = await keep_up_once(here.work, Met())
    assert await keep_up_once(here.work, met) == met
    await keep_up_once(here.work, Met())
    told = [body for kind, body in await here.told() if kind == "credit.warning.raised.v1"]
    assert sorted(body["kind"] for body in told) == ["industry", "jump", "town"]
    officer = an_inspector(district=here.district)
    town = (await here.get(officer, "/v1/warnings", kind="town", scope="410308100")).json()["items"]
    assert [(one["count"], len(one["entity_ids"])) for one in town] == [(5, 5)]
    found = (await here.get(officer, "/v1/warnings", q="示例1号", page_size=1)).json()["items"]
    assert [(one["kind"], one["after"]) for one in found] == [("jump", "D")]
    assert (await here.get(officer, "/v1/warnings", q="没有这样的字")).json()["items"] == []
    first = (await here.get(officer, "/v1/warnings", page_size=2)).json()
    rest = (await here.get(officer, "/v1/warnings", page_size=2, cursor=first["next"])).json()
    assert len({one["warning_id"] for one in first["items"] + rest["items"]}) == 3


@pytest.mark.parametrize("days", [0, 1])
async def test_a_day_that_is_not_over_is_not_opened(here: CreditDistrict, days: int) -> None:
    async with here.work() as work:
        today = work.today
    window_ends = today + timedelta(days=days)
    firm = here.entities[0].entity_id
    mark = a_mark("R0501", points=250, on=window_ends.replace(year=window_ends.year - 1))
    await apply(here, a_fact(firm, mark, told_at=LONG_AGO.replace(year=today.year - 1, month=12, day=31)))
    assert await open_days(here.work()) == (1 if days == 0 else 0)


async def test_a_chunk_of_bulk_re_rating_is_one_change_set_and_one_event(here: CreditDistrict) -> None:
    """Architecture, decision 0014: a thousand entities move in one transaction and one event tells it."""
    firms = [new_id() for _ in range(1_001)]
    await apply(
        here,
        *(a_fact(firm, a_mark("R0501", points=250, on=COMPLAINED_ON), told_at=LONG_AGO) for firm in firms),
    )
    assert [await open_days(here.work()), await open_days(here.work())] == [1_000, 1]
    told = [body for kind, body in await here.told() if kind == "credit.class.changed.v1"]
    assert [len(body["changes"]) for body in told] == [1_000, 1, 1_000, 1]
    first, second, *re_rated = [body["change_set_id"] for body in told]
    assert first == second
    assert len({first, *re_rated}) == 3
