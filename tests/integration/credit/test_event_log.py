"""Exactly once, in any delivery, and rebuilt to the same bytes: REL2, REL7, REL8, B7."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import text

from services.credit.domain.dump import CanonicalDump, class_lines, dump_of_steps
from services.credit.messaging.handlers import FROM_RESULTS
from services.credit.usecases.apply_facts import fold_in
from services.credit.usecases.read_archive import canonical_dump
from shared.events.envelope import Event
from shared.runtime.bus import Bus
from shared.runtime.lane import Lane
from shared.runtime.outbox import LoggedEvent
from shared.values.ids import new_id
from tests.builders.credit import (
    LISTED,
    PUBLISHED_AT,
    a_fact,
    a_finding,
    a_mark,
    a_result,
    corrected,
    published,
    steps_of,
    withdrawn,
)
from tests.builders.dice import Dice
from tests.builders.people import the_service
from tests.integration.credit.conftest import CreditDistrict
from tests.support.listener import as_feed_rows

APPEND_ONLY = ("credit_entries", "credit_classes_history", "listings", "flags", "credit_journal")


def a_log(here: CreditDistrict) -> list[Event]:
    """Publications, corrections and withdrawals of five firms, mixed."""
    events: list[Event] = []
    for turn in range(3):
        for place, firm in enumerate(here.entities):
            listing = LISTED if (turn + place) % 3 == 0 else None
            result = a_result(firm, outcome_codes=["6", "E"], findings=[a_finding("B", 1 + place)], listing=listing)
            events.append(published(result))
            if place % 2:
                events.append(corrected(a_result(firm, result_id=result.result_id, version=2)))
            if place == 4:
                events.append(withdrawn(result))
    return events


def logged(events: Sequence[Event], district: str) -> list[LoggedEvent]:
    return [
        LoggedEvent(
            event_id=new_id(),
            district=district,
            aggregate_type="result",
            aggregate_id=event.aggregate_id,
            aggregate_version=event.aggregate_version,
            type=event.SUBJECT,
            payload=event.model_dump_json(),
            traceparent=None,
            occurred_at=PUBLISHED_AT,
            log_epoch=1,
            producer_seq=number,
        )
        for number, event in enumerate(events, start=1)
    ]


def a_lane(here: CreditDistrict, log: Sequence[LoggedEvent]) -> Lane:
    """Credit's lane with a producer of the test's own and its feed; what a broker would deliver the test hands over."""

    async def feed(after: int, limit: int) -> list[dict[str, Any]]:
        return as_feed_rows([event for event in log if event.producer_seq > after][:limit])

    nobody = cast(Bus, None)
    process = here.credit.process
    return Lane("credit", f"results-{log[0].district}", nobody, process.work, FROM_RESULTS, feed)


async def dump_of(here: CreditDistrict, district: str) -> CanonicalDump:
    return await canonical_dump(here.credit.work(the_service("credit", district)))


async def classes_of(here: CreditDistrict, district: str) -> tuple[str, ...]:
    async with here.work(the_service("credit", district)) as work:
        found: tuple[str, ...] = await work.archive.class_lines()
        return found


async def test_one_by_one_in_batches_or_tripled_and_shuffled_the_state_is_the_same(here: CreditDistrict) -> None:
    """REL8, REL2: an event has its effect once, whatever is delivered how often and in which order."""
    events, dice = a_log(here), Dice("delivery")
    single, batch, wild = (f"{here.district}{name}" for name in ("a", "b", "c"))
    log = logged(events, single)
    for event in log:
        await a_lane(here, log).apply([event])
    log = logged(events, batch)
    await a_lane(here, log).apply(log)
    log = logged(events, wild)
    deliveries = dice.sample(log * 3, len(log) * 3)
    for start in range(0, len(deliveries), 17):
        await a_lane(here, log).apply(deliveries[start : start + 17])
    first, *others = [await dump_of(here, name) for name in (single, batch, wild)]
    assert all(first.sections.values())
    assert [other.digest for other in others] == [first.digest] * 2
    assert await classes_of(here, single) == await classes_of(here, batch) == await classes_of(here, wild)
    async with here.work(the_service("credit", wild)) as work:
        counted = await work.connection.execute(
            text("SELECT count(*), count(DISTINCT event_id) FROM credit_journal WHERE district = :d AND kind = 'fact'"),
            {"d": wild},
        )
        assert counted.one() == (len(events), len(events))


async def test_the_journal_folded_from_nothing_gives_the_dump_of_the_database(here: CreditDistrict) -> None:
    """REL7, B7: byte-identical, classes with their history too."""
    events = a_log(here)
    for start in range(0, len(events), 4):
        await here.hear(*events[start : start + 4])
    async with here.work() as work:
        steps = steps_of(*(line.cause for line in await work.journal.after()))
    live = await dump_of(here, here.district)
    rebuilt = dump_of_steps(steps)
    assert rebuilt.sections == live.sections
    assert rebuilt.digest == live.digest
    changes = [step.class_change for step in steps if step.class_change]
    assert class_lines(changes) == await classes_of(here, here.district)


async def test_what_was_written_can_neither_be_changed_nor_deleted(here: CreditDistrict) -> None:
    """Append-only is held by the database, not by good will."""
    await here.hear(published(a_result(here.entities[0], outcome_codes=["6"], listing=LISTED)))
    for table in APPEND_ONLY:
        for act in (f"UPDATE {table} SET district = district", f"DELETE FROM {table}"):
            async with here.work() as work:
                with pytest.raises(asyncpg.RestrictViolationError):
                    await work.driver.execute(act)


async def test_two_writers_of_one_entity_wait_for_each_other(here: CreditDistrict) -> None:
    """No update is lost (REL20), and no two writers block each other for ever."""
    firms = [firm.entity_id for firm in here.entities]

    async def write(number: int, order: Sequence[Any]) -> None:
        async with here.work() as work:
            await fold_in([a_fact(firm, a_mark(points=10), key=f"w{number}") for firm in order], work)
            await work.commit()

    await write(0, firms)
    await asyncio.gather(*(write(number, firms[:: (-1) ** number]) for number in range(1, 7)))
    dump = await dump_of(here, here.district)
    assert len(dump.sections["entries"]) == 7 * len(firms)
    async with here.work() as work:
        records = [await work.archive.record(firm) for firm in firms]
    assert {(record.version, record.score) for record in records} == {(7, 70)}


async def test_a_record_two_writers_made_at_once_fails_the_later_as_a_conflict_to_be_tried_again(
    here: CreditDistrict,
) -> None:
    """Neither had a row to lock: the second must not write over the first."""
    firm = here.entities[0].entity_id
    await here.hear(published(a_result(here.entities[1])))
    async with here.work() as one, here.work() as other:
        assert (await one.ledger.lock([firm])).records == []
        assert (await other.ledger.lock([firm])).records == []
        await fold_in([a_fact(firm, a_mark(points=10), key="one")], one)
        await one.commit()
        steps = steps_of(a_fact(firm, a_mark(points=20), key="other"))
        with pytest.raises(asyncpg.SerializationError):
            await other.ledger.save(steps, other.now)
    async with here.work() as work:
        record = await work.archive.record(firm)
    assert (record.version, record.score) == (1, 10)
