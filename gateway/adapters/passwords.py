"""Passwords by the library's memory-hard hash (Argon2id); nothing of it is ours."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. One lane, because a sign-in must not
# take every core of a small site from the services beside it.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Takes the same time for an unknown account, so its absence does not show."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
