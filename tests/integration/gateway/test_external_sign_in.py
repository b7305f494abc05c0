"""Officers who come from an issuer of people: the whole way with a real issuer process, and each lie it can tell."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from deploy.embedded.ports import free_port
from gateway.adapters.issuer import Issuer, Registration
from gateway.adapters.outgoing import CallPolicy
from gateway.domain.external import IssuerUnavailable, UnderWay
from tests.support.door import administrator, at_the_door, key, wait_for_port
from tests.support.issuer import CLIENT, SECRET

Json = dict[str, Any]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    port = free_port(set())
    with subprocess.Popen([sys.executable, "-m", "tests.support.issuer", str(port)]) as process:
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def replica(door: EmbeddedPlatform, issuer: str) -> Iterator[str]:
    """A replica of the door that knows the issuer, and wants a second factor of administrators."""
    port = free_port(set())
    own = {
        "GATEWAY_PORT": str(port),
        "GATEWAY_OIDC_ISSUER": issuer,
        "GATEWAY_OIDC_CLIENT_ID": CLIENT,
        "GATEWAY_OIDC_CLIENT_SECRET": SECRET,
        "GATEWAY_OIDC_REDIRECT": f"http://127.0.0.1:{port}/oauth2/callback",
        "GATEWAY_OIDC_PRIVATE_NETWORK": "true",
        "GATEWAY_OIDC_PLAIN_HTTP": "true",
        "GATEWAY_SECOND_FACTOR_REQUIRED": "true",
    }
    environment = os.environ | door.environment("gateway") | own
    with subprocess.Popen(
        [sys.executable, "-m", "gateway.main", "api"], env=environment, stdout=subprocess.DEVNULL
    ) as process:
        try:
            wait_for_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def people(door: EmbeddedPlatform) -> None:
    """`u-1` is an officer, `u-boss` an administrator; `u-2` nobody knows."""
    with administrator(door) as http:
        for login, subject, role in (("oidc.office", "u-1", "joint_office"), ("oidc.boss", "u-boss", "security_admin")):
            body = {
                "login": login,
                "name": login,
                "department": "LXB",
                "roles": [role],
                "password": "a password of some length",
                "external_subject": subject,
            }
            made = http.post("/api/gateway/v1/accounts", json=body, headers=key())
            assert made.status_code == 201, made.text


@pytest.fixture(autouse=True)
def honest(issuer: str, people: None) -> None:
    tell(issuer)


def tell(issuer: str, *, rotate: bool = False, **lies: Any) -> int:
    """Has the issuer lie from now on; how often its keys were read."""
    said = httpx2.post(f"{issuer}/control", json={"lies": lies, "rotate": rotate}, trust_env=False)
    reads: int = said.json()["key_reads"]
    return reads


def browser(replica: str) -> httpx2.Client:
    return httpx2.Client(base_url=replica, trust_env=False, timeout=20)


def come_back(replica: str) -> httpx2.Response:
    """A person goes to the issuer and comes back, as a browser does it."""
    with browser(replica) as http:
        away = http.get("/oauth2/sign-in")
        assert away.status_code == 303, away.text
        back = httpx2.get(away.headers["location"], trust_env=False)
        assert back.status_code == 302, back.text
        return http.get(back.headers["location"])


def test_a_person_of_the_issuer_gets_what_his_account_may(replica: str) -> None:
    answer = come_back(replica)
    assert answer.status_code == 200, answer.text
    with browser(replica) as http:
        me = http.get("/api/gateway/v1/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"}).json()
    assert (me["subject"], me["roles"]) == ("officer:oidc.office", ["joint_office"])
    assert answer.headers["cache-control"] == "no-store"


def test_the_way_there_carries_state_nonce_and_a_challenge_and_the_state_stays_with_the_browser(replica: str) -> None:
    with browser(replica) as http:
        away = http.get("/oauth2/sign-in")
    query = httpx2.URL(away.headers["location"]).params
    cookie = away.headers["set-cookie"].lower()
    assert {"state", "nonce", "code_challenge"} <= set(query)
    assert query["code_challenge_method"] == "S256"
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_door_without_an_issuer_says_so(door: EmbeddedPlatform) -> None:
    with at_the_door(door) as http:
        answer = http.get("/oauth2/sign-in")
    assert (answer.status_code, answer.json()["code"]) == (404, "gateway.external_sign_in_off")


@pytest.mark.parametrize(
    "lies",
    [
        {"claims": {"iss": "https://evil.example"}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"nonce": "of another sign-in"}},
        {"claims": {"exp": 1_700_000_000}},
        {"claims": {"iat": 4_000_000_000}},
        {"claims": {"sub": None}},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "stranger"},
    ],
    ids=str,
)
def test_a_token_that_is_not_as_agreed_signs_nobody_in(replica: str, issuer: str, lies: Json) -> None:
    """SEC15 at the issuer's token: issuer, audience, party, nonce, time, algorithm, signature."""
    tell(issuer, **lies)
    answer = come_back(replica)
    assert (answer.status_code, answer.json()["code"]) == (401, "gateway.external_sign_in_failed")


