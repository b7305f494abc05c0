"""The stand-alone verifiers of `verifier/` as files to hand out: byte for byte what a reviewer rebuilds."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

VERIFIER: Final = Path(__file__).parents[3] / "verifier"
OFFLINE: Final = "ssj-verify.html"
FILES: Final = {
    OFFLINE: ("dist/ssj-verify.html", "text/html; charset=utf-8"),
    "verify.py": ("verify.py", "text/x-python; charset=utf-8"),
    "verify.mjs": ("verify.mjs", "text/javascript; charset=utf-8"),
}
"""Offered name → place below `verifier/` and media type."""
_POLICY: Final = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]+)"')


@dataclass(frozen=True, slots=True)
class VerifierFile:
    """A file with its digests, hex."""

    name: str
    media_type: str
    content: bytes
    sha256: str
    sm3: str

    @property
    def policy(self) -> str | None:
        """The Content-Security-Policy that the file itself states: its scripts by their hashes, no network."""
        found = _POLICY.search(self.content[:4096].decode(errors="replace"))
        return None if found is None else found[1]


@cache
def verifier_file(name: str) -> VerifierFile | None:
    """None for a name that is not offered."""
    if name not in FILES:
        return None
    place, media_type = FILES[name]
    return _read(name, place, media_type)


@cache
def online_page() -> VerifierFile:
    """The page that may fetch the record beside its own address."""
    return _read("verify", "dist/ssj-verify-online.html", "text/html; charset=utf-8")


def _read(name: str, place: str, media_type: str) -> VerifierFile:
    content = (VERIFIER / place).read_bytes()
    return VerifierFile(
        name, media_type, content, hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest()
    )
