"""The page of a result (检查结果): `/r/{result_id}`, for ever; 410 with the reason when its publicity has ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Request, Response

from services.disclosure.api.html import page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.domain.gone import ResultNotShown
from services.disclosure.domain.tickets import Subject, SubjectKind
from services.disclosure.usecases.handle_tickets import shown_tickets
from services.disclosure.usecases.keep_statements import statements_of_result
from services.disclosure.usecases.show_result import show_result

router = pages_router()


@router.get("/r/{result_id}")
async def get_result_page(request: Request, result_id: str, work: PublicReading) -> Response:
    """Raises ResultNotShown, ResultTakenDown."""
    number = _number(result_id)
    found = await show_result(number, work)
    about: dict[str, Any] = {
        "statements": await statements_of_result(number, work),
        "corrections": await shown_tickets(Subject(SubjectKind.RESULT, str(number)), work),
    }
    return page(request, "result.html", result=found, **about)


def _number(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ResultNotShown from error
