"""Rebuilt from the journal into a shadow, byte-identical, swapped: B7, REL7."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from services.credit.usecases.read_archive import canonical_dump
from services.credit.usecases.rebuild import rebuild
from services.credit.usecases.rerate import open_days
from shared.events.envelope import Event
from tests.bench import replay
from tests.bench.frame import Bench
from tests.builders.credit import LISTED, PUBLISHED_AT, a_finding, a_result, corrected, published, withdrawn
from tests.integration.credit.conftest import CreditDistrict

CATALOGUE = """
SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY ($1)
UNION ALL SELECT 'policy', tablename || policyname || cmd || coalesce(qual, '') || coalesce(with_check, '')
    FROM pg_policies WHERE schemaname = 'public' AND tablename = ANY ($1)
UNION ALL SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE c.relname = ANY ($1) AND NOT t.tgisinternal
UNION ALL SELECT 'table', c.relname || coalesce(c.relacl::text, '') || coalesce(c.reloptions::text, '')
    || c.relforcerowsecurity || c.relrowsecurity || n.nspname
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relname = ANY ($1)
ORDER BY 1, 2
"""
DERIVED = ["credit_records", "credit_entries", "credit_classes_history", "listings", "flags"]


async def a_past(here: CreditDistrict) -> None:
    """Publications, a correction, a withdrawal, entries that end, and days on which terms were over."""
    events: list[Event] = []
    for place, firm in enumerate(here.entities):
        ending = LISTED.model_copy(update={"ends_on": LISTED.decided_on + timedelta(days=1)})
        listing = (None, LISTED, ending)[place % 3]
        result = a_result(firm, outcome_codes=["6", "E"], findings=[a_finding("B", 1 + place)], listing=listing)
        events.append(published(result))
        if place == 1:
            events.append(corrected(a_result(firm, result_id=result.result_id, version=2)))
        if place == 3:
            events.append(withdrawn(result))
    for event in events:
        await here.hear(event)
    while await open_days(here.work()):
        pass


@pytest.fixture
async def owner(here: CreditDistrict) -> asyncpg.Connection[asyncpg.Record]:
    connection = await asyncpg.connect(here.credit.platform.database_url("credit", "owner"))
    yield connection
    await connection.close()


async def test_the_rebuilt_state_is_byte_identical_and_takes_the_place_of_what_was_there(
    here: CreditDistrict, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await a_past(here)
    before, catalogue = await canonical_dump(here.work()), await owner.fetch(CATALOGUE, DERIVED)
    assert all(before.sections.values())
    done = await rebuild(owner)
    assert (done.swapped, done.is_same) == (True, True), done.told()
    after = await canonical_dump(here.work())
    assert after.sections == before.sections
    assert after.digest == before.digest
    assert await owner.fetch(CATALOGUE, DERIVED) == catalogue
    await here.hear(published(a_result(here.entities[0], outcome_codes=["6"], published_at=PUBLISHED_AT)))
    assert (await rebuild(owner, swap=False)).is_same


async def test_a_state_that_was_tampered_with_is_found_and_only_replaced_when_told(
    here: CreditDistrict, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await a_past(here)
    before = await canonical_dump(here.work())
    firm = here.entities[0].entity_id
    async with here.work() as work:
        await work.driver.execute("UPDATE credit_records SET score = score + 1 WHERE entity_id = $1", firm)
        await work.commit()
    found = await rebuild(owner)
    assert (found.swapped, found.differences["credit_records"]) == (False, 2)
    assert "不一致" in found.told()
    assert (await canonical_dump(here.work())).digest != before.digest
    assert (await rebuild(owner, compare=False)).swapped
    assert (await canonical_dump(here.work())).digest == before.digest


async def test_what_is_heard_during_a_rebuild_is_in_the_new_tables(
    here: CreditDistrict, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Writers wait, none is lost."""
    await a_past(here)
    later = [published(a_result(firm, outcome_codes=["8"])) for firm in here.entities]
    rebuilding = asyncio.ensure_future(rebuild(owner))
    await asyncio.gather(*(here.hear(event) for event in later))
    done = await rebuilding
    assert done.is_same
    async with here.work() as work:
        records = [await work.archive.record(firm.entity_id) for firm in here.entities]
    assert all(
        any(name[1] == str(event.result_id) for name in record.facts)
        for record, event in zip(records, later, strict=True)
    )
    assert (await rebuild(owner, swap=False)).is_same


async def test_the_replay_benchmark_does_its_job_on_a_small_size(here: CreditDistrict) -> None:
    """Floor and product agree on counts and sums, or the benchmark fails."""
    report = await replay.measure(here.credit.platform, 300, Bench("replay", target=4.0, aim=1.4, rounds=1))
    assert report.line.bench == "replay"
