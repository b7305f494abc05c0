"""Visit code (检查码, B3): it exists before the visit, cannot be guessed, stands on the notice.

It tells the enterprise who comes, for what, under which draw. A code that is not ours gets a clear answer (B18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.results.domain.visits import Visit, VisitState
from shared.values.errors import Invalid, Refused

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0, O, 1 and I, which people mix up on paper."""
RANDOM_SIGNS: Final = 19
"""95 bits: who tries a million a second finds one of a million codes in 10^9 years."""
GROUP: Final = 5


class Verdict(StrEnum):
    """What a code is worth today."""

    VALID = "valid"
    NOT_YET = "not_yet"
    PAST = "past"
    CALLED_OFF = "called_off"
    UNKNOWN = "unknown"
    MISTYPED = "mistyped"


_ANSWERS: Final = {
    Verdict.VALID: "检查码有效。检查人员应当主动出示执法证件；来人、事项与下列内容不符的，您可以拒绝检查并反映。",
    Verdict.NOT_YET: "检查码是本平台签发的，但还没有到检查时段；此时上门的，您可以拒绝检查并反映。",
    Verdict.PAST: "检查码是本平台签发的，但检查时段已过；此后持此码上门的，您可以拒绝检查并反映。",
    Verdict.CALLED_OFF: "这次检查已经取消，检查码不再有效；持此码上门的，您可以拒绝检查并反映。",
    Verdict.UNKNOWN: "本平台没有签发过这个检查码。持此码的检查没有经过本平台，您可以拒绝检查并反映。",
    Verdict.MISTYPED: "检查码的校验位不符，多半是抄写有误，请对照检查通知书核对。",
}


class RatingTooEarly(Refused):
    message = "检查时段从 {window_start} 开始，还不能评价"


class RatingRepeated(Refused):
    message = "这次检查已经评价过"


class CodeNotOurs(Invalid):
    message = "这个检查码不能用来评价：{answer}"


@dataclass(frozen=True, slots=True)
class VisitCode:
    """`first_opened_at`: when somebody without account first looked at it, i.e. the enterprise."""

    visit_id: UUID
    code: str
    issued_at: datetime
    first_opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rating:
    """What the enterprise says of a visit. `asked_outside`: questions were asked beyond the items of the notice."""

    stars: int
    showed_certificates: bool
    asked_outside: bool
    comment: str | None


def code_of(random_signs: str) -> str:
    """The code of `RANDOM_SIGNS` signs of the alphabet drawn by the caller, with its check sign."""
    return random_signs + _check_sign(random_signs)


def printed(code: str) -> str:
    """As it stands on paper: groups of five with hyphens."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def read_code(text: str) -> str | None:
    """The code somebody typed, in any case, with or without hyphens and spaces; None if it is no code at all."""
    typed = "".join(text.split()).replace("-", "").upper()
    well_formed = len(typed) == RANDOM_SIGNS + 1 and set(typed) <= set(ALPHABET)
    return typed if well_formed and _check_sign(typed[:-1]) == typed[-1] else None


def verdict_on(visit: Visit | None, today: date) -> Verdict:
    """What a well-formed code is worth: `visit` is the one it was issued for."""
    if visit is None:
        return Verdict.UNKNOWN
    if visit.state is not VisitState.ASSIGNED:
        return Verdict.CALLED_OFF
    if today < visit.window_start:
        return Verdict.NOT_YET
    return Verdict.PAST if today > visit.window_end else Verdict.VALID


def answer_for(verdict: Verdict) -> str:
    """The sentence the enterprise reads."""
    return _ANSWERS[verdict]


def check_rating_time(visit: Visit, today: date) -> None:
    """Raises RatingTooEarly."""
    if today < visit.window_start:
        raise RatingTooEarly(window_start=visit.window_start)


def _check_sign(signs: str) -> str:
    """Weights that are odd are units modulo 32, so one wrong sign never passes."""
    total = sum((2 * place + 1) * ALPHABET.index(sign) for place, sign in enumerate(signs))
    return ALPHABET[total % len(ALPHABET)]
