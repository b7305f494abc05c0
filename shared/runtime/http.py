"""Manners of HTTP that every service shares: who calls, versions (ETag), pages, parameters."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Header, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.principal import Principal
from shared.runtime.problems import (
    BadCursor,
    NotSignedIn,
    PreconditionMissing,
    UnknownParameter,
    VersionChanged,
)
from shared.runtime.tokens import TokenRefused, verify

PAGE_LIMIT = 200
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
    if not isinstance(found, list):
        raise BadCursor
    return found


def next_cursor(key: Sequence[object]) -> str:
    """The opaque cursor of the row with this sort key."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).decode()
