"""SEC1 at the one door, as processes: every classified route with no token, a stale one, every role and scope but the
right one; and everything that nobody classified.

Only registry runs behind the door: a refusal must not depend on whether the service behind it answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform, embedded_platform
from gateway.api.oauth2 import API_AUDIENCE
from gateway.domain.accounts import ROLES
from gateway.domain.policy import ANY_CLIENT, ANY_OFFICER, RouteUnknown, Rule, read_policy
from gateway.main import POLICY
from shared.runtime.principal import CLIENT, Principal
from shared.runtime.tokens import load_private_key, sign
from tests.contract.examples import application, operations, routes_of
from tests.security.knocking import LONG_AGO, filled

TABLE = read_policy(POLICY)
RULES = TABLE.rules
CLOSED = [rule for rule in RULES if not rule.public]
SCOPES = frozenset().union(*(rule.scopes for rule in RULES)) - {ANY_CLIENT}
AN_HOUR = timedelta(hours=1)
RUNNING = ("registry", "gateway")


@pytest.fixture(scope="module")
def door() -> Iterator[EmbeddedPlatform]:
    with embedded_platform(None, list(RUNNING), fast=True) as platform:
        yield platform


@pytest.fixture(scope="module")
def outside(door: EmbeddedPlatform) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=door.url("gateway"), trust_env=False) as client:
        yield client


def access_token(
    door: EmbeddedPlatform, *, roles: frozenset[str], scopes: frozenset[str] = frozenset(), life: timedelta = AN_HOUR
) -> str:
    """As the gateway gives it after sign-in."""
    who = Principal("officer:knocker", "mengjin", "SCJG", roles, scopes)
    return sign(who, "gateway", API_AUDIENCE, load_private_key(door.data.private_key("gateway")), life)


def ask(outside: httpx2.Client, rule: Rule, token: str | None) -> tuple[int, str]:
    """Status and code of the answer; the code is empty where the answer is no refusal."""
    headers = {"Idempotency-Key": "knock"} | ({} if token is None else {"Authorization": f"Bearer {token}"})
    answer = outside.request(rule.method, f"/api/{rule.service}{filled(rule.template)}", headers=headers)
    return answer.status_code, str(answer.json().get("code", "")) if answer.status_code >= 400 else ""


def not_refused(outside: httpx2.Client, tokens: dict[Rule, str | None], refusal: tuple[int, str]) -> list[str]:
    """The rules, of those asked with these tokens, whose answer is another than that refusal."""
    answers = {rule: ask(outside, rule, token) for rule, token in tokens.items()}
    return [
        f"{rule.service} {rule.method} {rule.template}: {answer}"
        for rule, answer in answers.items()
        if answer != refusal
    ]


def test_every_classified_route_asks_who_is_there(door: EmbeddedPlatform, outside: httpx2.Client) -> None:
    everything = ROLES | {CLIENT}
    key = load_private_key(door.data.private_key("gateway"))
    internal = sign(Principal("officer:knocker", "mengjin", "SCJG", everything, SCOPES), "gateway", "registry", key)
    tokens = {
        "none": None,
        "no token at all": "x",
        "expired": access_token(door, roles=everything, scopes=SCOPES, life=LONG_AGO),
        "for the inside": internal,
    }
    for kind, token in tokens.items():
        assert not_refused(outside, dict.fromkeys(CLOSED, token), (401, "gateway.sign_in_needed")) == [], kind


def test_an_officer_with_every_role_but_the_right_one_is_refused(
    door: EmbeddedPlatform, outside: httpx2.Client
) -> None:
    tokens: dict[Rule, str | None] = {
        rule: access_token(door, roles=ROLES - rule.roles) for rule in CLOSED if ANY_OFFICER not in rule.roles
    }
    assert len(tokens) > len(CLOSED) // 3
    assert not_refused(outside, tokens, (403, "gateway.role_not_allowed")) == []


def test_a_machine_client_with_every_scope_but_the_right_one_is_refused(
    door: EmbeddedPlatform, outside: httpx2.Client
) -> None:
    """Roles do not help a client: it is asked for its scopes alone."""
    roles = ROLES | {CLIENT}
    tokens: dict[Rule, str | None] = {
        rule: access_token(door, roles=roles, scopes=SCOPES - rule.scopes)
        for rule in CLOSED
        if ANY_CLIENT not in rule.scopes
    }
    assert len(tokens) > len(CLOSED) // 2
    assert not_refused(outside, tokens, (403, "gateway.scope_not_allowed")) == []


def test_an_officer_with_the_right_role_gets_through(door: EmbeddedPlatform, outside: httpx2.Client) -> None:
    """The refusals above are not those of a door that is nailed shut."""
    reading = [rule for rule in CLOSED if rule.service == "registry" and rule.method == "GET" and rule.roles]
    for rule in reading:
        roles = ROLES if ANY_OFFICER in rule.roles else rule.roles
        status, code = ask(outside, rule, access_token(door, roles=roles))
        assert status not in (401, 502, 503), rule
        assert not code.startswith("gateway."), rule


def test_public_routes_ask_nobody(outside: httpx2.Client) -> None:
    """Those of services that do not run here say that and nothing else; the others answer."""
    public: dict[Rule, str | None] = {rule: None for rule in RULES if rule.public}
    away = {rule: token for rule, token in public.items() if rule.service not in RUNNING}
    assert away
    assert not_refused(outside, away, (503, "gateway.upstream_down")) == []
    asked = [ask(outside, rule, None) for rule in public if rule.service in RUNNING]
    assert [found for found in asked if found[0] in (401, 403) or found[0] >= 500] == []


def test_what_nobody_classified_is_not_there(door: EmbeddedPlatform, outside: httpx2.Client) -> None:
    """Internal routes, health, metrics, and methods that a path does not have; also for who may do everything."""
    token = access_token(door, roles=ROLES)
    classified = {(rule.service, rule.method, rule.template) for rule in RULES}
    paths = {operation.service: set[str]() for operation in operations()}
    for name in paths:
        paths[name] = {str(route.path) for route in routes_of(application(name))}
    found: list[str] = []
    for name, templates in paths.items():
        for template in sorted(templates):
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                if (name, method, template) not in classified and not _shadowed(name, method, template):
                    answer = ask(outside, Rule(name, method, template), token)
                    found += [f"{name} {method} {template}: {answer}"] * (answer != (404, "gateway.route_unknown"))
    assert found == []


def _shadowed(name: str, method: str, template: str) -> bool:
    """Whether the path, filled in, is also a path of another rule: `/v1/x/{id}` beside `/v1/x/current`."""
    try:
        return TABLE.find(name, method, filled(template)).template != template
    except RouteUnknown:
        return False


def test_the_doors_own_machinery_is_not_outside(outside: httpx2.Client) -> None:
    """SEC27: health, version, documents and sign-in of the gateway are seen; its metrics and its feed are not."""
    seen = {
        str(route.path): outside.get(str(route.path)).status_code
        for route in routes_of(application("gateway"))
        if "{" not in str(route.path) and "GET" in (route.methods or ())
    }
    open_to_all = {path for path, status in seen.items() if status == 200}
    assert open_to_all == {"/developers", "/docs", "/openapi.json", "/health/live", "/health/ready", "/version"}
    assert {seen["/metrics"], seen["/internal/v1/events"], seen["/v1/accounts"]} == {404}
