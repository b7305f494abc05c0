"""What other services' facts change in objects, in sets: the copy of the credit class and the last visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registry.domain.change_sets import ChangeSet


@dataclass(frozen=True, slots=True)
class ResultCopy:
    """What registry keeps of a published result: when whom which department visited."""

    result_id: UUID
    entity_id: UUID
    visit_id: UUID
    department: str
    concluded_on: date
    result_version: int


def _versions(new: str, column: str) -> Any:
    """A statement that gives `column` the value `n.value` of `new` (entity_id, value) where it differs, with history.

    Rows are held in the order of their ids before they change, so that two writers never wait for each other.
    """
    return text(
        f"WITH wanted AS ({new}), held AS (SELECT e.id, n.value FROM entities e JOIN wanted n ON n.entity_id = e.id"  # noqa: S608
        f" WHERE e.{column} IS DISTINCT FROM n.value ORDER BY e.id FOR UPDATE OF e),"
        f" written AS (UPDATE entities e SET {column} = held.value, version = e.version + 1,"
        " change_set_id = CAST(:change_set_id AS uuid), changed_at = CAST(:at AS timestamptz)"
        " FROM held WHERE e.id = held.id RETURNING e.id) SELECT count(*) FROM written"
    )


_CLASSES: Final = _versions(
    "SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:classes AS text[])) AS n (entity_id, value)", "credit_class"
)
_LAST_VISITS: Final = _versions(
    "SELECT a.entity_id, (SELECT max(r.concluded_on) FROM replica_results r"
    " WHERE r.entity_id = a.entity_id AND NOT r.is_withdrawn) AS value"
    " FROM unnest(CAST(:ids AS uuid[])) AS a (entity_id)",
    "last_visit_on",
)
_KEEP_RESULTS: Final = text(
    "INSERT INTO replica_results AS kept"
    " (district, result_id, entity_id, visit_id, department, concluded_on, result_version)"
    " SELECT current_setting('ssj.district'), r.* FROM unnest(CAST(:result_ids AS uuid[]), CAST(:entity_ids AS uuid[]),"
    " CAST(:visit_ids AS uuid[]), CAST(:departments AS text[]), CAST(:days AS date[]), CAST(:versions AS integer[]))"
    " AS r ON CONFLICT (district, result_id) DO UPDATE SET concluded_on = excluded.concluded_on,"
    " result_version = excluded.result_version, is_withdrawn = false"
    " WHERE kept.result_version < excluded.result_version"
)
_WITHDRAW: Final = text(
    "UPDATE replica_results SET is_withdrawn = true WHERE result_id = ANY (CAST(:result_ids AS uuid[]))"
)


class BulkChanges:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def set_classes(self, classes: Mapping[UUID, str], change_set: ChangeSet) -> int:
        """Gives the number of objects whose class moved."""
        values = {"ids": list(classes), "classes": list(classes.values())}
        return await self._count(_CLASSES, values, change_set)

    async def keep_results(self, results: Sequence[ResultCopy]) -> None:
        """Remembers published results, a newer version in place of an older one."""
        if not results:
            return
        newest = {result.result_id: result for result in sorted(results, key=lambda result: result.result_version)}
        kept = list(newest.values())
        await self._connection.execute(
            _KEEP_RESULTS,
            {
                "result_ids": [result.result_id for result in kept],
                "entity_ids": [result.entity_id for result in kept],
                "visit_ids": [result.visit_id for result in kept],
                "departments": [result.department for result in kept],
                "days": [result.concluded_on for result in kept],
                "versions": [result.result_version for result in kept],
            },
        )

    async def withdraw_results(self, result_ids: Sequence[UUID]) -> None:
        await self._connection.execute(_WITHDRAW, {"result_ids": list(result_ids)})

    async def set_last_visits(self, entity_ids: Sequence[UUID], change_set: ChangeSet) -> int:
        """Recomputes the last visit from the results that stand. Gives the number of objects it moved."""
        return await self._count(_LAST_VISITS, {"ids": sorted(set(entity_ids))}, change_set)

    async def _count(self, statement: Any, values: dict[str, Any], change_set: ChangeSet) -> int:
        about = {"change_set_id": change_set.id, "at": change_set.recorded_at}
        moved: int = (await self._connection.execute(statement, values | about)).scalar_one()
        return moved
