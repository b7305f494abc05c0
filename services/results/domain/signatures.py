"""Signatures under a record (签名): each officer who inspected, and the enterprise's representative, who may refuse.

The day on which the last officer signed is the day of the result, day 0 of its publication (R2). A signature stands
under what was written: a revised record must be signed anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from services.results.domain.content import Content, Outcome
from services.results.domain.vocabulary import ON_SITE
from shared.values.errors import Invalid, Refused


class Role(StrEnum):
    """Who signs."""

    OFFICER = "officer"
    ENTERPRISE = "enterprise"


class Decision(StrEnum):
    """`refused`: the enterprise's representative would not sign (拒签), for the reason stated."""

    SIGNED = "signed"
    REFUSED = "refused"


class SignerNotPresent(Invalid):
    message = "只有参加这次检查的检查人员可以签名"


class AlreadySigned(Refused):
    message = "您已经在这份检查记录上签名"


class RefusalWithoutReason(Invalid):
    message = "企业代表拒绝签名的，必须写明理由"


class SignatoryNameless(Invalid):
    message = "企业代表签名的，必须写明签名人"


class OfficersNotAllSigned(Refused):
    """Without a stated day of the result its officers' signatures make it: all of them must be there (R2)."""

    message = "还有 {missing} 名参加检查的人员没有签名，结果尚未形成，不能提交"


class EnterpriseNotHeard(Refused):
    """行政执法全过程记录: the party signs, or the refusal is noted."""

    message = "企业代表尚未签名；拒绝签名的，请注明拒签理由"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signing act under revision `revision`.

    `inspector_id` for officers; `signatory` (a person's name, kept sealed) and `capacity` for the enterprise."""

    record_id: UUID
    ordinal: int
    revision: int
    content_digest: str
    role: Role
    decision: Decision
    inspector_id: UUID | None
    signatory: str | None
    capacity: str
    reason: str
    signed_by: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has signed what is written now."""

    officers: frozenset[UUID]
    missing: tuple[UUID, ...]
    enterprise: Decision | None

    @classmethod
    def of(cls, content: Content, signatures: Sequence[Signature]) -> Standing:
        digest = signed_digest(content)
        valid = [one for one in signatures if one.content_digest == digest]
        officers = frozenset(one.inspector_id for one in valid if one.inspector_id is not None)
        heard = [one.decision for one in valid if one.role is Role.ENTERPRISE]
        missing = tuple(officer for officer in content.officers_present if officer not in officers)
        return cls(officers, missing, heard[-1] if heard else None)

    def require_conclusive(self, content: Content, method_kind: str) -> None:
        """What must be there before signatures make a result. Raises OfficersNotAllSigned, EnterpriseNotHeard."""
        if self.missing:
            raise OfficersNotAllSigned(missing=len(self.missing))
        if content.outcome is Outcome.DONE and method_kind == ON_SITE and self.enterprise is None:
            raise EnterpriseNotHeard


def concluded_by_signatures(content: Content, standing: Standing, today: date) -> Content | None:
    """The content with its day, once the last officer has signed; None while one is missing or a day is stated."""
    if content.concluded_on is not None or standing.missing:
        return None
    return replace(content, concluded_on=today)


def check_refusal(decision: Decision, signatory: str | None, reason: str) -> None:
    """Raises RefusalWithoutReason, SignatoryNameless."""
    if decision is Decision.REFUSED and not reason:
        raise RefusalWithoutReason
    if decision is Decision.SIGNED and not signatory:
        raise SignatoryNameless


def signed_digest(content: Content) -> str:
    """SHA-256 of what is signed: the content in canonical JSON, without the day that the signatures make."""
    return content_digest(replace(content, concluded_on=None))


def content_digest(content: Content) -> str:
    """SHA-256 (hex) of the content in canonical JSON: members sorted, instants in UTC."""
    text = json.dumps(_as_members(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_members(content: Content) -> dict[str, object]:
    """Without what nobody chose: what was signed before there was a choice (B25) has the digest it always had."""
    members = asdict(content)
    for item in members["items"]:
        for found in item["findings"]:
            if found["discretion"] is None:
                del found["discretion"]
    return members


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
