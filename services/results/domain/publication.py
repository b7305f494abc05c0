"""What of a result becomes public (公示内容), and the public versions it goes through (R6).

The body is made when the content is saved, so what the reviewer approved is what is published. The free text of
findings stays inside: it may name people, and the public vocabulary is enough to say what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.results.domain.content import Content, EntityFacts, ItemResult, ListingDecision
from services.results.domain.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class PublicFinding:
    """`outcome_text` is the vocabulary's wording of `outcome_code`."""

    item_id: UUID
    item_name: str
    outcome_code: str
    outcome_text: str
    severity: int


@dataclass(frozen=True, slots=True)
class PublicItem:
    item_id: UUID
    item_name: str
    outcome_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicContent:
    """The public part of one revision."""

    entity_name: str
    uscc: str | None
    method: str
    outcome: str
    concluded_on: date
    due_on: date
    outcome_codes: tuple[str, ...]
    items: tuple[PublicItem, ...]
    findings: tuple[PublicFinding, ...]
    listing: ListingDecision | None


class VersionKind(StrEnum):
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PublicVersion:
    """One public version. `body` is the exact text that was published, `digest` its SHA-256; a withdrawal repeats the
    last body for the record, the public is shown only reason and time."""

    record_id: UUID
    version: int
    kind: VersionKind
    reason: str
    body: str
    digest: str
    told_by: str
    told_at: datetime


def public_content(
    content: Content, entity: EntityFacts, due_on: date | None, outcomes: Vocabulary
) -> PublicContent | None:
    """The public part of `content`; None while it has no conclusion."""
    if content.concluded_on is None or due_on is None:
        return None
    return PublicContent(
        entity_name=entity.name,
        uscc=entity.uscc,
        method=content.method,
        outcome=content.outcome.value,
        concluded_on=content.concluded_on,
        due_on=due_on,
        outcome_codes=_codes(content, outcomes),
        items=tuple(PublicItem(item.item_id, item.item_name, item.outcome_codes) for item in content.items),
        findings=tuple(finding for item in content.items for finding in _findings(item, outcomes)),
        listing=content.listing,
    )


def _codes(content: Content, outcomes: Vocabulary) -> tuple[str, ...]:
    """By rule (D6) a visit that met nobody says 已关闭停业, 迁出 or 无法联系; otherwise what the items say."""
    if content.outcome.is_gone:
        return (outcomes.for_visit(content.outcome.value).code,)
    return outcomes.in_order(frozenset(code for item in content.items for code in item.outcome_codes))


def _findings(item: ItemResult, outcomes: Vocabulary) -> list[PublicFinding]:
    return [
        PublicFinding(
            item.item_id, item.item_name, found.outcome_code, outcomes.one(found.outcome_code).text, found.severity
        )
        for found in item.findings
    ]
