"""Headers of everything that a browser gets from the portal: nothing from elsewhere, no cookie, sent once.

Sources: promises SEC6 (strict CSP), SEC26, `experience.md` 1 (10).
"""

from __future__ import annotations

import hashlib
from typing import Final

CSP: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""No inline style, no inline script, no address but our own."""

REVALIDATED: Final = "public, max-age=5, must-revalidate"
"""Pages: a correction shows within seconds, and a crowd is answered from the caches before us."""
UNKEPT: Final = "no-store"
"""Refusals, and what is asked with a form that is not a GET."""
FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Files whose address names their content."""


def content_policy(**others: str) -> str:
    """The Content-Security-Policy; `others` replace a directive (`script_src="'sha256-…'"` for a page that runs from a
    stick and carries its script)."""
    directives = CSP | {name.replace("_", "-"): value for name, value in others.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def guard_headers(policy: str | None = None) -> dict[str, str]:
    """What goes with every answer of the portal, an error too."""
    return {
        "Content-Security-Policy": policy or content_policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Content-Language": "zh-CN",
    }


def etag_of(body: bytes) -> str:
    """A strong ETag: the same bytes have the same name on every replica and after every restart."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader says that he has these bytes (RFC 9110, 13.1.2; weak comparison)."""
    if if_none_match is None:
        return False
    named = [name.strip().removeprefix("W/") for name in if_none_match.split(",")]
    return "*" in named or etag in named
