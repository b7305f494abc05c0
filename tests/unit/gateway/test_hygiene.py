"""What two servers could read in two ways is refused (SEC17); answers and requests keep only what may pass."""

from __future__ import annotations

import orjson
import pytest

from gateway.adapters.answers import narrowed, outside_headers, passed_headers
from gateway.domain.hygiene import RequestAmbiguous, is_plain_path, is_request_id, read_headers


@pytest.mark.parametrize(
    "raw",
    [
        [(b"host", b"a"), (b"host", b"b")],
        [(b"content-length", b"3"), (b"content-length", b"5")],
        [(b"content-length", b"3"), (b"transfer-encoding", b"chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")],
        [(b"transfer-encoding", b"xchunked")],
        [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
        [(b"x-client-id", b"a"), (b"x-client-id", b"b")],
        [(b"content-digest", b"a"), (b"content-digest", b"b")],
    ],
)
def test_an_ambiguous_request_is_refused(raw: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(RequestAmbiguous):
        read_headers(raw)


def test_an_ordinary_request_is_read() -> None:
    found = read_headers([(b"host", b"a"), (b"accept", b"x"), (b"accept", b"y"), (b"transfer-encoding", b"chunked")])
    assert found == {b"host": b"a", b"accept": b"y", b"transfer-encoding": b"chunked"}


@pytest.mark.parametrize(
    "path",
    ["/api/x/../y", "/api//x", "/api/x%2Fy", "/api/x%2e%2e/y", "/api/x\\y", "/api/x%5cy", "/api/x%00", "/api/x y"],
)
def test_a_path_that_could_climb_is_not_plain(path: str) -> None:
    assert not is_plain_path(path)


def test_plain_paths_and_request_ids() -> None:
    assert is_plain_path("/api/registry/v1/entities/91410300MA40000000")
    assert is_plain_path("/api/registry/v1/templates/entities.csv")
    assert is_request_id("0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f90")
    assert not is_request_id("line\nbreak")
    assert not is_request_id("x" * 65)
    assert not is_request_id("")


def test_identity_and_hop_headers_do_not_pass() -> None:
    names = [b"x-user-id", b"x-forwarded-for", b"connection", b"cookie", b"x-roles", b"host", b"te", b"if-match"]
    assert passed_headers([(name, b"1") for name in names]) == [(b"if-match", b"1")]


def test_an_answer_loses_the_hop_and_gains_the_outside_address() -> None:
    raw = [(b"server", b"s"), (b"keep-alive", b"5"), (b"location", b"/v1/x/1"), (b"etag", b'"1"')]
    assert outside_headers(raw, "draw") == [(b"location", b"/api/draw/v1/x/1"), (b"etag", b'"1"')]


def test_a_grant_opens_its_members_only() -> None:
    """Output filtered by grant: of an object, and of each item of a page."""
    one = {"uscc": "9", "name": "甲", "phone": "1"}
    shown = frozenset({"uscc", "name"})
    assert orjson.loads(narrowed(orjson.dumps(one), shown)) == {"uscc": "9", "name": "甲"}
    page = orjson.loads(narrowed(orjson.dumps({"items": [one], "next": None}), shown))
    assert page == {"items": [{"uscc": "9", "name": "甲"}], "next": None}
    assert orjson.loads(narrowed(b"[1]", shown)) is None
