"""Results as other services are told of them."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date, datetime

from services.results.domain.content import ListingDecision as DecidedListing
from services.results.domain.publication import PublicContent, PublicVersion, VersionKind
from services.results.domain.records import InspectionRecord
from shared.events.results import (
    ListingDecision,
    PublishedFinding,
    PublishedItem,
    PublishedResult,
    ResultRecordedV1,
    VisitConcludedV1,
)
from shared.runtime.unit_of_work import SHANGHAI


class NoConclusion(RuntimeError):
    """A record reached submission without a conclusion: the rules of `content_rules` were not asked."""


def visit_concluded(record: InspectionRecord) -> VisitConcludedV1:
    where = record.assignment
    return VisitConcludedV1(
        aggregate_version=record.version,
        record_id=record.id,
        visit_id=where.visit_id,
        task_id=where.task_id,
        entity_id=where.entity_id,
        department=where.department,
        outcome=record.outcome or "",
        concluded_on=_concluded(record)[0],
        origin=where.origin,
    )


def result_recorded(record: InspectionRecord) -> ResultRecordedV1:
    where = record.assignment
    concluded_on, due_on = _concluded(record)
    return ResultRecordedV1(
        aggregate_version=record.version,
        result_id=record.id,
        visit_id=where.visit_id,
        task_id=where.task_id,
        entity_id=where.entity_id,
        department=where.department,
        concluded_on=concluded_on,
        due_on=due_on,
        due_is_provisional=record.due_is_provisional,
        origin=where.origin,
    )


def published_result(record: InspectionRecord, content: PublicContent, at: datetime) -> PublishedResult:
    """The public body (公示内容) of the record's present public version."""
    where = record.assignment
    return PublishedResult(
        result_id=record.id,
        version=record.public_version,
        entity_id=where.entity_id,
        entity_name=content.entity_name,
        uscc=content.uscc,
        department=where.department,
        task_id=where.task_id,
        task_no=where.task_no,
        plan_id=where.plan_id,
        visit_id=where.visit_id,
        concluded_on=content.concluded_on,
        due_on=record.due_on or content.due_on,
        method=content.method,
        outcome=content.outcome,
        outcome_codes=list(content.outcome_codes),
        items=[PublishedItem(**asdict(item)) for item in content.items],
        findings=[PublishedFinding(**asdict(found)) for found in content.findings],
        listing=_listing(content.listing),
        published_at=at.astimezone(SHANGHAI),
        origin=where.origin,
    )


def public_version(
    record: InspectionRecord, kind: VersionKind, reason: str, body: PublishedResult, by: str
) -> PublicVersion:
    """The version as it is kept: the exact text, and its digest (B5)."""
    kept = body.model_dump_json()
    return PublicVersion(
        record_id=record.id,
        version=record.public_version,
        kind=kind,
        reason=reason,
        body=kept,
        digest=hashlib.sha256(kept.encode()).hexdigest(),
        told_by=by,
        told_at=body.published_at,
    )


def _listing(decided: DecidedListing | None) -> ListingDecision | None:
    return None if decided is None else ListingDecision(**asdict(decided))


def _concluded(record: InspectionRecord) -> tuple[date, date]:
    if record.concluded_on is None or record.due_on is None:
        raise NoConclusion(str(record.id))
    return record.concluded_on, record.due_on
