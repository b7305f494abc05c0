"""The issuer of people (OpenID Connect): addresses, keys and their rotation, tokens. JOSE by the library."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
import structlog

from gateway.adapters.outgoing import CallFailed, CallPolicy, CallRefused, Outgoing
from gateway.domain.external import SECOND_FACTORS, ExternalSignInFailed, Identity, IssuerUnavailable, UnderWay, same

_KINDS: Final = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""Algorithm → kind of key: no secret-key algorithm, no `none`, no key used for another kind (RFC 8725, 3.1)."""
_REQUIRED: Final = ["exp", "iat", "iss", "aud", "sub", "nonce"]
KEPT_SECONDS: Final = 600.0
"""Addresses and keys are read anew after so long: a key that the issuer withdrew is good no longer."""
_ASK_AGAIN_SECONDS: Final = 10.0
"""An unknown key is looked for at once, but not more often: a stranger's token must not make the door ask and ask."""
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Registration:
    """What the issuer and the platform agreed on. `redirect`: the platform's address that people come back to."""

    issuer: str
    client_id: str
    client_secret: str
    redirect: str


@dataclass(frozen=True, slots=True)
class _Known:
    authorization: str
    token: str
    keys: Mapping[str, jwt.PyJWK]
    at: float


class Issuer:
    """One per process of the door."""

    def __init__(
        self, registration: Registration, policy: CallPolicy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._agreed, self._policy, self._clock = registration, policy, clock
        self._outgoing = Outgoing(policy)
        self._known: _Known | None = None
        self._reading = asyncio.Lock()

    async def address(self, state: str, under_way: UnderWay) -> str:
        """Where the person is sent. Raises IssuerUnavailable."""
        known = await self._now()
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._agreed.client_id,
            "redirect_uri": self._agreed.redirect,
            "state": state,
            "nonce": under_way.nonce,
            "code_challenge": under_way.challenge,
            "code_challenge_method": "S256",
        }
        return f"{known.authorization}{'&' if urlsplit(known.authorization).query else '?'}{urlencode(query)}"

    async def redeem(self, code: str, under_way: UnderWay) -> Identity:
        """Who the code stands for. Raises ExternalSignInFailed, IssuerUnavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._agreed.redirect,
            "code_verifier": under_way.verifier,
        }
        known = await self._now()
        try:
            answer = await self._outgoing.post(known.token, form, self._agreed.client_id, self._agreed.client_secret)
        except (CallFailed, CallRefused) as error:
            _log.warning("issuer.code_refused", reason=str(error))
            raise ExternalSignInFailed from error
        return await self.identity(str(answer.get("id_token", "")), under_way.nonce)

    async def identity(self, token: str, nonce: str) -> Identity:
        """Checks signature, issuer, audience, time and nonce (OpenID Connect Core, 3.1.3.7)."""
        try:
            header = jwt.get_unverified_header(token)
            algorithm = str(header.get("alg"))
            key = await self._key(str(header.get("kid", "")), algorithm)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=self._agreed.client_id,
                issuer=self._agreed.issuer,
                leeway=30,
                options={"require": _REQUIRED},
            )
        except jwt.InvalidTokenError as error:
            _log.warning("issuer.token_refused", reason=type(error).__name__)
            raise ExternalSignInFailed from error
        self._assert_meant(claims, nonce)
        methods = claims.get("amr")
        return Identity(claims["sub"], bool(SECOND_FACTORS & set(methods if isinstance(methods, list) else ())))

    def _assert_meant(self, claims: Mapping[str, Any], nonce: str) -> None:
        """For this client, and for this sign-in."""
        audience = claims["aud"]
        party = claims.get("azp", None if isinstance(audience, list) and len(audience) > 1 else self._agreed.client_id)
        if party != self._agreed.client_id or not same(str(claims["nonce"]), nonce):
            raise ExternalSignInFailed

    async def _key(self, kid: str, algorithm: str) -> jwt.PyJWK:
        """Raises ExternalSignInFailed for an algorithm that is not allowed or a key that the issuer does not have."""
        if algorithm not in _KINDS:
            raise ExternalSignInFailed
        known = await self._now()
        if kid not in known.keys and self._clock() - known.at > _ASK_AGAIN_SECONDS:
            known = await self._now(than=known)
        key = known.keys.get(kid)
        if key is None or key.key_type != _KINDS[algorithm] or key.algorithm_name not in (algorithm, _default(key)):
            raise ExternalSignInFailed
        return key

    async def _now(self, than: _Known | None = None) -> _Known:
        """What is known, read anew where it is old or where newer `than` that is wanted. Raises IssuerUnavailable."""
        async with self._reading:
            known = self._known
            if known is not None and known is not than and self._clock() - known.at < KEPT_SECONDS:
                return known
            try:
                self._known = await self._read()
            except (CallFailed, CallRefused, KeyError, TypeError) as error:
                _log.warning("issuer.unavailable", kind=type(error).__name__, reason=str(error))
                raise IssuerUnavailable from error
            return self._known

    async def _read(self) -> _Known:
        issuer = self._agreed.issuer
        document = await self._outgoing.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document["issuer"] != issuer:
            raise CallRefused("another issuer")
        self._policy.check(document["authorization_endpoint"])
        keys = await self._outgoing.get(document["jwks_uri"])
        return _Known(document["authorization_endpoint"], document["token_endpoint"], _keys(keys), self._clock())


def _keys(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """Public keys for signatures; what the library does not know is left out."""
    found = {}
    for one in document["keys"]:
        if one.get("kty") not in _KINDS.values() or one.get("use", "sig") != "sig" or not one.get("kid"):
            continue
        try:
            found[str(one["kid"])] = jwt.PyJWK.from_dict(one)
        except jwt.PyJWTError:
            continue
    return found


def _default(key: jwt.PyJWK) -> str:
    """The algorithm that the library takes for a key whose document names none."""
    return {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[str(key.key_type)]
