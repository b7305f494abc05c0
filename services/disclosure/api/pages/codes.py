"""Printed codes (核验码): a form, and the answer under its permanent address `/v/{code}` (B18)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query, Request, Response

from services.disclosure.api.headers import UNKEPT
from services.disclosure.api.html import moved, page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.usecases.check_code import check_code

router = pages_router()
FORM_OK: Final[dict[str, Any]] = {"code": "", "error": None}
_LONGEST: Final = 80


@router.get("/v")
async def get_code_form_page(
    request: Request, code: Annotated[str | None, Query(description="要核验的编号")] = None
) -> Response:
    """The form; filled in, the way to the answer's own address."""
    if code is None:
        return page(request, "code_form.html", **FORM_OK)
    asked = code.strip()
    if not asked or len(asked) > _LONGEST or "/" in asked:
        wrong = "请输入核验码" if not asked else "这不是核验码，请核对后再输入"
        return page(request, "code_form.html", status=422, code=asked[:_LONGEST], error=wrong)
    return moved(request, f"/v/{asked}")


@router.get("/v/{code}")
async def get_code_page(request: Request, code: str, work: PublicReading) -> Response:
    """Never refuses: a wrong code gets an answer too, which is given anew each time it is asked for."""
    return page(request, "code.html", cache=UNKEPT, found=await check_code(code, work))
