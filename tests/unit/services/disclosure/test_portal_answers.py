"""How pages leave: policy, ETag, no cookie, refusals in words (SEC6, SEC26; `experience.md` 1 (10))."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from services.disclosure.api.headers import content_policy, is_known
from services.disclosure.api.html import asset
from services.disclosure.api.pages import assets, help
from services.disclosure.api.problem_pages import ProblemPages
from services.disclosure.domain.gone import ResultTakenDown
from shared.runtime.problems import TooBusy, install_problem_handlers
from tests.support.html_page import read_page


def an_app() -> ProblemPages:
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(help.router)
    app.include_router(assets.router)

    @app.get("/r/{number}")
    async def gone(number: int) -> None:
        if number == 410:
            raise ResultTakenDown(reason="公示期已经届满", digest="ab" * 32, state="expired")
        if number == 503:
            raise TooBusy
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    @app.get("/v1/results/{number}")
    async def machine(number: int) -> None:
        raise TooBusy

    return ProblemPages(app)


async def get(path: str, **headers: str) -> Any:
    transport = httpx2.ASGITransport(app=an_app(), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://portal") as client:
        return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_a_page_has_a_strict_policy_and_sets_no_cookie() -> None:
    for path in ("/help", "/help/search", "/nothing", "/r/410", asset("portal.css"), "/robots.txt"):
        answer = await get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_that_the_reader_has_is_not_sent_again() -> None:
    first = await get("/help")
    assert first.headers["cache-control"] == "public, max-age=5, must-revalidate"
    again = await get("/help", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    elder = await get("/help?mode=elder", if_none_match=first.headers["etag"])
    assert elder.status_code == 200


def test_an_etag_is_compared_by_the_weak_rule() -> None:
    assert is_known('"a", W/"b"', '"b"')
    assert is_known("*", '"b"')
    assert not is_known('"bb"', '"b"')
    assert not is_known(None, '"b"')


async def test_a_file_is_kept_for_ever_under_its_content_and_found_under_an_old_one() -> None:
    answer = await get(asset("portal.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    old = await get("/static/000000000000/portal.css")
    assert (old.status_code, old.headers["location"]) == (302, asset("portal.css"))


@pytest.mark.parametrize("name", ["../html.py", "..%2Fhtml.py", "nothing.css", "%2e%2e%2fhtml.py"])
async def test_no_other_file_is_served(name: str) -> None:
    answer = await get(f"/static/000000000000/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("/nothing", 404, "request.route_missing", "没有找到这个页面"),
        ("/help/nothing", 404, "request.route_missing", "没有找到这个页面"),
        ("/r/410", 410, "disclosure.result_taken_down", "公示期已经届满"),
        ("/r/503", 503, "request.too_busy", "系统繁忙"),
        ("/r/500", 500, "request.internal_error", "系统出错"),
        ("/r/x", 422, "request.input_malformed", "应为整数"),
    ],
)
async def test_a_refusal_is_a_page_in_words_with_a_stable_code(path: str, status: int, code: str, words: str) -> None:
    answer = await get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    page = read_page(answer.text)
    assert code in page.codes
    assert words in page.text
    assert "SELECT" not in answer.text


async def test_a_refusal_that_passes_says_when_to_come_back() -> None:
    assert (await get("/r/503")).headers["retry-after"] == "1"


async def test_what_is_gone_keeps_its_digest() -> None:
    assert "ab" * 32 in read_page((await get("/r/410")).text).codes


async def test_machines_get_problems_as_the_standard_says() -> None:
    """RFC 9457."""
    answer = await get("/v1/results/1")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_method_that_no_page_knows_is_refused_in_words() -> None:
    transport = httpx2.ASGITransport(app=an_app(), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://portal") as client:
        answer = await client.post("/help")
    assert answer.status_code == 405
    assert "不支持这样的操作" in answer.text


def test_a_page_that_runs_from_a_stick_may_name_its_script() -> None:
    policy = content_policy(script_src="'sha256-abc='", connect_src="'none'")
    assert "script-src 'sha256-abc='" in policy
    assert policy.count("script-src") == 1
