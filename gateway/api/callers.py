"""Who calls: by access token or by signature, as the registers have the caller now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.types import Scope

from gateway.api.oauth2 import API_AUDIENCE, client_principal
from gateway.domain.clients import Client
from gateway.domain.hygiene import RequestAmbiguous, caller_address
from gateway.domain.policy import CallerFacts, SignInNeeded
from gateway.domain.signing import read_signature
from gateway.usecases.guard import CLIENT_SUBJECT, TRUSTED_SECONDS, Guard
from shared.runtime.principal import CLIENT, Principal
from shared.runtime.tokens import TokenRefused, verify

_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """`digest`: the stated Content-Digest of a signed request, which its body is held against; else None.
    `client`: the machine client, as it is registered now."""

    principal: Principal
    facts: CallerFacts
    client: Client | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class _Verified:
    caller: Caller
    issued_at: float
    seen: float


class Callers:
    """Remembers verified tokens for less than the time in which a revocation must bite."""

    def __init__(self, keys: dict[str, Ed25519PublicKey], guard: Guard, trusted_proxies: int = 0) -> None:
        self._keys, self._guard, self._trusted = keys, guard, trusted_proxies
        self._verified: dict[str, _Verified] = {}

    async def who(self, scope: Scope, path: str, headers: Mapping[bytes, bytes]) -> Caller | None:
        """The caller; None where nobody signed in. `path` as it was asked for.

        Raises SignInNeeded, RequestAmbiguous, what `Guard` and `read_signature` raise.
        """
        authorization = headers.get(b"authorization")
        if b"x-signature" in headers or b"x-client-id" in headers:
            if authorization is not None:
                raise RequestAmbiguous(header="authorization, x-signature")
            return await self._signed(scope, path, headers)
        if authorization is None:
            return None
        return await self._with_token(authorization.decode("latin-1"))

    async def count(self, caller: Caller | None, scope: Scope) -> None:
        """Counts the request. Raises RateExceeded, QuotaExceeded, AddressNotAllowed."""
        if caller is not None and caller.client is not None:
            if caller.client.allowance.addresses:
                caller.client.allowance.assert_from(self.address(scope))
            await self._guard.spend(caller.client)
        else:
            self._guard.spend_locally(self.address(scope) if caller is None else caller.principal.subject)

    def address(self, scope: Scope) -> str:
        """Where the request comes from, for limits and lists of addresses."""
        peer: str = scope["client"][0] if scope.get("client") else ""
        if not self._trusted:
            return peer
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return caller_address(peer, forwarded, self._trusted)

    async def _signed(self, scope: Scope, path: str, headers: Mapping[bytes, bytes]) -> Caller:
        signature = read_signature(scope["method"], path, scope["query_string"].decode("latin-1"), headers)
        client = await self._guard.signed(signature)
        return replace(_caller(client_principal(client)), digest=signature.parts.content_digest, client=client)

    async def _with_token(self, authorization: str) -> Caller:
        kind, _, token = authorization.partition(" ")
        known = self._verified.get(token)
        now = time.monotonic()
        if known is None or now - known.seen > TRUSTED_SECONDS:
            known = self._verify(token if kind.lower() == "bearer" else "", now)
        caller = known.caller
        subject = caller.principal.subject
        if not subject.startswith(CLIENT_SUBJECT):
            if self._guard.is_revoked(subject, known.issued_at):
                raise SignInNeeded
            return caller
        client = (await self._guard.client(subject.removeprefix(CLIENT_SUBJECT))).client
        if client is None or not client.is_active:
            raise SignInNeeded
        if client is not caller.client:
            caller = replace(_caller(replace(caller.principal, scopes=client.scopes)), client=client)
            self._verified[token] = replace(known, caller=caller)
        return caller

    def _verify(self, token: str, now: float) -> _Verified:
        try:
            principal = verify(token, API_AUDIENCE, self._keys)
        except TokenRefused as error:
            raise SignInNeeded from error
        issued_at = float(jwt.decode(token, options={"verify_signature": False})["iat"])  # verified just before
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        found = self._verified[token] = _Verified(_caller(principal), issued_at, now)
        return found


def _caller(principal: Principal) -> Caller:
    return Caller(principal, CallerFacts(principal.roles, principal.scopes, CLIENT in principal.roles))
