"""The door as processes: officer and client sign in, what is not classified is closed, a service behind it answers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from shared.values.ids import new_id

ADMIN = ("admin", "correct horse battery")


@pytest.fixture(scope="module")
def door() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, ["registry", "gateway"], fast=True) as platform:
        subprocess.run(
            [sys.executable, "-m", "gateway.main", "create-administrator", ADMIN[0]],
            input=ADMIN[1] + "\n",
            text=True,
            check=True,
            capture_output=True,
            env=platform.environment("gateway") | {"PATH": ""},
        )
        yield platform


def client(door: EmbeddedPlatform, token: str | None = None) -> httpx2.Client:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=door.url("gateway"), headers=headers, trust_env=False)


def sign_in(door: EmbeddedPlatform, login: str, password: str) -> str:
    with client(door) as http:
        form = {"grant_type": "password", "username": login, "password": password}
        answer = http.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


@pytest.fixture(scope="module")
def office(door: EmbeddedPlatform) -> str:
    body = {
        "login": "lxb.office",
        "name": "联席会议办公室",
        "department": "LXB",
        "roles": ["joint_office"],
        "password": "office office 1",
    }
    with client(door, sign_in(door, *ADMIN)) as http:
        assert http.post("/api/gateway/v1/accounts", json=body, headers=key()).status_code == 201
    return sign_in(door, "lxb.office", "office office 1")


def test_an_officer_acts_through_the_door(door: EmbeddedPlatform, office: str) -> None:
    body = {"code": "SCJG", "name": "区市场监督管理局", "short_name": "区市场监管局"}
    with client(door, office) as http:
        made = http.post("/api/registry/v1/departments", json=body, headers=key())
        read = http.get("/api/registry/v1/departments/SCJG")
    assert (made.status_code, made.headers["location"]) == (201, "/api/registry/v1/departments/SCJG")
    assert (read.status_code, read.json()["name"], read.headers["etag"]) == (200, "区市场监督管理局", '"1"')


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
    body = {
        "client_id": "peer",
        "name": "对接系统",
        "scopes": ["registry.read"],
        "secret": "a secret of twenty letters",
    }
    with client(door, sign_in(door, *ADMIN)) as http:
        assert http.post("/api/gateway/v1/clients", json=body, headers=key()).status_code == 201
    form = {"grant_type": "client_credentials", "client_id": "peer", "client_secret": "a secret of twenty letters"}
    with client(door) as http:
        token = http.post("/oauth2/token", data=form).json()["access_token"]
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

        body = {
            "login": "victim",
            "name": "某",
            "department": "LXB",
            "roles": ["joint_office"],
            "password": "0123456789",
        }
        with client(door, sign_in(door, *ADMIN)) as admin:
            admin.post("/api/gateway/v1/accounts", json=body, headers=key())
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
