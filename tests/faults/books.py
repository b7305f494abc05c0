"""What stands in the databases of the platform, read as the administrator, whom no row-level security binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from deploy import topology
from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_postgres import database_name, dsn_of
from deploy.embedded.services import driver_url
from services.credit.domain.dump import CanonicalDump, dump_of_steps
from services.credit.messaging.facts_of_results import fact_of_result
from services.credit.messaging.handlers import FROM_RESULTS
from services.credit.storage.unit_of_work import CreditUnitOfWork
from services.credit.usecases.read_archive import canonical_dump
from shared.events.catalogue import event_class
from shared.events.envelope import Heard
from shared.runtime.database import Database
from shared.runtime.outbox import LoggedEvent, numbered_after
from tests.builders.credit import steps_of
from tests.builders.people import the_service
from tests.faults import history

HEARD: Final = tuple((consumer, producer) for consumer in topology.SERVICES for producer in topology.HEARS[consumer])
_LOG = (
    "SELECT coalesce(max(producer_seq), 0) AS numbered_seq, count(*) FILTER (WHERE producer_seq IS NULL) AS waiting,"
    " count(DISTINCT producer_seq) AS kept, count(*) AS told FROM outboxes"
)
_CURSORS = (
    "SELECT producer, producer_seq, (SELECT count(*) FROM inboxes AS i WHERE i.producer = c.producer) AS applied"
    " FROM inbox_cursors AS c"
)
_PRODUCED = """
    SELECT r.id::text AS result_id, o.told_at, coalesce(o.told, 0) AS told,
        (SELECT count(*) FROM result_versions AS v WHERE v.record_id = r.id AND v.kind = 'published') AS published,
        coalesce(a.audited, 0) AS audited
    FROM unnest($1::uuid[]) AS r (id)
    LEFT JOIN (SELECT aggregate_id, count(*) AS told, min(producer_seq) AS told_at FROM outboxes
        WHERE type = 'results.result.published.v1' GROUP BY aggregate_id) AS o ON o.aggregate_id = r.id::text
    LEFT JOIN (SELECT command ->> 'result_id' AS result_id, count(*) AS audited FROM audits
        WHERE action = 'publish_result' AND outcome = 'done' GROUP BY 1) AS a ON a.result_id = r.id::text
"""
_EVENT_IDS = "SELECT event_id, aggregate_id FROM outboxes WHERE aggregate_id = ANY ($1::text[])"
_CREDITED = """
    SELECT e.result_id, count(j.seq) AS credited, min(j.seq) AS credited_at
    FROM unnest($1::uuid[], $2::text[]) AS e (event_id, result_id)
    JOIN credit_journal AS j ON j.event_id = e.event_id AND j.kind = 'fact' GROUP BY e.result_id
