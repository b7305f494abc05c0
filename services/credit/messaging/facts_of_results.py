"""A result's events as facts: outcome codes and findings become marks, a reviewed decision stays a decision (C3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.credit.domain.facts import BARE, RESULTS, Decision, Fact, Mark, Observation, Subject
from shared.events.envelope import Heard
from shared.events.results import ListingDecision, PublishedResult, ResultCorrectedV1, ResultWithdrawnV1

INSPECTED = "inspected"
"""Mark code of a result that carries no outcome code at all."""
_TITLES = {
    "1": "未发现问题",
    "2": "发现问题：违反市场监管规定",
    "3": "发现问题：违反食品药品监管规定",
    "4": "发现问题：违反质量监管规定",
    "5": "发现问题：违反其他部门规定",
    "6": "通过登记的住所（经营场所）无法联系",
    "7": "已关闭停业或正在组织清算",
    "8": "不配合检查情节严重",
    "9": "注销",
    "10": "被吊销",
    "11": "被撤销",
    "12": "迁出",
    "A": "发现问题待后续处理",
    "B": "未按规定公示应当公示的信息",
    "C": "公示信息隐瞒真实情况、弄虚作假",
    "D": "其他违反市场监管规定的行为",
    "E": "发现问题经责令已改正",
    "F": "未发现开展本次抽查涉及的经营活动",
    "G": "发现问题：违反公安监管规定",
}
"""检查结果 (code table in use since 2017); a code this release does not know is shown as it is."""


def fact_of_result(heard: Heard[Any]) -> Fact:
    """The fact that a published, corrected or withdrawn result is, told at the time of that act."""
    event = heard.event
    if isinstance(event, ResultWithdrawnV1):
        return Fact(
            source=RESULTS,
            key=str(event.result_id),
            version=event.version,
            entity_id=event.entity_id,
            told_at=event.withdrawn_at,
            origin=RESULTS,
            standing=False,
            reason=f"检查结果撤回：{event.reason}",
            event_id=heard.event_id,
        )
    result: PublishedResult = event.result
    corrected = isinstance(event, ResultCorrectedV1)
    return Fact(
        source=RESULTS,
        key=str(result.result_id),
        version=result.version,
        entity_id=result.entity_id,
        told_at=result.published_at,
        origin=result.department,
        observations=tuple(_observations(result)),
        decision=None if result.listing is None else _decision(result.listing),
        reason=f"检查结果更正：{event.reason}" if corrected else None,
        subject=Subject(result.entity_name, result.uscc),
        event_id=heard.event_id,
    )


def _observations(result: PublishedResult) -> Iterator[Observation]:
    """A graded mark for every finding, a bare one for every outcome code that no finding speaks of."""
    on, spoken_of = result.concluded_on, {finding.outcome_code for finding in result.findings}
    for code in result.outcome_codes or ([] if spoken_of else [""]):
        if code not in spoken_of:
            mark = f"outcome:{code}" if code else INSPECTED
            yield Observation(Mark(mark, BARE, None, on), f"抽查检查：{_TITLES.get(code, code or '已检查')}")
    for finding in result.findings:
        title = f"{finding.item_name}：{finding.outcome_text}"
        yield Observation(Mark(f"outcome:{finding.outcome_code}", finding.severity, None, on), title)


def _decision(listing: ListingDecision) -> Decision:
    return Decision(
        list_code=listing.list_code,
        ground=listing.ground,
        document_no=listing.document_no,
        authority=listing.authority,
        decided_on=listing.decided_on,
        ends_on=listing.ends_on,
    )
