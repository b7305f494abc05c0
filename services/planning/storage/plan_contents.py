"""Where every saving of a plan's content is kept; nothing of it is ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.planning.domain.items import ItemLevel
from services.planning.domain.openings import NamesOpen, Opening
from services.planning.domain.plan_content import ChosenItem, LibraryVersion, PlanContent
from services.planning.domain.plans import Plan
from services.planning.domain.special import SpecialInspection
from services.planning.domain.windows import Window
from services.planning.storage.columns import from_array, maybe_from_array, to_array, to_rows

Revision = tuple[UUID, int]

_WANTED = (
    "JOIN unnest(CAST(:plan_ids AS uuid[]), CAST(:revisions AS integer[])) AS w (plan_id, revision)"
    " ON w.plan_id = x.plan_id AND w.revision = x.revision"
)
_CONTENTS = text(
    "SELECT x.plan_id, x.revision, x.participants, x.title, x.library_id, x.library_version, x.ratios, x.visit_caps,"  # noqa: S608
    f" x.window_start, x.window_end, x.method, x.sole_ground, x.special, x.names_open,"
    f" x.names_open_basis, x.batches FROM plan_contents x {_WANTED}"
)
_ITEMS = text(
    "SELECT x.plan_id, x.revision, x.item_id, x.list_id, x.list_version, x.department, x.code, x.name, x.level,"  # noqa: S608
    f" x.ratio_cap_ppm FROM plan_items x {_WANTED} ORDER BY x.place"
)
_ADD = text(
    "INSERT INTO plan_contents (district, plan_id, revision, owner_department, participants, title, library_id,"
    " library_version, ratios, visit_caps, window_start, window_end, method, sole_ground, special, names_open,"
    " names_open_basis, batches, saved_by, saved_at)"
    " VALUES (:district, :plan_id, :revision, :initiator, CAST(:participants AS text[]), :title, :library_id,"
    " :library_version, CAST(:ratios AS integer[]), CAST(:visit_caps AS integer[]), :window_start, :window_end,"
    " :method, :sole_ground, CAST(:special AS jsonb), :names_open, :names_open_basis, :batches, :saved_by, :saved_at)"
)
_ADD_ITEMS = text(
    "INSERT INTO plan_items (district, plan_id, revision, place, item_id, list_id, list_version, department, code,"
    " name, level, ratio_cap_ppm)"
    " SELECT :district, :plan_id, :revision, i.place, i.item_id, i.list_id, i.list_version, i.department, i.code,"
    " i.name, i.level, i.ratio_cap_ppm FROM jsonb_to_recordset(CAST(:items AS jsonb)) AS i (place integer,"
    " item_id uuid, list_id uuid, list_version integer, department text, code text, name text, level text,"
    " ratio_cap_ppm integer)"
)


async def add_content(connection: AsyncConnection, plan: Plan, by: str, at: datetime) -> None:
    """Writes the content of the plan's revision."""
    content = plan.content
    key = {"district": plan.district, "plan_id": plan.id, "revision": plan.revision}
    values = {
        "initiator": plan.initiator,
        "participants": list(content.participants),
        "title": content.title,
        "library_id": content.library.id,
        "library_version": content.library.version,
        "ratios": to_array(content.ratios),
        "visit_caps": to_array(content.visit_caps),
        "window_start": content.window.start,
        "window_end": content.window.end,
        "method": content.method,
        "sole_ground": content.sole_ground,
        "special": orjson.dumps(content.special).decode() if content.special else None,
        "names_open": content.opening.when.value,
        "names_open_basis": content.opening.basis,
        "batches": content.batches,
        "saved_by": by,
        "saved_at": at,
    }
    await connection.execute(_ADD, key | values)
    items = [asdict(item) | {"place": place} for place, item in enumerate(content.items, start=1)]
    await connection.execute(_ADD_ITEMS, key | {"items": to_rows(items)})


async def read_contents(connection: AsyncConnection, wanted: Iterable[Revision]) -> Mapping[Revision, PlanContent]:
    """The contents among `wanted` that the caller may read, with two queries however many there are."""
    keys = list(dict.fromkeys(wanted))
    values = {"plan_ids": [plan_id for plan_id, _ in keys], "revisions": [revision for _, revision in keys]}
    items: dict[Revision, list[ChosenItem]] = {}
    for row in await connection.execute(_ITEMS, values):
        items.setdefault((row.plan_id, row.revision), []).append(_item(row))
    rows = await connection.execute(_CONTENTS, values)
    return {(row.plan_id, row.revision): _content(row, items.get((row.plan_id, row.revision), ())) for row in rows}


def _item(row: Row[Any]) -> ChosenItem:
    return ChosenItem(
        row.item_id,
        row.list_id,
        row.list_version,
        row.department,
        row.code,
        row.name,
        ItemLevel(row.level),
        row.ratio_cap_ppm,
    )


def _content(row: Row[Any], items: Sequence[ChosenItem]) -> PlanContent:
    return PlanContent(
        title=row.title,
        participants=tuple(row.participants),
        items=tuple(items),
        library=LibraryVersion(row.library_id, row.library_version),
        ratios=from_array(row.ratios),
        visit_caps=maybe_from_array(row.visit_caps),
        window=Window(row.window_start, row.window_end),
        method=row.method,
        sole_ground=row.sole_ground,
        special=_special(row.special) if row.special else None,
        opening=Opening(NamesOpen(row.names_open), row.names_open_basis),
        batches=row.batches,
    )


def _special(kept: Mapping[str, Any]) -> SpecialInspection:
    days = {name: date.fromisoformat(kept[name]) for name in ("approved_on", "ends_on")}
    return SpecialInspection(**{**kept, **days})
