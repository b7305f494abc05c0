"""The page of an object (检查对象): `/e/{entity_id}`, for ever. A USCC leads to it."""

from __future__ import annotations

from fastapi import Request, Response

from services.disclosure.api.html import moved, page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.usecases.keep_statements import statements_of_entity
from services.disclosure.usecases.show_entity import show_entity

router = pages_router()


@router.get("/e/{entity}")
async def get_entity_page(request: Request, entity: str, work: PublicReading) -> Response:
    """Raises EntityNotShown."""
    found = await show_entity(entity, work)
    if entity != str(found.entity_id):
        return moved(request, f"/e/{found.entity_id}")
    return page(request, "entity.html", entity=found, statements=await statements_of_entity(found.entity_id, work))
