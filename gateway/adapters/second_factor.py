"""One-time codes by the library (TOTP, RFC 6238); nothing of it is ours. By the wall clock, as the officer's device."""

from __future__ import annotations

import time

import pyotp

ISSUER = "双随机监管平台"
_DRIFT = 1
"""Steps of thirty seconds that a device may be off, either way."""


def propose() -> str:
    """A fresh shared secret, base32."""
    return pyotp.random_base32()


def address_of(secret: str, login: str) -> str:
    """The `otpauth://` address that an authenticator reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, used_step: int) -> int | None:
    """The time step whose code this is, later than the last one used; None where it is none."""
    totp = pyotp.TOTP(secret)
    now = int(time.time()) // totp.interval
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if step > used_step and pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None
