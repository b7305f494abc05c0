"""A second set of the derived tables in a schema of its own, filled by COPY, finished like the first, and swapped in.

Everything happens in the owner's one transaction: a kill at any point leaves what was there. Columns, constraints,
indexes, triggers, policies and grants are read from the catalogue, so that a later migration needs no word here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from services.credit.storage import ledger_rows as rows
from services.credit.storage.bulk import Bulk, Row
from shared.runtime.database import Driver

SHADOW: Final = "credit_shadow"
_BEFORE: Final = "credit_before"
DERIVED: Final[tuple[Bulk, ...]] = (rows.RECORDS, rows.ENTRIES, rows.CLASSES, rows.LISTINGS, rows.FLAGS)
"""What follows from the journal. Writers take their locks in this order, and the journal last."""
_NAMES: Final = ", ".join(bulk.table for bulk in DERIVED)
_OF_BATCH: Final = frozenset({"based_on"})
"""How inputs were cut into transactions is no part of the state."""
_CONSTRAINTS: Final = """
SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', $1::text, c.relname, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid WHERE c.oid = $2::text::regclass ORDER BY k.conname
"""
_INDEXES: Final = """
SELECT replace(pg_get_indexdef(i.indexrelid), format(' ON public.%I ', c.relname),
               format(' ON %I.%I ', $1::text, c.relname))
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
WHERE i.indrelid = $2::text::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
"""
_TRIGGERS: Final = """
SELECT replace(pg_get_triggerdef(t.oid), format(' ON public.%I ', c.relname),
               format(' ON %I.%I ', $1::text, c.relname))
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE t.tgrelid = $2::text::regclass AND NOT t.tgisinternal
"""
_POLICIES: Final = """
SELECT format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s', policyname, $1::text, tablename, permissive, cmd,
              (SELECT string_agg(CASE WHEN r = 'public' THEN 'PUBLIC' ELSE quote_ident(r::text) END, ', ')
               FROM unnest(roles) AS r),
              coalesce(format(' USING (%s)', qual), ''), coalesce(format(' WITH CHECK (%s)', with_check), ''))
FROM pg_policies WHERE schemaname = 'public' AND format('%I.%I', schemaname, tablename)::regclass = $2::text::regclass
"""
_GRANTS: Final = """
SELECT format('GRANT %s ON %I.%I TO %s', a.privilege_type, $1::text, c.relname,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = $2::text::regclass AND a.grantee <> c.relowner
"""
_OPTIONS: Final = "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = $1::text::regclass"


class SwapRefused(RuntimeError):
    """Readers kept the tables busy; nothing was changed."""


class Shadow:
    """Over the owner's connection, inside its transaction."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def make(self) -> None:
        """Keeps writers out (readers read on) and makes the empty tables."""
        await self._driver.execute(f"LOCK TABLE {_NAMES}, credit_journal IN EXCLUSIVE MODE")
        await self._driver.execute(f"DROP SCHEMA IF EXISTS {SHADOW}, {_BEFORE} CASCADE")
        await self._driver.execute(f"CREATE SCHEMA {SHADOW}")
        for bulk in DERIVED:
            options = await self._driver.fetchval(_OPTIONS, bulk.table)
            with_options = f" WITH ({options})" if options else ""
            await self._driver.execute(
                f"CREATE TABLE {SHADOW}.{bulk.table} (LIKE public.{bulk.table} INCLUDING DEFAULTS){with_options}"
            )

    async def fill(self, bulk: Bulk, made: Sequence[Row]) -> None:
        """Rows are those of `bulk`, the district before and `known_from` behind."""
        if made:
            columns = ["district", *(name for name, _ in bulk.columns), "known_from"]
            await self._driver.copy_records_to_table(bulk.table, schema_name=SHADOW, columns=columns, records=made)

    async def differences(self) -> dict[str, int]:
        """Rows of one side that the other has not, by table, in the district of the context; all columns compared."""
        found: dict[str, int] = {}
        for bulk in DERIVED:
            names = ", ".join(["district", *(name for name, _ in bulk.columns if name not in _OF_BATCH), "known_from"])
            ours = f"SELECT {names} FROM {SHADOW}.{bulk.table} WHERE district = current_setting('ssj.district')"  # noqa: S608
            live = f"SELECT {names} FROM public.{bulk.table} WHERE district = current_setting('ssj.district')"  # noqa: S608
            found[bulk.table] = await self._driver.fetchval(
                f"SELECT (SELECT count(*) FROM ({ours} EXCEPT ALL {live}) AS a)"  # noqa: S608
                f" + (SELECT count(*) FROM ({live} EXCEPT ALL {ours}) AS b)"
            )
        return found

    async def finish(self) -> None:
        """Constraints, indexes, triggers, policies and grants as the live tables have them."""
        for bulk in DERIVED:
            for query in (_CONSTRAINTS, _INDEXES, _TRIGGERS, _POLICIES, _GRANTS):
                for (statement,) in await self._driver.fetch(query, SHADOW, bulk.table):
                    await self._driver.execute(statement)
            await self._driver.execute(f"ALTER TABLE {SHADOW}.{bulk.table} ENABLE ROW LEVEL SECURITY")
            await self._driver.execute(f"ALTER TABLE {SHADOW}.{bulk.table} FORCE ROW LEVEL SECURITY")
            await self._driver.execute(f"ANALYZE {SHADOW}.{bulk.table}")

    async def swap(self, attempts: int = 20) -> None:
        """Puts the new tables in the place of the old ones, which go. Raises SwapRefused."""
        await self._lock_out_readers(attempts)
        await self._driver.execute(f"CREATE SCHEMA {_BEFORE}")
        for bulk in DERIVED:
            await self._driver.execute(f"ALTER TABLE public.{bulk.table} SET SCHEMA {_BEFORE}")
            await self._driver.execute(f"ALTER TABLE {SHADOW}.{bulk.table} SET SCHEMA public")
        await self._driver.execute(f"DROP SCHEMA {_BEFORE}, {SHADOW} CASCADE")

    async def _lock_out_readers(self, attempts: int) -> None:
        """Tries briefly and often: waiting long would hold up every reader behind us, and could be a deadlock."""
        for _ in range(attempts):
            try:
                async with self._driver.transaction():
                    await self._driver.execute("SET LOCAL lock_timeout = '300ms'")
                    await self._driver.execute(f"LOCK TABLE {_NAMES} IN ACCESS EXCLUSIVE MODE")
                return
            except asyncpg.LockNotAvailableError:
                await self._driver.execute("SELECT pg_sleep(0.2)")
        raise SwapRefused
