"""Internal tokens: Ed25519, one audience, sixty seconds. Signed by the gateway, or by a service that calls another."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from jwt.types import Options

from shared.runtime.principal import SERVICE, Principal

LIFETIME = timedelta(seconds=60)
_LEEWAY = timedelta(seconds=5)
_REQUIRED: Options = {"require": ["exp", "iat", "sub", "district"]}
"""A token without an end would be good for ever."""


_JWS = jwt.PyJWS(algorithms=["EdDSA"])


class TokenRefused(Exception):
    """The token is absent, expired, for another audience or by an issuer this service does not hear."""


def load_private_key(path: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path.name} is not an Ed25519 key")
    return key


def load_public_keys(folder: Path, issuers: frozenset[str]) -> dict[str, Ed25519PublicKey]:
    """The keys of exactly the issuers a service hears: the gateway and its listed callers."""
    keys: dict[str, Ed25519PublicKey] = {}
    for issuer in issuers:
        key = load_pem_public_key((folder / f"{issuer}.pem").read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError(f"{issuer}.pem is not an Ed25519 key")
        keys[issuer] = key
    return keys


def sign(
    principal: Principal,
    issuer: str,
    audience: str,
    key: Ed25519PrivateKey,
    lifetime: timedelta = LIFETIME,
    request_id: str | None = None,
) -> str:
    """One hop's token; `request_id` in place of the principal's own.

    Wall clock: tokens bound the age of a network hop, not a date of the domain.
    """
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": audience,
        "sub": principal.subject,
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
        "district": principal.district,
        "department": principal.department,
        "roles": sorted(principal.roles),
        "scopes": sorted(principal.scopes),
        "officer_id": str(principal.officer_id) if principal.officer_id else None,
        "inspector_id": str(principal.inspector_id) if principal.inspector_id else None,
        "act_for": principal.act_for,
        "rid": principal.request_id if request_id is None else request_id,
    }
    return _JWS.encode(orjson.dumps(claims), key, "EdDSA", headers={"typ": "JWT", "kid": issuer})


def verify(token: str, audience: str, keys: dict[str, Ed25519PublicKey]) -> Principal:
    """Raises TokenRefused. A service's token names that service and no role but a service's, whoever signed it."""
    try:
        issuer = jwt.get_unverified_header(token).get("kid", "")
        key = keys[issuer]
        claims = jwt.decode(
            token, key, algorithms=["EdDSA"], audience=audience, issuer=issuer, leeway=_LEEWAY, options=_REQUIRED
        )
    except (jwt.InvalidTokenError, KeyError) as error:
        raise TokenRefused(type(error).__name__) from error
    if issuer != "gateway" and (claims["sub"] != f"service:{issuer}" or claims.get("roles") != [SERVICE]):
        raise TokenRefused("issuer speaks for another")
    return _principal(claims)


def _principal(claims: dict[str, Any]) -> Principal:
    return Principal(
        subject=claims["sub"],
        district=claims["district"],
        department=claims.get("department") or "",
        roles=frozenset(claims.get("roles") or ()),
        scopes=frozenset(claims.get("scopes") or ()),
        officer_id=UUID(claims["officer_id"]) if claims.get("officer_id") else None,
        inspector_id=UUID(claims["inspector_id"]) if claims.get("inspector_id") else None,
        act_for=claims.get("act_for"),
        request_id=claims.get("rid") or "",
    )
