"""SEC17, SEC21, SEC26 at the one door, as a process: requests that two servers could read in two ways, paths that mean
two things, headers that claim to be somebody. Sent as bytes, because no client would send them."""

from __future__ import annotations

import re
from typing import Final

import orjson
import pytest

from deploy import topology
from gateway.api.oauth2 import API_AUDIENCE
from shared.runtime.problems import MEDIA_TYPE
from tests.builders.people import an_officer
from tests.security.knocking import an_allrounder
from tests.security.street import Street

GATEWAY: Final = topology.GATEWAY
SMUGGLED: Final = b"GET /api/registry/v1/departments HTTP/1.1\r\nHost: x\r\nX-Smuggled: yes\r\n"
PLAIN: Final = b"POST /api/registry/v1/departments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def authorised(street: Street) -> bytes:
    return b"Authorization: Bearer " + street.token(an_allrounder("mengjin"), API_AUDIENCE).encode() + b"\r\n"


def ambiguous(hidden: bytes) -> dict[str, bytes]:
    """What is odd → headers and body, with a second request hidden where one of two readers would find it."""
    size = len(hidden) + 5
    chunked = b"0\r\n\r\n" + hidden
    return {
        "a length beside chunks": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%b" % (size, chunked),
        "chunks beside a length": b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n%b" % (size, chunked),
        "a blank before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: %d\r\n\r\n%b" % (size, chunked),
        "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n%b" % chunked,
        "a coding nobody knows": b"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n\r\n%b" % (size, chunked),
        "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n%b" % (len(hidden), hidden),
        "two lengths in one": b"Content-Length: 0, %d\r\n\r\n%b" % (len(hidden), hidden),
        "a negative length": b"Content-Length: -1\r\n\r\n%b" % hidden,
        "a length with a sign": b"Content-Length: +0\r\n\r\n%b" % hidden,
        "a length of letters": b"Content-Length: 0x10\r\n\r\n%b" % hidden,
        "a folded header": b"X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n%b" % (size, chunked),
        "a bare line feed": b"Content-Length: 0\nX-B: c\r\n\r\n%b" % hidden,
        "a chunk of huge size": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n%b" % hidden,
        "a chunk of negative size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n%b" % hidden,
        "a NUL in a header": b"X-A: b\x00c\r\nContent-Length: 0\r\n\r\n%b" % hidden,
    }


WAITED_FOR: Final = {"a chunk of huge size"}
"""Not odd, only never finished: nothing is answered before the rest has come."""


@pytest.mark.parametrize("kind", list(ambiguous(b"")))
def test_no_second_request_hides_in_the_first(street: Street, kind: str) -> None:
    """One refusal, and the line is closed or waits: the hidden request, which would be answered 200, is not."""
    own = authorised(street)
    hidden = SMUGGLED + own + b"\r\n"
    heard = street.say(GATEWAY, PLAIN + own + ambiguous(hidden)[kind], seconds=0.5)
    statuses = [int(status) for status in STATUS.findall(heard)]
    assert len(statuses) == (0 if kind in WAITED_FOR else 1), heard
    assert all(400 <= status < 500 for status in statuses), heard


def test_the_hidden_request_would_be_answered(street: Street) -> None:
    heard = street.say(GATEWAY, SMUGGLED + authorised(street) + b"Connection: close\r\n\r\n")
    assert STATUS.findall(heard) == [b"200"]


UP: Final = tuple(".. %2e%2e .%2e %2E. ..%2f ..%5c %2e%2e%2f ..; ..%00 %252e%252e %c0%ae%c0%ae".split())
PATHS: Final = (
    *(f"/api/registry/v1/{up}/internal/v1/events" for up in UP),
    *(f"/api/registry/{up}/internal/v1/events" for up in UP),
    *(f"/api/{up}/registry/internal/v1/events" for up in UP),
    *(f"/api/results/v1/results/{up}/statements" for up in UP),
    *(f"/api/credit/v1/repairs/{up}/status" for up in UP),
    "/api/registry/internal/v1/events",
    "/api/registry//internal/v1/events",
    "/api//registry/internal/v1/events",
    "/api/registry/v1//../internal/v1/events",
    "/api/registry\\internal\\v1\\events",
    "/api/registry/%69nternal/v1/events",
    "/api/registry/metrics",
    "/api/gateway/internal/v1/events",
    "/api/registry.internal/v1/events",
    "/api/registry@127.0.0.1/v1/events",
    "/api/127.0.0.1:5432/v1/x",
    "/API/registry/internal/v1/events",
    "/internal/v1/events",
    "//internal/v1/events",
    "/./internal/v1/events",
    "/%2e/metrics",
    "/metrics/",
    "http://registry/internal/v1/events",
)


