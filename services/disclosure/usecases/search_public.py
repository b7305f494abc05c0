"""One search box (`experience.md` 1.1): an exact code opens the thing, a text finds objects, filters alone results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from services.disclosure.domain.names import read_query
from services.disclosure.domain.views import EntityHit, SearchPage, SearchQuery
from services.disclosure.domain.words import OUTCOMES
from services.disclosure.storage.search import PREFIX, REST, Found
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from shared.runtime.problems import BadCursor
from shared.values.errors import Invalid
from shared.values.text import clean, search_key

CAP: Final = 100
"""How far hits are counted: counting every name that holds two common signs costs more than finding twenty of them, and
who has more than a hundred says more of the name."""
LINES_CAP: Final = 1_000
PLANS_SHOWN: Final = 5
_PLACE: Final = re.compile(r"\(\d{1,9},\d{1,5}\)")
"""Block and line in the table of names."""


class PeriodReversed(Invalid):
    message = "起始日期 {from_on} 晚于截止日期 {to_on}"


@dataclass(frozen=True, slots=True)
class AskSearch:
    """`after`: the parsed cursor of the page before (`SearchPage.next_key`)."""

    query: SearchQuery
    most: int = 20
    after: Sequence[Any] | None = None


async def search_public(asked: AskSearch, uow: DisclosureUnitOfWork) -> SearchPage:
    """Raises QueryTooShort, QueryTooLong, PeriodReversed, BadCursor."""
    query = _read(asked.query)
    async with uow:
        exact = None if query.text is None or asked.after else await _exact(query.text, uow)
        departments = tuple(await uow.lines.departments())
        empty = SearchPage(query, exact, (), (), (), 0, False, None, departments, tuple(OUTCOMES.items()))
        if exact is not None:
            return empty
        if query.text is None:
            return await _lines(query, asked, empty, uow)
        return await _hits(query, asked, empty, uow)


def _read(query: SearchQuery) -> SearchQuery:
    if query.from_on is not None and query.to_on is not None and query.from_on > query.to_on:
        raise PeriodReversed(from_on=query.from_on, to_on=query.to_on)
    text = clean(query.text or "") or None
    if text is not None:
        read_query(text)
    return replace(query, text=text)


async def _exact(text: str, uow: DisclosureUnitOfWork) -> str | None:
    """The address of what an exact number names; every number of ours has a digit."""
    if not any(sign.isdigit() for sign in text):
        return None
    number = search_key(text).upper()
    if len(number) == 18 and (entity_id := await uow.lines.entity_of_uscc(number)) is not None:
        return f"/e/{entity_id}"
    if await uow.plan_pages.by_no(text) is not None:
        return f"/p/{text}"
    if await uow.plan_pages.task(text) is not None:
        return f"/t/{text}"
    return await _numbered(text, uow)


async def _numbered(text: str, uow: DisclosureUnitOfWork) -> str | None:
    try:
        number = UUID(text)
    except ValueError:
        return None
    if await uow.lines.entity(number) is not None:
        return f"/e/{number}"
    return f"/r/{number}" if await uow.lines.one(number) is not None else None


async def _lines(query: SearchQuery, asked: AskSearch, page: SearchPage, uow: DisclosureUnitOfWork) -> SearchPage:
    after = line_place(asked.after)
    lines = await uow.lines.filtered(query, after, asked.most + 1)
    shown = lines[: asked.most]
    total = await uow.lines.count(query, LINES_CAP + 1)
    more = (shown[-1].published_at.isoformat(), str(shown[-1].result_id)) if len(lines) > asked.most else None
    return replace(page, lines=tuple(shown), total=min(total, LINES_CAP), is_capped=total > LINES_CAP, next_key=more)


async def _hits(query: SearchQuery, asked: AskSearch, page: SearchPage, uow: DisclosureUnitOfWork) -> SearchPage:
    """The first page looks as far as the count goes; those behind it carry the count in their cursor."""
    name = read_query(query.text or "")
    after = _name_place(asked.after)
    found = await uow.search.page(name, query, after, asked.most + 1 if after else max(asked.most, CAP) + 1)
    shown = found[: asked.most]
    total = int(str((asked.after or ())[3])) if after else len(found)
    last = shown[-1] if len(found) > asked.most else None
    return replace(
        page,
        hits=await _named(shown, uow),
        plans=() if after else tuple(await uow.plan_pages.page(None, query.text, None, PLANS_SHOWN)),
        total=min(total, CAP),
        is_capped=total > CAP,
        next_key=None if last is None else (last.part, last.place, str(last.entity_id), str(total)),
    )


def line_place(key: Sequence[Any] | None) -> tuple[datetime, UUID] | None:
    """Time and number of the last row of a list by time. Raises BadCursor."""
    try:
        if not key:
            return None
        at = datetime.fromisoformat(str(key[0]))
        return at if at.tzinfo else at.replace(tzinfo=UTC), UUID(str(key[1]))
    except (ValueError, IndexError) as error:
        raise BadCursor from error


def _name_place(key: Sequence[Any] | None) -> tuple[str, str, UUID] | None:
    if not key:
        return None
    try:
        part, place, entity_id, total = str(key[0]), str(key[1]), UUID(str(key[2])), int(str(key[3]))
    except (ValueError, IndexError) as error:
        raise BadCursor from error
    if part not in (PREFIX, REST) or (part == REST and not _PLACE.fullmatch(place)) or not 0 < total < 10_000:
        raise BadCursor
    return part, place, entity_id


async def _named(found: Sequence[Found], uow: DisclosureUnitOfWork) -> tuple[EntityHit, ...]:
    hits = await uow.lines.hits([one.entity_id for one in found]) if found else {}
    return tuple(hits[one.entity_id] for one in found if one.entity_id in hits)


def a_query(
    text: str | None,
    plan_no: str | None,
    task_no: str | None,
    department: str | None,
    period: tuple[date | None, date | None],
    result_type: str | None,
) -> SearchQuery:
    """What a form asks: an empty field asks nothing."""
    return SearchQuery(text or None, plan_no or None, task_no or None, department or None, *period, result_type or None)
