"""The rows of one import, staged by COPY in a temporary table of the transaction and judged there in sets.

Staged rows die with the transaction: a killed step leaves nothing behind and is simply done again (REL21).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.registry.domain.change_sets import ChangeSet
from services.registry.domain.import_findings import (
    Finding,
    conflict,
    duplicate,
    keys_disagree,
    not_responsible,
    older,
    same_target,
)
from services.registry.domain.import_jobs import ImportCounts
from services.registry.domain.import_rows import Content, ImportKind
from services.registry.storage.import_sql import STAGED, ImportSql
from services.registry.storage.import_tables import IMPORT_TABLES, ImportTable
from services.registry.storage.sealing import keyed_digest, mark, sealed
from shared.runtime.database import Driver
from shared.runtime.unit_of_work import SHANGHAI
from shared.values.ids import new_id

PATIENCE: Final = 3600.0
"""Seconds that a statement over a whole import may take on the client's side."""
_LEADING: Final = ("line", "id", "content_mark")
# The limits of the API's transactions (a few seconds) are not those of a worker's import.
_LIMITS: Final = (
    "SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),"
    " set_config('idle_in_transaction_session_timeout', '0', true)"
)
# Once it has its turn, an import waits for edits of single rows only.
_TURN_TAKEN: Final = "SELECT set_config('lock_timeout', '30s', true)"
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"


class RowPacker:
    """Makes the records of COPY from read rows; works in a thread, touches no connection."""

    def __init__(self, kind: ImportKind) -> None:
        self._table = IMPORT_TABLES[kind]

    def pack(self, line: int, content: Content) -> tuple[Any, ...]:
        values = {name: getattr(content, name) for name in self._table.columns}
        digest = keyed_digest(repr(list(values.values())))
        return (line, new_id(), digest, *(self._stored(name, values) for name in self._table.stored))

    def _stored(self, column: str, values: dict[str, Any]) -> Any:
        field = column.removesuffix("_mark")
        if field in self._table.sealed:
            return mark(values[field]) if column != field else sealed(values[field])
        value = values[column]
        return list(value) if isinstance(value, tuple) else value


class ImportStaging:
    """One import's rows. Use in order: `open`, `add`…, `settle`, `counts`, and `write` where the step commits."""

    def __init__(self, driver: Driver, district: str) -> None:
        self._driver, self._district = driver, district
        self._table: ImportTable
        self._sql: ImportSql

    async def open(self, kind: ImportKind, provided: Iterable[str]) -> None:
        self._table = IMPORT_TABLES[kind]
        self._sql = ImportSql(self._table, provided)
        await self._run(_LIMITS)
        await self._driver.execute(self._sql.create())

    async def add(self, records: Sequence[tuple[Any, ...]]) -> None:
        """COPY, inside the transaction."""
        columns = [*_LEADING, *self._table.stored]
        await self._driver.copy_records_to_table(STAGED, records=records, columns=columns, timeout=PATIENCE)

    async def settle(self, scope_department: str | None, as_of: datetime) -> list[Finding]:
        """Judges the rows against each other and against what is stored; gives what is to be said of them.

        What was stored after `as_of` is newer than the file and stays."""
        await self._driver.execute(f"ANALYZE {STAGED}", timeout=PATIENCE)
        found = [*await self._torn_keys(), *await self._duplicates()]
        await self.take_turn()
        for key in self._table.keys:
            await self._run(self._sql.link(key))
        await self._run(self._sql.lock_targets())
        found += await self._misdirected()
        if scope_department is not None:
            found += await self._unanswered(scope_department)
        await self._run(self._sql.classify())
        return [*found, *await self._older(as_of)]

    async def take_turn(self) -> None:
        """One import of a kind at a time in a district: two with the same new keys would wait for each other (REL21).
        Asking again is free; the turn ends with the transaction."""
        await self._run(_ONE_AT_A_TIME, name=f"import {self._district} {self._table.table}")
        await self._run(_TURN_TAKEN)

    async def _run(self, sql: str, **values: Any) -> Sequence[asyncpg.Record]:
        """On the driver itself: the engine's limit of seconds is the API's."""
        placed = re.sub(r":([a-z_]+)\b", lambda found: f"${list(values).index(found[1]) + 1}", sql)
        rows: Sequence[asyncpg.Record] = await self._driver.fetch(placed, *values.values(), timeout=PATIENCE)
        return rows

    async def _torn_keys(self) -> list[Finding]:
        found: list[Finding] = []
        for key in self._table.keys:
            rows = await self._run(self._sql.conflicts(key))
            found += [conflict(row["line"], key, row["value"], row["lines"]) for row in rows]
        return await self._settled("wrong", found)

    async def _duplicates(self) -> list[Finding]:
        rows = await self._run(self._sql.duplicates())
        return await self._settled("duplicate", [duplicate(row["line"], row["first"]) for row in rows])

    async def _misdirected(self) -> list[Finding]:
        found: list[Finding] = []
        for key in self._table.keys:
            rows = await self._run(self._sql.disagreements(key))
            found += [keys_disagree(row["line"], key, row["value"]) for row in rows]
        await self._settled("wrong", found)
        rows = await self._run(self._sql.same_targets())
        twice = await self._settled("wrong", [same_target(row["line"], row["lines"]) for row in rows])
        return [*found, *twice]

    async def _unanswered(self, department: str) -> list[Finding]:
        rows = await self._run(self._sql.unanswered(), department=department)
        field = self._table.responsible_field
        return await self._settled("wrong", [not_responsible(row["line"], field, department) for row in rows])

    async def _older(self, as_of: datetime) -> list[Finding]:
        rows = await self._run(self._sql.older(), as_of=as_of)
        if rows:
            await self._run(self._sql.set_aside(), lines=[row["line"] for row in rows])
        return [older(row["line"], row["at"].astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")) for row in rows]

    async def _settled(self, outcome: str, found: list[Finding]) -> list[Finding]:
        if found:
            lines = sorted({finding.line for finding in found})
            await self._run(self._sql.settle(), outcome=outcome, lines=lines)
        return found

    async def counts(self) -> ImportCounts:
        """Of the staged rows; rows that never reached the table are the reader's to add."""
        rows = await self._run(f"SELECT outcome, count(*) AS n FROM {STAGED} GROUP BY outcome")  # noqa: S608
        return ImportCounts(**{row["outcome"]: row["n"] for row in rows})

    async def write(self, change_set: ChangeSet) -> int:
        """Writes new and changed rows under the change set. Gives the number of versions made."""
        counts = await self.counts()
        statements = [
            sql
            for sql, rows in ((self._sql.write_new(), counts.new), (self._sql.write_changed(), counts.changed))
            if rows
        ]
        about = {"district": self._district, "change_set_id": change_set.id, "at": change_set.recorded_at}
        return sum([(await self._run(sql, **about))[0]["count"] for sql in statements])
