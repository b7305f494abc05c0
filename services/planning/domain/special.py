"""Special inspections (专项检查, S2) and the gate they pass (B20): who approved, the filing number, the term; the plan
is public before anybody is drawn, and the draw is the same random and public draw as every other.

Practice: approval, filing and publication within a month (domain-facts section 22); 国办发〔2024〕54号.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.planning.domain.rules import Rules
from services.planning.domain.windows import Window
from shared.values.errors import Invalid


class SpecialIncomplete(Invalid):
    message = "专项检查必须写明{missing}"


class SpecialOutsideTerm(Invalid):
    message = "专项检查的检查时间 {start} 至 {end} 超出批准的期限 {approved_on} 至 {ends_on}"


class SpecialTermTooLong(Invalid):
    """Rule `special_term_days` (B20)."""

    message = "专项检查的期限为 {days} 日，超过{rule}规定的 {limit} 日"


@dataclass(frozen=True, slots=True)
class SpecialInspection:
    """`cause`: the problem that monitoring found. `approver`: office and name of post; `filing_no`: 备案号. The term
    runs from `approved_on` to `ends_on`, both included."""

    cause: str
    approver: str
    approved_on: date
    filing_no: str
    ends_on: date


def check_special(special: SpecialInspection, window: Window, initiator: str, rules: Rules) -> None:
    """The rule `special_term_days` says how long a term may be. Raises SpecialIncomplete, SpecialTermTooLong or
    SpecialOutsideTerm."""
    parts = {"检查事由": special.cause, "批准人": special.approver, "备案号": special.filing_no}
    for name, part in parts.items():
        if not part.strip():
            raise SpecialIncomplete(missing=name)
    days = (special.ends_on - special.approved_on).days + 1
    limit = rules.special_term_of(initiator)
    if limit is not None and days > limit:
        raise SpecialTermTooLong(days=days, limit=limit, rule=rules.cite("special_term_days"))
    if window.start < special.approved_on or special.ends_on < window.end:
        raise SpecialOutsideTerm(
            start=window.start, end=window.end, approved_on=special.approved_on, ends_on=special.ends_on
        )
