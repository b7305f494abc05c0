"""The yearly report over stored draws: an honest year is as designed, a planted bias is named (B9)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from shared.runtime.principal import Principal
from tests.builders.draw import TOWNS
from tests.builders.draw_year import DEPARTMENTS, OFFICERS_OF, StoredDraw, a_year, store
from tests.builders.people import a_department_admin, an_auditor, the_joint_office, the_service
from tests.integration.draw.conftest import Led
from tests.support.served import Served

Lead = Callable[..., Awaitable[Led]]
DRAWS = 24


async def reported(draw: Served, district: str, year: list[StoredDraw]) -> dict[str, Any]:
    async with draw.work(the_service("draw", district)) as work:
        await store(work, year)
        await work.commit()
    return await report(draw, the_joint_office(district))


async def report(draw: Served, who: Principal, year: int = 2026) -> dict[str, Any]:
    async with draw.client(who) as client:
        answer = await client.get(f"/v1/fairness-reports/{year}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_label(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {line["label"]: line for line in lines}


async def test_an_honest_year_is_as_designed_and_its_figures_are_those_stored(draw: Served, district: str) -> None:
    year = a_year(DRAWS)
    found = await reported(draw, district, year)
    assert found["improbable"] == []
    assert (found["draws"], found["voided_draws"]) == (DRAWS, 0)
    assert found["objects"] == sum(len(one.objects) for one in year)
    assert found["drawn"] == sum(len(one.drawn) for one in year)
    for cut, value in (("regions", "region"), ("industries", "industry"), ("classes", "credit_class")):
        for label, line in by_label(found[cut]).items():
            members = [one for each in year for one in each.objects if getattr(one, value) == label]
            drawn = [one for each in year for one in each.drawn if getattr(one, value) == label]
            assert (line["had"], line["found"]) == (len(members), len(drawn)), (cut, label)
    classes = by_label(found["classes"])
    assert classes["A"]["expected"] == pytest.approx(classes["A"]["had"] * 0.1)
    regions = by_label(found["regions"])
    assert set(regions) == set(TOWNS)
    assert sum(line["expected"] for line in regions.values()) == pytest.approx(found["drawn"])
    people = {line["department"]: line for line in found["inspectors"]}
    for department in DEPARTMENTS:
        seats = [officer for one in year for (_, of), team in one.teams.items() if of == department for officer in team]
        assert (people[department]["officers"], people[department]["seats"]) == (8, len(seats))
        assert people[department]["most"] == max(map(seats.count, OFFICERS_OF[department]))
        assert 0.001 < people[department]["load"]["p"] <= 1
        assert people[department]["pairing"] is not None
    reasons = {one["reason_code"]: one["times"] for one in found["substitutions"]}
    gone = [department for one in year for _, department in one.substituted]
    assert reasons == {
        "object_closed": gone.count(None),
        "inspector_on_leave": len(gone) - gone.count(None),
    }


def spares_a_town(draw: StoredDraw) -> None:
    """Most of those drawn in one town are exchanged for others of their class: the numbers by class stay."""
    for one in [one for one in draw.drawn if one.region == TOWNS[0]][:6]:
        left = [other for other in draw.objects if other not in draw.drawn and other.stratum == one.stratum]
        other = next((other for other in left if other.region != TOWNS[0]), None)
        if other is not None:
            _exchange(draw, one, other)


def spares_an_industry(draw: StoredDraw) -> None:
    for one in [one for one in draw.drawn if one.industry == "13"]:
        left = [other for other in draw.objects if other not in draw.drawn and other.stratum == one.stratum]
        other = next((other for other in left if other.industry != "13"), None)
        if other is not None and draw.dice.chance(70):
            _exchange(draw, one, other)


def _exchange(draw: StoredDraw, one: Any, other: Any) -> None:
    draw.drawn[draw.drawn.index(one)] = other
    for department in DEPARTMENTS:
        draw.teams[other.token, department] = draw.teams.pop((one.token, department))
    draw.substituted = [(gone, of) for gone, of in draw.substituted if gone is not one]


def draws_too_many(draw: StoredDraw) -> None:
    """One object of class A more than the ratio gives, every time."""
    extra = next(one for one in draw.objects if one.credit_class == "A" and one not in draw.drawn)
    draw.drawn.append(extra)
    for department in DEPARTMENTS:
        draw.teams[extra.token, department] = draw.dice.sample(OFFICERS_OF[department], 2)


def overworks_one(draw: StoredDraw) -> None:
    busy, idle = OFFICERS_OF["yjj"][:2]
    for team in (team for (_, of), team in draw.teams.items() if of == "yjj"):
        if idle in team and busy not in team and draw.dice.chance(60):
            team[team.index(idle)] = busy


def keeps_two_together(draw: StoredDraw) -> None:
    """They go together where one of them goes, by swaps: everybody keeps his work."""
    one, other = OFFICERS_OF["scjg"][:2]
    teams = [team for (_, of), team in draw.teams.items() if of == "scjg"]
    alone = [team for team in teams if one in team and other not in team]
    apart = [team for team in teams if other in team and one not in team]
    for first, second in zip(alone, apart, strict=False):
        mate = next(officer for officer in first if officer != one)
        if mate not in second:
            first[first.index(mate)], second[second.index(other)] = other, mate


def replaces_one_department(draw: StoredDraw) -> None:
    draw.substituted = [(one, "yjj") for one in draw.drawn if draw.dice.chance(15)]


def every_bias(draw: StoredDraw) -> None:
    spares_a_town(draw)
    spares_an_industry(draw)
    draws_too_many(draw)
    overworks_one(draw)
    keeps_two_together(draw)
    replaces_one_department(draw)


async def test_every_planted_bias_is_named(draw: Served, district: str) -> None:
    found = await reported(draw, district, a_year(DRAWS, every_bias))
    named = {one["name"]: one for one in found["improbable"]}
    planted = {
        f"区域 {TOWNS[0]}": "少于设计",
        "行业 13": "少于设计",
        "信用风险等级 A": "抽取数与公布的比例不符",
        "yjj 检查次数": str(OFFICERS_OF["yjj"][1]),
        "scjg 搭档": str(OFFICERS_OF["scjg"][0]),
        "人员递补 部门 yjj": "多于设计",
    }
    assert set(planted) <= set(named)
    for name, words in planted.items():
        assert words in named[name]["text"]
        assert named[name]["p"] < found["level"] / found["tests"]
    assert "信用风险等级 B" not in named
    assert "yjj 搭档" not in named
    assert "scjg 检查次数" not in named


async def test_a_year_has_its_own_draws_only_and_voided_ones_are_counted(draw: Served, district: str) -> None:
    async with draw.work(the_service("draw", district)) as work:
        await store(work, a_year(2), datetime.fromisoformat("2025-12-31T23:59:00+08:00"))
        await store(work, a_year(1), datetime.fromisoformat("2026-01-01T00:00:00+08:00"))
        await store(work, a_year(1), stage="VOID")
        await store(work, a_year(1), stage="COMMITTED")
        await work.commit()
    office = the_joint_office(district)
    before, now = await report(draw, office, 2025), await report(draw, an_auditor(district))
    assert (before["draws"], before["voided_draws"]) == (2, 0)
    assert (now["draws"], now["voided_draws"]) == (1, 1)
    empty = await report(draw, office, 2024)
    assert (empty["draws"], empty["tests"], empty["improbable"]) == (0, 0, [])
    async with draw.client(a_department_admin("scjg", district)) as client:
        assert (await client.get("/v1/fairness-reports/2026")).json()["code"] == "request.role_missing"
    async with draw.client(office) as client:
        assert (await client.get("/v1/fairness-reports/1999")).status_code == 422


async def test_a_real_ceremony_is_in_the_report_and_in_its_file(lead: Lead) -> None:
    """The rows that freeze, draw and substitution write are those that the report reads."""
    led = await lead(no_disturb_floor_ppm=5_000)
    await led.led_to_result()
    frozen = (await led.detail())["frozen_at"]
    found = await report(led.served, led.committer, int(frozen[:4]))
    result = (await led.detail())["result"]
    assert (found["draws"], found["drawn"], found["improbable"]) == (1, result["drawn"], [])
    assert set(by_label(found["industries"])) == {"62", "52", "未填"}
    assert set(by_label(found["classes"])) == {"A", "B", "C", "D", "U"}
    assert {line["department"] for line in found["inspectors"]} == {"scjg", "yjj", "sthj"}
    assert sum(line["seats"] for line in found["inspectors"]) == result["visits"] * 6 - result["open_slots"]
    async with led.served.client(led.committer) as client:
        file = await client.get(f"/v1/fairness-reports/{frozen[:4]}/export?format=csv")
    assert file.status_code == 200, file.text
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "项目,类别,应有范围,按设计平均,实际,概率"
    assert any(line.startswith("区域,410308001,") for line in lines)
