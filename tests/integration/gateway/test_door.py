"""The door as processes: officer and client sign in, what is not classified is closed, a service behind it answers."""

from __future__ import annotations

import socket

import pytest

from deploy.embedded.platform import EmbeddedPlatform
from services.registry.api.entity_models import EXAMPLE
from tests.support.door import (
    SECRET,
    administrator,
    key,
    open_an_account,
    register_a_client,
    sign_in_system,
)
from tests.support.door import at_the_door as client


def test_an_officer_acts_through_the_door(door: EmbeddedPlatform, office: str) -> None:
    body = {"code": "SCJG", "name": "区市场监督管理局", "short_name": "区市场监管局"}
    with client(door, office) as http:
        made = http.post("/api/registry/v1/departments", json=body, headers=key())
        read = http.get("/api/registry/v1/departments/SCJG")
    assert (made.status_code, made.headers["location"]) == (201, "/api/registry/v1/departments/SCJG")
    assert (read.status_code, read.json()["name"], read.headers["etag"]) == (200, "区市场监督管理局", '"1"')


def test_a_weak_password_is_refused(door: EmbeddedPlatform) -> None:
    body = {"login": "weak", "name": "某", "department": "LXB", "roles": ["auditor"], "password": "0123456789"}
    with administrator(door) as http:
        answer = http.post("/api/gateway/v1/accounts", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "gateway.password_too_weak")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/registry/v1/departments", 401, "gateway.sign_in_needed"),
        ("/api/registry/internal/v1/events", 404, "gateway.route_unknown"),
        ("/api/registry/v1/nothing", 404, "gateway.route_unknown"),
        ("/api/registry/v1/../internal/v1/events", 404, "gateway.route_unknown"),
        ("/api/nowhere/v1/x", 404, "gateway.route_unknown"),
        ("/api/registry/metrics", 404, "gateway.route_unknown"),
    ],
)
def test_what_is_not_classified_is_closed(door: EmbeddedPlatform, path: str, status: int, code: str) -> None:
    with client(door) as http:
        answer = http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_an_officer_without_the_role_is_refused_at_the_door(door: EmbeddedPlatform, office: str) -> None:
    with client(door, office) as http:
        answer = http.get("/api/gateway/v1/accounts")
    assert (answer.status_code, answer.json()["code"]) == (403, "gateway.role_not_allowed")


def test_identity_headers_of_the_caller_do_not_get_through(door: EmbeddedPlatform, office: str) -> None:
    with client(door, office) as http:
        answer = http.get("/api/gateway/v1/me", headers={"X-Roles": "system_admin", "X-User": "admin"})
    assert answer.json()["roles"] == ["joint_office"]


def test_a_machine_client_gets_what_its_scopes_say(door: EmbeddedPlatform, office: str) -> None:
    register_a_client(door, "peer", "registry.read")
    token = sign_in_system(door, "peer", SECRET).json()["access_token"]
    with client(door, token) as http:
        allowed = http.get("/api/registry/v1/departments")
        refused = http.post("/api/registry/v1/departments", json={}, headers=key())
    assert allowed.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "gateway.scope_not_allowed")


def test_a_wrong_password_and_an_unknown_account_sound_alike_and_the_fifth_locks(
    door: EmbeddedPlatform, office: str
) -> None:
    with client(door) as http:

        def attempt(login: str) -> tuple[int, str]:
            form = {"grant_type": "password", "username": login, "password": "wrong"}
            answer = http.post("/oauth2/token", data=form)
            return answer.status_code, answer.json()["code"]

        open_an_account(door, "victim", "a password of some length", "joint_office")
        assert attempt("nobody") == attempt("victim") == (401, "gateway.sign_in_failed")
        tries = [attempt("victim") for _ in range(4)]
    assert tries[-1] == (403, "gateway.account_locked")


