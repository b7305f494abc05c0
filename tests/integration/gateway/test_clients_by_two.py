"""Clients by two persons, effective everywhere within a minute (SEC16, SEC19); accounts and second factors (SEC20)."""

from __future__ import annotations

import time
from typing import Any

import asyncpg
import httpx2
import pyotp
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.provision_postgres import database_name
from tests.support.door import (
    ADMIN,
    SECRET,
    SECURITY,
    administrator,
    approve,
    at_the_door,
    key,
    open_an_account,
    register_a_client,
    sign_in,
    sign_in_system,
    signed,
)

PATH = "/api/registry/v1/departments"
CLIENTS, CHANGES = "/api/gateway/v1/clients", "/api/gateway/v1/client-changes"
NEW_SECRET = "another secret of more than thirty-two letters"
EFFECTIVE_SECONDS = 60


def propose(door: EmbeddedPlatform, client_id: str, kind: str, **facts: Any) -> httpx2.Response:
    body = {"client_id": client_id, "kind": kind, "reason": "因故", **facts}
    with administrator(door) as http:
        return http.post(CHANGES, json=body, headers=key())


def changed(door: EmbeddedPlatform, client_id: str, kind: str, **facts: Any) -> None:
    proposed = propose(door, client_id, kind, **facts)
    assert proposed.status_code == 201, proposed.text
    assert approve(door, proposed.json()["id"]).status_code == 200


def until(refused: Any) -> float:
    """Seconds until `refused()` is true."""
    started = time.monotonic()
    while not refused():
        assert time.monotonic() - started < EFFECTIVE_SECONDS, "not effective within a minute"
        time.sleep(0.5)
    return time.monotonic() - started


def test_a_client_is_nobody_until_a_second_administrator_approves(door: EmbeddedPlatform) -> None:
    body = {"client_id": "waits", "name": "对接系统", "scopes": ["registry.read"], "secret": SECRET}
    with administrator(door) as http:
        made = http.post(CLIENTS, json=body, headers=key()).json()
        own = http.post(f"{CHANGES}/{made['change_id']}/approval", headers=key())
        listed = http.get(CHANGES, params={"state": "proposed"}).json()["items"]
    assert made["state"] == "proposed"
    assert SECRET not in str(made)
    assert (own.status_code, own.json()["code"]) == (403, "gateway.own_proposal")
    assert "waits" in {change["client_id"] for change in listed}
    assert sign_in_system(door, "waits", SECRET).status_code == 401
    assert approve(door, made["change_id"]).json()["decided_by"] == "officer:security"
    assert sign_in_system(door, "waits", SECRET).status_code == 200
    assert approve(door, made["change_id"]).json()["code"] == "gateway.client_change_decided"


def test_a_refused_proposal_changes_nothing(door: EmbeddedPlatform) -> None:
    register_a_client(door, "steady", "registry.read")
    proposed = propose(door, "steady", "disabling").json()
    assert propose(door, "steady", "disabling").json()["code"] == "gateway.client_change_waits"
    with administrator(door, SECURITY) as http:
        assert http.post(f"{CHANGES}/{proposed['id']}/refusal", headers=key()).json()["state"] == "refused"
        assert http.get(f"{CLIENTS}/steady").json()["state"] == "active"
        assert http.get(f"{CLIENTS}/nobody").status_code == 404
    assert sign_in_system(door, "steady", SECRET).status_code == 200


def test_business_officers_and_the_audit_administrator_decide_nothing(door: EmbeddedPlatform) -> None:
    open_an_account(door, "auditing", "a password of some length", "audit_admin")
    with at_the_door(door, sign_in(door, "auditing", "a password of some length")) as http:
        assert http.get(CLIENTS).status_code == 200
        refused = http.post(CHANGES, json={"client_id": "x", "kind": "disabling", "reason": "因故"}, headers=key())
    assert (refused.status_code, refused.json()["code"]) == (403, "gateway.role_not_allowed")


async def test_disabled_clients_are_out_within_a_minute_with_live_tokens_at_every_replica(
    door: EmbeddedPlatform, second_replica: str
) -> None:
    register_a_client(door, "doomed", "registry.read")
    token = sign_in_system(door, "doomed", SECRET).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    addresses = [door.url("gateway"), second_replica]

    def statuses() -> set[int]:
        answers = [httpx2.get(address + PATH, headers=bearer, trust_env=False) for address in addresses]
        answers += [
            httpx2.get(address + PATH, headers=signed("GET", PATH, "doomed"), trust_env=False) for address in addresses
        ]
        return {answer.status_code for answer in answers}

    assert statuses() == {200}
    changed(door, "doomed", "disabling")
    until(lambda: statuses() == {401})
    assert sign_in_system(door, "doomed", SECRET).status_code == 401
    base = door.site.admin_dsn.rpartition("/")[0]
    connection = await asyncpg.connect(f"{base}/{database_name('gateway')}")
    told = await connection.fetchval("SELECT payload FROM outboxes WHERE type = 'gateway.client.disabled.v1'")
    await connection.close()
    assert '"doomed"' in str(told)


def test_after_a_rotation_both_secrets_are_good_and_neither_is_kept_in_the_clear(door: EmbeddedPlatform) -> None:
    register_a_client(door, "rotating", "registry.read")
    changed(door, "rotating", "secret", secret=NEW_SECRET)
    assert sign_in_system(door, "rotating", SECRET).status_code == 200
    assert sign_in_system(door, "rotating", NEW_SECRET).status_code == 200
    with at_the_door(door) as http:
        for secret in (SECRET, NEW_SECRET):
            assert http.get(PATH, headers=signed("GET", PATH, "rotating", secret)).status_code == 200


