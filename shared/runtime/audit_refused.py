"""Audit rows of what was not done and of what was read: refused acts and reads of personal data (SEC12, G1).

They stand in a transaction of their own. Of a refused act the row says who tried what, and why not; of what he sent
only ids, numbers, dates and choices, because a refused text may be anything, a name or a number of a person too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Final
from uuid import UUID

import orjson

from shared.runtime.principal import READS_ALL, Principal
from shared.runtime.unit_of_work import UnitOfWork
from shared.values.ids import new_id

READ: Final = "read"
_HIDDEN: Final = "…"
_ADD: Final = """
    INSERT INTO audits (id, district, actor, act_for, department, roles, action, command, event_ids, request_id,
                        acted_at, outcome)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, '{}', $9, $10, $11)
"""


async def add_row(work: UnitOfWork, action: str, said: object, outcome: str, who: Principal | None = None) -> None:
    """Adds a row to the transaction of `work`; the caller commits. `who` where it was not the work's own principal."""
    who = who or work.principal
    command = orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    roles, about = sorted(who.roles), (who.act_for, who.department)
    await work.driver.execute(
        _ADD, new_id(), who.district, who.subject, *about, roles, action, command, who.request_id, work.now, outcome
    )


def told_of(value: object) -> object:
    """What may be kept of a refused command."""
    if value is None or isinstance(value, bool | int | UUID | date | Enum):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        kept = {
            one.name: told_of(getattr(value, one.name)) for one in fields(value) if not one.metadata.get("personal")
        }
        return kept | {one.name: _HIDDEN for one in fields(value) if one.metadata.get("personal")}
    if isinstance(value, list | tuple | set | frozenset):
        return [told_of(part) for part in value]
    return _HIDDEN


def reads_are_kept(who: Principal, route: str, personal: frozenset[str]) -> bool:
    """Whether a reading leaves a row: the auditor's and the supervision organ's always (架构 Identity), anybody's where
    the route shows personal data. Services read for somebody whose act or reading is kept where it began."""
    return not who.is_service and (bool(who.roles & READS_ALL) or route in personal)


async def keep_read(work: UnitOfWork, action: str, asked: Mapping[str, object]) -> None:
    """Commits the row before anything is read: whoever saw something stands in the trail, whatever happens after.
    `asked`: the ids in the path; filters may hold a person's name and are left out."""
    async with work:
        await add_row(work, action, dict(asked), READ)
        await work.commit()
