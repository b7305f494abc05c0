"""The ledger of contacts (涉企接触台账)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.results.domain.contacts import Contact, ContactCounts, ContactFilter, ContactKind, Level, windows

_NAMES: Final = (
    "id, entity_id, owner_department, kind, level, on_site, is_enforcement, happened_on, people, purpose, third_party,"
    " visit_id, recorded_by, recorded_at"
)
_VALUES: Final = ", ".join(f":{name.strip()}" for name in _NAMES.split(","))
# The second department of a joint visit finds it in the ledger: one door opened, one contact (进一次门，查多项事).
_ADD: Final = text(
    f"INSERT INTO contacts (district, {_NAMES}) VALUES (current_setting('ssj.district'), {_VALUES})"  # noqa: S608
    " ON CONFLICT (district, visit_id) DO NOTHING"
)
_COUNTS: Final = text(
    "SELECT count(*) FILTER (WHERE happened_on >= :day) AS day, count(*) FILTER (WHERE happened_on >= :week) AS week,"
    " count(*) FILTER (WHERE happened_on >= :month) AS month, count(*) FILTER (WHERE happened_on >= :year) AS year,"
    " count(*) FILTER (WHERE happened_on >= :day AND is_enforcement) AS enforcement_day,"
    " count(*) FILTER (WHERE happened_on >= :week AND is_enforcement) AS enforcement_week,"
    " count(*) FILTER (WHERE happened_on >= :month AND is_enforcement) AS enforcement_month,"
    " count(*) FILTER (WHERE happened_on >= :year AND is_enforcement) AS enforcement_year,"
    " count(*) FILTER (WHERE happened_on >= :year AND on_site) AS on_site_year"
    " FROM contacts WHERE entity_id = :entity_id AND happened_on BETWEEN least(:month, :year) AND :day"
)
_PER_DEPARTMENT: Final = text(
    "SELECT owner_department, count(*) FROM contacts WHERE entity_id = :entity_id"
    " AND happened_on BETWEEN :year AND :day GROUP BY owner_department ORDER BY owner_department"
)


_CLAUSES: Final = {
    "entity_id": "entity_id = :entity_id",
    "department": "owner_department = :department",
    "kind": "kind = :kind",
    "is_enforcement": "is_enforcement = :is_enforcement",
    "since": "happened_on >= :since",
    "until": "happened_on <= :until",
    "words": "position(:words IN purpose || ' ' || third_party) > 0",
}


class ContactStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, contact: Contact) -> bool:
        """False if the visit stands in the ledger already."""
        values = asdict(contact) | {"owner_department": contact.department}
        values |= {"kind": contact.kind.value, "level": contact.level.value}
        return (await self._connection.execute(_ADD, values)).rowcount == 1

    async def page(self, wanted: ContactFilter, size: int, after: tuple[date, UUID] | None) -> list[Contact]:
        """At most `size`, the newest first."""
        values: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value is not None}
        where = ["true", *(_CLAUSES[name] for name in values)]
        if after is not None:
            where.append("(happened_on, id) < (:after_on, :after_id)")
            values |= {"after_on": after[0], "after_id": after[1]}
        query = (
            f"SELECT {_NAMES} FROM contacts WHERE {' AND '.join(where)}"  # noqa: S608
            " ORDER BY happened_on DESC, id DESC LIMIT :size"
        )
        rows = await self._connection.execute(text(query), values | {"size": size})
        return [_contact_of(row) for row in rows]

    async def counts(self, entity_id: UUID, on: date) -> ContactCounts:
        day, week, month, year = windows(on)
        values = {"entity_id": entity_id, "day": day, "week": week, "month": month, "year": year}
        row = (await self._connection.execute(_COUNTS, values)).one()
        parts = await self._connection.execute(_PER_DEPARTMENT, {"entity_id": entity_id, "day": day, "year": year})
        return ContactCounts(on=on, **row._mapping, per_department=tuple((part[0], part[1]) for part in parts))


def _contact_of(row: Row[Any]) -> Contact:
    got = dict(row._mapping)
    department = got.pop("owner_department")
    return Contact(**got | {"department": department, "kind": ContactKind(got["kind"]), "level": Level(got["level"])})
