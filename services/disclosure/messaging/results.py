"""What is heard from results: published bodies, corrections, withdrawals, exemptions, follow-ups (R2 to R4, R6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from services.disclosure.domain.facts import Exemption, FollowUpClosed, FollowUpOpened, ResultVersion, canonical
from services.disclosure.domain.privacy import public_name, scrubbed
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork
from services.disclosure.usecases.keep_results import keep_follow_ups, keep_result_facts
from shared.events.envelope import Heard
from shared.events.results import (
    FollowUpClosedV1,
    FollowUpOpenedV1,
    PublishedResult,
    ResultCorrectedV1,
    ResultExemptedV1,
    ResultPublishedV1,
    ResultWithdrawnV1,
)
from shared.runtime.inbox import Handlers


async def on_result_facts(heard: Sequence[Heard[Any]], uow: DisclosureUnitOfWork) -> None:
    """Published, corrected, withdrawn, exempted: seen by the public with the commit of this batch."""
    await keep_result_facts([_fact(one.event) for one in heard], uow)


async def on_follow_ups(heard: Sequence[Heard[Any]], uow: DisclosureUnitOfWork) -> None:
    await keep_follow_ups([_follow_up(one.event) for one in heard], uow)


def _fact(event: Any) -> ResultVersion | Exemption:
    match event:
        case ResultPublishedV1():
            return _version(event.result, "published", None)
        case ResultCorrectedV1():
            return _version(event.result, "corrected", scrubbed(event.reason))
        case ResultWithdrawnV1():
            reason = scrubbed(event.reason)
            return ResultVersion(
                event.result_id, event.version, "withdrawn", event.entity_id, None, reason, event.withdrawn_at
            )
    return Exemption(event.result_id, event.department, event.ground, event.exempted_on)


def _version(result: PublishedResult, state: str, reason: str | None) -> ResultVersion:
    return ResultVersion(
        result.result_id, result.version, state, result.entity_id, public_body(result), reason, result.published_at
    )


def public_body(result: PublishedResult) -> str:
    """The body as the public gets it: canonical, names of persons masked, free text without numbers of persons."""
    body = result.model_dump(mode="json")
    body["entity_name"] = public_name(result.entity_name, result.uscc)
    for finding in body["findings"]:
        finding["outcome_text"] = scrubbed(finding["outcome_text"])
    if body["listing"] is not None:
        body["listing"]["ground"] = scrubbed(body["listing"]["ground"])
    return canonical(body)


def _follow_up(event: FollowUpOpenedV1 | FollowUpClosedV1) -> FollowUpOpened | FollowUpClosed:
    if isinstance(event, FollowUpOpenedV1):
        return FollowUpOpened(
            event.follow_up_id, event.result_id, event.department, event.kind, event.opened_on, event.due_on
        )
    return FollowUpClosed(
        event.follow_up_id,
        event.result_id,
        event.department,
        event.kind,
        event.outcome,
        event.is_settled,
        event.due_on,
        event.closed_on,
    )


FROM_RESULTS: Final[Handlers] = {
    ResultPublishedV1: on_result_facts,
    ResultCorrectedV1: on_result_facts,
    ResultWithdrawnV1: on_result_facts,
    ResultExemptedV1: on_result_facts,
    FollowUpOpenedV1: on_follow_ups,
    FollowUpClosedV1: on_follow_ups,
}
