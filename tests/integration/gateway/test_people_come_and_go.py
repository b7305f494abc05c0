"""Passwords are changed by who knows them, two take a lost second factor away, who left is out (SEC16, SEC20)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import pyotp
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from services.registry.api.inspectors import EXAMPLE
from tests.support.door import SECURITY, administrator, at_the_door, key, open_an_account, sign_in

PASSWORDS = "/api/gateway/v1/passwords"
RESETS = "/api/gateway/v1/second-factor-resets"
OLD, NEW = "a password of some length", "another password of some length"


def try_to_sign_in(door: EmbeddedPlatform, login: str, password: str) -> str:
    """`""`, or the code of the refusal."""
    with at_the_door(door) as http:
        answer = http.post("/oauth2/token", data={"grant_type": "password", "username": login, "password": password})
    return "" if answer.status_code == 200 else str(answer.json()["code"])


def until_refused(door: EmbeddedPlatform, token: str, seconds: float = 60.0) -> float:
    """Seconds until a live token is worthless."""
    began = time.monotonic()
    with at_the_door(door, token) as http:
        while time.monotonic() - began < seconds:
            if http.get("/api/gateway/v1/me").status_code == 401:
                return time.monotonic() - began
            time.sleep(0.2)
    raise AssertionError("the token still opens the door")


def test_an_officer_changes_his_password_and_his_tokens_end(door: EmbeddedPlatform, office: str) -> None:
    open_an_account(door, "changes", OLD, "joint_office")
    token = sign_in(door, "changes", OLD)
    with at_the_door(door, token) as http:
        weak = http.post(PASSWORDS, json={"present": OLD, "wanted": "changes-are-good-for-you"}, headers=key())
        same = http.post(PASSWORDS, json={"present": OLD, "wanted": OLD}, headers=key())
        done = http.post(PASSWORDS, json={"present": OLD, "wanted": NEW}, headers=key())
    assert [answer.json().get("code") for answer in (weak, same)] == [
        "gateway.password_too_weak",
        "gateway.password_same",
    ]
    assert done.status_code == 201, done.text
    assert NEW not in done.text
    assert until_refused(door, token) < 60
    assert try_to_sign_in(door, "changes", OLD) == "gateway.sign_in_failed"
    assert try_to_sign_in(door, "changes", NEW) == ""


def test_a_session_left_open_is_no_place_to_guess_the_password(door: EmbeddedPlatform, office: str) -> None:
    open_an_account(door, "guessed", OLD, "joint_office")
    with at_the_door(door, sign_in(door, "guessed", OLD)) as http:
        tries = [
            http.post(PASSWORDS, json={"present": f"guess number {n}", "wanted": NEW}, headers=key()) for n in range(6)
        ]
    assert [answer.json()["code"] for answer in tries[:5]] == ["gateway.password_wrong"] * 5
    assert tries[5].json()["code"] == "gateway.account_locked"


def test_an_old_password_opens_nothing_but_its_change(door: EmbeddedPlatform, office: str) -> None:
    open_an_account(door, "stale", OLD, "joint_office")

    async def age() -> None:
        admin = await asyncpg.connect(door.admin_dsn.rpartition("/")[0] + "/ssj_gateway")
        await admin.execute(
            "UPDATE accounts SET password_changed_at = clock_timestamp() - interval '91 days' WHERE login = 'stale'"
        )
        await admin.close()

    asyncio.run(age())
    with at_the_door(door, sign_in(door, "stale", OLD)) as http:
        assert http.get("/api/registry/v1/departments").json()["code"] == "gateway.password_expired"
        assert http.post(PASSWORDS, json={"present": OLD, "wanted": NEW}, headers=key()).status_code == 201
    with at_the_door(door, sign_in(door, "stale", NEW)) as http:
        assert http.get("/api/registry/v1/departments").status_code == 200


def with_a_second_factor(door: EmbeddedPlatform, login: str) -> str:
    open_an_account(door, login, OLD, "joint_office")
    token = sign_in(door, login, OLD)
    with at_the_door(door, token) as http:
        secret = http.get("/api/gateway/v1/second-factor-proposal").json()["secret"]
        enrol = {"secret": secret, "code": pyotp.TOTP(secret).now()}
        assert http.post("/api/gateway/v1/second-factors", json=enrol, headers=key()).status_code == 201
    return token


def test_a_lost_second_factor_is_taken_away_by_two(door: EmbeddedPlatform, office: str) -> None:
    token = with_a_second_factor(door, "lost.phone")
    assert try_to_sign_in(door, "lost.phone", OLD) == "gateway.second_factor_needed"
    body = {"login": "lost.phone", "reason": "手机遗失，已当面核验证件"}
    with administrator(door) as one, administrator(door, SECURITY) as other:
        made = one.post(RESETS, json=body, headers=key())
        assert made.status_code == 201, made.text
        twice = one.post(RESETS, json=body, headers=key())
        approval = f"{RESETS}/{made.json()['id']}/approval"
        alone = one.post(approval, headers=key())
        listed = other.get(RESETS).json()["items"][0]
        approved = other.post(approval, headers=key())
        late = other.post(approval, headers=key())
    assert twice.json()["code"] == "gateway.reset_waits"
    assert (alone.status_code, alone.json()["code"]) == (403, "gateway.own_reset")
    assert (listed["login"], listed["state"]) == ("lost.phone", "proposed")
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert late.json()["code"] == "gateway.reset_decided"
    assert until_refused(door, token) < 60
    assert try_to_sign_in(door, "lost.phone", OLD) == ""


def test_a_reset_that_is_refused_changes_nothing(door: EmbeddedPlatform, office: str) -> None:
    with_a_second_factor(door, "has.phone")
    with administrator(door) as one, administrator(door, SECURITY) as other:
        made = one.post(RESETS, json={"login": "has.phone", "reason": "来电要求"}, headers=key()).json()
        assert other.post(f"{RESETS}/{made['id']}/refusal", headers=key()).json()["state"] == "refused"
        nothing = one.post(RESETS, json={"login": "admin", "reason": "没有启用"}, headers=key())
    assert nothing.json()["code"] == "gateway.no_second_factor"
    assert try_to_sign_in(door, "has.phone", OLD) == "gateway.second_factor_needed"


@pytest.fixture
def inspector(door: EmbeddedPlatform, office: str) -> Any:
    """An inspector of the registry, and the account he signs in with."""
    body = EXAMPLE | {"department": "LXB"}
    with at_the_door(door, office) as http:
        http.post(
            "/api/registry/v1/departments",
            json={"code": "LXB", "name": "联席会议办公室", "short_name": "联席办"},
            headers=key(),
        )
    with administrator(door) as http:
        admin = {
            "login": "lxb.admin",
            "name": "部门管理员",
            "department": "LXB",
            "roles": ["department_admin"],
            "password": OLD,
        }
        http.post("/api/gateway/v1/accounts", json=admin, headers=key())
    department = sign_in(door, "lxb.admin", OLD)
    with at_the_door(door, department) as http:
        made = http.post("/api/registry/v1/inspectors", json=body, headers=key())
        assert made.status_code == 201, made.text
    with administrator(door) as http:
        account = {
            "login": "leaver",
            "name": "检查人员",
            "department": "LXB",
            "roles": ["inspector"],
            "inspector_id": made.json()["id"],
            "password": OLD,
        }
        assert http.post("/api/gateway/v1/accounts", json=account, headers=key()).status_code == 201
    return department, made.json()["id"]


def test_an_inspector_who_left_is_out_within_a_minute(door: EmbeddedPlatform, inspector: tuple[str, str]) -> None:
    """SEC16: registry tells, the account closes, live tokens end."""
    department, inspector_id = inspector
    token = sign_in(door, "leaver", OLD)
    with at_the_door(door, department) as http:
        here = http.get(f"/api/registry/v1/inspectors/{inspector_id}")
        body = EXAMPLE | {"department": "LXB", "status": "left"}
        left = http.put(
            f"/api/registry/v1/inspectors/{inspector_id}",
            json=body,
            headers=key() | {"If-Match": here.headers["etag"]},
        )
        assert left.status_code == 200, left.text
    assert until_refused(door, token) < 60
    assert try_to_sign_in(door, "leaver", OLD) == "gateway.sign_in_failed"
