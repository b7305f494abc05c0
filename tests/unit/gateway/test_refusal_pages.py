"""Who types an address of the public side gets words; who calls `/api/` gets RFC 9457 (SEC26)."""

from __future__ import annotations

import pytest

from gateway.api.problem_pages import is_for_people, refusal_page
from gateway.domain.policy import RouteUnknown
from tests.support.html_page import read_page

BROWSER = (b"accept", b"text/html,application/xhtml+xml,*/*;q=0.8")


@pytest.mark.parametrize(
    ("path", "headers", "people"),
    [
        ("/nothing", [BROWSER], True),
        ("/nothing", [(b"accept", b"*/*")], False),
        ("/nothing", [], False),
        ("/api/draw/v1/nothing", [BROWSER], False),
    ],
)
def test_a_browser_at_a_page_is_told_in_a_page(path: str, headers: list[tuple[bytes, bytes]], people: bool) -> None:
    assert is_for_people(path, headers) is people


def test_the_page_says_what_is_wrong_with_its_code_and_the_way_on() -> None:
    answer = refusal_page(RouteUnknown(), "abc123")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = read_page(bytes(answer.body).decode())
    assert "没有这个地址" in page.text
    assert {"gateway.route_unknown", "abc123"} <= set(page.codes)
    assert page.links == ["/", "/search", "/help"]
