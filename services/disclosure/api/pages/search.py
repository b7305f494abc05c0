"""The search (查询): a GET form, so every state has an address; an exact number goes straight to its thing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from services.disclosure.api.html import moved, page, pages_router
from services.disclosure.api.pages.reading import PublicReading
from services.disclosure.api.pages.search_forms import SearchForm, read_form
from services.disclosure.domain.names import QueryTooLong, QueryTooShort
from services.disclosure.domain.views import SearchPage
from services.disclosure.domain.words import OUTCOMES
from services.disclosure.usecases.name_departments import name_departments
from services.disclosure.usecases.search_public import AskSearch, search_public
from shared.runtime.http import PageQuery, Paging, next_cursor

router = pages_router()


async def search_form(
    q: Annotated[str | None, Query(description="名称、拼音首字母、代码或编号")] = None,
    department: Annotated[str | None, Query(description="检查部门")] = None,
    from_on: Annotated[str | None, Query(description="结论日期从")] = None,
    to_on: Annotated[str | None, Query(description="结论日期到")] = None,
    result_type: Annotated[str | None, Query(description="检查结果的种类")] = None,
    plan_no: Annotated[str | None, Query(description="计划编号")] = None,
    task_no: Annotated[str | None, Query(description="任务编号")] = None,
    cursor: Annotated[str | None, Query(description="翻页标记")] = None,
) -> SearchForm:
    given = {"q": q, "department": department, "from_on": from_on, "to_on": to_on}
    given |= {"result_type": result_type, "plan_no": plan_no, "task_no": task_no, "cursor": cursor}
    return read_form(given)


Form = Annotated[SearchForm, Depends(search_form)]


@router.get("/search")
async def get_search_page(request: Request, form: Form, paging: Paging, work: PublicReading) -> Response:
    """The form with what was found; with what is wrong in it (422) if it cannot be asked like that."""
    found = None if form.is_wrong else await _ask(form, paging, work)
    if found is not None and found.exact is not None:
        return moved(request, found.exact)
    departments = await name_departments(work) if found is None else dict(found.departments)
    return page(
        request,
        "search.html",
        status=422 if found is None else 200,
        **_form_view(form, departments),
        narrowed=form.is_narrowed,
        found=found,
        next=next_cursor(found.next_key) if found is not None and found.next_key else None,
    )


@router.get("/search/filters")
async def get_search_filters_page(request: Request, form: Form, work: PublicReading) -> Response:
    """The filters on a page of their own, for phones."""
    return page(request, "search_filters.html", **_form_view(form, await name_departments(work)))


async def _ask(form: SearchForm, paging: PageQuery, work: PublicReading) -> SearchPage | None:
    """None where the words cannot be searched for; the form then says why."""
    try:
        return await search_public(AskSearch(form.query, after=paging.after), work)
    except (QueryTooShort, QueryTooLong) as refusal:
        form.errors["q"] = refusal.detail
        return None


def _form_view(form: SearchForm, departments: dict[str, str]) -> dict[str, Any]:
    return {
        "filters": form.filters,
        "errors": form.errors,
        "departments": sorted(departments.items()),
        "outcome_codes": list(OUTCOMES.items()),
    }
