"""Recognised results (结果互认): which result stands in for which part of which visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.publication import PublicVersion
from services.results.domain.recognition import Cover, Recognition
from services.results.storage.versions import COLUMNS as VERSION_COLUMNS
from services.results.storage.versions import version_of

_COLUMNS: Final = (
    "g.id, g.owner_department AS department, g.record_id, g.visit_id, g.entity_id, g.result_id, g.result_version,"
    " g.result_digest, g.result_department, g.concluded_on, g.covers, g.reason, g.approved_by, g.approved_at,"
    " g.revoked_reason, g.revoked_by, g.revoked_at"
)
_ADD: Final = text(
    "INSERT INTO recognitions (district, owner_department, participants, id, record_id, visit_id, entity_id, result_id,"
    " result_version, result_digest, result_department, concluded_on, covers, reason, approved_by, approved_at)"
    " VALUES (current_setting('ssj.district'), :department, :participants, :id, :record_id, :visit_id, :entity_id,"
    " :result_id, :result_version, :result_digest, :result_department, :concluded_on, CAST(:covers AS jsonb), :reason,"
    " :approved_by, :approved_at)"
)
_REVOKE: Final = text(
    "UPDATE recognitions SET revoked_reason = :revoked_reason, revoked_by = :revoked_by, revoked_at = :revoked_at"
    " WHERE id = :id AND revoked_at IS NULL"
)
_NEWEST: Final = (
    "(SELECT max(v.version) FROM result_versions v WHERE v.district = g.district AND v.record_id = g.result_id)"
)
_PUBLIC_OF: Final = text(
    f"SELECT DISTINCT ON (record_id) {VERSION_COLUMNS} FROM result_versions"  # noqa: S608 - constants only
    " WHERE entity_id = :entity_id ORDER BY record_id, version DESC"
)


@dataclass(frozen=True, slots=True)
class RecognitionFilter:
    """None does not filter. `is_shaken`: the result was corrected or withdrawn since, and nobody has decided anew."""

    entity_id: UUID | None = None
    visit_id: UUID | None = None
    is_shaken: bool | None = None


@dataclass(frozen=True, slots=True)
class ListedRecognition:
    """`newest_version` is the result's newest public version: above the one relied on, it is to be looked at again."""

    recognition: Recognition
    newest_version: int


class RecognitionStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def public_of(self, entity_id: UUID) -> list[PublicVersion]:
        """The newest public version of every result about the object, of whichever department (R5)."""
        rows = await self._connection.execute(_PUBLIC_OF, {"entity_id": entity_id})
        return [version_of(row) for row in rows]

    async def add(self, made: Recognition) -> None:
        covers = [{"item_id": one.item_id, "by_item_id": one.by_item_id} for one in made.covers]
        plain = ("id", "department", "record_id", "visit_id", "entity_id", "result_id", "result_version")
        more = ("result_digest", "result_department", "concluded_on", "reason", "approved_by", "approved_at")
        values = {name: getattr(made, name) for name in plain + more}
        parties = list(dict.fromkeys((made.department, made.result_department)))
        await self._connection.execute(
            _ADD, values | {"participants": parties, "covers": orjson.dumps(covers, default=str).decode()}
        )

    async def find(self, recognition_id: UUID) -> Recognition | None:
        query = text(f"SELECT {_COLUMNS} FROM recognitions g WHERE g.id = :id FOR UPDATE")  # noqa: S608
        row = (await self._connection.execute(query, {"id": recognition_id})).one_or_none()
        return None if row is None else _recognition_of(row)

    async def revoke(self, revoked: Recognition) -> None:
        names = ("id", "revoked_reason", "revoked_by", "revoked_at")
        await self._connection.execute(_REVOKE, {name: getattr(revoked, name) for name in names})

    async def page(self, wanted: RecognitionFilter, size: int, after: UUID | None) -> list[ListedRecognition]:
        """At most `size` in the order in which they were made."""
        where, values = _conditions(wanted)
        if after is not None:
            where.append("g.id > :after")
            values["after"] = after
        query = (
            f"SELECT {_COLUMNS}, {_NEWEST} AS newest_version FROM recognitions g"  # noqa: S608
            f" WHERE {' AND '.join(where)} ORDER BY g.id LIMIT :size"
        )
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [ListedRecognition(_recognition_of(row), row.newest_version) for row in rows]


def _conditions(wanted: RecognitionFilter) -> tuple[list[str], dict[str, Any]]:
    where, values = ["true"], {}
    for name in ("entity_id", "visit_id"):
        if (value := getattr(wanted, name)) is not None:
            where.append(f"g.{name} = :{name}")
            values[name] = value
    if wanted.is_shaken is not None:
        shaken = f"(g.revoked_at IS NULL AND {_NEWEST} > g.result_version)"
        where.append(shaken if wanted.is_shaken else f"NOT {shaken}")
    return where, values


def _recognition_of(row: Row[Any]) -> Recognition:
    got = {name: value for name, value in row._mapping.items() if name != "newest_version"}
    covers = tuple(Cover(UUID(one["item_id"]), UUID(one["by_item_id"])) for one in got["covers"])
    return Recognition(**got | {"covers": covers})
