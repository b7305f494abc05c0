"""Nothing private can be in this database: its columns are reviewed, and canaries do not get in (架构 rule 7)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from services.disclosure.messaging import HEARS
from shared.events import credit, draw, planning, registry, results
from shared.events.credit import ListingEnteredV1, ListingRemovedV1, RepairDecidedV1
from shared.runtime.inbox import Handlers
from shared.values.ids import new_id
from tests.builders.disclosure import (
    PUBLISHED_AT,
    a_body,
    a_finding,
    a_plan,
    an_adjusted,
    corrected,
    published,
    withdrawn,
)
from tests.integration.disclosure.conftest import PublicDistrict

REVIEWED = Path(__file__).parents[3] / "docs" / "security" / "disclosure-columns.toml"
RUNTIME = {
    "alembic_version",
    "outboxes",
    "outboxes_default",
    "outbox_waits",
    "relay_states",
    "inboxes",
    "inbox_cursors",
    "dead_letters",
    "audits",
    "idempotency_keys",
    "demo_clocks",
}
"""Tables of the runtime, the same in every service; those of the audit chain begin with `audit_`."""
NOT_HEARD = {
    planning: {"LeadRegisteredV1", "LeadClosedV1"},
    results: {"VisitConcludedV1", "ResultRecordedV1", "ContactRecordedV1", "DeadlineWarnedV1"},
    draw: {"VisitAssignedV1"},
    credit: {"ClassChangedV1", "RecordChangedV1", "FlagRaisedV1", "FlagLiftedV1", "WarningRaisedV1"},
    registry: {"ReviewSignedV1"},
}
"""Facts that are not public: nothing here may hear them."""
ID_CARD = "410308197001011232"
PHONE = "13800138000"


async def columns(here: PublicDistrict) -> dict[str, set[str]]:
    rows = await here.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND $1 <> ''"
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["table_name"] not in RUNTIME and not row["table_name"].startswith(("audit", "outbox")):
            found.setdefault(row["table_name"], set()).add(row["column_name"])
    return found


async def test_the_columns_are_those_that_were_reviewed(here: PublicDistrict) -> None:
    reviewed: Mapping[str, Mapping[str, str]] = tomllib.loads(REVIEWED.read_text("utf-8"))
    assert {table: set(lines) for table, lines in reviewed.items()} == await columns(here)
    assert all(reason for lines in reviewed.values() for reason in lines.values())


def test_facts_that_are_not_public_have_no_handler() -> None:
    for module, names in NOT_HEARD.items():
        producer = module.__name__.rpartition(".")[2]
        handlers: Handlers = HEARS[producer]
        assert {model.__name__ for model in handlers} & names == set()
        assert names <= set(dir(module))


async def everything(here: PublicDistrict) -> str:
    """Every row of every table of ours, of this district, as text."""
    texts = []
    for table, names in (await columns(here)).items():
        if "district" in names:
            texts += [str(row) for row in await here.rows(f"SELECT * FROM {table} WHERE district = $1")]
    return "\n".join(texts)


async def test_planted_numbers_and_names_of_persons_do_not_get_in(here: PublicDistrict) -> None:
    """In every free text that a public fact has."""
    canary = f"联系人电话 {PHONE}，身份证 {ID_CARD}。"
    body = a_body(
        entity_name="欧阳金雀", uscc=None, findings=[a_finding(canary)], outcome_codes=["6"], result_id=new_id()
    )
    shop = a_body(entity_name="孟津区早点铺（经营者：司马金雀）", uscc="92410308MA0000001X")
    plan = a_plan(title=f"专项检查 {PHONE}")
    listing = new_id()
    await here.hear(
        published(body),
        published(shop),
        corrected(body, f"更正：{ID_CARD}", entity_name="欧阳金雀"),
        withdrawn(shop, reason=f"撤回，来电 {PHONE}"),
        plan,
        an_adjusted(plan, f"调整，见 {ID_CARD}"),
        ListingEnteredV1(
            aggregate_version=1,
            listing_id=listing,
            entity_id=body.entity_id,
            uscc=None,
            entity_name="欧阳金雀",
            list_code="judgment_defaulters",
            ground=canary,
            document_no="（2026）豫0308执1号",
            authority="孟津区人民法院",
            entered_on=date(2026, 11, 1),
            ends_on=None,
        ),
    )
    text = await everything(here)
    assert "欧**雀" in text
    for secret in (PHONE, ID_CARD, "欧阳金雀", "司马金雀"):
        assert secret not in text


async def test_a_removed_entry_and_a_repaired_result_leave_no_name(here: PublicDistrict) -> None:
    body = a_body(entity_name="修复后不再出现的公司", uscc="91410308MA0000088X")
    listing = ListingEnteredV1(
        aggregate_version=1,
        listing_id=new_id(),
        entity_id=body.entity_id,
        uscc=body.uscc,
        entity_name=body.entity_name,
        list_code="abnormal_operations",
        ground="无法联系",
        document_no="孟市监异列〔2026〕9号",
        authority="孟津区市场监督管理局",
        entered_on=date(2026, 11, 1),
        ends_on=None,
    )
    removal = ListingRemovedV1(
        aggregate_version=2,
        listing_id=listing.listing_id,
        entity_id=body.entity_id,
        list_code=listing.list_code,
        reason="移出",
        removed_on=date(2026, 11, 20),
    )
    repair = RepairDecidedV1(
        aggregate_version=3,
        repair_id=new_id(),
        entity_id=body.entity_id,
        kind="fact",
        listing_id=None,
        fact_source="results",
        fact_key=str(body.result_id),
        granted=True,
        document_no="孟市监修〔2026〕1号",
        department="SCJG",
        effective_on=date(2026, 11, 21),
        stops_publicity=True,
        decided_at=PUBLISHED_AT,
    )
    await here.hear(repair, removal, listing, published(body))
    text = await everything(here)
    assert str(body.entity_id) not in text
    assert body.entity_name not in text
    answer = await here.get(f"/v1/results/{body.result_id}")
    assert answer.status_code == 410
    assert "信用修复" in answer.json()["detail"]