@pytest.mark.parametrize("subject", ["u-2", "admin", "oidc.office"])
def test_a_person_without_an_account_is_refused_as_a_wrong_password_is(replica: str, issuer: str, subject: str) -> None:
    tell(issuer, claims={"sub": subject})
    answer = come_back(replica)
    assert (answer.status_code, answer.json()["code"]) == (401, "gateway.sign_in_failed")


def test_an_administrator_needs_the_issuers_word_for_a_second_factor(replica: str, issuer: str) -> None:
    tell(issuer, claims={"sub": "u-boss"})
    assert come_back(replica).json()["code"] == "gateway.second_factor_needed"
    tell(issuer, claims={"sub": "u-boss", "amr": ["pwd", "otp"]})
    assert come_back(replica).status_code == 200


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(replica: str) -> None:
    """State: no sign-in is forced on somebody, and none is used twice."""
    with browser(replica) as http, browser(replica) as other:
        back = httpx2.get(http.get("/oauth2/sign-in").headers["location"], trust_env=False).headers["location"]
        stolen = other.get(back)
        other.get("/oauth2/sign-in")
        mixed = other.get(back)
        first = http.get(back)
        cookie = {"Cookie": f"ssj_sign_in={httpx2.URL(back).params['state']}"}
        again = httpx2.get(back, headers=cookie, trust_env=False)
    assert [answer.status_code for answer in (stolen, mixed, first, again)] == [401, 401, 200, 401]


def test_a_code_without_its_verifier_is_worth_nothing(replica: str) -> None:
    """PKCE: a code that was asked for in one sign-in does not pass in another."""
    with browser(replica) as mine, browser(replica) as thief:
        code = httpx2.URL(
            httpx2.get(mine.get("/oauth2/sign-in").headers["location"], trust_env=False).headers["location"]
        ).params["code"]
        state = httpx2.URL(thief.get("/oauth2/sign-in").headers["location"]).params["state"]
        answer = thief.get("/oauth2/callback", params={"code": code, "state": state})
    assert (answer.status_code, answer.json()["code"]) == (401, "gateway.external_sign_in_failed")


def test_an_address_of_the_issuer_on_another_host_is_not_called(door: EmbeddedPlatform, issuer: str) -> None:
    """SEC23: what the issuer's document names is called only on listed hosts."""
    tell(issuer, document={"jwks_uri": "http://169.254.169.254/latest/meta-data"})
    agreed = Registration(issuer, CLIENT, SECRET, "http://127.0.0.1/oauth2/callback")
    made = Issuer(agreed, CallPolicy(frozenset({"127.0.0.1"}), private=True, plain=True))
    with pytest.raises(IssuerUnavailable):
        asyncio.run(made.address("state", UnderWay("nonce", "verifier")))


def test_keys_are_remembered_and_a_new_one_is_found_soon(replica: str, issuer: str) -> None:
    """Rotation: the old key is gone, the new one signs; an unknown one makes the door ask seldom."""
    before = tell(issuer)
    assert [come_back(replica).status_code for _ in range(3)] == [200] * 3
    assert tell(issuer) == before
    tell(issuer, rotate=True)
    answers = []
    for _ in range(40):
        answers.append(come_back(replica).status_code)
        if answers[-1] == 200:
            break
        time.sleep(0.5)
    assert answers[-1] == 200
    assert tell(issuer) <= before + 3