@pytest.mark.parametrize("signed_in", [False, True])
def test_no_path_climbs_out_of_its_service(street: Street, signed_in: bool) -> None:
    """For nobody and for one who may do everything; on GET, and on POST, which goes another way inside."""
    wrong: list[str] = []
    own = authorised(street) if signed_in else b""
    for path in PATHS:
        for method in ("GET", "POST"):
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n".encode()
            key = b"Idempotency-Key: k\r\n" if method == "POST" else b""
            statuses = [int(found) for found in STATUS.findall(street.say(GATEWAY, head + key + own + b"\r\n"))]
            if len(statuses) != 1 or statuses[0] not in (400, 401, 404, 405, 422):
                wrong.append(f"{method} {path}: {statuses}")
    assert wrong == []


CLAIMS: Final = {
    "X-User-Id": "admin",
    "X-User-Roles": "joint_office",
    "X-Roles": "system_admin",
    "X-District": "elsewhere",
    "X-Department": "SLJ",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-User": "admin",
    "X-Forwarded-Host": "evil.example",
    "X-Original-URL": "/internal/v1/events",
    "X-Rewrite-URL": "/internal/v1/events",
    "X-HTTP-Method-Override": "DELETE",
    "X-Real-IP": "127.0.0.1",
    "X-Act-For": "officer:admin",
    "Forwarded": "for=127.0.0.1;host=evil.example",
    "Cookie": "session=admin",
    "traceparent": "00-" + "0" * 32 + "-" + "0" * 16 + "-01; DROP",
    "X-Request-Id": "a b\tc<script>",
}


def test_headers_make_nobody_somebody(street: Street) -> None:
    who = an_officer("inspector", department="SCJG")
    with street.outside(who) as client:
        plain = client.get("/api/gateway/v1/me")
        claimed = client.get("/api/gateway/v1/me", headers=CLAIMS)
        inside = client.get("/api/registry/v1/departments", headers=CLAIMS)
    assert claimed.status_code == plain.status_code == inside.status_code == 200
    assert claimed.json() == plain.json()
    assert "<script>" not in claimed.headers["x-request-id"]
    assert "evil.example" not in claimed.text + str(claimed.headers) + inside.text + str(inside.headers)


def test_headers_open_no_door(street: Street) -> None:
    with street.outside(None) as client:
        answer = client.get("/api/registry/v1/departments", headers=CLAIMS)
    assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE)


@pytest.mark.parametrize("header", [b"Host: a\r\nHost: b", b"Authorization: Bearer a\r\nAuthorization: Bearer b"])
def test_a_header_said_twice_is_refused_in_chinese(street: Street, header: bytes) -> None:
    host = b"" if header.startswith(b"Host") else b"Host: x\r\n"
    heard = street.say(
        GATEWAY,
        b"GET /api/registry/v1/departments HTTP/1.1\r\n" + host + header + b"\r\nConnection: close\r\n\r\n",
    )
    assert STATUS.findall(heard) == [b"400"]
    problem = orjson.loads(heard.partition(b"\r\n\r\n")[2])
    assert problem["code"] == "gateway.request_ambiguous"
    assert "拒绝" in problem["detail"]


def test_a_body_beyond_its_limit_is_refused_before_it_is_read(street: Street) -> None:
    """SEC21."""
    with street.outside(an_allrounder("mengjin")) as client:
        answer = client.post("/api/registry/v1/departments", content=b"[" * (2**20 + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "gateway.body_too_large")


def test_headers_beyond_measure_are_refused(street: Street) -> None:
    many = b"".join(b"X-%d: %b\r\n" % (number, b"y" * 1000) for number in range(200))
    heard = street.say(GATEWAY, b"GET /api/registry/v1/departments HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n", 1.0)
    assert not heard or 400 <= int(STATUS.findall(heard)[0]) < 500
