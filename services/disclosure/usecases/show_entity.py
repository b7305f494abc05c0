"""The page of an object (检查对象), by its number or USCC."""

from __future__ import annotations

import json
from uuid import UUID

from services.disclosure.domain.gone import EntityNotShown
from services.disclosure.domain.views import EntityPage, ResultState
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.show_result import findings_of, listing_of, repair_of

LATEST = 4
"""Results that stand at the top (`experience.md` 1.1)."""


async def show_entity(entity: str, uow: DisclosureUnitOfWork) -> EntityPage:
    """`entity`: entity_id or USCC. Raises EntityNotShown."""
    async with uow:
        entity_id = _number(entity) or await uow.lines.entity_of_uscc(entity.strip().upper())
        row = None if entity_id is None else await uow.lines.entity(entity_id)
        if entity_id is None or row is None:
            raise EntityNotShown
        results = await uow.lines.of_entity(entity_id)
        standing = [line for line in results if line.state is not ResultState.WITHDRAWN]
        bodies = await uow.lines.bodies([line.result_id for line in standing if line.findings])
        listings = await uow.lines.listings(entity_id)
        repairs = await uow.lines.repairs(entity_id, None)
        names = await uow.lines.names_of(entity_id)
    return EntityPage(
        entity_id=entity_id,
        name=row["name"],
        uscc=row["uscc"],
        other_names=tuple(sorted(name for name in names if name != row["name"])),
        latest=tuple(results[:LATEST]),
        results=tuple(results),
        findings=tuple(
            (line, finding)
            for line in standing
            if line.result_id in bodies
            for finding in findings_of(json.loads(bodies[line.result_id]))
        ),
        listings=tuple(listing_of(one) for one in listings),
        repairs=tuple(repair_of(one) for one in repairs),
    )


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
