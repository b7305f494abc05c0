"""Apply inputs to the records of their entities and tell what moved (C1, K3): the one way into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.credit.domain.facts import Fact
from services.credit.domain.fold import apply_all
from services.credit.domain.listings import Flag, FlagState, Listing, ListingState
from services.credit.domain.step import Input, Step
from services.credit.storage.unit_of_work import CreditUnitOfWork
from shared.events.credit import (
    ClassChange,
    ClassChangedV1,
    FlagLiftedV1,
    FlagRaisedV1,
    ListingEnteredV1,
    ListingRemovedV1,
    RecordChangedV1,
)
from shared.values.credit_class import CreditClass
from shared.values.ids import new_id

AT_ONCE = 5_000
"""Facts of one set statement; more go in several, inside the one transaction."""
CHANGES_PER_EVENT = 1_000
"""As many as a chunk of re-rating moves: one event a change set (decision 0014)."""


async def apply_facts(facts: Sequence[Input], uow: CreditUnitOfWork) -> list[Step]:
    """Applies facts, or other inputs, in order and tells the events. Never commits: its caller owns the transaction.

    What the last of them add is written with the commit, a round trip less for each published result; `uow.settle()`
    writes it earlier for who reads on.
    """
    await uow.settle()
    steps = await fold_in(facts, uow, with_commit=True)
    tell(steps, uow)
    return steps


async def fold_in(facts: Sequence[Input], uow: CreditUnitOfWork, *, with_commit: bool = False) -> list[Step]:
    """Locks all records, folds in memory and saves, a statement for each `AT_ONCE` facts. Facts already known
    make no step. More facts than that should come by entity: then every writer takes records in the one order."""
    if not facts:
        return []
    loaded = await uow.ledger.lock(list({fact.entity_id for fact in facts}))
    rules = await uow.rulebooks.activated(loaded.indicator_version, loaded.measure_version, uow.now)
    current = {record.entity_id: record for record in loaded.records}
    steps: list[Step] = []
    for start in range(0, len(facts), AT_ONCE):
        made = list(apply_all(current, facts[start : start + AT_ONCE], rules))
        if made and with_commit and start + AT_ONCE >= len(facts):
            uow.ledger.save_with_commit(made, uow)
        elif made:
            await uow.ledger.save(made, uow.now)
        steps += made
    return steps


def tell(steps: Sequence[Step], uow: CreditUnitOfWork) -> None:
    """Emits what the steps amount to: one `record.changed` an entity whose archive grew, class changes of the batch
    under one change set (net: an entity that moved and came back did not move), every listing and flag by itself."""
    by_entity: dict[UUID, list[Step]] = {}
    for step in steps:
        by_entity.setdefault(step.record.entity_id, []).append(step)
    for entity_id, own in by_entity.items():
        if not any(step.entries or isinstance(step.cause, Fact) for step in own):
            continue
        uow.emit(
            RecordChangedV1(
                aggregate_version=own[-1].record.version,
                entity_id=entity_id,
                entry_ids=[entry.id for step in own for entry in step.entries],
                changed_at=own[-1].cause.told_at,
            )
        )
    _tell_classes(by_entity, uow)
    for step in steps:
        for listing in step.listings:
            _tell_listing(listing, step, uow)
        for flag in step.flags:
            _tell_flag(flag, step, uow)


def class_moves(by_entity: dict[UUID, list[Step]]) -> list[tuple[UUID, CreditClass, CreditClass]]:
    """Entities whose class after their steps is not the one before them."""
    return [
        (entity_id, own[0].before.credit_class, own[-1].record.credit_class)
        for entity_id, own in by_entity.items()
        if own[0].before.credit_class is not own[-1].record.credit_class
    ]


def _tell_classes(by_entity: dict[UUID, list[Step]], uow: CreditUnitOfWork) -> None:
    moves = class_moves(by_entity)
    change_set_id = new_id()
    for number, start in enumerate(range(0, len(moves), CHANGES_PER_EVENT), start=1):
        part = moves[start : start + CHANGES_PER_EVENT]
        last = by_entity[part[-1][0]][-1]
        uow.emit(
            ClassChangedV1(
                aggregate_version=number,
                change_set_id=change_set_id,
                changes=[
                    ClassChange(entity_id=entity_id, before=before.value, after=after.value)
                    for entity_id, before, after in part
                ],
                indicator_version=last.record.indicator_version,
                changed_at=last.cause.told_at,
            )
        )


def _tell_listing(listing: Listing, step: Step, uow: CreditUnitOfWork) -> None:
    decision = listing.decision
    if listing.state is not ListingState.ENTERED:
        uow.emit(
            ListingRemovedV1(
                aggregate_version=listing.version,
                listing_id=listing.id,
                entity_id=listing.entity_id,
                list_code=decision.list_code,
                reason=listing.reason or "",
                removed_on=listing.closed_on or uow.today,
            )
        )
        return
    subject = step.cause.subject
    uow.emit(
        ListingEnteredV1(
            aggregate_version=listing.version,
            listing_id=listing.id,
            entity_id=listing.entity_id,
            uscc=subject.uscc if subject else None,
            entity_name=subject.name if subject else "",
            list_code=decision.list_code,
            ground=decision.ground,
            document_no=decision.document_no,
            authority=decision.authority,
            entered_on=decision.decided_on,
            ends_on=decision.ends_on,
        )
    )


def _tell_flag(flag: Flag, step: Step, uow: CreditUnitOfWork) -> None:
    if flag.state is not FlagState.RAISED:
        uow.emit(
            FlagLiftedV1(
                aggregate_version=flag.version,
                flag_id=flag.id,
                entity_id=flag.entity_id,
                area=flag.area,
                reason=flag.reason or "",
                lifted_on=flag.lifted_on or uow.today,
            )
        )
        return
    subject = step.cause.subject
    uow.emit(
        FlagRaisedV1(
            aggregate_version=flag.version,
            flag_id=flag.id,
            entity_id=flag.entity_id,
            uscc=subject.uscc if subject else None,
            area=flag.area,
            measure_code=flag.measure_code,
            ground=flag.ground,
            listing_id=flag.listing_id,
            starts_on=flag.starts_on,
            ends_on=flag.ends_on,
        )
    )
