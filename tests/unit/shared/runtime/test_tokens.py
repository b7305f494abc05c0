"""SEC15, SEC17: what a token must say, and who may say it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.principal import AUDITOR, SERVICE, Principal, service_principal
from shared.runtime.tokens import TokenRefused, sign, verify

GATEWAY, DRAW = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
KEYS = {"gateway": GATEWAY.public_key(), "draw": DRAW.public_key()}
OFFICER = Principal("officer:zhang", "mengjin", "SCJG", frozenset({AUDITOR}))
ITSELF = service_principal("draw", "mengjin")


def refused(token: str, audience: str = "registry") -> bool:
    try:
        verify(token, audience, KEYS)
    except TokenRefused:
        return True
    return False


def test_a_token_brings_back_who_it_was_made_for() -> None:
    assert verify(sign(OFFICER, "gateway", "registry", GATEWAY), "registry", KEYS) == OFFICER
    assert verify(sign(ITSELF, "draw", "registry", DRAW), "registry", KEYS) == ITSELF


def test_a_service_speaks_for_itself_alone() -> None:
    assert refused(sign(OFFICER, "draw", "registry", DRAW))
    assert refused(sign(service_principal("credit", "mengjin"), "draw", "registry", DRAW))


@pytest.mark.parametrize("roles", [{AUDITOR}, {SERVICE, AUDITOR}, set()])
def test_a_service_has_the_role_of_a_service_and_no_other(roles: set[str]) -> None:
    grown = Principal("service:draw", "mengjin", roles=frozenset(roles))
    assert refused(sign(grown, "draw", "registry", DRAW))


def test_a_token_ends_and_is_for_one_audience() -> None:
    assert refused(sign(OFFICER, "gateway", "registry", GATEWAY, timedelta(seconds=-30)))
    assert refused(sign(OFFICER, "gateway", "credit", GATEWAY))


@pytest.mark.parametrize("left_out", ["exp", "iat", "sub", "district", "aud", "iss"])
def test_a_token_that_leaves_something_out_is_refused(left_out: str) -> None:
    good = sign(OFFICER, "gateway", "registry", GATEWAY)
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    claims.pop(left_out)
    assert refused(jwt.encode(claims, GATEWAY, algorithm="EdDSA", headers={"kid": "gateway"}))
