"""Where items are kept: an identity per department and code, and their content in every revision of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.filters import ItemFilter
from services.planning.domain.item_lists import ItemList, ListTier
from services.planning.domain.items import Item, ItemLevel, LegalBasis, ListedItem
from services.planning.storage.columns import to_rows
from shared.values.ids import new_id
from shared.values.text import search_key

_IDENTITIES = text(
    "WITH added AS (INSERT INTO items (id, district, owner_department, code)"
    " SELECT id, :district, :department, code"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[])) AS i (id, code)"
    " ON CONFLICT (district, owner_department, code) DO NOTHING RETURNING id, code)"
    " SELECT id, code FROM added UNION SELECT id, code FROM items"
    " WHERE owner_department = :department AND code = ANY (CAST(:codes AS text[]))"
)
_ADD = text(
    "INSERT INTO listed_items (district, list_id, revision, item_id, owner_department, place, code, name, search_key,"
    " level, bases, methods, kinds, content, ratio_cap_ppm, times_per_year, tags, fields, duty_code)"
    " SELECT :district, :list_id, :revision, i.item_id, :department, i.place, i.code, i.name, i.search_key, i.level,"
    " i.bases, i.methods, i.kinds, i.content, i.ratio_cap_ppm, i.times_per_year, i.tags, i.fields,"
    " i.duty_code FROM jsonb_to_recordset(CAST(:items AS jsonb)) AS i (item_id uuid, place integer, code text,"
    " name text, search_key text, level text, bases jsonb, methods text[], kinds text[], content text[],"
    " ratio_cap_ppm integer, times_per_year integer, tags text[], fields text[], duty_code text)"
)
_COLUMNS = (
    "i.item_id, i.owner_department, i.list_id, l.version, l.year, l.tier, i.place, i.code, i.name, i.level, i.bases,"
    " i.methods, i.kinds, i.content, i.ratio_cap_ppm, i.times_per_year, i.tags, i.fields, i.duty_code"
)
_JOINED = "FROM listed_items i JOIN item_lists l ON l.district = i.district AND l.id = i.list_id"
_OF_LIST = text(f"SELECT {_COLUMNS} {_JOINED} WHERE i.list_id = :list_id AND i.revision = :revision ORDER BY i.place")
# Each level's latest list up to the year is in force; of an item that several have, the highest level prevails (I5).
FORCE = (
    f"SELECT DISTINCT ON (i.item_id) {_COLUMNS}, i.search_key {_JOINED}"  # noqa: S608 - constants only
    " JOIN (SELECT DISTINCT ON (owner_department, tier) id FROM item_lists WHERE state = 'published' AND year <= :year"
    " ORDER BY owner_department, tier, year DESC) AS f ON f.id = l.id WHERE i.revision = l.revision"
    " ORDER BY i.item_id, array_position(ARRAY['province', 'city', 'district'], l.tier)"
)
_IN_FORCE = text(f"SELECT * FROM ({FORCE}) AS i WHERE i.item_id = ANY (CAST(:ids AS uuid[]))")  # noqa: S608
_PAGE = text(
    f"SELECT * FROM ({FORCE}) AS i WHERE (CAST(:department AS text) IS NULL OR i.owner_department = :department)"  # noqa: S608
    " AND (CAST(:level AS text) IS NULL OR i.level = :level)"
    " AND (CAST(:q AS text) IS NULL OR position(:q IN i.search_key) > 0 OR position(:q IN lower(i.code)) > 0)"
    " AND (CAST(:after_code AS text) IS NULL OR (i.owner_department, i.code) > (:after_department, :after_code))"
    " ORDER BY i.owner_department, i.code LIMIT :size"
)


class ItemStore:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, item_list: ItemList, items: Sequence[Item]) -> None:
        """Writes the items of the list's revision. An item known by its code keeps its id."""
        ids = await self._identities(item_list, [item.code for item in items])
        rows = [
            asdict(item) | {"item_id": ids[item.code], "place": place, "search_key": search_key(item.name)}
            for place, item in enumerate(items, start=1)
        ]
        values = {
            "district": item_list.district,
            "list_id": item_list.id,
            "revision": item_list.revision,
            "department": item_list.department,
            "items": to_rows(rows),
        }
        await self._connection.execute(_ADD, values)

    async def _identities(self, item_list: ItemList, codes: Sequence[str]) -> Mapping[str, UUID]:
        values = {"district": item_list.district, "department": item_list.department, "codes": list(codes)}
        found = await self._connection.execute(_IDENTITIES, values | {"ids": [new_id() for _ in codes]})
        return {row.code: row.id for row in found}

    async def of_list(self, list_id: UUID, revision: int) -> Sequence[ListedItem]:
        found = await self._connection.execute(_OF_LIST, {"list_id": list_id, "revision": revision})
        return [listed_of(row) for row in found]

    async def in_force(self, year: int, item_ids: Iterable[UUID]) -> Sequence[ListedItem]:
        """Those of `item_ids` that stand in a published list in force for `year`: each department's latest up to it."""
        found = await self._connection.execute(_IN_FORCE, {"year": year, "ids": list(item_ids)})
        return [listed_of(row) for row in found]

    async def page(self, wanted: ItemFilter, size: int, after: tuple[str, str] | None) -> Sequence[ListedItem]:
        """At most `size` items in force by department and code, those after (department, code)."""
        department, code = after or (None, None)
        values = {
            "year": wanted.year,
            "department": wanted.department,
            "level": wanted.level,
            "q": search_key(wanted.q) if wanted.q else None,
            "after_department": department,
            "after_code": code,
            "size": size,
        }
        return [listed_of(row) for row in await self._connection.execute(_PAGE, values)]


def listed_of(row: Row[Any]) -> ListedItem:
    item = Item(
        code=row.code,
        name=row.name,
        level=ItemLevel(row.level),
        bases=tuple(LegalBasis(basis["law"], basis["article"]) for basis in row.bases),
        methods=tuple(row.methods),
        kinds=tuple(row.kinds),
        content=tuple(row.content),
        ratio_cap_ppm=row.ratio_cap_ppm,
        times_per_year=row.times_per_year,
        tags=tuple(row.tags),
        fields=tuple(row.fields),
        duty_code=row.duty_code,
    )
    return ListedItem(row.item_id, row.owner_department, row.list_id, row.version, row.year, item, ListTier(row.tier))
