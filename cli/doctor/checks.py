"""What a check finds: `ok`, `wrong` or `skipped` (skipped is not passed), with a stable id and a hint in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One setting looked at. `id` is stable: `postgres.fsync`, `stream.RESULTS`, `service.credit`."""

    id: str
    category: str
    verdict: Verdict
    found: str
    hint: str = ""


def judged(check_id: str, category: str, wrong: str | None, found: str, hint: str = "") -> Check:
    """A check that is right when `wrong` is None; `wrong` says in Chinese what is not as it must be."""
    if wrong is None:
        return Check(check_id, category, Verdict.OK, found)
    return Check(check_id, category, Verdict.WRONG, wrong, hint)


def skipped(check_id: str, category: str, reason: str) -> Check:
    return Check(check_id, category, Verdict.SKIPPED, reason)
