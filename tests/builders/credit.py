"""Facts, results and rules for the tests of credit, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from services.credit.domain.entities import EntityRow
from services.credit.domain.facts import BARE, RESULTS, Decision, Fact, Mark, Observation, Subject
from services.credit.domain.fold import apply_all
from services.credit.domain.record import CreditRecord, Rules
from services.credit.domain.step import Input, Step
from services.credit.storage.rulebooks import measure_body, shipped_rules
from shared.events.envelope import Event, Heard
from shared.events.results import (
    ListingDecision,
    PublishedFinding,
    PublishedResult,
    ResultCorrectedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
)
from shared.values import uscc
from shared.values.ids import new_id

RULES: Rules = shipped_rules()
SHIPPED_MEASURES = measure_body()
"""Stored form of the measures shipped."""
INSPECTED_ON = date(2026, 11, 20)
PUBLISHED_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LISTED = ListingDecision(
    list_code="abnormal_operations",
    ground="通过登记的住所（经营场所）无法联系",
    document_no="孟市监异列字〔2026〕12号",
    authority="洛阳市孟津区市场监督管理局",
    decided_on=INSPECTED_ON,
)


def a_uscc(number: int) -> str:
    """A valid code, another for every number."""
    first17 = f"91410308MA{number:07d}"
    return first17 + uscc.check_digit(first17)


def an_entity(number: int, *, external_no: str | None = None, entity_id: UUID | None = None) -> EntityRow:
    return EntityRow(
        entity_id=entity_id or new_id(),
        uscc=a_uscc(number),
        external_no=external_no,
        name=f"孟津区示例{number}号商贸有限公司",
        kind="enterprise",
        status="active",
        town="410308100",
        industry="5211",
    )


def a_mark(code: str = "R0304", *, points: int | None = None, level: int = BARE, on: date = INSPECTED_ON) -> Mark:
    return Mark(code, level, points, on)


def a_decision(
    list_code: str = "abnormal_operations",
    *,
    ends_on: date | None = None,
    removed_on: date | None = None,
    document_no: str = "孟市监异列字〔2026〕12号",
) -> Decision:
    reason = "已恢复联系" if removed_on else None
    return Decision(list_code, "无法联系", document_no, "区市场监管局", INSPECTED_ON, ends_on, removed_on, reason)


def a_fact(
    entity_id: UUID,
    *marks: Mark,
    key: str = "r1",
    version: int = 1,
    decision: Decision | None = None,
    told_at: datetime = PUBLISHED_AT,
) -> Fact:
    return Fact(
        source=RESULTS,
        key=key,
        version=version,
        entity_id=entity_id,
        told_at=told_at,
        origin="SCJG",
        observations=tuple(Observation(mark, f"发现 {mark.code}") for mark in marks),
        decision=decision,
        reason=None if version == 1 else "检查结果更正：复核",
        subject=Subject("孟津区示例商贸有限公司", a_uscc(1)),
    )


def a_withdrawal(fact: Fact, *, version: int | None = None, told_at: datetime | None = None) -> Fact:
    return Fact(
        source=fact.source,
        key=fact.key,
        version=fact.version + 1 if version is None else version,
        entity_id=fact.entity_id,
        told_at=told_at or fact.told_at + timedelta(days=1),
        origin="",
        standing=False,
        reason="检查结果撤回：认定有误",
    )


def steps_of(*facts: Input, rules: Rules = RULES) -> list[Step]:
    return list(apply_all({}, facts, rules))


def record_after(*facts: Fact, rules: Rules = RULES) -> CreditRecord:
    steps = steps_of(*facts, rules=rules)
    return steps[-1].record if steps else CreditRecord(facts[0].entity_id)


def a_finding(outcome_code: str = "B", severity: int = 3) -> PublishedFinding:
    return PublishedFinding(
        item_id=new_id(),
        item_name="企业公示信息检查",
        outcome_code=outcome_code,
        outcome_text="未按规定公示应当公示的信息",
        severity=severity,
    )


def a_result(
    entity: EntityRow,
    *,
    result_id: UUID | None = None,
    version: int = 1,
    outcome_codes: Sequence[str] = ("1",),
    findings: Sequence[PublishedFinding] = (),
    listing: ListingDecision | None = None,
    published_at: datetime = PUBLISHED_AT,
) -> PublishedResult:
    return PublishedResult(
        result_id=result_id or new_id(),
        version=version,
        entity_id=entity.entity_id,
        entity_name=entity.name,
        uscc=entity.uscc,
        department="SCJG",
        task_id=new_id(),
        task_no="410308202611200001",
        plan_id=new_id(),
        visit_id=new_id(),
        concluded_on=INSPECTED_ON,
        due_on=date(2026, 12, 18),
        outcome_codes=list(outcome_codes),
        findings=list(findings),
        listing=listing,
        published_at=published_at,
    )


def published(result: PublishedResult) -> ResultPublishedV1:
    return ResultPublishedV1(aggregate_version=result.version, result_id=result.result_id, result=result)


def corrected(result: PublishedResult, reason: str = "复核后更正") -> ResultCorrectedV1:
    return ResultCorrectedV1(
        aggregate_version=result.version,
        result_id=result.result_id,
        supersedes_version=result.version - 1,
        reason=reason,
        result=result,
    )


def withdrawn(result: PublishedResult, reason: str = "认定事实有误") -> ResultWithdrawnV1:
    return ResultWithdrawnV1(
        aggregate_version=result.version + 1,
        result_id=result.result_id,
        version=result.version + 1,
        entity_id=result.entity_id,
        reason=reason,
        withdrawn_at=result.published_at + timedelta(days=1),
    )


def heard(*events: Event, district: str, producer: str = "results") -> list[Heard[Event]]:
    return [
        Heard(
            event=event,
            event_id=new_id(),
            producer=producer,
            producer_seq=number,
            district=district,
            occurred_at=PUBLISHED_AT,
        )
        for number, event in enumerate(events, start=1)
    ]