def test_a_body_over_the_limit_is_refused(door: EmbeddedPlatform, office: str) -> None:
    with client(door, office) as http:
        answer = http.post("/api/registry/v1/departments", content=b"x" * (2**20 + 10), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (413, "gateway.body_too_large")


def test_a_service_that_is_down_is_503_with_retry_after(door: EmbeddedPlatform, office: str) -> None:
    door.stop_process("registry")
    try:
        with client(door, office) as http:
            answer = http.get("/api/registry/v1/departments")
    finally:
        door.start_process("registry")
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway.upstream_down")
    assert answer.headers["retry-after"]


def test_one_document_describes_all_routes_and_people_can_read_it(door: EmbeddedPlatform) -> None:
    with client(door) as http:
        document = http.get("/openapi.json").json()
        page = http.get("/docs")
    assert "post" in document["paths"]["/api/registry/v1/departments"]
    assert "/oauth2/token" in document["paths"]
    assert not [path for path in document["paths"] if "/internal/" in path]
    assert page.status_code == 200
    assert "登记部门" in page.text


def test_the_type_of_an_error_is_a_page_that_explains_it(door: EmbeddedPlatform) -> None:
    """`conventions` 4.3: `type` is a page in the published catalogue."""
    with client(door) as http:
        refusal = http.get("/api/registry/v1/departments").json()
        page = http.get(refusal["type"])
        unknown = http.get("/problems/gateway.no_such_code")
    assert page.status_code == 200
    assert refusal["detail"] in page.text
    assert unknown.status_code == 404


def test_each_audience_gets_the_document_of_what_it_may_call(door: EmbeddedPlatform) -> None:
    with client(door) as http:
        documents = {
            audience: http.get("/openapi.json", params={"audience": audience}).json()
            for audience in ("public", "client", "officer")
        }
        nonsense = http.get("/openapi.json", params={"audience": "everybody"})
    paths = {audience: set(document["paths"]) for audience, document in documents.items()}
    assert "post" in documents["officer"]["paths"]["/api/registry/v1/departments"]
    assert "post" not in documents["client"]["paths"]["/api/registry/v1/departments"]
    assert "/api/gateway/v1/accounts" in paths["officer"] - paths["client"]
    assert paths["public"] < paths["officer"]
    scopes = documents["client"]["paths"]["/api/registry/v1/departments"]["get"]["security"]
    assert scopes == [{"oauth2": ["registry.read"]}]
    assert len(documents["public"]["components"]["schemas"]) < len(documents["officer"]["components"]["schemas"])
    assert nonsense.status_code == 422


def test_a_grant_of_names_opens_names_alone(door: EmbeddedPlatform, office: str) -> None:
    """Output filtered by grant: the narrow scope sees five members of an object, the wide one all."""
    register_a_client(door, "names", "registry.names")
    register_a_client(door, "whole", "registry.read")
    body = EXAMPLE | {"departments": [], "tags": [], "region_code": "410308100"}
    with client(door, office) as http:
        made = http.post("/api/registry/v1/entities", json=body, headers=key())
    assert made.status_code == 201, made.text
    seen = {}
    for name in ("names", "whole"):
        with client(door, sign_in_system(door, name, SECRET).json()["access_token"]) as http:
            answer = http.get(f"/api/registry/v1/entities/{body['uscc']}")
            assert answer.status_code == 200, answer.text
            seen[name] = answer.json()
    assert set(seen["names"]) == {"id", "kind", "name", "uscc", "status"}
    assert seen["names"].items() <= seen["whole"].items()
    assert "address" in seen["whole"]


def test_a_request_that_could_be_read_in_two_ways_is_refused(door: EmbeddedPlatform) -> None:
    """SEC17: smuggling; sent by hand, as no client would send it."""
    port = int(door.url("gateway").rpartition(":")[2])
    heads = [
        "Host: a\r\nHost: b",
        "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked",
        "Host: a\r\nContent-Length: 2\r\nContent-Length: 3",
        "Host: a\r\nTransfer-Encoding: xchunked",
        "Host: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b",
    ]
    for head in heads:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"GET /api/registry/v1/departments HTTP/1.1\r\n{head}\r\n\r\n".encode())
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 400"), head
