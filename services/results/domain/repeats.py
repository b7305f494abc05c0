"""The same inspector at the same enterprise again and again without a finding: held until explained (B1).

国办发〔2024〕54号 against repeated checks; the threshold of three in a calendar year is Chengdu's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from services.results.domain.content import Content
from shared.values.errors import Invalid, Refused

REPEATS_HELD: Final = 3
"""The third visit of a year without a finding is held."""


class RepeatWithoutFinding(Refused):
    """Released by an explanation: `POST /v1/results/{id}/explanations`."""

    message = (
        "检查人员 {inspector_id} 今年第 {count} 次检查同一企业且都没有发现问题，先说明理由（“重复检查说明”）才能提交"
    )


class ExplanationEmpty(Invalid):
    message = "必须写明重复检查的理由"


class NothingToExplain(Invalid):
    message = "检查人员 {inspector_id} 没有参加这次检查"


def check_repeats(content: Content, earlier: Mapping[UUID, int], explained: Collection[UUID]) -> None:
    """`earlier`: officer → how many other checks of this firm in the same year he made that found nothing.

    Raises RepeatWithoutFinding for the first officer who has not explained.
    """
    if content.outcome.is_gone or any(item.findings for item in content.items):
        return
    for inspector_id in content.officers_present:
        count = earlier.get(inspector_id, 0) + 1
        if count >= REPEATS_HELD and inspector_id not in explained:
            raise RepeatWithoutFinding(inspector_id=inspector_id, count=count)