def test_scopes_taken_away_are_gone_within_a_minute(door: EmbeddedPlatform) -> None:
    register_a_client(door, "narrowed", "registry.read")
    token = sign_in_system(door, "narrowed", SECRET).json()["access_token"]
    changed(door, "narrowed", "scopes", scopes=["credit.check"])
    with at_the_door(door, token) as http:
        until(lambda: http.get(PATH).status_code == 403)


def test_limits_are_counted_over_all_replicas_and_say_when_to_come_again(
    door: EmbeddedPlatform, second_replica: str
) -> None:
    register_a_client(door, "eager", "registry.read", per_minute=600, per_day=7)
    token = sign_in_system(door, "eager", SECRET).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}"}
    addresses = [door.url("gateway"), second_replica] * 6
    answers = [httpx2.get(address + PATH, headers=bearer, trust_env=False) for address in addresses]
    assert [answer.status_code for answer in answers] == [200] * 7 + [429] * 5
    assert answers[-1].json()["code"] == "gateway.quota_exceeded"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 86_401


def test_a_client_calls_from_its_own_addresses_only(door: EmbeddedPlatform) -> None:
    register_a_client(door, "faraway", "registry.read", addresses=["10.1.2.0/24"])
    answer = sign_in_system(door, "faraway", SECRET)
    assert (answer.status_code, answer.json()["code"]) == (403, "gateway.address_not_allowed")
    with at_the_door(door) as http:
        answer = http.get(PATH, headers=signed("GET", PATH, "faraway"))
    assert (answer.status_code, answer.json()["code"]) == (403, "gateway.address_not_allowed")


def test_an_officer_whose_roles_changed_must_sign_in_anew(door: EmbeddedPlatform) -> None:
    open_an_account(door, "mover", "a password that moves", "joint_office")
    token = sign_in(door, "mover", "a password that moves")
    address = "/api/gateway/v1/accounts/mover"
    with administrator(door) as http:
        version = http.get(address).headers["etag"]
        body = {"department": "SJJ", "roles": ["auditor"], "active": True}
        assert http.put(address, json=body, headers={"If-Match": '"9"'}).status_code == 412
        answer = http.put(address, json=body, headers={"If-Match": version})
    assert (answer.status_code, answer.json()["roles"]) == (200, ["auditor"])
    with at_the_door(door, token) as http:
        until(lambda: http.get("/api/gateway/v1/me").status_code == 401)
    with at_the_door(door, sign_in(door, "mover", "a password that moves")) as http:
        assert http.get("/api/gateway/v1/me").json()["department"] == "SJJ"


def test_an_administrator_can_only_enrol_before_there_is_a_second_factor(
    door: EmbeddedPlatform, second_replica: str
) -> None:
    """The second replica asks for it; the first belongs to a demo and does not until there is one."""
    login, password = "careful", "a password of some length"
    open_an_account(door, login, password, "security_admin")
    form = {"grant_type": "password", "username": login, "password": password}
    with httpx2.Client(base_url=second_replica, trust_env=False) as http:
        half = {"Authorization": "Bearer " + http.post("/oauth2/token", data=form).json()["access_token"]}
        assert http.get(CLIENTS, headers=half).json()["code"] == "gateway.second_factor_missing"
        proposed = http.get("/api/gateway/v1/second-factor-proposal", headers=half).json()
        totp = pyotp.TOTP(proposed["secret"])
        assert proposed["secret"] in proposed["address"]
        enrol = {"secret": proposed["secret"], "code": totp.now()}
        wrong = enrol | {"code": str((int(totp.now()) + 1) % 1_000_000).zfill(6)}
        address = "/api/gateway/v1/second-factors"
        assert http.post(address, json=wrong, headers=half | key()).json()["code"] == "gateway.second_factor_wrong"
        assert http.post(address, json=enrol, headers=half | key()).json()["has_second_factor"] is True
        assert http.post("/oauth2/token", data=form).json()["code"] == "gateway.second_factor_needed"
        used = http.post("/oauth2/token", data=form | {"otp": enrol["code"]})
        assert (used.status_code, used.json()["code"]) == (401, "gateway.second_factor_wrong")
        whole = http.post("/oauth2/token", data=form | {"otp": totp.at(int(time.time()) + 30)}).json()
        assert http.get(CLIENTS, headers={"Authorization": f"Bearer {whole['access_token']}"}).status_code == 200


@pytest.mark.parametrize("roles", [("system_admin", "audit_admin"), ("security_admin", "inspector")])
def test_nobody_holds_two_of_the_three_administrators_or_one_and_a_business_role(
    door: EmbeddedPlatform, roles: tuple[str, ...]
) -> None:
    body = {"login": "two.hats", "name": "某", "department": "LXB", "roles": roles, "password": "a long password"}
    with administrator(door) as http:
        answer = http.post("/api/gateway/v1/accounts", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "gateway.roles_conflict")


async def test_every_try_to_sign_in_is_audited_without_what_was_typed(door: EmbeddedPlatform) -> None:
    """SEC12."""
    typed = "what somebody typed in vain"
    with at_the_door(door) as http:
        for login in ("admin", "nobody.known"):
            http.post("/oauth2/token", data={"grant_type": "password", "username": login, "password": typed})
    sign_in(door, *ADMIN)
    base = door.site.admin_dsn.rpartition("/")[0]
    connection = await asyncpg.connect(f"{base}/{database_name('gateway')}")
    rows = [str(dict(row)) for row in await connection.fetch("SELECT * FROM audits WHERE action LIKE 'sign_in%'")]
    await connection.close()
    for name in ("admin", "nobody.known"):
        assert any("'sign_in_failed'" in row and name in row for row in rows), name
    assert any("'sign_in'" in row and "admin" in row for row in rows)
    assert not [row for row in rows if typed in row or ADMIN[1] in row]
