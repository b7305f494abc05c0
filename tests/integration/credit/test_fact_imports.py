"""Fact imports rate entities in bulk: K1, L5, idempotent by source and key."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import text

from demo.district.build import generate
from demo.district.credit import band_of
from demo.district.files import render
from services.credit.domain.entities import EntityRow
from shared.values.ids import new_id
from tests.builders.credit import a_uscc
from tests.builders.people import a_department_admin, an_inspector, the_joint_office
from tests.integration.credit.conftest import CreditDistrict, a_client

PATH = "/v1/fact-imports"


async def send(here: CreditDistrict, *rows: dict[str, Any]) -> Any:
    async with here.credit.client(the_joint_office(here.district)) as client:
        return (await client.post(PATH, json={"rows": list(rows)})).json()


def row(here: CreditDistrict, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "uscc": here.entities[number].uscc,
        "indicator": "R0304",
        "points": 300,
        "occurred_on": "2026-06-30",
        "source": "双公示平台",
        "text": "受到行政处罚一次",
    } | changes


async def class_of(here: CreditDistrict, number: int) -> tuple[str, int]:
    path = f"/v1/entities/{here.entities[number].uscc}/credit-record"
    shown = (await here.get(the_joint_office(here.district), path)).json()
    return shown["credit_class"], shown["score"]


async def test_good_rows_go_in_and_each_bad_row_is_reported(here: CreditDistrict) -> None:
    """L5: nothing is lost, and the sums agree."""
    report = await send(
        here,
        row(here, 0),
        row(here, 1, indicator="R9999"),
        row(here, 2, uscc=a_uscc(999_999)),
        "not a row",  # type: ignore[arg-type]
        row(here, 3, uscc=None, external_no="MJ0000004", points=None, level=5),
        row(here, 4, indicator="rated_clean", points=None),
    )
    assert [(one["line"], one["field"], one["code"]) for one in report["problems"]] == [
        (2, "indicator", "row.indicator_unknown"),
        (3, "uscc", "row.entity_unknown"),
        (4, "", "row.malformed"),
    ]
    assert (report["received"], report["accepted"], report["unchanged"], report["rejected"]) == (6, 3, 0, 3)
    assert report["classes"] == {"A": 1, "B": 2}
    assert [await class_of(here, number) for number in range(5)] == [
        ("B", 300),
        ("U", 0),
        ("U", 0),
        ("B", 480),
        ("A", 0),
    ]


async def test_the_same_rows_again_change_nothing(here: CreditDistrict) -> None:
    first = await send(here, row(here, 0), row(here, 0, record_no="CF-1"))
    told = len(await here.told())
    again = await send(here, row(here, 0), row(here, 0, record_no="CF-1"))
    assert (first["accepted"], again["accepted"], again["unchanged"]) == (2, 0, 2)
    assert len(await here.told()) == told
    assert await class_of(here, 0) == ("C", 600)


async def test_a_record_sent_again_with_other_content_is_a_correction_and_withdrawn_it_is_gone(
    here: CreditDistrict,
) -> None:
    """R6: history keeps what was, the score follows."""
    await send(here, row(here, 0, record_no="CF-1"))
    await send(here, row(here, 0, record_no="CF-1", points=800))
    assert await class_of(here, 0) == ("D", 800)
    await send(here, row(here, 0, record_no="CF-1", points=800, is_withdrawn=True))
    assert await class_of(here, 0) == ("U", 0)
    path = f"/v1/entities/{here.entities[0].uscc}/history"
    history = (await here.get(the_joint_office(here.district), path)).json()["items"]
    assert [line["points"] for line in history if line["kind"] == "fact"] == [300, 800]
    assert sorted(line["points"] for line in history if line["kind"] == "reversal") == [-800, -300]


async def test_one_record_twice_with_different_content_in_one_import_is_reported(here: CreditDistrict) -> None:
    report = await send(here, row(here, 0, record_no="CF-1"), row(here, 0, record_no="CF-1", points=10))
    assert (report["accepted"], [one["code"] for one in report["problems"]]) == (1, ["row.record_repeated"])


async def test_class_changes_of_a_batch_go_under_one_change_set_of_at_most_1000_an_event(here: CreditDistrict) -> None:
    entities = [
        EntityRow(new_id(), a_uscc(number), None, f"示例{number}号", "enterprise", "active", None, None)
        for number in range(1000, 2201)
    ]
    async with here.work() as work:
        await work.replicas.put(entities, work.now)
        await work.commit()
    rows = [row(here, 0, uscc=entity.uscc) for entity in entities]
    report = await send(here, *rows)
    changed = [body for kind, body in await here.told() if kind == "credit.class.changed.v1"]
    assert report["classes"] == {"B": 1201}
    assert [len(body["changes"]) for body in changed] == [1000, 201]
    assert len({body["change_set_id"] for body in changed}) == 1
    assert [body["aggregate_version"] for body in changed] == [1, 2]


async def test_the_demo_districts_file_puts_every_business_in_the_class_its_points_give(
    here: CreditDistrict,
) -> None:
    """The file as the demo writes it: Chinese headers, BOM, entities without USCC by their external number."""
    demo = generate(1, 0.02)
    entities = [
        EntityRow(new_id(), one.uscc, one.external_no, one.name, one.kind, one.state, one.town, one.industry)
        for one in demo.entities
    ]
    async with here.work() as work:
        await work.replicas.put(entities, work.now)
        await work.commit()
    async with here.credit.client(a_department_admin(district=here.district)) as client:
        body = render(demo)["credit_facts.csv"]
        answer = await client.post(PATH, content=body, headers={"content-type": "text/csv"})
        kept = (await client.get(answer.headers["location"])).json()
    report = answer.json()
    assert (answer.status_code, report["rejected"], report["problems"]) == (201, 0, [])
    assert report["accepted"] == len(demo.credit_facts)
    assert kept == report
    points: Counter[str | None] = Counter()
    for fact in demo.credit_facts:
        points[fact.uscc or fact.entity_no] += fact.points
    async with here.work() as work:
        records = {
            entity.uscc or entity.external_no: await work.archive.record(entity.entity_id)
            for entity in entities
            if (entity.uscc or entity.external_no) in points
        }
    # Windows let old complaints and penalties go, so a class is at most the one of the plain sum, and mostly that.
    classes = {number: (record.credit_class.value, band_of(points[number])) for number, record in records.items()}
    assert all(found <= plain for found, plain in classes.values())
    assert sum(found == plain for found, plain in classes.values()) > 0.9 * len(classes)


async def test_an_inspector_may_not_import_and_a_client_needs_the_scope(here: CreditDistrict) -> None:
    async with here.credit.client(an_inspector(district=here.district)) as client:
        answer = await client.post(PATH, json={"rows": [row(here, 0)]})
    async with here.credit.client(a_client(here.district)) as client:
        unscoped = await client.post(PATH, json={"rows": [row(here, 0)]})
    async with here.credit.client(a_client(here.district, "credit.write")) as client:
        scoped = await client.post(PATH, json={"rows": [row(here, 0)]})
    assert (answer.status_code, answer.json()["code"]) == (403, "request.role_missing")
    assert (unscoped.status_code, unscoped.json()["code"]) == (403, "credit.scope_missing")
    assert scoped.status_code == 201


async def test_the_audit_row_holds_no_rows(here: CreditDistrict) -> None:
    await send(here, row(here, 0))
    async with here.work() as work:
        found = await work.connection.execute(
            text("SELECT command FROM audits WHERE district = :district"), {"district": here.district}
        )
        command = found.scalar_one()
    assert command["batch"].startswith("1 rows, sha256 ")
