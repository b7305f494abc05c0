"""Machine clients that sign their requests, at two replicas (SEC18): every alteration has its own refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from deploy.embedded.platform import EmbeddedPlatform
from gateway.domain.signature_check import TEST_SECRET
from tests.support.door import ADMIN, administrator, at_the_door, register_a_client, sign_in, signed

PATH = "/api/registry/v1/departments?page_size=20"
CHECKS = "/api/gateway/v1/signature-checks"
Ask = Callable[[dict[str, str]], tuple[int, str]]


@pytest.fixture(scope="module")
def http(door: EmbeddedPlatform) -> Iterator[httpx2.Client]:
    register_a_client(door, "signer", "registry.read")
    with at_the_door(door) as client:
        yield client


def outcome(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.status_code == 200 else answer.json()["code"]


@pytest.mark.parametrize("algorithm", ["HMAC-SHA256", "HMAC-SM3"])
def test_a_signed_request_gets_through_once(http: httpx2.Client, algorithm: str) -> None:
    headers = signed("GET", PATH, "signer", algorithm=algorithm)
    assert outcome(http.get(PATH, headers=headers)) == (200, "")
    assert outcome(http.get(PATH, headers=headers)) == (401, "gateway.nonce_reused")


def test_a_nonce_used_at_one_replica_is_used_at_the_other(http: httpx2.Client, second_replica: str) -> None:
    headers = signed("GET", PATH, "signer")
    assert outcome(http.get(PATH, headers=headers)) == (200, "")
    with httpx2.Client(base_url=second_replica, trust_env=False) as other:
        assert outcome(other.get(PATH, headers=headers)) == (401, "gateway.nonce_reused")
        assert outcome(other.get(PATH, headers=signed("GET", PATH, "signer"))) == (200, "")


def altered() -> list[tuple[dict[str, str], str]]:
    """Signed when the test runs: a signature holds for five minutes."""
    return [
        (signed("POST", PATH, "signer"), "gateway.signature_wrong"),
        (signed("GET", PATH + "0", "signer"), "gateway.signature_wrong"),
        (signed("GET", PATH, "signer", path="/v1/departments"), "gateway.signature_wrong"),
        (signed("GET", PATH, "signer", secret="another secret of thirty-two letters"), "gateway.signature_wrong"),
        (signed("GET", PATH, "nobody"), "gateway.signature_wrong"),
        (signed("GET", PATH, "signer") | {"X-Client-Id": "peer"}, "gateway.signature_wrong"),
        (signed("GET", PATH, "signer") | {"X-Timestamp": "1"}, "gateway.signature_stale"),
        (signed("GET", PATH, "signer", nonce="short"), "gateway.signature_incomplete"),
        (signed("GET", PATH, "signer") | {"X-Sign-Alg": "none"}, "gateway.signature_incomplete"),
    ]


@pytest.mark.parametrize("case", range(9))
def test_what_was_altered_is_refused(http: httpx2.Client, case: int) -> None:
    headers, code = altered()[case]
    assert outcome(http.get(PATH, headers=headers)) == (401, code)


@pytest.mark.parametrize("age", ["305", "-305"])
def test_a_signature_of_another_time_is_refused(http: httpx2.Client, age: str) -> None:
    """Five minutes either way; the seconds above them are for a slow machine."""
    assert outcome(http.get(PATH, headers=signed("GET", PATH, "signer", age=age))) == (401, "gateway.signature_stale")


def test_a_refused_signature_uses_no_nonce(http: httpx2.Client) -> None:
    nonce = "0123456789abcdef-of-the-test"
    wrong = signed("GET", PATH, "signer", secret="another secret of thirty-two letters", nonce=nonce)
    assert outcome(http.get(PATH, headers=wrong))[1] == "gateway.signature_wrong"
    assert outcome(http.get(PATH, headers=signed("GET", PATH, "signer", nonce=nonce))) == (200, "")


def a_trial(**changed: str) -> bytes:
    """A body that the door reads itself: a signature check."""
    facts = {"method": "GET", "path": "/api/x", "timestamp": "1", "nonce": "n", "algorithm": "HMAC-SHA256"}
    return httpx2.Request("POST", "http://x", json=facts | {"signature": ""} | changed).read()


def test_a_body_other_than_the_signed_one_is_refused(http: httpx2.Client, door: EmbeddedPlatform) -> None:
    body = a_trial()
    headers = signed("POST", CHECKS, "signer", body=body)
    assert outcome(http.post(CHECKS, content=body, headers=headers)) == (200, "")
    for other in (body.replace(b"GET", b"PUT"), b"", body + b" "):
        headers = signed("POST", CHECKS, "signer", body=body)
        assert outcome(http.post(CHECKS, content=other, headers=headers)) == (401, "gateway.body_digest_wrong")
    unstated = signed("POST", CHECKS, "signer")
    assert outcome(http.post(CHECKS, content=body, headers=unstated)) == (401, "gateway.body_digest_wrong")


def test_a_signature_and_a_token_together_are_ambiguous(http: httpx2.Client, door: EmbeddedPlatform) -> None:
    both = signed("GET", PATH, "signer") | {"Authorization": f"Bearer {sign_in(door, *ADMIN)}"}
    assert outcome(http.get(PATH, headers=both)) == (400, "gateway.request_ambiguous")


def test_the_self_check_shows_the_text_and_the_part_that_differs(door: EmbeddedPlatform) -> None:
    target = "/api/credit/v1/entities/91410300MA40000000/restrictions?on=2026-11-24&area=bidding"
    path, _, query = target.partition("?")
    headers = signed("GET", target, "signature-test", secret=TEST_SECRET, path=path.removeprefix("/api/credit"))
    body = {
        "method": "GET",
        "path": path,
        "query": query,
        "timestamp": headers["X-Timestamp"],
        "nonce": headers["X-Nonce"],
        "algorithm": "HMAC-SHA256",
        "signature": headers["X-Signature"],
    }
    with administrator(door) as http:
        wrong = http.post(CHECKS, json=body).json()
        right = http.post(CHECKS, json=body | {"signature": wrong["signature"]}).json()
        strange = http.post(CHECKS, json=body | {"signature": "签名"})
    assert (wrong["matches"], [found["part"] for found in wrong["differences"]]) == (False, ["path"])
    assert wrong["text"].splitlines()[:3] == ["GET", path, "area=bidding&on=2026-11-24"]
    assert (right["matches"], right["differences"]) == (True, [])
    assert strange.status_code == 422
