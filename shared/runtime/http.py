"""Manners of HTTP that every service shares: who calls, versions (ETag), pages, parameters."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import orjson
from fastapi import Depends, Header, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.principal import Principal
from shared.runtime.problems import (
    UNSTORABLE,
    BadCursor,
    InputMalformed,
    NotSignedIn,
    PreconditionMissing,
    UnknownParameter,
    VersionChanged,
)
from shared.runtime.tokens import TokenRefused, verify

PAGE_LIMIT = 200
_NUL = "\0"
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\d{19}")
_DIGITS = 40
"""More than any number has; Python takes its time with thousands."""
_SHOWN = 20
"""Faults of this kind told at most."""
T = TypeVar("T")


class In(BaseModel):
    """Base of request bodies: an unknown member is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """Base of response bodies."""

    model_config = ConfigDict(frozen=True)


class Page(Out, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="本页内容")
    next: str | None = Field(
        None, description="下一页的翻页标记；为空表示没有更多", examples=["WyIwMTkyZjNhNC03YzFkIl0="]
    )


async def caller(request: Request) -> Principal:
    """The principal of the internal token. Raises NotSignedIn; no service trusts a bare header or its network."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise NotSignedIn
    state = request.app.state
    try:
        return verify(token, state.service_name, state.public_keys)
    except TokenRefused as error:
        raise NotSignedIn from error


Caller = Annotated[Principal, Depends(caller)]


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not quietly return everything."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = set(_query_names(route.dependant))
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise UnknownParameter(names="、".join(unknown))
    asked = [*request.query_params.multi_items(), *request.path_params.items()]
    numbers = set(_number_names(route.dependant))
    wrong = [f"/{name}" for name, value in asked if _NUL in value or (name in numbers and _is_too_long(value))]
    if route.body_field is not None and request.headers.get("content-type", "").startswith("application/json"):
        wrong += await _unstorable_members(request)
    if wrong:
        raise InputMalformed([UNSTORABLE | {"pointer": pointer} for pointer in wrong[:_SHOWN]])


def _number_names(dependant: Dependant) -> Iterator[str]:
    every = (*dependant.path_params, *dependant.query_params)
    yield from (field.alias for field in every if field.field_info.annotation in (int, int | None))
    for inner in dependant.dependencies:
        yield from _number_names(inner)


def _is_too_long(digits: str) -> bool:
    """Whether a number in a path or query has more than 64 bits; what is none is for others to refuse."""
    return len(digits) > _DIGITS or (digits.removeprefix("-").isdecimal() and _is_unstorable(int(digits)))


async def _unstorable_members(request: Request) -> list[str]:
    """Pointers of the JSON body's members that no database keeps. Almost every body is cleared by one search."""
    if _SUSPICIOUS.search(await request.body()) is None:
        return []
    try:
        return list(_unstorable(await request.json()))
    except (ValueError, RecursionError):
        return []  # no JSON: whoever reads it says so


def _unstorable(value: Any, pointer: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from [pointer] if _is_unstorable(name) else _unstorable(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _unstorable(part, f"{pointer}/{index}")
    elif _is_unstorable(value):
        yield pointer


def _is_unstorable(value: object) -> bool:
    """A NUL, half a surrogate pair, a number of more than 64 bits."""
    if isinstance(value, str):
        return _NUL in value or any("\ud800" <= sign <= "\udfff" for sign in value)
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def _query_names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def etag(version: int) -> str:
    return f'"{version}"'


async def expected_version(
    _: Caller, if_match: Annotated[str | None, Header(description="所依据的版本（ETag）")] = None
) -> int:
    """The version a write was based on. Raises PreconditionMissing (428) without it, VersionChanged (412) if odd;
    NotSignedIn before either."""
    if if_match is None:
        raise PreconditionMissing
    digits = if_match.removeprefix("W/").strip('"')
    if not digits.isdecimal():
        raise VersionChanged
    return int(digits)


ExpectedVersion = Annotated[int, Depends(expected_version)]


class PageQuery(BaseModel):
    """`after` is the sort key of the last row seen, as the list's own query understands it."""

    model_config = ConfigDict(frozen=True)

    size: int
    after: list[Any] | None

    @property
    def after_id(self) -> UUID | None:
        """The last row's id where that alone is the sort key. Raises BadCursor."""
        try:
            return UUID(str(self.after[0])) if self.after else None
        except ValueError as error:
            raise BadCursor from error


async def page_query(
    page_size: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="每页条数，最多 200")] = 50,
    cursor: Annotated[str | None, Query(description="上一页返回的翻页标记")] = None,
) -> PageQuery:
    return PageQuery(size=page_size, after=None if cursor is None else _read_cursor(cursor))


Paging = Annotated[PageQuery, Depends(page_query)]


def _read_cursor(cursor: str) -> list[Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError as error:
        raise BadCursor from error
    if not isinstance(found, list) or not all(part is None or isinstance(part, str | int) for part in found):
        raise BadCursor
    return found


def next_cursor(key: Sequence[object]) -> str:
    """The opaque cursor of the row with this sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).decode()
