"""Leniency and discretion at a finding (裁量: 轻微免罚, 首违不罚 …): offered by rule, chosen with a reason (B25).

What may be chosen is data, the table `discretion`; each row names its clause. Sources: 行政处罚法 (2021) 第三十二条
(从轻、减轻), 第三十三条 (轻微免罚、首违不罚、没有主观过错), 第三十四条 (裁量基准应当公布); 国办发〔2022〕27号.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from services.results.domain.content import Content, Finding
from services.results.domain.vocabulary import Code, Vocabulary
from shared.values.errors import Invalid, Refused

EXEMPT: Final = "exempt"
"""轻微免罚: not graver than the row's `max_severity`."""
FIRST: Final = "first"
"""首违不罚: as `EXEMPT`, and no public finding of the kind within the row's `days` before the visit."""
PROVED: Final = "proved"
"""The firm must prove it (没有主观过错), so nobody can offer it by rule."""
KINDS: Final = frozenset({EXEMPT, FIRST, PROVED, "lighter", "ordinary", "heavier"})
_HELD: Final = frozenset({EXEMPT, FIRST})


class DiscretionClosed(Invalid):
    message = "问题“{text}”不适用“{discretion}”：{why}"


class DiscretionReasonMissing(Invalid):
    message = "问题“{text}”选择“{discretion}”必须写明理由"


class DiscretionUndecided(Refused):
    """Held, because the law asks for the thought (行政处罚法 第三十三条): the choice is the officers'."""

    message = "问题“{text}”可能适用“{discretion}”，请选择裁量情节并写明理由后再提交"


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A finding against the same object that is public today (已公示的同类问题)."""

    result_id: UUID
    outcome_code: str
    concluded_on: date


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the table beside one finding. `why_not` is empty where it may be chosen."""

    row: Code
    why_not: str = ""
    earlier: tuple[EarlierFinding, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, slots=True)
class FindingOffers:
    item_id: UUID
    finding: Finding
    offers: tuple[Offer, ...]


def offers_at(
    outcome_code: str, severity: int, table: Vocabulary, earlier: Sequence[EarlierFinding], visited_on: date
) -> tuple[Offer, ...]:
    """Every row of `table` for a finding of this kind and severity on the visit's day, in the table's order."""
    same = [one for one in earlier if one.outcome_code == outcome_code]
    return tuple(_offer(row, severity, same, visited_on) for row in table.codes.values())


def offers_of(content: Content, table: Vocabulary, earlier: Sequence[EarlierFinding]) -> tuple[FindingOffers, ...]:
    """The offers beside each finding of `content`."""
    return tuple(
        FindingOffers(
            item.item_id,
            found,
            offers_at(found.outcome_code, found.severity, table, earlier, content.visited_on),
        )
        for item in content.items
        for found in item.findings
    )


def check_choices(beside: Sequence[FindingOffers], table: Vocabulary) -> None:
    """Whatever was chosen is on offer and has its reason.

    Raises CodeUnknown, DiscretionClosed, DiscretionReasonMissing.
    """
    for one in beside:
        chosen = one.finding.discretion
        if chosen is None:
            continue
        row = table.one(chosen.code)
        if not chosen.reason:
            raise DiscretionReasonMissing(text=one.finding.text, discretion=row.text)
        for offer in one.offers:
            if offer.row.code == chosen.code and not offer.is_open:
                raise DiscretionClosed(text=one.finding.text, discretion=row.text, why=offer.why_not)


def require_decided(beside: Sequence[FindingOffers]) -> None:
    """Raises DiscretionUndecided for the first finding that may go unpunished and of which nobody said anything."""
    for one in beside:
        if one.finding.discretion is not None:
            continue
        for offer in one.offers:
            if offer.is_open and offer.row.kind in _HELD:
                raise DiscretionUndecided(text=one.finding.text, discretion=offer.row.text)


def _offer(row: Code, severity: int, same: Sequence[EarlierFinding], visited_on: date) -> Offer:
    if row.max_severity is not None and severity > row.max_severity:
        return Offer(row, f"严重程度 {severity} 超过 {row.max_severity}")
    if row.kind != FIRST:
        return Offer(row)
    since = visited_on - timedelta(days=row.days or 0)
    recent = tuple(one for one in same if since <= one.concluded_on <= visited_on)
    if recent:
        days = "、".join(sorted({one.concluded_on.isoformat() for one in recent}))
        return Offer(row, f"不是初次，{row.days} 日内已公示同类问题（{days}）", recent)
    return Offer(row)
