"""Officers who sign in at an issuer of people (统一身份认证, OpenID Connect Core 1.0): what is kept meanwhile, and who
comes back."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from shared.values.errors import Forbidden, NotFound, Refused

UNDER_WAY_MINUTES: Final = 10
"""How long a person may take at the issuer."""
SECOND_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "swk", "sc"})
"""Of `amr` (RFC 8176): what says that the issuer asked for more than a password."""


class ExternalSignInOff(NotFound):
    message = "本平台没有启用统一身份认证登录，请用账号密码登录"


class ExternalSignInFailed(Forbidden):
    """One answer for a wrong state, code, token or signature: nobody learns which."""

    status = 401
    message = "统一身份认证登录未通过，请重新登录"


class IssuerUnavailable(Refused):
    status = 503
    message = "统一身份认证暂时不可用，请稍后再试，或用账号密码登录"


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One sign-in between here and there. `nonce` must come back in the token; `verifier` proves that who redeems the
    code is who asked for it (PKCE, RFC 7636)."""

    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """S256 of the verifier."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    @property
    def text(self) -> str:
        return f"{self.nonce} {self.verifier}"

    @classmethod
    def of(cls, text: str) -> UnderWay:
        nonce, verifier = text.split(" ")
        return cls(nonce, verifier)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came back. `has_second_factor`: the issuer says it asked for one."""

    subject: str
    has_second_factor: bool


def same(one: str, other: str) -> bool:
    """In constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
