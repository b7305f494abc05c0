"""Signed requests (SEC18): the shared vectors, what an alteration does, what the self-check says of usual mistakes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.signature_check import TEST_SECRET, Trial, check_trial, expected_parts
from gateway.domain.signing import (
    BodyDigestWrong,
    DigestCheck,
    Signature,
    SignatureIncomplete,
    SignatureStale,
    SignedParts,
    assert_fresh,
    content_digest,
    is_signed_by,
    read_signature,
    sign_parts,
    sign_text,
)

ROOT = Path(__file__).resolve().parents[3]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/vectors/signing.json").read_bytes())["cases"]
NOW = 1_795_500_000.0
each_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def headers_of(case: dict[str, Any]) -> dict[bytes, bytes]:
    headers = {
        "x-client-id": case["client_id"],
        "x-timestamp": case["timestamp"],
        "x-nonce": case["nonce"],
        "x-sign-alg": case["algorithm"],
        "x-signature": case["signature"],
    }
    if case["content_digest"]:
        headers["content-digest"] = case["content_digest"]
    return {name.encode(): value.encode() for name, value in headers.items()}


def signature_of(case: dict[str, Any], **changed: str) -> Signature:
    path, _, query = case["target"].partition("?")
    facts = {"method": case["method"], "path": path, "query": query} | changed
    return read_signature(facts["method"], facts["path"], facts["query"], headers_of(case))


@each_case
def test_the_door_reads_and_signs_as_the_vectors_say(case: dict[str, Any]) -> None:
    found = signature_of(case)
    assert found.parts.text == case["text"]
    assert sign_parts(found.parts, case["algorithm"], case["secret"].encode()) == case["signature"]
    assert is_signed_by(found, case["secret"].encode())
    assert content_digest(case["body"].encode()) == case["content_digest"] or not case["body"]


def test_any_altered_part_breaks_the_signature_and_the_order_of_the_query_does_not() -> None:
    case = CASES[1]
    secret = case["secret"].encode()
    good = signature_of(case)
    for name in ("method", "path", "query", "content_digest", "timestamp", "nonce", "client_id"):
        altered = replace(good.parts, **{name: getattr(good.parts, name) + "x"})
        assert not is_signed_by(replace(good, parts=altered), secret), name
    assert not is_signed_by(good, b"another secret")
    assert not is_signed_by(replace(good, algorithm="HMAC-SM3"), secret)
    first, second = case["target"].partition("?")[2].split("&")
    assert is_signed_by(signature_of(case, query=f"{second}&{first}"), secret)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-client-id", ""),
        ("x-timestamp", "1795500000.5"),
        ("x-timestamp", "-5"),
        ("x-nonce", "short"),
        ("x-nonce", "n" * 65),
        ("x-nonce", "0123456789abcdef\n"),
        ("x-sign-alg", "HMAC-MD5"),
        ("x-sign-alg", "none"),
        ("x-signature", ""),
        ("content-digest", "md5=:abc:"),
    ],
)
def test_a_header_of_no_proper_form_is_named(name: str, value: str) -> None:
    headers = headers_of(CASES[0]) | {name.encode(): value.encode()}
    with pytest.raises(SignatureIncomplete) as refusal:
        read_signature("GET", "/api/x", "", headers)
    assert refusal.value.params == {"header": name}


def test_five_minutes_either_way_are_good_and_a_second_more_is_not() -> None:
    found = signature_of(CASES[0])
    for age in (-300, 0, 300):
        assert_fresh(found, NOW + age)
    for age in (-301, 301, 86_400):
        with pytest.raises(SignatureStale):
            assert_fresh(found, NOW + age)


@pytest.mark.parametrize("name", ["sha-256", "sm3"])
def test_a_body_is_held_against_its_digest_as_it_passes(name: str) -> None:
    stated = content_digest(b"one two", name)
    good = DigestCheck(stated)
    for chunk in (b"one", b"", b" two"):
        good.feed(chunk)
    good.finish()
    DigestCheck("").finish()
    for stated_so, body in ((stated, b"one twO"), (stated, b""), ("", b"unsigned")):
        wrong = DigestCheck(stated_so)
        wrong.feed(body)
        with pytest.raises(BodyDigestWrong):
            wrong.finish()


A_TRIAL = Trial(
    method="POST",
    path="/api/credit/v1/restriction-checks",
    query="b=2&a=%E6%B4%9B",
    body='{"checks":[]}',
    content_digest=content_digest(b'{"checks":[]}'),
    timestamp=str(int(NOW)),
    nonce="0123456789abcdef",
    client_id="signature-test",
    algorithm="HMAC-SHA256",
    signature="",
)


def signed(text: str, **changed: str) -> Trial:
    return replace(A_TRIAL, signature=sign_text(text, "HMAC-SHA256", TEST_SECRET.encode()), **changed)


def test_a_right_signature_has_no_differences() -> None:
    verdict = check_trial(signed(expected_parts(A_TRIAL).text), NOW)
    assert verdict.differences == ()


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("method", {"method": "post"}),
        ("query", {"query": "b=2&a=%E6%B4%9B"}),
        ("query", {"query": ""}),
        ("query", {"query": "a=洛&b=2"}),
        ("path", {"path": "/v1/restriction-checks"}),
        ("content_digest", {"content_digest": ""}),
        ("timestamp", {"timestamp": ""}),
        ("nonce", {"nonce": ""}),
        ("client_id", {"client_id": ""}),
    ],
)
def test_the_self_check_says_which_part_differs(part: str, changed: dict[str, str]) -> None:
    parts: SignedParts = replace(expected_parts(A_TRIAL), **changed)
    guessed = check_trial(signed(parts.text), NOW)
    told = check_trial(replace(signed(parts.text), signed_text=parts.text), NOW)
    assert [found.part for found in guessed.differences] == [part]
    assert [(found.part, found.found) for found in told.differences] == [(part, changed[part])]


def test_the_self_check_knows_a_wrong_secret_a_hex_signature_and_milliseconds() -> None:
    text = expected_parts(A_TRIAL).text
    wrong = replace(A_TRIAL, signature=sign_text(text, "HMAC-SHA256", b"another"))
    assert [found.part for found in check_trial(wrong, NOW).differences] == ["secret"]
    assert [found.part for found in check_trial(replace(A_TRIAL, signature="ab" * 32), NOW).differences] == [
        "signature"
    ]
    late = replace(A_TRIAL, timestamp=str(int(NOW) * 1000))
    good = replace(late, signature=sign_text(expected_parts(late).text, "HMAC-SHA256", TEST_SECRET.encode()))
    assert [found.part for found in check_trial(good, NOW).differences] == ["timestamp"]
    digest = replace(A_TRIAL, content_digest=content_digest(b"other"))
    assert check_trial(digest, NOW).differences[0].part == "content_digest"
