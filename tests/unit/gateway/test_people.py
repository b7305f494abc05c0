"""Officers from elsewhere and officers half signed in: addresses to call, PKCE, resets by two, half rights."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.adapters.outgoing import CallPolicy, CallRefused, _CheckedResolver
from gateway.domain.clients import ChangeState
from gateway.domain.external import UnderWay
from gateway.domain.policy import (
    ENROLLING,
    RENEWING,
    CallerFacts,
    PasswordExpired,
    RoleNotAllowed,
    Rule,
    SecondFactorMissing,
)
from gateway.domain.resets import OwnReset, ResetDecided, SecondFactorReset

ISSUER = CallPolicy(frozenset({"sso.example.gov.cn", "127.0.0.1", "169.254.169.254", "10.0.0.8", "8.8.8.8"}))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://sso.example.gov.cn/keys",
        "https://evil.example/keys",
        "https://sso.example.gov.cn@evil.example/keys",
        "https://sso.example.gov.cn:x@127.0.0.1/keys",
        "https://evil.example\\@sso.example.gov.cn/keys",
        "https://127.0.0.1/keys",
        "https://10.0.0.8/keys",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://sso.example.gov.cn/",
        "//sso.example.gov.cn/keys",
        "",
    ],
)
def test_an_address_outside_the_agreement_is_not_called(url: str) -> None:
    """SEC23: scheme, host list, no credentials in the address, no private network."""
    with pytest.raises(CallRefused):
        ISSUER.check(url)


def test_an_address_within_the_agreement_is_called() -> None:
    ISSUER.check("https://sso.example.gov.cn/keys")
    ISSUER.check("https://8.8.8.8/keys")
    replace(ISSUER, private=True).check("https://10.0.0.8/keys")
    replace(ISSUER, private=True, plain=True).check("http://127.0.0.1:8080/keys")


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:169.254.169.254"])
def test_no_network_of_ones_own_opens_the_machines_own_secrets(address: str) -> None:
    with pytest.raises(CallRefused):
        replace(ISSUER, private=True).check_address(address)


@pytest.mark.parametrize("address", ["::1", "::ffff:10.0.0.8", "fd00::1", "192.168.1.1", "100.64.0.1"])
def test_a_private_address_is_refused_however_it_is_written(address: str) -> None:
    with pytest.raises(CallRefused):
        ISSUER.check_address(address)


def test_a_name_that_turns_private_after_the_check_is_refused_when_it_is_called() -> None:
    """DNS rebinding: what the name stands for is checked where the connection is made."""

    async def resolve() -> None:
        resolver = _CheckedResolver(CallPolicy(frozenset({"localhost"})))
        try:
            await resolver.resolve("localhost", 443, socket.AF_INET)
        finally:
            await resolver.close()

    CallPolicy(frozenset({"localhost"})).check("https://localhost/keys")
    with pytest.raises(CallRefused):
        asyncio.run(resolve())


def test_the_challenge_is_the_one_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    under_way = UnderWay("nonce", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert under_way.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert UnderWay.of(under_way.text) == under_way


def a_reset() -> SecondFactorReset:
    return SecondFactorReset(UUID(int=1), "d", "zhang", "手机遗失", "officer:admin", NOW)


@pytest.mark.parametrize("by", ["officer:admin", "officer:zhang"])
def test_neither_the_proposer_nor_the_account_itself_decides_a_reset(by: str) -> None:
    with pytest.raises(OwnReset):
        a_reset().decide(ChangeState.APPROVED, by, NOW)


def test_a_reset_is_decided_once() -> None:
    done = a_reset().decide(ChangeState.REFUSED, "officer:security", NOW)
    assert (done.state, done.decided_by) == (ChangeState.REFUSED, "officer:security")
    with pytest.raises(ResetDecided):
        done.decide(ChangeState.APPROVED, "officer:third", NOW)


@pytest.mark.parametrize(("role", "refusal"), [(ENROLLING, SecondFactorMissing), (RENEWING, PasswordExpired)])
def test_who_is_half_signed_in_does_nothing_but_what_makes_him_whole(role: str, refusal: type[Exception]) -> None:
    """A route for every officer is not for him either."""
    half = CallerFacts(frozenset({role}), frozenset(), is_client=False)
    for_every_officer = Rule("registry", "GET", "/v1/departments", roles=frozenset({"*"}))
    with pytest.raises(refusal):
        for_every_officer.allow(half)
    replace(for_every_officer, half=True).allow(half)
    with pytest.raises(RoleNotAllowed):
        Rule("gateway", "GET", "/v1/x", roles=frozenset({"auditor"}), half=True).allow(half)
