"""Signatures: who signed what is written now, and the day they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from services.results.domain.content import Content, Outcome
from services.results.domain.signatures import (
    Decision,
    EnterpriseNotHeard,
    OfficersNotAllSigned,
    RefusalWithoutReason,
    Role,
    SignatoryNameless,
    Signature,
    Standing,
    check_refusal,
    concluded_by_signatures,
    signed_digest,
)
from shared.values.ids import new_id
from tests.builders.results import NOW, a_content, an_assignment

ASSIGNMENT = an_assignment()
CONTENT = a_content(ASSIGNMENT, concluded_on=None)
FIRST, SECOND = CONTENT.officers_present
DAY = date(2026, 3, 9)


def a_signature(content: Content = CONTENT, officer: UUID | None = FIRST, **changes: Any) -> Signature:
    signed = Signature(
        record_id=new_id(),
        ordinal=1,
        revision=1,
        content_digest=signed_digest(content),
        role=Role.ENTERPRISE if officer is None else Role.OFFICER,
        decision=Decision.SIGNED,
        inspector_id=officer,
        signatory=None,
        capacity="",
        reason="",
        signed_by="officer:x",
        signed_at=NOW,
    )
    return replace(signed, **changes)


def test_the_day_of_the_result_is_that_of_the_last_officers_signature() -> None:
    """R2: 由两名检查人员签名之日."""
    one = Standing.of(CONTENT, [a_signature()])
    both = Standing.of(CONTENT, [a_signature(), a_signature(officer=SECOND)])
    assert (one.missing, concluded_by_signatures(CONTENT, one, DAY)) == ((SECOND,), None)
    concluded = concluded_by_signatures(CONTENT, both, DAY)
    assert concluded == replace(CONTENT, concluded_on=DAY)


def test_a_stated_day_is_not_replaced() -> None:
    stated = replace(CONTENT, concluded_on=date(2026, 3, 1))
    both = Standing.of(stated, [a_signature(), a_signature(officer=SECOND)])
    assert concluded_by_signatures(stated, both, DAY) is None


def test_a_signature_stands_under_what_was_written_only() -> None:
    changed = replace(CONTENT, note="补充说明")
    assert Standing.of(changed, [a_signature(), a_signature(officer=SECOND)]).missing == (FIRST, SECOND)


def test_the_day_that_signatures_make_does_not_void_them() -> None:
    assert signed_digest(replace(CONTENT, concluded_on=DAY)) == signed_digest(CONTENT)


def test_the_digest_does_not_depend_on_the_time_zone_an_instant_is_written_in() -> None:
    there = CONTENT.started_at.astimezone(timezone(timedelta(hours=8)))
    assert there.astimezone(UTC) == CONTENT.started_at
    assert signed_digest(replace(CONTENT, started_at=there)) == signed_digest(CONTENT)
    later = CONTENT.started_at + timedelta(seconds=1)
    assert signed_digest(replace(CONTENT, started_at=later)) != signed_digest(CONTENT)


def test_the_enterprise_is_heard_on_site_and_the_last_word_counts() -> None:
    signed = [a_signature(), a_signature(officer=SECOND)]
    refused = a_signature(officer=None, decision=Decision.REFUSED)
    with pytest.raises(EnterpriseNotHeard):
        Standing.of(CONTENT, signed).require_conclusive(CONTENT, "on_site")
    heard = Standing.of(CONTENT, [*signed, refused, a_signature(officer=None)])
    heard.require_conclusive(CONTENT, "on_site")
    assert heard.enterprise is Decision.SIGNED


@pytest.mark.parametrize(("outcome", "kind"), [(Outcome.DONE, "remote"), (Outcome.MOVED, "on_site")])
def test_where_nobody_of_the_enterprise_was_met_nobody_is_waited_for(outcome: Outcome, kind: str) -> None:
    content = replace(CONTENT, outcome=outcome)
    signed = [a_signature(content), a_signature(content, SECOND)]
    Standing.of(content, signed).require_conclusive(content, kind)


def test_a_missing_officer_is_counted() -> None:
    with pytest.raises(OfficersNotAllSigned) as refused:
        Standing.of(CONTENT, [a_signature()]).require_conclusive(CONTENT, "on_site")
    assert refused.value.params == {"missing": 1}


def test_a_refusal_says_why_and_a_signature_says_who() -> None:
    check_refusal(Decision.REFUSED, None, "认为与事实不符")
    check_refusal(Decision.SIGNED, "李示例", "")
    with pytest.raises(RefusalWithoutReason):
        check_refusal(Decision.REFUSED, "李示例", "")
    with pytest.raises(SignatoryNameless):
        check_refusal(Decision.SIGNED, None, "")