"""
_ENTRIES = (
    "SELECT fact_key, count(*) FROM credit_entries WHERE source = 'results' AND kind = 'fact'"
    " AND fact_key = ANY ($1::text[]) GROUP BY fact_key"
)


@dataclass(frozen=True, slots=True)
class State:
    """The logs of all services and how far each consumer has come in them."""

    logs: dict[str, tuple[int, int, int, int]]
    """Service → (last number given, events without one, numbers kept, events told)."""
    cursors: dict[tuple[str, str], tuple[int, int]]
    """(consumer, producer) → (cursor, inbox rows)."""
    parked: dict[str, int]

    def behind(self) -> list[str]:
        """What is still under way."""
        found = [f"{name}: {waiting} unnumbered" for name, (_, waiting, _, _) in self.logs.items() if waiting]
        for consumer, producer in HEARD:
            come, head = self.cursors.get((consumer, producer), (0, 0))[0], self.logs[producer][0]
            if come != head:
                found.append(f"{consumer} has {come} of {producer}'s {head}")
        return found

    def broken(self) -> list[str]:
        """Gaps in a log, holes in an inbox, events parked (REL3, REL11)."""
        return list(self._broken())

    def _broken(self) -> Iterator[str]:
        for name, (head, waiting, kept, told) in self.logs.items():
            if kept != head or told != head + waiting:
                yield f"{name}: {told} events, numbers to {head}, {kept} of them there"
        for (consumer, producer), (come, applied) in self.cursors.items():
            if come != applied:
                yield f"{consumer} applied {applied} of {producer}'s first {come}"
        yield from (f"{name}: {count} parked" for name, count in self.parked.items() if count)


class Books:
    """Keeps a connection to each database while it holds: the server may be killed between two questions."""

    def __init__(self, platform: EmbeddedPlatform) -> None:
        self._platform = platform
        self._open: dict[str, asyncpg.Connection[Any]] = {}

    async def close(self) -> None:
        for connection in self._open.values():
            await connection.close(timeout=2)

    async def _connection(self, service: str) -> asyncpg.Connection[Any]:
        if service not in self._open or self._open[service].is_closed():
            dsn = dsn_of(self._platform.admin_dsn, database_name(service))
            self._open[service] = await asyncpg.connect(dsn, timeout=5)
        return self._open[service]

    async def rows(self, service: str, sql: str, *values: Any) -> list[asyncpg.Record]:
        """Raises OSError, asyncpg's PostgresError or InterfaceError while the server is away."""
        return list(await (await self._connection(service)).fetch(sql, *values, timeout=10))

    async def state(self) -> State:
        logs, cursors, parked = {}, {}, {}
        for name in topology.SERVICES:
            logs[name] = tuple((await self.rows(name, _LOG))[0])
            for producer, come, applied in await self.rows(name, _CURSORS):
                cursors[name, producer] = (come, applied)
            parked[name] = (await self.rows(name, "SELECT count(*) FROM dead_letters"))[0][0]
        return State(logs, cursors, parked)

    async def finals(self, seed: int, result_ids: Sequence[UUID]) -> list[history.Final]:
        """The traces of each result at its producer and at credit."""
        names = [str(result_id) for result_id in result_ids]
        events = await self.rows("results", _EVENT_IDS, names)
        ids = [row["event_id"] for row in events]
        credited = await self.rows("credit", _CREDITED, ids, [row["aggregate_id"] for row in events])
        facts = {row["result_id"]: row for row in credited}
        entries = {key: count for key, count in await self.rows("credit", _ENTRIES, names)}
        return [
            history.Final(
                seed=seed,
                credited=facts[row["result_id"]]["credited"] if row["result_id"] in facts else 0,
                credited_at=facts[row["result_id"]]["credited_at"] if row["result_id"] in facts else None,
                entries=entries.get(row["result_id"], 0),
                **row,
            )
            for row in await self.rows("results", _PRODUCED, list(result_ids))
        ]

    async def log(self, service: str, district: str) -> list[LoggedEvent]:
        """The numbered events of one district, in order."""
        events = await numbered_after(await self._connection(service), 0, 1_000_000)
        return [event for event in events if event.district == district]

    async def credit_as_it_stands(self, district: str) -> CanonicalDump:
        database = Database(driver_url(self._platform.database_url("credit")), pool_size=1)
        try:
            return await canonical_dump(CreditUnitOfWork(database, the_service("credit", district)))
        finally:
            await database.close()

    async def credit_as_the_log_tells(self, district: str) -> CanonicalDump:
        """Folded from nothing out of the results told, each once and in order: what credit must have come to."""
        heard = [_heard(event) for event in await self.log("results", district)]
        return dump_of_steps(steps_of(*(fact_of_result(one) for one in heard if type(one.event) in FROM_RESULTS)))


def _heard(event: LoggedEvent) -> Heard[Any]:
    model = event_class(event.type)
    assert model is not None, event.type
    body = model.model_validate_json(event.payload)
    return Heard(body, event.event_id, "results", event.producer_seq, event.district, event.occurred_at)
