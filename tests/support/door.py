"""At the gateway as processes: the first administrator, a second one, a machine client that both agreed on."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import Any, Final

import httpx2

from demo.story.stage import PASSWORD
from deploy.embedded.platform import EmbeddedPlatform
from gateway.domain.signing import SignedParts, content_digest, sign_parts, sorted_query
from shared.values.ids import new_id

ADMIN: Final = ("admin", PASSWORD)
SECURITY: Final = ("security", PASSWORD)
OFFICE: Final = ("lxb.office", PASSWORD)
SECRET: Final = "a secret of more than thirty-two letters"
Json = dict[str, Any]


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    """Returns when somebody listens. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


def at_the_door(door: EmbeddedPlatform, token: str | None = None) -> httpx2.Client:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=door.url("gateway"), headers=headers, trust_env=False, timeout=20)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


def create_first_administrator(door: EmbeddedPlatform) -> None:
    subprocess.run(
        [sys.executable, "-m", "gateway.main", "create-administrator", ADMIN[0]],
        input=ADMIN[1] + "\n",
        text=True,
        check=True,
        capture_output=True,
        env=door.environment("gateway") | {"PATH": ""},
    )


def sign_in(door: EmbeddedPlatform, login: str, password: str, **more: str) -> str:
    with at_the_door(door) as http:
        form = {"grant_type": "password", "username": login, "password": password, **more}
        answer = http.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


_tokens: dict[tuple[str, str], str] = {}


def administrator(door: EmbeddedPlatform, who: tuple[str, str] = ADMIN) -> httpx2.Client:
    """Signed in once per platform: the memory-hard hash takes its time on purpose."""
    place = (door.url("gateway"), who[0])
    if place not in _tokens:
        _tokens[place] = sign_in(door, *who)
    return at_the_door(door, _tokens[place])


def sign_in_system(door: EmbeddedPlatform, client_id: str, secret: str) -> httpx2.Response:
    with at_the_door(door) as http:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        return http.post("/oauth2/token", data=form)


def open_an_account(door: EmbeddedPlatform, login: str, password: str, *roles: str, department: str = "LXB") -> Json:
    body = {"login": login, "name": login, "department": department, "roles": roles, "password": password}
    with administrator(door) as http:
        answer = http.post("/api/gateway/v1/accounts", json=body, headers=key())
    assert answer.status_code == 201, answer.text
    opened: Json = answer.json()
    return opened


def approve(door: EmbeddedPlatform, change_id: str) -> httpx2.Response:
    """By the security administrator; the system administrator proposed it."""
    with administrator(door, SECURITY) as http:
        return http.post(f"/api/gateway/v1/client-changes/{change_id}/approval", headers=key())


def register_a_client(door: EmbeddedPlatform, client_id: str, *scopes: str, secret: str = SECRET, **more: Any) -> None:
    """Proposed by one administrator, approved by the other."""
    body = {"client_id": client_id, "name": "对接系统", "scopes": scopes, "secret": secret, **more}
    with administrator(door) as http:
        answer = http.post("/api/gateway/v1/clients", json=body, headers=key())
    assert answer.status_code == 201, answer.text
    approved = approve(door, answer.json()["change_id"])
    assert approved.status_code == 200, approved.text


def a_client_at_the_door(door: EmbeddedPlatform, client_id: str = "bench", **limits: Any) -> str:
    """A fresh gateway with its two administrators and one client; the client's access token."""
    create_first_administrator(door)
    open_an_account(door, *SECURITY, "security_admin")
    register_a_client(door, client_id, "credit.check", **limits)
    token: str = sign_in_system(door, client_id, SECRET).json()["access_token"]
    return token


def signed(method: str, target: str, client_id: str, secret: str = SECRET, body: bytes = b"", **changed: str) -> Json:
    """The headers of a signed request; `changed` replaces what is signed, `algorithm` or `age` (seconds)."""
    path, _, query = target.partition("?")
    algorithm = changed.pop("algorithm", "HMAC-SHA256")
    parts = SignedParts(
        method,
        changed.pop("path", path),
        sorted_query(query),
        content_digest(body) if body else "",
        str(int(time.time()) - int(changed.pop("age", "0"))),
        changed.pop("nonce", new_id().hex),
        client_id,
    )
    headers = {
        "X-Client-Id": client_id,
        "X-Timestamp": parts.timestamp,
        "X-Nonce": parts.nonce,
        "X-Sign-Alg": algorithm,
        "X-Signature": sign_parts(parts, algorithm, secret.encode()),
    }
    return headers | ({"Content-Digest": parts.content_digest, "Content-Type": "application/json"} if body else {})
