"""Loads a pool while its rows stream by: COPY into a table of the transaction, then one INSERT a batch.

COPY cannot write a table behind row-level security, so it writes a temporary one; a killed freeze leaves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.draw.domain.freezing import FrozenInspector, FrozenObject, RecusedPair

COPY_TIMEOUT: Final = 600.0
_STAGED: Final = "staged_objects"
# Freezing reads a stream as long as the district is large; the limits of ordinary transactions are not its own.
_PATIENCE: Final = text(
    "SELECT set_config('statement_timeout', '10min', true), set_config('idle_in_transaction_session_timeout', '10min',"
    " true)"
)
_OPEN: Final = text(
    f"CREATE TEMPORARY TABLE {_STAGED} (token bytea, entity_id uuid, stratum text, region text, record text,"
    " credit_class text, industry text)"
    " ON COMMIT DROP"
)
_WRITE: Final = text(
    "INSERT INTO pool_objects (district, draw_id, owner_department, token, entity_id, stratum, region, record,"
    " credit_class, industry) SELECT current_setting('ssj.district'), :draw_id, :owner, token, entity_id, stratum,"
    " region, record, credit_class, industry FROM staged_objects"
)
_EMPTY: Final = text(f"TRUNCATE {_STAGED}")
_INSPECTORS: Final = text(
    "INSERT INTO pool_inspectors (district, draw_id, owner_department, inspector_id, department, status, valid_until,"
    " token, record, roster_row)"
    " SELECT current_setting('ssj.district'), :draw_id, :owner, i.*"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:departments AS text[]), CAST(:statuses AS text[]),"
    "  CAST(:valid_until AS date[]), CAST(:tokens AS bytea[]), CAST(:records AS text[]), CAST(:rows AS text[]))"
    "  AS i (inspector_id, department, status, valid_until, token, record, roster_row)"
)
# Pairs of which one is not in the pool, or not in post, need no row.
_RECUSALS: Final = text(
    "INSERT INTO pool_recusals (district, draw_id, owner_department, entity_id, inspector_id, object_token,"
    " inspector_token, why)"
    " SELECT o.district, o.draw_id, o.owner_department, o.entity_id, i.inspector_id, o.token, i.token, r.why"
    " FROM unnest(CAST(:entities AS uuid[]), CAST(:inspectors AS uuid[]), CAST(:whys AS text[]))"
    "  AS r (entity_id, inspector_id, why)"
    " JOIN pool_objects o ON o.draw_id = :draw_id AND o.entity_id = r.entity_id"
    " JOIN pool_inspectors i ON i.draw_id = :draw_id AND i.inspector_id = r.inspector_id"
    " WHERE i.token IS NOT NULL ON CONFLICT DO NOTHING"
)


class PoolLoader:
    """The rows of one pool, in the transaction of its freeze. `open` first."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def open(self) -> None:
        await self._connection.execute(_PATIENCE)
        await self._connection.execute(_OPEN)

    async def add_objects(self, draw_id: UUID, owner: str, found: Sequence[FrozenObject]) -> None:
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        records = [
            (one.token, one.entity_id, one.stratum, one.region, one.record, one.credit_class, one.industry)
            for one in found
        ]
        await driver.copy_records_to_table(_STAGED, records=records, timeout=COPY_TIMEOUT)
        await self._connection.execute(_WRITE, {"draw_id": draw_id, "owner": owner})
        await self._connection.execute(_EMPTY)

    async def add_inspectors(self, draw_id: UUID, owner: str, found: Sequence[FrozenInspector]) -> None:
        values: dict[str, Any] = {
            "ids": [one.source.inspector_id for one in found],
            "departments": [one.source.department for one in found],
            "statuses": [one.source.status for one in found],
            "valid_until": [one.source.valid_until for one in found],
            "tokens": [None if one.seat is None else one.seat.token for one in found],
            "records": [one.record for one in found],
            "rows": [None if one.seat is None else one.seat.row() for one in found],
        }
        await self._connection.execute(_INSPECTORS, values | {"draw_id": draw_id, "owner": owner})

    async def add_recusals(self, draw_id: UUID, pairs: Mapping[RecusedPair, str]) -> None:
        """Pair → why it is recused."""
        values = {
            "entities": [pair.entity_id for pair in pairs],
            "inspectors": [pair.inspector_id for pair in pairs],
            "whys": list(pairs.values()),
        }
        await self._connection.execute(_RECUSALS, values | {"draw_id": draw_id})
