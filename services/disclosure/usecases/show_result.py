"""The page of a result, or why there is none any more (410)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.disclosure.domain.differences import result_differences
from services.disclosure.domain.fold import SHOWN as SHOWN_STATES
from services.disclosure.domain.gone import ResultNotShown, ResultTakenDown, reason_of
from services.disclosure.domain.views import (
    CheckpointView,
    FindingView,
    FollowUpView,
    ItemView,
    ListingView,
    RepairView,
    ResultPage,
    ResultState,
    ResultVersionView,
)
from services.disclosure.domain.words import (
    FOLLOW_UP_OUTCOMES,
    FOLLOW_UPS,
    LISTS,
    METHODS,
    ORIGINS,
    OUTCOMES,
    SERVICES,
    SEVERITIES,
    VISITS,
)
from services.disclosure.storage.lines import line_of
from services.disclosure.storage.unit_of_work import DisclosureUnitOfWork


async def show_result(result_id: UUID, uow: DisclosureUnitOfWork) -> ResultPage:
    """Raises ResultNotShown (404), ResultTakenDown (410, with reason and digest)."""
    async with uow:
        row = await uow.lines.one(result_id)
        if row is None:
            raise ResultNotShown
        if row["state"] not in SHOWN_STATES:
            raise await _taken_down(row, uow)
        told = await uow.lines.versions(result_id)
        names = dict(await uow.lines.departments())
        follow_ups = await uow.lines.follow_ups(result_id)
        repairs = await uow.lines.repairs(None, result_id)
        seals = await uow.status.checkpoints()
    body = json.loads(next(version["body"] for version in told if version["body"] is not None))
    return _page(row, body, _versions(told, names), follow_ups, repairs, checkpoint_of(seals.get("results")))


async def _taken_down(row: Any, uow: DisclosureUnitOfWork) -> ResultTakenDown:
    exemption = await uow.lines.exemption(row["result_id"])
    until = None if row["public_until"] is None else row["public_until"].isoformat()
    ground = None if exemption is None else exemption["ground"]
    reason = reason_of(ResultState(row["state"]), ground, until)
    return ResultTakenDown(reason=reason, digest=row["digest"], state=row["state"])


def _page(
    row: Any,
    body: Mapping[str, Any],
    versions: tuple[ResultVersionView, ...],
    follow_ups: Sequence[Any],
    repairs: Sequence[Any],
    checkpoint: CheckpointView | None,
) -> ResultPage:
    line = line_of(row)
    return ResultPage(
        line=line,
        uscc=row["uscc"],
        outcome=row["outcome"],
        outcome_name=VISITS.get(row["outcome"], row["outcome"]),
        method_name=METHODS.get(body.get("method", ""), body.get("method", "")),
        origin=row["origin"],
        origin_name=ORIGINS.get(row["origin"], row["origin"]),
        plan_no=line.plan_no,
        items=tuple(_item(item) for item in body.get("items", ())),
        findings=findings_of(body),
        listing=_decision(row["result_id"], body.get("listing")),
        follow_ups=tuple(_follow_up(one) for one in follow_ups),
        versions=versions,
        digest=row["digest"],
        checkpoint=checkpoint,
        public_until=row["public_until"],
        repairs=tuple(repair_of(one) for one in repairs),
    )


def _item(item: Mapping[str, Any]) -> ItemView:
    codes = tuple(item["outcome_codes"])
    return ItemView(UUID(item["item_id"]), item["item_name"], codes, tuple(OUTCOMES.get(code, code) for code in codes))


def findings_of(body: Mapping[str, Any]) -> tuple[FindingView, ...]:
    return tuple(
        FindingView(
            item_id=UUID(found["item_id"]),
            item_name=found["item_name"],
            outcome_code=found["outcome_code"],
            outcome=found["outcome_text"],
            severity=found["severity"],
            severity_name=SEVERITIES.get(found["severity"], str(found["severity"])),
        )
        for found in body["findings"]
    )


def _decision(result_id: UUID, listing: Mapping[str, Any] | None) -> ListingView | None:
    if listing is None:
        return None
    row = {**listing, "listing_id": result_id, "entered_on": listing["decided_on"]}
    return listing_of(row | {"removed_on": None, "removal_reason": None})


def listing_of(row: Mapping[str, Any]) -> ListingView:
    return ListingView(
        listing_id=row["listing_id"],
        list_code=row["list_code"],
        list_name=LISTS.get(row["list_code"], row["list_code"]),
        ground=row["ground"],
        document_no=row["document_no"],
        authority=row["authority"],
        entered_on=_day(row["entered_on"]),
        ends_on=None if row["ends_on"] is None else _day(row["ends_on"]),
        removed_on=row["removed_on"],
        removal_reason=row["removal_reason"],
    )


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _follow_up(row: Any) -> FollowUpView:
    outcome = row["outcome"]
    return FollowUpView(
        follow_up_id=row["follow_up_id"],
        department=row["department"],
        department_name=row["department_name"],
        kind=row["kind"],
        kind_name=FOLLOW_UPS.get(row["kind"], row["kind"]),
        opened_on=row["opened_on"],
        due_on=row["due_on"],
        outcome=None if outcome is None else FOLLOW_UP_OUTCOMES.get(outcome, outcome),
        is_settled=row["is_settled"],
        closed_on=row["closed_on"],
    )


def repair_of(row: Any) -> RepairView:
    return RepairView(
        repair_id=row["repair_id"],
        kind=row["kind"],
        granted=True,
        document_no=row["document_no"],
        department_name=row["department_name"],
        effective_on=row["effective_on"],
        stops_publicity=row["stops_publicity"],
    )


def _versions(told: Sequence[Any], names: Mapping[str, str]) -> tuple[ResultVersionView, ...]:
    """Newest first, each against the newest body before it."""
    shown: list[ResultVersionView] = []
    before: str | None = None
    for row in reversed(told):
        body = row["body"]
        differences = (
            ()
            if body is None or before is None
            else result_differences(before, body, lambda code: names.get(code, code))
        )
        shown.append(
            ResultVersionView(
                row["version"], ResultState(row["state"]), row["told_at"], row["reason"], row["digest"], differences
            )
        )
        before = body or before
    return tuple(reversed(shown))


def checkpoint_of(row: Any) -> CheckpointView | None:
    if row is None:
        return None
    body = json.loads(row["body"])
    return CheckpointView(
        service=row["service"],
        service_name=SERVICES.get(row["service"], row["service"]),
        number=row["number"],
        size=row["size"],
        root=str(body.get("root", "")),
        signature=row["signature"],
        body=row["body"],
        signed_at=row["told_at"],
    )
