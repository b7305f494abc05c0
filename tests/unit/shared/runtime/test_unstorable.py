"""SEC21, SEC26: texts and numbers that no database keeps are refused by name, before anything else is done."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from fastapi import Depends, FastAPI
from pydantic import Field

from shared.runtime.http import In, Paging, next_cursor, refuse_unknown_parameters
from shared.runtime.problems import install_problem_handlers

app = FastAPI(dependencies=[Depends(refuse_unknown_parameters)])
install_problem_handlers(app)


class Said(In):
    """What was said."""

    text: str = ""
    number: int = 0
    parts: list[dict[str, Any]] = Field(default_factory=list)


@app.post("/said/{place}")
async def say(body: Said, place: str, q: str = "") -> Said:
    return body


@app.get("/overflow")
async def overflow() -> None:
    raise OverflowError("date value out of range")


@app.get("/versions/{version}")
async def version_of(version: int, since: int | None = None) -> int:
    return version


@app.get("/page")
async def page(paging: Paging) -> str:
    return str(paging.after_id)


async def sent(body: Any, path: str = "/said/here") -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        headers = {"Content-Type": "application/json"}
        return await client.post(path, content=json.dumps(body).encode(), headers=headers)


async def asked(path: str, **query: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.get(path, params=query or None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": "甲\0乙"}, "/text"),
        ({"text": "\ud800"}, "/text"),
        ({"number": 2**63}, "/number"),
        ({"number": -(2**63) - 1}, "/number"),
        ({"parts": [{}, {"deep": ["\udfff"]}]}, "/parts/1/deep/0"),
        ({"parts": [{"\0": 1}]}, "/parts/0"),
    ],
)
async def test_what_cannot_be_kept_is_refused_where_it_stands(body: Any, pointer: str) -> None:
    answer = await sent(body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, "request.value_unstorable")]


@pytest.mark.parametrize(
    "body", [{"text": "𠮷😀"}, {"text": "\\u0000"}, {"number": 2**63 - 1}, {"text": "9" * 40}, {"text": "\\ud800"}]
)
async def test_what_only_looks_like_it_is_taken(body: Any) -> None:
    """Signs outside the basic plane travel as pairs; a backslash is a letter."""
    answer = await sent(body)
    assert (answer.status_code, answer.json() | body) == (200, answer.json())


@pytest.mark.parametrize("path", ["/said/a%00b", "/said/here?q=a%00b"])
async def test_paths_and_queries_are_looked_at_too(path: str) -> None:
    assert (await sent({}, path)).json()["errors"][0]["code"] == "request.value_unstorable"


@pytest.mark.parametrize("path", [f"/versions/{10**30}", "/versions/1?since=-" + "9" * 25, "/versions/" + "9" * 5000])
async def test_numbers_of_more_than_64_bits_are_refused_before_anything_is_done(path: str) -> None:
    answer = await asked(path)
    assert (answer.status_code, answer.json()["code"]) == (422, "request.input_malformed")


async def test_a_number_of_64_bits_is_one() -> None:
    assert (await asked(f"/versions/{2**63 - 1}", since="-5")).json() == 2**63 - 1


async def test_a_date_beyond_the_calendar_is_the_callers_fault() -> None:
    answer = await asked("/overflow")
    assert (answer.status_code, answer.json()["code"]) == (422, "request.input_malformed")


@pytest.mark.parametrize("key", [["x"], [{"a": 1}], [["x"]], [7], [1.5]])
async def test_a_made_up_cursor_is_no_cursor(key: list[Any]) -> None:
    answer = await asked("/page", cursor=next_cursor(key))
    assert (answer.status_code, answer.json()["code"]) == (400, "request.bad_cursor")
